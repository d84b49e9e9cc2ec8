"""How the accounts of alerts stand, counted, and which Groups use them: for messages about very many."""

from datetime import timedelta

from store import accounts, alert_details, alerts, integrations
from store.database import Store
from store.records import AccountId, UserId
from store.watch_records import AlertEventKind, AlertId, Broken, Outcome
from tests.store.made import LATER, MARIA, NOW, OMAR, T1, T2, account, grant, group, put

HOUR = timedelta(hours=1)


async def broken(store: Store, *names: str, reason: str = "token_expired", apart: bool = False) -> AlertId:
    """An alert about these accounts; `apart`: nothing joins it."""
    found = [Broken(AccountId(name), reason, NOW) for name in names]
    until = NOW if apart else LATER
    async with store.transaction() as tx:
        opened = await alerts.open_or_join(
            tx, ws=T1, provider_key="shopify", accounts=found, now=NOW, tell_at=NOW, joins_until=until
        )
        return opened.alert_id


async def four(store: Store) -> None:
    """Four accounts on one sign-in, two of them used by Groups."""
    marketing, sales = group(), group("g2", name="sales")
    await put(store, marketing, sales, grant(), *(account(f"a{number}") for number in (1, 2, 3, 4)))
    async with store.transaction() as tx:
        await accounts.set_groups(tx, T1, AccountId("a1"), [sales.id, marketing.id])
        await accounts.set_groups(tx, T1, AccountId("a2"), [sales.id])


async def test_outcomes_are_counted(store: Store) -> None:
    """Each alert says how many accounts broke for which reason, and how many were settled how and by whom."""
    await four(store)
    first = await broken(store, "a1", "a2", apart=True)
    second = await broken(store, "a3", "a4", reason="password_changed")
    async with store.transaction() as tx:
        await alerts.resolve_accounts(tx, T1, [AccountId("a3")], at=LATER, by=MARIA, resolution="reconnected")
    async with store.reading() as tx:
        found = await alert_details.outcomes(tx, T1, [first, second, AlertId("none")])
        assert await alert_details.outcomes(tx, T2, [first, second]) == {}
    assert found == {
        first: (Outcome("token_expired", open=True, resolution=None, by=None, number=2),),
        second: (
            Outcome("password_changed", open=True, resolution=None, by=None, number=1),
            Outcome("password_changed", open=False, resolution="reconnected", by=MARIA, number=1),
        ),
    }


async def test_the_groups_of_each(store: Store) -> None:
    """Each alert names the Groups that use any of its accounts, by name, in this workspace alone."""
    await four(store)
    first, second = await broken(store, "a1", "a2", "a3", apart=True), await broken(store, "a4")
    async with store.reading() as tx:
        names = await alert_details.group_names(tx, T1, [first, second])
        assert await alert_details.group_names(tx, T2, [first]) == {}
        assert await integrations.size(tx, T1, "shopify") == 4
        assert await integrations.size(tx, T2, "shopify") == 0
    assert list(names) == [first]
    assert sorted(names[first]) == list(names[first])
    assert len(names[first]) == 2


async def test_taking_ends_a_snooze(store: Store) -> None:
    """Who takes an alert is reminded of it, whatever somebody had chosen before; what happened is kept in order."""
    await four(store)
    alert_id = await broken(store, "a1")
    async with store.transaction() as tx:
        assert await alerts.snooze(tx, T1, alert_id, UserId(OMAR), NOW + 24 * HOUR, at=NOW)
        assert await alerts.take(tx, T1, alert_id, MARIA, NOW, NOW + 4 * HOUR)
    async with store.reading() as tx:
        found = await alerts.get(tx, T1, alert_id)
        happened = await alert_details.events(tx, T1, alert_id)
        assert await alert_details.events(tx, T2, alert_id) == ()
    assert found is not None
    assert (found.taken_by, found.snoozed_by, found.snoozed_until) == (MARIA, None, None)
    assert found.remind_at == NOW + 4 * HOUR
    kinds = [AlertEventKind.OPENED, AlertEventKind.SNOOZED, AlertEventKind.TAKEN]
    assert [one.kind for one in happened] == kinds
