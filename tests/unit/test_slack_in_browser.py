"""Open Slack on the browser's pages leads to the Slack this bot works with."""

import pytest

from bot.installations import client_address

PLACES = {
    "https://slack.com/api/": "https://app.slack.com/client",
    "https://www.slack.com/api/": "https://app.slack.com/client",
    "https://SLACK.com./api/": "https://app.slack.com/client",
    "https://slack.com:443/api/": "https://app.slack.com/client",
    "https://slack-gov.com/api/": "https://app.slack-gov.com/client",
    "https://www.slack-gov.com/api/": "https://app.slack-gov.com/client",
    "http://127.0.0.1:8080/api/": "http://127.0.0.1:8080/client",
    "http://[::1]:8080/api/": "http://[::1]:8080/client",
    "http://Localhost:8080/api/": "http://localhost:8080/client",
    "https://slack.acme.example/some/where/api/": "https://slack.acme.example/client",
    "https://evilslack.com/api/": "https://evilslack.com/client",
    "https://slack.com.acme.example/api/": "https://slack.com.acme.example/client",
    "https://notslack-gov.com/api/": "https://notslack-gov.com/client",
}


@pytest.mark.parametrize(("api_url", "address"), PLACES.items())
def test_open_slack_leads_where_slack_is(api_url: str, address: str) -> None:
    """After signing in nobody is sent to a Slack that is not theirs: not from GovSlack, not from a test server."""
    assert client_address(api_url) == address
