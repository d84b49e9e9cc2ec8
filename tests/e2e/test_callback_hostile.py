"""What may come to `/oauth/callback/<key>` besides a genuine way back. One bot for the whole file; each variant begins anew in it.

After each: no account, no call to the provider, one plain page, and the state is used up or untouched, never half.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio

from store.records import Attempt, Stage
from tests.e2e.connecting import (
    attempts_kept,
    query_of,
    secrets_kept,
    shared_house,
    to_consent,
    visit,
    way_back,
)
from tests.e2e.house import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Bot and world, shared."""
    async with shared_house(tmp_path_factory) as made:
        yield made


async def genuine(house: House) -> tuple[str, Attempt]:
    """A way back nobody has used, and the attempt it belongs to."""
    if house.maria.modals:
        await house.maria.closes(everything=True)
    await to_consent(house, house.maria)
    view = house.maria.screen.view
    assert view is not None
    back = await way_back(house.maria.browser)
    (attempt,) = [a for a in await attempts_kept(house) if a.id == view.external_id]
    return back, attempt


async def stage_of(house: House, attempt: Attempt) -> Stage:
    """Where the attempt stands now."""
    return next(a.stage for a in await attempts_kept(house) if a.id == attempt.id)


async def is_untouched(house: House, back: str, attempt: Attempt) -> None:
    """The state still counts: the genuine way back goes on."""
    assert await stage_of(house, attempt) is Stage.SIGNING_IN
    page = await visit(back, cookies=house.maria.browser.cookies)
    assert "You are signed in" in page.text
    assert await stage_of(house, attempt) is Stage.GROUPS
    await house.settle()


Change = Callable[[str, str], list[tuple[str, str]]]
UNTOUCHED: dict[str, Change] = {
    "1 no query": lambda _c, _s: [],
    "2 code only": lambda c, _s: [("code", c)],
    "6 state twice": lambda c, s: [("code", c), ("state", s), ("state", s)],
    "6 state twice, one foreign": lambda c, s: [("code", c), ("state", s), ("state", "x" * 43)],
    "7 code twice": lambda c, s: [("code", c), ("code", c), ("state", s)],
    "12 one bit changed": lambda c, s: [("code", c), ("state", chr(ord(s[0]) ^ 1) + s[1:])],
    "12 cut": lambda c, s: [("code", c), ("state", s[:-1])],
    "12 longer": lambda c, s: [("code", c), ("state", s + "A")],
    "12 other case": lambda c, s: [("code", c), ("state", s.swapcase())],
    "12 blank around": lambda c, s: [("code", c), ("state", f" {s} ")],
    "13 of a key that never was": lambda c, _s: [("code", c), ("state", "k1." + "A" * 40)],
    "14 a state of 5 kB": lambda c, _s: [("code", c), ("state", "A" * 5_000)],
    "15 NUL": lambda c, s: [("code", c), ("state", f"{s}\x00")],
    "15 CR LF": lambda c, s: [("code", c), ("state", f"{s}\r\nSet-Cookie: a=b")],
    "16 an empty state": lambda c, _s: [("code", c), ("state", "")],
    "many fields": lambda c, s: [("code", c), ("state", s), *((f"n{i}", "x") for i in range(60))],
}


@pytest.mark.parametrize("name", UNTOUCHED)
async def test_the_state_stays_whole(house: House, name: str) -> None:
    """What cannot be the provider's answer uses nothing up; the person's own way back still works."""
    back, attempt = await genuine(house)
    told = query_of(back)
    fields = UNTOUCHED[name](told["code"], told["state"])
    text = "&".join(f"{quote(n)}={quote(v)}" for n, v in fields)
    page = await visit(f"{house.url}/oauth/callback/twitter?{text}", cookies=house.maria.browser.cookies)
    assert page.status_code == 400
    assert "Nothing was connected" in page.text
    assert told["state"] not in page.text
    assert told["code"] not in page.text
    await is_untouched(house, back, attempt)


RAW = {
    "14 a state of 100 kB": "state=" + "A" * 100_000,
    "15 a bare NUL escape": "code=x&state=%00",
    "15 not UTF-8": "code=x&state=%ff%fe%80",
    "15 a broken escape": "code=x&state=%zz%",
    "16 a surrogate": "code=x&state=%ed%a0%80",
    "semicolons": "code=x;state=y",
    "no names": "=&=&==",
}


