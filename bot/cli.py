"""`lexer-bot serve | demo | migrate | check | alerts | keys | manifest`: words for the person at the terminal, and exit codes.

0 done, 1 it did not work, 2 the settings (or the command line) are wrong.
"""

import argparse
import asyncio
import contextlib
import logging
import sys
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot import alert_list, logs
from bot.app import open_bot, serve
from bot.checkup import Checkup, check
from bot.errors import SettingsProblem, SettingsProblems, StartProblem
from bot.in_flight import report
from bot.manifest import filled
from bot.server import stop_at_a_signal
from bot.settings import Settings, database_url, demo_port, environment, gather, load, public_url
from connectors.providers import all_providers
from store.database import BadDatabaseUrl, KeysMissing, NotMigrated, StoreUnavailable, migrate, open_store
from store.vault import Vault, new_key_line

_ENV_FILE = Path(".env")
_STORE_PROBLEMS = (BadDatabaseUrl, KeysMissing, NotMigrated, StoreUnavailable)


def main(argv: Sequence[str] | None = None, env: Mapping[str, str] | None = None) -> int:
    """Run a command and give its exit code. `argv` without the program's name."""
    arguments = _parser().parse_args(argv)
    run: Any = arguments.run
    try:
        code: int = run(arguments, environment() if env is None else env)
    except SettingsProblems as found:
        _say_problems(found.problems)
        return 2
    except StartProblem as problem:
        print(f"lexer-bot: {problem}", file=sys.stderr)
        return 1
    except _STORE_PROBLEMS as problem:
        print(f"lexer-bot: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    except Exception as error:  # noqa: BLE001  the last door: a bug is found by its reference, not by its text on screen
        print(f"lexer-bot: something broke, reference {report(error)} in the log", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lexer-bot", description="Lexer's integrations in Slack.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, run: Any, words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        return command

    add("serve", _serve, "Run the bot.")
    add("check", _check, "List every setting and say what is wrong and how to mend it.")
    add("migrate", _migrate, "Bring the database up to date.")
    alerts = add(
        "alerts", _alerts, "List the open alerts, the newest first, and what became of each message."
    )
    alerts.add_argument("--workspace", metavar="T…", help="only of this Slack workspace (its id)")
    alerts.add_argument("--all", action="store_true", help="also those that are over")
    keys = add("keys", _keys, "Make a secret key for LEXER_SECRET_KEYS.")
    keys.add_argument("what", choices=["new"], help="print a new key")
    manifest = add("manifest", _manifest, "Print the Slack app's manifest, filled in.")
    manifest.add_argument("--url", help="the bot's public address; LEXER_PUBLIC_URL if left out")
    manifest.add_argument("--socket", action="store_true", help="for Socket Mode")
    demo = add("demo", _demo, "Try the bot without Slack: a local workspace and pretend providers.")
    demo.epilog = "It is at http://127.0.0.1:8080; LEXER_DEMO_PORT chooses another port. Ctrl-C stops it."
    demo.add_argument("--tour", action="store_true", help="play the whole story in the terminal")
    demo.add_argument(
        "--empty",
        action="store_true",
        help="begin before the first Group, as an admin sees it the first time",
    )
    demo.add_argument("--keep", action="store_true", help="keep the demo's data in .demo for the next time")
    return parser


def _serve(_arguments: argparse.Namespace, env: Mapping[str, str]) -> int:
    logs.set_up()
    settings = load(env, _ENV_FILE)
    run(_until_stopped(settings))
    return 0


async def _until_stopped(settings: Settings) -> None:
    stop_at_a_signal()
    with contextlib.suppress(asyncio.CancelledError):
        async with open_bot(settings) as bot:
            await serve(bot, settings.lexer_host, settings.lexer_port)
    logging.getLogger(__name__).info("stopped")


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end, on uvloop where there is one."""
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop  # noqa: PLC0415  not there on Windows

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _check(_arguments: argparse.Namespace, env: Mapping[str, str]) -> int:
    logs.tame()
    found: Checkup = run(check(gather(env, _ENV_FILE), all_providers()))
    for line in _report(found):
        print(line)
    return 1 if found.problems else 0


def _report(found: Checkup) -> list[str]:
    lines = ["Settings"]
    width = max(len(row.name) for row in found.settings)
    for row in found.settings:
        shown = f"{row.default}  (default)" if row.state == "default" else row.state
        other = f"  (default: {row.default})" if row.default and row.state != "default" else ""
        lines.append(f"  {row.name:<{width}}  {shown}{other}")
    lines += ["", "Providers"]
    for one in found.providers:
        state = f"not set up, needs {', '.join(one.missing)}" if one.missing else "set up"
        lines += [f"  {one.name}: {state}", f"      callback address to register there: {one.callback}"]
    lines += ["", "Database", *(f"  {line}" for line in found.database)]
    lines += ["", "E-mail", *(f"  {line}" for line in found.mail)]
    if found.notes:
        lines += ["", "Worth knowing", *(f"  - {note}" for note in found.notes)]
    return [*lines, "", *_verdict(found.problems)]


def _verdict(problems: Sequence[SettingsProblem]) -> list[str]:
    if not problems:
        return ["Everything is in order."]
    return [_count(len(problems)), *(line for problem in problems for line in _problem_lines(problem))]


def _count(number: int) -> str:
    return "1 thing to mend:" if number == 1 else f"{number} things to mend:"


def _problem_lines(problem: SettingsProblem) -> tuple[str, str]:
    return f"  {problem.name} {problem.what}.", f"      {problem.mend.rstrip('.')}."


def _say_problems(problems: Sequence[SettingsProblem]) -> None:
    print(f"lexer-bot: {_count(len(problems))}", file=sys.stderr)
    for problem in problems:
        for line in _problem_lines(problem):
            print(line, file=sys.stderr)
    print("\n`lexer-bot check` lists every setting.", file=sys.stderr)


def _migrate(_arguments: argparse.Namespace, env: Mapping[str, str]) -> int:
    logs.tame()
    run(migrate(database_url(gather(env, _ENV_FILE))))
    print("The database is up to date.")
    return 0


def _alerts(arguments: argparse.Namespace, env: Mapping[str, str]) -> int:
    logs.tame()
    settings = load(env, _ENV_FILE)
    for line in run(_listed(settings, arguments.workspace, everything=arguments.all)):
        print(line)
    return 0


async def _listed(settings: Settings, workspace: str | None, *, everything: bool) -> list[str]:
    vault = Vault.from_setting(settings.lexer_secret_keys.get_secret_value())
    url = settings.lexer_database_url.get_secret_value()
    async with open_store(url, vault, migrate=False) as store:
        return await alert_list.lines(store, all_providers(), workspace=workspace, everything=everything)


def _keys(_arguments: argparse.Namespace, _env: Mapping[str, str]) -> int:
    print(new_key_line())
    return 0


def _manifest(arguments: argparse.Namespace, env: Mapping[str, str]) -> int:
    if arguments.socket:
        print(filled("", socket=True), end="")
        return 0
    values = {"LEXER_PUBLIC_URL": arguments.url} if arguments.url else gather(env, _ENV_FILE)
    if "LEXER_PUBLIC_URL" not in values:
        mend = "Give the bot's address with --url https://…, or set it"
        raise SettingsProblems([SettingsProblem(name="LEXER_PUBLIC_URL", what="is missing", mend=mend)])
    print(filled(public_url(values), socket=False), end="")
    return 0


def _demo(arguments: argparse.Namespace, env: Mapping[str, str]) -> int:
    logs.set_up(level=logging.WARNING)
    from bot import demo  # noqa: PLC0415  the local workspace is not part of a bot that serves

    code: int = run(
        demo.demo(port=demo_port(env), tour_only=arguments.tour, keep=arguments.keep, empty=arguments.empty)
    )
    return code
