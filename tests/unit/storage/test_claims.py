"""What only one of several servers may have: given back whenever a server ends, and kept when the database restarts."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from codewithme_ext.errors import DatabaseUnavailableError
from codewithme_ext.storage.claims import Claims, PostgresClaims, open_claims
from postgres import PostgresCluster


@pytest.fixture
async def servers(postgres: PostgresCluster) -> AsyncIterator[tuple[Claims, Claims]]:
    """Two servers on one database."""
    with postgres.database() as url:
        one, other = open_claims(url), open_claims(url)
        yield one, other
        await one.close()
        await other.close()


async def test_what_one_server_has_another_does_not_get_until_it_is_given_back(servers: tuple[Claims, Claims]) -> None:
    one, other = servers
    assert await one.take("document")
    assert await one.take("document"), "asking twice is no other claim"
    assert not await other.take("document")
    assert await other.take("another document")
    await one.give_back("document")
    assert await other.take("document")
    assert not await one.take("document")
    await other.close()
    assert await one.take("document")


async def test_a_claim_outlives_its_connection_unless_somebody_was_quicker(servers: tuple[Claims, Claims]) -> None:
    one, other = servers
    assert isinstance(one, PostgresClaims)
    lost: list[str] = []
    one.on_lost(lost.append)
    assert await one.take("kept")
    assert one._connection is not None
    one._connection.terminate()
    await asyncio.sleep(0)  # its end is heard
    assert one._mending is not None
    await one._mending
    assert not await other.take("kept")

    assert await one.take("lost")
    one._is_closed = True  # it hears nothing for a while
    one._connection.terminate()
    async with asyncio.timeout(10):
        while not await other.take("lost"):  # noqa: ASYNC110 (the database tells nobody)
            await asyncio.sleep(0.01)
    assert await one.take("kept")
    assert lost == ["lost"]
    assert not await one.take("lost")


async def test_without_a_database_nobody_gets_anything() -> None:
    claims = open_claims("postgresql://nobody:none@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailableError):
        await claims.take("document")
    await claims.close()


async def test_one_server_by_itself_has_everything() -> None:
    claims = open_claims("sqlite:///nowhere/nothing.sqlite")
    assert await claims.take("document")
    await claims.give_back("document")
    await claims.close()
