"""One simulated clock for several processes: eight bytes of a file, mapped into the memory of each."""

import mmap
from datetime import UTC, datetime, timedelta
from pathlib import Path

_SIZE = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class SharedClock:
    """Shows the time that is written in its file; whoever moves it moves it for everybody."""

    def __init__(self, file: Path, start: datetime | None = None) -> None:
        if start is not None:
            file.write_bytes(bytes(_SIZE))
        with file.open("r+b") as opened:
            self._shown = mmap.mmap(opened.fileno(), _SIZE)
        self.file = file
        if start is not None:
            self.set(start)

    def __call__(self) -> datetime:
        """The time it shows, UTC."""
        return _EPOCH + int.from_bytes(self._shown[:], "little") * _MICROSECOND

    def set(self, now: datetime) -> None:
        """Show another time."""
        self._shown[:] = ((now - _EPOCH) // _MICROSECOND).to_bytes(_SIZE, "little")

    def advance(self, step: timedelta) -> None:
        """Move on (or back) by `step`."""
        self.set(self() + step)
