"""Whether alerts can be posted to a channel: looked at, joined where that is open to us, and proved by a test message."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from blocks.alert_channels import channel_problem, proof
from blocks.alert_settings_views import ChannelProblem
from bot.messenger import ChannelInfo, DeliveryFailure, FailureKind
from bot.usecases.context import Context
from store.records import UserId, WorkspaceId

# Names of errors: docs.slack.dev/reference/methods/conversations.info, conversations.join and chat.postMessage (read 2026-11).
_PROBLEMS: Mapping[str, ChannelProblem] = MappingProxyType(
    {
        "is_archived": ChannelProblem.ARCHIVED,
        "channel_archive": ChannelProblem.ARCHIVED,
        "not_in_channel": ChannelProblem.NOT_INVITED,
        "channel_left": ChannelProblem.NOT_INVITED,
        "member_left_channel": ChannelProblem.NOT_INVITED,
        "channel_not_found": ChannelProblem.GONE,
        "channel_deleted": ChannelProblem.GONE,
        "channel_is_shared": ChannelProblem.SHARED,
        "missing_scope": ChannelProblem.NOT_PERMITTED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """Why a channel does not take alerts; `called` without "#", "" if nobody knows; `error` is Slack's name for it."""

    problem: ChannelProblem
    error: str
    called: str = ""

    @property
    def words(self) -> str:
        """For beside the field."""
        return channel_problem(self.problem, self.called or None)

    @property
    def for_good(self) -> bool:
        """Whether trying again by itself is of no use."""
        return self.problem not in (ChannelProblem.NO_ANSWER, ChannelProblem.NOT_PERMITTED)


def problem_of(error: str | None) -> ChannelProblem:
    """What Slack's error, or the name of the event by which it was lost, means for a channel."""
    return _PROBLEMS.get(error or "", ChannelProblem.NOT_ALLOWED)


async def prove(
    ctx: Context, ws: WorkspaceId, channel_id: str, *, by: UserId, group: str | None = None
) -> Unfit | None:
    """Post the test message `by` asked for, and join first where the channel is public; None once it is there."""
    info = await ctx.messenger.channel(ws, channel_id)
    if isinstance(info, DeliveryFailure):
        return _unfit(info)
    if (problem := _unfit_as_described(info)) is not None:
        return Unfit(problem=problem, error=_error_of(problem), called=info.name)
    if not info.is_member and (failure := await ctx.messenger.join(ws, channel_id)) is not None:
        return _unfit(failure, info.name)
    posted = await ctx.messenger.post(ws, channel_id, proof(by, group))
    return _unfit(posted, info.name) if isinstance(posted, DeliveryFailure) else None


def _unfit_as_described(info: ChannelInfo) -> ChannelProblem | None:
    if info.is_im:
        return ChannelProblem.GONE
    if info.is_archived:
        return ChannelProblem.ARCHIVED
    if info.is_shared:
        return ChannelProblem.SHARED
    return ChannelProblem.NOT_INVITED if info.is_private and not info.is_member else None


def _error_of(problem: ChannelProblem) -> str:
    return next((error for error, meant in _PROBLEMS.items() if meant is problem), "channel_not_found")


def _unfit(failure: DeliveryFailure, called: str = "") -> Unfit:
    if failure.kind in (FailureKind.RETRY, FailureKind.UNKNOWN, FailureKind.REVOKED, FailureKind.OURS):
        return Unfit(problem=ChannelProblem.NO_ANSWER, error=failure.error, called=called)
    return Unfit(problem=problem_of(failure.error), error=failure.error, called=called)
