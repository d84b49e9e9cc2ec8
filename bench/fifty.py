"""The bot with fifty integrations: the real program, and a folder more in which to look for provider files.

`python -m bench.fifty FOLDER serve`. The goals name fifty; the program brings those it has.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import connectors.providers

KEYS = tuple(f"bench{number}" for number in range(50))
FILE = """from dataclasses import replace
from connectors.providers.twitter import PROVIDER as LIKE
PROVIDER = replace(LIKE, key={key!r}, name={name!r}, aliases=())
"""


def write(folder: Path) -> None:
    """Fifty provider files, all alike."""
    folder.mkdir()
    for number, key in enumerate(KEYS):
        (folder / f"{key}.py").write_text(FILE.format(key=key, name=f"Provider {number}"), encoding="utf-8")


def main(arguments: Sequence[str]) -> int | None:
    """Run `lexer-bot` with these arguments, after the folder."""
    folder, *rest = arguments
    connectors.providers.__path__[:] = [folder, *connectors.providers.__path__]
    # Late, since the program may list its providers while it is imported.
    from bot.cli import main as lexer_bot

    sys.argv[:] = ["lexer-bot", *rest]
    return lexer_bot()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
