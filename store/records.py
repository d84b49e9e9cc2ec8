"""What we remember: one frozen dataclass per noun. Knows nothing of SQL, Slack or providers' HTTP."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

WorkspaceId = NewType("WorkspaceId", str)
"""Slack's team id, T…"""
UserId = NewType("UserId", str)
"""Slack's user id, U… or W…"""
GroupId = NewType("GroupId", str)
GrantId = NewType("GrantId", str)
AccountId = NewType("AccountId", str)
AttemptId = NewType("AttemptId", str)


class AccountStatus(StrEnum):
    """Where an account stands. The words on screen are in blocks/status.py under the same values."""

    WAITING = "waiting"
    CONNECTED = "connected"
    NEEDS_PERMISSION = "needs_permission"
    DISCONNECTED = "disconnected"
    PROVIDER_PROBLEM = "provider_problem"
    SETUP_PROBLEM = "setup_problem"
    REMOVED = "removed"


class GrantState(StrEnum):
    """Where a sign-in stands."""

    LIVE = "live"
    REVOKE_PENDING = "revoke_pending"
    """Its tokens are kept, sealed, only to revoke it at the provider."""
    REVOKED = "revoked"
    """Secrets destroyed; ended at the provider."""
    NOT_REVOKED = "not_revoked"
    """Secrets destroyed; the provider still lists the access (refused, unsupported, or it would have ended other sign-ins)."""


class Purpose(StrEnum):
    """What an attempt is for."""

    INTEGRATE = "integrate"
    RECONNECT = "reconnect"


class Stage(StrEnum):
    """How far an attempt has come."""

    ADDRESS = "address"
    LINK = "link"
    SIGNING_IN = "signing_in"
    EXCHANGING = "exchanging"
    UNCONFIRMED = "unconfirmed"
    PICK = "pick"
    GROUPS = "groups"
    DONE = "done"
    FAILED = "failed"


ENDED = frozenset({Stage.DONE, Stage.FAILED})


class Surface(StrEnum):
    """Where an outbox message appears."""

    DM = "dm"
    VIEW = "view"
    CHANNEL = "channel"
    MAIL = "mail"
    EVERYONE = "everyone"
    """Nowhere itself: whoever is to be told just then gets a message of their own."""


