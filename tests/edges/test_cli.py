"""The command line: what an operator reads in the first hour."""

from pathlib import Path

import pytest
import yaml

from bot.cli import main
from bot.manifest import ShownCommand, filled, shown
from store.vault import Vault, new_key_line

ROOT = Path(__file__).parents[2]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Everything `serve` needs, with secrets one can search for."""
    return {
        "SLACK_BOT_TOKEN": "xoxb-never-shown",
        "SLACK_SIGNING_SECRET": "signing-never-shown",
        "LEXER_PUBLIC_URL": "https://lexer.example.com",
        "LEXER_SECRET_KEYS": new_key_line(),
        "LEXER_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/lexer.db",
    }


def test_keys_new_prints_a_key_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    """What `keys new` prints can be set as it is."""
    assert main(["keys", "new"], {}) == 0
    assert len(Vault.from_setting(capsys.readouterr().out.strip()).key_ids) == 1


def test_check_of_a_good_set_up(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """`check` lists every setting with its state, each provider with its callback address, and ends with 0."""
    env |= {"LEXER_SHOPIFY_CLIENT_ID": "id", "LEXER_SHOPIFY_CLIENT_SECRET": "shop-never-shown"}
    assert main(["check"], env) == 0
    out = capsys.readouterr().out
    for words in (
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_API_URL",
        "LEXER_HOST",
        "LEXER_DEMO_PORT",
        "Shopify: set up",
        "https://lexer.example.com/oauth/callback/shopify",
        "needs LEXER_TWITTER_CLIENT_ID, LEXER_TWITTER_CLIENT_SECRET",
        "made at the start",
        "Everything is in order.",
    ):
        assert words in out
    assert "never-shown" not in out
    assert env["LEXER_SECRET_KEYS"] not in out


def test_check_changes_nothing(env: dict[str, str], tmp_path: Path) -> None:
    """Looking makes no database."""
    main(["check"], env)
    assert list(tmp_path.iterdir()) == []


def test_check_without_settings(capsys: pytest.CaptureFixture[str]) -> None:
    """With nothing set `check` still lists everything, says what to mend and ends with 1."""
    assert main(["check"], {}) == 1
    out = capsys.readouterr().out
    assert "4 things to mend:" in out
    assert "<LEXER_PUBLIC_URL>/oauth/callback/shopify" in out
    assert "lexer-bot keys new" in out


def test_check_knows_the_callback_address_early(
    env: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """An app can be registered at a provider before every other setting is right."""
    assert main(["check"], {**env, "SLACK_BOT_TOKEN": ""}) == 1
    assert "https://lexer.example.com/oauth/callback/shopify" in capsys.readouterr().out


def test_check_after_migrate(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """`migrate` makes the database, and `check` then counts what each key seals."""
    assert main(["migrate"], env) == 0
    assert main(["check"], env) == 0
    assert "reached, up to date" in capsys.readouterr().out


HALF = [
    ({"LEXER_SHOPIFY_CLIENT_ID": "id"}, "LEXER_SHOPIFY_CLIENT_SECRET is missing"),
    (
        {"LEXER_DATABASE_URL": "postgresql://u:pw-never-shown@127.0.0.1:9/x"},
        "LEXER_DATABASE_URL leads to no database",
    ),
]


@pytest.mark.parametrize(("more", "words"), HALF)
def test_check_finds_what_would_only_fail_later(
    env: dict[str, str], capsys: pytest.CaptureFixture[str], more: dict[str, str], words: str
) -> None:
    """A provider set up by half, a database out of reach: `check` says so and ends with 1."""
    assert main(["check"], {**env, **more}) == 1
    out = capsys.readouterr().out
    assert words in out
    assert "never-shown" not in out


def test_check_notices_a_typing_error(env: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A setting nobody reads is pointed out."""
    main(["check"], {**env, "LEXER_SHOPFY_CLIENT_ID": "x"})
    assert "LEXER_SHOPFY_CLIENT_ID is set and means nothing" in capsys.readouterr().out


def test_migrate_of_a_database_out_of_reach(capsys: pytest.CaptureFixture[str]) -> None:
    """`migrate` says what is wrong with the database and ends with 1."""
    env = {"LEXER_DATABASE_URL": "postgresql://u:pw-never-shown@127.0.0.1:9/x"}
    assert main(["migrate"], env) == 1
    assert "never-shown" not in capsys.readouterr().err


def test_the_manifest_is_filled_in(capsys: pytest.CaptureFixture[str]) -> None:
    """`manifest --url` prints a manifest with this bot's address everywhere."""
    assert main(["manifest", "--url", "https://bot.acme.example/"], {}) == 0
    text = capsys.readouterr().out
    found = yaml.safe_load(text)
    assert found["features"]["slash_commands"][0]["url"] == "https://bot.acme.example/slack/events"
    assert found["settings"]["interactivity"]["request_url"] == "https://bot.acme.example/slack/events"
    assert "example.com" not in text


def test_the_manifest_for_socket_mode() -> None:
    """`manifest --socket` switches Socket Mode on and names no address."""
    text = filled("", socket=True)
    assert yaml.safe_load(text)["settings"]["socket_mode_enabled"] is True
    assert "https://" not in text


def test_the_manifest_needs_an_address(capsys: pytest.CaptureFixture[str]) -> None:
    """Without an address anywhere `manifest` says which setting it misses."""
    assert main(["manifest"], {}) == 2
    err = capsys.readouterr().err
    assert "LEXER_PUBLIC_URL is missing" in err
    assert "--url" in err


def test_the_package_carries_the_manifest() -> None:
    """An installed package prints the same manifest as the repository holds."""
    packaged = (ROOT / "bot" / "manifest.yml").read_text(encoding="utf-8")
    assert packaged == (ROOT / "manifest.yml").read_text(encoding="utf-8")


def test_the_local_workspace_shows_what_slack_would() -> None:
    """Commands are offered with the words of the manifest, and nobody types where Slack would not let them."""
    seen = shown()
    features = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))["features"]
    (command,) = features["slash_commands"]
    words = {name: command[name] for name in ("command", "usage_hint", "description")}
    assert seen.commands == (ShownCommand(**words),)
    assert seen.home_tab is features["app_home"]["home_tab_enabled"]
    assert seen.read_only_messages is features["app_home"]["messages_tab_read_only_enabled"]


def test_an_unknown_command_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    """A typing error on the command line shows the commands there are."""
    with pytest.raises(SystemExit) as ended:
        main(["serv"], {})
    assert ended.value.code == 2
    assert "serve" in capsys.readouterr().err
