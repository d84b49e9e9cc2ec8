"""People as Slack describes them, and what the bot makes of it."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from bot.messenger import DeliveryFailure, Messenger, person_from_slack
from bot.slack_client import open_session
from store.records import UserId, WorkspaceId
from tests.edges.pretend_slack import PERSON, TEAM, TOKEN, PretendSlack

WS = WorkspaceId(TEAM)
NOW = datetime(2026, 11, 24, tzinfo=UTC)
Opened = Callable[..., Messenger]


@pytest.fixture
async def messenger(slack: PretendSlack) -> AsyncIterator[Messenger]:
    """A messenger of one workspace, outside any transaction."""
    async with open_session() as session:
        yield Messenger(
            session=session,
            api_url=slack.api_url,
            token_of=lambda ws: SecretStr(TOKEN) if ws == WS else None,
            refuse=lambda: None,
            clock=lambda: NOW,
        )


async def test_slack_is_asked_who_someone_is(messenger: Messenger, slack: PretendSlack) -> None:
    """users.info becomes a person with the time it was learned."""
    found = await messenger.person(WS, UserId(PERSON))
    assert not isinstance(found, DeliveryFailure)
    assert (found.name, found.seen_at, slack.of("users.info")[0]["user"]) == ("Maria", NOW, PERSON)


async def test_the_member_list_is_read_page_by_page(messenger: Messenger, slack: PretendSlack) -> None:
    """users.list is followed to its end, at most twenty pages."""
    slack.answers["users.list"] = lambda _call: (
        200,
        {},
        {
            "ok": True,
            "members": [{"id": f"U{len(slack.calls)}"}],
            "response_metadata": {"next_cursor": "more"},
        },
    )
    found = await messenger.people(WS)
    assert not isinstance(found, DeliveryFailure)
    assert len(found) == 20


PEOPLE: list[tuple[dict[str, Any], str]] = [
    ({"is_restricted": True}, "is_guest"),
    ({"is_ultra_restricted": True}, "is_guest"),
    ({"is_bot": True}, "is_bot"),
    ({"deleted": True}, "is_deactivated"),
    ({"is_owner": True}, "is_admin"),
    ({"is_primary_owner": True}, "is_admin"),
    ({"is_stranger": True}, "is_outsider"),
    ({"team_id": "T0OTHER"}, "is_outsider"),
]


@pytest.mark.parametrize(("fields", "flag"), PEOPLE)
def test_who_someone_is_is_understood(fields: dict[str, Any], flag: str) -> None:
    """Guests, bots, deactivated people, admins and people of elsewhere are told apart."""
    person = person_from_slack(WS, {"id": "U1", "team_id": TEAM, **fields}, NOW)
    assert person is not None
    flags = ("is_guest", "is_bot", "is_deactivated", "is_admin", "is_outsider")
    assert [name for name in flags if getattr(person, name)] == [flag]


def test_a_member_of_a_grid_is_no_outsider() -> None:
    """On Enterprise Grid a person's team may be another workspace of the same organisation."""
    user = {"id": "W1", "team_id": "T0HOME", "enterprise_user": {"teams": ["T0HOME", TEAM]}}
    person = person_from_slack(WS, user, NOW)
    assert person is not None
    assert not person.is_outsider


def test_slackbot_is_a_bot() -> None:
    """Slackbot does not carry the bot flag and is one."""
    person = person_from_slack(WS, {"id": "USLACKBOT", "team_id": TEAM}, NOW)
    assert person is not None
    assert person.is_bot
