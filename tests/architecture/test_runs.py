"""The rules of the test run itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = (Path(__file__).parents[1] / "conftest.py").read_text(encoding="utf-8")


def _run(folder: Path, test: str, **environment: str) -> subprocess.CompletedProcess[str]:
    tests = folder / "repository" / "tests"
    tests.mkdir(parents=True)
    (tests / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tests / "test_one.py").write_text(test, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tests), str(tests)],
        env={**os.environ, "CI_RUN": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


SKIPS = "import pytest\n\ndef test_a(): pass\n\n@pytest.mark.skip(reason='no time')\ndef test_b(): pass\n"
NEEDS = "import pytest\n\ndef test_a(): pass\n\n@pytest.mark.shared\ndef test_b(): pass\n"


def test_a_skipped_test_fails_the_run(tmp_path: Path) -> None:
    """A test that does not run cannot be mistaken for one that passed."""
    ran = _run(tmp_path, SKIPS)
    assert ran.returncode == 1, ran.stdout
    assert "skipped tests fail the run" in ran.stdout
    assert "test_b" in ran.stdout


@pytest.mark.parametrize(("ci", "words"), [("", "1 passed, 1 skipped"), ("1", "1 passed, 1 deselected")])
def test_a_test_that_needs_the_shared_folder_does_not_fail_a_clone_without_it(
    tmp_path: Path, ci: str, words: str
) -> None:
    """A clone alone is green; where a change is judged, nothing is skipped at all."""
    ran = _run(tmp_path, NEEDS, CI_RUN=ci)
    assert ran.returncode == 0, ran.stdout
    assert words in ran.stdout


def test_settings_of_the_machine_do_not_reach_the_tests(tmp_path: Path) -> None:
    """A developer's own Slack token never ends up in a test."""
    test = "import os\n\ndef test_a(): assert not [n for n in os.environ if n.startswith(('SLACK_', 'LEXER_'))]\n"
    ran = _run(tmp_path, test, SLACK_BOT_TOKEN="xoxb-mine", LEXER_PORT="1")
    assert ran.returncode == 0, ran.stdout
