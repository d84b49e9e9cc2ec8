"""Choosing what to connect and which Groups may use it. The control goes by size: checkboxes, then a select, then a searched one."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from blocks.parts import Json, View, context, input_block, modal, option, option_group, section
from blocks.text import mentions, name, names, people, plain_name, plain_names, plural, shorten, size
from blocks.views import ChooseGroupsView, GroupOption, PickOption, PickView

PICK_ACCOUNTS = "connect.pick"
PICK_BLOCK = "pick"
PICK_INPUT = "pick.input"
PICK_SEARCH = "pick.search"
CHOOSE_GROUPS = "connect.groups"
GROUPS_BLOCK = "groups"
GROUPS_INPUT = "groups.input"
GROUPS_LATER = "account.groups.save"
_CHECKBOXES = 10
_OPTIONS = 100
_VALUE_LIMIT = 150
_GROUPS_OFFERED = 400
_GROUPS_SELECT = {
    "type": "multi_static_select",
    "placeholder": {"type": "plain_text", "text": "Choose Groups"},
}


def pick_value(external_id: str) -> str:
    """The option value that stands for an account: its id, or a fingerprint where the id is longer than Slack allows."""
    if external_id and size(external_id) <= _VALUE_LIMIT:
        return external_id
    return "sha256:" + sha256(external_id.encode("utf-8", "surrogatepass")).hexdigest()


def pick_options(options: Sequence[PickOption]) -> list[Json]:
    """At most 100 different options, also the answer to a search. Read the choice back by comparing `pick_value` of each account."""
    drawn: dict[str, Json] = {}
    for choice in options:
        value = pick_value(choice.external_id)
        if value not in drawn:
            drawn[value] = option(plain_name(choice.name, 75), value, _about(choice))
        if len(drawn) == _OPTIONS:
            break
    return list(drawn.values())


def _about(choice: PickOption) -> str:
    """Such as "already connected · Admin · id 1234"."""
    parts = ["already connected"] if choice.connected else []
    if choice.role:
        parts.append(plain_name(choice.role, 25))
    if choice.external_id:
        parts.append(f"id {plain_name(choice.external_id, 26)}")
    return " · ".join(parts)


def pick(view: PickView) -> View:
    """The Pick modal."""
    intro = section(f"You are signed in to {name(view.provider)} as *{name(view.identity)}*.")
    if not view.options:
        text = f"This sign-in reaches no {view.account_noun}. Ask an admin at {name(view.provider)} for access, then try again."
        return _modal("Choose accounts", PICK_ACCOUNTS, [intro, section(text)], view.attempt_id, turning=True)
    label = f"Which {plural(view.account_noun)} do you want to connect?"
    field = input_block(PICK_BLOCK, label, _pick_control(view))
    return _modal(
        "Choose accounts", PICK_ACCOUNTS, [intro, field], view.attempt_id, submit="Next", turning=True
    )


def _pick_control(view: PickView) -> Json:
    distinct = len({pick_value(choice.external_id) for choice in view.options})
    placeholder = {"type": "plain_text", "text": shorten(f"Choose {plural(view.account_noun)}", 150)}
    if distinct > _OPTIONS:
        return {
            "type": "multi_external_select",
            "action_id": PICK_SEARCH,
            "min_query_length": 0,
            "placeholder": {"type": "plain_text", "text": "Type part of a name"},
        }
    options = pick_options(view.options)
    if distinct > _CHECKBOXES:
        return {
            "type": "multi_static_select",
            "action_id": PICK_INPUT,
            "placeholder": placeholder,
            "options": options,
        }
    control: Json = {"type": "checkboxes", "action_id": PICK_INPUT, "options": options}
    if distinct == 1:
        control["initial_options"] = options
    return control


def choose_groups(view: ChooseGroupsView) -> View:
    """The Groups modal, at the end of connecting or later."""
    callback = CHOOSE_GROUPS if view.connecting else GROUPS_LATER
    if not view.groups:
        return _modal(
            "Choose Groups", callback, [section(_no_groups(view))], view.subject, turning=view.connecting
        )
    label = f"Who may use {plain_names(view.accounts, 3)}?" if view.accounts else "Who may use it?"
    control = _groups_control(view)
    blocks = [
        input_block(
            GROUPS_BLOCK, label, control, hint="Choose at least one Group. You can change this later."
        )
    ]
    if view.already_connected:
        blocks.append(context(_replaced(view.already_connected)))
    return _modal("Choose Groups", callback, blocks, view.subject, submit="Save", turning=view.connecting)


def _replaced(accounts: tuple[str, ...]) -> str:
    if len(accounts) == 1:
        return f"{name(accounts[0])} is already connected: this choice replaces its Groups."
    return f"{names(accounts)} are already connected: this choice replaces their Groups."


def _no_groups(view: ChooseGroupsView) -> str:
    admins = mentions(view.admins) or "A workspace admin"
    kept = "\nYour sign-in is kept for 7 days: come back when there is a Group." if view.connecting else ""
    return f"There is no Group yet. {admins} can create one with `/lexer groups`.{kept}"


def _groups_control(view: ChooseGroupsView) -> Json:
    groups = list({group.id: group for group in view.groups}.values())
    if len(groups) > _OPTIONS:
        return _many_groups(view, groups)
    control: Json = {"action_id": GROUPS_INPUT, "options": list(map(_group_option, groups))}
    control |= {"type": "checkboxes"} if len(groups) <= _CHECKBOXES else _GROUPS_SELECT
    if chosen := [_group_option(group) for group in groups if group.id in view.chosen]:
        control["initial_options"] = chosen
    return control


def _group_option(group: GroupOption) -> Json:
    return option(plain_name(group.name, 75), group.id, people(group.people))


def _many_groups(view: ChooseGroupsView, groups: Sequence[GroupOption]) -> Json:
    """Above 100 Slack wants groups of options. Chosen ones come first where not all fit into a modal's 250 kB."""
    if len(groups) > _GROUPS_OFFERED:
        groups = sorted(groups, key=lambda group: group.id not in view.chosen)[:_GROUPS_OFFERED]
    control: Json = {"action_id": GROUPS_INPUT, "option_groups": list(_pages(groups))} | _GROUPS_SELECT
    if chosen := [_short_option(group) for group in groups if group.id in view.chosen]:
        control["initial_options"] = chosen
    return control


def _short_option(group: GroupOption) -> Json:
    return option(f"{plain_name(group.name, 40)} ({people(group.people)})", group.id)


def _pages(groups: Sequence[GroupOption]) -> Iterable[Json]:
    """At most 100 options in each, labelled with its first and last name."""
    for start in range(0, len(groups), _OPTIONS):
        part = groups[start : start + _OPTIONS]
        label = f"{plain_name(part[0].name, 30)} – {plain_name(part[-1].name, 30)}"
        yield option_group(label, list(map(_short_option, part)))


def _modal(
    title: str, callback: str, blocks: list[Json], subject: str, *, turning: bool, submit: str | None = None
) -> View:
    """`turning`: part of an attempt's modal, found again by its external id."""
    close = "Cancel" if submit else "Close"
    external_id = subject if turning else ""
    return modal(
        title, callback, blocks, submit=submit, close=close, metadata=subject, external_id=external_id
    )
