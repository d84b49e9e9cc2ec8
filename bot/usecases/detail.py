"""One integration opened: its accounts, and keeping the view fresh while it is open."""

from blocks import integration
from blocks.parts import View
from blocks.status import Status
from blocks.views import AccountRow, DetailView, HistoryRow
from bot import policy
from bot.errors import UserFacingError
from bot.usecases import people
from bot.usecases.context import Context
from connectors.provider import Provider
from store import accounts, outbox, views
from store.database import Tx
from store.records import (
    AccountDetail,
    AccountStatus,
    HistoryEntry,
    OpenView,
    Rights,
    Surface,
    UserId,
    WorkspaceId,
)

HISTORY_SHOWN = 5
_NOT_SHOWN = frozenset({"provider_problem", "provider_works", "setup_problem", "setup_works"})
"""They say nothing of the accounts, and would push out what does; the whole history has them."""


def provider_of(ctx: Context, key: str) -> Provider:
    """The provider of a key that came from outside.

    Raises:
        UserFacingError: there is none of that key.

    """
    provider = ctx.connectors.get(key)
    if provider is None:
        raise UserFacingError(
            "This bot does not know that integration.", "Type /lexer integrations for the present list."
        )
    return provider


async def show(
    ctx: Context,
    ws: WorkspaceId,
    user_id: UserId,
    key: str,
    *,
    page: int = 0,
    notice: str | None = None,
    level: str = "info",
) -> View:
    """The detail view of one integration for one person.

    Raises:
        UserFacingError: unknown integration, or the person may not use the bot.

    """
    provider = provider_of(ctx, key)
    rights = await people.rights_of(ctx, ws, user_id)
    if not policy.welcome(rights.person):
        raise people.NotWelcome
    async with ctx.store.reading() as tx:
        return await _render(ctx, tx, rights, provider, ws, user_id, page, notice, level)


async def _render(
    ctx: Context,
    tx: Tx,
    rights: Rights,
    provider: Provider,
    ws: WorkspaceId,
    user_id: UserId,
    page: int,
    notice: str | None,
    level: str,
) -> View:
    details = await accounts.of_provider(tx, ws, provider.key)
    manages = policy.may_manage(rights)
    history = (
        await accounts.history(tx, ws, provider.key, limit=HISTORY_SHOWN, but=_NOT_SHOWN) if manages else ()
    )
    missing = ctx.connectors.missing_settings(provider.key)
    seen = [d for d in details if _may_see(d, rights)]
    counted = [d for d in details if manages or d.account.status is not AccountStatus.WAITING]
    return integration.detail(
        DetailView(
            key=provider.key,
            name=provider.name,
            category=provider.category.value,
            summary=provider.summary,
            capabilities=tuple(sorted(c.value for c in provider.capabilities)),
            guide_url=provider.guide_url,
            account_noun=provider.account_noun,
            accounts=tuple(_row(ctx, d, provider, rights, user_id) for d in seen),
            hidden=len(counted) - len(seen),
            page=page,
            may_manage=manages,
            set_up=not missing,
            missing_settings=missing if policy.may_administer(rights) else (),
            history=tuple(history_row(entry) for entry in history),
            notice=notice,
            notice_level=level,
        )
    )


def _may_see(detail: AccountDetail, rights: Rights) -> bool:
    if policy.may_manage(rights):
        return True
    if detail.account.status is AccountStatus.WAITING:
        return False
    return policy.may_administer(rights) or any(group.id in rights.group_ids for group in detail.groups)


def _row(
    ctx: Context, detail: AccountDetail, provider: Provider, rights: Rights, user_id: UserId
) -> AccountRow:
    account = detail.account
    status, days = _status(ctx, detail, rights)
    return AccountRow(
        id=account.id,
        name=account.name,
        external_id=account.external_id,
        status=status,
        reason=account.reason,
        doubted=account.failures > 0,
        missing_permissions=permission_words(provider, detail.grant.missing_scopes),
        days_left=days,
        connected_by=account.connected_by,
        connected_at=account.connected_at,
        checked_at=account.checked_at,
        groups=tuple(group.name for group in detail.groups),
        people=detail.people,
        may_manage=policy.may_manage(rights),
        may_give_groups=account.status is not AccountStatus.WAITING or detail.grant.signed_in_by == user_id,
    )


def _status(ctx: Context, detail: AccountDetail, rights: Rights) -> tuple[Status, int | None]:
    status = Status(detail.account.status.value)
    days = policy.days_left(detail.grant.ends_at, ctx.clock())
    if status is Status.CONNECTED and days is not None:
        return Status.EXPIRING, days
    if status is Status.SETUP_PROBLEM and not policy.may_administer(rights):
        return Status.PROVIDER_PROBLEM, None
    return status, days


def permission_words(provider: Provider, scopes: tuple[str, ...]) -> tuple[str, ...]:
    """Each permission's reason in words; the provider's own name where the file has none."""
    reasons = {scope.name: scope.reason for scope in provider.scopes}
    return tuple(reasons.get(name, name) for name in scopes)


def history_row(entry: HistoryEntry) -> HistoryRow:
    """A past event as it is drawn."""
    return HistoryRow(
        at=entry.at,
        kind=entry.kind,
        who=entry.actor,
        account=entry.account_name,
        detail=entry.detail,
        account_id=entry.account_id,
    )


async def remember_open(
    ctx: Context, ws: WorkspaceId, user_id: UserId, view_id: str, *, kind: str, subject: str, page: int = 0
) -> None:
    """Note that a view is open, so that it is refreshed when its subject changes. One whose id is not known ("") cannot be."""
    if not view_id:
        return
    async with ctx.store.transaction() as tx:
        await views.opened(
            tx,
            OpenView(
                workspace_id=ws,
                view_id=view_id,
                user_id=user_id,
                kind=kind,
                subject=subject,
                page=page,
                opened_at=ctx.clock(),
            ),
        )


async def refresh_open(
    ctx: Context, tx: Tx, ws: WorkspaceId, kind: str, subject: str, *, but: str | None = None
) -> None:
    """Ask, in the transaction of a change, that every open view of this subject be shown anew, `but` the one that is shown by its own press."""
    for view in await views.showing(tx, ws, kind, subject):
        if view.view_id == but:
            continue
        await outbox.ask(
            tx,
            ws=ws,
            kind=kind,
            subject=subject,
            surface=Surface.VIEW,
            recipient=view.view_id,
            now=ctx.clock(),
        )
