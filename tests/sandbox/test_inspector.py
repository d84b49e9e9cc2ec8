"""The inspector shows what went between Slack, bot and providers, and where exactly Slack said no."""

import pytest

from bot.sandbox.pages.asked import Asked, read_asked
from bot.sandbox.pages.inspector import exchange_view, inspector_view
from bot.sandbox.pages.templating import environment
from bot.sandbox.records import Begun, Records
from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import Json
from tests.sandbox.fake_bot import FakeBot, section


def asked(sandbox: Sandbox, show: str = "all") -> Asked:
    """Maria's screen with the inspector open."""
    query = {"as": "maria", "panel": "inspector", "show": show}
    return read_asked(sandbox.world, "C0GENERAL", query)


def drawn(sandbox: Sandbox, show: str = "all") -> str:
    """The list as HTML."""
    view = inspector_view(sandbox.records, asked(sandbox, show))
    return environment().get_template("inspector.html").render(inspector=view)


def opened(sandbox: Sandbox, number: int) -> str:
    """One exchange as HTML."""
    view = exchange_view(sandbox.records, number)
    return environment().get_template("exchange.html").render(exchange=view)


async def test_the_newest_stands_on_top(sandbox: Sandbox, bot: FakeBot) -> None:
    """One reads what has just happened without scrolling."""
    bot.answer = lambda _payload: {"text": "x"}
    await sandbox.person("maria").types("/lexer help")
    await bot.call("chat.postMessage", channel="C0GENERAL", text="x")
    lines = inspector_view(sandbox.records, asked(sandbox)).lines
    assert [(line.name, line.source, line.target) for line in lines] == [
        ("chat.postMessage", "bot", "Slack"),
        ("/lexer help", "Slack", "bot"),
    ]
    assert {line.badge for line in lines} == {"ok"}


async def test_a_call_during_a_delivery_stands_above_it(sandbox: Sandbox, bot: FakeBot) -> None:
    """The order is that of the beginnings: what a press led to comes after the press."""

    async def answer() -> Json:
        await bot.call("auth.test")
        return {"text": "x"}

    bot.answer = lambda _payload: answer()
    await sandbox.person("maria").types("/lexer")
    lines = inspector_view(sandbox.records, asked(sandbox)).lines
    assert [line.name for line in lines] == ["auth.test", "/lexer"]


async def test_a_refusal_shows_the_error_the_place_and_what_stands_there(
    sandbox: Sandbox, bot: FakeBot
) -> None:
    """Whoever made a mistake in a view sees which part Slack would not take, and why."""
    wrong = section("a" * 3001)
    await bot.call("chat.postMessage", channel="C0GENERAL", text="x", blocks=[section("good"), wrong])
    (line,) = inspector_view(sandbox.records, asked(sandbox, "refused")).lines
    assert (line.badge, line.mood) == ("refused", "bad")
    view = exchange_view(sandbox.records, line.number)
    assert view is not None
    (found,) = view.wrongs
    assert found.error == "invalid_blocks"
    (place,) = found.places
    assert place.pointer == "/blocks/1/text/text"
    assert place.words == "must be less than 3001 characters"
    assert place.part is not None
    assert place.part.startswith("aaaa")
    assert "Refused:" in opened(sandbox, line.number)


async def test_a_missing_part_shows_what_is_around_it(sandbox: Sandbox, bot: FakeBot) -> None:
    """Where something lacks, one sees in what."""
    await bot.call("chat.postMessage", channel="C0GENERAL", text="x", blocks=[{"type": "section"}])
    view = exchange_view(sandbox.records, 1)
    assert view is not None
    (place,) = view.wrongs[0].places
    assert place.pointer == "/blocks/0"
    assert place.part == '{\n  "type": "section"\n}'


async def test_a_refused_ack_shows_the_part_of_the_answer(sandbox: Sandbox, bot: FakeBot) -> None:
    """In a delivery it is the bot's answer that is judged."""
    bot.answer = lambda _payload: {"text": "x", "blocks": [{"type": "novelty"}]}
    await sandbox.person("maria").types("/lexer")
    view = exchange_view(sandbox.records, 1)
    assert view is not None
    assert [place.part for place in view.wrongs[0].places] == ["novelty"]


async def test_the_filters_say_how_many_there_are(sandbox: Sandbox, bot: FakeBot) -> None:
    """Each filter is a link to the same screen, and shows only its own."""
    await sandbox.person("maria").types("/lexer")
    await bot.call("auth.test")
    await bot.call("chat.postMessage", channel="C0NOWHERE", text="x")
    view = inspector_view(sandbox.records, asked(sandbox, "to_slack"))
    assert [(one.name, one.count, one.is_here) for one in view.filters] == [
        ("All", 3, False),
        ("Refused", 1, False),
        ("To bot", 1, False),
        ("To Slack", 2, True),
        ("Providers", 0, False),
    ]
    assert "panel=inspector&show=refused" in view.filters[1].url
    assert [line.name for line in view.lines] == ["chat.postMessage", "auth.test"]
    html = drawn(sandbox, "to_provider")
    assert "Nothing of this kind has been sent yet." in html
    assert "data-stay" in html


async def test_what_the_bot_writes_is_text_never_markup(sandbox: Sandbox, bot: FakeBot) -> None:
    """A payload with HTML in it is shown, not run."""
    evil = "<script>alert(1)</script>\"'><img src=x>"
    bot.answer = lambda _payload: {"text": evil}
    await sandbox.person("maria").types(f"/lexer {evil}")
    for html in (drawn(sandbox), opened(sandbox, 1)):
        assert "<script" not in html
        assert "<img" not in html
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize("pointer", ["/blocks/999999999999999999999/x", "/blocks/-1", "//", "", "/a~1b/~0"])
def test_a_pointer_to_nowhere_is_no_trouble(pointer: str) -> None:
    """Whatever a refusal names, the exchange can be opened."""
    records = Records()
    number = records.exchanged(Begun(), way="to Slack", name="x", sent={"blocks": [1], "a/b": {"~": 2}})
    records.refuse("x", "invalid", (f"[ERROR] wrong [json-pointer:{pointer}]", "no pointer"), exchange=number)
    view = exchange_view(records, number)
    assert view is not None
    assert [place.words for place in view.wrongs[0].places] == ["wrong", "no pointer"]
    environment().get_template("exchange.html").render(exchange=view)


def test_old_ones_are_counted_and_gone_ones_are_none(sandbox: Sandbox) -> None:
    """A hundred are listed; a number nobody has is nothing."""
    for _ in range(120):
        sandbox.records.exchanged(Begun(), way="to provider", name="GET api.x.com/2/users/me", sent="")
    view = inspector_view(sandbox.records, asked(sandbox))
    assert (len(view.lines), view.left_out) == (100, 20)
    assert exchange_view(sandbox.records, 999) is None
    assert "20 older ones are not shown." in drawn(sandbox)
    assert "it holds keys" in opened(sandbox, 1)


@pytest.mark.parametrize(
    ("status", "badge", "about"),
    [(200, "ok", "status 200"), (503, "503", "status 503"), (0, "no answer", "No answer came")],
)
def test_how_it_ended_is_in_words(sandbox: Sandbox, status: int, badge: str, about: str) -> None:
    """A failing provider or a silent bot is told apart from a refusal."""
    number = sandbox.records.exchanged(Begun(), way="to bot", name="x", sent="raw text", status=status)
    (line,) = inspector_view(sandbox.records, asked(sandbox)).lines
    assert line.badge == badge
    html = opened(sandbox, number)
    assert about in html
    assert "raw text" in html
