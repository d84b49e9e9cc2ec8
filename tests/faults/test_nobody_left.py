"""Nobody is left to be told: the alert is kept, and told to whoever comes next."""

from datetime import timedelta

from store.records import AccountStatus
from tests.e2e.checking import ON_PURPOSE
from tests.e2e.fleet import statuses, sweeps
from tests.e2e.house import House
from tests.e2e.ways import BOTH_DATABASES
from tests.faults import record
from tests.faults.patients import admitted


@BOTH_DATABASES
async def test_every_recipient_is_gone(house: House) -> None:
    """All Integrators are deactivated and there is no channel: nothing breaks, the alert stays open, and one who comes back is told."""
    house.may_refuse |= ON_PURPOSE
    await house.set_up()
    (one, _other) = await admitted(house, 2)
    for name in ("ada", "maria"):
        await house.sandbox.changes(name, deleted=True)
    await house.settle()
    house.sandbox.provider("twitter").account(one.accounts[0]).state = "revoked"
    for minutes in (12, 1.2, 0.6, 6, 6):
        await sweeps(house, minutes=minutes)
    store = house.bot.context.store
    assert AccountStatus.DISCONNECTED in await statuses(house)
    (alert,) = await record.alerts_told(store)
    assert alert.resolved_at is None
    assert not record.alert_posts(house.sandbox)
    await house.sandbox.changes("maria", deleted=False)
    await house.settle()
    # At the latest with the next reminder: Maria is told that it is still broken.
    for _ in range(26):
        house.clock.advance(timedelta(hours=3))
        await house.bot.tick("remind")
        await house.settle()
    said = "\n".join(house.maria.read(posted) for posted in house.maria.dms)
    assert one.accounts[0] in said
    assert "disconnected" in said
