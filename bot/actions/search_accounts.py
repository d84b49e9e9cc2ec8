"""The searched select of Pick, for sign-ins that reach more than 100 accounts."""

from collections.abc import Mapping, Sequence
from typing import Any

from blocks.choosing import PICK_SEARCH, pick_options
from bot.interactions import ActionCall, Options
from bot.usecases.connect import own
from bot.usecases.sign_in import offered
from store.records import AttemptId


async def run(call: ActionCall, typed: str) -> Sequence[Mapping[str, Any]]:
    """At most 100 accounts whose name or id holds what was typed."""
    who = call.caller
    if call.view is None:
        return ()
    attempt = await own(who.context, who.workspace_id, who.user_id, AttemptId(call.view.external_id))
    wanted = typed.casefold()
    found = [
        o for o in await offered(who.context, attempt) if wanted in f"{o.name} {o.external_id}".casefold()
    ]
    return pick_options(found)


OPTIONS = Options(name=PICK_SEARCH, run=run)
