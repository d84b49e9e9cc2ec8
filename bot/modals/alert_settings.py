"""Save of the alert settings."""

from blocks.alert_channels import CHANNEL_BLOCK, CHANNEL_INPUT
from blocks.alert_settings import (
    ALERT_SETTINGS,
    DIGEST_AT_BLOCK,
    DIGEST_AT_INPUT,
    DIGEST_DAYS_BLOCK,
    DIGEST_DAYS_INPUT,
    ME_BLOCK,
    ME_INPUT,
    QUIET_FROM_BLOCK,
    QUIET_FROM_INPUT,
    QUIET_TO_BLOCK,
    QUIET_TO_INPUT,
    ZONE_BLOCK,
    ZONE_SEARCH,
)
from bot.interactions import Errors, Modal, ModalAnswer, ModalCall, Show
from bot.usecases.alert_saving import OwnWishes, TeamWishes, save
from bot.usecases.groups import Rejected


async def run(call: ModalCall) -> ModalAnswer:
    """Write what was changed; a channel that takes no alerts is refused beside its field."""
    who = call.caller
    outcome = await save(
        who.context,
        who.workspace_id,
        who.user_id,
        team=_team(call) if CHANNEL_BLOCK in call.values else None,
        own=_own(call) if ME_BLOCK in call.values else None,
        kept=call.view.private_metadata,
    )
    return Errors(fields=outcome.fields) if isinstance(outcome, Rejected) else Show(view=outcome)


def _team(call: ModalCall) -> TeamWishes:
    return TeamWishes(
        channel=call.conversation(CHANNEL_BLOCK, CHANNEL_INPUT),
        zone=next(iter(call.chosen(ZONE_BLOCK, ZONE_SEARCH)), ""),
        digest_at=call.time(DIGEST_AT_BLOCK, DIGEST_AT_INPUT),
        days=call.chosen(DIGEST_DAYS_BLOCK, DIGEST_DAYS_INPUT),
    )


def _own(call: ModalCall) -> OwnWishes:
    return OwnWishes(
        told_by=call.chosen(ME_BLOCK, ME_INPUT),
        quiet_from=call.time(QUIET_FROM_BLOCK, QUIET_FROM_INPUT),
        quiet_to=call.time(QUIET_TO_BLOCK, QUIET_TO_INPUT),
    )


MODAL = Modal(callback_id=ALERT_SETTINGS, run=run)
