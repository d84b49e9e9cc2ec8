"""Named queries on attempts to connect. A state is known by its hash only; verifier and parked tokens are sealed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Update, and_, delete, exists, func, or_, select, update

from store.database import Tx
from store.records import ENDED, AccountId, Attempt, AttemptId, GrantId, Stage, UserId, WorkspaceId
from store.rows import columns_of, insert_new, values_of
from store.sealing import bound_to, opened, sealed
from store.tables import LIVING, accounts, attempts

_ATTEMPT = columns_of(Attempt, attempts)
_LIVING = attempts.c.stage.not_in(sorted(ENDED))
_RUNS_OUT = (Stage.ADDRESS, Stage.LINK, Stage.UNCONFIRMED, Stage.PICK)
# In stage GROUPS the secrets are in a grant already: such an attempt runs out only where no account waits on that grant, or it
# would keep a sign-in beside the one its account has.
_CARRIES_NONE = and_(
    attempts.c.grant_id.is_not(None),
    ~exists().where(
        accounts.c.workspace_id == attempts.c.workspace_id, accounts.c.grant_id == attempts.c.grant_id, LIVING
    ),
)


async def insert(tx: Tx, attempt: Attempt) -> bool:
    """Add an attempt; False when its id is there already."""
    added = await tx.conn.execute(
        insert_new(attempts, values_of(attempt), keys=["id"]).returning(attempts.c.id)
    )
    return added.first() is not None


async def get(tx: Tx, attempt_id: AttemptId) -> Attempt | None:
    """One attempt by its id alone; the caller checks the ticket."""
    return await _one(tx, select(*_ATTEMPT).where(attempts.c.id == attempt_id))


async def set_address(
    tx: Tx, workspace_id: WorkspaceId, attempt_id: AttemptId, *, address: str, now: datetime
) -> bool:
    """Note the address that was typed: ADDRESS becomes LINK; False when it was done or ran out."""
    change = _at(workspace_id, attempt_id, [Stage.ADDRESS]).where(attempts.c.expires_at > now)
    return await _changed(tx, change.values(address=address, stage=Stage.LINK))


async def begin_sign_in(
    tx: Tx,
    workspace_id: WorkspaceId,
    attempt_id: AttemptId,
    *,
    state_hash: str,
    state_expires_at: datetime,
    cookie_hash: str | None,
    verifier: bytes,
    now: datetime,
) -> bool:
    """Begin, or begin again, to sign in at the provider; the state before is void. False when the link ran out.

    `cookie_hash` None keeps the one that is there.
    """
    values: dict[str, Any] = {
        "stage": Stage.SIGNING_IN,
        "state_hash": state_hash,
        "state_expires_at": state_expires_at,
        "state_used_at": None,
        "verifier": sealed(tx, verifier, _place(workspace_id, attempt_id, "verifier")),
    }
    if cookie_hash is not None:
        values["cookie_hash"] = cookie_hash
    change = _at(workspace_id, attempt_id, [Stage.LINK, Stage.SIGNING_IN]).where(attempts.c.expires_at > now)
    return await _changed(tx, change.values(**values))


async def take_state(tx: Tx, *, state_hash: str, provider_key: str, now: datetime) -> Attempt | None:
    """Use a state up, in one conditional statement over all workspaces: the first caller gets the attempt, no other."""
    change = (
        update(attempts)
        .where(
            attempts.c.state_hash == state_hash,
            attempts.c.provider_key == provider_key,
            attempts.c.stage == Stage.SIGNING_IN,
            attempts.c.state_used_at.is_(None),
            attempts.c.state_expires_at > now,
        )
        .values(stage=Stage.EXCHANGING, state_used_at=now)
        .returning(*_ATTEMPT)
    )
    return await _one(tx, change)


async def by_state(tx: Tx, state_hash: str) -> Attempt | None:
    """The attempt of a state over all workspaces, used up or not, to say why it cannot be used."""
    return await _one(tx, select(*_ATTEMPT).where(attempts.c.state_hash == state_hash))


async def verifier(tx: Tx, workspace_id: WorkspaceId, attempt_id: AttemptId) -> bytes | None:
    """Open the verifier; None once dropped. Raises vault.CannotOpen."""
    return await _opened(tx, workspace_id, attempt_id, "verifier")


async def park(
    tx: Tx,
    workspace_id: WorkspaceId,
    attempt_id: AttemptId,
    *,
    stage: Stage,
    parked: bytes,
    identity_id: str,
    expires_at: datetime | None = None,
) -> bool:
    """Keep tokens until the person has decided, at most until `expires_at`: EXCHANGING becomes `stage` (UNCONFIRMED or PICK).

    False when the attempt was given up meanwhile: then the tokens are the caller's to end.
    """
    values: dict[str, Any] = {
        "stage": stage,
        "parked": sealed(tx, parked, _place(workspace_id, attempt_id, "parked")),
        "identity_id": identity_id,
        "verifier": None,
    }
    if expires_at is not None:
        values["expires_at"] = expires_at
    return await _changed(tx, _at(workspace_id, attempt_id, [Stage.EXCHANGING]).values(**values))


async def parked(tx: Tx, workspace_id: WorkspaceId, attempt_id: AttemptId) -> bytes | None:
    """Open the parked tokens; None once dropped. Raises vault.CannotOpen."""
    return await _opened(tx, workspace_id, attempt_id, "parked")


async def move(
    tx: Tx,
    workspace_id: WorkspaceId,
    attempt_id: AttemptId,
    *,
    from_: Collection[Stage],
    to: Stage,
    picked: Sequence[str] | None = None,
    grant_id: GrantId | None = None,
    drop_parked: bool = False,
    expires_at: datetime | None = None,
    account_id: AccountId | None = None,
    details: Sequence[str] | None = None,
) -> bool:
    """Go from one of `from_` to `to`; what is None stays as it is. An end drops every secret.

    `details`: names to be told with the outcome, kept as `failure_details`.
    """
    given = {
        "picked": picked,
        "grant_id": grant_id,
        "expires_at": expires_at,
        "account_id": account_id,
        "failure_details": details,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if drop_parked or to in ENDED:
        values["parked"] = None
    if to in ENDED:
        values["verifier"] = None
    return await _changed(tx, _at(workspace_id, attempt_id, from_).values(stage=to, **values))


async def fail(
    tx: Tx,
    workspace_id: WorkspaceId,
    attempt_id: AttemptId,
    *,
    from_: Collection[Stage],
    failure: str,
    details: Sequence[str] = (),
) -> bool:
    """End an attempt with a reason and drop its secrets."""
    values = {
        "stage": Stage.FAILED,
        "failure": failure,
        "failure_details": details,
        "verifier": None,
        "parked": None,
    }
    return await _changed(tx, _at(workspace_id, attempt_id, from_).values(**values))


async def sent_dm(tx: Tx, workspace_id: WorkspaceId, attempt_id: AttemptId, *, channel: str, ts: str) -> None:
    """Note which message in Slack tells of this attempt."""
    await tx.conn.execute(
        update(attempts).where(_is(workspace_id, attempt_id)).values(dm_channel=channel, dm_ts=ts)
    )


async def living_of_user(
    tx: Tx, workspace_id: WorkspaceId, user_id: UserId, provider_key: str
) -> tuple[Attempt, ...]:
    """A person's attempts at one integration that have not ended, the oldest first."""
    query = (
        select(*_ATTEMPT)
        .where(
            attempts.c.workspace_id == workspace_id,
            attempts.c.user_id == user_id,
            attempts.c.provider_key == provider_key,
            _LIVING,
        )
        .order_by(attempts.c.created_at, attempts.c.id)
    )
    return await _many(tx, query)


