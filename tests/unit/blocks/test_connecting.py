"""What a person sees on the way from the first press to a connected account."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from blocks import connect, samples
from blocks.failures import what_happened, what_next
from blocks.views import ChooseGroupsView, Failure, PickOption

Json = dict[str, Any]


def buttons(payload: Any) -> Iterator[Json]:
    """All buttons, in reading order."""
    for block in payload["blocks"]:
        yield from (element for element in block.get("elements", []) if element["type"] == "button")


def said(payload: Any) -> str:
    """All sections, context and notices."""
    lines = [block["text"]["text"] for block in payload["blocks"] if block["type"] in {"section", "alert"}]
    lines += [block["elements"][0]["text"] for block in payload["blocks"] if block["type"] == "context"]
    return "\n".join(lines)


def element(view: Any, block_id: str) -> Json:
    """The control of that field."""
    found: Json = next(block for block in view["blocks"] if block.get("block_id") == block_id)
    inside: Json = found["element"]
    return inside


def test_every_step_is_found_by_its_attempt() -> None:
    """The modal turns by itself: each step can be found by the attempt it belongs to."""
    steps = [
        connect.loading("attempt-1", "X"),
        connect.working("X", "attempt-1"),
        connect.address(samples.address("X")),
        connect.continue_(samples.link("X")),
        connect.confirm(samples.question("X")),
        connect.pick(samples.choices("X", 3)),
        connect.choose_groups(samples.groups_to_choose("X", 3)),
        connect.done(samples.outcome("X")),
        connect.failed(samples.failure("X", Failure.CANCELLED)),
    ]
    assert {(step["external_id"], step["private_metadata"]) for step in steps} == {("attempt-1", "attempt-1")}
    assert [step["callback_id"] for step in steps] == [
        connect.CONNECT,
        connect.CONNECT,
        connect.ADDRESS,
        connect.CONNECT,
        connect.CONNECT,
        connect.PICK_ACCOUNTS,
        connect.CHOOSE_GROUPS,
        connect.CONNECT,
        connect.CONNECT,
    ]


def test_the_address_is_kept_for_another_try() -> None:
    """Who mistyped an address corrects it instead of typing it again."""
    view = samples.address("X")
    field = element(connect.address(replace(view, typed="acme.myshopfy.com")), connect.ADDRESS_BLOCK)
    assert field["initial_value"] == "acme.myshopfy.com"
    assert field["action_id"] == connect.ADDRESS_INPUT
    assert "initial_value" not in element(connect.address(replace(view, typed=None)), connect.ADDRESS_BLOCK)


@pytest.mark.parametrize("draw", [connect.continue_, connect.continue_dm])
def test_the_link_is_one_button(draw: Any) -> None:
    """One press goes to the browser; the number on the page can be compared, and the link says when it ends."""
    drawn = draw(samples.link("Twitter (X)"))
    (link,) = buttons(drawn)
    assert link["text"]["text"] == "Continue to Twitter (X)"
    assert link["url"] == "https://bot.acme.example/connect/ticket"
    assert link["action_id"] == connect.CONTINUE
    assert "*07*" in said(drawn)
    assert "<!date^1795523400^{time}|12:30 UTC>" in said(drawn)


def test_what_is_asked_there_has_reasons() -> None:
    """A person reads before they go what will be asked and which role they need."""
    drawn = said(connect.continue_(samples.link("X")))
    assert "Who can sign in there: the shop owner" in drawn
    assert "• Read orders\n" in drawn
    assert "(you may leave this out)" in drawn
    assert "Leave this window open" in drawn


@pytest.mark.parametrize("draw", [connect.continue_, connect.continue_dm])
def test_reconnecting_names_the_account(draw: Any) -> None:
    """Who reconnects reads which account to sign in as."""
    assert "Sign in as *@acme*." in said(draw(samples.link("@acme", reconnect=True)))


@pytest.mark.parametrize("draw", [connect.confirm, connect.confirm_dm])
def test_the_question_has_two_answers(draw: Any) -> None:
    """The question "Was that you?" is answered with one press, yes or no."""
    yes, no = buttons(draw(samples.question("@acme")))
    assert (yes["action_id"], yes["value"]) == (connect.YES, "attempt-1")
    assert (no["action_id"], no["value"]) == (connect.NO, "attempt-1")


@pytest.mark.parametrize(
    ("number", "control"),
    [
        (1, "checkboxes"),
        (10, "checkboxes"),
        (11, "multi_static_select"),
        (100, "multi_static_select"),
        (101, "multi_external_select"),
    ],
)
def test_the_control_fits_the_number_of_accounts(number: int, control: str) -> None:
    """Few accounts are ticked, many are chosen from a list, very many are searched."""
    drawn = connect.pick(samples.choices("X", number))
    assert element(drawn, connect.PICK_BLOCK)["type"] == control
    assert drawn["submit"]["text"] == "Next"


def test_no_accounts_leave_nothing_to_submit() -> None:
    """A sign-in that reaches nothing says so and what to do."""
    drawn = connect.pick(samples.choices("X", 0))
    assert "submit" not in drawn
    assert "This sign-in reaches no ad account. Ask an admin at X" in said(drawn)


def test_odd_account_ids_can_be_picked() -> None:
    """Ids longer than Slack takes, or given twice, are one choice each, and can be told apart."""
    long = [PickOption(external_id="x" * 200 + end, name=end) for end in "ab"]
    options = connect.pick_options(
        [*long, *long, PickOption(external_id="", name="c"), PickOption(external_id="7", name="d")]
    )
    assert [option["text"]["text"] for option in options] == ["a", "b", "c", "d"]
    values = [option["value"] for option in options]
    assert values == [connect.pick_value(id_) for id_ in ("x" * 200 + "a", "x" * 200 + "b", "", "7")]
    assert values[3] == "7"
    assert all(0 < len(value) <= 150 for value in values)


def test_options_say_what_they_are() -> None:
    """Two accounts of the same name differ by role, id and whether they are connected."""
    option = connect.pick_options([PickOption(external_id="7", name="Acme", role="Admin", connected=True)])[0]
    assert option["description"]["text"] == "already connected · Admin · id 7"


@pytest.mark.parametrize(
    ("number", "control", "key"),
    [
        (1, "checkboxes", "options"),
        (10, "checkboxes", "options"),
        (11, "multi_static_select", "options"),
        (100, "multi_static_select", "options"),
        (101, "multi_static_select", "option_groups"),
        (300, "multi_static_select", "option_groups"),
    ],
)
def test_groups_are_chosen_with_a_fitting_control(number: int, control: str, key: str) -> None:
    """Groups show how many people they hold; those chosen before are chosen still."""
    drawn = connect.choose_groups(samples.groups_to_choose("X", number))
    field = element(drawn, connect.GROUPS_BLOCK)
    assert field["type"] == control
    assert key in field
    assert [option["value"] for option in field["initial_options"]] == ["group-0"]
    assert "0 people" in str(field["initial_options"])
    assert drawn["submit"]["text"] == "Save"


def test_of_too_many_groups_the_chosen_ones_are_kept() -> None:
    """With more Groups than a modal holds, saving never drops one that was chosen."""
    view = replace(samples.groups_to_choose("X", 1000), chosen=frozenset({"group-3", "group-999"}))
    field = element(connect.choose_groups(view), connect.GROUPS_BLOCK)
    assert [option["value"] for option in field["initial_options"]] == ["group-3", "group-999"]


def test_without_groups_it_says_who_can_create_one() -> None:
    """No Group yet is no dead end."""
    drawn = connect.choose_groups(samples.groups_to_choose("X", 0))
    assert "submit" not in drawn
    assert "<@U0ADA> or <@U0BEN> can create one with `/lexer groups`." in said(drawn)


def test_groups_can_be_changed_later() -> None:
    """Changing an account's Groups later is its own form, and belongs to no attempt."""
    drawn = connect.choose_groups(samples.groups_to_choose("X", 3, connecting=False))
    assert (drawn["callback_id"], drawn["private_metadata"]) == (connect.GROUPS_LATER, "account-1")
    assert "external_id" not in drawn


