"""Messages of many connections handled together, so that one commit serves them all.

What arrives while a group is handled waits and goes with the next one: the busier the senders, the
larger the groups, and a message that comes alone does not wait for others.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Gather(Generic[A, B]):
    """Groups of at most `most`, of which at most `lanes` are handled at once.

    `handle` returns an answer or an exception in the place of each thing it was given.
    """

    def __init__(
        self,
        handle: Callable[[Sequence[A]], Awaitable[Sequence[B | BaseException]]],
        *,
        most: int = 32,
        lanes: int = 2,
    ) -> None:
        self._handle = handle
        self._most = most
        self._free = lanes
        self._waiting: deque[tuple[A, asyncio.Future[B]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._due = False

    @property
    def waiting(self) -> int:
        """How many things wait for a group."""
        return len(self._waiting)

    async def __call__(self, one: A) -> B:
        """Return the answer to one thing, handled with others. Raises what stands for it."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[B] = loop.create_future()
        self._waiting.append((one, future))
        if not self._due:  # once all that arrived in this turn of the loop has been added
            self._due = True
            loop.call_soon(self._start)
        return await future

    def _start(self) -> None:
        self._due = False
        while self._free and self._waiting:
            size = min(self._most, len(self._waiting))
            group = [self._waiting.popleft() for _ in range(size)]
            self._free -= 1
            task = asyncio.get_running_loop().create_task(self._run(group))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, group: Sequence[tuple[A, "asyncio.Future[B]"]]) -> None:
        answers: Sequence[B | BaseException]
        try:
            answers = await self._handle([one for one, _ in group])
        except Exception as error:  # noqa: BLE001  each of the group is told
            answers = [error] * len(group)
        finally:
            self._free += 1
        for (_, future), answer in zip(group, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, BaseException):
                future.set_exception(answer)
            else:
                future.set_result(answer)
        self._start()
