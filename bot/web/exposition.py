"""What `/metrics` says: how much is due, waits, is broken or failed, in Prometheus' text format."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from bot.web.site import Site
from store import figures, outbox
from store.database import Tx
from store.troubles import Waiting
from store.watch_records import AlertKind, TroubleKind, Weather

__all__ = ["CONTENT_TYPE", "exposition"]


async def exposition(site: Site) -> bytes:
    """All numbers, read now."""
    async with site.context.store.reading() as tx:
        found = [metric async for metric in _stored(site, tx)]
    # A registry of its own, and not the library's: that one is a global.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once([*found, _failures(site)]))
    return generate_latest(registry)


class _Once(Collector):
    """Hands over what was read before: a registry asks its collectors without waiting for anything."""

    def __init__(self, found: Iterable[Metric]) -> None:
        self._found = list(found)

    def collect(self) -> Iterable[Metric]:
        """Give them."""
        return self._found


async def _stored(site: Site, tx: Tx) -> AsyncIterator[Metric]:
    now, keys = site.context.clock(), [provider.key for provider in site.context.connectors.providers()]
    for metric in _due(await figures.due_checks(tx, now), keys, now):
        yield metric
    waiting, oldest = await outbox.overdue(tx, now)
    yield _one(
        "lexer_outbox_pending", "Messages that wait to be told, also those put off.", await outbox.pending(tx)
    )
    yield _one("lexer_outbox_due", "Messages that are due.", waiting)
    yield _one(
        "lexer_outbox_oldest_seconds", "How long the oldest due message has been due.", _age(oldest, now)
    )
    messages = GaugeMetricFamily(
        "lexer_messages", "Messages of the last 30 days by what became of them.", labels=["surface", "fate"]
    )
    for (surface, state), number in (await figures.messages(tx)).items():
        messages.add_metric([surface.value, state.value], number)
    yield messages
    yield _by("lexer_alerts_open", "Open alerts.", "kind", AlertKind, await figures.open_alerts(tx))
    troubles = await figures.open_troubles(tx)
    yield _by(
        "lexer_watch_troubles", "Workspaces whose watching is in trouble.", "problem", TroubleKind, troubles
    )
    yield _weather(await figures.weather(tx), keys)


def _due(found: Mapping[str, Waiting], keys: Iterable[str], now: datetime) -> Iterator[Metric]:
    number = GaugeMetricFamily("lexer_checks_due", "Checks of accounts that are due.", labels=["provider"])
    age = GaugeMetricFamily(
        "lexer_checks_oldest_seconds", "How long the oldest due check has been due.", labels=["provider"]
    )
    for key in keys:
        waiting = found.get(key)
        number.add_metric([key], waiting.number if waiting else 0)
        age.add_metric([key], _age(waiting.oldest if waiting else None, now))
    yield from (number, age)


def _weather(found: Mapping[str, Weather], keys: Iterable[str]) -> Metric:
    metric = GaugeMetricFamily(
        "lexer_provider_weather", "1 for how a provider is doing now.", labels=["provider", "weather"]
    )
    for key in keys:
        for weather in Weather:
            metric.add_metric([key, weather.value], float(found.get(key, Weather.FINE) is weather))
    return metric


def _failures(site: Site) -> Metric:
    metric = CounterMetricFamily(
        "lexer_ticks_failed", "Runs that broke since this process began.", labels=["tick"]
    )
    for name, number in sorted(site.ticks_failed.items()):
        metric.add_metric([name], number)
    return metric


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _by(name: str, words: str, label: str, kinds: Iterable[StrEnum], found: Mapping[Any, int]) -> Metric:
    metric = GaugeMetricFamily(name, words, labels=[label])
    for kind in kinds:
        metric.add_metric([kind.value], found.get(kind, 0))
    return metric


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
