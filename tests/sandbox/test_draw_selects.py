"""Selects show what is chosen, and their lists what may be."""

import pytest

from bot.sandbox.pages.draw import draw_options
from tests.sandbox.drawn import READER, drawn, drawn_field, parsed
from tests.sandbox.made_blocks import ONE, TWO, Json, an_element, plain


@pytest.mark.parametrize(
    ("element", "value", "label"),
    [
        (an_element("static_select", options=[ONE, TWO]), {"selected_option": TWO}, "Two"),
        (an_element("external_select"), {"selected_option": ONE}, "One"),
        (an_element("users_select"), {"selected_user": "U0MARIA"}, "Maria Silva"),
        (an_element("users_select"), {"selected_user": "U0NOBODY"}, "U0NOBODY"),
        (an_element("channels_select"), {"selected_channel": "C0GENERAL"}, "#general"),
        (an_element("conversations_select"), {"selected_conversation": "U0TOM"}, "Tom Baker"),
        (an_element("users_select", initial_user="U0TOM"), None, "Tom Baker"),
        (an_element("users_select", initial_user="U0TOM"), {"selected_user": None}, ""),
    ],
)
def test_chosen(element: Json, value: Json | None, label: str) -> None:
    """A select shows the name of what is chosen."""
    combobox = drawn_field(element, value).one("input", role="combobox")
    assert combobox.attrs["value"] == label
    assert bool(combobox.attrs["data-value"]) == bool(label)


def test_several_chosen() -> None:
    """Where several may be chosen each has a chip that can be taken away again."""
    element = an_element("multi_users_select", max_selected_items=3, initial_users=["U0MARIA", "U0TOM"])
    select = drawn_field(element).one(class_="bk-select")
    assert [
        (chip.attrs["data-value"], chip.one("span").words) for chip in select.all("li", class_="bk-chip")
    ] == [
        ("U0MARIA", "Maria Silva"),
        ("U0TOM", "Tom Baker"),
    ]
    assert select.one("button", data_drop="U0TOM").attrs["aria-label"] == "Remove Tom Baker"
    assert (select.attrs["data-several"], select.attrs["data-most"]) == ("true", "3")


@pytest.mark.parametrize(
    ("more", "least"), [({}, "3"), ({"min_query_length": 0}, "0"), ({"min_query_length": "x"}, "3")]
)
def test_letters_before_a_search(more: Json, least: str) -> None:
    """A searched select asks for as many letters as Slack's does."""
    assert (
        drawn_field(an_element("external_select", **more)).one(class_="bk-select").attrs["data-least"]
        == least
    )


def test_names_without_a_label() -> None:
    """A select in a row is called by its placeholder, beside a section by the section's words."""
    named = an_element("static_select", options=[ONE], placeholder=plain("Choose one"))
    row = drawn({"type": "actions", "elements": [named]}).one("input")
    assert row.attrs["aria-label"] == "Choose one"
    root = drawn(
        {"type": "section", "text": plain("Which?"), "accessory": an_element("static_select", options=[ONE])}
    )
    assert root.one(id=root.one("input").attrs["aria-labelledby"]).words == "Which?"


def test_options() -> None:
    """A list shows options under their groups, what each means, and which are chosen."""
    html = draw_options([{"label": plain("Group"), "options": [ONE, TWO]}, {"options": []}], READER, {"2"})
    root = parsed(html)
    assert root.one("li", class_="bk-group").words == "Group"
    assert [
        (one.attrs["data-value"], one.attrs["aria-selected"]) for one in root.all("li", role="option")
    ] == [
        ("1", "false"),
        ("2", "true"),
    ]
    assert root.all("li", role="option")[0].one("small").words == "first"
    assert (
        parsed(draw_options([], READER, (), "Type 3 letters or more")).one("li", class_="bk-hint").words
        == "Type 3 letters or more"
    )
