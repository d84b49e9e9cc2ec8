"""Your first minute: six steps, ticked by what really happened in this workspace. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.sandbox.pretend_provider import PretendProvider, SignedIn
from bot.sandbox.providers import Providers
from bot.sandbox.records import Exchange, Records
from bot.sandbox.world import World

FIRST = "twitter"
"""The provider the steps speak of, if it is there; else the first one."""
_LISTS = frozenset({"integrations", "list", "ls"})
"""Words after the command that list; none at all does too."""
_FIRST_GROUP = "Create the first Group"
"""The button of a workspace without Groups."""
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
    """The steps; `done` of them are ticked."""

    steps: tuple[Step, ...]
    done: int
    next_up: tuple[str, ...]
    """What to try once all are done."""

    @property
    def is_over(self) -> bool:
        """Everything is ticked."""
        return self.done == len(self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the ticks are read from."""

    deliveries: Sequence[Exchange]
    pretend: PretendProvider
    awaits_group: bool
    """The workspace was offered its first Group, and nobody made it yet."""

    def presses(self, label: str) -> Iterator[Exchange]:
        """Deliveries of a press of a button whose words begin so."""
        for one in self.deliveries:
            if isinstance(one.sent, dict) and any(
                _words(action).startswith(label) for action in one.sent.get("actions") or []
            ):
                yield one


def guide(world: World, records: Records, providers: Providers) -> Guide | None:
    """How far anybody has come; None where there is no provider."""
    if not providers.all:
        return None
    pretend = providers.all.get(FIRST) or next(iter(providers.all.values()))
    deliveries = [one for one in records.exchanges if one.way == "to bot"]
    seen = _Seen(deliveries=deliveries, pretend=pretend, awaits_group=_awaits_group(records, deliveries))
    happened = [deed(seen) for deed in _DEEDS]
    # A later step cannot happen without the earlier ones, whichever way somebody took.
    done = [any(happened[place:]) for place in range(len(happened))]
    current = done.index(False) if False in done else None
    steps = tuple(
        Step(title=title, hint=hint, is_done=done[place], is_current=place == current)
        for place, (title, hint) in enumerate(_words_of(seen))
    )
    here = {human.name for human in world.humans.values()}
    next_up = tuple(words for handle, words in _NEXT if handle is None or handle in here)
    return Guide(steps=steps, done=sum(done), next_up=next_up)


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
    """The access ended at the provider, and Lexer was told so because somebody asked."""
    ends = [seen.pretend.end_of(one) for one in _real(seen.pretend)]
    return any(end and end[1] for end in ends) and any(seen.presses("Check now"))


def _reconnected(seen: _Seen) -> bool:
    """After a sign-in that ended at the provider, the same account signed in anew, and that one lives."""
    if not any(seen.presses("Reconnect")):
        return False
    every = list(_real(seen.pretend))
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


def _real(pretend: PretendProvider) -> Iterator[SignedIn]:
    """The sign-ins Lexer took: allowed on the page, and exchanged by the bot."""
    return (one for one in pretend.sign_ins if one.taken)


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
