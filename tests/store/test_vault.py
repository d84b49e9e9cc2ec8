"""The vault by itself: keys, sealing, signing."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.vault import BadKeys, CannotOpen, Vault, new_key_line

PLACE = "grants/T1/s1/tokens"
OLD, NEW = b"o" * 32, b"n" * 32


def test_new_key() -> None:
    """A key made by the bot works when pasted into the settings."""
    line = new_key_line()
    vault = Vault.from_setting(f" {line} ,")
    assert vault.key_ids == (line.split(":")[0],)
    assert vault.open(vault.seal(b"x", bound_to=PLACE), bound_to=PLACE) == b"x"


@given(plain=st.binary(max_size=3000), place=st.text(max_size=100).filter(lambda text: text.isprintable()))
def test_opens_what_it_sealed(plain: bytes, place: str) -> None:
    """Whatever was sealed comes back unchanged, and never shows in what is stored."""
    vault = Vault([("k", NEW)])
    sealed = vault.seal(plain, bound_to=place)
    assert vault.open(sealed, bound_to=place) == plain
    assert len(plain) < 8 or plain not in sealed


def test_sealed_twice() -> None:
    """The same token sealed twice looks different, so nobody can tell that two rows hold the same one."""
    vault = Vault([("k", NEW)])
    assert vault.seal(b"x", bound_to=PLACE) != vault.seal(b"x", bound_to=PLACE)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sealed: sealed[:0],
        lambda sealed: sealed[:31],
        lambda sealed: sealed[:44],
        lambda sealed: sealed[:59],
        lambda sealed: sealed[:-1],
        lambda sealed: sealed + b"\0",
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
        lambda sealed: sealed[:32] + bytes([sealed[32] ^ 1]) + sealed[33:],
        lambda sealed: sealed[:50] + bytes([sealed[50] ^ 1]) + sealed[51:],
        lambda sealed: b"other".ljust(32, b"\0") + sealed[32:],
        lambda sealed: b"\xff" * 32 + sealed[32:],
        lambda sealed: b"old".ljust(32, b"\0") + sealed[32:],
    ],
)
def test_spoiled(spoil: Callable[[bytes], bytes]) -> None:
    """A value that was cut, changed, or relabelled with another key id does not open, and the error holds no secret."""
    vault = Vault([("new", NEW), ("old", OLD)])
    with pytest.raises(CannotOpen) as raised:
        vault.open(spoil(vault.seal(b"the-token", bound_to=PLACE)), bound_to=PLACE)
    assert "the-token" not in str(raised.value)
    assert raised.value.__cause__ is None


def test_other_row() -> None:
    """A value moved to another row, workspace, column or table does not open."""
    vault = Vault([("k", NEW)])
    sealed = vault.seal(b"x", bound_to=PLACE)
    for place in (
        "grants/T1/s2/tokens",
        "grants/T2/s1/tokens",
        "grants/T1/s1/parked",
        "attempts/T1/s1/tokens",
        "",
    ):
        with pytest.raises(CannotOpen):
            vault.open(sealed, bound_to=place)


def test_unknown_key_is_named() -> None:
    """The operator learns which key is missing, and only its id."""
    sealed = Vault([("k2025", OLD)]).seal(b"x", bound_to=PLACE)
    with pytest.raises(CannotOpen, match="'k2025'"):
        Vault([("k2026", NEW)]).open(sealed, bound_to=PLACE)


def test_rotation() -> None:
    """After a new key is put in front, old values still open and new ones need only the new key."""
    old = Vault([("old", OLD)])
    both = Vault([("new", NEW), ("old", OLD)])
    assert both.open(old.seal(b"x", bound_to=PLACE), bound_to=PLACE) == b"x"
    assert Vault([("new", NEW)]).open(both.seal(b"y", bound_to=PLACE), bound_to=PLACE) == b"y"
    assert both.verify("ticket", "at1", old.sign("ticket", "at1"))
    assert not Vault([("new", NEW)]).verify("ticket", "at1", old.sign("ticket", "at1"))


def test_signature() -> None:
    """A signature fits its purpose and message only."""
    vault = Vault([("k", NEW)])
    mac = vault.sign("ticket", "at1")
    assert vault.verify("ticket", "at1", mac)
    assert len(mac) == 43
    for purpose, message, given_mac in (
        ("cookie", "at1", mac),
        ("ticket", "at2", mac),
        ("ticketa", "t1", mac),
        ("ticket", "at1", mac[:-1]),
        ("ticket", "at1", mac + "="),
        ("ticket", "at1", ""),
        ("ticket", "at1", "ü" * 43),
        ("ticket", "at1", "\udc80\0"),
        ("ticket", "\udc80", mac),
    ):
        assert not vault.verify(purpose, message, given_mac)


def _encoded(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


@pytest.mark.parametrize(
    "setting",
    [
        "",
        " , ",
        _encoded(NEW),
        f"k:{_encoded(NEW[:31])}",
        f"k:{_encoded(NEW + b'x')}",
        f":{_encoded(NEW)}",
        f"k k:{_encoded(NEW)}",
        f"{'k' * 33}:{_encoded(NEW)}",
        f"k\u00e9:{_encoded(NEW)}",
        f"k:{_encoded(NEW)},k:{_encoded(OLD)}",
        f"k:{_encoded(NEW)}!",
        f"k:{_encoded(NEW)[:-4]}\u00e9bcd",
        "k:",
    ],
)
def test_bad_setting(setting: str) -> None:
    """A key setting that cannot be used is refused in words that never show a key."""
    with pytest.raises(BadKeys) as raised:
        Vault.from_setting(setting)
    for key in (NEW, OLD):
        assert _encoded(key)[:10] not in str(raised.value)
    assert raised.value.__cause__ is None


def test_repr() -> None:
    """A vault in a log shows ids only."""
    assert repr(Vault([("k1", NEW), ("k0", OLD)])) == "Vault(key_ids=('k1', 'k0'))"
