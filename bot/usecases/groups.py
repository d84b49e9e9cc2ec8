"""Groups: who is together, and which of them may connect integrations."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blocks import groups as screens
from blocks.parts import View
from blocks.views import GroupForm, GroupRow, GroupsView
from bot import policy
from bot.errors import UserFacingError
from bot.usecases import alerting, people
from bot.usecases.context import Context
from store import groups
from store.database import Conflict
from store.records import Group, GroupId, Person, UserId, WorkspaceId

NAME_LIMIT = 80
_PEOPLE_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """What cannot be saved: block id -> words beside that field."""

    fields: Mapping[str, str]


async def listing(
    ctx: Context, ws: WorkspaceId, user_id: UserId, *, page: int = 0, notice: str | None = None
) -> View:
    """The Groups modal.

    Raises:
        UserFacingError: the person may not use the bot.

    """
    rights = await people.rights_of(ctx, ws, user_id)
    if not policy.welcome(rights.person):
        raise people.NotWelcome
    async with ctx.store.reading() as tx:
        known = await groups.all(tx, ws)
    may_edit = policy.may_administer(rights)
    rows = tuple(GroupRow(id=g.id, name=g.name, people=g.people, integrators=g.integrators) for g in known)
    admins = () if may_edit else await people.admins(ctx, ws)
    return screens.groups(GroupsView(groups=rows, may_edit=may_edit, admins=admins, page=page, notice=notice))


async def form(ctx: Context, ws: WorkspaceId, user_id: UserId, group_id: str | None) -> View:
    """The form of a new Group (None) or of an existing one.

    Raises:
        UserFacingError: no admin, or the Group does not exist.

    """
    rights = await people.admin(ctx, ws, user_id, action="edit_group", subject=group_id or "new")
    if group_id is None:
        return screens.form(GroupForm(first=not rights.has_groups, creator=user_id))
    async with ctx.store.reading() as tx:
        group = await groups.get(tx, ws, GroupId(group_id))
        members = await groups.members(tx, ws, GroupId(group_id))
    if group is None:
        raise UserFacingError("That Group does not exist.", "Type /lexer groups for the present ones.")
    return screens.form(
        GroupForm(group_id=group.id, name=group.name, integrators=group.integrators, people=members)
    )


async def save(
    ctx: Context,
    ws: WorkspaceId,
    user_id: UserId,
    *,
    group_id: str | None,
    view_id: str,
    name: str,
    integrators: bool,
    members: Sequence[str],
    add_me: bool,
) -> Rejected | Group:
    """Create or change a Group. A form submitted twice creates one: a new Group's id is made from its view's.

    Raises:
        UserFacingError: no admin, or the Group to change does not exist.

    """
    await people.admin(ctx, ws, user_id, action="save_group", subject=group_id or "new")
    clean = " ".join(name.split())
    if not clean or len(clean) > NAME_LIMIT:
        return Rejected(fields={screens.NAME_BLOCK: f"Type a name of 1 to {NAME_LIMIT} characters."})
    wanted = tuple(dict.fromkeys([*(UserId(m) for m in members), *([user_id] if add_me else [])]))
    known = await people.look_up(ctx, ws, wanted)
    refused = [u for u in wanted if not policy.welcome(known.get(u))]
    if refused:
        return Rejected(fields={screens.PEOPLE_BLOCK: _refusal(refused, known)})
    group = Group(
        id=GroupId(group_id) if group_id else new_group_id(ws, view_id),
        workspace_id=ws,
        name=clean,
        integrators=integrators,
    )
    try:
        await _store(ctx, group, wanted, user_id, existing=group_id is not None)
    except Conflict:
        return Rejected(
            fields={screens.NAME_BLOCK: "There is already a Group with this name. Type another one."}
        )
    return group


def new_group_id(ws: WorkspaceId, view_id: str) -> GroupId:
    """The same for every submit of one form."""
    return GroupId("g" + hashlib.sha256(f"{ws}/{view_id}".encode()).hexdigest()[:24])


async def _store(
    ctx: Context, group: Group, members: Sequence[UserId], user_id: UserId, *, existing: bool
) -> None:
    ws = group.workspace_id
    async with ctx.store.transaction() as tx:
        if not policy.may_administer(await groups.rights(tx, ws, user_id)):
            raise people.NotAdmin
        if existing and await groups.get(tx, ws, group.id) is None:
            raise UserFacingError("That Group does not exist.", "Type /lexer groups for the present ones.")
        await groups.save(tx, group, members)
        # Whoever is an Integrator from now on learns of what is broken.
        await alerting.tell_open(ctx, tx, ws)
        detail = f"integrators={group.integrators} people={len(members)}"
        await people.record(ctx, tx, ws, user_id, action="group_saved", subject=group.id, detail=detail)
    ctx.kick("deliver")


def _refusal(refused: Sequence[UserId], known: Mapping[UserId, Person]) -> str:
    names = [known[u].name if u in known else "someone this bot cannot see" for u in refused[:_PEOPLE_SHOWN]]
    more = f" and {len(refused) - _PEOPLE_SHOWN} more" if len(refused) > _PEOPLE_SHOWN else ""
    return (
        f"Guests, bots, deactivated people and people of other organisations cannot be in a Group. "
        f"Take out: {', '.join(names)}{more}."
    )[:1900]


async def people_in(ctx: Context, ws: WorkspaceId, group_id: GroupId) -> int:
    """How many people a Group has."""
    async with ctx.store.reading() as tx:
        return await groups.people_of(tx, ws, (group_id,))
