"""What is imported is declared, and what is declared is needed."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.house import PACKAGES, ROOT, sources

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BEHIND_OTHERS = {"aiosqlite", "asyncpg", "httptools", "tzdata", "websockets"}
"""Found by name: the drivers by SQLAlchemy, the parsers by uvicorn, the time zones by zoneinfo."""


def _normal(name: str) -> str:
    return name.lower().replace("_", "-")


def _declared() -> set[str]:
    return {_normal(re.split(r"[\[<>=;~! ]", line)[0]) for line in PROJECT["dependencies"]}


def _imported() -> set[str]:
    """Distributions whose modules the program imports."""
    modules = {
        name.split(".")[0]
        for source in sources(*PACKAGES)
        for node in ast.walk(source.tree)
        for name in _names(node)
    }
    foreign = modules - set(sys.stdlib_module_names) - set(PACKAGES)
    distributions = packages_distributions()
    return {_normal(distributions[module][0]) for module in foreign}


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case _:
            return []


def test_everything_imported_is_declared() -> None:
    """An update of one library does not take another away."""
    imported = _imported()
    assert "slack-bolt" in imported
    assert imported - _declared() == set()


def test_everything_declared_is_used() -> None:
    """Nobody installs, and watches, what is not needed."""
    assert _declared() - _imported() - BEHIND_OTHERS == set()


def test_every_dependency_has_its_reason() -> None:
    """Each line says why it is there."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if re.match(r'  "[a-z0-9-]+(\[\w+\])?>=', line)]
    assert len(lines) >= len(PROJECT["dependencies"])
    assert [line for line in lines if "#" not in line] == []


def test_everything_declared_is_pinned() -> None:
    """`make requirements` was not forgotten."""
    pinned = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    assert {name for name in _declared() if f"\n{name}==" not in f"\n{pinned}"} == set()