def test_replacing_groups_is_said_before() -> None:
    """Who connects an account again reads that its Groups will be replaced."""
    view = ChooseGroupsView(
        subject="a",
        provider="X",
        accounts=("@a", "@b"),
        groups=samples.groups_to_choose("X", 2).groups,
        connecting=True,
        already_connected=("@a", "@b"),
    )
    assert "@a and @b are already connected: this choice replaces their Groups." in said(
        connect.choose_groups(view)
    )


def test_a_closed_modal_can_be_opened_again() -> None:
    """Who closed the modal carries on from the DM."""
    for stage, label in (("pick", "Choose accounts"), ("groups", "Choose Groups")):
        (carry_on,) = buttons(connect.choosing_dm("attempt-1", "X", ("@acme",), stage))  # type: ignore[arg-type]
        assert (carry_on["action_id"], carry_on["value"]) == (connect.CARRY_ON, "attempt-1")
        assert carry_on["text"]["text"] == label


def test_done_says_who_can_use_it_and_leaves_nothing_to_press() -> None:
    """The good end is a sentence, in the modal and in the DM."""
    view = samples.outcome("@acme")
    assert "Connected. 14 people can use it." in said(connect.done(view))
    assert "14 people can use it." in connect.done_dm(view)["text"]
    assert list(buttons(connect.done(view))) == list(buttons(connect.done_dm(view))) == []
    again = connect.done_dm(samples.outcome("@acme", reconnected=True))["text"]
    assert "@acme still needs to be reconnected: this sign-in does not reach it." in again


@pytest.mark.parametrize("kind", Failure)
def test_every_failure_says_what_happened_and_what_to_do(kind: Failure) -> None:
    """No failure is a dead end: each says what happened, then the next step."""
    view = samples.failure("X", kind)
    assert what_happened(view).strip().endswith(".")
    assert what_next(view).strip().endswith(".")
    for drawn in (connect.failed(view), connect.failed_dm(view)):
        news = list(buttons(drawn))
        assert [new["action_id"] for new in news] == ([connect.NEW_LINK] if view.may_retry else [])
    connected = kind is Failure.CONNECTED_BY_ANOTHER
    assert ("connected already" if connected else " not ") in connect.failed_dm(view)["text"].split("\n")[0]


def test_the_wrong_account_is_named_beside_the_right_one() -> None:
    """Who signed in to the wrong account reads both names and how to switch."""
    view = replace(samples.failure("X", Failure.WRONG_ACCOUNT), details=("@other",), needed="@acme")
    assert what_happened(view) == "You signed in as @other. This needs @acme."
    assert "Log out there first" in what_next(view)
    assert "Nothing was changed" in what_next(view)
