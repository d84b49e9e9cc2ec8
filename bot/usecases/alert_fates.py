"""What became of each message of an alert, as Details and the operator see it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from blocks import alert_views as shown_as
from blocks.alert_views import Delivery, Place
from bot.slack_client import FailureKind, meaning
from bot.usecases.alert_facts import Audience, Facts
from bot.usecases.hours import QUIET
from store.records import OutboxState, Surface, UserId
from store.watch_records import Alert, AlertKind, Fate

NOTHING_TO_SAY = frozenset({"nothing_to_say", "nothing_to_show"})
"""Errors of rows that are not needed any more: the alert was over before they were sent."""
_WHY: Mapping[str, shown_as.Fate] = {
    "muted": shown_as.Fate.MUTED,
    "no_address": shown_as.Fate.NO_ADDRESS,
    "no_mail": shown_as.Fate.NO_MAIL,
}
_PLACES: Mapping[Surface, Place] = {
    Surface.DM: Place.DM,
    Surface.CHANNEL: Place.CHANNEL,
    Surface.MAIL: Place.MAIL,
}


def deliveries(facts: Facts, told: Audience, *, now: datetime) -> tuple[Delivery, ...]:
    """What became of each message of an alert, and why some people have none: what Details and the operator see.

    Left out is what nobody needs any more: the alert was over before it was sent.
    """
    rows = [_delivery(one, facts.alert, told, now) for one in facts.fates]
    known = {(one.surface, one.recipient) for one in facts.fates}
    without = () if facts.alert.kind is AlertKind.OUTAGE else _without_a_row(told, known)
    return (*(row for row in rows if row is not None), *without)


def _delivery(one: Fate, alert: Alert, told: Audience, now: datetime) -> Delivery | None:
    place = _PLACES.get(one.surface)
    if place is None:
        return None
    fate, at = _fate(one, alert, told, now)
    return None if fate is None else Delivery(place=place, recipient=one.recipient, fate=fate, at=at)


def _fate(
    one: Fate, alert: Alert, told: Audience, now: datetime
) -> tuple[shown_as.Fate | None, datetime | None]:
    match one.state:
        case OutboxState.PENDING if one.ts is None:
            held = _is_held(one, alert, told, now)
            return (shown_as.Fate.HELD, one.due_at) if held else (shown_as.Fate.WAITING, None)
        case OutboxState.UNKNOWN if one.ts is None:
            return shown_as.Fate.UNKNOWN, one.due_at
        case OutboxState.DEAD:
            return _given_up(one), _sent_at(one)
        case _:
            # An edit may still wait, or its outcome be unknown: the message itself is there.
            return shown_as.Fate.SENT, _sent_at(one)


def _given_up(one: Fate) -> shown_as.Fate | None:
    """Why a message will not come; None where there is nothing to say any more."""
    error = one.error or ""
    if error in NOTHING_TO_SAY:
        return None if one.ts is None else shown_as.Fate.SENT
    means = meaning(error)
    if one.surface is Surface.CHANNEL:
        return shown_as.Fate.LOST if means is FailureKind.LOST else shown_as.Fate.FAILED
    if one.ts is not None:
        return shown_as.Fate.SENT
    if one.surface is Surface.DM and means in (FailureKind.GONE, FailureKind.LOST):
        return shown_as.Fate.GONE  # Slack says channel_not_found of a person it does not know
    return _WHY.get(error, shown_as.Fate.FAILED)


def _is_held(one: Fate, alert: Alert, told: Audience, now: datetime) -> bool:
    """Whether it waits for the end of somebody's quiet hours; a mail waits for other accounts too, and anything for Slack."""
    settings = told.settings.get(UserId(one.recipient))
    quiet = settings is not None and settings.quiet_from is not None
    waits = one.tries == 0 or one.error == QUIET
    return quiet and waits and one.due_at > max(now, alert.joins_until)


def _sent_at(one: Fate) -> datetime:
    """Slack's own time of a message, which its edits do not change; else when it was due."""
    try:
        return datetime.fromtimestamp(float(one.ts or ""), UTC)
    except (ValueError, OverflowError, OSError):
        return one.due_at


def _without_a_row(told: Audience, known: set[tuple[Surface, str]]) -> Iterator[Delivery]:
    for user_id in told.integrators:
        settings, person = told.settings[user_id], told.people.get(user_id)
        if not settings.dm and (Surface.DM, user_id) not in known:
            yield Delivery(place=Place.DM, recipient=user_id, fate=shown_as.Fate.MUTED)
        if (Surface.MAIL, user_id) in known:
            continue
        if not told.can_mail:
            yield Delivery(place=Place.MAIL, recipient=user_id, fate=shown_as.Fate.NO_MAIL)
        elif not settings.mail:
            yield Delivery(place=Place.MAIL, recipient=user_id, fate=shown_as.Fate.MUTED)
        elif person is None or not person.email:
            yield Delivery(place=Place.MAIL, recipient=user_id, fate=shown_as.Fate.NO_ADDRESS)
