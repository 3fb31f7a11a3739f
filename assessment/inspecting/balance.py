"""Who takes how many: units dealt out evenly to checkers, none to an officer of the unit's own town. Pure."""

from collections import deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

Task = TypeVar("Task", bound=Hashable)
Checker = TypeVar("Checker", bound=Hashable)


def balanced(
    tasks: Sequence[Task],
    checkers: Sequence[Checker],
    *,
    may: Callable[[Checker, Task], bool],
    loads: Mapping[Checker, int] | None = None,
) -> dict[Task, Checker]:
    """Each task with its checker, so that no other way of dealing evens the loads out further.

    The same input gives the same answer. `loads` is what the checkers have already. A task that nobody may take is
    left out. Tasks go one by one to whoever has least; then work is passed on, through third hands where need be,
    from those who have two more than somebody they can pass to.
    """
    own: dict[Checker, list[Task]] = {checker: [] for checker in checkers}
    start = loads or {}

    def load(checker: Checker) -> int:
        return start.get(checker, 0) + len(own[checker])

    for task in tasks:
        able = [checker for checker in checkers if may(checker, task)]
        if able:
            own[min(able, key=load)].append(task)
    while _pass_on(own, load, may):
        pass
    return {task: checker for checker, taken in own.items() for task in taken}


def _pass_on(
    own: dict[Checker, list[Task]], load: Callable[[Checker], int], may: Callable[[Checker, Task], bool]
) -> bool:
    """Even out one pair of checkers, the fullest that can be relieved first; False where nothing is gained any more."""
    for giver in sorted(own, key=load, reverse=True):
        chain = _chain(giver, own, load, may)
        if chain:
            for holder, task, taker in chain:
                own[holder].remove(task)
                own[taker].append(task)
            return True
    return False


def _chain(
    giver: Checker,
    own: dict[Checker, list[Task]],
    load: Callable[[Checker], int],
    may: Callable[[Checker, Task], bool],
) -> list[tuple[Checker, Task, Checker]]:
    """The shortest row of hands that brings a task's weight from `giver` to somebody with two less, or nothing."""
    came: dict[Checker, tuple[Checker, Task] | None] = {giver: None}
    queue = deque([giver])
    while queue:
        holder = queue.popleft()
        for taker in own:
            task = next((one for one in own[holder] if may(taker, one)), None)
            if taker in came or task is None:
                continue
            came[taker] = (holder, task)
            if load(taker) <= load(giver) - 2:
                return _unwind(taker, came)
            queue.append(taker)
    return []


def _unwind(taker: Checker, came: dict[Checker, tuple[Checker, Task] | None]) -> list[tuple[Checker, Task, Checker]]:
    chain = []
    step = came[taker]
    while step:
        chain.append((step[0], step[1], taker))
        taker = step[0]
        step = came[taker]
    return chain
