"""`lexer-bot alerts`: the newest alerts and what became of each message, for the operator. Reads the database only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.errors import StartProblem
from connectors.provider import Provider
from store import alert_details, outbox, people, workspaces
from store.database import Store, Tx
from store.records import OutboxState, Person, Surface, UserId, WorkspaceId
from store.watch_records import AlertDetail, AlertKind, Fate

NEWEST = 20
_HEAD = ("Since", "Provider", "Left", "On it", "State")
_PLACES = {Surface.DM: "message to", Surface.CHANNEL: "channel", Surface.MAIL: "e-mail to"}
_TOLD = ("alert", "outage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An alert with its messages and the people they name."""

    detail: AlertDetail
    fates: tuple[Fate, ...]
    people: Mapping[UserId, Person]


async def lines(
    store: Store, providers: Sequence[Provider], *, workspace: str | None, everything: bool
) -> list[str]:
    """The table, workspace by workspace; open alerts only, or `everything`. Raises StartProblem for an unknown workspace."""
    names = {provider.key: provider.name for provider in providers}
    async with store.reading() as tx:
        known = {one.id: one.name for one in await workspaces.all(tx)}
        if workspace is not None and workspace not in known:
            raise StartProblem(f"This bot knows no workspace {_plain(workspace)}", _ids(known))
        found: list[str] = []
        for ws in [WorkspaceId(workspace)] if workspace else list(known):
            listed = await _alerts(tx, ws, everything=everything)
            found += [f"{_plain(known[ws])} ({ws})", *_table(listed, names), ""]
    return found[:-1]


def _ids(known: Mapping[WorkspaceId, str]) -> str:
    return f"It knows: {', '.join(sorted(known)) or 'none yet'}."


async def _alerts(tx: Tx, ws: WorkspaceId, *, everything: bool) -> list[Listed]:
    newest = await alert_details.newest(tx, ws, limit=NEWEST if everything else NEWEST * 10)
    shown = [one for one in newest if everything or one.alert.resolved_at is None][:NEWEST]
    listed = []
    for detail in shown:
        fates = [fate for kind in _TOLD for fate in await outbox.fates(tx, ws, kind, detail.alert.id)]
        named = [UserId(fate.recipient) for fate in fates] + [UserId(detail.alert.taken_by or "")]
        known = await people.names(tx, ws, named)
        listed.append(Listed(detail=detail, fates=tuple(fates), people=known))
    return listed


def _table(listed: Sequence[Listed], names: Mapping[str, str]) -> Iterator[str]:
    if not listed:
        yield "  no alerts"
        return
    rows = [_HEAD, *(_row(one, names) for one in listed)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    yield _aligned(_HEAD, widths)
    for one, row in zip(listed, rows[1:], strict=True):
        yield _aligned(row, widths)
        yield from (f"      {line}" for line in (_fate(fate, one.people) for fate in one.fates) if line)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  " + "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(one: Listed, names: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    alert = one.detail.alert
    is_outage = alert.kind is AlertKind.OUTAGE
    left = "outage" if is_outage else f"{one.detail.open} of {one.detail.open + one.detail.resolved}"
    taker = _name(alert.taken_by, one.people) if alert.taken_by else "nobody"
    provider = _plain(names.get(alert.provider_key, alert.provider_key))
    return _moment(alert.opened_at), provider, left, "" if is_outage else taker, _state(one)


def _state(one: Listed) -> str:
    alert = one.detail.alert
    if alert.resolved_at is not None:
        return f"over since {_moment(alert.resolved_at)}"
    return f"snoozed until {_moment(alert.snoozed_until)}" if alert.snoozed_until else "open"


def _fate(fate: Fate, known: Mapping[UserId, Person]) -> str:
    place = _PLACES.get(fate.surface)
    if place is None:
        return ""
    return f"{place} {_name(fate.recipient, known)}: {_became(fate)}"


def _became(fate: Fate) -> str:
    error = f" ({_plain(fate.error)})" if fate.error else ""
    match fate.state:
        case OutboxState.SENT:
            return "sent"
        case OutboxState.PENDING if fate.ts is not None:
            return f"sent, a change waits{error}"
        case OutboxState.PENDING:
            tries = f", tried {fate.tries} times" if fate.tries else ""
            return f"waits until {_moment(fate.due_at)}{tries}{error}"
        case OutboxState.UNKNOWN:
            return f"unknown, it may have arrived{error}"
        case OutboxState.DEAD:
            return f"not sent{error}" if fate.ts is None else f"sent, a change was not{error}"


def _name(user_id: str | None, known: Mapping[UserId, Person]) -> str:
    person = known.get(UserId(user_id or ""))
    return _plain(person.name if person else user_id or "")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _plain(text: str) -> str:
    """Names are other people's words: nothing in them acts in a terminal."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)[:60]
