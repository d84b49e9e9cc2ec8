"""Whatever a payload holds, the page is drawn and stays safe."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox.pages.draw_rich import LEAVES
from bot.sandbox.rules_blocks import BLOCKS as KNOWN_BLOCKS
from bot.sandbox.rules_elements import ELEMENTS as KNOWN_ELEMENTS
from tests.sandbox.drawn import drawn
from tests.sandbox.made_blocks import Json

_KEYS = [
    "type",
    "text",
    "elements",
    "element",
    "accessory",
    "fields",
    "label",
    "hint",
    "options",
    "option_groups",
    "value",
    "url",
    "confirm",
    "style",
    "rows",
    "level",
    "alt_text",
    "block_id",
    "action_id",
    "initial_value",
    "initial_options",
    "initial_option",
    "initial_date_time",
    "indent",
    "offset",
    "column_settings",
    "placeholder",
    "image_url",
    "title",
    "optional",
    "dispatch_action",
    "dispatch_action_config",
    "max_selected_items",
    "min_query_length",
    "multiline",
]


_KINDS = [
    *KNOWN_BLOCKS,
    *KNOWN_ELEMENTS,
    *LEAVES,
    "mrkdwn",
    "plain_text",
    "rich_text_section",
    "rich_text_list",
    "raw_text",
]


_LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(_KINDS),
    st.just("javascript:x"),
)


_ABSURD = st.recursive(
    _LEAF,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(_KEYS), inner, max_size=6),
        st.builds(
            lambda kind, more: {**more, "type": kind},
            st.sampled_from(_KINDS),
            st.dictionaries(st.sampled_from(_KEYS), inner),
        ),
    ),
    max_leaves=25,
)


@settings(max_examples=200)
@given(st.lists(_ABSURD, max_size=4), st.dictionaries(st.sampled_from(["a", "b"]), _ABSURD), _ABSURD)
def test_absurd_payloads(blocks: list[Any], state: Json, error: Any) -> None:
    """Whatever a payload holds in place of what belongs there, the page is drawn and stays safe."""
    drawn(*blocks, state=state, errors={"a": error})


@pytest.mark.parametrize("kind", KNOWN_BLOCKS)
@settings(max_examples=30)
@given(more=st.dictionaries(st.sampled_from(_KEYS), _ABSURD))
def test_absurd_blocks(kind: str, more: Json) -> None:
    """No field of any block breaks the page when it is of the wrong type."""
    drawn({**more, "type": kind})
