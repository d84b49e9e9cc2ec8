"""What holds for the whole run: no setting of the machine leaks in, and nothing is skipped in silence.

A test that reads the folder beside the repository (Slack's published schema, for one) carries `@pytest.mark.shared`. Where that
folder is missing it is skipped, and with CI_RUN=1 it is not even collected. Any other skip fails the run.
"""

import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import hypothesis
import pytest

for _name in [name for name in os.environ if name.startswith(("SLACK_", "LEXER_"))]:
    del os.environ[_name]

CI = os.environ.get("CI_RUN") == "1"
SHARED = Path(__file__).parents[2] / "shared"
NEEDS_SHARED = f"needs the folder {SHARED.name}/ beside the repository"

# No deadlines: a slow machine is not a bug. One way through in CI, so that a failure there is the same one twice.
hypothesis.settings.register_profile("house", deadline=None, derandomize=CI)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="module", autouse=True)
def short_pauses() -> Iterator[None]:
    """What earlier files left behind is not looked through again: a pause of seconds would cost a story Slack's patience."""
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder beside the repository; only for tests marked `shared`."""
    return SHARED


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known and watch for skips."""
    config.addinivalue_line("markers", "shared: needs the folder beside the repository")
    config.pluginmanager.register(SkipWatch(), "skip-watch")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left with one at the end. Without the folder, tests that need it are skipped, in CI left out."""
    items.sort(key=_folder)
    if SHARED.is_dir():
        return
    needing = [item for item in items if item.get_closest_marker("shared")]
    if CI:
        items[:] = [item for item in items if item not in needing]
        config.hook.pytest_deselected(items=needing)
        return
    for item in needing:
        item.add_marker(pytest.mark.skip(reason=NEEDS_SHARED))


def _folder(item: pytest.Item) -> int:
    """Its place in the run; within a folder the order stays."""
    longest = ("faults", "e2e")
    folder = item.path.parent.name
    return longest.index(folder) if folder in longest else len(longest)


class SkipWatch:
    """Fails the run on a test that was skipped (or expected to fail) for a reason nobody agreed on."""

    def __init__(self) -> None:
        self.unexpected: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """See each test's outcome."""
        if report.skipped and (CI or NEEDS_SHARED not in str(report.longrepr)):
            self.unexpected.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """See files skipped as a whole."""
        if report.skipped:
            self.unexpected.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a green run with such skips red."""
        if self.unexpected and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which and why."""
        if self.unexpected:
            terminalreporter.section("skipped tests fail the run")
            _lines(terminalreporter, self.unexpected)


def _lines(terminal: pytest.TerminalReporter, lines: Sequence[str]) -> None:
    for line in lines:
        terminal.write_line(line)
