"""Devices, changing the password, deleting the account, sign-in links, hashes of another kind."""

import asyncio
from typing import Any

import bcrypt
import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import func, select, update

from codewithme_ext.errors import (
    GoneError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    WrongPasswordError,
)
from codewithme_ext.events.types import LogInsEnded
from codewithme_ext.interview.accounts.actor import Actor, Sender
from codewithme_ext.interview.accounts.models import User, UserRole
from codewithme_ext.interview.accounts.passwords import Passwords, _nobodys, kind_of
from codewithme_ext.interview.accounts.schemas import (
    Addition,
    Credentials,
    Grant,
    NewPassword,
    PasswordChange,
    PasswordProof,
    Registration,
)
from codewithme_ext.interview.admission.schemas import JoinRequest
from codewithme_ext.interview.chat.schemas import ChatWish
from factories import World, actor_of

EMAIL, PASSWORD, NEW = "maya@company.example", "correct horse battery", "another horse entirely"
LAPTOP = Sender("203.0.113.7", "Mozilla/5.0 (X11)")
PHONE = Sender("2001:db8::1", "Mobile\x00 Safari")


async def logged_in_twice(world: World) -> tuple[Grant, Grant]:
    """Maya, on a laptop and on a phone."""
    first = await world.services.accounts.register(Registration(name="Maya", email=EMAIL, password=PASSWORD), LAPTOP)
    return first, await world.services.accounts.login(Credentials(email=EMAIL, password=PASSWORD), PHONE)


async def is_dead(world: World, grant: Grant) -> bool:
    """Whether neither token of a log-in opens anything."""
    refused = 0
    for attempt in (world.services.logins.authenticate(grant.token), world.services.logins.refresh(grant.refreshToken)):
        try:
            await attempt
        except NotAuthenticatedError:
            refused += 1
    return refused == 2


async def test_the_list_of_devices_says_where_since_when_and_which_one_asks(world: World) -> None:
    laptop, phone = await logged_in_twice(world)
    world.clock.move(minutes=5)
    fresh = await world.services.logins.refresh(phone.refreshToken, PHONE)
    devices = (await world.services.logins.devices(actor_of(laptop))).devices
    assert [(d.address, d.user_agent, d.is_current) for d in devices] == [
        ("2001:db8::1", "Mobile Safari", False),
        ("203.0.113.7", "Mozilla/5.0 (X11)", True),
    ]
    assert (devices[0].last_used_at - devices[0].created_at).total_seconds() == 300
    world.clock.move(days=31)
    assert (await world.services.logins.devices(actor_of(fresh))).devices == []


async def test_a_revoked_device_is_out_at_once_and_the_others_stay(world: World) -> None:
    laptop, phone = await logged_in_twice(world)
    maya, phone_id = actor_of(laptop), actor_of(phone).device_id
    assert phone_id is not None
    await world.services.logins.revoke(maya, phone_id)
    assert await is_dead(world, phone)
    assert (await world.services.logins.authenticate(laptop.token)).device_id == maya.device_id
    assert [c.event.device_ids for c in world.published if isinstance(c.event, LogInsEnded)] == [(phone_id,)]
    for unknown in (phone_id, "00000000-0000-4000-8000-00000000dead", "nonsense"):
        with pytest.raises(NotFoundError):
            await world.services.logins.revoke(maya, unknown)


async def test_nobody_revokes_the_device_of_somebody_else(world: World) -> None:
    laptop, _ = await logged_in_twice(world)
    tomas = await world.host("Tomas")
    device_id = actor_of(laptop).device_id
    assert device_id is not None
    with pytest.raises(NotFoundError):
        await world.services.logins.revoke(tomas, device_id)
    assert not await is_dead(world, laptop)


async def test_logging_out_everywhere_else_leaves_this_one(world: World) -> None:
    laptop, phone = await logged_in_twice(world)
    await world.services.logins.revoke_others(actor_of(laptop))
    assert await is_dead(world, phone)
    assert not await is_dead(world, laptop)


