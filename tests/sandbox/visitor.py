"""A browser tab as the pages' script behaves, without a browser: asks for pages and parts, and sends orders."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bot.sandbox.workspace import Sandbox
from bot.sandbox.world import OpenView, Posted


@dataclass(slots=True, kw_only=True)
class Visitor:
    """One person's tab. `since` is when it was loaded."""

    client: httpx.AsyncClient
    origin: str
    name: str
    channel: str = "C0GENERAL"
    since: str = ""

    def url(self, **query: str) -> str:
        """The address of their screen."""
        return str(httpx.URL(f"/client/T0LEXERDEMO/{self.channel}", params={"as": self.name, **query}))

    async def loads(self, **query: str) -> str:
        """The whole page, as after a reload."""
        page = (await self.client.get(self.url(**query))).text
        self.since = page.partition('data-since="')[2].partition('"')[0]
        return page

    async def looks(self, *, seen: bool = True, **query: str) -> str:
        """The page's part, as the script asks for it after a change."""
        headers = {"X-Lexer-Part": "app", "X-Lexer-Since": self.since, "X-Lexer-Seen": "1" if seen else "0"}
        return (await self.client.get(self.url(**query), headers=headers)).text

    async def does(self, what: str, **order: Any) -> httpx.Response:
        """Send an order, with the Origin a browser adds."""
        body = {"as": self.name, **order}
        return await self.client.post(f"/do/{what}", json=body, headers={"Origin": self.origin})

    async def says(self, text: str, **more: Any) -> httpx.Response:
        """Send what stands in the composer."""
        return await self.does("say", channel=self.channel, text=text, thread=None, **more)


@asynccontextmanager
async def visiting(sandbox: Sandbox, name: str = "maria", **more: Any) -> AsyncIterator[Visitor]:
    """A tab of this person, loaded."""
    async with httpx.AsyncClient(base_url=sandbox.base_url, trust_env=False) as client:
        visitor = Visitor(client=client, origin=sandbox.base_url, name=name, **more)
        await visitor.loads()
        yield visitor


def place(where: OpenView | Posted) -> str:
    """How the pages name a modal or a message."""
    return f"view:{where.id}" if isinstance(where, OpenView) else f"message:{where.channel}:{where.ts}"
