"""The walk in the terminal: whoever sits there is a person in the pretend workspace, sees screens as text and acts by short words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.sandbox.controls import Control, controls
from bot.sandbox.finding import CannotDo
from bot.sandbox.people import PersonAtWork
from bot.sandbox.tour import Say, Tick
from bot.sandbox.workspace import Sandbox

Ask = Callable[[str], Awaitable[str | None]]
"""Shows a prompt and gives the line typed, None at the end of input."""

_MOST_MINUTES = 7 * 24 * 60
HELP = """\
  /lexer …             type a command, as in Slack
  1, 2, 3 …            use what has that number on the screen
  press WORDS          press the button that says so
  fill LABEL = TEXT    type into a field
  choose LABEL = A, B  choose options
  submit, close        the buttons at the foot of a window
  page                 show the browser's page; its buttons have numbers too
  open ADDRESS         open an address of this computer in the browser
  be NAME              become somebody else: {people}
  dm                   read the direct messages
  providers            the pretend providers, their accounts and states
  set KEY ACCOUNT STATE    change an account's state: healthy, revoked, throttled, down …
  login KEY NAME       who is signed in at a provider
  pass 15              let so many minutes pass
  mails                the e-mails that were sent to you
  look, help, quit"""


@dataclass(slots=True, kw_only=True)
class Walk:
    """Who is walking and what they looked at last."""

    sandbox: Sandbox
    say: Say
    ask: Ask
    tick: Tick
    who: PersonAtWork
    in_browser: bool = False
    numbered: list[Control] = field(default_factory=list)

    async def look(self) -> None:
        """Show the screen, or the browser's page, with numbers."""
        page = self.who.browser.page
        self.numbered = controls(self.who, in_browser=self.in_browser)
        shown = page.text if self.in_browser and page is not None else self._slack()
        self.say(shown or "(nothing here yet: type /lexer)")
        for number, control in enumerate(self.numbered, 1):
            self.say(f"  {number}) {control.words}")

    def _slack(self) -> str:
        if self.who.modals or not self.who.messages:
            return self.who.screen.text
        return self.who.read(self.who.messages[-1])


async def walk(sandbox: Sandbox, say: Say, ask: Ask, tick: Tick, *, name: str) -> bool:
    """Walk, whatever is typed, until the person quits (True) or the input ends (False). Raises LookupError if nobody is called `name`."""
    walking = Walk(sandbox=sandbox, say=say, ask=ask, tick=tick, who=sandbox.person(name))
    say(f"You are {walking.who.human.real_name}. Type /lexer to begin, help for more, quit to end.")
    while True:
        line = await ask(f"{walking.who.human.name}> ")
        if line is None:
            return False
        if line.strip().casefold() in {"quit", "exit", "q"}:
            say("Goodbye.")
            return True
        if not line.strip():
            continue
        try:
            await _do(walking, line.strip())
        except (LookupError, ValueError) as problem:
            say(str(problem.args[0]) if problem.args else "That did not work.")


async def _do(walking: Walk, line: str) -> None:
    """One line. Raises CannotDo, LookupError, ValueError with words for the person."""
    verb, _, rest = line.partition(" ")
    if line.startswith("/"):
        walking.in_browser = False
        await _acted(walking, walking.who.types(line))
    elif line.isdecimal() and len(line) < 4:
        await _numbered(walking, int(line))
    elif verb.casefold() in _VERBS:
        await _VERBS[verb.casefold()](walking, rest.strip())
    else:
        raise CannotDo(f"{verb[:40]!r} is nothing to do here. Type help to see what is.")


async def _acted(walking: Walk, acting: Awaitable[object]) -> None:
    """Do it, let the bot finish, look again; a page that opened in the browser is looked at first."""
    before = walking.who.browser.page
    await acting
    await walking.tick()
    if walking.who.browser.page is not before:
        walking.in_browser = True
    await walking.look()


async def _numbered(walking: Walk, number: int) -> None:
    if not 1 <= number <= len(walking.numbered):
        raise CannotDo(f"There is no {number} on the screen. Type look to see it.")
    control = walking.numbered[number - 1]
    if control.asks is None:
        await _acted(walking, control.use(""))
        return
    answer = await walking.ask(f"  {control.asks}: ")
    if answer is None:
        raise CannotDo("Nothing chosen.")
    await _acted(walking, control.use(answer.strip()))