async def test_logging_out_ends_the_access_token_too(world: World) -> None:
    laptop, phone = await logged_in_twice(world)
    await world.services.logins.logout(actor_of(phone), laptop.refreshToken)
    assert await is_dead(world, laptop)
    assert not await is_dead(world, phone)
    await world.services.logins.logout(actor_of(phone))
    assert await is_dead(world, phone)


async def test_a_copy_of_an_access_token_lives_no_longer_than_the_token(world: World) -> None:
    laptop, _ = await logged_in_twice(world)
    world.clock.move(minutes=45)
    copy = world.services.logins.copy(laptop.token)
    assert (copy.expiresIn, copy.lifetime_s) == (900, 3600)
    world.clock.move(minutes=14)
    copy = world.services.logins.copy(copy.token)
    assert (await world.services.logins.authenticate(copy.token)).name == "Maya"
    world.clock.move(minutes=2)
    for token in (laptop.token, copy.token):
        with pytest.raises(NotAuthenticatedError):
            world.services.logins.copy(token)
        with pytest.raises(NotAuthenticatedError):
            await world.services.logins.authenticate(token)


async def test_claim_9_a_refresh_token_used_twice_ends_the_access_token_too(world: World) -> None:
    laptop, _ = await logged_in_twice(world)
    fresh = await world.services.logins.refresh(laptop.refreshToken)
    with pytest.raises(NotAuthenticatedError):
        await world.services.logins.refresh(laptop.refreshToken)
    assert await is_dead(world, fresh)


async def test_claim_10_a_changed_password_ends_every_log_in_and_starts_one(world: World) -> None:
    laptop, phone = await logged_in_twice(world)
    change = PasswordChange(password=PASSWORD, new_password=NEW)
    with pytest.raises(WrongPasswordError):
        await world.services.accounts.change_password(
            actor_of(laptop), PasswordChange(password="wrong", new_password=NEW)
        )
    fresh = await world.services.accounts.change_password(actor_of(laptop), change, LAPTOP)
    assert await is_dead(world, laptop)
    assert await is_dead(world, phone)
    assert (await world.services.logins.authenticate(fresh.token)).name == "Maya"
    with pytest.raises(NotAuthenticatedError):
        await world.services.accounts.login(Credentials(email=EMAIL, password=PASSWORD))
    await world.services.accounts.login(Credentials(email=EMAIL, password=NEW))


async def test_claim_10_a_deleted_account_is_out_and_its_address_free(world: World) -> None:
    laptop, phone = await logged_in_twice(world)
    maya = actor_of(laptop)
    with pytest.raises(WrongPasswordError):
        await world.services.account_deletion.delete(maya, PasswordProof(password="wrong"))
    await world.services.account_deletion.delete(maya, PasswordProof(password=PASSWORD))
    assert await is_dead(world, laptop)
    assert await is_dead(world, phone)
    with pytest.raises(NotAuthenticatedError):
        await world.services.accounts.login(Credentials(email=EMAIL, password=PASSWORD))
    assert await world.services.accounts.accounts(Actor.system()) == []
    again, _ = await logged_in_twice(world)
    assert again.user.id != maya.user_id


async def test_a_deleted_accounts_interviews_go_and_what_it_said_elsewhere_stays(world: World) -> None:
    maya, tomas = await world.host(), await world.host("Tomas")
    own, other = await world.session(maya), await world.session(tomas)
    await world.services.admission.join(maya, JoinRequest(id=other.id, consent=True))
    await world.services.admission.admit(tomas, other.id, maya.person_id)
    await world.services.chat.send(maya, other.id, ChatWish(text="Hello"))
    await world.services.account_deletion.delete(maya, PasswordProof(password=PASSWORD))
    assert world.told()[-3:] == ["session-deleted", "participant-left", "log-ins-ended"]
    with pytest.raises(NotFoundError):
        await world.services.sessions.get(maya, own.id)
    assert [p.name for p in (await world.services.sessions.get(tomas, other.id)).participants] == ["Tomas"]
    page = await world.services.chat.history(tomas, other.id, after=None, before=None, limit=10)
    assert [(m.username, m.text) for m in page.messages] == [("Maya", "Hello")]


