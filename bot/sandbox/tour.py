"""The whole story played by people over HTTP: first Group, connect, access removed, reconnect, alerted, taken, resolved, disconnect.

Each screen is shown and checked.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.finding import CannotDo
from bot.sandbox.people import PersonAtWork
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import Posted

Say = Callable[[str], None]
"""Shows lines to whoever watches."""
Tick = Callable[[], Awaitable[None]]
"""Lets the bot finish what is under way and deliver what waits."""

PROVIDER = "Twitter (X)"
_CHANNEL = "C0INTEGRATIONS"
_ADDRESS = re.compile(r"https?://\S+")
_ORDINARY = frozenset({"not_found", "dead_refresh_token"})
"""Refusals that belong to the story: a modal somebody closed cannot be updated, ended access cannot be renewed."""


class TourFailed(Exception):
    """A step did not show what it should; the message says what was seen instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing somebody does. `title` is the sentence the watcher reads."""

    title: str
    run: Callable[["Tour"], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """What the steps work with. `account` and `other` are the right and the wrong account of the story."""

    sandbox: Sandbox
    say: Say
    tick: Tick
    account: str
    other: str

    @property
    def ada(self) -> PersonAtWork:
        """Workspace admin."""
        return self.sandbox.person("ada")

    @property
    def maria(self) -> PersonAtWork:
        """Integrator, once the first Group is there."""
        return self.sandbox.person("maria")

    async def shows(self, who: PersonAtWork, *words: str) -> None:
        """Wait until all words are in that person's modal or newest message, and show it. Raises TourFailed, CannotDo."""
        await self.tick()
        for expected in words:
            await who.sees(expected)
        newest = who.screen.text if who.modals or not who.messages else who.read(who.messages[-1])
        missing = [expected for expected in words if expected not in newest]
        if missing:
            raise TourFailed(f"{who.human.real_name} does not see {missing} but:\n{newest}")
        self.say(_indented(newest))

    def newest(self, channel: str, words: str) -> Posted:
        """The newest message in a channel with these words, replies left out. Raises TourFailed."""
        there = [one for one in self.sandbox.world.messages if one.channel == channel and not one.is_reply]
        found = [one for one in there if words in self.maria.read(one)]
        if not found:
            raise TourFailed(f"no message in {self.sandbox.world.channels[channel].name} says {words}")
        return found[-1]

    def posted(self, message: Posted, *words: str) -> None:
        """Show a message in which all words are. Raises TourFailed."""
        text = self.maria.read(message)
        missing = [expected for expected in words if expected not in text]
        if missing:
            raise TourFailed(f"the message does not say {missing} but:\n{text}")
        self.say(_indented(text))

    def page(self, who: PersonAtWork, *words: str) -> None:
        """The same for that person's browser. Raises TourFailed."""
        shown = who.browser.page
        missing = [expected for expected in words if shown is None or expected not in shown.text]
        if missing:
            raise TourFailed(
                f"the browser does not show {missing} but:\n{shown.text if shown else 'nothing'}"
            )
        self.say(_indented(f"(browser)\n{shown.text if shown else ''}"))


async def tour(sandbox: Sandbox, say: Say, tick: Tick) -> bool:
    """Play the story; False when a step failed, which is then named. Raises LookupError if Twitter (X) is not among the providers."""
    logins = sandbox.provider("twitter").logins()
    playing = Tour(
        sandbox=sandbox, say=say, tick=tick, account=logins[0].identity.name, other=logins[1].identity.name
    )
    for number, step in enumerate(STEPS, 1):
        say(f"\n{number:2}. {step.title}")
        try:
            await step.run(playing)
        except (TourFailed, CannotDo) as problem:
            say(f"\nThe tour stopped at step {number}: {step.title}\n{_indented(str(problem))}")
            return False
    refusals = [one for one in sandbox.refusals if one.error not in _ORDINARY]
    if refusals:
        refused = "\n".join(f"{one.where}: {one.error} {' '.join(one.messages)}" for one in refusals)
        say(f"\nThe story ended well, but Slack or a provider would have refused this:\n{_indented(refused)}")
        return False
    say(f"\nThe whole story works: {len(STEPS)} steps, {len(sandbox.calls)} calls to Slack, none refused.")
    return True


