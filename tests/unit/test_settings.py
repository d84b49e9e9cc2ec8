"""Settings: everything wrong is found at once, mended in words, and never shown."""

from pathlib import Path

import pytest

from bot.errors import SettingsProblems
from bot.settings import demo_port, gather, load, public_url
from bot.settings_list import describe, without_password
from store.vault import new_key_line

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-1-abc",
    "SLACK_SIGNING_SECRET": "s3cret",
    "LEXER_PUBLIC_URL": "https://lexer.example.com",
    "LEXER_SECRET_KEYS": new_key_line(),
}


def wrong(env: dict[str, str]) -> dict[str, str]:
    """Name -> what is wrong with it."""
    with pytest.raises(SettingsProblems) as caught:
        load(env, None)
    return {problem.name: f"{problem.what}. {problem.mend}" for problem in caught.value.problems}


def test_four_settings_are_enough() -> None:
    """With the required four set, everything else has its default."""
    settings = load(GOOD, None)
    assert (settings.lexer_host, settings.lexer_port) == ("127.0.0.1", 3000)
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.lexer_database_url.get_secret_value() == "sqlite+aiosqlite:///lexer.db"
    assert not settings.socket_mode


def test_without_any_setting_all_required_ones_are_named() -> None:
    """Someone who starts from nothing sees the whole list at once, each with where to get it."""
    found = wrong({})
    assert list(found) == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "LEXER_PUBLIC_URL", "LEXER_SECRET_KEYS"]
    assert "lexer-bot keys new" in found["LEXER_SECRET_KEYS"]


def test_an_app_token_stands_in_for_the_signing_secret() -> None:
    """In Socket Mode no signing secret is needed."""
    env = {**GOOD, "SLACK_SIGNING_SECRET": "", "SLACK_APP_TOKEN": "xapp-1"}
    assert load(env, None).socket_mode


