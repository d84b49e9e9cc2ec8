"""The import contracts of pyproject.toml: they hold here, and each one bites."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS}

VIOLATIONS = {
    "star": ("store/one.py", "import connectors.engine"),
    "floors": ("bot/policy.py", "import bot.usecases.one"),
    "referee": ("bot/sandbox/one.py", "import bot.errors"),
    "guest": ("bot/app.py", "import bot.sandbox.one"),
    "pure": ("blocks/one.py", "import time"),
    "sql": ("bot/usecases/one.py", "import sqlalchemy"),
    "edges": ("bot/commands/one.py", "import starlette"),
    "providers": ("connectors/providers/one.py", "import connectors.providers.two"),
    "acyclic": ("store/one.py", "import store.two"),
}
"""Contract -> a file of the stub and the line that breaks it."""


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(folder),
            "NO_COLOR": "1",
            "COLUMNS": "200",
            "PYTHONIOENCODING": "utf-8",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def _stub(folder: Path, files: Mapping[str, str]) -> None:
    """A house with every room named in the contracts and nothing in them."""
    floors = next(contract for contract in CONTRACTS if contract["id"] == "floors")
    rooms = [room.strip() for layer in floors["layers"] for room in layer.split("|")]
    packages = {"commands", "actions", "modals", "usecases", "web"}
    modules = [f"bot/{room}/one.py" if room in packages else f"bot/{room}.py" for room in rooms]
    modules += [
        "bot/sandbox/one.py",
        "connectors/engine.py",
        "connectors/outside.py",
        "connectors/provider.py",
    ]
    modules += [
        f"{package}/{name}.py"
        for package in ("connectors/providers", "store", "blocks")
        for name in ("one", "two")
    ]
    everything = dict.fromkeys(modules, "") | {"store/two.py": "import store.one"} | dict(files)
    for name, text in everything.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
        (path.parent / "__init__.py").touch()
        (folder / name.split("/")[0] / "__init__.py").touch()
    (folder / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())


def test_every_contract_holds() -> None:
    """Who reads one folder can trust what it does not know."""
    ran = _lint(ROOT)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert f"{len(CONTRACTS)} kept, 0 broken" in ran.stdout


def test_every_contract_has_a_violation_here() -> None:
    """A contract nobody has seen breaking is not trusted."""
    assert len(CONTRACTS) == 9
    assert set(VIOLATIONS) == set(NAMES)


def test_an_empty_house_keeps_every_contract(tmp_path: Path) -> None:
    """The stub breaks nothing by itself, so a broken contract below is the violation's doing."""
    _stub(tmp_path, {})
    ran = _lint(tmp_path)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_a_violation_breaks_its_contract(tmp_path: Path, contract: str) -> None:
    """A wrong import is refused by the contract that speaks of it."""
    file, line = VIOLATIONS[contract]
    _stub(tmp_path, {file: line})
    ran = _lint(tmp_path)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert f"{NAMES[contract]} BROKEN" in ran.stdout


def test_a_new_module_must_be_given_its_floor(tmp_path: Path) -> None:
    """Nothing is added to bot/ without deciding where it belongs."""
    _stub(tmp_path, {"bot/homeless.py": ""})
    ran = _lint(tmp_path)
    assert ran.returncode != 0
    assert "bot.homeless" in ran.stdout


def test_the_referee_contract_names_every_module_of_the_bot() -> None:
    """A new module of the bot is kept out of the local workspace, too."""
    referee = next(contract for contract in CONTRACTS if contract["id"] == "referee")
    floors = next(contract for contract in CONTRACTS if contract["id"] == "floors")
    rooms = {f"bot.{room.strip()}" for layer in floors["layers"] for room in layer.split("|")}
    assert rooms
    assert rooms <= set(referee["forbidden_modules"])
