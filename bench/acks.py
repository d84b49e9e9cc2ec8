"""Goals 1 and 2: what a person waits for after `/lexer help` and `/lexer`, against Bolt alone."""

import json
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from bench import bolt_js, fifty
from bench.interleave import Rounds, rounds
from bench.processes import Server, load, serving
from bench.slack_api import slack_api
from bench.slash import SIGNING_SECRET
from bench.table import Row
from bench.world import KEYS, database_urls, filled

ROUNDS, SECONDS = 5, 1.5
AT_ONCE = (1, 8)
JS_READS = ("accounts", "tiles")
GOAL_2 = {("SQLite", 1): 5.0, ("PostgreSQL", 1): 5.0, ("SQLite", 8): 8.0, ("PostgreSQL", 8): 5.5}


def settings(api_url: str, database_url: str) -> Mapping[str, str]:
    """What the program is told; every integration is set up."""
    clients = {
        f"LEXER_{key.upper()}_{name}": "bench"
        for key in fifty.KEYS
        for name in ("CLIENT_ID", "CLIENT_SECRET")
    }
    return {
        **clients,
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": api_url,
        "LEXER_PUBLIC_URL": "http://127.0.0.1:3000",
        "LEXER_DATABASE_URL": database_url,
        "LEXER_SECRET_KEYS": KEYS,
    }


@asynccontextmanager
async def servers() -> AsyncIterator[Mapping[str, Server]]:
    """Both floors, ours on both databases, and bolt-js where there is one: all up at once, only one under load at a time."""
    python = (sys.executable, "-m")
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lexer-bench-")))
        fifty.write(folder / "providers")
        urls = stack.enter_context(database_urls())
        api = await stack.enter_async_context(slack_api())
        found = {
            "bare": await stack.enter_async_context(serving((*python, "bench.floors", "pbr"))),
            "stock": await stack.enter_async_context(serving((*python, "bench.floors", "stock"))),
        }
        for kind, url in urls.items():
            async with filled(url, fifty.KEYS):
                pass
            command = (*python, "bench.fifty", str(folder / "providers"), "serve")
            start = serving(command, settings=settings(api, url), port_setting="LEXER_PORT", text="")
            found[kind] = await stack.enter_async_context(start)
        if bolt_js.missing() is None:
            listing = str((await load(found["SQLite"], connections=1, seconds=0.1, text=""))["body"])
            for reads in JS_READS:
                found[f"bolt-js {reads}"] = await stack.enter_async_context(
                    bolt_js.serving_listing(folder, urls["SQLite"], listing, reads)
                )
        yield found


async def measure() -> list[Row]:
    """Compare, one connection and eight at once."""
    async with servers() as found:
        listing = (await load(found["SQLite"], connections=1, seconds=0.1, text=""))["body"]
        if str(listing).count("Open Provider") < 12:
            raise RuntimeError(f"this is no listing: {listing}")
        words = (await load(found["SQLite"], connections=1, seconds=0.1, text="help"))["body"]
        if "/lexer integrations" not in str(words):
            raise RuntimeError(f"this is no help: {words}")
        for name in [name for name in found if name.startswith("bolt-js")]:
            theirs = (await load(found[name], connections=1, seconds=0.1, text=""))["body"]
            if json.loads(theirs) != json.loads(listing):
                raise RuntimeError(f"{name} answers something else: {theirs}")
        by_count = {count: await _rounds(found, count) for count in AT_ONCE}
    return [row for count, measured in by_count.items() for row in _rows(measured, count)]


async def _rounds(found: Mapping[str, Server], count: int) -> Rounds:
    variants = {
        "bare": partial(_p50, found["bare"], count, "help"),
        "stock": partial(_p50, found["stock"], count, "help"),
        "help": partial(_p50, found["SQLite"], count, "help"),
        "SQLite": partial(_p50, found["SQLite"], count, ""),
        "PostgreSQL": partial(_p50, found["PostgreSQL"], count, ""),
    }
    variants |= {
        name: partial(_p50, server, count, "") for name, server in found.items() if name.startswith("bolt-js")
    }
    return await rounds(variants, count=ROUNDS)


async def _p50(server: Server, count: int, text: str) -> float:
    return float((await load(server, connections=count, seconds=SECONDS, text=text))["p50"])


def _rows(measured: Rounds, count: int) -> list[Row]:
    at = f"{count} at once" if count > 1 else "one at a time"

    def row(goal: str, what: str, ours: str, floor: str, at_most: float) -> Row:
        return Row(
            goal=goal,
            what=f"{what}, {at}",
            at_most=at_most,
            measured=measured.ratio(ours, floor),
            note=f"{measured.median(ours) * 1e3:.2f} ms",
        )

    rows = [row("1", "`/lexer help` / a bare Bolt answer", "help", "bare", 1.25)]
    rows += [row("1", "`/lexer help` / a stock Bolt answer", "help", "stock", 0.05)] if count == 1 else []
    for kind in ("SQLite", "PostgreSQL"):
        rows.append(
            row("2", f"the listing on {kind} / a bare Bolt answer", kind, "bare", GOAL_2[kind, count])
        )
        rows += (
            [row("2", f"the listing on {kind} / a stock Bolt answer", kind, "stock", 0.15)]
            if count == 1
            else []
        )
    return rows + [_js_row(measured, reads, at) for reads in JS_READS]


def _js_row(measured: Rounds, reads: str, at: str) -> Row:
    """Goal 2 names integrations and accounts; against the counts we keep on a row it sets none."""
    what = f"the listing on SQLite / bolt-js with better-sqlite3 and the same JSON, from the {reads}, {at}"
    at_most = 1.0 if reads == "accounts" else None
    name = f"bolt-js {reads}"
    if name not in measured.by_variant:
        return Row(goal="2", what=what, at_most=at_most, measured=None, note=str(bolt_js.missing()))
    note = f"{measured.median('SQLite') * 1e3:.2f} ms against {measured.median(name) * 1e3:.2f} ms"
    return Row(goal="2", what=what, at_most=at_most, measured=measured.ratio("SQLite", name), note=note)
