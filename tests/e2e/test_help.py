"""`/lexer help`, slips of the fingers, and an integration's name typed without its command."""

from itertools import product

from tests.e2e.house import House
from tests.e2e.ways import BOTH_MODES, TWO_WAYS


async def said(house: House, text: str) -> str:
    """The answer to a command."""
    return (await house.answer(house.tom, text)).replace("`", "")


async def test_help_lists_what_can_be_typed(house: House) -> None:
    """Every command in one line, for the asker only, also before there is a Group."""
    seen = await said(house, "/lexer help")
    assert "/lexer integrations Everything you can connect" in seen
    assert "/lexer groups The Groups, and how many people are in each" in seen
    assert "/lexer help This list." in seen
    assert "There is no command" not in seen
    assert not house.maria.messages


@TWO_WAYS
async def test_a_slip_is_answered_with_the_nearest_command(house: House) -> None:
    """A typo shows what was typed, what was probably meant, and the list."""
    for typed, meant in {
        "integratoins": "/lexer integrations",
        "gruops": "/lexer groups",
        "hlep": "/lexer help",
        "INTEGRATION": None,
    }.items():
        seen = await said(house, f"/lexer {typed}")
        if meant is None:
            assert "There is no command" not in seen
        else:
            assert f'There is no command "{typed}". Did you mean {meant}?' in seen
            assert "What you can type" in seen


@TWO_WAYS
async def test_a_name_without_its_command_is_understood(house: House) -> None:
    """`/lexer shopify` leads to `/lexer integrations shopify`, also with an alias or a slip."""
    assert "Did you mean /lexer integrations shopify?" in await said(house, "/lexer shopify")
    assert "Did you mean /lexer integrations twitter?" in await said(house, "/lexer twitter")
    assert "Did you mean /lexer integrations twitter?" in await said(house, "/lexer twiter")
    assert "Did you mean /lexer integrations disconnected?" in await said(house, "/lexer disconnected")


NONSENSE = {
    "8 kB": "x" * 8000,
    "8 kB of words": "word " * 1600,
    "newlines": "what\nis\nthis",
    "smart quotes": "“what”  ‘is’ — this",
    "emoji": "🟢🔴👩‍👩‍👧",
    "mentions": "<!channel> <@U0ADA> <#C0GENERAL|general>",
    "mrkdwn": "*_~`a`~_* & < >",
    "right to left": "\u202eabc \u05d0\u05d1",
    "control": "a\x00b\x07c",
    "looks like a form": "payload=%7B%22type%22%3A%22block_actions%22%7D",
}


@BOTH_MODES
async def test_whatever_is_typed_gets_an_answer(house: House) -> None:
    """Nothing that can be typed breaks the bot, mentions anybody or is left without an answer."""
    await house.set_up()
    for start, (name, text) in product(("/lexer", "/lexer integrations"), NONSENSE.items()):
        before = len(house.tom.messages)
        await house.answer(house.tom, f"{start} {text}")
        assert len(house.tom.messages) == before + 1, name
        (answer,) = house.tom.messages[-1:]
        assert "<!channel>" not in str(answer.blocks) + answer.text, name
        assert "<@U0ADA>" not in str(answer.blocks) + answer.text, name
        assert len(answer.text) < 3000, name
        assert "Something broke" not in answer.text, name


@BOTH_MODES
async def test_an_empty_command_is_the_listing(house: House) -> None:
    """`/lexer` and nothing, or only blanks and line breaks, lists the integrations."""
    await house.set_up()
    for text in ("/lexer", "/lexer   ", "/lexer \n\u200b\n", "/lexer LIST", "/lexer “integrations”"):
        assert "Nothing is connected yet." in await said(house, text)
