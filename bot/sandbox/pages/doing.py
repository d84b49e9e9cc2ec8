"""What a person does on a page, done to the workspace: presses, choices, typing, submissions. Everything sent is checked anew."""

import html
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.sandbox.finding import CannotDo, Found
from bot.sandbox.form_state import elements_of, value_key
from bot.sandbox.methods_chat import put
from bot.sandbox.pages.asked import player
from bot.sandbox.pages.hours import let_pass
from bot.sandbox.pages.outside import change
from bot.sandbox.pages.stage import Stage
from bot.sandbox.people import PersonAtWork, escaped
from bot.sandbox.world import BOT_USER_ID, Json, OpenView, Posted

Order = Mapping[str, Any]
"""The body of a POST: `as` and what the deed needs."""
_LONGEST = 12_000
"""Characters of one message from the composer."""
_TYPED = frozenset(
    {"plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input"}
)


async def do(stage: Stage, what: str, order: Order) -> str | None:
    """Do it; words for a toast, if Slack has any. Raises CannotDo with words that say why not, LookupError for a deed unknown."""
    deed = _DEEDS[what]
    who = person_of(stage, order)
    who.notice = None
    said = await deed(stage, who, order)
    stage.records.ring()
    return said or who.notice


def person_of(stage: Stage, order: Order) -> PersonAtWork:
    """Who does it. Raises CannotDo."""
    try:
        return stage.person(player(stage.world, _text(order, "as")).name)
    except LookupError as unknown:
        raise CannotDo(str(unknown)) from None


def _text(order: Order, name: str) -> str:
    value = order.get(name)
    if not isinstance(value, str):
        raise CannotDo(f"{name!r} must be a text")
    return value


def place_of(stage: Stage, who: PersonAtWork, named: str) -> OpenView | Posted:
    """The modal or message a page names: "view:V…" (only the top one can be used) or "message:C…:ts". Raises CannotDo."""
    kind, _, rest = named.partition(":")
    if kind == "view":
        top = stage.world.top_view(who.human.id)
        if top is not None and top.id == rest:
            return top
        raise CannotDo("This window is closed or behind another one.")
    channel, _, ts = rest.partition(":")
    for posted in who.messages:
        if kind == "message" and (posted.channel, posted.ts) == (channel, ts):
            return posted
    raise CannotDo("This message is not there any more.")


def find(where: OpenView | Posted, block: str, action: str) -> Found:
    """The element with these ids. Raises CannotDo."""
    body = where.body if isinstance(where, OpenView) else {"blocks": where.blocks}
    for holder, element in elements_of(body):
        if (holder.get("block_id"), element.get("action_id")) == (block, action):
            return Found(block=holder, element=element)
    raise CannotDo("This has changed in the meantime: look again.")


def _used(stage: Stage, who: PersonAtWork, order: Order) -> tuple[Found, OpenView | Posted]:
    """The element an order is about, after what was typed beside it has been taken."""
    where = place_of(stage, who, _text(order, "place"))
    _take_fields(where, order.get("fields"))
    return find(where, _text(order, "block"), _text(order, "action")), where


def _take_fields(where: OpenView | Posted, fields: object) -> None:
    for field in fields if isinstance(fields, list) else []:
        if isinstance(field, Mapping):
            _type_in(where, find(where, _text(field, "block"), _text(field, "action")), _text(field, "value"))


def _type_in(where: OpenView | Posted, found: Found, words: str) -> str | None:
    kind = found.element["type"]
    if kind not in _TYPED:
        raise CannotDo(f"nothing can be typed into a {kind}")
    value = words[: found.element.get("max_length", 3000)] or None
    state = where.state.setdefault(found.block["block_id"], {})
    state[found.element["action_id"]] = {"type": kind, "value": value}
    return value


async def _press(stage: Stage, who: PersonAtWork, order: Order) -> None:
    found, where = _used(stage, who, order)
    if found.element["type"] not in {"button", "workflow_button"}:
        raise CannotDo("This is no button.")
    await who.acts(found, where)


