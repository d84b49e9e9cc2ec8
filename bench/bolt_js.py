"""The same answer by Bolt for JavaScript, where it is installed: `npm install @slack/bolt better-sqlite3` in bench/js."""

import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

from bench.processes import Server, serving
from bench.slash import SIGNING_SECRET

FOLDER = Path(__file__).parent / "js"
PACKAGES = ("@slack/bolt", "better-sqlite3")


def missing() -> str | None:
    """Why it cannot be measured; None if it can."""
    node = shutil.which("node")
    if node is None:
        return "not measured: no node"
    for package in PACKAGES:
        probe = (node, "-e", f"import({package!r}).catch(() => process.exit(1))")
        if subprocess.run(probe, cwd=FOLDER, capture_output=True, check=False).returncode:
            return f"not measured: no {package}"
    return None


@asynccontextmanager
async def serving_listing(folder: Path, database_url: str, listing: str, reads: str) -> AsyncIterator[Server]:
    """Bolt with the raw driver on the same tables, answering the same JSON. `reads`: "accounts" or "tiles" (listing.mjs)."""
    (folder / "listing.json").write_text(listing, encoding="utf-8")
    settings = {
        "BENCH_SIGNING_SECRET": SIGNING_SECRET,
        "BENCH_LISTING": str(folder / "listing.json"),
        "BENCH_READS": reads,
        "BENCH_DATABASE": str(make_url(database_url).database),
    }
    async with serving(("node", str(FOLDER / "listing.mjs")), settings=settings) as server:
        yield server
