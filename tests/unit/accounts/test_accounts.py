"""Accounts: registering, logging in and staying logged in."""

import asyncio

import jwt
import pytest

from codewithme_ext.errors import ConflictError, InvalidInputError, NotAuthenticatedError, NotPermittedError
from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.accounts.models import UserRole
from codewithme_ext.interview.accounts.schemas import Credentials, Registration
from codewithme_ext.interview.wire import parse
from factories import SECRET, World, actor_of

MAYA = {"name": "Maya", "email": "Maya@Company.example", "password": "correct horse battery"}


async def test_whoever_registers_is_logged_in_and_can_log_in_again(world: World) -> None:
    grant = await world.services.accounts.register(parse(Registration, MAYA))
    assert grant.user.role is UserRole.USER
    assert (await world.services.logins.authenticate(grant.token)).name == "Maya"
    again = await world.services.accounts.login(
        parse(Credentials, {"email": "MAYA@company.example", "password": MAYA["password"]})
    )
    assert again.user.id == grant.user.id


async def test_an_address_belongs_to_one_account_also_in_a_race(world: World) -> None:
    wishes = [parse(Registration, {**MAYA, "email": email}) for email in ("maya@a.example", "MAYA@A.example")]
    results = await asyncio.gather(*(world.services.accounts.register(wish) for wish in wishes), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["ConflictError", "Grant"]
    with pytest.raises(ConflictError):
        await world.services.accounts.register(wishes[0])


@pytest.mark.parametrize(
    ("registered", "others"),
    [
        (
            "j\N{LATIN SMALL LETTER O WITH DIAERESIS}rg@a.example",
            ["jo\N{COMBINING DIAERESIS}rg@a.example", "J\xd6RG@A.example"],
        ),
        (
            "maya@xn--mnchen-3ya.example",
            ["maya@m\xfcnchen.example", "MAYA@M\xdcNCHEN.EXAMPLE", " maya@mu\u0308nchen.example "],
        ),
    ],
)
async def test_claim_11_an_address_is_one_account_however_it_is_written(
    world: World, registered: str, others: list[str]
) -> None:
    wish = parse(Registration, {**MAYA, "email": registered})
    user = (await world.services.accounts.register(wish)).user
    for email in (registered, *others):
        credentials = parse(Credentials, {"email": email, "password": MAYA["password"]})
        assert (await world.services.accounts.login(credentials)).user == user
        with pytest.raises(ConflictError):
            await world.services.accounts.register(parse(Registration, {**MAYA, "email": email.strip()}))


@pytest.mark.parametrize(
    "name",
    [
        "Zo\xeb",
        "\u05de\u05d0\u05d9\u05d4",
        "\u674e\u96f7",
        "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}",
        "1",
        "?",
    ],
)
def test_a_name_is_taken_in_any_script(name: str) -> None:
    assert parse(Registration, {**MAYA, "name": name}).name == name


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(world: World) -> None:
    await world.services.accounts.register(parse(Registration, MAYA))
    answers = []
    for email in ("maya@company.example", "nobody@company.example"):
        with pytest.raises(NotAuthenticatedError) as refused:
            await world.services.accounts.login(parse(Credentials, {"email": email, "password": "wrong"}))
        answers.append(refused.value.message)
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("name", " "),
        ("name", "two\nlines"),
        ("name", "nul\x00"),
        ("name", "two\N{LINE SEPARATOR}lines"),
        ("name", "next\x85line"),
        ("name", "Maya\N{RIGHT-TO-LEFT OVERRIDE}tsoH"),
        ("name", "\N{ZERO WIDTH SPACE}\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NO-BREAK SPACE}"),
        ("name", "\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"),
        ("name", "\N{COMBINING ACUTE ACCENT}"),
        ("name", "x" * 101),
        ("password", "x" * 100_000),
        ("email", "maya@company.example\r\nBcc: tomas@company.example"),
        ("is_admin", True),
        ("created_at", "2020-01-01T00:00:00Z"),
        ("password", "short"),
        ("role", "admin"),
        ("id", "00000000-0000-4000-8000-000000000001"),
    ],
)
def test_a_registration_names_the_field_that_is_wrong(field: str, value: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        parse(Registration, {**MAYA, field: value})
    assert [problem.field for problem in refused.value.problems] == [field]


async def test_a_long_password_counts_to_its_last_character(world: World) -> None:
    long = "x" * 100
    await world.services.accounts.register(parse(Registration, {**MAYA, "password": long}))
    with pytest.raises(NotAuthenticatedError):
        await world.services.accounts.login(
            parse(Credentials, {"email": "maya@company.example", "password": long[:-1] + "y"})
        )


async def test_an_access_token_dies_after_its_lifetime(world: World) -> None:
    grant = await world.services.accounts.register(parse(Registration, MAYA))
    world.clock.move(hours=1, seconds=31)
    with pytest.raises(NotAuthenticatedError):
        await world.services.logins.authenticate(grant.token)


def forged(**claims: object) -> dict[str, object]:
    """The claims of a good token with some of them changed."""
    good = {"sub": "x", "iat": 1, "exp": 4_000_000_000, "jti": "j", "aud": "codewithme", "typ": "access"}
    return {**good, **claims}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        jwt.encode(forged(), "another key that is long enough too, whatever is done with it", "HS256"),
        jwt.encode(forged(), SECRET, "HS512"),
        jwt.encode(forged(), None, "none"),
        jwt.encode(forged(aud="else"), SECRET, "HS256"),
        jwt.encode(forged(typ="refresh"), SECRET, "HS256"),
        jwt.encode({"sub": "x"}, SECRET, "HS256"),
        jwt.encode(forged(exp="never"), SECRET, "HS256"),
    ],
)
async def test_a_token_that_is_not_ours_is_refused(world: World, token: str) -> None:
    with pytest.raises(NotAuthenticatedError):
        await world.services.logins.authenticate(token)


