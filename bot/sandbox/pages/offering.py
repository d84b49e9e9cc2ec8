"""What a select offers for the letters typed so far: its own options, or what the bot answers, or people and channels."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.form_state import value_key
from bot.sandbox.pages.doing import field_key, find, person_of, place_of
from bot.sandbox.pages.draw import Reader
from bot.sandbox.pages.screen import reader_of
from bot.sandbox.pages.stage import Stage
from bot.sandbox.reading import plain
from bot.sandbox.world import TEAM_ID, Json, OpenView, Posted

_MOST = 100
"""Options in the list at once; more letters show others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Option groups ({"label"?, "options"}), which values are chosen, and words instead where there are none."""

    groups: Sequence[Json]
    chosen: frozenset[str]
    hint: str | None
    reader: Reader


async def offer(stage: Stage, query: Mapping[str, str]) -> Offer:
    """What to list. Raises CannotDo where the select is not there (any more)."""
    who = person_of(stage, query)
    where = place_of(stage, who, query.get("place", ""))
    found = find(where, query.get("block", ""), query.get("action", ""))
    reader = reader_of(stage.world, who.human)
    typed, kind = query.get("q", "").strip(), found.element["type"]
    hint = None
    if "external" in kind:
        least = found.element.get("min_query_length", 3)
        groups = await who.searches_in(found, where, typed) if len(typed) >= least else []
        # Added to what earlier letters found: the list on screen may still be that one.
        offered = where.offered.setdefault(field_key(who, found), {})
        offered.update((str(one["value"]), one) for group in groups for one in group["options"])
        hint = f"Type {least} letters or more" if len(typed) < least else None
    else:
        groups = _matching(_listed(stage, found.element), typed, reader)
    chosen = _chosen(where, found.block["block_id"], found.element)
    none = not any(group["options"] for group in groups)
    return Offer(
        groups=groups, chosen=chosen, hint=hint or ("Nothing found" if none else None), reader=reader
    )


def _listed(stage: Stage, element: Json) -> list[Json]:
    kind = element["type"]
    if "users" in kind:
        return [{"options": list(_people(stage))}]
    if "conversations" in kind or "channels" in kind:
        return [{"options": list(_channels(stage))}]
    return list(element.get("option_groups") or [{"options": element.get("options") or []}])


def _people(stage: Stage) -> Iterator[Json]:
    for human in stage.world.humans.values():
        if not human.deleted and human.team_id == TEAM_ID and human.id != "USLACKBOT":
            yield _option(human.id, human.real_name)


def _channels(stage: Stage) -> Iterator[Json]:
    for channel in stage.world.channels.values():
        if channel.kind != "im" and not channel.is_archived:
            yield _option(channel.id, f"#{channel.name}")


def _option(value: str, words: str) -> Json:
    return {"text": {"type": "plain_text", "text": words}, "value": value}


def _matching(groups: Sequence[Json], typed: str, reader: Reader) -> list[Json]:
    """The options with these letters in them, empty groups left out."""

    def name(user: str) -> str:
        return reader.person(user) or user

    wanted, left, found = typed.casefold(), _MOST, []
    for group in groups:
        fits = [one for one in group["options"] if wanted in plain(one["text"], name).casefold()][:left]
        left -= len(fits)
        if fits:
            found.append({**group, "options": fits})
    return found


def _chosen(where: OpenView | Posted, block: str, element: Json) -> frozenset[str]:
    state = where.state.get(block, {}).get(element["action_id"])
    value = state.get(value_key(element["type"])) if state else None
    listed = value if isinstance(value, list) else [value]
    return frozenset(str(one["value"]) if isinstance(one, dict) else str(one) for one in listed if one)
