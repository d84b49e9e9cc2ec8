"""Goal 9: how soon the bot is there, what it holds, and whether it grows."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import fifty
from bench.acks import settings
from bench.interleave import rounds
from bench.processes import Server, load, resident_mib, serving
from bench.slack_api import slack_api
from bench.table import Row
from bench.world import filled

ROUNDS = 9
WARM, LISTINGS = 700, 10_000


async def measure() -> list[Row]:
    """Compare with Bolt alone."""
    with tempfile.TemporaryDirectory(prefix="lexer-bench-") as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        fifty.write(Path(folder) / "providers")
        async with filled(url, fifty.KEYS):
            pass
        async with slack_api() as api:
            told = settings(api, url)
            return [*await _starts(told), await _growth(Path(folder) / "providers", told)]


OURS = (sys.executable, "-m", "bench.program", "serve")
BARE = (sys.executable, "-m", "bench.floors", "pbr")


async def _starts(told: Mapping[str, str]) -> list[Row]:
    memory: dict[str, list[float]] = {"ours": [], "bare": []}

    async def start(name: str, command: Sequence[str], **how: object) -> float:
        async with serving(command, **how) as server:  # type: ignore[arg-type]
            memory[name].append(await resident_mib(server))
            return server.seconds_to_first_200

    found = await rounds(
        {
            "ours": lambda: start("ours", OURS, settings=told, port_setting="LEXER_PORT"),
            "bare": lambda: start("bare", BARE),
        },
        count=ROUNDS,
    )
    held = sorted(ours / bare for ours, bare in zip(memory["ours"], memory["bare"], strict=True))
    first = Row(
        goal="9",
        what="time to the first 200 / bare Bolt",
        at_most=2.3,
        measured=found.ratio("ours", "bare"),
        note=f"{found.median('ours') * 1e3:.0f} ms",
    )
    note = f"{sorted(memory['ours'])[ROUNDS // 2]:.0f} MiB"
    return [
        first,
        Row(goal="9", what="memory then / bare Bolt", at_most=2.2, measured=held[ROUNDS // 2], note=note),
    ]


async def _growth(providers: Path, told: Mapping[str, str]) -> Row:
    command = (sys.executable, "-m", "bench.fifty", str(providers), "serve")
    async with serving(command, settings=told, port_setting="LEXER_PORT") as server:
        await _listings(server, WARM)
        before = await resident_mib(server)
        count = await _listings(server, LISTINGS)
        grown = (await resident_mib(server) - before) * LISTINGS / count
    what = f"MiB grown per {LISTINGS:,} listings (no ratio)"
    return Row(goal="9", what=what, at_most=5.0, measured=max(grown, 0.0), note=f"after {count:,} listings")


async def _listings(server: Server, least: int) -> int:
    done = 0
    while done < least:
        done += int((await load(server, connections=8, seconds=2, text=""))["count"])
    return done