async def _choose(stage: Stage, who: PersonAtWork, order: Order) -> None:
    found, where = _used(stage, who, order)
    values = order.get("values")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise CannotDo("'values' must be a list of texts")
    known = [*where.offered.get(field_key(who, found), {}).values(), *_chosen(where, found)]
    await who.takes(found, where, *values, offered=known)


def _chosen(where: OpenView | Posted, found: Found) -> list[Json]:
    """The options that are chosen already: they stay on offer."""
    state = where.state.get(found.block["block_id"], {}).get(found.element["action_id"], {})
    value = state.get(value_key(found.element["type"])) if state else None
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]


def field_key(who: PersonAtWork, found: Found) -> tuple[str, str, str]:
    """What `offered` of a modal or message keeps the results of someone's searches under."""
    return who.human.id, found.block["block_id"], found.element["action_id"]


async def _fill(stage: Stage, who: PersonAtWork, order: Order) -> None:
    found, where = _used(stage, who, order)
    value = _type_in(where, found, _text(order, "value"))
    if found.block.get("dispatch_action"):
        await who.acts(found, where, value=value)


async def _submit(stage: Stage, who: PersonAtWork, order: Order) -> None:
    where = place_of(stage, who, _text(order, "place"))
    _take_fields(where, order.get("fields"))
    await who.submits()


async def _close(stage: Stage, who: PersonAtWork, order: Order) -> None:
    place_of(stage, who, _text(order, "place"))
    await who.closes(everything=order.get("everything") is True)


async def _reload(stage: Stage, who: PersonAtWork, _order: Order) -> None:
    """Like a browser's reload in Slack: the modals are gone, and the bot is not told."""
    stage.world.close_views(who.human.id)


async def _say(stage: Stage, who: PersonAtWork, order: Order) -> str | None:
    words, channel = _text(order, "text").strip(), _text(order, "channel")
    thread = _text(order, "thread") if order.get("thread") else None
    place = stage.world.channels.get(channel)
    if place is None or who.human.id not in place.members or place.is_archived:
        raise CannotDo("You cannot write here.")
    if place.kind == "im" and BOT_USER_ID in place.members and stage.manifest.read_only_messages:
        raise CannotDo("Sending messages to this app is turned off.")
    if len(words) > _LONGEST:
        raise CannotDo(f"Your message is too long: {len(words)} of at most {_LONGEST} characters.")
    if words.startswith("/"):
        return await _command(stage, who, words, channel, thread)
    if thread is not None and not _begins_thread(stage, channel, thread):
        raise CannotDo("This thread is not there any more.")
    if words:
        # Only what Slack itself makes of @names is a mention: "<!channel>" typed out is not.
        text = escaped(html.escape(words, quote=False), stage.world)
        put(stage.slack, channel, {"text": text, "thread_ts": thread}, by=who.human.id)
    return None


def _begins_thread(stage: Stage, channel: str, ts: str) -> bool:
    """Whether a message has this time that everybody there sees, and that is not itself a reply."""
    first = stage.world.message(channel, ts)
    return first is not None and first.only_for is None and first.thread_ts in (None, ts)


async def _command(
    stage: Stage, who: PersonAtWork, words: str, channel: str, thread: str | None
) -> str | None:
    named = words.split(maxsplit=1)[0]
    if named not in {one.command for one in stage.manifest.commands}:
        known = ", ".join(one.command for one in stage.manifest.commands)
        raise CannotDo(f"{named} is not a command here. There is: {known}")
    if thread is not None:
        return f"{named} does not work in a thread."
    await who.types(words, channel=channel)
    return None


async def _outside(stage: Stage, _who: PersonAtWork, order: Order) -> str | None:
    return change(stage.providers, order)


async def _time(stage: Stage, who: PersonAtWork, order: Order) -> str:
    return await let_pass(stage, who.human.tz, _text(order, "wish"))


_DEEDS: Mapping[str, Callable[[Stage, PersonAtWork, Order], Awaitable[str | None]]] = MappingProxyType(
    {
        "press": _press,
        "choose": _choose,
        "fill": _fill,
        "submit": _submit,
        "close": _close,
        "reload": _reload,
        "say": _say,
        "outside": _outside,
        "time": _time,
    }
)
DEEDS = frozenset(_DEEDS)
