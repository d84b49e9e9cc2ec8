"""`/lexer` and `/lexer integrations …`: what each person sees of what is connected and what can be."""

from datetime import timedelta

from store.records import AccountStatus
from tests.e2e.crowd import Filled, fill
from tests.e2e.house import House
from tests.e2e.ways import TWO_WAYS


def order(text: str, *words: str) -> bool:
    """Whether the words are all there, one after the other."""
    places = [text.find(word) for word in words]
    return -1 not in places and places == sorted(places)


@TWO_WAYS
async def test_only_the_person_who_asked_sees_the_listing(house: House) -> None:
    """The listing is for the eyes of who typed the command, also in a public channel."""
    await house.set_up()
    assert "Integrations" in await house.answer(house.maria, "/lexer")
    assert not [m for m in house.sandbox.world.messages if m.channel == "C0GENERAL" and m.only_for is None]
    assert "Integrations" not in house.tom.screen


@TWO_WAYS
async def test_the_first_lexer_guides_whoever_types_it(house: House) -> None:
    """Before there is a Group an admin gets one button, everybody else the names of the admins."""
    for_tom = await house.answer(house.tom, "/lexer")
    assert "@Ada Lovell can create the first Group" in for_tom
    assert "[Create the first Group]" not in for_tom
    for_ada = await house.answer(house.ada, "/lexer integrations")
    assert "[Create the first Group]" in for_ada
    await house.set_up()
    assert "Nothing is connected yet." in await house.answer(house.tom, "/lexer")


async def test_what_needs_attention_comes_first(house: House) -> None:
    """Disconnected before limited before working, with how many accounts and what is wrong; the rest by category."""
    await house.set_up()
    await fill(
        house,
        Filled(key="twitter", number=2, group="Marketing"),
        Filled(
            key="shopify",
            number=2,
            status=AccountStatus.DISCONNECTED,
            reason="password_changed",
            group="Marketing",
        ),
        Filled(key="shopify", number=3, group="Sales"),
    )
    seen = await house.answer(house.tom, "/lexer")
    assert "2 connected, 1 needs attention." in seen
    assert order(seen, "Shopify", "🔴 2 disconnected: the password was changed · 5 accounts", "Twitter (X)")
    assert order(seen, "🟢 Connected · 2 accounts", "Not connected yet", "Marketing: Facebook Ads")
    (message,) = house.tom.screen.messages[-1:]
    assert "Shopify: Disconnected: the password was changed" in message.text


@TWO_WAYS
async def test_each_state_has_its_own_words(house: House) -> None:
    """A missing permission, a sign-in about to end and an outage are told apart; waiting is the Integrators' business."""
    await house.set_up()
    soon = house.clock() + timedelta(days=3, hours=1)
    await fill(
        house,
        Filled(key="twitter", status=AccountStatus.NEEDS_PERMISSION, group="Sales"),
        Filled(key="shopify", status=AccountStatus.WAITING),
        Filled(key="shopify", status=AccountStatus.PROVIDER_PROBLEM, group="Sales"),
        Filled(key="facebook_ads", ends_at=soon, group="Sales"),
    )
    for_maria = await house.answer(house.maria, "/lexer")
    assert order(
        for_maria, "Twitter (X)", "🟡 Needs permission", "Facebook Ads", "🟡 Expires in 3 days", "Shopify"
    )
    assert "🟡 1 waiting for Groups" in for_maria
    assert "⚪ Provider has problems" in for_maria
    for_tom = await house.answer(house.tom, "/lexer")
    assert "waiting" not in for_tom.lower()
    assert "⚪ Provider has problems · 1 account" in for_tom