BAD = [
    ("SLACK_BOT_TOKEN", "xapp-1-swapped"),
    ("SLACK_BOT_TOKEN", "xoxb-1 with-blank"),
    ("SLACK_BOT_TOKEN", "xoxb-1\nInjected: yes"),
    ("SLACK_APP_TOKEN", "xoxb-1-swapped"),
    ("SLACK_API_URL", "slack.com/api"),
    ("SLACK_API_URL", "ftp://slack.com/api"),
    ("LEXER_PUBLIC_URL", "http://lexer.example.com"),
    ("LEXER_PUBLIC_URL", "lexer.example.com"),
    ("LEXER_PUBLIC_URL", "https://lexer.example.com/path"),
    ("LEXER_PUBLIC_URL", "https://lexer.example.com?x=1"),
    ("LEXER_PUBLIC_URL", "https://me:pw-of-mine@lexer.example.com"),
    ("LEXER_PUBLIC_URL", "https://lexer.example.com:99999"),
    ("LEXER_PUBLIC_URL", "https://"),
    ("LEXER_PUBLIC_URL", "https://lexér.example.com"),
    ("LEXER_PORT", "eighty"),
    ("LEXER_PORT", "0"),
    ("LEXER_PORT", "65536"),
    ("LEXER_DATABASE_URL", "mysql://root:pw-of-mine@localhost/x"),
    ("LEXER_DATABASE_URL", "lexer.db"),
    ("LEXER_SECRET_KEYS", "k1:tooshort-pw-of-mine"),
    ("LEXER_SECRET_KEYS", "pw-of-mine"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_wrong_value_is_named_and_never_shown(name: str, value: str) -> None:
    """A value that cannot work is refused at the start, by name, without repeating it."""
    found = wrong({**GOOD, name: value})
    assert list(found) == [name]
    assert "pw-of-mine" not in found[name]
    assert "swapped" not in found[name]


def test_the_public_address_is_kept_as_browsers_write_it() -> None:
    """A default port and capitals make no difference to where a form comes from."""
    env = {**GOOD, "LEXER_PUBLIC_URL": "https://Lexer.Example.com:443/"}
    assert load(env, None).lexer_public_url == "https://lexer.example.com"


def test_several_faults_are_told_together() -> None:
    """Nobody has to mend one thing to learn of the next."""
    found = wrong({**GOOD, "LEXER_PORT": "x", "LEXER_PUBLIC_URL": "x", "SLACK_SIGNING_SECRET": ""})
    assert set(found) == {"LEXER_PORT", "LEXER_PUBLIC_URL", "SLACK_SIGNING_SECRET"}


@pytest.mark.parametrize("url", ["http://localhost:3000", "http://127.0.0.1:3000/", "http://[::1]:3000"])
def test_http_is_for_this_machine_only(url: str) -> None:
    """For trying things out, http on loopback is allowed."""
    assert load({**GOOD, "LEXER_PUBLIC_URL": url}, None).lexer_public_url == url.rstrip("/")


@pytest.mark.parametrize("url", ["https://slack-gov.com/api", "https://slack-gov.com/api/"])
def test_the_api_address_may_end_either_way(url: str) -> None:
    """A trailing slash on SLACK_API_URL does not matter."""
    assert load({**GOOD, "SLACK_API_URL": url}, None).slack_api_url == "https://slack-gov.com/api/"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_database_addresses_may_be_pasted(scheme: str) -> None:
    """The usual spellings of a PostgreSQL address work."""
    url = load({**GOOD, "LEXER_DATABASE_URL": f"{scheme}://u:p@h/d"}, None).lexer_database_url
    assert url.get_secret_value() == "postgresql+asyncpg://u:p@h/d"


def test_providers_are_read_by_their_key() -> None:
    """LEXER_<KEY>_* reaches its provider, also where one key begins like another."""
    env = {
        **GOOD,
        "LEXER_GOOGLE_CLIENT_ID": "g",
        "LEXER_GOOGLE_ADS_CLIENT_ID": "ga",
        "LEXER_GOOGLE_ADS_CLIENT_SECRET": "gas",
        "LEXER_GOOGLE_ADS_DEVELOPER_TOKEN": "dev",
    }
    providers = load(env, None).providers
    assert providers["google"].client_id == "g"
    assert providers["google"].extra == {}
    assert providers["google_ads"].client_id == "ga"
    assert providers["google_ads"].extra["DEVELOPER_TOKEN"].get_secret_value() == "dev"


def test_a_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    """Settings may stand in .env; what the environment says goes before it, and an empty value is no value."""
    file = tmp_path / ".env"
    file.write_text('LEXER_PORT=4000\nLEXER_HOST="0.0.0.0"\nOTHER=1\n', encoding="utf-8")
    values = gather({"LEXER_PORT": "5000", "LEXER_HOST": " ", "HOME": "/"}, file)
    assert values == {"LEXER_PORT": "5000", "LEXER_HOST": "0.0.0.0"}


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """A broken .env is said to be broken."""
    file = tmp_path / ".env"
    file.write_bytes(b"LEXER_PORT=\xff\xfe\n")
    with pytest.raises(SettingsProblems):
        gather({}, file)


def test_no_secret_shows() -> None:
    """Neither the settings' repr nor the rows of check hold a secret."""
    env = {
        **GOOD,
        "LEXER_DATABASE_URL": "postgresql://me:pw@of/mine@h/d",
        "LEXER_SHOPIFY_CLIENT_SECRET": "shop-secret",
    }
    shown = repr(load(env, None)) + repr(describe(env))
    for secret in ("xoxb-1-abc", "s3cret", GOOD["LEXER_SECRET_KEYS"], "pw@of", "shop-secret"):
        assert secret not in shown


def test_an_address_loses_its_password() -> None:
    """A database address is shown without user, password and query."""
    assert without_password("postgresql://u:p@h:5/d?sslkey=x") == "postgresql://…@h:5/d"
    assert without_password("sqlite+aiosqlite:///lexer.db") == "sqlite+aiosqlite:///lexer.db"


def test_the_public_address_can_be_asked_for_alone() -> None:
    """The manifest needs nothing but the address, checked like always."""
    assert public_url({"LEXER_PUBLIC_URL": "https://A.example/"}) == "https://a.example"
    with pytest.raises(SettingsProblems):
        public_url({})


@pytest.mark.parametrize(("text", "port"), [("", 8080), ("9000", 9000)])
def test_the_demo_has_its_own_port(text: str, port: int) -> None:
    """LEXER_DEMO_PORT, 8080 if it is not set."""
    assert demo_port({"LEXER_DEMO_PORT": text}) == port


def test_a_wrong_demo_port_is_named() -> None:
    """A demo port that is none is refused in words."""
    with pytest.raises(SettingsProblems):
        demo_port({"LEXER_DEMO_PORT": "eighty"})