async def test_no_sign_in_link_opens_an_account_that_was_deleted(world: World) -> None:
    laptop, _ = await logged_in_twice(world)
    link = await world.services.accounts.sign_in_link(Actor.system(), EMAIL)
    await world.services.account_deletion.delete(actor_of(laptop), PasswordProof(password=PASSWORD))
    with pytest.raises(GoneError):
        await world.services.accounts.set_password(_new_password(link.path))


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_nobody_is_logged_in_by_a_password_that_was_changed_while_it_was_checked(
    world: World, monkeypatch: pytest.MonkeyPatch, is_deleted: bool
) -> None:
    laptop, _ = await logged_in_twice(world)
    matches = Passwords.matches

    async def matches_and_is_changed(passwords: Passwords, password: str, stored: str | None, **options: Any) -> bool:
        is_right = await matches(passwords, password, stored, **options)
        monkeypatch.undo()
        if is_deleted:
            await world.services.account_deletion.delete(actor_of(laptop), PasswordProof(password=PASSWORD))
        else:
            wish = PasswordChange(password=PASSWORD, new_password=NEW)
            await world.services.accounts.change_password(actor_of(laptop), wish)
        return is_right

    monkeypatch.setattr(Passwords, "matches", matches_and_is_changed)
    with pytest.raises(NotAuthenticatedError):
        await world.services.accounts.login(Credentials(email=EMAIL, password=PASSWORD))


async def test_guests_and_the_owner_have_no_password_to_change_and_no_account_to_delete(world: World) -> None:
    maya = await world.host()
    guest = await world.guest(maya, await world.session(maya))
    owner = actor_of(await world.services.accounts.login_owner("the owner's token"))
    for actor in (guest, owner):
        with pytest.raises(NotPermittedError):
            await world.services.accounts.change_password(actor, PasswordChange(password="", new_password=NEW))
        with pytest.raises(NotPermittedError):
            await world.services.account_deletion.delete(actor, PasswordProof(password=""))


async def test_a_sign_in_link_sets_the_password_once_and_for_a_week(world: World) -> None:
    accounts = world.services.accounts
    await accounts.add(Actor.system(), Addition(name="Maya", email=EMAIL), UserRole.USER)
    with pytest.raises(NotAuthenticatedError):
        await accounts.login(Credentials(email=EMAIL, password=""))
    first, second = [(await accounts.sign_in_link(Actor.system(), EMAIL.upper())).path for _ in range(2)]
    for path in (first, "codewithme/set-password#nonsense"):
        with pytest.raises(GoneError):
            await accounts.set_password(_new_password(path))
    results = await asyncio.gather(
        *(accounts.set_password(_new_password(second)) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["GoneError", "Grant"]
    grant = await accounts.login(Credentials(email=EMAIL, password=NEW))
    late = (await accounts.sign_in_link(Actor.system(), EMAIL)).path
    world.clock.move(days=7)
    with pytest.raises(GoneError):
        await accounts.set_password(_new_password(late))
    last = (await accounts.sign_in_link(Actor.system(), EMAIL)).path
    await accounts.set_password(_new_password(last))
    assert await is_dead(world, grant)


async def test_only_an_admin_makes_sign_in_links_and_only_for_people_there_are(world: World) -> None:
    maya = await world.host()
    with pytest.raises(NotPermittedError):
        await world.services.accounts.sign_in_link(maya, EMAIL)
    with pytest.raises(NotFoundError):
        await world.services.accounts.sign_in_link(Actor.system(), "nobody@company.example")


async def test_a_bcrypt_hash_opens_and_is_replaced_at_the_next_log_in(world: World) -> None:
    laptop, _ = await logged_in_twice(world)
    await _store(world, bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode())
    with pytest.raises(NotAuthenticatedError):
        await world.services.accounts.login(Credentials(email=EMAIL, password="wrong"))
    for _ in range(2):
        await world.services.accounts.login(Credentials(email=EMAIL, password=PASSWORD))
        async with world.services.engine.connect() as connection:
            stored = await connection.scalar(select(User.password).where(User.id == laptop.user.id))
        assert str(stored).startswith("$argon2id$")


async def test_claim_7_a_bcrypt_hash_is_not_opened_by_the_first_72_bytes_of_a_password(world: World) -> None:
    await logged_in_twice(world)
    long = "x" * 72
    await _store(world, bcrypt.hashpw(long.encode(), bcrypt.gensalt(4)).decode())
    for wrong in (long + "y", "x" * 71, "x" * 1024, "\N{SNOWMAN}" * 40):
        with pytest.raises(NotAuthenticatedError):
            await world.services.accounts.login(Credentials(email=EMAIL, password=wrong))
    await world.services.accounts.login(Credentials(email=EMAIL, password=long))


async def test_claim_5_a_refusal_is_as_much_work_whatever_is_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts, tomas, unknown = world.services.accounts, "tomas@company.example", "nobody@company.example"
    passwords, present = accounts._passwords, accounts._passwords.kind
    verify, checked = passwords._verify, list[str]()

    def counted(stored: str, password: str) -> bool:
        checked.append(str(kind_of(stored)))
        return verify(stored, password)

    async def work_of(email: str, password: str = "wrong") -> list[str]:
        checked.clear()
        with pytest.raises(NotAuthenticatedError):
            await accounts.login(Credentials(email=email, password=password))
        return sorted(checked)

    monkeypatch.setattr(passwords, "_verify", counted)
    await accounts.register(Registration(name="Maya", email=EMAIL, password=PASSWORD))
    assert await work_of(EMAIL) == await work_of(unknown) == [present]
    await _store(world, bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4, b"2a")).decode())
    await accounts.register(Registration(name="Tomas", email=tomas, password=PASSWORD))
    world.clock.move(minutes=2)
    for email in (EMAIL, tomas, unknown):
        for password in ("wrong", "longer than bcrypt reads" * 9):
            assert await work_of(email, password) == sorted([present, "$2b$04$"])
    await accounts.login(Credentials(email=EMAIL, password=PASSWORD))
    world.clock.move(minutes=2)  # her hash is one of today now, and bcrypt is gone
    assert await work_of(EMAIL) == await work_of(unknown) == [present]


