"""A bot and the world around it: a real port each, one clock, and a search for secrets and refusals when a test ends."""

import base64
import logging
import random
import socket
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bot.app import Bot, open_bot
from bot.demo import app_manifest, gallery
from bot.demo_time import ask_all, pass_time
from bot.sandbox.mail_server import MailFault, open_mail_server
from bot.sandbox.people import PersonAtWork, Screen
from bot.sandbox.records import Mail
from bot.sandbox.workspace import Sandbox, listening, open_sandbox
from bot.sandbox.world import MovableClock
from bot.settings import load
from connectors.outside import Reroute
from connectors.provider import Provider
from connectors.providers import all_providers
from store import accounts, audit
from store.records import AccountDetail, WorkspaceId
from tests.judge import judge_message, judge_view

KEYS = "test:" + base64.urlsafe_b64encode(b"k" * 32).decode()
NOUNS = {p.name: p.account_noun for p in all_providers()}
TEAM = WorkspaceId("T0LEXERDEMO")


class Log(logging.Handler):
    """Everything anybody logged, at every level."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line as it would be written."""
        self.lines.append(self.format(record))


@dataclass(kw_only=True)
class House:
    """What a story plays in."""

    sandbox: Sandbox
    clock: MovableClock
    bot: Bot
    url: str
    database_url: str
    log: Log
    folder: Path
    mail_faults: list[MailFault] = field(default_factory=list)
    """What goes wrong at the mail server next."""
    may_refuse: set[str] = field(default_factory=set)
    """Slack errors a test provokes on purpose."""

    @property
    def ada(self) -> PersonAtWork:
        """Workspace admin."""
        return self.sandbox.person("ada")

    @property
    def maria(self) -> PersonAtWork:
        """Integrator, once Ada has made the Group."""
        return self.sandbox.person("maria")

    @property
    def tom(self) -> PersonAtWork:
        """Member without the permission."""
        return self.sandbox.person("tom")

    async def settle(self) -> None:
        """Let everything under way come to its end, and what was to be told be told."""
        await self.bot.drain()
        await self.bot.tick("deliver")
        await self.bot.drain()

    async def passes(self, **step: float) -> None:
        """Time passes, and the ticks that would have come do."""
        self.clock.advance(timedelta(**step))
        for name in ("tidy", "revoke", "deliver"):
            await self.bot.tick(name)
        await self.settle()

    async def answer(self, who: PersonAtWork, command: str) -> str:
        """Type a command and read its answer, also where it came after the ack."""
        await who.types(command)
        await self.settle()
        return who.read(who.messages[-1])

    async def set_up(self) -> None:
        """Ada makes the first two Groups: Integrators with Maria, Sales with Tom."""
        await self.answer(self.ada, "/lexer")
        await self.ada.presses("Create the first Group", waits=True)
        await self.ada.sees("Name")
        await self.ada.fills("Name", "Marketing")
        await self.ada.chooses("People", "Maria Silva")
        await self.ada.submits()
        await self.ada.closes()
        await self.ada.types("/lexer groups", waits=True)
        await self.ada.sees("Create a Group")
        await self.ada.presses("Create a Group", waits=True)
        await self.ada.sees("Name")
        await self.ada.fills("Name", "Sales")
        await self.ada.chooses("People", "Tom Baker")
        await self.ada.submits(waits=True)
        await self.ada.closes(everything=True)
        await self.settle()

    async def signs_in(self, who: PersonAtWork, *, provider: str = "Twitter (X)", **consent: object) -> None:
        """The browser's part: the link of the open modal or the newest DM, our page, the provider."""
        await who.presses(f"Continue to {provider}")
        await who.browser.continues()
        await who.browser.allows(**consent)  # type: ignore[arg-type]
        await self.settle()

    async def opens(self, who: PersonAtWork, name: str = "Twitter (X)") -> Screen:
        """The integration's detail, from the listing."""
        await self.answer(who, f"/lexer integrations {name}")
        await who.presses(f"Open {name}")
        await who.sees("Read the guide")
        await self.settle()
        return who.screen

    async def begins(self, who: PersonAtWork, name: str = "Twitter (X)") -> Screen:
        """From nothing to the modal with the link."""
        await self.opens(who, name)
        another = "Integrate another" in who.screen
        label = f"Integrate another {NOUNS[name]}" if another else f"Integrate {name}"
        await who.presses(label)
        await who.sees("Continue to" if name != "Shopify" else "Shop address")
        await self.settle()
        return who.screen

    async def connects(self, who: PersonAtWork, name: str = "Twitter (X)", group: str = "Marketing") -> None:
        """The whole way to connected accounts of a provider that asks for no address."""
        await self.begins(who, name)
        await self.signs_in(who, provider=name)
        if "Next" in who.screen:
            behind = next(p for p in all_providers() if p.name == name).example.accounts
            await who.chooses("Which ", *(account.name for account in behind))
            await who.submits()
            # Where the disk is slow, the bot says "Working on it" first and turns the window then.
            await who.sees("Who may use")
        await who.chooses("Who may use", group)
        await who.submits()
        await who.sees("Connected")
        await self.settle()
        await who.closes(everything=True)

    def mails(self, name: str | None = None) -> list[Mail]:
        """The e-mails that arrived, oldest first; with `name` those to this person."""
        to = self.sandbox.world.human(name).email if name else None
        return [mail for mail in self.sandbox.records.mails if to is None or mail.to == to]

    async def accounts(self, key: str = "twitter") -> tuple[AccountDetail, ...]:
        """The living accounts of a provider."""
        async with self.bot.context.store.reading() as tx:
            return await accounts.of_provider(tx, TEAM, key)

    async def audited(self) -> list[tuple[str, bool]]:
        """Audit rows, oldest first: action and whether it was granted."""
        async with self.bot.context.store.reading() as tx:
            return [(e.action, e.granted) for e in reversed(await audit.entries(tx, TEAM, limit=200))]

    def secrets(self) -> Iterator[str]:
        """Everything that must never be written down in the clear."""
        yield from (self.sandbox.bot_token, self.sandbox.app_token, self.sandbox.signing_secret)
        yield KEYS.partition(":")[2]
        for pretend in self.sandbox.providers.all.values():
            yield pretend.client_secret
            yield from pretend.codes
            for signed_in in pretend.sign_ins:
                yield from signed_in.access
                yield from signed_in.refresh
        for mail in self.mails():
            yield (mail.header("List-Unsubscribe") or "none").rpartition(".")[2].rstrip(">")
        for person in ("ada", "maria", "tom", "nina"):
            for url in self.sandbox.person(person).browser.history:
                yield from _secret_parts(url)

    def check(self) -> None:
        """What holds after every story: no secret in a log or the database, nothing Slack would refuse."""
        ordinary = [("views.update", "not_found")]  # a modal somebody closed cannot be updated
        refused = [r for r in self.sandbox.refusals if (r.where, r.error) not in ordinary]
        unexpected = [r for r in refused if r.error not in self.may_refuse]
        assert not unexpected, unexpected
        problems = [p for sent in self.sandbox.sent for p in _judged(sent)]
        assert not problems, problems[:3]
        written = "\n".join(self.log.lines)
        kept = b"".join(file.read_bytes() for file in self.folder.glob("lexer.db*"))
        for secret in set(self.secrets()):
            assert secret not in written, "a secret is in a log line"
            assert secret.encode() not in kept, "a secret is in the database file"


