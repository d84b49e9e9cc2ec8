"""Size budgets: a file is one idea, a function one thought (docs/decisions/0001-one-composer-three-libraries.md)."""

import statistics

from tests.architecture.house import PACKAGES, Source, functions, length, sources


def _over(found: tuple[Source, ...], lines: int) -> dict[str, int]:
    sizes = {
        f"{source.name}:{function.lineno} {function.name}": length(function)
        for source in found
        for function in functions(source)
    }
    return {name: size for name, size in sizes.items() if size > lines}


def _ninth_of_ten(sizes: list[int]) -> float:
    return statistics.quantiles(sizes, n=10)[-1]


def test_functions_are_short() -> None:
    """Whoever opens any function sees all of it."""
    sizes = [length(function) for source in sources(*PACKAGES) for function in functions(source)]
    assert len(sizes) > 100
    assert statistics.median(sizes) <= 9
    assert _ninth_of_ten(sizes) <= 30


def test_no_function_is_long() -> None:
    """Nor is there one exception that everybody fears."""
    assert _over(sources(*PACKAGES, "tests"), 60) == {}


def test_files_are_short() -> None:
    """A file is read in one sitting."""
    sizes = {source.name: source.text.count("\n") for source in sources(*PACKAGES, "tests")}
    assert _ninth_of_ten(list(sizes.values())) <= 250
    assert {name: size for name, size in sizes.items() if size > 400} == {}
