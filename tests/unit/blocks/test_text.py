"""Other people's words on our screens."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blocks import text
from blocks.parts import metadata, mrkdwn, plain

# What mrkdwn would act on if it came from a name.
ACTS = re.compile(r"[<>*~`]|&(?!(?:amp|lt|gt);)|:[\w+'-]+:|://|@(?:channel|here|everyone)\b", re.IGNORECASE)
ANYTHING = st.text() | st.text(alphabet="*_~`<>&@#!|:/ \n\u202e\u2066\u200b\u200dab\u0628")


@given(ANYTHING)
@example("<!channel> <@U1> <#C1> <https://a.example|b> &lt;!here&gt; @everyone")
@example(":`:")
@example("*bold* _it_ ~gone~ `code` :red_circle: http://a.example")
def test_a_name_never_acts(name: str) -> None:
    """Whatever an account is called, its name is only read: no mention, no link, no formatting."""
    drawn = text.name(name)
    assert not ACTS.search(drawn), drawn
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", drawn)


@given(ANYTHING)
def test_a_name_is_one_visible_line(name: str) -> None:
    """A name never breaks the line, hides, or turns the text around it."""
    drawn = text.plain_name(name)
    assert drawn
    assert not re.search("[\n\r\t\u200b\u202a-\u202e\u2028\u2029\ufeff]", drawn)
    assert drawn.count("\u2068") == drawn.count("\u2069") <= 1
    json.dumps(drawn).encode()


def test_ordinary_names_stay_as_they_are() -> None:
    """An ordinary name reads on screen as it does at the provider."""
    for name in ("@acme", "my_shop", "Acme & Söhne", "acme.myshopify.com", "日本", "12:30", "👩‍👩‍👧"):
        assert text.plain_name(name) == name
    assert text.name("my_shop") == "my_shop"
    assert text.name("Acme & Söhne") == "Acme &amp; Söhne"


def test_plain_text_is_not_escaped() -> None:
    """A button never shows "&amp;"."""
    assert text.plain_name("A & <B>") == "A & <B>"
    assert plain(text.plain_name("A & <B>"), 75)["text"] == "A & <B>"


def test_right_to_left_names_keep_to_themselves() -> None:
    """A Hebrew or Arabic name does not reorder the sentence around it."""
    assert text.plain_name("متجر") == "\u2068متجر\u2069"
    assert text.plain_name("\u202eevil\u202c") == "evil"


@pytest.mark.parametrize("name", ["", " ", "\n", "\u200b\u2060", "\u3164", "\u200d\u200c"])
def test_a_name_of_nothing_is_called_so(name: str) -> None:
    """An account whose name cannot be seen can still be pointed at."""
    assert text.plain_name(name) == text.NAMELESS


@given(st.text(), st.integers(min_value=2, max_value=100))
def test_shortened_text_fits(words: str, limit: int) -> None:
    """Long text ends with an ellipsis and never breaks Slack's limit, emoji or not."""
    short = text.shorten(words, limit)
    assert len(short.encode("utf-16-le", "surrogatepass")) // 2 <= limit
    assert short == words or short.endswith("…")


def test_3001_characters_are_one_too_many() -> None:
    """The 3,001st character gives way to an ellipsis; 3,000 fit."""
    assert mrkdwn("x" * 3000)["text"] == "x" * 3000
    assert mrkdwn("x" * 3001)["text"] == "x" * 2999 + "…"


@given(
    st.integers(min_value=2990, max_value=3010),
    st.sampled_from(["&amp;", "<@U0MARIA>", "<!date^1^{time}|x>"]),
)
def test_cutting_leaves_no_half_mention(length: int, token: str) -> None:
    """A cut never falls inside an escaped character, a mention or a date."""
    cut = mrkdwn("x" * length + token + "y" * 50)["text"]
    assert len(cut) <= 3000
    assert cut.removesuffix("…").replace(token, "").strip("xy") == ""


def test_dates_are_the_readers_own() -> None:
    """A time is shown in the reader's zone, and in UTC where Slack cannot."""
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert text.when(noon) == "<!date^1795521600^{date_short_pretty} at {time}|2026-11-24 12:00 UTC>"
    elsewhere = noon.astimezone(timezone(timedelta(hours=9)))
    assert text.when(elsewhere) == text.when(noon)
    assert text.day(noon) == "<!date^1795521600^{date_short_pretty}|2026-11-24>"
    assert text.clock(noon) == "<!date^1795521600^{time}|12:00 UTC>"


def test_numbers_read_as_people_say_them() -> None:
    """One person, many people; one property, two properties."""
    assert (text.people(0), text.people(1), text.people(1400)) == ("0 people", "1 person", "1,400 people")
    assert text.count(2, "property") == "2 properties"
    assert text.count(1, "ad account") == "1 ad account"
    assert (text.plural("business"), text.plural("key"), text.plural("inbox")) == (
        "businesses",
        "keys",
        "inboxes",
    )
    assert (text.article("ad account"), text.article("shop")) == ("an ad account", "a shop")
    assert text.can_use(0) == "Nobody can use it yet."


def test_lists_name_some_and_count_the_rest() -> None:
    """A long list names a few and counts the rest."""
    assert text.names([]) == ""
    assert text.names(["a"]) == "a"
    assert text.names(["a", "b", "c"]) == "a, b and c"
    assert text.names(["a"] * 17) == "a, a, a, a, a and 12 more"
    assert text.plain_names(["a"] * 17, 3) == "a, a, a and 14 more"
    assert text.mentions(["U1", "U2"]) == "<@U1> or <@U2>"
    assert text.mentions(["U1"] * 9, 2) == "<@U1>, <@U1> and 7 more"
    assert text.user("!channel") == "someone"


@given(st.text())
def test_what_travels_in_a_button_fits(words: str) -> None:
    """Filter words come back whole from a button, however odd, up to 250 characters."""
    value = metadata(w=words, p=3)
    assert len(value) <= 2000
    assert json.loads(value) == {"w": text.shorten(words, 250), "p": 3}
