"""The program as an operator has it: `python -m bench.program serve`.

The development tools bring rich, which httpx then imports for a command line of its own; requirements/runtime.txt has none.
"""

import sys

sys.modules["rich"] = None  # type: ignore[assignment]  # what makes `import rich` fail, as it does without it

from bot.__main__ import main  # noqa: E402  after the line above

if __name__ == "__main__":
    sys.exit(main())
