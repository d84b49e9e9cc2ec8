"""The inspector: every request between Slack, bot and providers, what was answered, how long it took, and what was refused where."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.pages.asked import Asked
from bot.sandbox.records import Exchange, Records, Refusal, Way

_SHOWN = 100
_LARGEST_PART = 2_000
"""Characters shown of an offending part; all of it stands in the payload below."""
_POINTER = re.compile(r"\s*\[json-pointer:(?P<pointer>[^\]]*)\]\s*$")
_WAYS: Mapping[Way, tuple[str, str]] = {
    "to bot": ("Slack", "bot"),
    "to Slack": ("bot", "Slack"),
    "to provider": ("bot", "provider"),
}
_FILTERS = (
    ("all", "All"),
    ("refused", "Refused"),
    ("to_bot", "To bot"),
    ("to_slack", "To Slack"),
    ("to_provider", "Providers"),
)
_NOTHING = {
    "all": "Nothing has been sent yet. Type /lexer in Slack, and each request appears here.",
    "refused": "Nothing was refused.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A link that lists only some. `count`: how many there are."""

    name: str
    url: str
    is_here: bool
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One exchange, closed. `badge`: "ok", "refused", "no answer" or an HTTP status; `mood`: good, bad or warn."""

    number: int
    kind: str
    source: str
    target: str
    name: str
    time: str
    iso: str
    took: str
    badge: str
    mood: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectorView:
    """The list, newest first. `left_out`: how many older ones are not shown."""

    filters: tuple[Filter, ...]
    lines: tuple[Line, ...]
    left_out: int
    nothing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One thing that is wrong: why, where (JSON pointer), and what stands there. `part` None: nothing, it is missing."""

    words: str
    pointer: str
    part: str | None
    is_whole: bool = True
    """False where the part was cut, or is what surrounds a missing one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A refusal: Slack's error and every place it names."""

    where: str
    error: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeView:
    """One exchange in full; the texts are JSON made readable, None where there was no body."""

    line: Line
    wrongs: tuple[Wrong, ...]
    sent: str | None
    answered: str | None
    about: str
    """One sentence on how it ended."""


def inspector_view(records: Records, asked: Asked) -> InspectorView:
    """What `asked.show` lists, the newest hundred."""
    every = sorted(records.exchanges, key=lambda one: (one.begun, one.number), reverse=True)
    found = [one for one in every if _fits(one, asked.show)]
    return InspectorView(
        filters=tuple(
            Filter(
                name=name,
                url=asked.url(panel="inspector", show=kind),
                is_here=kind == asked.show,
                count=sum(_fits(one, kind) for one in every),
            )
            for kind, name in _FILTERS
        ),
        lines=tuple(_line(one, ZoneInfo(asked.human.tz)) for one in found[:_SHOWN]),
        left_out=max(0, len(found) - _SHOWN),
        nothing=_NOTHING.get(asked.show, "Nothing of this kind has been sent yet."),
    )


def exchange_view(records: Records, number: int) -> ExchangeView | None:
    """One exchange by its number; None when it is not kept (any more)."""
    found = next((one for one in records.exchanges if one.number == number), None)
    if found is None:
        return None
    judged = found.answered if found.way == "to bot" else found.sent
    return ExchangeView(
        line=_line(found, ZoneInfo("UTC")),
        wrongs=tuple(_wrong(one, judged) for one in found.refusals),
        # Of calls to providers nothing is kept but what the line above says.
        sent=_pretty(found.sent) if found.way != "to provider" else None,
        answered=_pretty(found.answered),
        about=_about(found),
    )


def _fits(one: Exchange, show: str) -> bool:
    match show:
        case "all":
            return True
        case "refused":
            return bool(one.refusals)
        case _:
            return one.way.lower().replace(" ", "_") == show


def _line(one: Exchange, zone: ZoneInfo) -> Line:
    source, target = _WAYS[one.way]
    badge, mood = _badge(one)
    at = one.at.astimezone(zone)
    return Line(
        number=one.number,
        kind=one.way.replace(" ", "-").lower(),
        source=source,
        target=target,
        name=one.name,
        time=at.strftime("%H:%M:%S"),
        iso=one.at.isoformat(timespec="milliseconds"),
        took=_took(one.seconds),
        badge=badge,
        mood=mood,
    )


def _badge(one: Exchange) -> tuple[str, str]:
    if one.refusals:
        return "refused", "bad"
    if one.status == 0:
        return "no answer", "warn"
    return ("ok", "good") if one.status < 400 else (str(one.status), "warn")


def _took(seconds: float) -> str:
    if seconds < 0.001:
        return "<1 ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _about(one: Exchange) -> str:
    if one.status == 0:
        return f"No answer came; given up after {_took(one.seconds)}."
    kept = " What was said is not kept: it holds keys." if one.way == "to provider" else ""
    return f"Answered with status {one.status} after {_took(one.seconds)}.{kept}"


def _wrong(refusal: Refusal, judged: Any) -> Wrong:
    places = tuple(_place(words, judged) for words in refusal.messages)
    return Wrong(where=refusal.where, error=refusal.error, places=places)


def _place(words: str, judged: Any) -> Place:
    found = _POINTER.search(words)
    plain = _POINTER.sub("", words).removeprefix("[ERROR] ")
    if found is None:
        return Place(words=plain, pointer="", part=None)
    pointer = found["pointer"]
    part, is_there = _resolved(judged, pointer)
    pretty = _pretty(part) or "null"
    clipped = f"{pretty[:_LARGEST_PART]}\n…" if len(pretty) > _LARGEST_PART else pretty
    return Place(words=plain, pointer=pointer, part=clipped, is_whole=is_there and clipped == pretty)


def _resolved(judged: Any, pointer: str) -> tuple[Any, bool]:
    """What a JSON pointer (RFC 6901) names and True, or the innermost thing around it that is there and False."""
    here = judged
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(here, dict) and name in here:
            here = here[name]
        elif isinstance(here, list) and name.isascii() and name.isdigit() and int(name[:6]) < len(here):
            here = here[int(name[:6])]
        else:
            return here, False
    return here, True


def _pretty(value: Any) -> str | None:
    if value is None or value == "":
        return None
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
