"""What happened to accounts, for Integrators: removed ones are seen here only."""

from blocks.history import SHOWN, history
from blocks.parts import View
from blocks.views import HistoryView
from bot import policy
from bot.usecases import people
from bot.usecases.connect import gone
from bot.usecases.context import Context
from bot.usecases.detail import history_row, provider_of
from store import accounts
from store.records import AccountId, UserId, WorkspaceId

ALL = "all:"
"""What comes before an integration's key: all its accounts are meant."""


async def show(ctx: Context, ws: WorkspaceId, user_id: UserId, value: str) -> View:
    """The history of one account (its id), or of all of an integration ("all:<key>").

    Raises:
        UserFacingError: the person is no Integrator, or there is no such account or integration.

    """
    rights = await people.rights_of(ctx, ws, user_id)
    if not policy.may_manage(rights):
        raise people.NotAllowed if policy.welcome(rights.person) else people.NotWelcome
    async with ctx.store.reading() as tx:
        # Beginning and end of an interruption become one line.
        if value.startswith(ALL):
            provider = provider_of(ctx, value.removeprefix(ALL))
            rows = await accounts.history(tx, ws, provider.key, limit=2 * SHOWN)
            about = f"all accounts of {provider.name}"
        else:
            found = await accounts.get(tx, ws, AccountId(value))
            if found is None:
                raise gone()
            rows = await accounts.history_of(tx, ws, found.account.id, limit=2 * SHOWN)
            about = found.account.name
    return history(HistoryView(about=about, rows=tuple(history_row(row) for row in rows)))
