"""Who is next: nobody starves, however many runs another person has waiting."""

import asyncio
from collections.abc import Callable

import pytest

from codewithme_sandbox.job import SandboxBusyError
from codewithme_sandbox.turns import Turns


async def settle() -> None:
    """Lets every task go as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


async def take(turns: Turns, person: str) -> Callable[[], None]:
    """Waits for a turn; returns what gives it back."""
    turn = turns.ask(person)
    try:
        async for _ in turn.places():
            pass
    except BaseException:
        turn.give_back()
        raise
    return turn.give_back


async def test_a_single_run_of_another_person_is_next_but_one() -> None:
    turns = Turns(1, may_wait=100)
    served: list[str] = []
    give_back = await take(turns, "ada")

    async def run(person: str, name: str) -> None:
        done = await take(turns, person)
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
    give_back = await take(turns, "x")

    async def run(person: str) -> None:
        done = await take(turns, person)
        served.append(person)
        done()

    tasks = [asyncio.create_task(run(person)) for person in "aaabbbccc"]
    await settle()
    give_back()
    await asyncio.gather(*tasks)
    assert "".join(served) == "abcabcabc"


async def test_places_are_bounded_and_come_back() -> None:
    turns = Turns(2, may_wait=1)
    first, second = await take(turns, "a"), await take(turns, "a")
    waiting = asyncio.create_task(take(turns, "b"))
    await settle()
    assert not waiting.done()
    with pytest.raises(SandboxBusyError):
        await take(turns, "c")
    first()
    first()  # giving back twice is giving back once
    third = await waiting
    second()
    third()
    assert turns.waiting == 0
    await take(turns, "a")
    await take(turns, "a")


@pytest.mark.parametrize("has_place", [False, True])
async def test_whoever_leaves_the_queue_loses_no_place_for_others(has_place: bool) -> None:
    turns = Turns(1, may_wait=10)
    give_back = await take(turns, "a")
    leaving = asyncio.create_task(take(turns, "b"))
    staying = asyncio.create_task(take(turns, "c"))
    await settle()
    if has_place:
        give_back()  # the place is b's already when b leaves
        leaving.cancel()
    else:
        leaving.cancel()
        await settle()
        give_back()
    await asyncio.wait_for(staying, 1)


async def test_everybody_is_told_their_place_whenever_it_changes() -> None:
    turns = Turns(1, may_wait=10)
    running = turns.ask("x")
    places: dict[str, list[int]] = {}
    asked = {}

    async def watch(name: str) -> None:
        async for place in asked[name].places():
            places.setdefault(name, []).append(place)
        places[name].append(0)

    tasks = []
    for name in ("ada 1", "ada 2", "ada 3", "bob 1"):
        asked[name] = turns.ask(name.split()[0])
        tasks.append(asyncio.create_task(watch(name)))
        await settle()
    assert places == {"ada 1": [1], "ada 2": [2, 3], "ada 3": [3, 4], "bob 1": [2]}
    asked["ada 2"].give_back()
    await settle()
    assert places["ada 3"] == [3, 4, 3]
    tasks.pop(1).cancel()
    for done in (running, asked["ada 1"], asked["bob 1"]):
        done.give_back()
        await settle()
    await asyncio.gather(*tasks)
    assert places["ada 3"] == [3, 4, 3, 2, 1, 0]
    assert places["bob 1"] == [2, 1, 0]