async def choosing_groups(tx: Tx, workspace_id: WorkspaceId, provider_key: str) -> tuple[Attempt, ...]:
    """Everybody's attempts at one integration that wait for their Groups, the oldest first."""
    query = select(*_ATTEMPT).where(
        attempts.c.workspace_id == workspace_id,
        attempts.c.provider_key == provider_key,
        attempts.c.stage == Stage.GROUPS,
    )
    return await _many(tx, query.order_by(attempts.c.created_at, attempts.c.id))


async def stale(tx: Tx, *, now: datetime, exchanging_before: datetime, limit: int) -> tuple[Attempt, ...]:
    """Attempts of all workspaces whose link ran out and nobody is signing in, or whose exchange began before `exchanging_before` and hangs."""
    ran_out = and_(
        attempts.c.expires_at <= now,
        or_(
            attempts.c.stage.in_(_RUNS_OUT),
            and_(attempts.c.stage == Stage.SIGNING_IN, attempts.c.state_expires_at.is_(None)),
            and_(attempts.c.stage == Stage.SIGNING_IN, attempts.c.state_expires_at <= now),
            and_(attempts.c.stage == Stage.GROUPS, _CARRIES_NONE),
        ),
    )
    hangs = and_(attempts.c.stage == Stage.EXCHANGING, attempts.c.state_used_at < exchanging_before)
    query = (
        select(*_ATTEMPT)
        .where(or_(ran_out, hangs))
        .order_by(attempts.c.expires_at, attempts.c.id)
        .limit(limit)
    )
    return await _many(tx, query)


