"""Ask an Integrator: one DM to each of them, at most once a day per person and integration."""

from bot import policy
from bot.errors import UserFacingError
from bot.usecases import people
from bot.usecases.context import Context
from bot.usecases.detail import provider_of
from bot.usecases.dms import ASK
from store import groups, outbox
from store.records import Surface, UserId, WorkspaceId


async def ask_integrators(ctx: Context, ws: WorkspaceId, user_id: UserId, key: str) -> bool:
    """Ask; False when this person asked for this integration today already.

    Raises:
        UserFacingError: there is nobody to ask, or the person may not use the bot.

    """
    provider = provider_of(ctx, key)
    rights = await people.rights_of(ctx, ws, user_id, live=True)
    if not policy.welcome(rights.person):
        await people.refuse(ctx, ws, user_id, action="ask", subject=key)
        raise people.NotWelcome
    subject = f"{user_id}/{key}/{ctx.clock():%Y-%m-%d}"
    async with ctx.store.transaction() as tx:
        integrators = await groups.integrators(tx, ws)
        asked = [
            await outbox.ask(
                tx,
                ws=ws,
                kind=ASK,
                subject=subject,
                surface=Surface.DM,
                recipient=one,
                now=ctx.clock(),
                once=True,
            )
            for one in integrators
        ]
        await people.record(ctx, tx, ws, user_id, action="ask", subject=key, granted=any(asked))
    ctx.kick("deliver")
    if not integrators:
        raise UserFacingError(
            f"Nobody can connect {provider.name} yet: no Group has the Integrators permission.",
            "Ask a workspace admin to set one up with /lexer groups.",
        )
    return any(asked)
