"""Named queries on people, as Slack last described them."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from store.database import Tx
from store.records import Person, UserId, WorkspaceId
from store.rows import chunks, columns_of, upsert, upsert_each, values_of
from store.tables import ACTIVE, people

PERSON = columns_of(Person, people)


async def save(tx: Tx, person: Person) -> None:
    """Insert or overwrite; what was seen earlier never overwrites what was seen later."""
    await tx.conn.execute(
        upsert(people, values_of(person), keys=["workspace_id", "id"], only_if="seen_at", rising=True)
    )


async def save_all(tx: Tx, workspace_id: WorkspaceId, persons: Sequence[Person]) -> None:
    """As `save`, for a workspace's whole member list at once."""
    if not persons:
        return
    rows = [values_of(person) | {"workspace_id": workspace_id} for person in persons]
    statement = upsert_each(
        people, list(rows[0]), keys=["workspace_id", "id"], only_if="seen_at", rising=True
    )
    await tx.conn.execute(statement, rows)


async def get(tx: Tx, workspace_id: WorkspaceId, user_id: UserId) -> Person | None:
    """One person, whatever their standing; None when Slack was never asked about them."""
    return (await names(tx, workspace_id, [user_id])).get(user_id)


async def admins(tx: Tx, workspace_id: WorkspaceId) -> tuple[Person, ...]:
    """Active workspace admins and owners we know of, by name."""
    query = (
        select(*PERSON)
        .where(people.c.workspace_id == workspace_id, people.c.is_admin, ACTIVE)
        .order_by(people.c.id)
    )
    rows = (await tx.conn.execute(query)).mappings()
    return tuple(sorted((Person(**row) for row in rows), key=lambda person: person.name.casefold()))


async def names(tx: Tx, workspace_id: WorkspaceId, user_ids: Collection[UserId]) -> Mapping[UserId, Person]:
    """Those of `user_ids` we know, whatever their standing."""
    found: dict[UserId, Person] = {}
    for chunk in chunks(user_ids):
        query = select(*PERSON).where(people.c.workspace_id == workspace_id, people.c.id.in_(chunk))
        found |= {row["id"]: Person(**row) for row in (await tx.conn.execute(query)).mappings()}
    return found
