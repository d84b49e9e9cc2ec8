"""Goal 3: rendering with the constructors of blocks/parts.py against dicts written out by hand."""

import json
from typing import Any

from bench.interleave import rounds, timed
from bench.table import Row
from blocks.parts import button, section

TILES = [(f"provider_{number}", f"Provider {number}", number % 12 + 1) for number in range(50)]


def ours() -> str:
    """50 sections with a button each, by the constructors, which escape and cut."""
    return json.dumps([
        section(
            f"*{name}*\n🟢 Connected · {accounts} accounts",
            button(f"Open {name}", f"integration.open:{key}", value=key),
        )
        for key, name, accounts in TILES
    ])  # fmt: skip


def by_hand() -> str:
    """The same JSON, trusting every text."""
    return json.dumps([_by_hand(*tile) for tile in TILES])


def _by_hand(key: str, name: str, accounts: int) -> dict[str, Any]:
    text = f"*{name}*\n🟢 Connected · {accounts} accounts"
    return {
        "type": "section",
        "text": {"type": "mrkdwn", "text": text, "verbatim": True},
        "accessory": {
            "type": "button",
            "text": {"type": "plain_text", "text": f"Open {name}", "emoji": False},
            "action_id": f"integration.open:{key}",
            "value": key,
        },
    }


async def measure() -> list[Row]:
    """Compare the two."""
    if ours() != by_hand():
        raise RuntimeError("the two renderings differ, so their times compare nothing")
    found = await rounds({"ours": timed(ours, times=100), "by hand": timed(by_hand, times=100)}, count=9)
    note = f"{found.median('ours') * 1e6:.0f} µs"
    return [
        Row(
            goal="3",
            what="rendering 50 blocks / plain dicts and json",
            at_most=1.2,
            measured=found.ratio("ours", "by hand"),
            note=note,
        )
    ]
