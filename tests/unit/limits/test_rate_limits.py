"""The counters behind the limits: whose they are, and what happens while they cannot be read (fault F10)."""

import asyncio
import contextlib

import pytest

from codewithme_ext.errors import LimitsUnavailableError, RateLimitedError
from codewithme_ext.interview.accounts.actor import NOWHERE, Actor, Sender
from codewithme_ext.interview.accounts.models import UserRole
from codewithme_ext.interview.rate_limits import RateLimits, RateLimitSettings

MAYA = Actor(user_id="11111111-1111-4111-8111-111111111111", name="Maya", role=UserRole.USER)
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


async def test_a_household_of_ipv6_has_one_counter_and_ipv4_in_ipv6_clothes_is_ipv4() -> None:
    limits = RateLimits(RateLimitSettings(anonymous=2))
    for address in ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2"):
        await limits.request(None, Sender(address))
    with pytest.raises(RateLimitedError):
        await limits.request(None, Sender("2001:db8:0:1:abcd::3"))
    await limits.request(None, Sender("2001:db8:0:2::1"))
    for address in ("192.0.2.1", "::ffff:192.0.2.1"):
        await limits.request(None, Sender(address))
    with pytest.raises(RateLimitedError):
        await limits.request(None, Sender("192.0.2.1"))


async def test_the_refusal_says_how_often_and_when_next() -> None:
    limits = RateLimits(RateLimitSettings(executions=1))
    await limits.run(MAYA)
    with pytest.raises(RateLimitedError) as refused:
        await limits.run(MAYA)
    assert 1 <= refused.value.retry_after_s <= 60
    assert refused.value.message == f"1 run a minute is the limit. Next in {refused.value.retry_after_s} s."


async def test_many_at_once_do_not_slip_through_together() -> None:
    limits = RateLimits(RateLimitSettings(logins=3))
    checking, may_end = 0, asyncio.Event()

    async def attempt() -> None:
        nonlocal checking
        async with limits.session_password("a session", Sender("192.0.2.1")):
            checking += 1
            await may_end.wait()

    attempts = [asyncio.create_task(attempt()) for _ in range(10)]
    done, _ = await asyncio.wait(attempts, return_when=asyncio.FIRST_COMPLETED)
    while len(done) < 7:
        done, _ = await asyncio.wait(attempts, return_when=asyncio.FIRST_EXCEPTION, timeout=0.1)
    may_end.set()
    results = await asyncio.gather(*attempts, return_exceptions=True)
    assert checking == 3
    assert sum(isinstance(result, RateLimitedError) for result in results) == 7


async def test_without_its_counters_nobody_tries_a_password_and_everything_else_goes_on() -> None:
    limits = RateLimits(RateLimitSettings(), storage_url=NOBODY_LISTENS)
    await limits.request(MAYA, NOWHERE)
    await limits.request(None, Sender("192.0.2.1"))
    await limits.run(MAYA)
    await limits.chat(MAYA)
    with pytest.raises(LimitsUnavailableError):
        await limits.login(Sender("192.0.2.1"), "maya@company.example")
    with pytest.raises(LimitsUnavailableError):
        async with limits.session_password("a session", Sender("192.0.2.1")):
            pytest.fail("a password would have been checked")


async def test_an_address_that_is_over_its_limit_uses_up_no_tries_of_a_session() -> None:
    limits = RateLimits(RateLimitSettings(logins=1))
    for _ in range(50):
        with contextlib.suppress(RateLimitedError):
            async with limits.session_password("a session", Sender("192.0.2.1")):
                pass
    async with limits.session_password("a session", Sender("192.0.2.2")) as tries:
        tries.right()
