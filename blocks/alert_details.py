"""Details of an alert: what happened in it, and what became of each message about it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from blocks.alert_views import AlertDetailsView, AlertEvent, AlertEventKind, Delivery, Fate, Place
from blocks.alert_words import (
    facts,
    headline,
    meanwhile,
    progress,
    resolution,
    state,
    the_accounts,
    what_it_was,
    why_once,
)
from blocks.alerts import main_button, open_button
from blocks.parts import Json, View, actions, context, divider, if_it_stays, metadata, modal, section
from blocks.text import channel, count, plural, user, when

ALERT_DETAILS = "alert.details"
_TITLE = "Alert"
_EVENTS_SHOWN = 20
_TOLD_SHOWN = 15

_HAPPENED: Mapping[AlertEventKind, str] = MappingProxyType(
    {
        AlertEventKind.OPENED: "{accounts} disconnected",
        AlertEventKind.JOINED: "{more} disconnected",
        AlertEventKind.TAKEN: "{who} is on it",
        AlertEventKind.LET_GO: "{who} handed it back",
        AlertEventKind.SNOOZED: "snoozed by {who}{until}",
        AlertEventKind.REMINDED: "{who} was reminded",
        AlertEventKind.RECONNECTED: "{accounts} reconnected by {who}",
        AlertEventKind.RECOVERED: "{accounts} {work} again",
        AlertEventKind.REMOVED: "{accounts} disconnected here by {who}",
        AlertEventKind.OVER: "all done",
    }
)
_PLACES: Mapping[Place, str] = MappingProxyType(
    {Place.DM: "direct message to ", Place.CHANNEL: "", Place.MAIL: "e-mail to "}
)
_FATES: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.SENT: "sent",
        Fate.WAITING: "on its way",
        Fate.HELD: "held back by their quiet hours",
        Fate.UNKNOWN: "outcome unknown: no answer came, so it may or may not be there",
        Fate.GONE: "not sent: this person has left",
        Fate.MUTED: "not sent: muted by this person",
        Fate.LOST: "not sent: Lexer cannot post there any more",
        Fate.NO_ADDRESS: "not sent: there is no e-mail address in their profile",
        Fate.NO_MAIL: "not sent: e-mail is not set up on this bot",
        Fate.FAILED: "not sent: it was refused",
    }
)
_ORDER = (
    Fate.UNKNOWN, Fate.LOST, Fate.FAILED, Fate.GONE, Fate.NO_ADDRESS,
    Fate.WAITING, Fate.HELD, Fate.SENT, Fate.MUTED, Fate.NO_MAIL,
)  # fmt: skip


def opening_details() -> View:
    """Shown at once, while the alert is looked up."""
    return modal(_TITLE, ALERT_DETAILS, [section("Opening the alert …"), if_it_stays()])


def alert_details(view: AlertDetailsView) -> View:
    """The modal."""
    told = view.alert
    small = facts(told) if told.ended_at is None else what_it_was(told)
    blocks = [section(_standing(view)), context(small)]
    if told.ended_at is None:
        blocks += [section(state(told) or "Nobody is on it yet."), actions(*_ways_on(view))]
    blocks += [*_history(view), *_deliveries(view.deliveries)]
    return modal(_TITLE, ALERT_DETAILS, blocks, metadata=metadata(a=told.id))


def _standing(view: AlertDetailsView) -> str:
    told = view.alert
    if told.ended_at is not None:
        lines = [headline(told), resolution(told)]
    else:
        lines = [headline(told), progress(told), why_once(told), the_accounts(told), meanwhile(told)]
    return "\n".join(line for line in lines if line)


def _ways_on(view: AlertDetailsView) -> Iterator[Json]:
    first = main_button(view.alert)
    other = open_button(view.alert.provider_key, view.alert.provider, alert_id=view.alert.id)
    yield first
    if other["action_id"] != first["action_id"]:
        yield other


def _history(view: AlertDetailsView) -> Iterator[Json]:
    if not view.events:
        return
    yield divider()
    shown = view.events[-_EVENTS_SHOWN:]
    lines = ["*What happened*", *(f"• {_event(event, view.alert.account_noun)}" for event in shown)]
    if len(view.events) > len(shown):
        lines.insert(1, f"{len(view.events) - len(shown):,} earlier ones are left out")
    yield section("\n".join(lines))


def _event(event: AlertEvent, noun: str) -> str:
    words = _HAPPENED[event.kind].format(
        accounts=count(event.count, noun) if event.count else f"all {plural(noun)}",
        more=count(event.count, f"more {noun}"),
        work="works" if event.count == 1 else "work",
        who=user(event.who) if event.who else "everybody",
        until=f" until {when(event.until)}" if event.until else "",
    )
    return f"{when(event.at)}: {words}"


def _deliveries(deliveries: tuple[Delivery, ...]) -> Iterator[Json]:
    """What went wrong or is not certain stands on top."""
    if not deliveries:
        return
    yield divider()
    in_order = sorted(deliveries, key=lambda delivery: (_ORDER.index(delivery.fate), delivery.place))
    lines = ["*Who was told*", *(f"• {_delivery(delivery)}" for delivery in in_order[:_TOLD_SHOWN])]
    yield section("\n".join(lines))
    rest = Counter(delivery.fate for delivery in in_order[_TOLD_SHOWN:])
    if rest:
        counted = " · ".join(f"{number:,} {_short(fate)}" for fate, number in rest.items())
        yield context(f"and {counted}")


def _delivery(delivery: Delivery) -> str:
    is_channel = delivery.place is Place.CHANNEL
    whom = channel(delivery.recipient) if is_channel else user(delivery.recipient)
    moment = ""
    if delivery.at is not None:
        moment = f" until {when(delivery.at)}" if delivery.fate is Fate.HELD else f", {when(delivery.at)}"
    return f"{_PLACES[delivery.place]}{whom}: {_FATES[delivery.fate]}{moment}"


def _short(fate: Fate) -> str:
    """Without what only explains it."""
    return "with unknown outcome" if fate is Fate.UNKNOWN else _FATES[fate]
