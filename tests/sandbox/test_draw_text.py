"""Text is drawn as Slack draws it, and whatever somebody writes stays text."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.pages.draw import draw_text
from bot.sandbox.pages.draw_markdown import markdown
from tests.sandbox.drawn import READER, Node, check_safe, parsed
from tests.sandbox.made_blocks import Json

MOMENT = int(datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC).timestamp())
"""Two minutes past noon in Melbourne."""
_MARKS = [
    "*",
    "_",
    "~",
    "`",
    "```",
    "<",
    ">",
    "|",
    "!",
    "@",
    "#",
    "&",
    "&lt;",
    "&amp;",
    '"',
    "'",
    ":",
    ":tada:",
    "\n",
    " ",
]
_WORDS = [
    "a",
    "javascript:alert(1)",
    "https://x.example/",
    "<script>",
    "<b onclick=x>",
    "!date^1^{ago}^data:x|y",
    ">>>",
]
_ANY = st.one_of(st.text(), st.lists(st.sampled_from(_MARKS + _WORDS), max_size=30).map("".join))


def _drawn(text: str) -> Node:
    return parsed(draw_text(text, READER))


def _plain(text: str, **more: bool) -> Json:
    return {"type": "plain_text", "text": text, **more}


@pytest.mark.parametrize(
    ("written", "drawn"),
    [
        ("*bold* _italic_ ~strike~", "<strong>bold</strong> <em>italic</em> <s>strike</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        ("*over\nlines*", "*over<br>lines*"),
        ("* no* *no *", "* no* *no *"),
        ("`*code* &lt;b&gt;`", '<code class="bk-code">*code* &lt;b&gt;</code>'),
        ("a\n```\nx *y*\n```\nb", 'a<pre class="bk-pre"><code>x *y*</code></pre>b'),
        ("> one\n&gt; two\nout", '<blockquote class="bk-quote">one<br>two</blockquote>out'),
        (">>> all\nof it", '<blockquote class="bk-quote">all<br>of it</blockquote>'),
        ("&lt;a&gt; &amp;amp; &quot;", "&lt;a&gt; &amp;amp; &amp;quot;"),
        ("<!foo|words> <!foo>", "words &lt;foo&gt;"),
    ],
)
def test_formats(written: str, drawn: str) -> None:
    """What formats in Slack formats here, and what does not there does not here."""
    assert draw_text(written, READER) == drawn


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("<@U0MARIA>", "@Maria Silva"),
        ("<@U0NOBODY|nobody>", "@nobody"),
        ("<@U0NOBODY>", "@U0NOBODY"),
        ("<#C0GENERAL>", "#general"),
        ("<#C0OTHER|other>", "#other"),
        ("<!subteam^S1|@devs>", "@devs"),
        ("<!here>", "@here"),
    ],
)
def test_mentions(written: str, words: str) -> None:
    """People, channels and groups are called by their names."""
    assert _drawn(written).one("span", class_="bk-mention").words == words


def test_links() -> None:
    """A link shows its label and leads where it says, in a window of its own."""
    link = _drawn("<https://a.example/?x=1&amp;y=2|*Label* &amp; :tada:>").one("a")
    assert (link.words, link.attrs["href"]) == ("*Label* & 🎉", "https://a.example/?x=1&y=2")
    assert _drawn("<mailto:a@b.example>").one("a").words == "a@b.example"


def test_bare_links() -> None:
    """An address alone becomes a link, without the full stop after it, unless the text is verbatim."""
    written = "See https://a.example/c_d_e. (http://b.example)"
    assert [link.attrs["href"] for link in _drawn(written).all("a")] == [
        "https://a.example/c_d_e",
        "http://b.example",
    ]
    verbatim = draw_text({"type": "mrkdwn", "text": written, "verbatim": True}, READER)
    assert verbatim == written


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:x",
        "data:text/html,x",
        "java\tscript:x",
        "//x.example",
        "https://",
        "x",
    ],
)
def test_dangerous_links(address: str) -> None:
    """What a browser must not follow stays words."""
    drawn = _drawn(f"<{address}|press me> <!date^{MOMENT}^{{time}}^{address}|x>")
    assert drawn.all("a") == []
    assert drawn.words == "press me 12:02 PM"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (":tada:", "🎉"),
        (":large_green_circle: :red_circle:", "🟢 🔴"),
        (":wave::skin-tone-2:", "👋🏻"),
        (":flag-nz:", "🇳🇿"),
        (":no_such_one: 12:30:45", ":no_such_one: 12:30:45"),
        (":nope:tada:", ":nope🎉"),
    ],
)
def test_emoji(written: str, shown: str) -> None:
    """Slack's short names are pictures, and what is none stays as it was written."""
    assert _drawn(written).words == shown


def test_plain_text() -> None:
    """Plain text formats nothing; its emoji can be switched off, lines stay lines."""
    assert draw_text(_plain("*a* <b> :tada:\n&lt;"), READER) == "*a* &lt;b&gt; 🎉<br>&amp;lt;"
    assert draw_text(_plain(":tada:", emoji=False), READER) == ":tada:"


@given(_ANY, st.booleans())
def test_text_stays_text(text: str, verbatim: bool) -> None:  # noqa: FBT001 - hypothesis hands it over
    """Whatever is written, no tag or attribute of its own comes out."""
    root = parsed(draw_text({"type": "mrkdwn", "text": text, "verbatim": verbatim}, READER))
    check_safe(root)
    for node in root.all():
        assert node.tag in {"strong", "em", "s", "code", "pre", "blockquote", "br", "a", "span", "time"}
        assert set(node.attrs) <= {"class", "href", "target", "rel", "datetime"}
    assert {node.tag for node in parsed(draw_text(_plain(text), READER)).all()} <= {"br"}


@given(_ANY)
def test_words_are_kept(text: str) -> None:
    """Plain text shows every letter it was given."""
    shown = "".join(
        letter for letter in text.replace("\r\n", "\n") if letter.isprintable() or letter.isspace()
    )
    drawn = parsed(draw_text(_plain(text, emoji=False), READER)).words
    assert [letter for letter in drawn if letter.isprintable()] == [
        letter for letter in shown if letter.isprintable()
    ]


@given(_ANY)
def test_markdown_stays_harmless(text: str) -> None:
    """Standard Markdown brings no HTML of its own, no picture, no style and no dangerous link."""
    check_safe(parsed(markdown(text)))


def test_markdown() -> None:
    """Headings, lists, tables, code and links of standard Markdown are drawn; a picture is its words."""
    written = "# Big\n**b** ~~s~~ [x](https://a.example) ![pic](https://b.example/p.png)\n\n- a\n\n| N | O |\n|--|--:|\n| 1 | 2 |"
    root = parsed(markdown(written))
    assert root.one("h3").words == "Big"
    assert root.one("a").attrs["href"] == "https://a.example"
    assert root.one("span", class_="bk-picture-words").words == "pic b.example"
    assert root.one("th", class_="is-right").words == "O"
    assert root.one("s").words == "s"


def test_half_characters() -> None:
    """Half a character from a broken client does not stop the page from being sent."""
    assert draw_text("a\ud83d", READER).encode() == "a\ufffd".encode()


@pytest.mark.parametrize(
    "text", ["*a " * 1000, "<" * 3000, "`" * 3000, ":a" * 1500, "*_~" * 1000, "&gt;" * 750]
)
def test_long_nonsense(text: str) -> None:
    """The longest nonsense Slack lets through is drawn like any other text."""
    check_safe(_drawn(text))
