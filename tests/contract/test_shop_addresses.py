"""What a person may type or paste as a shop's address."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.hosts import allowed_target
from connectors.provider import BadAddress
from tests.contract.desk import provider_of

CANONICAL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\.myshopify\.com")


def parse(typed: str) -> str:
    """As the address step does."""
    address = provider_of("shopify").address
    assert address
    return address.parse(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "northwind.myshopify.com",
        "  Northwind.MyShopify.com \n",
        "https://northwind.myshopify.com",
        "https://northwind.myshopify.com/",
        "https://northwind.myshopify.com/admin",
        "https://northwind.myshopify.com/admin/orders",
        "northwind.myshopify.com/admin",
        "https://admin.shopify.com/store/northwind",
        "https://admin.shopify.com/store/northwind/",
        "https://admin.shopify.com/store/northwind/orders",
        "admin.shopify.com/store/northwind",
        "northwind",
    ],
)
def test_an_address_is_understood_however_it_was_copied(typed: str) -> None:
    """The name, the address and what stands in the browser's bar all lead to the same shop."""
    assert parse(typed) == "northwind.myshopify.com"


@pytest.mark.parametrize(
    "typed",
    [
        "evil.com#.myshopify.com",
        "shop.myshopify.com.evil.com",
        "https://evil.com/northwind.myshopify.com",
        "a@b.myshopify.com",
        "https://user:secret-pass@northwind.myshopify.com/",
        "x/../y",
        "https://northwind.myshopify.com/../y",
        "north?.myshopify.com",
        "northwind.myshopify.com?x=1",
        "north\\wind.myshopify.com",
        "northwind.myshopify.com.",
        ".myshopify.com",
        "myshopify.com",
        "-northwind.myshopify.com",
        "northwind-.myshopify.com",
        "a.b.myshopify.com",
        "north_wind.myshopify.com",
        "north wind.myshopify.com",
        "north%77ind.myshopify.com",
        "127.0.0.1",
        "0",
        "0x7f.1",
        "2130706433",
        "[::1]",
        "[::ffff:169.254.169.254]",
        "64:ff9b::7f00:1",
        "xn--nrthwind-n4a.myshopify.com",
        "xn--nrthwind-n4a",
        "n\u043erthwind.myshopify.com",
        "north\u200bwind.myshopify.com",
        "northwind\u3002myshopify\u3002com",
        "northwind.myshopify.com:22",
        "https://northwind.myshopify.com:8443/admin",
        "http://northwind.myshopify.com",
        "ftp://northwind.myshopify.com",
        "file:///etc/passwd",
        "gopher://northwind.myshopify.com",
        "javascript:alert(1)",
        "metadata.google.internal",
        "northwind.com",
        "admin.shopify.com",
        "https://admin.shopify.com/store/",
        "https://admin.shopify.com/store/../northwind",
        "n" * 61,
        "n" * 5_000,
        "northwind\x00.myshopify.com",
        "northwind.myshopify.com\nevil.com",
        "",
        "   ",
    ],
)
def test_any_other_address_is_refused_with_what_to_type(typed: str) -> None:
    """A wrong address is answered with an example of a right one, and never repeated (it may hold a password)."""
    with pytest.raises(BadAddress) as refused:
        parse(typed)
    assert "northwind.myshopify.com" in str(refused.value)
    assert "secret-pass" not in str(refused.value)
    assert "evil" not in str(refused.value)


@example("my--shop.MYSHOPIFY.COM")
@given(
    st.text(max_size=80)
    | st.from_regex(r"(https://)?[a-z0-9.@:/\\#?-]*\.myshopify\.com.{0,10}", fullmatch=True)
)
def test_whatever_is_typed_leads_to_a_shop_or_nowhere(typed: str) -> None:
    """No input whatever makes the bot call a host that is not one shop's at Shopify."""
    try:
        address = parse(typed)
    except BadAddress:
        return
    assert CANONICAL.fullmatch(address)
    assert allowed_target(f"https://{address}/admin", (address,)).host == address


@given(
    st.from_regex(r"[a-z][a-z0-9-]{0,40}[a-z0-9]", fullmatch=True).filter(
        lambda label: not label.startswith("xn--")
    )
)
def test_every_proper_name_is_understood(label: str) -> None:
    """Whatever a shop may be called, each way of writing it means the same."""
    ways = [
        label,
        f"{label}.myshopify.com",
        f"https://{label}.myshopify.com/admin",
        f"admin.shopify.com/store/{label}",
    ]
    assert {parse(way) for way in ways} == {f"{label}.myshopify.com"}
    assert parse(parse(label)) == parse(label)
