"""Two pieces of work run in turn, and the line they make in the table."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

WARM_UP = 2


@dataclass(frozen=True)
class Result:
    """Times in milliseconds; `base` is None where the number itself has the goal, in `unit`."""

    what: str
    ours: float
    base: float | None
    goal: float
    unit: str = "ms"

    @property
    def value(self) -> float:
        return self.ours / self.base if self.base else self.ours

    @property
    def is_reached(self) -> bool:
        return self.value <= self.goal

    @property
    def line(self) -> str:
        verdict = "达到" if self.is_reached else "未达到"
        sides = f"{self.ours:9.2f}{self.unit} " + (f"{self.base:9.2f}{self.unit}" if self.base else " " * 11)
        return f"{sides} {self.value:8.2f}  目标≤{self.goal:<5g} {verdict}  {self.what}"


def compare(what: str, goal: float, ours: Callable[[], object], base: Callable[[], object], *, rounds: int) -> Result:
    """The medians of `rounds` runs of each, one after the other in turn, so that a busy machine slows both."""
    times: dict[Callable[[], object], list[float]] = {ours: [], base: []}
    for _ in range(WARM_UP + rounds):
        for work, taken in times.items():
            begun = perf_counter()
            work()
            taken.append((perf_counter() - begun) * 1000)
    return Result(what, median(times[ours][WARM_UP:]), median(times[base][WARM_UP:]), goal)
