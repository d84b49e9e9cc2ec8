"""What of Slack this workspace plays, how far, and which test shows it. The README's table is made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Extent(StrEnum):
    """How far something is played."""

    SUPPORTED = "supported"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One method or behaviour. `proof`: the test that shows it, as file::name under tests/sandbox. `left_out`: what is not played."""

    extent: Extent
    proof: str
    left_out: str = ""


def _full(proof: str) -> Covered:
    return Covered(extent=Extent.SUPPORTED, proof=proof)


def _part(proof: str, left_out: str) -> Covered:
    return Covered(extent=Extent.PARTIAL, proof=proof, left_out=left_out)


METHODS_COVERED: Mapping[str, Covered] = MappingProxyType(
    {
        "apps.connections.open": _full("test_socket_mode.py::test_a_ticket_is_good_for_one_connection"),
        "auth.test": _full("test_web_api.py::test_tokens_are_checked"),
        "chat.postEphemeral": _part(
            "test_web_api.py::test_ephemerals_are_for_one_and_cannot_be_updated", "attachments, threads"
        ),
        "chat.postMessage": _part(
            "test_web_api.py::test_messages_are_posted_and_updated",
            "attachments, metadata's own rules, replies also shown in the channel",
        ),
        "chat.update": _part("test_web_api.py::test_messages_are_posted_and_updated", "attachments, files"),
        "conversations.info": _part(
            "test_channels.py::test_a_channel_says_what_it_is",
            "locale, number of members, direct messages of many",
        ),
        "conversations.join": _part(
            "test_channels.py::test_public_channels_can_be_joined", "channels that are full or limited"
        ),
        "conversations.open": _part(
            "test_web_api.py::test_direct_messages_are_opened", "group direct messages"
        ),
        "users.info": _part("test_web_api.py::test_forms_carry_json", "locale, pictures"),
        "users.list": _part("test_web_api.py::test_people_are_listed_in_pages", "locale, pictures"),
        "views.open": _part(
            "test_web_api.py::test_a_trigger_lives_three_seconds_and_works_once", "interactivity pointers"
        ),
        "views.push": _full("test_web_api.py::test_three_modals_is_the_deepest"),
        "views.update": _full("test_web_api.py::test_an_old_hash_is_a_conflict"),
    }
)
"""Every Web API method, by name."""

BEHAVIOURS_COVERED: Mapping[str, Covered] = MappingProxyType(
    {
        "slash commands": _full("test_people.py::test_a_command_arrives_signed_and_its_answer_is_seen"),
        "block_actions": _part(
            "test_people.py::test_a_press_opens_a_modal_and_a_submission_is_checked",
            "files and rich text as input",
        ),
        "view_submission": _full("test_answers.py::test_a_submission_can_turn_push_and_clear"),
        "view_closed": _full("test_answers.py::test_closing_is_told_when_asked_for"),
        "block_suggestion": _full("test_answers.py::test_a_search_shows_what_the_bot_found"),
        "response_url": _full("test_answers.py::test_a_response_address_works_five_times_for_half_an_hour"),
        "Events API": _part("test_answers.py::test_events_are_brought_again", "the pauses between repeats"),
        "channel events": _full("test_channels.py::test_what_happens_to_channels_is_told"),
        "threads": _full("test_channels.py::test_a_thread_hangs_on_a_message_that_is_no_reply"),
        "Socket Mode": _part(
            "test_socket_mode.py::test_a_command_comes_in_an_envelope_and_its_ack_is_shown",
            "repeats of events nobody acked",
        ),
        "Block Kit limits": _part(
            "test_referee.py::test_a_message_slack_refuses_is_refused",
            "cards, carousels, containers, plans and data blocks are refused; rich text and table cells are not looked into",
        ),
        "rate limits": _part(
            "test_channels.py::test_a_channel_takes_about_one_message_a_second",
            "only when asked for; the limits of methods other than chat.postMessage",
        ),
    }
)
"""What Slack does besides methods."""


def table(covered: Mapping[str, Covered]) -> str:
    """As a Markdown table."""
    rows = ["| What | Played | Left out | Shown by |", "|---|---|---|---|"]
    for name, one in covered.items():
        rows.append(f"| `{name}` | {one.extent.value} | {one.left_out} | `{one.proof.partition('::')[2]}` |")
    return "\n".join(rows)
