"""Runs variants in rounds, each round in a new random order, and compares only what ran in the same round."""

import random
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Seconds (or any unit) per variant, one number a round, in the order of the rounds."""

    by_variant: Mapping[str, tuple[float, ...]]

    def median(self, variant: str) -> float:
        """The middle one of a variant's rounds."""
        return statistics.median(self.by_variant[variant])

    def ratio(self, variant: str, floor: str) -> float:
        """The middle one of the same-round ratios of `variant` to `floor`."""
        pairs = zip(self.by_variant[variant], self.by_variant[floor], strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)


async def rounds(variants: Mapping[str, Callable[[], Awaitable[float]]], *, count: int) -> Rounds:
    """Await each variant once a round; it returns what it measured."""
    measured: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(count):
        for name in random.sample(list(variants), len(variants)):
            measured[name].append(await variants[name]())
    return Rounds(by_variant={name: tuple(numbers) for name, numbers in measured.items()})


def timed(work: Callable[[], object], *, times: int) -> Callable[[], Awaitable[float]]:
    """The median time of one call, in seconds, over `times` calls."""

    async def measure() -> float:
        samples = []
        for _ in range(times):
            start = time.perf_counter()
            work()
            samples.append(time.perf_counter() - start)
        return statistics.median(samples)

    return measure


def timed_async(work: Callable[[], Awaitable[object]], *, times: int) -> Callable[[], Awaitable[float]]:
    """The same for a coroutine function."""

    async def measure() -> float:
        samples = []
        for _ in range(times):
            start = time.perf_counter()
            await work()
            samples.append(time.perf_counter() - start)
        return statistics.median(samples)

    return measure