@pytest.mark.parametrize("name", RAW)
async def test_raw_nonsense(house: House, name: str) -> None:
    """Bytes no browser sends on purpose get a short page, and no stack trace."""
    answer = await _raw(house.url, f"/oauth/callback/twitter?{RAW[name]}")
    assert re.match(r"HTTP/1.1 (400|414|431) ", answer)
    assert "Traceback" not in answer
    assert len(answer) < 10_000


async def _raw(url: str, target: str) -> str:
    """One request with a target no HTTP library would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    try:
        writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        return (await reader.read()).decode()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "key", ["shopify", "facebook_ads", "nobody", "TWITTER", "twitter%00", "..%2ftwitter", "é"]
)
async def test_on_the_path_of_another_provider(house: House, key: str) -> None:
    """19: a state counts only on the path of the provider it was made for."""
    back, attempt = await genuine(house)
    page = await visit(
        f"{house.url}/oauth/callback/{key}?{urlsplit(back).query}", cookies=house.maria.browser.cookies
    )
    assert page.status_code in {400, 404}
    await is_untouched(house, back, attempt)


USED_UP: dict[str, tuple[Change, str]] = {
    "3 state only": (lambda _c, s: [("state", s)], "could not read"),
    "3 an empty code": (lambda _c, s: [("code", ""), ("state", s)], "could not read"),
    "4 cancelled": (lambda _c, s: [("error", "access_denied"), ("state", s)], "was cancelled"),
    "5 error and code": (
        lambda c, s: [("error", "access_denied"), ("code", c), ("state", s)],
        "was cancelled",
    ),
    "16 a code of 10 kB": (lambda _c, s: [("code", "A" * 10_000), ("state", s)], "did not accept"),
    "16 a code with blanks": (lambda _c, s: [("code", "a\r\nb"), ("state", s)], "did not accept"),
    "17 another issuer": (
        lambda c, s: [("code", c), ("state", s), ("iss", "https://accounts.evil.example")],
        "did not fit this sign-in",
    ),
    "17 another provider's issuer": (
        lambda c, s: [("code", c), ("state", s), ("iss", "https://www.facebook.com")],
        "did not fit this sign-in",
    ),
    "28 hostile words": (
        lambda _c, s: [
            ("error", "access_denied"),
            ("error_description", "<script>alert(1)</script> *b* <!channel> " + "z" * 5_000),
            ("state", s),
        ],
        "was cancelled",
    ),
}


@pytest.mark.parametrize("name", USED_UP)
async def test_the_attempt_ends_in_words(house: House, name: str) -> None:
    """A callback with a valid state that brings no sign-in ends the attempt, says why, and uses no code."""
    back, attempt = await genuine(house)
    told = query_of(back)
    change, words = USED_UP[name]
    text = "&".join(f"{quote(n)}={quote(v)}" for n, v in change(told["code"], told["state"]))
    page = await visit(f"{house.url}/oauth/callback/twitter?{text}", cookies=house.maria.browser.cookies)
    await house.settle()
    assert words in page.text
    assert "alert(1)" not in page.text
    assert "zzzz" not in page.text
    assert words in house.maria.screen
    assert await stage_of(house, attempt) is Stage.FAILED
    assert not house.sandbox.provider("twitter").codes[told["code"]].used
    assert "zzzz" not in str(house.sandbox.sent)
    again = await visit(back, cookies=house.maria.browser.cookies)
    assert words in again.text


@pytest.mark.parametrize("iss", ["https://x.com", "https://api.x.com/"])
async def test_the_providers_own_issuer_is_no_harm(house: House, iss: str) -> None:
    """18: a provider that begins to name itself (RFC 9207) goes on working."""
    back, attempt = await genuine(house)
    page = await visit(f"{back}&iss={quote(iss)}", cookies=house.maria.browser.cookies)
    assert "You are signed in" in page.text
    assert await stage_of(house, attempt) is Stage.GROUPS
    await house.settle()


async def test_nothing_was_left_behind(house: House) -> None:
    """After all of the above there is one waiting account at most, and no secret beside it."""
    assert len(await house.accounts()) <= 1
    assert await secrets_kept(house) == 0