async def _press(walking: Walk, words: str) -> None:
    label, _, near = words.partition(" near ")
    pressing = walking.who.browser.presses(label) if walking.in_browser else None
    await _acted(walking, pressing or walking.who.presses(label, near=near or None))


async def _fill(walking: Walk, words: str) -> None:
    label, text = _pair(words)
    await _acted(walking, walking.who.fills(label, text))


async def _choose(walking: Walk, words: str) -> None:
    label, text = _pair(words)
    await _acted(walking, walking.who.chooses(label, *_listed(text)))


def _pair(words: str) -> tuple[str, str]:
    label, sign, text = words.partition("=")
    if not sign:
        raise CannotDo("Write it as LABEL = TEXT.")
    return label.strip(), text.strip()


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


async def _submit(walking: Walk, _words: str) -> None:
    await _acted(walking, walking.who.submits())


async def _close(walking: Walk, _words: str) -> None:
    if walking.in_browser:
        walking.in_browser = False
        await walking.look()
        return
    await _acted(walking, walking.who.closes())


async def _page(walking: Walk, _words: str) -> None:
    if walking.who.browser.page is None:
        raise CannotDo("The browser shows nothing yet.")
    walking.in_browser = True
    await walking.look()


async def _open(walking: Walk, address: str) -> None:
    await _acted(walking, walking.who.browser.opens(address))


async def _be(walking: Walk, name: str) -> None:
    walking.who = walking.sandbox.person(name.casefold())
    walking.in_browser = False
    walking.say(f"You are {walking.who.human.real_name} now.")
    await walking.look()


async def _dm(walking: Walk, _words: str) -> None:
    found = walking.who.dms
    walking.say("\n\n".join(walking.who.read(posted) for posted in found) or "No direct message yet.")


async def _providers(walking: Walk, _words: str) -> None:
    for key, pretend in walking.sandbox.providers.all.items():
        walking.say(f"  {key} ({pretend.provider.name}); states: {', '.join(sorted(pretend.states))}")
        for login in pretend.logins():
            states = [f"{one.name} ({pretend.account(one.external_id).state})" for one in login.accounts]
            walking.say(f"      sign in as {login.identity.name}: {', '.join(states)}")


async def _set(walking: Walk, words: str) -> None:
    key, _, rest = words.partition(" ")
    account, _, state = rest.rpartition(" ")
    walking.sandbox.provider(key).account(account).state = state
    walking.say(f"{account} is {state} now at {key}.")


async def _login(walking: Walk, words: str) -> None:
    key, _, name = words.partition(" ")
    walking.sandbox.provider(key).login(name)
    walking.sandbox.provider(key).signed_in_as = name
    walking.say(f"The browser is signed in as {name} at {key} now.")


async def _pass(walking: Walk, words: str) -> None:
    minutes = words.split(maxsplit=1)[0] if words else ""
    if not minutes.isdecimal() or not 0 < int(minutes) <= _MOST_MINUTES:
        raise CannotDo("Say how many minutes: pass 15.")
    await walking.sandbox.passing.passes(timedelta(minutes=int(minutes)))
    walking.say(f"It is {walking.sandbox.clock():%A, %d %B, %H:%M} UTC now.")
    await _look(walking, "")


async def _mails(walking: Walk, _words: str) -> None:
    own = [one for one in walking.sandbox.records.mails if one.to == walking.who.human.email]
    walking.say("\n\n".join(f"{one.subject}\n\n{one.text}" for one in own) or "No e-mail yet.")


async def _look(walking: Walk, _words: str) -> None:
    walking.in_browser = False
    await walking.tick()
    await walking.look()


async def _help(walking: Walk, _words: str) -> None:
    people = ", ".join(
        human.name
        for human in walking.sandbox.world.humans.values()
        if not human.is_bot and human.id != "USLACKBOT"
    )
    walking.say(HELP.format(people=people))


_VERBS: dict[str, Callable[[Walk, str], Awaitable[None]]] = {
    "press": _press,
    "fill": _fill,
    "choose": _choose,
    "submit": _submit,
    "close": _close,
    "page": _page,
    "open": _open,
    "be": _be,
    "dm": _dm,
    "providers": _providers,
    "set": _set,
    "login": _login,
    "pass": _pass,
    "mails": _mails,
    "look": _look,
    "help": _help,
}