def _judged(sent: dict[str, object]) -> list[str]:
    return judge_view(sent) if sent.get("type") == "modal" else judge_message(sent)


def _secret_parts(url: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.path.startswith("/connect/"):
        yield parts.path.rpartition(".")[2]
    yield from (value for name, value in parse_qsl(parts.query) if name in ("state", "code"))


def free_port() -> int:
    """A loopback port nobody uses, below the range from which the system hands out ports by itself."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


@contextmanager
def held_port() -> Iterator[int]:
    """A free loopback port that nobody else is given while the block lasts: bound, so that a listener may join."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", 0))
        yield int(one.getsockname()[1])


@asynccontextmanager
async def open_house(
    *,
    database_url: str,
    mode: str,
    folder: Path,
    log: Log,
    providers: Sequence[Provider] | None = None,
    settings: Mapping[str, str] | None = None,
) -> AsyncIterator[House]:
    """Sandbox and bot, each on its port, talking in the given Slack mode; `providers` and `settings` differ from the usual."""
    clock = MovableClock()
    async with AsyncExitStack() as stack:
        port = stack.enter_context(held_port())
        url = f"http://127.0.0.1:{port}"
        # The pages of the local workspace are the demo's.
        sandbox = await stack.enter_async_context(
            open_sandbox(clock=clock, manifest=app_manifest(), gallery=gallery())
        )
        sandbox.point_at(url)
        mail_server = await stack.enter_async_context(open_mail_server(sandbox.world, sandbox.records))
        env = {
            **sandbox.environment(),
            **mail_server.environment(),
            "LEXER_PUBLIC_URL": url,
            "LEXER_DATABASE_URL": database_url,
            "LEXER_SECRET_KEYS": KEYS,
            **(settings or {}),
        }
        if mode == "socket":
            env["SLACK_APP_TOKEN"] = sandbox.app_token
        bot = await stack.enter_async_context(
            open_bot(
                load(env, None),
                reroute=Reroute(base=sandbox.base_url),
                clock=clock,
                ticking=False,
                providers=providers,
            )
        )
        await stack.enter_async_context(listening(bot.asgi, port=port))
        sandbox.passing.move = partial(pass_time, bot, clock.advance)
        sandbox.passing.look = partial(ask_all, bot)
        house = House(
            sandbox=sandbox,
            clock=clock,
            bot=bot,
            url=url,
            database_url=database_url,
            log=log,
            folder=folder,
            mail_faults=mail_server.faults,
        )
        yield house
        await house.settle()
        house.check()