@pytest.mark.parametrize("kind", ["$2b$05$", "$argon2id$v=19$m=65536,t=1,p=4$", "$argon2id$v=19$m=65536,t=4,p=4$"])
def test_a_hash_of_nobody_is_really_checked(kind: str) -> None:
    if kind.startswith("$2b$"):
        assert bcrypt.checkpw(b"wrong", _nobodys(kind).encode()) is False
    else:
        with pytest.raises(VerifyMismatchError):  # and not InvalidHashError, which costs nothing
            PasswordHasher().verify(_nobodys(kind), "wrong")


async def test_claim_11_many_at_once_with_one_address_make_one_account(world: World) -> None:
    wishes = [
        Registration(name="Maya", email=email, password=PASSWORD)
        for email in (EMAIL, EMAIL.upper(), EMAIL.title(), EMAIL) * 2
    ]
    results = await asyncio.gather(*(world.services.accounts.register(wish) for wish in wishes), return_exceptions=True)
    assert sorted({type(result).__name__ for result in results}) == ["ConflictError", "Grant"]
    async with world.services.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(User)) == 1


async def test_a_log_in_that_ended_elsewhere_is_noticed_here(world: World) -> None:
    laptop, phone = await logged_in_twice(world)
    ids = {actor_of(laptop).device_id, actor_of(phone).device_id}
    watch = world.services.login_watch
    watch.add(lambda: ids)
    await watch.check()
    assert "log-ins-ended" not in world.told()
    async with world.services.engine.begin() as connection:  # as another server would
        await connection.exec_driver_sql("DELETE FROM devices")
    await watch.check()
    assert [set(c.event.device_ids) for c in world.published if isinstance(c.event, LogInsEnded)] == [ids]


def _new_password(path: str) -> NewPassword:
    return NewPassword(token=path.partition("#")[2], password=NEW)


async def _store(world: World, stored: str) -> None:
    async with world.services.engine.begin() as connection:
        await connection.execute(update(User).values(password=stored))
