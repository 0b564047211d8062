import asyncio
from collections.abc import Sequence

import pytest

from hl7.gather import Gather


def test_what_waits_goes_together_and_each_gets_its_own_answer() -> None:
    groups: list[list[int]] = []

    async def double(group: Sequence[int]) -> list[int | BaseException]:
        groups.append(list(group))
        await asyncio.sleep(0)
        return [2 * one for one in group]

    async def run() -> list[int]:
        gather = Gather(double, most=4, lanes=1)
        return await asyncio.gather(*(gather(number) for number in range(10)))

    assert asyncio.run(run()) == [2 * number for number in range(10)]
    assert groups == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


def test_only_so_many_groups_are_handled_at_once() -> None:
    running, most = 0, 0

    async def count(group: Sequence[int]) -> list[int | BaseException]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        return list(group)

    async def run() -> None:
        gather = Gather(count, most=1, lanes=2)
        await asyncio.gather(*(gather(number) for number in range(6)))

    asyncio.run(run())
    assert most == 2


def test_one_failure_is_told_to_its_own_and_a_failing_group_to_all_of_it() -> None:
    async def fail(group: Sequence[int]) -> list[int | BaseException]:
        if 0 in group:
            raise OSError("all")
        return [ValueError("one") if one == 1 else one for one in group]

    async def run() -> list[int | BaseException]:
        gather = Gather(fail, most=2, lanes=1)
        calls = [gather(number) for number in (1, 2, 0, 3, 4)]
        return await asyncio.gather(*calls, return_exceptions=True)

    one, two, three, four, five = asyncio.run(run())
    assert isinstance(one, ValueError)
    assert (two, five) == (2, 4)
    assert isinstance(three, OSError)
    assert isinstance(four, OSError)


def test_who_no_longer_waits_does_not_harm_the_others() -> None:
    async def slow(group: Sequence[int]) -> list[int | BaseException]:
        await asyncio.sleep(0.01)
        return list(group)

    async def run() -> int:
        gather = Gather(slow, lanes=1)
        first = asyncio.ensure_future(gather(1))
        second = asyncio.ensure_future(gather(2))
        await asyncio.sleep(0)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await second

    assert asyncio.run(run()) == 2
