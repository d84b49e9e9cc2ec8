"""Slack's side of Socket Mode: hello, envelopes and their acks, disconnect (docs.slack.dev/apis/events-api/using-socket-mode, read 2026-11)."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.records import Hearing, Records
from bot.sandbox.world import APP_ID, Json

MOST_CONNECTIONS = 10
_ACCEPTS_PAYLOAD = frozenset({"slash_commands", "interactive"})


@dataclass(slots=True)
class Sockets:
    """The open connections of one app; each envelope goes down exactly one of them, in turn."""

    records: Records
    tickets: set[str]
    open: list[WebSocket] = field(default_factory=list)
    _waiting: dict[str, asyncio.Future[Json]] = field(default_factory=dict)
    _turns: "count[int]" = field(default_factory=count)

    @property
    def connected(self) -> bool:
        """Whether the bot has a connection open."""
        return bool(self.open)

    async def serve(self, socket: WebSocket) -> None:
        """One connection, until either side ends it."""
        ticket = socket.path_params["ticket"]
        await socket.accept()
        if ticket not in self.tickets:
            await socket.close(4001)
            return
        self.tickets.discard(ticket)
        if len(self.open) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return
        self.open.append(socket)
        await socket.send_json(self._hello())
        self.records.ring()
        try:
            while True:
                self._take(await socket.receive_text())
        except WebSocketDisconnect:
            pass
        finally:
            if socket in self.open:
                self.open.remove(socket)
            self.records.ring()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.open),
            "connection_info": {"app_id": APP_ID},
            "debug_info": {"host": "sandbox", "approximate_connection_time": 3600},
        }

    def _take(self, raw: str) -> None:
        try:
            answer = json.loads(raw)
        except ValueError:
            self.records.refuse("socket", "invalid_json")
            return
        found = answer.get("envelope_id") if isinstance(answer, dict) else None
        waiting = self._waiting.pop(found, None) if isinstance(found, str) else None
        if waiting is None:
            self.records.refuse("socket", "unknown_envelope_id")
        elif not waiting.done():
            waiting.set_result(answer)

    async def deliver(self, kind: str, payload: Json, *, seconds: float, hearing: Hearing) -> Json | None:
        """Send an envelope and wait for its ack; None = it did not come in time."""
        envelope_id = str(uuid4())
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = waiting
        envelope = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind in _ACCEPTS_PAYLOAD,
        }
        try:
            await self.open[next(self._turns) % len(self.open)].send_json(envelope)
            answer = await asyncio.wait_for(waiting, seconds)
        except (TimeoutError, WebSocketDisconnect, RuntimeError):
            # RuntimeError: Starlette's word for a socket that closed in the meantime.
            self._waiting.pop(envelope_id, None)
            return None
        if answer.get("payload") is not None and kind not in _ACCEPTS_PAYLOAD:
            hearing.refuse("socket", "payload_not_accepted")
        return answer

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Ask every connection to be made anew, and end them, as Slack does now and then."""
        for socket in list(self.open):
            await socket.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}
            )
            self.open.remove(socket)
            await socket.close()
