"""Open views, the audit, and times."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from store import audit, people, views
from store.database import Store
from store.records import AuditEntry, OpenView, WorkspaceId
from tests.store.made import LATER, MARIA, NOW, T1, T2, person, put


def view(view_id: str = "V1", workspace_id: WorkspaceId = T1, **more: object) -> OpenView:
    """Maria looking at Shopify."""
    values = {"user_id": MARIA, "kind": "detail", "subject": "shopify", "opened_at": NOW} | more
    return OpenView(workspace_id=workspace_id, view_id=view_id, **values)  # type: ignore[arg-type]


async def test_views(store: Store) -> None:
    """Whoever looks at something is found when it changes, with the page they are on, until they close it."""
    async with store.transaction() as tx:
        for one in (
            view(),
            view("V2", opened_at=LATER),
            view("V3", subject="x"),
            view("V1", T2),
            view(page=2),
        ):
            await views.opened(tx, one)
        assert await views.showing(tx, T1, "detail", "shopify") == (view(page=2), view("V2", opened_at=LATER))
        assert await views.get(tx, T1, "V1") == view(page=2)
        await views.closed(tx, T1, "V1")
        assert await views.get(tx, T1, "V1") is None
        assert await views.get(tx, T2, "V1") == view(workspace_id=T2)
        assert await views.purge(tx, before=LATER) == 2
        assert await views.get(tx, T1, "V2") is not None


async def test_audit(store: Store) -> None:
    """Everything done or refused is listed, newest first, for its own workspace."""
    async with store.transaction() as tx:
        for number, ws in enumerate((T1, T2, T1, T1)):
            actor = None if number == 3 else MARIA
            entry = {"ws": ws, "at": NOW, "actor": actor, "action": f"do{number}", "subject": "a1"}
            await audit.record(tx, granted=number != 2, **entry)
        entries = await audit.entries(tx, T1, limit=9)
        assert await audit.entries(tx, T1, limit=1) == entries[:1]
    assert [(entry.action, entry.granted, entry.actor) for entry in entries] == [
        ("do3", True, None),
        ("do2", False, MARIA),
        ("do0", True, MARIA),
    ]
    assert entries[2] == AuditEntry(at=NOW, actor=MARIA, action="do0", subject="a1", granted=True, detail="")


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 24, 12, 0, 0, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=13))),
        datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=-11, minutes=-30))),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
async def test_times(store: Store, moment: datetime) -> None:
    """A time comes back as the same moment, in UTC, to the microsecond, whatever zone it was given in."""
    await put(store, person(seen_at=moment))
    async with store.reading() as tx:
        found = await people.get(tx, T1, MARIA)
    assert found is not None
    assert found.seen_at == moment
    assert found.seen_at.tzinfo is UTC


async def test_time_without_zone(store: Store) -> None:
    """A time that could mean several moments is refused."""
    with pytest.raises(StatementError, match="without a zone"):
        await put(store, person(seen_at=NOW.replace(tzinfo=None)))