@TWO_WAYS
async def test_words_narrow_the_listing(house: House) -> None:
    """A name, an alias, a category or a status shows just that, however it is written."""
    await house.set_up()
    await fill(
        house,
        Filled(key="twitter", group="Sales"),
        Filled(key="shopify", status=AccountStatus.DISCONNECTED, group="Sales"),
    )
    every = {"Twitter (X)", "Shopify", "Facebook Ads"}
    shows = {
        "shopify": {"Shopify"},
        "SHOPIFY": {"Shopify"},
        "shop": {"Shopify"},
        "twitter": {"Twitter (X)"},
        "x": {"Twitter (X)"},
        "Twitter (X)": {"Twitter (X)"},
        "“facebook ads”": {"Facebook Ads"},
        "facebook": {"Facebook Ads"},
        "marketing": {"Facebook Ads"},
        "Service": {"Twitter (X)"},
        "ecommerce": {"Shopify"},
        "E-Commerce": {"Shopify"},
        "disconnected": {"Shopify"},
        "attention": {"Shopify"},
        "connected": {"Shopify", "Twitter (X)"},
        "not connected": {"Facebook Ads"},
        "all": every,
        "": every,
    }
    for words, expected in shows.items():
        await house.answer(house.tom, f"/lexer integrations {words}")
        seen = house.tom.messages[-1].text
        assert {name for name in every if name in seen} == expected, words


@TWO_WAYS
async def test_a_word_nobody_knows_gets_the_nearest_one(house: House) -> None:
    """A slip of the fingers is answered with what was meant; nonsense with the way to everything."""
    await house.set_up()
    assert "Did you mean /lexer integrations shopify?" in await _says(house, "shopfy")
    assert "Did you mean /lexer integrations twitter?" in await _says(house, "twiter")
    assert "Did you mean /lexer integrations marketing?" in await _says(house, "marketng")
    nonsense = await _says(house, "zzzz *_~`<!channel>&")
    assert 'No integration matches "zzzz' in nonsense
    assert "shows all 3" in nonsense


@TWO_WAYS
async def test_nothing_to_show_is_said_as_good_news(house: House) -> None:
    """Asking for "disconnected" with nothing disconnected, or for an empty category, gets an answer, not a misunderstanding."""
    await house.set_up()
    assert "Nothing is disconnected." in await _says(house, "disconnected")
    assert "Nothing needs attention." in await _says(house, "attention")
    assert "Nothing is connected yet." in await _says(house, "connected")
    assert "no integration in Other" in await _says(house, "other")


async def _says(house: House, words: str) -> str:
    return (await house.answer(house.tom, f"/lexer integrations {words}")).replace("`", "")


@TWO_WAYS
async def test_a_member_sees_the_names_shared_with_a_group_of_theirs(house: House) -> None:
    """Names of other Groups' accounts are counted, not shown; an Integrator and an admin are told apart from a member."""
    await house.set_up()
    await fill(
        house,
        Filled(key="twitter", name="@sales-account", group="Sales"),
        Filled(key="twitter", name="@secret-launch", number=1, group="Marketing"),
        Filled(key="twitter", name="@not-yet", status=AccountStatus.WAITING),
    )
    for_tom = await house.opens(house.tom)
    assert "@sales-account" in for_tom
    assert "@secret-launch" not in for_tom
    assert "@not-yet" not in for_tom
    assert "and 1 account that only other Groups may use" in for_tom
    for_maria = await house.opens(house.maria)
    assert all(name in for_maria for name in ("@sales-account", "@secret-launch", "@not-yet"))
    for_nina = await house.opens(house.sandbox.person("nina"))
    assert "2 accounts that only other Groups may use" in for_nina
    assert "@sales-account" not in for_nina


@TWO_WAYS
async def test_an_old_listing_answers_with_the_present_state(house: House) -> None:
    """Open on a listing from before shows the integration as it is now."""
    await house.set_up()
    await house.answer(house.tom, "/lexer integrations twitter")
    (old,) = house.tom.messages[-1:]
    assert "Not connected" in house.tom.read(old)
    await fill(house, Filled(key="twitter", status=AccountStatus.DISCONNECTED, name="@new", group="Sales"))
    await house.answer(house.tom, "/lexer integrations shopify")
    await house.tom.presses_in(old, "Open Twitter (X)")
    await house.tom.sees("@new")