def _indented(text: str) -> str:
    return "\n".join(f"      {line}".rstrip() for line in text.split("\n"))


async def _first_time(play: Tour) -> None:
    await play.ada.types("/lexer", waits=True)
    await play.shows(play.ada, "Create the first Group")


async def _first_group(play: Tour) -> None:
    await play.ada.presses("Create the first Group")
    await play.ada.sees("[Save]")
    await play.ada.fills("Name", "Marketing")
    await play.ada.chooses("People", play.maria.human.real_name)
    await play.ada.submits()
    await play.shows(play.ada, "Marketing", "2 people")
    await play.ada.closes(everything=True)


async def _listing(play: Tour) -> None:
    await play.maria.types("/lexer integrations", waits=True)
    await play.shows(play.maria, "Nothing is connected yet", PROVIDER)


async def _detail(play: Tour) -> None:
    await play.maria.chooses("Choose an integration", PROVIDER)
    await play.shows(play.maria, f"Integrate {PROVIDER}", "Not connected")


async def _integrate(play: Tour) -> None:
    await play.maria.presses(f"Integrate {PROVIDER}")
    await play.shows(play.maria, f"[Continue to {PROVIDER}]", "number")


async def _connect_page(play: Tour) -> None:
    await play.maria.presses(f"Continue to {PROVIDER}")
    play.page(play.maria, "Continue only if you are", play.maria.human.real_name)


async def _consent(play: Tour) -> None:
    await play.maria.browser.continues()
    play.page(play.maria, f"Sign in to {PROVIDER}", play.account)


async def _allow(play: Tour) -> None:
    await play.maria.browser.allows(login=play.account)
    play.page(play.maria, "Go back to Slack")
    await play.shows(play.maria, play.account, "[Save]")


async def _groups(play: Tour) -> None:
    await play.maria.chooses("Who may use", "Marketing")
    await play.maria.submits()
    await play.shows(play.maria, "Connected")
    await play.maria.closes(everything=True)


async def _connected(play: Tour) -> None:
    await play.maria.types("/lexer integrations", waits=True)
    await play.shows(play.maria, "1 connected", "🟢 Connected")


async def _removed(play: Tour) -> None:
    play.sandbox.provider("twitter").account(play.account).state = "revoked"
    play.say(_indented(f"({PROVIDER} no longer lets Lexer in as {play.account})"))
    await play.maria.presses(f"Open {PROVIDER}")
    await play.shows(play.maria, play.account, "[Check now]")


async def _check(play: Tour) -> None:
    await play.maria.presses("Check now", near=play.account)
    await play.shows(play.maria, "🔴 Disconnected")


async def _reconnect(play: Tour) -> None:
    await play.maria.presses("Reconnect", near=play.account)
    await play.shows(play.maria, f"Sign in as {play.account}", f"[Continue to {PROVIDER}]")


async def _wrong(play: Tour) -> None:
    await play.maria.presses(f"Continue to {PROVIDER}")
    await play.maria.browser.continues()
    await play.maria.browser.allows(login=play.other)
    await play.shows(play.maria, f"You signed in as {play.other}", play.account, "[Get a new link]")


async def _right(play: Tour) -> None:
    await play.maria.presses("Get a new link")
    await play.shows(play.maria, f"[Continue to {PROVIDER}]")
    await play.maria.presses(f"Continue to {PROVIDER}")
    await play.maria.browser.continues()
    await play.maria.browser.allows(login=play.account)
    await play.shows(play.maria, play.account, "econnected")
    await play.maria.closes(everything=True)


async def _green(play: Tour) -> None:
    await play.maria.types("/lexer integrations", waits=True)
    await play.shows(play.maria, "1 connected, all working", "🟢 Connected")


async def _choose_channel(play: Tour) -> None:
    await play.maria.types("/lexer alerts")
    await play.shows(play.maria, "Channel for alerts", "[Save]")
    await play.maria.chooses("Channel for alerts", "integrations")
    await play.maria.submits()
    await play.shows(play.maria, "Saved")
    await play.maria.closes(everything=True)


async def _time_passes(play: Tour) -> None:
    play.sandbox.provider("twitter").account(play.account).state = "password_changed"
    play.say(_indented("(nobody presses anything, and 15 minutes pass)"))
    await play.sandbox.passing.passes(timedelta(minutes=15))
    play.posted(play.newest(_CHANNEL, "is disconnected"), play.account, "[Reconnect]")