async def living_of_account(tx: Tx, workspace_id: WorkspaceId, account_id: AccountId) -> tuple[Attempt, ...]:
    """Attempts to repair an account that have not ended, whoever began them."""
    query = select(*_ATTEMPT).where(
        attempts.c.workspace_id == workspace_id, attempts.c.account_id == account_id, _LIVING
    )
    return await _many(tx, query.order_by(attempts.c.created_at, attempts.c.id))


async def parked_of_identity(tx: Tx, provider_key: str, identity_id: str) -> int:
    """Count the parked sign-ins of one identity at a provider, over all workspaces."""
    query = select(func.count()).where(
        attempts.c.stage.in_((Stage.UNCONFIRMED, Stage.PICK)),
        attempts.c.provider_key == provider_key,
        attempts.c.identity_id == identity_id,
    )
    return int(await tx.conn.scalar(query) or 0)


async def purge(tx: Tx, *, before: datetime, limit: int) -> int:
    """Delete ended attempts of all workspaces whose link ran out before `before`; gives their number."""
    old = (
        select(attempts.c.id)
        .where(attempts.c.stage.in_(sorted(ENDED)), attempts.c.expires_at < before)
        .order_by(attempts.c.expires_at)
        .limit(limit)
    )
    return int((await tx.conn.execute(delete(attempts).where(attempts.c.id.in_(old)))).rowcount)


def _place(workspace_id: WorkspaceId, attempt_id: AttemptId, column: str) -> str:
    return bound_to("attempts", workspace_id, attempt_id, column)


def _is(workspace_id: WorkspaceId, attempt_id: AttemptId) -> Any:
    return and_(attempts.c.workspace_id == workspace_id, attempts.c.id == attempt_id)


def _at(workspace_id: WorkspaceId, attempt_id: AttemptId, stages: Collection[Stage]) -> Update:
    return update(attempts).where(_is(workspace_id, attempt_id), attempts.c.stage.in_(sorted(stages)))


async def _opened(tx: Tx, workspace_id: WorkspaceId, attempt_id: AttemptId, column: str) -> bytes | None:
    value = await tx.conn.scalar(select(attempts.c[column]).where(_is(workspace_id, attempt_id)))
    return opened(tx, value, _place(workspace_id, attempt_id, column))


async def _one(tx: Tx, statement: Any) -> Attempt | None:
    row = (await tx.conn.execute(statement)).mappings().one_or_none()
    return None if row is None else Attempt(**row)


async def _many(tx: Tx, query: Select[Any]) -> tuple[Attempt, ...]:
    return tuple(Attempt(**row) for row in (await tx.conn.execute(query)).mappings())


async def _changed(tx: Tx, change: Any) -> bool:
    return bool((await tx.conn.execute(change)).rowcount == 1)
