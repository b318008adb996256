"""Who is next: nobody starves, however many runs another person has waiting."""

import asyncio

import pytest

from codewithme_sandbox.job import SandboxBusyError
from codewithme_sandbox.turns import Turns


async def settle() -> None:
    """Lets every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_single_run_of_another_person_is_next_but_one() -> None:
    turns = Turns(1, may_wait=100)
    served: list[str] = []
    give_back = await turns.take("ada")

    async def run(person: str, name: str) -> None:
        done = await turns.take(person)
        served.append(name)
        done()

    tasks = [asyncio.create_task(run("ada", f"ada {n}")) for n in range(50)]
    await settle()
    tasks.append(asyncio.create_task(run("bob", "bob")))
    await settle()
    give_back()
    await asyncio.gather(*tasks)
    assert served.index("bob") <= 1
    assert [name for name in served if name != "bob"] == [f"ada {n}" for n in range(50)]


async def test_persons_take_turns() -> None:
    turns = Turns(1, may_wait=100)
    served: list[str] = []
    give_back = await turns.take("x")

    async def run(person: str) -> None:
        done = await turns.take(person)
        served.append(person)
        done()

    tasks = [asyncio.create_task(run(person)) for person in "aaabbbccc"]
    await settle()
    give_back()
    await asyncio.gather(*tasks)
    assert "".join(served) == "abcabcabc"


async def test_places_are_bounded_and_come_back() -> None:
    turns = Turns(2, may_wait=1)
    first, second = await turns.take("a"), await turns.take("a")
    waiting = asyncio.create_task(turns.take("b"))
    await settle()
    assert not waiting.done()
    with pytest.raises(SandboxBusyError):
        await turns.take("c")
    first()
    first()  # giving back twice is giving back once
    third = await waiting
    second()
    third()
    assert turns.waiting == 0
    await turns.take("a")
    await turns.take("a")


@pytest.mark.parametrize("has_place", [False, True])
async def test_whoever_leaves_the_queue_loses_no_place_for_others(has_place: bool) -> None:
    turns = Turns(1, may_wait=10)
    give_back = await turns.take("a")
    leaving = asyncio.create_task(turns.take("b"))
    staying = asyncio.create_task(turns.take("c"))
    await settle()
    if has_place:
        give_back()  # the place is b's already when b leaves
        leaving.cancel()
    else:
        leaving.cancel()
        await settle()
        give_back()
    await asyncio.wait_for(staying, 1)
