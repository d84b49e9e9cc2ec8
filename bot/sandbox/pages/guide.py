"""Your first minute, and then what happens when nobody is looking: twice six steps, ticked by what really happened in this workspace."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.sandbox.pages.stage import Stage, Way
from bot.sandbox.pretend_provider import PretendProvider, SignedIn
from bot.sandbox.providers import Providers
from bot.sandbox.records import Exchange, Records
from bot.sandbox.world import BOT_USER_ID, World, walk_json

FIRST = "twitter"
"""The provider the steps speak of, if it is there; else the first one."""
_LISTS = frozenset({"integrations", "list", "ls"})
"""Words after the command that list; none at all does too."""
_FIRST_GROUP = "Create the first Group"
"""The button of a workspace without Groups."""
_ON_IT = "I'm on it"
"""The button of an alert."""
_EARLY = 40
"""It is offered by the first exchanges or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`title`: the deed. `hint`: how, shown while it is the current one."""

    title: str
    hint: str
    is_done: bool
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A chapter: its steps, of which `done` are ticked. `before`: the chapters that are behind one."""

    title: str
    before: tuple[str, ...]
    steps: tuple[Step, ...]
    done: int
    next_up: tuple[str, ...]
    """What to try once all are done."""

    @property
    def is_over(self) -> bool:
        """Everything is ticked, of this chapter and thereby of the last one."""
        return self.done == len(self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the ticks are read from."""

    deliveries: Sequence[Exchange]
    pretend: PretendProvider
    awaits_group: bool
    """The workspace was offered its first Group, and nobody made it yet."""
    is_alerted: bool
    """Lexer has a message somewhere that somebody can take."""
    is_mailed: bool
    """An e-mail was sent."""
    has_read_mail: bool

    def presses(self, label: str) -> Iterator[Exchange]:
        """Deliveries of a press of a button whose words begin so."""
        for one in self.deliveries:
            if isinstance(one.sent, dict) and any(
                _words(action).startswith(label) for action in one.sent.get("actions") or []
            ):
                yield one


def guide_of(stage: Stage) -> Guide | None:
    """As `guide`, and remembers how far it was."""
    read = bool(stage.read_mails)
    return guide(stage.world, stage.records, stage.providers, way=stage.way, has_read_mail=read)


def guide(
    world: World,
    records: Records,
    providers: Providers,
    *,
    way: Way | None = None,
    has_read_mail: bool = False,
) -> Guide | None:
    """How far anybody has come; None where there is no provider. What is newly done is noted in `way`."""
    if not providers.all:
        return None
    pretend = providers.all.get(FIRST) or next(iter(providers.all.values()))
    deliveries = [one for one in records.exchanges if one.way == "to bot"]
    seen = _Seen(
        deliveries=deliveries,
        pretend=pretend,
        awaits_group=_awaits_group(records, deliveries),
        is_alerted=_is_alerted(world),
        is_mailed=bool(records.mails),
        has_read_mail=has_read_mail,
    )
    taken = _taken(seen, way or Way())
    here = {human.name for human in world.humans.values()}
    next_up = tuple(words for handle, words in _NEXT if handle is None or handle in here)
    return _chapter(taken, _words_of(seen), next_up)


def _taken(seen: _Seen, way: Way) -> int:
    """A later step cannot happen without the earlier ones, whichever way somebody took; what was done once stays done."""
    for place, deed in enumerate(_DEEDS):
        if place >= way.taken and deed(seen):
            way.taken = place + 1
    for place, later in enumerate(_LATER_DEEDS, len(_DEEDS)):
        # Whoever chooses a channel goes on to the second chapter; everything else there also happens in the first.
        begins = _CONNECTED if later is _has_channel else len(_DEEDS)
        if place >= way.taken >= begins and later(seen, way.taken):
            way.taken = place + 1
    return way.taken


def _chapter(taken: int, words: Sequence[tuple[str, str]], next_up: tuple[str, ...]) -> Guide:
    begun = 0 if taken < len(_DEEDS) else len(_DEEDS)
    here = words[begun:] if begun else words[: len(_DEEDS)]
    done = taken - begun
    return Guide(
        title=_TITLES[1 if begun else 0],
        before=_TITLES[:1] if begun else (),
        steps=tuple(
            Step(title=title, hint=hint, is_done=place < done, is_current=place == done)
            for place, (title, hint) in enumerate(here)
        ),
        done=done,
        next_up=next_up,
    )


_TITLES = ("Your first minute", "When nobody is looking")


def _words_of(seen: _Seen) -> tuple[tuple[str, str], ...]:
    name = seen.pretend.provider.name
    if any(seen.pretend.end_of(one) for one in _real(seen.pretend)):
        broken = (
            "The access is gone. Lexer does not know yet: press Close in Slack, then Check now. "
            f"No window open? Type /lexer integrations and press Open {name} first."
        )
    else:
        broken = (
            "Press Remove access below, in the panel Outside world. You can leave the window in Slack open."
        )
    choose = f"Choose {name} under “Choose an integration”, then press Integrate {name}."
    if seen.awaits_group:
        choose = f"First press {_FIRST_GROUP} and Save. Then type /lexer integrations again."
    return (
        ("List your integrations", "Type /lexer integrations into the message field and press Enter."),
        (f"Open {name} and press Integrate", choose),
        (
            "Sign in and press Allow",
            f"Press Continue to {name}, and once more on the page that opens. Then press Allow.",
        ),
        (
            "Choose Groups and press Save",
            "Come back to this page: the window now asks who may use the account.",
        ),
        (f"Remove the access at {name}, then press Check now", broken),
        (
            "Press Reconnect and sign in again",
            "Sign in as the same account: it is green again, with the same Groups.",
        ),
        *_later_words(seen),
    )


def _later_words(seen: _Seen) -> tuple[tuple[str, str], ...]:
    name = seen.pretend.provider.name
    asked = any((seen.pretend.end_of(one) or ("", False))[1] for one in _real(seen.pretend)[-1:])
    wait = (
        "Lexer has asked once, and makes sure before it alarms anybody: press 15 minutes pass once more."
        if asked
        else "Press 15 minutes pass, below under Time. Nobody presses anything in Slack: Lexer asks by itself."
    )
    told = (
        "Open #integrations, then Lexer under Apps. Then press E-mails, at the top of this panel, and open one."
        if seen.is_mailed
        else "Open #integrations, then Lexer under Apps. E-mails follow when it is still broken a minute later: "
        "let 15 minutes pass once more."
    )
    return (
        (
            "Choose a channel for alerts",
            "Type /lexer alerts and press Enter. Choose #integrations as the channel for alerts, then press Save.",
        ),
        (f"Change the password at {name}", "Press Change the password below, in the panel Outside world."),
        ("Let 15 minutes pass", wait),
        ("See who was told: channel, message, e-mail", told),
        (
            "Press I'm on it",
            "In #integrations, or in Lexer's message to you. Everybody sees that you take care of it.",
        ),
        (
            "Press Reconnect in Lexer's message",
            f"Under Apps, Lexer. Sign in to {name} as the same account; then read #integrations: it is over there too.",
        ),
    )


_NEXT = (
    ("tom", "Be Tom, a member: ask for an integration, then see Maria's messages."),
    ("gus", "Be Gus, a guest: see how kindly he is turned away."),
    ("ada", "Be Ada, an admin: edit the Groups with /lexer groups."),
    (None, "Look at every screen in the gallery."),
)
"""Who it takes, and what to do as them."""


def _listed(seen: _Seen) -> bool:
    typed = [one.name.casefold().split() for one in seen.deliveries if one.name.startswith("/")]
    return any(words[1:] == [] or words[1] in _LISTS for words in typed)


def _integrated(seen: _Seen) -> bool:
    return any(seen.presses(f"Integrate {seen.pretend.provider.name}"))


def _signed_in(seen: _Seen) -> bool:
    return any(_real(seen.pretend))


def _saved(seen: _Seen) -> bool:
    return _signed_in(seen) and any(_is_saved(one, "Choose Groups") for one in seen.deliveries)


def _awaits_group(records: Records, deliveries: Sequence[Exchange]) -> bool:
    offered = any(_FIRST_GROUP in f"{one.sent}{one.answered}" for one in list(records.exchanges)[:_EARLY])
    return offered and not any(_is_saved(one, "Create a Group") for one in deliveries)


def _checked(seen: _Seen) -> bool:
    """The access ended at the provider, and Lexer was told so."""
    ends = [seen.pretend.end_of(one) for one in _real(seen.pretend)]
    return any(end and end[1] for end in ends)


def _reconnected(seen: _Seen) -> bool:
    """After a sign-in that ended at the provider, the same account signed in anew, and that one lives."""
    if not any(seen.presses("Reconnect")):
        return False
    every = _real(seen.pretend)
    lost = [one for one in every if seen.pretend.end_of(one)]
    living = [one for one in every if not seen.pretend.is_over(one)]
    return any(new.number > old.number and _ids(old) & _ids(new) for old in lost for new in living)


_DEEDS: tuple[Callable[[_Seen], bool], ...] = (
    _listed,
    _integrated,
    _signed_in,
    _saved,
    _checked,
    _reconnected,
)


_CONNECTED = _DEEDS.index(_saved) + 1


def _has_channel(seen: _Seen, _taken: int) -> bool:
    return any(_is_saved(one, "Alerts") for one in seen.deliveries)


def _is_broken(seen: _Seen, _taken: int = 0) -> bool:
    """The newest sign-in to some account has ended at the provider."""
    every = _real(seen.pretend)
    newest = {account: one for one in every for account in _ids(one)}
    return any(seen.pretend.end_of(one) for one in newest.values())


def _is_told(seen: _Seen, _taken: int) -> bool:
    return seen.is_alerted and _is_broken(seen)


def _is_read(seen: _Seen, taken: int) -> bool:
    return seen.has_read_mail and taken >= _TOLD


def _is_taken(seen: _Seen, taken: int) -> bool:
    return taken >= _TOLD and any(seen.presses(_ON_IT))


def _is_over(seen: _Seen, taken: int) -> bool:
    """It was told, and lives again."""
    return taken >= _TOLD and not _is_broken(seen)


_LATER_DEEDS: tuple[Callable[[_Seen, int], bool], ...] = (
    _has_channel,
    _is_broken,
    _is_told,
    _is_read,
    _is_taken,
    _is_over,
)
"""Each with how many steps have been taken so far."""
_TOLD = len(_DEEDS) + _LATER_DEEDS.index(_is_told) + 1


def _is_alerted(world: World) -> bool:
    return any(
        _words(part) == _ON_IT
        for posted in world.messages
        if posted.by == BOT_USER_ID and posted.only_for is None
        for part in walk_json(posted.blocks)
    )


def _real(pretend: PretendProvider) -> list[SignedIn]:
    """The sign-ins Lexer took: allowed on the page, and exchanged by the bot."""
    return [one for one in pretend.sign_ins if one.taken]


def _ids(signed_in: SignedIn) -> set[str]:
    return {one.external_id for one in signed_in.accounts}


def _words(action: object) -> str:
    text = action.get("text") if isinstance(action, dict) else None
    return str(text.get("text", "")) if isinstance(text, dict) else ""


def _is_saved(one: Exchange, title: str) -> bool:
    """Save was pressed in a window with this title, and nothing was objected to."""
    sent = one.sent
    view = sent.get("view") if isinstance(sent, dict) and sent.get("type") == "view_submission" else None
    if not isinstance(view, dict) or one.status != 200 or one.refusals or _has_errors(one):
        return False
    words = [view.get(name) for name in ("title", "submit")]
    return [word.get("text") for word in words if isinstance(word, dict)] == [title, "Save"]


def _has_errors(one: Exchange) -> bool:
    return isinstance(one.answered, dict) and one.answered.get("response_action") == "errors"
