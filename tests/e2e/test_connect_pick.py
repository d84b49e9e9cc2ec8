"""Several accounts behind one sign-in: which to connect, however many there are and whatever they are called."""

import re

import pytest

from bot.sandbox.world import walk_json
from connectors.provider import AccountAtProvider
from store import grants
from store.records import AccountStatus, GrantState, Stage
from tests.e2e.connecting import META, attempt_of, ended, secrets_kept, to_consent
from tests.e2e.house import House
from tests.e2e.ways import ON_SQLITE, TWO_WAYS

KEY = "facebook_ads"


async def reaches(house: House, *accounts: AccountAtProvider) -> None:
    """Maria signs in as somebody who reaches these accounts."""
    await house.set_up()
    house.sandbox.provider(KEY).add_login("Agency", *accounts)
    house.sandbox.provider(KEY).signed_in_as = "Agency"
    await house.begins(house.maria, META)
    await house.signs_in(house.maria, provider=META)


def made(count: int) -> list[AccountAtProvider]:
    """That many ad accounts."""
    return [AccountAtProvider(external_id=str(500_000 + n), name=f"Client {n:04d}") for n in range(count)]


async def test_pick_some_of_several(house: House) -> None:
    """Only what was picked is connected; what was left out is not even remembered."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria, META)
    await house.signs_in(maria, provider=META)
    assert "Northwind Travel" in maria.screen
    assert await house.accounts(KEY) == ()
    field = "Which ad accounts do you want to connect?"
    await maria.chooses(field, "Northwind Retail", "Northwind Outlet")
    await maria.submits()
    assert "Who may use Northwind" in maria.screen
    assert [a.account.status for a in await house.accounts(KEY)] == [AccountStatus.WAITING] * 2
    await maria.chooses("Who may use", "Marketing")
    await maria.submits()
    await house.settle()
    assert "Connected" in maria.screen
    found = await house.accounts(KEY)
    assert {a.account.name for a in found} == {"Northwind Retail", "Northwind Outlet"}
    assert {a.account.status for a in found} == {AccountStatus.CONNECTED}
    assert len({a.grant.id for a in found}) == 1
    (dm,) = maria.dms
    assert "Northwind Retail" in maria.read(dm)
    assert await secrets_kept(house) == 0


@TWO_WAYS
async def test_picking_from_the_dm(house: House) -> None:
    """A modal closed too early is no loss: the DM leads back to the accounts."""
    await house.set_up()
    maria = house.maria
    await house.begins(maria, META)
    await maria.closes(everything=True)
    house.may_refuse.add("not_found")
    await house.signs_in(maria, provider=META)
    await maria.presses("Choose accounts", waits=True)
    await maria.sees("Which ad accounts")
    await maria.chooses("Which ad accounts", "Northwind Travel")
    await maria.submits()
    await maria.chooses("Who may use", "Sales")
    await maria.submits()
    (account,) = await house.accounts(KEY)
    assert account.account.name == "Northwind Travel"


@ON_SQLITE
class TestHowMany:
    """The question goes by the number of accounts."""

    async def test_one_is_not_asked_about(self, house: House) -> None:
        """With a single account behind the sign-in, Groups come at once."""
        await reaches(house, *made(1))
        assert "Who may use Client 0000?" in house.maria.screen

    async def test_none_is_explained(self, house: House) -> None:
        """No account: why, and what to do; nothing of the sign-in is kept."""
        await house.set_up()
        maria = house.maria
        await to_consent(house, maria, META)
        await maria.browser.allows(accounts=[])
        await house.settle()
        assert "reaches no account at Facebook Ads" in maria.screen
        assert "Ask an admin" in maria.screen
        assert maria.browser.page is not None
        assert "Not connected" in maria.browser.page
        assert await secrets_kept(house) == 0
        assert ended(house, KEY) == [True]

    async def test_eleven_come_as_a_list(self, house: House) -> None:
        """More than ten fit no checkboxes; a list takes them."""
        await reaches(house, *made(11))
        await house.maria.chooses("Which ad accounts", "Client 0010")
        await house.maria.submits()
        assert "Who may use Client 0010?" in house.maria.screen

    @pytest.mark.parametrize("count", [101, 5_000])
    async def test_hundreds_are_searched(self, house: House, count: int) -> None:
        """Above a hundred one types part of a name, also of the very last."""
        await reaches(house, *made(count))
        maria = house.maria
        last = f"Client {count - 1:04d}"
        found = await maria.searches("Which ad accounts do you want to connect?", last)
        assert [option["text"]["text"] for option in found] == [last]
        assert len(await maria.searches("Which ad accounts do you want to connect?", "Client")) == 100
        await maria.chooses("Which ad accounts do you want to connect?", last)
        await maria.submits()
        assert f"Who may use {last}?" in maria.screen
        await maria.chooses("Who may use", "Marketing")
        await maria.submits()
        (account,) = await house.accounts(KEY)
        assert account.account.name == last

    async def test_a_choice_made_up_by_hand_is_ignored(self, house: House) -> None:
        """An account that does not lie behind this sign-in cannot be connected with it."""
        await reaches(house, *made(3))
        maria = house.maria
        await maria.chooses("Which ad accounts", "Client 0001")
        view = maria.screen.view
        assert view is not None
        chosen = view.state["pick"]["pick.input"]
        option = {**chosen["selected_options"][0], "value": "120000000000001"}
        view.state["pick"]["pick.input"] = {**chosen, "selected_options": [option]}
        await maria.submits()
        assert "Choose at least one account." in maria.screen
        assert await house.accounts(KEY) == ()


HOSTILE = [
    "<!channel> *bold* _x_ `code`",
    "<@U0ADA> & <https://evil.example|Click>",
    "\u202egnp.exe\u200b name",
    "line\nbreak\r\nand\ttab",
    "🟢 Connected",
    "n" * 3_001,
]


def _formatted(house: House) -> list[str]:
    """Every text with such a name that Slack would read for links and mentions."""
    texts = [str(t["text"]) for t in walk_json(house.sandbox.sent) if t.get("type") == "mrkdwn"]
    return [text for text in texts if "bold" in text or "evil" in text]


@ON_SQLITE
class TestNames:
    """Names come from the provider and may be anything."""

    async def test_two_of_the_same_name_are_told_apart(self, house: House) -> None:
        """Equal names carry their ids, and each can be chosen."""
        twins = [AccountAtProvider(external_id=i, name="Northwind") for i in ("700001", "700002")]
        await reaches(house, *twins)
        maria = house.maria
        assert "700001" in maria.screen
        assert "700002" in maria.screen
        await maria.chooses("Which ad accounts", "700002")
        await maria.submits()
        (account,) = await house.accounts(KEY)
        assert account.account.external_id == "700002"

    async def test_hostile_names_stay_names(self, house: House) -> None:
        """A name can neither ping anybody, nor forge a link, nor break a screen, from Pick to the DM."""
        accounts = [
            AccountAtProvider(external_id=str(900_000 + n), name=name) for n, name in enumerate(HOSTILE)
        ]
        await reaches(house, *accounts)
        maria = house.maria
        await maria.chooses("Which ad accounts", *(account.external_id for account in accounts))
        await maria.submits()
        await maria.sees("Who may use")
        await maria.chooses("Who may use", "Marketing")
        await maria.submits()
        await house.settle()
        assert "Connected" in maria.screen
        assert len(await house.accounts(KEY)) == len(accounts)
        assert "\u202e" not in str(house.sandbox.sent)
        live = [text for text in _formatted(house) if re.search(r"<!(?!date)|<@U0ADA>|<http", text)]
        assert live == []


class TestConnectedAlready:
    """An account that is in use keeps everything until Save."""

    @TWO_WAYS
    async def test_it_is_marked_and_untouched_until_save(self, house: House) -> None:
        """Signing in again changes neither sign-in, status nor Groups of a connected account before Save; Save does."""
        await house.set_up()
        maria, pretend = house.maria, house.sandbox.provider(KEY)
        await house.begins(maria, META)
        await house.signs_in(maria, provider=META)
        await maria.chooses("Which ad accounts", *(a.name for a in pretend.login(None).accounts))
        await maria.submits()
        await maria.chooses("Who may use", "Marketing")
        await maria.submits()
        await house.settle()
        await maria.closes(everything=True)
        house.may_refuse.add("not_found")
        before = {a.account.external_id: a for a in await house.accounts(KEY)}
        await house.begins(maria, META)
        await house.signs_in(maria, provider=META)
        assert maria.screen.text.count("already connected") == len(before)
        await maria.chooses("Which ad accounts", "Northwind Retail")
        await maria.submits()
        assert "Northwind Retail is already connected: this choice replaces its Groups." in maria.screen
        assert {a.account.external_id: a for a in await house.accounts(KEY)} == before
        await maria.chooses("Who may use", "Sales")
        await maria.submits()
        await house.settle()
        after = {a.account.name: a for a in await house.accounts(KEY)}
        assert [g.name for g in after["Northwind Retail"].groups] == ["Sales"]
        assert after["Northwind Retail"].grant.id != after["Northwind Outlet"].grant.id
        assert [g.name for g in after["Northwind Outlet"].groups] == ["Marketing"]
        assert not any(signed_in.ended for signed_in in pretend.sign_ins)

    @ON_SQLITE
    async def test_giving_up_leaves_it_as_it_was(self, house: House) -> None:
        """Whoever signs in again and never saves leaves no second sign-in behind, and the first one lives."""
        await house.set_up()
        maria = house.maria
        await house.connects(maria)
        house.may_refuse.add("not_found")
        (before,) = await house.accounts()
        await house.begins(maria)
        await house.signs_in(maria)
        assert "@northwind is already connected" in maria.screen
        attempt = await attempt_of(house, maria)
        await house.passes(minutes=61)
        (after,) = await house.accounts()
        assert after == before
        assert after.grant.state is GrantState.LIVE
        assert (await attempt_of(house, maria)).stage is Stage.FAILED
        assert "the last step here was not taken in time" in maria.screen
        assert await secrets_kept(house) == 0
        async with house.bot.context.store.reading() as tx:
            assert attempt.grant_id is not None
            assert await grants.tokens(tx, attempt.workspace_id, attempt.grant_id) is None
        assert ended(house) == [False, False]
