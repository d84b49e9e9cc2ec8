"""How an attempt looks right now: its modal and its DM, made anew from the store each time they are shown."""

from dataclasses import dataclass, replace

from blocks import choosing, connect, connect_dms
from blocks.parts import Message, View
from blocks.views import (
    AddressView,
    ChooseGroupsView,
    ConfirmView,
    ContinueView,
    DoneView,
    FailedView,
    Failure,
    GroupOption,
    Permission,
    PickOption,
    PickView,
)
from bot.usecases import people, tickets
from bot.usecases.context import Context
from bot.usecases.detail import permission_words
from bot.usecases.parked import Parked
from connectors.provider import Provider
from store import accounts, attempts, groups
from store.database import Tx
from store.records import Account, AccountStatus, Attempt, Group, Purpose, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an attempt's screens are made of, read in one transaction."""

    attempt: Attempt
    provider: Provider
    parked: Parked | None
    picked: tuple[Account, ...]
    """The living accounts chosen in this attempt."""
    offered: frozenset[str]
    """Of the accounts behind the sign-in, the external ids already connected."""
    groups: tuple[Group, ...]
    chosen: frozenset[str]
    """Groups the picked accounts have now."""
    people: int
    missing: tuple[str, ...]
    """Permissions their sign-in was not given."""
    needed: Account | None
    """The account to repair."""


async def read(tx: Tx, attempt: Attempt, provider: Provider) -> Facts:
    """Read what an attempt's screens need."""
    ws, key = attempt.workspace_id, attempt.provider_key
    raw = await attempts.parked(tx, ws, attempt.id)
    parked = Parked.load(raw) if raw else None
    behind = tuple(a.external_id for a in parked.accounts) if parked else ()
    picked = await accounts.by_external_ids(tx, ws, key, attempt.picked)
    offered = await accounts.by_external_ids(tx, ws, key, behind)
    shared = [d for account in picked.values() if (d := await accounts.get(tx, ws, account.id))]
    ids = frozenset(group.id for detail in shared for group in detail.groups)
    needed = await accounts.get(tx, ws, attempt.account_id) if attempt.account_id else None
    return Facts(
        attempt=attempt,
        provider=provider,
        parked=parked,
        picked=tuple(picked.values()),
        offered=frozenset(i for i, a in offered.items() if a.status is not AccountStatus.WAITING),
        groups=await groups.all(tx, ws),
        chosen=frozenset(ids),
        people=await groups.people_of(tx, ws, tuple(ids)),
        missing=tuple(dict.fromkeys(one for detail in shared for one in detail.grant.missing_scopes)),
        needed=needed.account if needed else None,
    )


def as_it_stands(ctx: Context, attempt: Attempt) -> Attempt:
    """A link that has run out is never shown as one that works, also before the tidying has noticed."""
    if attempt.stage in (Stage.ADDRESS, Stage.LINK) and attempt.expires_at <= ctx.clock():
        return replace(attempt, stage=Stage.FAILED, failure="link_ran_out")
    return attempt


async def view_of(ctx: Context, facts: Facts) -> View:
    """The modal as it should stand."""
    attempt, provider = facts.attempt, facts.provider
    match attempt.stage:
        case Stage.ADDRESS:
            return connect.address(address_view(attempt, provider))
        case Stage.LINK | Stage.SIGNING_IN:
            return connect.continue_(_continue(ctx, facts))
        case Stage.EXCHANGING:
            return connect.working(provider.name, attempt.id)
        case Stage.UNCONFIRMED if facts.parked:
            return connect.confirm(_confirm(facts, facts.parked))
        case Stage.PICK if facts.parked:
            return choosing.pick(pick_view(facts, facts.parked))
        case Stage.GROUPS:
            return choosing.choose_groups(await _choose(ctx, facts))
        case Stage.DONE:
            return connect.done(_done(facts))
        case _:
            return connect.failed(failed_view(facts))


async def dm_of(ctx: Context, facts: Facts) -> Message:
    """The DM as it should stand: always the present state, whatever it said before."""
    attempt, provider = facts.attempt, facts.provider
    match attempt.stage:
        case Stage.ADDRESS | Stage.LINK | Stage.SIGNING_IN | Stage.EXCHANGING:
            return connect_dms.continue_dm(_continue(ctx, facts))
        case Stage.UNCONFIRMED if facts.parked:
            return connect_dms.confirm_dm(_confirm(facts, facts.parked))
        case Stage.PICK if facts.parked:
            names = tuple(a.name for a in facts.parked.accounts)
            return connect_dms.choosing_dm(attempt.id, provider.name, names, "pick")
        case Stage.GROUPS:
            return connect_dms.choosing_dm(attempt.id, provider.name, _names(facts), "groups")
        case Stage.DONE:
            return connect_dms.done_dm(_done(facts))
        case _:
            return connect_dms.failed_dm(failed_view(facts))


