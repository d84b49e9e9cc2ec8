"""`make bench`: measures everything, prints the table and writes docs/performance.md."""

import asyncio
import sys

from bench import acks, due, first_paint, many_lost, queries, render, sealing, start, sweeping, two_bots
from bench.table import DOCUMENT, Row, document, line

PARTS = (acks, render, queries, start, sealing, first_paint, due, sweeping, two_bots, many_lost)


async def main() -> int:
    """1 when a measured goal is not met."""
    rows: list[Row] = []
    for part in PARTS:
        found = await part.measure()
        for row in found:
            print(line(row), flush=True)
        rows += found
    DOCUMENT.write_text(document(rows), encoding="utf-8")
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
