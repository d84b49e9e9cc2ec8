"""axe-core's judgement of a page (dequeuniversity.com/rules/axe/4.12, read 2026-11-24), as sentences."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_GRAVE = {"serious", "critical"}
_MOST = 5


async def axe(page: Page, *, within: str | None = None) -> None:
    """Raises AssertionError naming each serious or critical violation with the places it is at; `within`: a CSS selector."""
    found = await Axe().run(page, context=within)
    grave = [one for one in found.response["violations"] if one["impact"] in _GRAVE]
    assert not grave, "\n".join(["", *map(_told, grave)])


def _told(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    places = [f"    {node['html'][:160]}\n      {_summary(node)}" for node in nodes[:_MOST]]
    more = [f"    and {len(nodes) - _MOST} more"] if len(nodes) > _MOST else []
    return "\n".join([f"{violation['impact']}: {violation['help']} ({violation['id']})", *places, *more])


def _summary(node: dict[str, Any]) -> str:
    return " ".join(str(node["failureSummary"]).split())
