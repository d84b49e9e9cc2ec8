"""The schema of watching and telling, the second page of tables.py; the same holds for conditions of indexes here."""

from sqlalchemy import (
    Boolean,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    literal_column,
)

from store.columns import Choice, Moment, Words
from store.schema import may, metadata, must, row_id, serial, where, workspace
from store.watch_records import AlertEventKind, AlertKind, ChannelState, TroubleKind, Weather


def _of_grant(name: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "grant_id"], ["grants.workspace_id", "grants.id"], name=f"{name}_grant_fk"
    )


# Laid out in the order checks are due, so that a claim and what is given back touch few pages however many rows there are.
# There is no index by grant: it would be rewritten at a random place with every check. `plan_no` does without.
checks = Table(
    "checks",
    metadata,
    must("provider_key"),
    must("next_at", Moment),
    must("grant_id"),
    must("plan_no", Integer),
    must("workspace_id"),
    may("owner"),
    may("until", Moment),
    PrimaryKeyConstraint("provider_key", "next_at", "grant_id", "plan_no"),
    _of_grant("checks"),
    sqlite_with_rowid=False,
    # Room beside each row for its lease, and the dead are swept early: every row is written twice a round.
    postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.02},
)

provider_health = Table(
    "provider_health",
    metadata,
    must("provider_key"),
    must("bucket_at", Moment),
    must("seen", Integer),
    must("refused", Integer),
    must("unreachable", Integer),
    must("before_seen", Integer),
    must("before_refused", Integer),
    must("before_unreachable", Integer),
    must("weather", Choice(Weather)),
    must("since", Moment),
    may("until", Moment),
    PrimaryKeyConstraint("provider_key"),
)

alerts = Table(
    "alerts",
    metadata,
    row_id(),
    workspace(),
    must("provider_key"),
    must("kind", Choice(AlertKind)),
    must("opened_at", Moment),
    must("tell_at", Moment),
    must("joins_until", Moment),
    may("taken_by"),
    may("taken_at", Moment),
    may("snoozed_by"),
    may("snoozed_until", Moment),
    may("remind_at", Moment),
    may("resolved_at", Moment),
    UniqueConstraint("workspace_id", "id", name="alerts_in_workspace"),
)

alert_accounts = Table(
    "alert_accounts",
    metadata,
    must("workspace_id"),
    must("alert_id"),
    must("account_id"),
    may("reason"),
    must("since", Moment),
    may("resolved_at", Moment),
    may("resolved_by"),
    may("resolution"),
    PrimaryKeyConstraint("workspace_id", "alert_id", "account_id"),
    ForeignKeyConstraint(
        ["workspace_id", "alert_id"], ["alerts.workspace_id", "alerts.id"], name="alert_accounts_alert_fk"
    ),
    ForeignKeyConstraint(
        ["workspace_id", "account_id"],
        ["accounts.workspace_id", "accounts.id"],
        name="alert_accounts_account_fk",
    ),
)

alert_events = Table(
    "alert_events",
    metadata,
    serial(),
    must("workspace_id"),
    must("alert_id"),
    must("at", Moment),
    must("kind", Choice(AlertEventKind)),
    may("who"),
    must("count", Integer),
    may("until", Moment),
    ForeignKeyConstraint(
        ["workspace_id", "alert_id"], ["alerts.workspace_id", "alerts.id"], name="alert_events_alert_fk"
    ),
    Index("alert_events_of_alert", "workspace_id", "alert_id"),
)

alert_channels = Table(
    "alert_channels",
    metadata,
    workspace(),
    # Empty: for the whole workspace. NULL would not be unique.
    must("group_id"),
    must("channel_id"),
    must("set_by"),
    must("set_at", Moment),
    must("state", Choice(ChannelState)),
    may("error"),
    PrimaryKeyConstraint("workspace_id", "group_id"),
)

workspace_settings = Table(
    "workspace_settings",
    metadata,
    workspace(),
    may("tz"),
    must("digest_at"),
    must("digest_days", Words),
    PrimaryKeyConstraint("workspace_id"),
)

personal_settings = Table(
    "personal_settings",
    metadata,
    workspace(),
    must("user_id"),
    must("dm", Boolean),
    must("mail", Boolean),
    may("quiet_from"),
    may("quiet_to"),
    PrimaryKeyConstraint("workspace_id", "user_id"),
)

hooks = Table(
    "hooks",
    metadata,
    row_id(),
    workspace(),
    must("provider_key"),
    must("grant_id"),
    must("due_at", Moment),
    must("tries", Integer),
    may("registered_at", Moment),
    may("remote_id"),
    _of_grant("hooks"),
    Index("hooks_of_grant", "workspace_id", "grant_id"),
    Index("hooks_due", "due_at"),
)

seen_notices = Table(
    "seen_notices",
    metadata,
    must("provider_key"),
    must("notice_id"),
    must("at", Moment),
    PrimaryKeyConstraint("provider_key", "notice_id"),
    Index("seen_notices_at", "at"),
)

troubles = Table(
    "troubles",
    metadata,
    row_id(),
    workspace(),
    must("kind", Choice(TroubleKind)),
    # Empty: of no provider in particular. NULL would not be unique.
    must("provider_key"),
    must("since", Moment),
    must("waiting", Integer),
    may("ended_at", Moment),
)

ALERT_OPEN = alerts.c.resolved_at.is_(None)
ALERT_ACCOUNT_OPEN = alert_accounts.c.resolved_at.is_(None)
OUTAGE = alerts.c.kind == literal_column("'outage'")

Index("alerts_open", alerts.c.workspace_id, alerts.c.provider_key, **where(ALERT_OPEN))
Index("alerts_reminders", alerts.c.remind_at, **where(ALERT_OPEN))
Index(
    "alert_outage_once",
    alerts.c.workspace_id,
    alerts.c.provider_key,
    unique=True,
    **where(and_(OUTAGE, ALERT_OPEN)),
)
Index(
    "alert_account_once",
    alert_accounts.c.workspace_id,
    alert_accounts.c.account_id,
    unique=True,
    **where(ALERT_ACCOUNT_OPEN),
)
Index(
    "troubles_open",
    troubles.c.workspace_id,
    troubles.c.kind,
    troubles.c.provider_key,
    unique=True,
    **where(troubles.c.ended_at.is_(None)),
)
