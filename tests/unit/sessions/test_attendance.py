"""Who is here: tabs, reloads and absences."""

import asyncio

from factories import World


async def test_two_tabs_of_one_person_are_one_person(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    for connection in ("tab 1", "tab 2"):
        await world.services.attendance.connected(maya, session.id, connection)
    await world.services.attendance.disconnected(maya, session.id, "tab 1")
    seen = await world.services.sessions.get(maya, session.id)
    assert [person.is_online for person in seen.participants] == [True]
    await world.services.attendance.disconnected(maya, session.id, "tab 2")
    assert world.told()[-3:] == ["participant-online", "participant-connected", "participant-offline"]


async def test_a_reload_is_no_absence_and_a_longer_one_is_recorded(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    attendance = world.services.attendance
    await attendance.connected(maya, session.id, "page")
    await attendance.disconnected(maya, session.id, "page")
    await attendance.connected(maya, session.id, "page reloaded")
    attendance._away_after_s = 0.01
    await attendance.disconnected(maya, session.id, "page reloaded")
    await asyncio.gather(*attendance._absences.values())
    await attendance.connected(maya, session.id, "page again")
    page = await world.services.sessions.activity(maya, session.id, after=0, limit=100)
    assert [line.type for line in page.activity] == [
        "session-created",
        "participant-connected",
        "participant-disconnected",
        "participant-connected",
    ]


async def test_whoever_goes_on_at_another_server_is_not_away_and_nobody_is_watched_for_ever(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    attendance, presence = world.services.attendance, world.services.presence
    attendance._away_after_s = 0.01
    await attendance.connected(maya, session.id, "page")
    await attendance.disconnected(maya, session.id, "page")
    presence.change_elsewhere("another server", session.id, maya.person_id, "page there", is_open=True)
    await asyncio.gather(*attendance._absences.values())
    assert "participant-disconnected" not in world.told()
    assert attendance._absences == {}


async def test_whoever_is_back_before_the_others_were_told_was_never_away(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    attendance = world.services.attendance
    await attendance.connected(maya, session.id, "page")
    before = len(world.published)
    await asyncio.gather(
        attendance.disconnected(maya, session.id, "page"), attendance.connected(maya, session.id, "page reloaded")
    )
    assert "participant-connected" not in world.told()[before:]


async def test_who_waits_comes_and_goes_unseen_by_those_inside(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    priya = await world.guest(maya, session)
    before = len(world.published)
    await world.services.attendance.connected(priya, session.id, "page")
    await world.services.attendance.disconnected(priya, session.id, "page")
    assert world.told()[before:] == []
