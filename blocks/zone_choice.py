"""Choosing a time zone by typing a city."""

from collections.abc import Sequence

from blocks.alert_settings_views import ZoneChoice
from blocks.parts import Json, option
from blocks.text import plain_name


def zone_select(action: str, chosen: ZoneChoice) -> Json:
    """The control, searched by `action`."""
    drawn: Json = {
        "type": "external_select",
        "action_id": action,
        "min_query_length": 0,
        "placeholder": {"type": "plain_text", "text": "Type a city"},
    }
    return drawn | {"initial_option": _zone_option(chosen)} if chosen.name else drawn


def zone_options(zones: Sequence[ZoneChoice]) -> list[Json]:
    """What a search for a time zone offers."""
    return [_zone_option(zone) for zone in zones]


def _zone_option(zone: ZoneChoice) -> Json:
    """Such as "New York (America), GMT-5"; the value is the zone's own name."""
    region, _, city = zone.name.replace("_", " ").partition("/")
    words = plain_name(f"{city} ({region})" if city else region, 60)
    return option(f"{words}, {zone.offset}" if zone.offset else words, zone.name[:75])
