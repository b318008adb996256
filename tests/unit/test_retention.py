"""What is old goes by itself, and nothing that anybody could still need."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from codewithme_ext.errors import DatabaseUnavailableError, GoneError, NotAuthenticatedError, NotFoundError
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.accounts.models import Device, RefreshToken, SignInLink, UserRole
from codewithme_ext.interview.accounts.schemas import Addition, NewPassword, Registration
from codewithme_ext.interview.idempotency import IdempotencyKey
from codewithme_ext.interview.retention import Retention
from codewithme_ext.interview.sessions.models import Invitation
from codewithme_ext.services import build_services
from codewithme_ext.storage import pruning
from factories import World, actor_of, settings_for

MAYA = Registration(name="Maya", email="maya@company.example", password="correct horse battery")


async def count(world: World, table: type) -> int:
    """How many rows there are."""
    async with world.services.units.read() as db:
        return await db.scalar(select(func.count()).select_from(table)) or 0


async def test_claim_9_spent_tokens_stay_as_long_as_they_could_have_been_valid(world: World) -> None:
    first = await world.services.accounts.register(MAYA)
    world.clock.move(days=29)
    second = await world.services.logins.refresh(first.refreshToken)
    assert await world.services.logins.prune() == 0
    assert await count(world, RefreshToken) == 2
    with pytest.raises(NotAuthenticatedError, match="used twice"):
        await world.services.logins.refresh(first.refreshToken)
    with pytest.raises(NotAuthenticatedError):
        await world.services.logins.refresh(second.refreshToken)


async def test_log_ins_go_when_nobody_can_go_on_with_them(world: World) -> None:
    forgotten, ended, used = [await world.services.accounts.register(_as(n)) for n in range(3)]
    await world.services.logins.logout(actor_of(ended))
    world.clock.move(days=29)
    assert await world.services.logins.prune() == 1
    fresh = await world.services.logins.refresh(used.refreshToken)
    world.clock.move(days=1, minutes=1)
    assert await world.services.logins.prune() == 0  # an access token of its last moment may still be alive
    world.clock.move(hours=2)
    assert await world.services.logins.prune() == 1
    assert (await count(world, Device), await count(world, RefreshToken)) == (1, 1)
    for gone in (forgotten, ended, used):
        with pytest.raises(NotAuthenticatedError, match="has ended"):
            await world.services.logins.refresh(gone.refreshToken)
    assert (await world.services.logins.refresh(fresh.refreshToken)).user.id == used.user.id


async def test_sign_in_links_go_once_used_or_expired(world: World) -> None:
    accounts, system = world.services.accounts, Actor.system()
    tokens = []
    for number in range(3):
        wish = Addition(name="Maya", email=f"maya{number}@company.example")
        await accounts.add(system, wish, UserRole.USER)
        tokens.append((await accounts.sign_in_link(system, wish.email)).path.partition("#")[2])
        world.clock.move(days=3)
    await accounts.set_password(NewPassword(token=tokens[1], password="correct horse battery"))
    assert await accounts.prune() == 2
    assert await count(world, SignInLink) == 1
    for token in tokens[:2]:
        with pytest.raises(GoneError):
            await accounts.set_password(NewPassword(token=token, password="correct horse battery"))
    await accounts.set_password(NewPassword(token=tokens[2], password="correct horse battery"))


async def test_invitations_say_for_a_month_that_they_expired_and_their_people_stay(world: World) -> None:
    maya = await world.host()
    session = await world.session(maya)
    code = await world.code(maya, session)
    await world.candidate(maya, session)
    invitations = world.services.invitations
    world.clock.move(days=29)
    assert await invitations.prune() == 0
    with pytest.raises(GoneError):
        await invitations.preview(session.id, code)
    world.clock.move(days=30)
    assert await invitations.prune() == await count(world, Invitation) + 2 == 2
    with pytest.raises(NotFoundError):
        await invitations.preview(session.id, code)
    assert len((await world.services.sessions.get(maya, session.id)).participants) == 2


async def test_idempotency_keys_go_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    maya = await world.host()

    async def work() -> dict[str, object]:
        return {}

    for number in range(5):
        await world.services.idempotency.once(maya, f"old {number}", b"request", work)
    world.clock.move(hours=25)
    await world.services.idempotency.once(await world.host("Zoe"), "new", b"request", work)
    assert await world.services.idempotency.prune() == 5
    assert await count(world, IdempotencyKey) == 1


async def test_what_fails_keeps_nothing_else_from_going_and_all_is_looked_at_by_itself() -> None:
    looked = asyncio.Queue[str]()

    def prune(kind: str, error: Exception | None = None) -> Callable[[], Awaitable[int]]:
        async def look() -> int:
            looked.put_nowait(kind)
            if error is not None:
                raise error
            return 1

        return look

    kinds = {
        "this": prune("this", DatabaseUnavailableError("away")),
        "that": prune("that", RuntimeError("broken")),
        "other": prune("other"),
    }
    retention = Retention(kinds, first_after_s=0)
    retention.start()
    async with asyncio.timeout(10):
        assert [await looked.get() for _ in kinds] == list(kinds)
    await retention.stop()


@pytest.mark.parametrize("days", [0, 30])
def test_interviews_go_by_themselves_only_where_that_is_asked_for(tmp_path: Path, days: int) -> None:
    settings = replace(settings_for(tmp_path, f"sqlite:///{tmp_path / 'x.sqlite'}"), retention_days=days)
    services = build_services(settings)
    assert ("interviews" in services.retention.kinds) is (days > 0)
    assert {"log-ins", "sign-in links", "idempotency keys", "invitations"} <= set(services.retention.kinds)


def _as(number: int) -> Registration:
    return Registration(name="Maya", email=f"maya{number}@company.example", password="correct horse battery")
