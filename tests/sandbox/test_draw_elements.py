"""Every element is drawn with what is chosen or typed in it, its one label, its hint and its error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.form_state import first_value
from bot.sandbox.pages.draw import draw
from bot.sandbox.pages.draw_elements import ELEMENTS
from bot.sandbox.rules_elements import ELEMENTS as KNOWN
from tests.sandbox.drawn import READER, drawn, drawn_field
from tests.sandbox.made_blocks import ONE, TWO, Json, an_element, input_block, plain

_STATELESS = frozenset({"button", "overflow", "image", "workflow_button"})


def test_every_element_is_drawn() -> None:
    """An element that may be sent cannot be forgotten here."""
    assert set(ELEMENTS) == set(KNOWN)


@pytest.mark.parametrize(
    ("kind", "place"), [(kind, place) for kind, known in KNOWN.items() for place in sorted(known.places)]
)
def test_everywhere_it_may_stand(kind: str, place: str) -> None:
    """In a row, beside a section and as a field, each element has one name and carries the bot's name for it."""
    element = an_element(kind, text=plain("Words"), options=[ONE, TWO], alt_text="Words")
    blocks = {
        "input": input_block(element),
        "actions": {"type": "actions", "block_id": "b", "elements": [element]},
        "section": {"type": "section", "block_id": "b", "text": plain("Beside"), "accessory": element},
        "context": {"type": "context", "block_id": "b", "elements": [element]},
    }
    root = drawn(blocks[place])
    assert root.all(class_="bk-cannot") == []
    if kind not in {"image", "workflow_button", "file_input"}:
        assert root.all(data_action="a")
    if kind not in _STATELESS:
        assert "p-b-a" in {node.attrs.get("id") for node in root.all()}


@pytest.mark.parametrize("kind", sorted(KNOWN))
@settings(max_examples=20)
@given(text=st.text())
def test_hostile_words(kind: str, text: str) -> None:
    """No name, value, placeholder or label from outside becomes markup."""
    option = {"text": {"type": "mrkdwn", "text": text}, "value": text, "description": plain(text)}
    element = an_element(
        kind, text=plain(text), placeholder=plain(text), alt_text=text, initial_value=text, options=[option]
    )
    element |= {
        "url": text,
        "accessibility_label": text,
        "confirm": {"title": plain(text), "text": plain(text)},
    }
    root = drawn(
        input_block(element, label=plain(text), hint=plain(text)),
        {"type": "actions", "elements": [element, element]},
    )
    classes = {name for node in root.all() for name in node.attrs.get("class", "").split()}
    assert {name for name in classes if not name.startswith(("bk", "is-"))} == set()


def test_buttons() -> None:
    """A button has its style and its name for screen readers; with a web address it is a link that is reported too."""
    root = drawn(
        {
            "type": "actions",
            "elements": [
                an_element("button", text=plain("Go :tada:"), style="danger", accessibility_label="Go there"),
                {**an_element("button", text=plain("Out"), url="https://a.example"), "action_id": "out"},
                {**an_element("button", text=plain("App"), url="slack://open"), "action_id": "app"},
            ],
        }
    )
    go, app = root.all("button")
    assert (go.words, go.attrs["aria-label"], go.attrs["data-do"]) == ("Go 🎉", "Go there", "press")
    assert "is-danger" in go.attrs["class"]
    assert root.one("a", data_do="press", data_action="out").attrs["href"] == "https://a.example"
    assert app.words == "App"


def test_confirm() -> None:
    """A control that asks first carries its question, drawn and harmless until it is shown."""
    question = {
        "title": plain("Sure?"),
        "text": {"type": "mrkdwn", "text": "*Gone*"},
        "confirm": plain("Delete"),
        "deny": plain("Keep"),
    }
    element = an_element("button", text=plain("x"), confirm={**question, "style": "danger"})
    template = (
        drawn({"type": "actions", "elements": [element]})
        .one(class_="bk-control")
        .one("template", class_="bk-confirm")
    )
    assert (template.one("h2").words, template.one("strong").words) == ("Sure?", "Gone")
    assert [(node.attrs["value"], node.words) for node in template.all("button")] == [
        ("confirm", "Delete"),
        ("deny", "Keep"),
    ]
    assert "is-danger" in template.all("button")[0].attrs["class"]


def test_overflow() -> None:
    """The menu offers its options; one with an address leads there."""
    options = [ONE, {**TWO, "url": "https://a.example"}, {**TWO, "value": "3", "url": "javascript:x"}]
    root = drawn({"type": "actions", "elements": [an_element("overflow", options=options)]})
    menu = root.one("details").one(class_="bk-menu")
    assert [node.attrs["data-value"] for node in menu.all(data_do="choose")] == ["1", "2", "3"]
    assert menu.one("a").attrs["data-value"] == "2"


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        ("plain_text_input", "text"),
        ("email_text_input", "email"),
        ("url_text_input", "url"),
        ("number_input", "number"),
    ],
)
def test_typed(kind: str, type_: str) -> None:
    """A text field shows what is typed, or what the bot began with; typing nothing is not the same as not having typed."""
    assert drawn_field(an_element(kind, initial_value="7")).one("input", type=type_).attrs["value"] == "7"
    assert drawn_field(an_element(kind, initial_value="7"), {"value": "8"}).one("input").attrs["value"] == "8"
    assert drawn_field(an_element(kind, initial_value="7"), {"value": None}).one("input").attrs["value"] == ""