async def present_dm(ctx: Context, attempt: Attempt) -> Message | None:
    """The DM of an attempt whose link is over; None while it works, or where its integration is unknown."""
    provider = ctx.connectors.get(attempt.provider_key)
    works = attempt.stage in (Stage.LINK, Stage.SIGNING_IN) and attempt.expires_at > ctx.clock()
    if provider is None or works:
        return None
    async with ctx.store.reading() as tx:
        facts = await read(tx, attempt, provider)
    return await dm_of(ctx, facts)


def address_view(attempt: Attempt, provider: Provider, typed: str | None = None) -> AddressView:
    """The Address modal of a provider that needs one."""
    field = provider.address
    return AddressView(
        attempt_id=attempt.id,
        provider=provider.name,
        label=field.label if field else "Address",
        example=field.example if field else "",
        typed=typed,
        where=field.where if field else "",
    )


def _continue(ctx: Context, facts: Facts) -> ContinueView:
    attempt, provider = facts.attempt, facts.provider
    return ContinueView(
        attempt_id=attempt.id,
        provider=provider.name,
        address=attempt.address,
        url=tickets.link(ctx, attempt.id),
        number=attempt.number,
        role_needed=provider.role_needed,
        permissions=tuple(Permission(reason=s.reason, required=s.required) for s in provider.scopes),
        expires_at=attempt.expires_at,
        reconnect=facts.needed.name if facts.needed else None,
        switch_hint=provider.switch_account_hint if facts.needed else "",
    )


def _confirm(facts: Facts, parked: Parked) -> ConfirmView:
    return ConfirmView(
        attempt_id=facts.attempt.id,
        provider=facts.provider.name,
        identity=parked.identity.name,
        number=facts.attempt.number,
        accounts=tuple(a.name for a in parked.accounts),
    )


def pick_view(facts: Facts, parked: Parked) -> PickView:
    """The accounts to pick from."""
    return PickView(
        attempt_id=facts.attempt.id,
        provider=facts.provider.name,
        account_noun=facts.provider.account_noun,
        identity=parked.identity.name,
        options=tuple(
            PickOption(
                external_id=a.external_id, name=a.name, role=a.role, connected=a.external_id in facts.offered
            )
            for a in parked.accounts
        ),
    )


async def _choose(ctx: Context, facts: Facts) -> ChooseGroupsView:
    known = facts.groups
    before = tuple(a.name for a in facts.picked if a.status is not AccountStatus.WAITING)
    return ChooseGroupsView(
        subject=facts.attempt.id,
        provider=facts.provider.name,
        accounts=_names(facts),
        groups=group_options(known),
        chosen=facts.chosen,
        admins=() if known else await people.admins(ctx, facts.attempt.workspace_id),
        connecting=True,
        already_connected=before,
    )


def group_options(known: tuple[Group, ...]) -> tuple[GroupOption, ...]:
    """Groups to choose from."""
    return tuple(GroupOption(id=g.id, name=g.name, people=g.people) for g in known)


def _names(facts: Facts) -> tuple[str, ...]:
    return tuple(account.name for account in facts.picked)


def _done(facts: Facts) -> DoneView:
    reconnected = facts.attempt.purpose is Purpose.RECONNECT
    return DoneView(
        attempt_id=facts.attempt.id,
        provider=facts.provider.name,
        accounts=_names(facts),
        people=facts.people,
        groups=tuple(g.name for g in facts.groups if g.id in facts.chosen),
        reconnected=reconnected,
        left_behind=facts.attempt.failure_details if reconnected else (),
        missing_permissions=permission_words(facts.provider, facts.missing),
    )


def failed_view(facts: Facts) -> FailedView:
    """Why the attempt ended, and what to do next."""
    attempt, provider = facts.attempt, facts.provider
    failure = Failure(attempt.failure) if attempt.failure in set(Failure) else Failure.INTERRUPTED
    final = {
        Failure.NO_LONGER_ALLOWED,
        Failure.ACCOUNT_GONE,
        Failure.REPLACED,
        Failure.MISCONFIGURED,
        Failure.CONNECTED_BY_ANOTHER,
    }
    return FailedView(
        attempt_id=attempt.id,
        provider=provider.name,
        failure=failure,
        details=attempt.failure_details,
        needed=facts.needed.name if facts.needed else None,
        by_hand=provider.auth.revoke_by_hand,
        switch_hint=provider.switch_account_hint,
        may_retry=failure not in final,
    )
