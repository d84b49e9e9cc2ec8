"""The repository as the architecture tests read it: which files there are, and the code as syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "connectors", "store", "blocks")
MIGRATIONS = "store/migrations/versions/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One Python file."""

    name: str
    """Path from the root, with slashes."""
    text: str
    tree: ast.Module


def tracked() -> tuple[str, ...]:
    """Every file that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files below these folders, migrations left out; at least one each, or the test that asks proves nothing."""
    found = [_source(path) for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    assert all(any(source.name.startswith(f"{folder}/") for source in found) for folder in folders), folders
    return tuple(source for source in found if not source.name.startswith(MIGRATIONS))


def _source(path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    return Source(name=path.relative_to(ROOT).as_posix(), text=text, tree=ast.parse(text))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Source) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    for node in ast.walk(source.tree):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Lines from `def` to the last, its docstring left out."""
    first = function.body[0]
    documented = ast.get_docstring(function) is not None
    words = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - words


def dotted(node: ast.expr) -> str:
    """The written name of an expression such as `a.b.c`; "" if it is none."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case _:
            return ""
