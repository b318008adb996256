"""Finding one's interviews."""

from datetime import timedelta

import pytest

from codewithme_ext.interview.roles import Role
from codewithme_ext.interview.sessions.models import SessionStatus
from codewithme_ext.interview.sessions.schemas import SessionChanges, SessionsQuery
from factories import World


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "CACHE"}, {"Cache with expiry"}),
        ({"q": "éTUDE"}, {"Étude 100%"}),
        ({"q": "100%"}, {"Étude 100%"}),
        ({"q": "1_0"}, set()),
        ({"q": "expiry cache"}, {"Cache with expiry"}),
        ({"q": "cache loops"}, set()),
        ({"q": "of the week"}, {"Loops"}),
        ({"language": "python"}, {"Cache with expiry", "Loops", "Étude 100%"}),
        ({"language": "go"}, set()),
        ({"status": SessionStatus.ENDED}, {"Loops"}),
        ({"role": Role.HOST}, {"Cache with expiry", "Loops", "Étude 100%"}),
        ({"role": Role.CANDIDATE}, set()),
    ],
)
async def test_filters_and_words_find_what_fits_all_of_them(
    world: World, query: dict[str, object], found: set[str]
) -> None:
    maya = await world.host()
    for title, description in (("Cache with expiry", ""), ("Loops", "Of the week"), ("Étude 100%", "")):
        session = await world.session(maya, title=title, description=description)
        if title == "Loops":
            await world.services.sessions.update(maya, session.id, SessionChanges(status=SessionStatus.ENDED))
    page = await world.services.sessions.mine(maya, SessionsQuery(**query))
    assert {summary.title for summary in page.sessions} == found


async def test_dates_bound_what_is_found_the_end_excluded(world: World) -> None:
    maya = await world.host()
    for title in ("Monday", "Tuesday", "Wednesday"):
        await world.session(maya, title=title)
        world.clock.move(days=1)
    now = world.clock()
    query = SessionsQuery(created_from=now - timedelta(days=2), created_before=now - timedelta(days=1))
    assert [summary.title for summary in (await world.services.sessions.mine(maya, query)).sessions] == ["Tuesday"]


async def test_pages_with_a_filter_show_everything_once_while_others_are_made(world: World) -> None:
    maya = await world.host()
    for n in range(5):
        world.clock.move(seconds=1)
        await world.session(maya, title=f"Match {n}")
        await world.session(maya, title=f"Other {n}")
    seen, after = [], None
    while True:
        page = await world.services.sessions.mine(maya, SessionsQuery(q="match", limit=2, after=after))
        world.clock.move(seconds=1)
        await world.session(maya, title="Match, made meanwhile")
        seen += [summary.title for summary in page.sessions]
        after = page.next
        if after is None:
            break
    assert seen == [f"Match {n}" for n in (4, 3, 2, 1, 0)]