async def test_a_refresh_token_works_once_and_a_second_use_ends_the_whole_log_in(world: World) -> None:
    grant = await world.services.accounts.register(parse(Registration, MAYA))
    fresh = await world.services.logins.refresh(grant.refreshToken)
    with pytest.raises(NotAuthenticatedError):
        await world.services.logins.refresh(grant.refreshToken)
    with pytest.raises(NotAuthenticatedError):
        await world.services.logins.refresh(fresh.refreshToken)


async def test_of_two_refreshes_at_once_one_succeeds(world: World) -> None:
    grant = await world.services.accounts.register(parse(Registration, MAYA))
    results = await asyncio.gather(
        *(world.services.logins.refresh(grant.refreshToken) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Grant", "NotAuthenticatedError"]


async def test_logging_out_ends_the_log_in(world: World) -> None:
    grant = await world.services.accounts.register(parse(Registration, MAYA))
    await world.services.logins.logout(actor_of(grant), grant.refreshToken)
    with pytest.raises(NotAuthenticatedError):
        await world.services.logins.refresh(grant.refreshToken)


async def test_the_owner_is_one_admin_however_often_the_link_is_used(world: World) -> None:
    first, second = await asyncio.gather(*(world.services.accounts.login_owner("the owner's token") for _ in range(2)))
    assert first.user == second.user
    assert first.user.role is UserRole.ADMIN
    with pytest.raises(NotAuthenticatedError):
        await world.services.accounts.login_owner("a token of an earlier start")


async def test_only_an_admin_adds_people(world: World) -> None:
    maya = await world.host()
    wish = parse(Registration, {**MAYA, "email": "tomas@company.example"})
    with pytest.raises(NotPermittedError):
        await world.services.accounts.add(maya, wish, UserRole.USER)
    added = await world.services.accounts.add(Actor.system(), wish, UserRole.ADMIN)
    assert added in await world.services.accounts.accounts(Actor.system())
