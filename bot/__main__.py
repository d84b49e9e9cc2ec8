"""`python -m bot …` is `lexer-bot …`."""

import sys

from bot.cli import main

sys.exit(main())
