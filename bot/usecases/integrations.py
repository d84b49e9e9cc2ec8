"""Looking: the listing and one integration opened."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

import blocks.groups
import blocks.help
import blocks.listing
from blocks.parts import Message
from blocks.status import Status
from blocks.views import FirstRunView, IntegrationsView, Problem, Tile
from bot import policy
from bot.usecases import people
from bot.usecases.context import Context
from bot.usecases.narrowing import narrow, nearest, nothing
from connectors.provider import Provider
from store import integrations
from store.records import Overview, Rights, UserId, WorkspaceId
from store.records import Tile as Counts


async def listing(ctx: Context, ws: WorkspaceId, user_id: UserId, words: str, page: int = 0) -> Message:
    """The listing for one person, narrowed by `words`; the first-run guide where no Group exists yet."""
    async with ctx.store.reading() as tx:
        overview = await integrations.overview(tx, ws, user_id)
    now, source = ctx.clock(), (overview.stamp, words, page)
    found = ctx.drawn.get(source, now)
    if found is not None:
        return found
    rights = overview.rights
    if rights.person is None:
        rights = await people.rights_of(ctx, ws, user_id)
    if not policy.welcome(rights.person):
        return blocks.help.kind_refusal()
    if not rights.has_groups:
        return await _first_run(ctx, ws, rights)
    message = blocks.listing.listing(_view(ctx, overview, rights, words, page, now))
    if rights is not overview.rights:
        return message
    ends = (policy.days_change_at(tile.expires_at, now) for tile in overview.tiles)
    return ctx.drawn.keep(source, message, min((end for end in ends if end), default=None))


async def _first_run(ctx: Context, ws: WorkspaceId, rights: Rights) -> Message:
    may_create = policy.may_administer(rights)
    admins = () if may_create else await people.admins(ctx, ws)
    return blocks.groups.first_run(FirstRunView(may_create=may_create, admins=admins))


def _view(
    ctx: Context, overview: Overview, rights: Rights, words: str, page: int, now: datetime
) -> IntegrationsView:
    counts = {tile.provider_key: tile for tile in overview.tiles}
    providers = ctx.connectors.providers()
    manages, admin = policy.may_manage(rights), policy.may_administer(rights)
    ranked = [_ranked(*_facts(ctx, p, counts.get(p.key), now), manages, admin) for p in providers]
    ranked.sort(key=_RANK)
    shown = narrow([tile for _, tile in ranked], words, providers)
    return IntegrationsView(
        connected=tuple(t for t in shown if t.accounts),
        available=tuple(t for t in shown if not t.accounts),
        words=words,
        page=page,
        total=len(ranked),
        nearest=None if shown else nearest(words, providers),
        nothing=None if shown else nothing(words),
    )


_RANK = itemgetter(0)
_Facts = tuple[str, str, str, tuple[str, ...], Counts | None, int | None]


def _facts(ctx: Context, provider: Provider, counts: Counts | None, now: datetime) -> _Facts:
    days = policy.days_left(counts.expires_at, now) if counts else None
    missing = ctx.connectors.missing_settings(provider.key)
    return provider.key, provider.name, provider.category.value, missing, counts, days


@lru_cache(maxsize=4096)
def _ranked(
    key: str,
    name: str,
    category: str,
    missing: tuple[str, ...],
    counts: Counts | None,
    days: int | None,
    manages: bool,  # noqa: FBT001 - a cache tells names from places
    admin: bool,  # noqa: FBT001
) -> tuple[tuple[int, int, int, str], Tile]:
    """A tile and its place in the reading order: attention first, then connected, then what can be connected, by category.

    The same facts always make the same tile, so those seen before are not made again; the facts are read fresh each time.
    """
    problems = tuple(_problems(counts, days, manages=manages, admin=admin)) if counts else ()
    tile = Tile(
        key=key,
        name=name,
        category=category,
        accounts=_shown(counts, manages=manages) if counts else 0,
        problems=problems,
        set_up=not missing,
        missing_settings=missing if admin else (),
    )
    return _place(tile), tile


def _shown(counts: Counts, *, manages: bool) -> int:
    return counts.total if manages else counts.total - counts.waiting


def _problems(counts: Counts, days: int | None, *, manages: bool, admin: bool) -> Iterable[Problem]:
    if counts.disconnected:
        yield Problem(status=Status.DISCONNECTED, count=counts.disconnected, reason=counts.reason)
    if counts.needs_permission:
        yield Problem(status=Status.NEEDS_PERMISSION, count=counts.needs_permission)
    if days is not None:
        yield Problem(status=Status.EXPIRING, count=1, days=days)
    if counts.waiting and manages:
        yield Problem(status=Status.WAITING, count=counts.waiting)
    if counts.setup_problem and admin:
        yield Problem(status=Status.SETUP_PROBLEM, count=counts.setup_problem)
    if counts.provider_problem:
        yield Problem(status=Status.PROVIDER_PROBLEM, count=counts.provider_problem)


_WORST_FIRST = (
    Status.DISCONNECTED,
    Status.NEEDS_PERMISSION,
    Status.EXPIRING,
    Status.WAITING,
    Status.SETUP_PROBLEM,
    Status.PROVIDER_PROBLEM,
)
_CATEGORIES = ("marketing", "ecommerce", "service", "other")


def _place(tile: Tile) -> tuple[int, int, int, str]:
    name = tile.name.casefold()
    if tile.accounts:
        worst = min((_WORST_FIRST.index(p.status) for p in tile.problems), default=len(_WORST_FIRST))
        return 0, worst, 0, name
    place = _CATEGORIES.index(tile.category) if tile.set_up else len(_CATEGORIES)
    return 1, int(not tile.set_up), place, name
