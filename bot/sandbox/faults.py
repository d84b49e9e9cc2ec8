"""What can be made to go wrong between the bot and Slack: limits, errors, slowness, cut connections."""

from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Fault:
    """One kind of trouble for `method` ("*" = any, "response_url" = response addresses), `times` times.

    `error`: Slack's error string in a 200. `status`: HTTP status instead, with `retry_after` seconds where given.
    `worked`: the call does its work first, and then `error` or `status` is all the bot hears of it.
    `delay`: seconds of waiting first. `cut`: the connection breaks off, "before" the call has worked or "after" it.
    """

    method: str = "*"
    times: int = 1
    error: str | None = None
    status: int | None = None
    retry_after: int | None = None
    worked: bool = False
    delay: float = 0.0
    cut: str | None = None


@dataclass(slots=True)
class Faults:
    """The troubles still to come."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Let it happen to the next calls."""
        self.waiting.append(fault)

    def clear(self) -> None:
        """No trouble any more."""
        self.waiting.clear()

    def next(self, method: str) -> Fault | None:
        """The trouble this call meets, used up by one."""
        for fault in self.waiting:
            if fault.method in ("*", method):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
