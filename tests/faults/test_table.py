"""Which test plays which fault. The numbers are those of our list of 50 faults; what is not listed is in `ELSEWHERE` with its reason.

A fault's promise is always the same: no healthy account ends as broken, no broken account stays silent beyond its limit, each person is
told at least once and sees at most one open message per problem, and no renewed sign-in that was committed is lost.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

FAULTS: dict[str, tuple[str, ...]] = {
    "1 killed between a post and noting it": (
        "faults/test_killed_telling.py::test_killed_at_each_step",
        "e2e/test_crash_alerts.py::test_killed_after_the_post",
    ),
    "2 killed between storing a sign-in and telling": (
        "e2e/test_crash_connecting.py::test_killed_right_after_saving",
        "faults/test_ten_days.py::test_ten_days_with_kills_in_between",
    ),
    "4 two schedulers at once": (
        "faults/test_two_bots.py::test_two_look_at_once",
        "e2e/test_alerts_slack.py::test_three_bots_tell_once",
    ),
    "5 paused for five minutes, lease over, wakes up": (
        "faults/test_two_bots.py::test_a_paused_bot_wakes_with_old_news",
    ),
    "6, 7 database gone in mid-job and back, or locked": (
        "faults/test_database.py::test_gone_while_checks_are_under_way",
        "faults/test_database.py::test_locked_by_another_program",
        "store/test_opening.py::test_unreachable",
    ),
    "10 clock jumps": (
        "faults/test_clock.py::test_an_hour_forward_and_back",
        "faults/test_clock.py::test_back_between_two_refusals",
        "faults/test_clock.py::test_forward_in_a_wave",
    ),
    "11 a name that does not resolve": (
        "contract/test_outside_world.py::test_a_name_without_address_is_no_connection",
    ),
    "13 renewed, and the answer lost": (
        "e2e/test_crash_afterwards.py::test_killed_with_a_renewed_sign_in_on_the_way",
        "faults/test_ten_days.py::test_ten_days_with_kills_in_between",
    ),
    "14 an answer cut in the middle": (
        "contract/test_outside_world.py::test_an_answer_cut_in_the_middle_is_no_answer",
    ),
    "15 provider down for a minute, hours": (
        "e2e/test_sweep.py::test_a_provider_that_is_down_for_an_hour_blames_nobody",
        "faults/test_ten_days.py::test_ten_days_with_kills_in_between",
    ),
    "17 throttled": ("e2e/test_sweep.py::test_a_provider_that_asks_for_a_pause_gets_it",),
    "18 everybody refused for five minutes": (
        "e2e/test_sweep.py::test_a_refusal_of_everybody_for_five_minutes_turns_nobody_red",
        "faults/test_clock.py::test_forward_in_a_wave",
        "faults/test_ten_days.py::test_ten_days_with_kills_in_between",
    ),
    "19 everything revoked": (
        "e2e/test_sweep.py::test_a_wave_that_lasts_is_believed",
        "e2e/test_alerts.py::test_a_wave_is_one_message_that_counts_down",
    ),
    "20 an account that flaps": ("faults/test_flapping.py::test_one_that_flaps_at_every_look",),
    "21 refused once, then fine": (
        "e2e/test_check_renewal.py::test_a_refusal_after_someone_else_renewed_is_a_race",
    ),
    "22 renewed, and storing fails": (
        "faults/test_database.py::test_gone_when_a_renewed_sign_in_is_to_be_stored",
        "faults/test_two_bots.py::test_renewed_and_stored_too_late",
    ),
    "23 two renew at once": (
        "faults/test_two_bots.py::test_two_look_at_once",
        "faults/test_two_bots.py::test_paused_with_a_renewed_sign_in",
    ),
    "26 Slack asks for a pause": (
        "e2e/test_alerts_slack.py::test_a_pause_slack_asks_for_holds_one_recipient",
    ),
    "27 Slack fails and the message is there all the same": (
        "e2e/test_alerts_slack.py::test_nobody_knows_whether_the_channel_has_it",
        "faults/test_alert_life.py::AlertLife",
    ),
    "29 channel archived": (
        "e2e/test_alerts_slack.py::test_an_archived_channel_is_replaced",
        "faults/test_alert_life.py::AlertLife",
    ),
    "31 the message to change was deleted": ("e2e/test_alerts_slack.py::test_a_deleted_message",),
    "37 every recipient left": ("faults/test_nobody_left.py::test_every_recipient_is_gone",),
    "39 account removed while its check runs": (
        "e2e/test_sweep.py::test_a_removed_account_is_asked_about_no_more",
    ),
    "43 everything due at once": ("faults/test_herd.py::test_everything_is_due_at_once",),
    "44 a provider that hangs": ("e2e/test_sweep.py::test_a_slow_provider_does_not_delay_another",),
    "49 killed in the middle of a send": ("faults/test_killed_telling.py::test_killed_at_each_step",),
    "50 two who both think they lead": ("faults/test_two_bots.py::test_two_look_at_once",),
}

ELSEWHERE = {
    "3, 40, 41 keys": "tests/store/test_vault.py, test_sealed_rows.py and tests/e2e/test_serve.py",
    "8, 9 deadlock, disk full, read-only": "tests/store/test_opening.py and test_transactions.py, where the store's errors are",
    "12 TLS": "the client library's own; tests/contract/test_outside_world.py holds that nothing loosens it",
    "16 Retry-After of any kind": "tests/contract, where answers are read",
    "24, 25 notices": "tests/e2e/test_provider_notices.py",
    "28, 30, 32, 33 Slack's side": "tests/e2e/test_slack_side.py, test_slack_trouble.py and tests/edges",
    "34 Enterprise Grid": "not supported: nothing here migrates ids",
    "35, 36 mail": "tests/e2e/test_mail*.py and tests/edges/test_mailer.py",
    "38 Group deleted while a window is open": "tests/e2e/test_groups.py",
    "42 old and new version together": "one version a database: NotMigrated, tests/store/test_opening.py",
    "45, 46 memory, log sink": "the machine's: a process that dies of it is played by the kills",
    "47 daylight change in quiet hours": "tests/unit, where the rules of time are",
    "48 yesterday's backup restored": "renewed sign-ins of a day are refused and told as broken: 13 says the same",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_test(fault: str) -> None:
    """What the table names is there."""
    for place in FAULTS[fault]:
        file, _, name = place.partition("::")
        tree = ast.parse((TESTS / file).read_text())
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        assert name in {one.name for one in ast.walk(tree) if isinstance(one, kinds)}, place


def test_every_fault_is_somewhere() -> None:
    """The numbers 1 to 50, each in one place."""
    numbers = [
        int(word.strip(","))
        for title in (*FAULTS, *ELSEWHERE)
        for word in title.split()
        if word.strip(",").isdigit()
    ]
    assert sorted(numbers) == list(range(1, 51))
