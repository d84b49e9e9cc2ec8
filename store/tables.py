"""The schema of connecting; what watching adds is in watch_tables.py. Migrations repeat both; a test compares.

Conditions that partial indexes use are expressions here, shared with the queries: SQLite and PostgreSQL use such an
index only when the query repeats its condition literally, so they hold no bound parameter and no boolean.
"""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    false,
    func,
    literal_column,
    not_,
)

from store import watch_tables as _second_page  # noqa: F401  its tables belong to `metadata`
from store.columns import Choice, Moment, Words
from store.records import AccountStatus, GrantState, OutboxState, Purpose, Stage, Surface
from store.schema import may, must, row_id, serial, where, workspace
from store.schema import metadata as metadata  # noqa: PLC0414  complete only once both pages are read
from store.vault import HEADER_BYTES

workspaces = Table(
    "workspaces",
    metadata,
    row_id(),
    must("name"),
    must("bot_user_id"),
    may("app_id"),
    may("gone_at", Moment),
)

people = Table(
    "people",
    metadata,
    must("workspace_id"),
    must("id"),
    must("name"),
    must("is_admin", Boolean),
    must("is_guest", Boolean),
    must("is_bot", Boolean),
    must("is_deactivated", Boolean),
    must("is_outsider", Boolean),
    may("tz"),
    may("email"),
    must("seen_at", Moment),
    PrimaryKeyConstraint("workspace_id", "id"),
)

groups = Table(
    "groups",
    metadata,
    row_id(),
    workspace(),
    must("name"),
    must("name_key"),
    must("integrators", Boolean),
    UniqueConstraint("workspace_id", "name_key", name="group_name"),
    UniqueConstraint("workspace_id", "id", name="groups_in_workspace"),
)

group_members = Table(
    "group_members",
    metadata,
    must("workspace_id"),
    must("group_id"),
    must("user_id"),
    PrimaryKeyConstraint("workspace_id", "group_id", "user_id"),
    ForeignKeyConstraint(
        ["workspace_id", "group_id"], ["groups.workspace_id", "groups.id"], name="group_members_group_fk"
    ),
    Index("group_members_by_user", "workspace_id", "user_id"),
)

integrations = Table(
    "integrations",
    metadata,
    workspace(),
    must("provider_key"),
    must("total", Integer),
    must("disconnected", Integer),
    must("needs_permission", Integer),
    must("waiting", Integer),
    must("provider_problem", Integer),
    must("setup_problem", Integer),
    may("expires_at", Moment),
    may("reason"),
    PrimaryKeyConstraint("workspace_id", "provider_key"),
)

grants = Table(
    "grants",
    metadata,
    row_id(),
    workspace(),
    must("provider_key"),
    may("address"),
    must("identity_id"),
    must("identity_name"),
    must("scopes", Words),
    must("missing_scopes", Words),
    must("signed_in_by"),
    must("signed_in_at", Moment),
    may("expires_at", Moment),
    may("ends_at", Moment),
    must("state", Choice(GrantState)),
    may("revoke_outcome"),
    may("refresh_started_at", Moment),
    may("tokens", LargeBinary),
    may("locked_by"),
    may("locked_until", Moment),
    may("revoke_due_at", Moment),
    must("revoke_tries", Integer),
    # How often its check was planned; only the row in `checks` with this number counts.
    must("plan_no", Integer, server_default="0"),
    # How many days before its end it was warned of last.
    may("warned", Integer),
    UniqueConstraint("workspace_id", "id", name="grants_in_workspace"),
)

accounts = Table(
    "accounts",
    metadata,
    row_id(),
    workspace(),
    must("provider_key"),
    must("grant_id"),
    must("external_id"),
    must("name"),
    must("status", Choice(AccountStatus)),
    may("reason"),
    must("failures", Integer),
    may("failing_since", Moment),
    must("connected_by"),
    must("connected_at", Moment),
    may("checked_at", Moment),
    may("healthy_at", Moment),
    may("disconnected_at", Moment),
    may("removed_at", Moment),
    may("removed_by"),
    UniqueConstraint("workspace_id", "id", name="accounts_in_workspace"),
    ForeignKeyConstraint(
        ["workspace_id", "grant_id"], ["grants.workspace_id", "grants.id"], name="accounts_grant_fk"
    ),
)

