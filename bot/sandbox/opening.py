"""What happened before the newcomer sits down: Ada, an admin, makes the first two Groups over HTTP, and leaves no trace on any screen."""

from bot.sandbox.finding import CannotDo
from bot.sandbox.people import PersonAtWork
from bot.sandbox.tour import Tick
from bot.sandbox.workspace import Sandbox

_FIRST, _SAVE = "Create the first Group", "[Save]"
INTEGRATORS = ("Marketing", ("maria",))
"""Ada is in it too: the form of the first Group has her ticked, and the Integrators permission."""
OTHERS = ("Sales", ("tom", "nina"))


async def opening(sandbox: Sandbox, tick: Tick) -> bool:
    """Make the Groups if there is none yet; whether they were made.

    Afterwards no window is open, no message is left that only Ada saw, and nothing of it is in the records.
    Raises CannotDo, with the screen, when the bot does not do its part.
    """
    ada = sandbox.person("ada")
    await ada.types("/lexer", waits=True)
    await tick()
    needed = bool(ada.messages) and _FIRST in ada.read(ada.messages[-1])
    if needed:
        await ada.presses(_FIRST)
        await _group(sandbox, ada, tick, *INTEGRATORS)
        await ada.types("/lexer groups")
        await ada.sees("Create a Group")
        await ada.presses("Create a Group")
        await _group(sandbox, ada, tick, *OTHERS)
    _tidy(sandbox, ada)
    return needed


async def _group(sandbox: Sandbox, ada: PersonAtWork, tick: Tick, name: str, people: tuple[str, ...]) -> None:
    """Fill in the form in front of her and save it."""
    await ada.sees(_SAVE)
    await ada.fills("Name", name)
    await ada.chooses("People", *(sandbox.world.human(one).real_name for one in people))
    await ada.submits()
    await tick()
    if _SAVE in ada.screen:
        raise CannotDo(f"the Group {name} is not saved:\n{ada.screen.text}")
    await ada.closes(everything=True)


def _tidy(sandbox: Sandbox, ada: PersonAtWork) -> None:
    sandbox.world.close_views(ada.human.id)
    sandbox.world.messages[:] = [one for one in sandbox.world.messages if one.only_for != ada.human.id]
    records = sandbox.records
    for kept in (records.calls, records.refusals, records.sent, records.exchanges):
        kept.clear()
    records.ring()
