"""What follows when an account stops working, or works again: alerts, and who is told."""

from bot.usecases.context import Context
from store.database import Tx
from store.records import Account, UserId
from store.watch_records import ProviderHealth


async def follow(ctx: Context, tx: Tx, before: Account, after: Account, *, actor: UserId | None) -> None:
    """An account's status changed, in this transaction."""


async def weather_changed(ctx: Context, tx: Tx, before: ProviderHealth, after: ProviderHealth) -> None:
    """A provider's weather changed, in this transaction."""
