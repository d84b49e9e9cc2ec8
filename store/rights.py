"""The one query on a person's rights, also the head of the listing's query. Only active people have rights."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, String, and_, bindparam, exists, func, literal, select, type_coerce

from store.records import GroupId, Person, Rights
from store.rows import columns_of
from store.tables import group_members, groups, people

_SEPARATOR = ","
_PERSON = columns_of(Person, people)
_PERSON_NAMES = tuple(column.name for column in _PERSON)
_ID = _PERSON_NAMES.index("id")
_WORKSPACE = bindparam("workspace_id", type_=String)
_USER = bindparam("user_id", type_=String)

_mine = and_(group_members.c.workspace_id == _WORKSPACE, group_members.c.user_id == _USER)
_my_group_ids = select(func.aggregate_strings(group_members.c.group_id, _SEPARATOR)).where(_mine)
_may_integrate = exists().where(
    _mine,
    groups.c.workspace_id == group_members.c.workspace_id,
    groups.c.id == group_members.c.group_id,
    groups.c.integrators,
)
_has_groups = exists().where(groups.c.workspace_id == _WORKSPACE)


def rights_query(*more: Any) -> Select[Any]:
    """Exactly one row, for parameters workspace_id and user_id; `more` columns are appended."""
    always = select(literal(1).label("one")).subquery("always")
    me = and_(people.c.workspace_id == _WORKSPACE, people.c.id == _USER)
    return select(
        *_PERSON,
        type_coerce(_my_group_ids.scalar_subquery(), String).label("group_ids"),
        _may_integrate.label("is_integrator"),
        _has_groups.label("has_groups"),
        *more,
    ).select_from(always.outerjoin(people, me))


def rights_of(row: Sequence[Any]) -> Rights:
    """Read the row of `rights_query`, whatever columns are appended."""
    group_ids, is_integrator, has_groups = row[len(_PERSON) : len(_PERSON) + 3]
    person = None if row[_ID] is None else Person(**dict(zip(_PERSON_NAMES, row, strict=False)))
    if person is None or not is_active(person):
        return Rights(person=person, is_integrator=False, group_ids=frozenset(), has_groups=bool(has_groups))
    ids = (group_ids or "").split(_SEPARATOR)
    return Rights(
        person=person,
        is_integrator=bool(is_integrator),
        group_ids=frozenset(GroupId(group_id) for group_id in ids if group_id),
        has_groups=bool(has_groups),
    )


def is_active(person: Person) -> bool:
    """Tell in Python what tables.ACTIVE tells in SQL."""
    return not (person.is_guest or person.is_bot or person.is_deactivated or person.is_outsider)
