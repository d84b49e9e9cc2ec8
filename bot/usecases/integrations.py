"""Looking: the listing and one integration opened."""

from collections.abc import Iterable
from datetime import datetime

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
    rights = overview.rights
    if rights.person is None:
        rights = await people.rights_of(ctx, ws, user_id)
    if not policy.welcome(rights.person):
        return blocks.help.kind_refusal()
    if not rights.has_groups:
        return await _first_run(ctx, ws, rights)
    return blocks.listing.listing(_view(ctx, overview, rights, words, page))


async def _first_run(ctx: Context, ws: WorkspaceId, rights: Rights) -> Message:
    may_create = policy.may_administer(rights)
    admins = () if may_create else await people.admins(ctx, ws)
    return blocks.groups.first_run(FirstRunView(may_create=may_create, admins=admins))


def _view(ctx: Context, overview: Overview, rights: Rights, words: str, page: int) -> IntegrationsView:
    counts = {tile.provider_key: tile for tile in overview.tiles if tile.total > 0}
    providers = ctx.connectors.providers()
    now = ctx.clock()
    tiles = [_tile(ctx, p, counts.get(p.key), rights, now) for p in providers]
    shown = narrow(tiles, words, {p.key: p.aliases for p in providers})
    return IntegrationsView(
        connected=tuple(sorted((t for t in shown if t.accounts), key=_attention)),
        available=tuple(sorted((t for t in shown if not t.accounts), key=_category)),
        words=words,
        page=page,
        total=len(tiles),
        nearest=None if shown else nearest(words, providers),
        nothing=None if shown else nothing(words),
    )


def _tile(ctx: Context, provider: Provider, counts: Counts | None, rights: Rights, now: datetime) -> Tile:
    missing = ctx.connectors.missing_settings(provider.key)
    admin = policy.may_administer(rights)
    return Tile(
        key=provider.key,
        name=provider.name,
        category=provider.category.value,
        accounts=_shown(counts, rights) if counts else 0,
        problems=tuple(_problems(counts, rights, now)) if counts else (),
        set_up=not missing,
        missing_settings=missing if admin else (),
    )


def _shown(counts: Counts, rights: Rights) -> int:
    return counts.total if policy.may_manage(rights) else counts.total - counts.waiting


def _problems(counts: Counts, rights: Rights, now: datetime) -> Iterable[Problem]:
    if counts.disconnected:
        yield Problem(status=Status.DISCONNECTED, count=counts.disconnected, reason=counts.reason)
    if counts.needs_permission:
        yield Problem(status=Status.NEEDS_PERMISSION, count=counts.needs_permission)
    days = policy.days_left(counts.expires_at, now)
    if days is not None:
        yield Problem(status=Status.EXPIRING, count=1, days=days)
    if counts.waiting and policy.may_manage(rights):
        yield Problem(status=Status.WAITING, count=counts.waiting)
    if counts.setup_problem and policy.may_administer(rights):
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


def _attention(tile: Tile) -> tuple[int, str]:
    worst = min((_WORST_FIRST.index(p.status) for p in tile.problems), default=len(_WORST_FIRST))
    return worst, tile.name.casefold()


def _category(tile: Tile) -> tuple[bool, int, str]:
    place = _CATEGORIES.index(tile.category) if tile.set_up else len(_CATEGORIES)
    return not tile.set_up, place, tile.name.casefold()
