"""`make bench`: measures everything, prints the table and writes docs/performance.md.

`make bench PARTS="start sweeping"` measures only those modules of this folder; the other rows of the page stay.
"""

import asyncio
import sys
from collections.abc import Sequence

from bench import acks, due, first_paint, many_lost, queries, render, sealing, start, sweeping, two_bots
from bench.table import DOCUMENT, Row, document, line, lines_of

PARTS = (acks, render, queries, start, sealing, first_paint, due, sweeping, two_bots, many_lost)


async def main(names: Sequence[str]) -> int:
    """Measure the parts of these names, all for none. 1 when a measured goal is not met."""
    chosen = [part for part in PARTS if not names or part.__name__.removeprefix("bench.") in names]
    rows: list[Row] = []
    for part in chosen:
        found = await part.measure()
        for row in found:
            print(line(row), flush=True)
        rows += found
    before = lines_of(DOCUMENT.read_text(encoding="utf-8")) if names else {}
    DOCUMENT.write_text(document(rows, before), encoding="utf-8")
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
