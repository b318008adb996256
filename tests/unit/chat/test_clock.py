"""A clock that is set while an interview goes on."""

from codewithme_ext.interview.chat.schemas import ChatWish
from factories import World


async def test_fault_13_a_clock_that_jumps_changes_no_order(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    for text, hours in (("first", -1.0), ("second", 2.0), ("third", -1.0)):
        await world.services.chat.send(maya, session.id, ChatWish(text=text))
        world.clock.move(hours=hours)
    chat = await world.services.chat.history(maya, session.id, after=None, before=None, limit=10)
    assert [message.text for message in chat.messages] == ["first", "second", "third"]
    assert len({message.timestamp for message in chat.messages}) == 3, "the clock did jump"
    log = await world.services.sessions.activity(maya, session.id, after=0, limit=10)
    assert [line.data["text"] for line in log.activity if line.type == "chat-message-sent"] == [
        "first",
        "second",
        "third",
    ]
    assert [line.sequence for line in log.activity] == list(range(1, len(log.activity) + 1))
