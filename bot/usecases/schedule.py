"""What comes by the clock: digests, reminders, warnings, and the watch over the watching. Each by itself: one that fails stops no other."""

from collections.abc import Awaitable, Callable

from bot.in_flight import report
from bot.usecases import digests, expiry, reminders, watcher
from bot.usecases.context import Context


async def remind(ctx: Context) -> int:
    """One round; how much there was to do. Raises ScheduleBroken when a part failed, after the others are done."""
    parts: tuple[Callable[[Context], Awaitable[int]], ...] = (
        reminders.remind,
        _digests,
        expiry.warn,
        watcher.watch,
    )
    done, broken = 0, []
    for part in parts:
        try:
            done += await part(ctx)
        except Exception as error:  # noqa: BLE001  the others are not to suffer
            report(error)
            broken.append(part.__name__.strip("_"))
    if done:
        ctx.kick("deliver")
    if broken:
        raise ScheduleBroken(", ".join(broken))
    return done


async def _digests(ctx: Context) -> int:
    done, broken = 0, False
    for ws in await digests.workspaces(ctx):
        try:
            done += await digests.ask(ctx, ws)
        except Exception as error:  # noqa: BLE001  nor are other workspaces
            report(error)
            broken = True
    if broken:
        raise ScheduleBroken("a workspace's digest")
    return done


class ScheduleBroken(Exception):
    """Parts of the round that failed, by name; their errors are in the log."""
