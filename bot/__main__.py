"""`lexer-bot …`, also as `python -m bot …`."""

import gc
import sys


def main() -> int:
    """Import everything without the garbage collector, and run the command line.

    Nothing that is imported is garbage, and looking for some takes a sixth of the start.
    """
    gc.disable()
    from bot.cli import main as run  # noqa: PLC0415  after the line above

    gc.freeze()
    gc.enable()
    return run()


if __name__ == "__main__":
    sys.exit(main())