class OutboxState(StrEnum):
    """Where an outbox message stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    UNKNOWN = "unknown"
    """It may have arrived or not, and nobody can say; it is not sent again by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A Slack workspace this bot is installed in."""

    id: WorkspaceId
    name: str
    bot_user_id: UserId
    app_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of a workspace as Slack last described them (users.info, user_change)."""

    workspace_id: WorkspaceId
    id: UserId
    name: str
    is_admin: bool = False
    """Workspace admin or owner."""
    is_guest: bool = False
    is_bot: bool = False
    is_deactivated: bool = False
    is_outsider: bool = False
    """Belongs to another organisation (Slack Connect)."""
    tz: str | None = None
    email: str | None = field(default=None, repr=False)
    """None where Slack does not say (it needs the permission users:read.email)."""
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the store knows of a person's rights. `person` is None when Slack was never asked about them."""

    person: Person | None
    is_integrator: bool
    """In at least one Group with the Integrators permission."""
    group_ids: frozenset[GroupId]
    has_groups: bool
    """The workspace has at least one Group (else: the first-run guide)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A Lexer Group: the unit of permission."""

    id: GroupId
    workspace_id: WorkspaceId
    name: str
    integrators: bool
    people: int = 0
    """How many people are in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The counts of one integration in one workspace, kept on the row (removed accounts are not counted)."""

    provider_key: str
    total: int
    disconnected: int
    needs_permission: int
    waiting: int
    provider_problem: int
    setup_problem: int
    expires_at: datetime | None
    """The soonest end of a sign-in that cannot renew itself."""
    reason: str | None
    """Reason of the account that disconnected last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the listing needs, read in one query."""

    rights: Rights
    tiles: tuple[Tile, ...]
    stamp: Hashable = field(repr=False)
    """Equal for equal contents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One sign-in. Its sealed tokens are read by `store.grants.tokens`, never part of this record."""

    id: GrantId
    workspace_id: WorkspaceId
    provider_key: str
    address: str | None
    identity_id: str
    identity_name: str
    scopes: tuple[str, ...]
    missing_scopes: tuple[str, ...]
    signed_in_by: UserId
    signed_in_at: datetime
    expires_at: datetime | None
    """When the access token ends, if ever."""
    ends_at: datetime | None
    """When the sign-in as a whole ends unless a person signs in again; None = it renews itself."""
    state: GrantState = GrantState.LIVE
    revoke_outcome: str | None = None
    refresh_started_at: datetime | None = None
    """The marker written before a refresh call; still set afterwards = the answer may have been lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account at a provider, kept per workspace."""

    id: AccountId
    workspace_id: WorkspaceId
    provider_key: str
    grant_id: GrantId
    external_id: str
    name: str
    status: AccountStatus
    reason: str | None = None
    failures: int = 0
    """Undeclared refusals in a row."""
    failing_since: datetime | None = None
    connected_by: UserId
    connected_at: datetime
    checked_at: datetime | None = None
    healthy_at: datetime | None = None
    removed_at: datetime | None = None
    removed_by: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDetail:
    """An account with what its row on screen needs."""

    account: Account
    grant: Grant
    groups: tuple[Group, ...]
    people: int
    """Distinct people over its Groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """Something that happened to an account: "connected", "groups", "disconnected", "reconnected", "removed", "revoked", …"""

    at: datetime
    kind: str
    actor: UserId | None
    detail: str
    account_id: AccountId
    account_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to connect or reconnect. Sealed parts are read by `store.attempts.verifier` and `.parked`."""

    id: AttemptId
    workspace_id: WorkspaceId
    user_id: UserId
    provider_key: str
    purpose: Purpose
    account_id: AccountId | None = None
    """The account to repair (purpose reconnect)."""
    address: str | None = None
    number: int
    """Two digits, shown in Slack and on the Connect page."""
    stage: Stage
    failure: str | None = None
    """Why it failed (values of blocks.connect.Failure)."""
    failure_details: tuple[str, ...] = ()
    created_at: datetime
    expires_at: datetime
    """When its link runs out."""
    state_expires_at: datetime | None = None
    cookie_hash: str | None = None
    picked: tuple[str, ...] = ()
    """External ids chosen in Pick."""
    grant_id: GrantId | None = None
    dm_channel: str | None = None
    dm_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxMessage:
    """Something to be told. `kind` and `subject` say what happened; the words are made at delivery from the present state."""

    id: str
    workspace_id: WorkspaceId
    kind: str
    subject: str
    """Id of the attempt, account, grant or request it tells of."""
    surface: Surface
    recipient: str
    """User id (dm, mail), view id or external id (view), channel id (channel)."""
    version: int
    """Raised each time the same message is asked for again; `sent` counts only for the version that was delivered."""
    tries: int
    channel: str | None = None
    ts: str | None = None
    thread_ts: str | None = None
    """The message it is a reply to."""
    posting_at: datetime | None = None
    """Since when it is being posted for the first time; still set afterwards = nobody knows whether it was."""
    repeated: bool = False
    """Sent once more already, though nobody knew whether it had arrived."""
    locked_by: str | None = None
    """Whose delivery this is."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenView:
    """A view someone has open, to be refreshed when its subject changes."""

    workspace_id: WorkspaceId
    view_id: str
    user_id: UserId
    kind: str
    """"detail" (subject: provider key), "disconnect" (subject: grant id)."""
    subject: str
    page: int = 0
    opened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Something a person, or the bot itself (`actor` None), did or was refused."""

    at: datetime
    actor: UserId | None
    action: str
    subject: str
    granted: bool
    detail: str
