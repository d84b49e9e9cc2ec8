"""Writing down what was concluded of accounts, whoever asked: their rows, their history, and what follows for alerts."""

from collections.abc import Sequence

from bot.policy import Conclusion
from bot.usecases.alerting import Change, follow
from bot.usecases.context import Context
from store import judged
from store.database import Tx
from store.judged import Event
from store.records import Account, AccountId, AccountStatus


async def write(
    ctx: Context, tx: Tx, provider_key: str, verdicts: Sequence[tuple[Account, Conclusion]]
) -> frozenset[AccountId]:
    """Record conclusions about accounts of one provider, each with the account as it was; gives those that were written.

    Left out is what was moved to another sign-in or removed meanwhile. The accounts are read in this transaction, with their
    tiles held.
    """
    written = await judged.record(tx, provider_key, [concluded.account for _, concluded in verdicts])
    known = [(before, concluded) for before, concluded in verdicts if before.id in written]
    events = [
        Event(account=concluded.account, kind=kind, detail=concluded.account.reason or "")
        for before, concluded in known
        if (kind := concluded.event or _interruption(before, concluded.account))
    ]
    await judged.remember(tx, events, at=ctx.clock())
    changes = [
        Change(before, concluded.account)
        for before, concluded in known
        if concluded.account.status is not before.status
    ]
    if changes:
        await follow(ctx, tx, provider_key, changes, actor=None)
    return written


_INTERRUPTIONS = {
    AccountStatus.PROVIDER_PROBLEM: ("provider_problem", "provider_works"),
    AccountStatus.SETUP_PROBLEM: ("setup_problem", "setup_works"),
}


def _interruption(before: Account, after: Account) -> str:
    """What to remember of an account that cannot be asked about any more, or can again; "" where that did not change."""
    if before.status is after.status:
        return ""
    if after.status in _INTERRUPTIONS:
        return _INTERRUPTIONS[after.status][0]
    return _INTERRUPTIONS[before.status][1] if before.status in _INTERRUPTIONS else ""
