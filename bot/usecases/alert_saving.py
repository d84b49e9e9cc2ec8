"""Save of `/lexer alerts`: writes what the person changed, and nothing somebody else changed meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from blocks import alert_settings as screens
from blocks.alert_channels import CHANNEL_BLOCK
from blocks.parts import View
from bot import policy
from bot.usecases import alert_channels, alert_settings, people, zones
from bot.usecases.channel_proof import Unfit, prove
from bot.usecases.context import Context
from bot.usecases.groups import Rejected
from bot.usecases.values import read, word
from store import alert_settings as stored
from store.database import Tx
from store.records import UserId, WorkspaceId
from store.watch_records import AlertChannel, ChannelState


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamWishes:
    """The part of the form that is the whole team's, as submitted; "" for what was left empty."""

    channel: str
    zone: str
    digest_at: str
    days: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWishes:
    """The part of the form that is the person's own; `told_by` holds the ticked boxes."""

    told_by: tuple[str, ...]
    quiet_from: str
    quiet_to: str


async def save(
    ctx: Context,
    ws: WorkspaceId,
    user_id: UserId,
    *,
    team: TeamWishes | None,
    own: OwnWishes | None,
    kept: str,
) -> Rejected | View:
    """Save what the person changed; what somebody else changed meanwhile stays. The part that was not shown is None.

    Raises:
        UserFacingError: neither Integrator nor admin.

    """
    await alert_channels.chooser(ctx, ws, user_id, subject="form")
    if errors := {**(_wrong_with_team(team) if team else {}), **(_wrong_with_own(own) if own else {})}:
        return Rejected(fields=errors)
    before = await alert_settings.present(ctx, ws, user_id)
    known = read(kept)
    unfit = await _proved(ctx, ws, user_id, before.channel_of(None), team, known) if team else None
    changed = team is not None and team.channel != word(known, "c")
    if unfit is not None and changed:
        return Rejected(fields={CHANNEL_BLOCK: unfit.words})
    async with alert_channels.choosing(ctx, ws, user_id, subject="form") as (tx, rights):
        if team is not None:
            if unfit is None:
                await _save_channel(ctx, tx, ws, user_id, team.channel, known)
            await _save_times(ctx, tx, ws, user_id, team, known)
        if own is not None and policy.may_manage(rights):
            await _save_own(ctx, tx, ws, user_id, own, known)
    ctx.kick("deliver")
    lost = before.channel_of(None)
    failed = (
        (replace(alert_settings.row(lost), problem=unfit.problem),)
        if unfit is not None and lost is not None
        else ()
    )
    return await alert_settings.saved(ctx, ws, user_id, tested=failed)


def _wrong_with_team(team: TeamWishes) -> Mapping[str, str]:
    wrong = {}
    if not team.digest_at:
        wrong[screens.DIGEST_AT_BLOCK] = screens.NO_TIME
    if not zones.is_zone(team.zone):
        wrong[screens.ZONE_BLOCK] = screens.ZONE_UNKNOWN
    return wrong


def _wrong_with_own(own: OwnWishes) -> Mapping[str, str]:
    if bool(own.quiet_from) != bool(own.quiet_to):
        missing = screens.QUIET_TO_BLOCK if own.quiet_from else screens.QUIET_FROM_BLOCK
        return {missing: screens.QUIET_BOTH}
    if own.quiet_from and own.quiet_from == own.quiet_to:
        return {screens.QUIET_TO_BLOCK: screens.QUIET_SAME}
    return {}


async def _proved(
    ctx: Context,
    ws: WorkspaceId,
    user_id: UserId,
    now: AlertChannel | None,
    team: TeamWishes,
    known: Mapping[str, Any],
) -> Unfit | None:
    """Prove a channel that was chosen now, or that was lost and is still chosen."""
    if not team.channel:
        return None
    same = now is not None and now.channel_id == team.channel
    works = same and now is not None and now.state is ChannelState.OK
    others_choice = not same and team.channel == word(known, "c")
    return None if works or others_choice else await prove(ctx, ws, team.channel, by=user_id)


async def _save_channel(
    ctx: Context, tx: Tx, ws: WorkspaceId, user_id: UserId, channel_id: str, known: Mapping[str, Any]
) -> None:
    now = next((one for one in await stored.channels(tx, ws) if one.group_id is None), None)
    is_there = "" if now is None else now.channel_id
    untouched = channel_id == known.get("c")
    if untouched and is_there != channel_id:
        return
    await alert_channels.put_channel(ctx, tx, ws, user_id, now, group_id=None, channel_id=channel_id)


async def _save_times(
    ctx: Context, tx: Tx, ws: WorkspaceId, user_id: UserId, team: TeamWishes, known: Mapping[str, Any]
) -> None:
    now = await stored.workspace(tx, ws)
    days = tuple(day for day in screens.DAYS if day in team.days)
    wanted = replace(
        now,
        tz=now.tz if team.zone == known.get("z") else team.zone,
        digest_at=now.digest_at if team.digest_at == known.get("a") else team.digest_at,
        digest_days=now.digest_days if " ".join(days) == known.get("d") else days,
    )
    if wanted == now:
        return
    await stored.save_workspace(tx, wanted)
    detail = f"{wanted.digest_at} {wanted.tz} {' '.join(wanted.digest_days)}"
    await people.record(ctx, tx, ws, user_id, action="alert_times_set", subject="workspace", detail=detail)


async def _save_own(
    ctx: Context, tx: Tx, ws: WorkspaceId, user_id: UserId, own: OwnWishes, known: Mapping[str, Any]
) -> None:
    now, mail = await stored.personal(tx, ws, user_id), screens.MAIL in own.told_by
    # The link in an e-mail may have stopped them since the form was opened.
    ticked = known.get("m") is True and mail is not known.get("o")
    wanted = replace(
        now,
        dm=screens.DM in own.told_by,
        mail=mail if ticked else now.mail,
        quiet_from=own.quiet_from or None,
        quiet_to=own.quiet_to or None,
    )
    if wanted == now:
        return
    await stored.save_personal(tx, wanted)
    detail = f"dm={wanted.dm} mail={wanted.mail} quiet={wanted.quiet_from}-{wanted.quiet_to}"
    await people.record(ctx, tx, ws, user_id, action="own_alerts_set", subject=user_id, detail=detail)
