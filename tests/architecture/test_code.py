"""Habits of the code that no linter knows."""

import ast
import re
from pathlib import PurePath

import pytest

from tests.architecture.house import PACKAGES, ROOT, Source, dotted, functions, sources, tracked

LATE = (
    "bot.cli",
    "bot.demo",
    "bot.web.exposition",
    "apscheduler",
    "store.migrations",
    "alembic",
    "asyncpg",
    "aiosmtplib",
    "email",
    "http.cookiejar",
    "httpx",
    "jinja2",
    "markupsafe",
    "uvloop",
)
"""What may be imported inside a function: heavy, and not needed by every start, or not there on every system."""
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "service", "base", "misc"}
WORKPLACES = (
    "/" + "work/",
    "/" + "root/",
    "/" + "home/",
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js.org",
    "debian" + ".org",
)
"""Paths of a machine and hosts of registries, in pieces so that this file does not hold them."""
UNFINISHED = re.compile(r"\bTO" + r"DO\b|\bFIX" + r"ME\b|\bXX" + r"X\b|raise NotImplemented" + r"Error")
PATCHING = re.compile(r"\bmock\.patch\b|unittest\.mock|monkeypatch\.set" + r"attr|importlib\.rel" + r"oad")


def _offenders(pattern: re.Pattern[str], *folders: str) -> list[str]:
    return [
        f"{source.name}:{number}: {line.strip()}"
        for source in sources(*folders)
        for number, line in enumerate(source.text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_is_left_unfinished() -> None:
    """What is here works; what does not work yet is not here."""
    assert _offenders(UNFINISHED, *PACKAGES, "tests") == []


def test_no_test_patches_code() -> None:
    """Tests run the code that people run."""
    assert _offenders(PATCHING, "tests") == []


def test_imports_stand_at_the_top() -> None:
    """What a file knows is read in its first lines; only a short list of heavy things comes late."""
    late = [
        f"{source.name}:{function.lineno} {name}"
        for source in sources(*PACKAGES)
        for function in functions(source)
        for node in ast.walk(function)
        for name in _imported(node)
        if not name.startswith(LATE)
    ]
    assert late == []


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names):
            return [f"{module}.{alias.name}" for alias in names]
        case _:
            return []


def test_no_module_holds_state() -> None:
    """Two bots in one process do not meet."""
    rebinding = [
        source.name
        for source in sources(*PACKAGES)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Global)
    ]
    assert rebinding == []


def test_only_exceptions_inherit_from_our_classes() -> None:
    """To understand a class one reads that class."""
    classes = {
        node.name: node
        for source in sources(*PACKAGES)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
    }
    assert len(classes) > 30
    heirs = [
        name
        for name, node in classes.items()
        if _parents(node) & classes.keys() and not _is_exception(node, classes)
    ]
    assert heirs == []


def _parents(node: ast.ClassDef) -> set[str]:
    return {dotted(parent).split(".")[-1] for parent in node.bases}


def _is_exception(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> bool:
    parents = _parents(node)
    if any(parent.endswith(("Error", "Exception")) and parent not in classes for parent in parents):
        return True
    return any(_is_exception(classes[parent], classes) for parent in parents & classes.keys() - {node.name})


def test_names_of_files_say_what_is_in_them() -> None:
    """Nobody searches for a thing in utils."""
    assert [name for name in tracked() if VAGUE & set(PurePath(name).with_suffix("").parts)] == []


@pytest.mark.parametrize("source", sources("tests"), ids=lambda source: source.name)
def test_every_test_says_what_it_promises(source: Source) -> None:
    """A failing test tells whoever broke it what a user has lost."""
    silent = [f.name for f in functions(source) if f.name.startswith("test_") and not ast.get_docstring(f)]
    assert silent == []


def test_nothing_names_the_machine_it_was_written_on() -> None:
    """A clone works, and reads, the same everywhere."""
    names = tracked()
    assert "pyproject.toml" in names
    found = [
        f"{name}: {place}"
        for name in names
        for place in WORKPLACES
        if place.encode() in (ROOT / name).read_bytes()
    ]
    assert found == []


def test_requirements_are_pinned_by_hash_and_name_no_index() -> None:
    """What is installed tomorrow is what was tested today, from wherever the reader installs."""
    for name in ("runtime", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pinned = re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE)
        assert len(pinned) > 20
        assert text.count("\n    --hash=sha256:") >= len(pinned)
        assert "://" not in text
        assert "--index-url" not in text
