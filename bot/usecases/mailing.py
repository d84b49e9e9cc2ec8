"""Alerts by e-mail: written from the present state at the moment they go out."""

from bot.messenger import DeliveryFailure
from bot.usecases.context import Context
from store.records import OutboxMessage


def can_mail(ctx: Context) -> bool:
    """Whether e-mail is set up."""
    return ctx.mailer is not None


async def send(ctx: Context, row: OutboxMessage) -> DeliveryFailure | None:
    """Send what an outbox row of surface MAIL tells of; why not, if it was not sent."""
    raise NotImplementedError
