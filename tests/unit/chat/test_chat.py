"""The chat: kept, in order, once."""

import asyncio
from pathlib import Path

import pytest

from codewithme_ext.errors import InvalidInputError, NotPermittedError
from codewithme_ext.interview.chat.schemas import ChatWish
from factories import World, open_world


async def test_a_retry_with_the_same_key_is_the_same_message(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    sent = await asyncio.gather(
        *(world.services.chat.send(maya, session.id, ChatWish(text="hello", key="k1")) for _ in range(4))
    )
    assert len({message.id for message in sent}) == 1
    page = await world.services.chat.history(maya, session.id, after=None, before=None, limit=10)
    assert [message.text for message in page.messages] == ["hello"]
    assert world.told().count("chat-message-sent") == 1


async def test_two_people_may_use_the_same_key(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.candidate(maya, session)
    for person in (maya, priya):
        await world.services.chat.send(person, session.id, ChatWish(text=person.name, key="1"))
    page = await world.services.chat.history(priya, session.id, after=None, before=None, limit=10)
    assert [message.username for message in page.messages] == ["Maya", "Priya"]


async def test_history_is_read_forwards_from_a_number_and_backwards_from_the_end(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    for number in range(5):
        await world.services.chat.send(maya, session.id, ChatWish(text=str(number)))
    newest = await world.services.chat.history(maya, session.id, after=None, before=None, limit=2)
    assert [message.text for message in newest.messages] == ["3", "4"]
    older = await world.services.chat.history(maya, session.id, after=None, before=newest.next, limit=10)
    assert [message.text for message in older.messages] == ["0", "1", "2"]
    assert older.next is None
    missed = await world.services.chat.history(
        maya, session.id, after=older.messages[-1].sequence, before=None, limit=10
    )
    assert [message.text for message in missed.messages] == ["3", "4"]


async def test_an_empty_message_is_refused(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    with pytest.raises(InvalidInputError):
        await world.services.chat.send(maya, session.id, ChatWish(text=" \n"))


async def test_nobody_writes_where_chat_is_switched_off(tmp_path: Path, tables_url: str) -> None:
    async with open_world(tmp_path, tables_url, enable_chat=False) as world:
        maya = await world.host()
        session = await world.session(maya)
        with pytest.raises(NotPermittedError, match="switched off"):
            await world.services.chat.send(maya, session.id, ChatWish(text="hello"))