def test_limits() -> None:
    """A field takes no more than Slack's does, and a number keeps its bounds."""
    assert drawn_field(an_element("plain_text_input", max_length=5)).one("input").attrs["maxlength"] == "5"
    number = drawn_field(
        an_element("number_input", min_value="1", max_value="9", is_decimal_allowed=False)
    ).one("input")
    assert (number.attrs["min"], number.attrs["max"], number.attrs["step"]) == ("1", "9", "1")


def test_several_lines() -> None:
    """A field for several lines keeps them, the first empty one too."""
    area = drawn_field(an_element("plain_text_input", multiline=True), {"value": "\na\nb"}).one("textarea")
    # The line break after the tag is not part of the value.
    assert area.words == "\n\na\nb"
    rich = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "hi"}]}],
    }
    assert drawn_field(an_element("rich_text_input", initial_value=rich)).one("textarea").words == "\nhi"
    assert drawn_field(an_element("rich_text_input"), {"value": rich}).one("textarea").words == "\nhi"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, None),
        ({"dispatch_action": True}, "enter"),
        ({"dispatch_action": True, "on": ["on_character_entered"]}, "typing"),
    ],
)
def test_when_typing_is_sent(more: Json, said: str | None) -> None:
    """Typing reaches the bot when the bot asked for it."""
    on = more.get("on")
    element = an_element(
        "plain_text_input", **({"dispatch_action_config": {"trigger_actions_on": on}} if on else {})
    )
    block = input_block(element, **{key: value for key, value in more.items() if key != "on"})
    assert drawn(block).one("input").attrs.get("data-dispatch") == said


def test_label_hint_and_error() -> None:
    """A field says what it is for, whether it must be filled, what helps, and what is wrong with it."""
    root = drawn(
        input_block(an_element("plain_text_input"), hint=plain("Help"), optional=True),
        errors={"b": "Wrong <b>"},
    )
    field = root.one("input")
    assert root.one("label").words == "Label (optional)"
    assert field.attrs["aria-invalid"] == "true"
    described = [root.one(id=found).words for found in field.attrs["aria-describedby"].split()]
    assert described == ["Wrong <b>", "Help"]


@pytest.mark.parametrize(("kind", "type_"), [("checkboxes", "checkbox"), ("radio_buttons", "radio")])
def test_boxes(kind: str, type_: str) -> None:
    """Boxes stand under their label, the chosen ones ticked; what each means stands beside it."""
    several = kind == "checkboxes"
    chosen = {"selected_options": [TWO]} if several else {"selected_option": TWO}
    element = an_element(kind, options=[ONE, TWO])
    group = drawn_field(element, chosen, errors={"b": "Choose"}).one("fieldset", data_kind=kind)
    assert group.one("legend").words == "Label"
    assert [("checked" in box.attrs, box.attrs["value"]) for box in group.all("input", type=type_)] == [
        (False, "1"),
        (True, "2"),
    ]
    assert group.all("label")[0].words == "Onefirst"
    assert len({box.attrs["name"] for box in group.all("input")}) == 1
    initial = {"initial_options": [ONE]} if several else {"initial_option": ONE}
    assert "checked" in drawn_field({**element, **initial}).all("input")[0].attrs


@pytest.mark.parametrize(
    ("kind", "value", "type_", "shown"),
    [
        ("datepicker", {"selected_date": "2026-11-24"}, "date", "2026-11-24"),
        ("timepicker", {"selected_time": "09:30"}, "time", "09:30"),
        ("datetimepicker", {"selected_date_time": 1_795_482_123}, "datetime-local", "2026-11-24T12:02"),
        ("datetimepicker", {"selected_date_time": None}, "datetime-local", ""),
    ],
)
def test_dates_and_times(kind: str, value: Json, type_: str, shown: str) -> None:
    """Dates and times are shown in the reader's zone."""
    assert (
        drawn_field(an_element(kind), value).one("input", type=type_, data_kind=kind).attrs["value"] == shown
    )


@pytest.mark.parametrize("kind", sorted(set(KNOWN) - _STATELESS))
def test_untouched_state(kind: str) -> None:
    """The state the workspace keeps of a field nobody touched draws the same as no state at all."""
    element = an_element(
        kind,
        options=[ONE, TWO],
        initial_value="x",
        initial_option=ONE,
        initial_options=[ONE],
        initial_user="U0TOM",
    )
    assert draw(
        [input_block(element)], reader=READER, prefix="p", state={"b": {"a": first_value(element)}}
    ) == draw([input_block(element)], reader=READER, prefix="p")
