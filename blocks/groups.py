"""Groups: the list, the form, and the first `/lexer` of a workspace."""

from collections.abc import Iterator

from blocks.parts import (
    Json,
    Message,
    View,
    actions,
    button,
    context,
    input_block,
    message,
    metadata,
    modal,
    notice,
    option,
    section,
)
from blocks.text import mentions, name, people, plain_name, typed
from blocks.views import FirstRunView, GroupForm, GroupRow, GroupsView

GROUPS_LIST = "groups"
CREATE = "groups.create"
EDIT = "groups.edit"
GROUPS_MORE = "groups.more"
GROUP_FORM = "groups.form"
NAME_BLOCK = "name"
NAME_INPUT = "name.input"
PERMISSION_BLOCK = "permission"
PERMISSION_INPUT = "permission.input"
PEOPLE_BLOCK = "people"
PEOPLE_INPUT = "people.input"
ME_BLOCK = "me"
ME_INPUT = "me.input"
INTEGRATORS = "integrators"
"""Value of the ticked box of the permission."""
ME = "me"
"""Value of the ticked box "Add me"."""
GROUPS_PER_PAGE = 40
NAME_LIMIT = 80


def groups(view: GroupsView) -> View:
    """The answer to `/lexer groups`."""
    pages = max(1, -(-len(view.groups) // GROUPS_PER_PAGE))
    page = min(max(view.page, 0), pages - 1)
    blocks: list[Json] = []
    if view.notice:
        blocks.append(notice(name(view.notice, 300), "success"))
    blocks.append(section(_intro(view)))
    if view.may_edit:
        blocks.append(actions(button("Create a Group", CREATE, style="primary")))
    rows = view.groups[page * GROUPS_PER_PAGE : (page + 1) * GROUPS_PER_PAGE]
    blocks += [_row(row, may_edit=view.may_edit) for row in rows]
    blocks += _pages(len(view.groups), page, pages)
    return modal("Groups", GROUPS_LIST, blocks, metadata=metadata(p=page))


def _intro(view: GroupsView) -> str:
    text = "A Group is a set of people. Accounts are shared with Groups."
    if not view.groups:
        text = f"There is no Group yet. {text}"
    if view.may_edit:
        return text
    return f"{text} {mentions(view.admins) or 'A workspace admin'} can create and change them."


def _row(row: GroupRow, *, may_edit: bool) -> Json:
    may = " · Integrators: may connect accounts" if row.integrators else ""
    text = f"*{name(row.name)}*\n{people(row.people)}{may}"
    if not may_edit:
        return section(text)
    spoken = plain_name(row.name, 60)
    return section(text, button("Edit Group", f"{EDIT}:{row.id}", value=row.id, label=f"Edit Group {spoken}"))


def _pages(total: int, page: int, pages: int) -> Iterator[Json]:
    if pages == 1:
        return
    buttons: list[Json] = []
    if page + 1 < pages:
        buttons.append(button("Show more Groups", f"{GROUPS_MORE}:next", value=metadata(p=page + 1)))
    if page:
        buttons.append(button("Show previous Groups", f"{GROUPS_MORE}:previous", value=metadata(p=page - 1)))
    yield context(f"Page {page + 1} of {pages} · {total:,} Groups")
    yield actions(*buttons)


def form(view: GroupForm) -> View:
    """Create or edit a Group."""
    blocks = [_name_field(view), _permission_field(view), _people_field(view)]
    if view.first:
        blocks.append(_me_field())
    title = "Create a Group" if view.group_id is None else "Edit Group"
    kept = metadata(g=view.group_id, first=view.first)
    return modal(title, GROUP_FORM, blocks, submit="Save", close="Cancel", metadata=kept)


def _name_field(view: GroupForm) -> Json:
    field: Json = {
        "type": "plain_text_input",
        "action_id": NAME_INPUT,
        "max_length": NAME_LIMIT,
        "placeholder": {"type": "plain_text", "text": "Marketing"},
    }
    if started := typed(view.name, NAME_LIMIT):
        field["initial_value"] = started
    return input_block(NAME_BLOCK, "Name", field)


def _permission_field(view: GroupForm) -> Json:
    choice = option("Integrators", INTEGRATORS, "May connect, reconnect and disconnect accounts")
    field: Json = {"type": "checkboxes", "action_id": PERMISSION_INPUT, "options": [choice]}
    if view.integrators or view.first:
        field["initial_options"] = [choice]
    return input_block(PERMISSION_BLOCK, "Permission", field, optional=True)


def _people_field(view: GroupForm) -> Json:
    field: Json = {
        "type": "multi_users_select",
        "action_id": PEOPLE_INPUT,
        "placeholder": {"type": "plain_text", "text": "Choose people"},
    }
    if view.people:
        field["initial_users"] = list(view.people)
    return input_block(
        PEOPLE_BLOCK, "People", field, hint="Guests and bots cannot be in a Group.", optional=True
    )


def _me_field() -> Json:
    choice = option("Add me to this Group", ME)
    field = {"type": "checkboxes", "action_id": ME_INPUT, "options": [choice], "initial_options": [choice]}
    hint = "Without you in it, you cannot connect integrations yourself."
    return input_block(ME_BLOCK, "You", field, hint=hint, optional=True)


def saved(group: str, number: int, *, created: bool) -> View:
    """After Save, where no list lies below; `number` of people in the Group."""
    verb = "created" if created else "saved"
    blocks = [
        notice(f"{name(group)} is {verb}. {people(number)} in it.", "success"),
        section("Next, connect an integration: type `/lexer integrations`."),
    ]
    return modal("Groups", GROUPS_LIST, blocks)


def first_run(view: FirstRunView) -> Message:
    """The first `/lexer` of a workspace."""
    text = (
        "Welcome. Here you connect the channels and shops your team uses, and see whether they still work. "
        "Accounts are shared with Groups of people."
    )
    if view.may_create:
        text += " Create the first Group to start."
        return message(
            text, [section(text), actions(button("Create the first Group", CREATE, style="primary"))]
        )
    admins = mentions(view.admins, 8) or "A workspace admin"
    text += f" {admins} can create the first Group."
    return message(text, [section(text)])
