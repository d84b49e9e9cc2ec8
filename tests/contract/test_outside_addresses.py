"""Which addresses may be called: the rules, before any network."""

import pytest

from connectors.hosts import OutsideRefused, allowed_target, is_public

HOSTS = ("api.provider.example", "northwind.myshopify.com")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.com#.myshopify.com",
        "https://northwind.myshopify.com.evil.com/",
        "https://a@northwind.myshopify.com/",
        "https://user:pass@api.provider.example/",
        "https://api.provider.example@evil.com/",
        "https://evil.com\\@api.provider.example/",
        "https://api.provider.example\\.evil.com/",
        "https://api.provider.example./",
        "https://api.provider.example%2eevil.com/",
        "https://127.0.0.1/",
        "https://0/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::7f00:1]/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://localhost/",
        "https://api.prov\u0456der.example/",
        "https://xn--api-provder-kdd.example/",
        "https://api.provi\u200bder.example/",
        "https://sub.api.provider.example/",
        "https://provider.example/",
        "https://api.provider.example:22/",
        "https://api.provider.example:8443/",
        "https://api.provider.example:99999/",
        "http://api.provider.example/",
        "ftp://api.provider.example/",
        "file:///etc/passwd",
        "gopher://api.provider.example/",
        "//api.provider.example/",
        "api.provider.example/",
        "https:///path",
        "https://",
        "",
        "https://api.provider.example/a b",
        "https://api.provider.example/\r\nHost: evil.com",
        "https://api.provider.example/\x00",
        "https://[api.provider.example]/",
    ],
)
def test_an_address_that_is_not_declared_is_refused(url: str) -> None:
    """Only https, port 443 and a declared host's exact name are called; the refusal does not repeat the address."""
    with pytest.raises(OutsideRefused) as refused:
        allowed_target(url, HOSTS)
    assert "evil" not in str(refused.value)
    assert "pass" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("https://api.provider.example", "https://api.provider.example/"),
        ("https://api.provider.example:443/a?b=c", "https://api.provider.example/a?b=c"),
        ("https://API.Provider.Example/A", "https://api.provider.example/A"),
        (
            "https://api.provider.example/a?b=https://evil.com#frag",
            "https://api.provider.example/a?b=https://evil.com",
        ),
        ("https://api.provider\u3002example/", "https://api.provider.example/"),
        ("https://api.provider.example/x/../y", "https://api.provider.example/x/../y"),
    ],
)
def test_a_declared_address_is_called_as_it_was_checked(url: str, called: str) -> None:
    """What is dialled is put together from the parts that were checked."""
    assert allowed_target(url, HOSTS).url() == called


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.170",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::ffff:8.8.8.8",
        "::8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:0808:0808::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "100::1",
        "nonsense",
        "",
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    """Private, local, reserved and translated addresses are none a provider lives at."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "104.244.42.1", "23.227.38.65", "2606:4700::1111", "2a03:2880::1"]
)
def test_ordinary_addresses_are_public(address: str) -> None:
    """A provider's real address passes."""
    assert is_public(address)