account_groups = Table(
    "account_groups",
    metadata,
    must("workspace_id"),
    must("account_id"),
    must("group_id"),
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
    serial(),
    must("workspace_id"),
    must("provider_key"),
    must("account_id"),
    must("at", Moment),
    must("kind"),
    may("actor"),
    must("detail"),
    ForeignKeyConstraint(
        ["workspace_id", "account_id"], ["accounts.workspace_id", "accounts.id"], name="history_account_fk"
    ),
    Index("history_newest", "workspace_id", "provider_key", "at"),
    Index("history_of_account", "workspace_id", "account_id", "at"),
)

attempts = Table(
    "attempts",
    metadata,
    row_id(),
    workspace(),
    must("user_id"),
    must("provider_key"),
    must("purpose", Choice(Purpose)),
    may("account_id"),
    may("address"),
    must("number", Integer),
    must("stage", Choice(Stage)),
    may("failure"),
    must("failure_details", Words),
    must("created_at", Moment),
    must("expires_at", Moment),
    may("state_hash"),
    may("state_expires_at", Moment),
    may("state_used_at", Moment),
    may("cookie_hash"),
    may("verifier", LargeBinary),
    may("parked", LargeBinary),
    may("identity_id"),
    must("picked", Words),
    may("grant_id"),
    may("dm_channel"),
    may("dm_ts"),
    UniqueConstraint("state_hash", name="attempts_state_hash"),
    Index("attempts_by_user", "workspace_id", "user_id", "provider_key"),
    Index("attempts_by_stage", "stage", "expires_at"),
)

outbox = Table(
    "outbox",
    metadata,
    row_id(),
    must("workspace_id"),
    must("kind"),
    must("subject"),
    must("surface", Choice(Surface)),
    must("recipient"),
    must("version", Integer),
    must("tries", Integer),
    must("state", Choice(OutboxState)),
    must("due_at", Moment),
    may("locked_by"),
    may("locked_until", Moment),
    may("error"),
    may("channel"),
    may("ts"),
    may("thread_ts"),
    may("posting_at", Moment),
    must("repeated", Boolean, server_default=false()),
    must("created_at", Moment),
    must("changed_at", Moment),
    UniqueConstraint("workspace_id", "kind", "subject", "surface", "recipient", name="outbox_once"),
)

views = Table(
    "views",
    metadata,
    must("workspace_id"),
    must("view_id"),
    must("user_id"),
    must("kind"),
    must("subject"),
    must("page", Integer),
    must("opened_at", Moment),
    PrimaryKeyConstraint("workspace_id", "view_id"),
    Index("views_showing", "workspace_id", "kind", "subject"),
    Index("views_opened_at", "opened_at"),
)

audit = Table(
    "audit",
    metadata,
    serial(),
    must("workspace_id"),
    must("at", Moment),
    may("actor"),
    must("action"),
    must("subject"),
    must("granted", Boolean),
    must("detail"),
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
ENDS = grants.c.ends_at.is_not(None)
REVOKE_PENDING = grants.c.state == literal_column("'revoke_pending'")
OUTBOX_PENDING = outbox.c.state == literal_column("'pending'")


Index(
    "account_external_id",
    accounts.c.workspace_id,
    accounts.c.provider_key,
    accounts.c.external_id,
    unique=True,
    **where(LIVING),
)
Index("accounts_of_grant", accounts.c.workspace_id, accounts.c.grant_id, **where(LIVING))
Index("accounts_waiting", accounts.c.connected_at, **where(WAITING))
Index("grants_of_identity", grants.c.provider_key, grants.c.identity_id, **where(LIVE))
Index("grants_to_revoke", grants.c.revoke_due_at, **where(REVOKE_PENDING))
Index("grants_ending", grants.c.ends_at, **where(and_(LIVE, ENDS)))
Index("outbox_due", outbox.c.due_at, **where(OUTBOX_PENDING))

SEALED = (grants.c.tokens, attempts.c.verifier, attempts.c.parked)
"""Every column that holds something sealed. Each belongs to a table with `workspace_id` and `id`."""


def key_header(column: Column[Any]) -> Any:
    """The first bytes of a sealed column: the id of its key, padded."""
    return func.substr(column, 1, HEADER_BYTES)
