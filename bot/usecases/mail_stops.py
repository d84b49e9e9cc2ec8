"""The link at the foot of each e-mail that turns a person's e-mails off. It is signed, names whom it is for, and never runs out."""

from dataclasses import replace

from bot.usecases import people
from bot.usecases.context import Context
from bot.usecases.pages import ResultPage, StopPage
from store import alert_settings, workspaces
from store import people as persons
from store.records import UserId, WorkspaceId

_PURPOSE = "mail stop"
_LONGEST = 200
_AGAIN = "To turn them on again, type /lexer alerts in Slack."


def link(ctx: Context, ws: WorkspaceId, user_id: UserId) -> str:
    """Where a person's e-mails can be stopped."""
    return f"{ctx.public_url}/mail/stop/{ws}.{user_id}.{ctx.store.vault.sign(_PURPOSE, f'{ws} {user_id}')}"


def read(ctx: Context, signed: str) -> tuple[WorkspaceId, UserId] | None:
    """Whom a link was made for; None if it was not made by us or its key is gone."""
    ws, _, rest = signed.partition(".")
    user_id, _, mac = rest.partition(".")
    if not ws or not user_id or len(signed) > _LONGEST or not signed.isascii():
        return None
    if not ctx.store.vault.verify(_PURPOSE, f"{ws} {user_id}", mac):
        return None
    return WorkspaceId(ws), UserId(user_id)


async def look(ctx: Context, signed: str) -> StopPage | ResultPage:
    """`GET /mail/stop/<signed>`: asks, and changes nothing."""
    found = read(ctx, signed)
    if found is None:
        return _unknown()
    ws, user_id = found
    async with ctx.store.reading() as tx:
        settings = await alert_settings.personal(tx, ws, user_id)
        workspace = await workspaces.get(tx, ws)
        person = await persons.get(tx, ws, user_id)
    if workspace is None:
        return _unknown()
    if not settings.mail:
        return _stopped(ctx, ws)
    return StopPage(
        workspace=workspace.name,
        person=person.name if person else "whoever got this e-mail",
    )


async def stop(ctx: Context, signed: str) -> ResultPage:
    """`POST /mail/stop/<signed>`, by the button or by a mail program (RFC 8058): this person gets no more e-mails."""
    found = read(ctx, signed)
    if found is None:
        return _unknown()
    ws, user_id = found
    async with ctx.store.transaction() as tx:
        if await workspaces.get(tx, ws) is None:
            return _unknown()
        settings = await alert_settings.personal(tx, ws, user_id)
        if settings.mail:
            await alert_settings.save_personal(tx, replace(settings, mail=False))
            await people.record(ctx, tx, ws, user_id, action="mail_stop", subject=user_id)
    return _stopped(ctx, ws)


def _stopped(ctx: Context, ws: WorkspaceId) -> ResultPage:
    return ResultPage(
        status=200,
        tone="good",
        title="Lexer sends you no more e-mails",
        sentences=("In Slack you are told as before.", _AGAIN),
        slack_url=f"{ctx.slack_in_browser}/{ws}",
    )


def _unknown() -> ResultPage:
    return ResultPage(
        status=404,
        tone="bad",
        title="This link does not work",
        sentences=("No e-mails were stopped.", "You can turn them off in Slack: type /lexer alerts there."),
        slack_url=None,
    )
