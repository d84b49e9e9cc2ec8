"""The schema on one page. Migrations repeat it; a test compares the two.

Conditions that partial indexes use are expressions here, shared with the queries: SQLite and PostgreSQL use such an
index only when the query repeats its condition literally, so they hold no bound parameter and no boolean.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    func,
    literal_column,
    not_,
)

from store.columns import Choice, Line, Moment, Words
from store.records import AccountStatus, GrantState, OutboxState, Purpose, Stage, Surface
from store.vault import HEADER_BYTES

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_name)s_fk",
        "uq": "%(table_name)s_%(column_0_name)s_uq",
    }
)


def _id() -> Column[str]:
    return Column("id", Line, primary_key=True)


def _serial() -> Column[int]:
    # SQLite numbers rows by itself only under this very type.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


def _must(name: str, kind: Any = Line, *rest: Any, **more: Any) -> Column[Any]:
    return Column(name, kind, *rest, nullable=False, **more)


def _may(name: str, kind: Any = Line) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _workspace() -> Column[str]:
    return _must("workspace_id", Line, ForeignKey("workspaces.id"))


workspaces = Table("workspaces", metadata, _id(), _must("name"), _must("bot_user_id"), _may("app_id"))

people = Table(
    "people",
    metadata,
    _must("workspace_id"),
    _must("id"),
    _must("name"),
    _must("is_admin", Boolean),
    _must("is_guest", Boolean),
    _must("is_bot", Boolean),
    _must("is_deactivated", Boolean),
    _must("is_outsider", Boolean),
    _may("tz"),
    _must("seen_at", Moment),
    PrimaryKeyConstraint("workspace_id", "id"),
)

groups = Table(
    "groups",
    metadata,
    _id(),
    _workspace(),
    _must("name"),
    _must("name_key"),
    _must("integrators", Boolean),
    UniqueConstraint("workspace_id", "name_key", name="group_name"),
    UniqueConstraint("workspace_id", "id", name="groups_in_workspace"),
)

group_members = Table(
    "group_members",
    metadata,
    _must("workspace_id"),
    _must("group_id"),
    _must("user_id"),
    PrimaryKeyConstraint("workspace_id", "group_id", "user_id"),
    ForeignKeyConstraint(
        ["workspace_id", "group_id"], ["groups.workspace_id", "groups.id"], name="group_members_group_fk"
    ),
    Index("group_members_by_user", "workspace_id", "user_id"),
)

integrations = Table(
    "integrations",
    metadata,
    _workspace(),
    _must("provider_key"),
    _must("total", Integer),
    _must("disconnected", Integer),
    _must("needs_permission", Integer),
    _must("waiting", Integer),
    _must("provider_problem", Integer),
    _must("setup_problem", Integer),
    _may("expires_at", Moment),
    _may("reason"),
    PrimaryKeyConstraint("workspace_id", "provider_key"),
)

grants = Table(
    "grants",
    metadata,
    _id(),
    _workspace(),
    _must("provider_key"),
    _may("address"),
    _must("identity_id"),
    _must("identity_name"),
    _must("scopes", Words),
    _must("missing_scopes", Words),
    _must("signed_in_by"),
    _must("signed_in_at", Moment),
    _may("expires_at", Moment),
    _may("ends_at", Moment),
    _must("state", Choice(GrantState)),
    _may("revoke_outcome"),
    _may("refresh_started_at", Moment),
    _may("tokens", LargeBinary),
    _may("locked_by"),
    _may("locked_until", Moment),
    _may("revoke_due_at", Moment),
    _must("revoke_tries", Integer),
    UniqueConstraint("workspace_id", "id", name="grants_in_workspace"),
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _workspace(),
    _must("provider_key"),
    _must("grant_id"),
    _must("external_id"),
    _must("name"),
    _must("status", Choice(AccountStatus)),
    _may("reason"),
    _must("failures", Integer),
    _may("failing_since", Moment),
    _must("connected_by"),
    _must("connected_at", Moment),
    _may("checked_at", Moment),
    _may("healthy_at", Moment),
    _may("disconnected_at", Moment),
    _may("removed_at", Moment),
    _may("removed_by"),
    UniqueConstraint("workspace_id", "id", name="accounts_in_workspace"),
    ForeignKeyConstraint(
        ["workspace_id", "grant_id"], ["grants.workspace_id", "grants.id"], name="accounts_grant_fk"
    ),
)

account_groups = Table(
    "account_groups",
    metadata,
    _must("workspace_id"),
    _must("account_id"),
    _must("group_id"),
    PrimaryKeyConstraint("workspace_id", "account_id", "group_id"),
    ForeignKeyConstraint(
        ["workspace_id", "account_id"],
        ["accounts.workspace_id", "accounts.id"],
        name="account_groups_account_fk",
    ),
    ForeignKeyConstraint(
        ["workspace_id", "group_id"], ["groups.workspace_id", "groups.id"], name="account_groups_group_fk"
    ),
)

history = Table(
    "history",
    metadata,
    _serial(),
    _must("workspace_id"),
    _must("provider_key"),
    _must("account_id"),
    _must("at", Moment),
    _must("kind"),
    _may("actor"),
    _must("detail"),
    ForeignKeyConstraint(
        ["workspace_id", "account_id"], ["accounts.workspace_id", "accounts.id"], name="history_account_fk"
    ),
    Index("history_newest", "workspace_id", "provider_key", "at"),
)

attempts = Table(
    "attempts",
    metadata,
    _id(),
    _workspace(),
    _must("user_id"),
    _must("provider_key"),
    _must("purpose", Choice(Purpose)),
    _may("account_id"),
    _may("address"),
    _must("number", Integer),
    _must("stage", Choice(Stage)),
    _may("failure"),
    _must("failure_details", Words),
    _must("created_at", Moment),
    _must("expires_at", Moment),
    _may("state_hash"),
    _may("state_expires_at", Moment),
    _may("state_used_at", Moment),
    _may("cookie_hash"),
    _may("verifier", LargeBinary),
    _may("parked", LargeBinary),
    _may("identity_id"),
    _must("picked", Words),
    _may("grant_id"),
    _may("dm_channel"),
    _may("dm_ts"),
    UniqueConstraint("state_hash", name="attempts_state_hash"),
    Index("attempts_by_user", "workspace_id", "user_id", "provider_key"),
    Index("attempts_by_stage", "stage", "expires_at"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    _must("workspace_id"),
    _must("kind"),
    _must("subject"),
    _must("surface", Choice(Surface)),
    _must("recipient"),
    _must("version", Integer),
    _must("tries", Integer),
    _must("state", Choice(OutboxState)),
    _must("due_at", Moment),
    _may("locked_by"),
    _may("locked_until", Moment),
    _may("error"),
    _may("channel"),
    _may("ts"),
    _must("created_at", Moment),
    _must("changed_at", Moment),
    UniqueConstraint("workspace_id", "kind", "subject", "surface", "recipient", name="outbox_once"),
)

views = Table(
    "views",
    metadata,
    _must("workspace_id"),
    _must("view_id"),
    _must("user_id"),
    _must("kind"),
    _must("subject"),
    _must("page", Integer),
    _must("opened_at", Moment),
    PrimaryKeyConstraint("workspace_id", "view_id"),
    Index("views_showing", "workspace_id", "kind", "subject"),
    Index("views_opened_at", "opened_at"),
)

audit = Table(
    "audit",
    metadata,
    _serial(),
    _must("workspace_id"),
    _must("at", Moment),
    _may("actor"),
    _must("action"),
    _must("subject"),
    _must("granted", Boolean),
    _must("detail"),
    Index("audit_newest", "workspace_id", "at"),
)

ACTIVE = and_(
    not_(people.c.is_guest),
    not_(people.c.is_bot),
    not_(people.c.is_deactivated),
    not_(people.c.is_outsider),
)
"""A person who counts: a full member of the workspace."""

LIVING = accounts.c.removed_at.is_(None)
WAITING = accounts.c.status == literal_column("'waiting'")
LIVE = grants.c.state == literal_column("'live'")
REVOKE_PENDING = grants.c.state == literal_column("'revoke_pending'")
OUTBOX_PENDING = outbox.c.state == literal_column("'pending'")


def _where(condition: Any) -> dict[str, Any]:
    return {"sqlite_where": condition, "postgresql_where": condition}


Index(
    "account_external_id",
    accounts.c.workspace_id,
    accounts.c.provider_key,
    accounts.c.external_id,
    unique=True,
    **_where(LIVING),
)
Index("accounts_of_grant", accounts.c.workspace_id, accounts.c.grant_id, **_where(LIVING))
Index("accounts_waiting", accounts.c.connected_at, **_where(WAITING))
Index("grants_of_identity", grants.c.provider_key, grants.c.identity_id, **_where(LIVE))
Index("grants_to_revoke", grants.c.revoke_due_at, **_where(REVOKE_PENDING))
Index("outbox_due", outbox.c.due_at, **_where(OUTBOX_PENDING))

SEALED = (grants.c.tokens, attempts.c.verifier, attempts.c.parked)
"""Every column that holds something sealed. Each belongs to a table with `workspace_id` and `id`."""


def key_header(column: Column[Any]) -> Any:
    """The first bytes of a sealed column: the id of its key, padded."""
    return func.substr(column, 1, HEADER_BYTES)
