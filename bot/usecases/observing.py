"""Asking a provider about the accounts of one sign-in, renewing it where that is needed. Concludes nothing and writes no account."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

from bot import policy
from bot.usecases.context import Context
from bot.usecases.renewal import can_renew, fresh_tokens
from connectors.engine import Tokens
from connectors.observation import Expired, Healthy, Misconfigured, Observation, Reason, Rejected
from connectors.provider import Provider
from store.records import Account, AccountId, Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of an account, and whether that holds for every account of its sign-in."""

    observation: Observation
    whole_sign_in: bool = False


async def observe(
    ctx: Context,
    provider: Provider,
    grant: Grant,
    accounts: Sequence[Account],
    *,
    tokens: Tokens | None = None,
    ahead: timedelta = policy.REFRESH_AHEAD,
    renewing: bool = True,
    turn: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
) -> Mapping[AccountId, Seen]:
    """What the provider says of each of these accounts. The sign-in is renewed at most once, and never without need.

    A refusal counts only once a renewed sign-in is refused too, where it can be renewed; while another of its accounts is
    answered well, it is no refusal of the sign-in. `tokens`: the stored ones, where they are known and have time left; else
    they are read, and renewed when they end within `ahead`. `renewing` False: a refusal is given as it came. `turn`: entered for each call.
    """
    if ctx.connectors.missing_settings(provider.key):
        return _all(accounts, Misconfigured())
    if tokens is None:
        async with turn():
            fresh = await fresh_tokens(ctx, provider, grant, ahead=ahead)
        if not isinstance(fresh, Tokens):
            return _all(accounts, fresh)
        tokens = fresh
    seen = await _ask(ctx, provider, grant, accounts, tokens, turn)
    if not renewing or not _is_worth_renewing(provider, tokens, seen):
        return seen
    async with turn():
        renewed = await fresh_tokens(ctx, provider, grant, refused=tokens)
    refused = [account for account in accounts if isinstance(seen[account.id].observation, Rejected)]
    if isinstance(renewed, Tokens):
        # Answered with what is new, so nothing of that is known of its siblings.
        again = await _ask(ctx, provider, grant, refused, renewed, turn)
        return {**seen, **{key: Seen(observation=one.observation) for key, one in again.items()}}
    return {**seen, **{account.id: _refused_twice(seen[account.id], renewed) for account in refused}}


def _all(accounts: Sequence[Account], observation: Observation) -> Mapping[AccountId, Seen]:
    return {account.id: Seen(observation=observation, whole_sign_in=True) for account in accounts}


async def _ask(
    ctx: Context,
    provider: Provider,
    grant: Grant,
    accounts: Sequence[Account],
    tokens: Tokens,
    turn: Callable[[], AbstractAsyncContextManager[None]],
) -> Mapping[AccountId, Seen]:
    async def probe(account: Account) -> Seen:
        async with turn():
            found = await ctx.connectors.probe(
                provider,
                tokens=tokens,
                account_id=account.external_id,
                identity_id=grant.identity_id,
                address=grant.address,
            )
        return Seen(observation=found, whole_sign_in=isinstance(found, Expired))

    # Nearly every sign-in carries one account, and a task costs as much as a third of a check.
    answers = (
        [await probe(accounts[0])] if len(accounts) == 1 else await asyncio.gather(*map(probe, accounts))
    )
    return {account.id: answer for account, answer in zip(accounts, answers, strict=True)}


def _is_worth_renewing(provider: Provider, tokens: Tokens, seen: Mapping[AccountId, Seen]) -> bool:
    answers = [one.observation for one in seen.values()]
    if not any(isinstance(one, Rejected) for one in answers) or not can_renew(provider, tokens):
        return False
    return not any(isinstance(one, Healthy) for one in answers)


def _refused_twice(seen: Seen, renewed: Observation) -> Seen:
    """The account was refused, and so was its renewal: the sign-in is dead. The reason that says more is kept."""
    first = seen.observation
    if not isinstance(first, Rejected):
        return seen
    if not isinstance(renewed, Rejected | Expired):
        return Seen(observation=first if first.permanent else renewed)
    why = renewed.reason if isinstance(renewed, Rejected) else Reason.TOKEN_EXPIRED
    both = Rejected(
        reason=why if first.reason is Reason.SIGN_IN_REFUSED else first.reason,
        permanent=first.permanent or renewed.permanent,
    )
    return Seen(observation=both, whole_sign_in=True)