async def _mailed(play: Tour) -> None:
    mails = [one for one in play.sandbox.records.mails if one.to == play.maria.human.email]
    if len(mails) != 1:
        raise TourFailed(f"Maria got {len(mails)} e-mails, not one")
    play.say(_indented(f"(e-mail)\n{_ADDRESS.sub('http://…', mails[0].text)}"))


async def _on_it(play: Tour) -> None:
    alert = play.newest(play.sandbox.world.dm(play.maria.human.id).id, "is disconnected")
    await play.maria.presses("I'm on it")
    await play.tick()
    play.posted(alert, "You are on it")


async def _reconnect_from_message(play: Tour) -> None:
    await play.maria.presses("Reconnect")
    await play.shows(play.maria, f"Sign in as {play.account}", f"[Continue to {PROVIDER}]")
    await play.maria.presses(f"Continue to {PROVIDER}")
    await play.maria.browser.continues()
    await play.maria.browser.allows(login=play.account)
    await play.shows(play.maria, "econnected")
    await play.maria.closes(everything=True)


async def _resolved(play: Tour) -> None:
    await play.tick()
    for channel in (_CHANNEL, play.sandbox.world.dm(play.maria.human.id).id):
        play.posted(play.newest(channel, "works again"), "Reconnected by", play.maria.human.real_name)


async def _ask_disconnect(play: Tour) -> None:
    await play.maria.presses(f"Open {PROVIDER}")
    await play.maria.sees("[Disconnect]")
    await play.tick()
    await play.maria.presses("Disconnect", near=play.account)
    await play.shows(play.maria, f"Disconnect {play.account} from {PROVIDER}?", "[Keep connected]")


async def _disconnect(play: Tour) -> None:
    await play.maria.submits()
    await play.shows(play.maria, "is disconnected", f"Access at {PROVIDER} has ended too")
    await play.maria.closes(everything=True)
    await play.tick()
    if not all(one.ended for one in play.sandbox.provider("twitter").sign_ins):
        raise TourFailed(f"{PROVIDER} still lets Lexer in")


async def _nothing_left(play: Tour) -> None:
    await play.maria.types("/lexer integrations", waits=True)
    await play.shows(play.maria, "Nothing is connected yet")


STEPS: tuple[Step, ...] = (
    Step(title="Ada, an admin, types /lexer for the first time.", run=_first_time),
    Step(title="She makes the first Group, with Maria in it.", run=_first_group),
    Step(title="Maria lists the integrations.", run=_listing),
    Step(title=f"She opens {PROVIDER}.", run=_detail),
    Step(title="She presses Integrate and gets a link of her own.", run=_integrate),
    Step(title="The link opens a page that says for whom it is.", run=_connect_page),
    Step(title=f"From there she goes to {PROVIDER}, which asks what she allows.", run=_consent),
    Step(title="She allows it; her open modal turns by itself.", run=_allow),
    Step(title="She chooses who may use the account; only now it is active.", run=_groups),
    Step(title="The list shows it connected.", run=_connected),
    Step(title=f"Somebody removes Lexer's access at {PROVIDER}.", run=_removed),
    Step(title="Check now turns it red, and says why.", run=_check),
    Step(title="Maria reconnects it.", run=_reconnect),
    Step(title="With the wrong account nothing changes.", run=_wrong),
    Step(title="With the right one it lives again.", run=_right),
    Step(title="The list is green.", run=_green),
    Step(
        title="She chooses #integrations as the channel that is told when something breaks.",
        run=_choose_channel,
    ),
    Step(title="The password is changed, nobody looks, and #integrations is told.", run=_time_passes),
    Step(title="Maria has an e-mail, too, which says how to reconnect.", run=_mailed),
    Step(title="She says that she is on it.", run=_on_it),
    Step(title="She reconnects it from Lexer's message.", run=_reconnect_from_message),
    Step(title="Every message says that it is over.", run=_resolved),
    Step(title="She wants to disconnect it, and is asked once.", run=_ask_disconnect),
    Step(title=f"It is disconnected here and at {PROVIDER}.", run=_disconnect),
    Step(title="Nothing is left behind.", run=_nothing_left),
)
