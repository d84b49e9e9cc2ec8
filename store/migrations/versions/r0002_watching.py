"""Watching and telling: checks, the health of providers, alerts, Integrator channels, settings, notices."""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("people", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("thread_ts", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("posting_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("repeated", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("grants", sa.Column("plan_no", sa.Integer(), nullable=False, server_default="0"))
    _watching()
    _telling()
    _notices()
    _ending()
    op.execute(_fill())
    _ask_to_be_told()


def _ask_to_be_told() -> None:
    """A subscription for every shop in use, to be asked for soon."""
    words = [sa.column(name, sa.Text()) for name in ("id", "workspace_id", "provider_key", "grant_id")]
    hooks = sa.table(
        "hooks", *words, sa.column("due_at", sa.DateTime(timezone=True)), sa.column("tries", sa.Integer())
    )
    shops = sa.text(
        "SELECT workspace_id, provider_key, id AS grant_id FROM grants WHERE provider_key = 'shopify' "
        "AND id IN (SELECT grant_id FROM checks)"
    )
    now = datetime.now(UTC)
    rows = [
        {**row, "id": secrets.token_urlsafe(32), "due_at": now, "tries": 0}
        for row in op.get_bind().execute(shops).mappings()
    ]
    if rows:
        op.bulk_insert(hooks, rows)


def _fill() -> str:
    """A first check for every sign-in with accounts in use, spread over ten minutes."""
    if op.get_bind().dialect.name == "sqlite":
        # Written as SQLAlchemy writes a time: with six digits.
        soon = "strftime('%Y-%m-%d %H:%M:%f000', 'now', (abs(random()) % 600) || ' seconds')"
    else:
        soon = "now() + random() * interval '10 minutes'"
    in_use = "removed_at IS NULL AND status <> 'waiting'"
    return (
        "INSERT INTO checks (provider_key, next_at, grant_id, plan_no, workspace_id) "
        f"SELECT provider_key, {soon}, id, 0, workspace_id FROM grants WHERE state = 'live' AND EXISTS ("
        "SELECT 1 FROM accounts WHERE accounts.workspace_id = grants.workspace_id "
        f"AND accounts.grant_id = grants.id AND {in_use})"
    )


def _where(condition: str) -> dict[str, object]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _watching() -> None:
    op.create_table(
        "checks",
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("plan_no", sa.Integer(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "grant_id"], ["grants.workspace_id", "grants.id"], name="checks_grant_fk"
        ),
        sa.PrimaryKeyConstraint("provider_key", "next_at", "grant_id", "plan_no", name="checks_pk"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.02},
    )
    op.create_table(
        "provider_health",
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("bucket_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("unreachable", sa.Integer(), nullable=False),
        sa.Column("before_seen", sa.Integer(), nullable=False),
        sa.Column("before_refused", sa.Integer(), nullable=False),
        sa.Column("before_unreachable", sa.Integer(), nullable=False),
        sa.Column("weather", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("provider_key", name="provider_health_pk"),
    )


def _telling() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tell_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joins_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_by", sa.Text(), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="alerts_workspace_id_fk"),
        sa.PrimaryKeyConstraint("id", name="alerts_pk"),
        sa.UniqueConstraint("workspace_id", "id", name="alerts_in_workspace"),
    )
    op.create_index(
        "alert_outage_once",
        "alerts",
        ["workspace_id", "provider_key"],
        unique=True,
        **_where("kind = 'outage' AND resolved_at IS NULL"),
    )
    op.create_index(
        "alerts_open", "alerts", ["workspace_id", "provider_key"], **_where("resolved_at IS NULL")
    )
    op.create_index("alerts_reminders", "alerts", ["remind_at"], **_where("resolved_at IS NULL"))
    op.create_table(
        "alert_accounts",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "account_id"],
            ["accounts.workspace_id", "accounts.id"],
            name="alert_accounts_account_fk",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "alert_id"], ["alerts.workspace_id", "alerts.id"], name="alert_accounts_alert_fk"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "alert_id", "account_id", name="alert_accounts_pk"),
    )
    op.create_index(
        "alert_account_once",
        "alert_accounts",
        ["workspace_id", "account_id"],
        unique=True,
        **_where("resolved_at IS NULL"),
    )
    op.create_table(
        "alert_events",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=True
        ),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "alert_id"], ["alerts.workspace_id", "alerts.id"], name="alert_events_alert_fk"
        ),
        sa.PrimaryKeyConstraint("id", name="alert_events_pk"),
    )
    op.create_index("alert_events_of_alert", "alert_events", ["workspace_id", "alert_id"])
    op.create_table(
        "alert_channels",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="alert_channels_workspace_id_fk"),
        sa.PrimaryKeyConstraint("workspace_id", "group_id", name="alert_channels_pk"),
    )
    op.create_table(
        "workspace_settings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("tz", sa.Text(), nullable=True),
        sa.Column("digest_at", sa.Text(), nullable=False),
        sa.Column("digest_days", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="workspace_settings_workspace_id_fk"
        ),
        sa.PrimaryKeyConstraint("workspace_id", name="workspace_settings_pk"),
    )
    op.create_table(
        "personal_settings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("dm", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Text(), nullable=True),
        sa.Column("quiet_to", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name="personal_settings_workspace_id_fk"
        ),
        sa.PrimaryKeyConstraint("workspace_id", "user_id", name="personal_settings_pk"),
    )


def _notices() -> None:
    op.create_table(
        "hooks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("grant_id", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remote_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "grant_id"], ["grants.workspace_id", "grants.id"], name="hooks_grant_fk"
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="hooks_workspace_id_fk"),
        sa.PrimaryKeyConstraint("id", name="hooks_pk"),
    )
    op.create_index("hooks_of_grant", "hooks", ["workspace_id", "grant_id"])
    op.create_index("hooks_due", "hooks", ["due_at"])
    op.create_table(
        "seen_notices",
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("provider_key", "notice_id", name="seen_notices_pk"),
    )
    op.create_index("seen_notices_at", "seen_notices", ["at"])


def _ending() -> None:
    op.add_column("grants", sa.Column("warned", sa.Integer(), nullable=True))
    op.create_index("history_of_account", "history", ["workspace_id", "account_id", "at"])
    op.create_index(
        "grants_ending", "grants", ["ends_at"], **_where("state = 'live' AND ends_at IS NOT NULL")
    )
    op.create_table(
        "troubles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider_key", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="troubles_workspace_id_fk"),
        sa.PrimaryKeyConstraint("id", name="troubles_pk"),
    )
    op.create_index(
        "troubles_open",
        "troubles",
        ["workspace_id", "kind", "provider_key"],
        unique=True,
        **_where("ended_at IS NULL"),
    )
