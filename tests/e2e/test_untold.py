"""The net under the alerts."""

import sqlalchemy as sa

from store.watch_tables import alert_accounts, alert_events, alerts
from tests.e2e.alerting import CHANNEL, alerted, told
from tests.e2e.house import House
from tests.e2e.ways import ON_POSTGRESQL


@ON_POSTGRESQL
async def test_what_broke_before_anybody_was_told(house: House) -> None:
    """Accounts that were red before this bot could tell of them are told of like any other, once."""
    await alerted(house)
    async with house.bot.context.store.transaction() as tx:
        for table in (alert_accounts, alert_events, alerts):
            await tx.conn.execute(sa.delete(table))
    before = len(house.maria.in_channel(CHANNEL))
    for _ in range(2):
        await house.bot.tick("tidy")
        await told(house)
    now = house.maria.in_channel(CHANNEL)[before:]
    assert ["@northwind" in one.text for one in now] == [True]
