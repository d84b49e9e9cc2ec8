"""A workspace with one of everything, in a state in which it may be changed, and the ids of it all."""

from typing import Any

from sqlalchemy import insert

from store import (
    accounts,
    alert_settings,
    alerts,
    attempts,
    audit,
    checks,
    grants,
    notices,
    outbox,
    views,
)
from store.database import Store
from store.records import (
    GrantState,
    OpenView,
    Stage,
    Surface,
)
from store.rows import values_of
from store.watch_records import (
    Alert,
    AlertChannel,
    AlertId,
    AlertKind,
    Broken,
    Hook,
    HookId,
    PersonalSettings,
    Trouble,
    TroubleKind,
    WorkspaceSettings,
)
from store.watch_tables import alerts as alert_rows
from store.watch_tables import troubles as trouble_rows
from tests.store.made import (
    LATER,
    MARIA,
    NOW,
    T1,
    T2,
    account,
    attempt,
    grant,
    group,
    person,
    put,
    put_in,
    settle,
)

VIEW = OpenView(workspace_id=T1, view_id="V1", user_id=MARIA, kind="detail", subject="shopify", opened_at=NOW)
ALERT = Alert(
    id=AlertId("al1"),
    workspace_id=T1,
    provider_key="shopify",
    kind=AlertKind.ACCOUNTS,
    opened_at=NOW,
    tell_at=NOW,
    joins_until=LATER,
)
TROUBLE = Trouble(id="tr1", workspace_id=T1, kind=TroubleKind.NOBODY, since=NOW)

HERE: dict[str, Any] = {
    "account": account("a1", T2),
    "account_id": "a1",
    "account_ids": ["a1"],
    "accounts": [Broken(account("a1").id, None, NOW)],
    "action": "x",
    "actor": None,
    "address": "x",
    "alert_id": "al1",
    "alert_ids": ["al1"],
    "at": NOW,
    "attempt_id": "at1",
    "by": MARIA,
    "channel": "D2",
    "channel_id": "C1",
    "cookie_hash": "c2",
    "due_at": LATER,
    "ends_at": None,
    "error": "x",
    "expires_at": None,
    "external_ids": ["ext-a1"],
    "failure": "x",
    "from_": list(Stage),
    "grant_id": "s1",
    "granted": True,
    "group_id": "g1",
    "group_ids": ["g1"],
    "hook_id": "h1",
    "identity_id": "i2",
    "joins_until": LATER,
    "kind": "detail",
    "limit": 10,
    "new": "C2",
    "now": NOW,
    "old": "C1",
    "outcome": "x",
    "owner": "me",
    "days": 3,
    "newest": "zzz",
    "prefix": "",
    "told_before": LATER,
    "trouble_id": TROUBLE.id,
    "persons": [person(name="Eve")],
    "parked": b"x",
    "provider_key": "shopify",
    "recipient": MARIA,
    "remind_at": LATER,
    "remote_id": "r1",
    "resolution": "removed",
    "stage": Stage.PICK,
    "state": GrantState.REVOKED,
    "state_expires_at": LATER,
    "state_hash": "h2",
    "subject": "shopify",
    "surface": Surface.DM,
    "tell_at": NOW,
    "to": Stage.DONE,
    "tokens": b"x",
    "ts": "2",
    "until": LATER,
    "user_id": MARIA,
    "user_ids": [MARIA],
    "verifier": b"x",
    "view_id": "V1",
}
"""What T2 asks with: its own id, and everything else as it is in T1."""


async def furnish(store: Store) -> None:
    """Give T1 one of everything, in a state in which it may be changed."""
    await settle(store, T2)
    await put(store, person(), group(), grant(), account(), attempt(stage=Stage.LINK))
    await put_in(store, group(), [MARIA])
    async with store.transaction() as tx:
        await accounts.set_groups(tx, T1, account().id, [group().id])
        await accounts.remember(tx, T1, account().id, at=NOW, kind="connected", actor=MARIA)
        await attempts.begin_sign_in(
            tx,
            T1,
            attempt().id,
            state_hash="h1",
            state_expires_at=LATER,
            cookie_hash="c1",
            verifier=b"v",
            now=NOW,
        )
        await grants.lock(tx, T1, grant().id, owner="me", now=NOW, until=LATER)
        await views.opened(tx, VIEW)
        await outbox.ask(
            tx, ws=T1, kind="detail", subject="shopify", surface=Surface.DM, recipient=MARIA, now=NOW
        )
        await audit.record(tx, ws=T1, at=NOW, actor=MARIA, action="x", subject="a1", granted=True)
    await furnish_watching(store)


async def furnish_watching(store: Store) -> None:
    """The same for what is watched and told."""
    async with store.transaction() as tx:
        await checks.plan(tx, T1, grant().id, "shopify", at=NOW)
        await notices.add(
            tx,
            Hook(id=HookId("h1"), workspace_id=T1, provider_key="shopify", grant_id=grant().id, due_at=NOW),
        )
        await tx.conn.execute(insert(alert_rows).values(**values_of(ALERT)))
        await alerts.open_or_join(
            tx,
            ws=T1,
            provider_key="shopify",
            accounts=HERE["accounts"],
            now=NOW,
            tell_at=NOW,
            joins_until=LATER,
        )
        await alerts.take(tx, T1, ALERT.id, MARIA, NOW, LATER)
        await alert_settings.set_channel(
            tx, AlertChannel(workspace_id=T1, channel_id="C1", group_id=group().id, set_by=MARIA, set_at=NOW)
        )
        await alert_settings.save_workspace(tx, WorkspaceSettings(workspace_id=T1, tz="Europe/Berlin"))
        await alert_settings.save_personal(tx, PersonalSettings(workspace_id=T1, user_id=MARIA, dm=False))
        await tx.conn.execute(insert(trouble_rows).values(**values_of(TROUBLE)))
