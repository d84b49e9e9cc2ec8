"""The quick way of the few queries a person feels at every press."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from store.database import Store
from store.groups import _RIGHTS
from store.integrations import _OVERVIEW
from store.prepared import Prepared

WHO = {"workspace_id": "T1", "user_id": "U1"}


@pytest.mark.parametrize("query", [_RIGHTS, _OVERVIEW], ids=["rights", "overview"])
async def test_the_quick_way_is_taken(store: Store, query: Prepared) -> None:
    """Every press is answered by the bare driver; a query it could not run would be slow in silence."""
    async with store.reading() as tx:
        # No `execute`: falling back to Core would be an error here.
        bare = SimpleNamespace(dialect=tx.conn.dialect, sync_connection=tx.conn.sync_connection)
        assert len(await query.rows(cast("Any", bare), WHO)) == 1


@pytest.mark.parametrize("query", [_RIGHTS, _OVERVIEW], ids=["rights", "overview"])
async def test_both_ways_say_the_same(store: Store, query: Prepared) -> None:
    """The driver's row and Core's are equal in value and type."""
    async with store.reading() as tx:
        (quick,) = await query.rows(tx.conn, WHO)
        slow = (await tx.conn.execute(query._query, WHO)).one()
    assert [(type(a), a) for a in quick] == [(type(b), b) for b in slow]


async def test_what_the_driver_refuses_is_asked_again(store: Store) -> None:
    """A fault on the quick way ends in our own errors or in an answer, never in a driver's."""
    async with store.reading() as tx:
        broken = Prepared(_RIGHTS._query, "workspace_id", "user_id")
        broken._compiled[tx.conn.dialect.name] = SimpleNamespace(  # type: ignore[assignment]
            sql="SELECT nothing FROM nowhere", order=(), fixed={}, readers=()
        )
        assert len(await broken.rows(tx.conn, WHO)) == 1
