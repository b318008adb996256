"""How often is too often (claims C8 and C16), behind a proxy that the server trusts: here it is the test."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest
from sockets import listening

from server import PLAIN, InterviewServer, NewServer, Person, create_session

ADDRESSES = (f"198.51.100.{n}" for n in count(1))


@pytest.fixture(scope="module")
def limited(new_server: NewServer) -> Iterator[InterviewServer]:
    """A server with small limits; every address is what the proxy says."""
    options = {
        "trusted_proxies": "127.0.0.1",
        "login_rate_limit": 10,
        "execution_rate_limit": 3,
        "rate_limit_anonymous": 25,
        "rate_limit_max_requests": 30,
    }
    flags = [f"--CodeWithMe.{name}={value}" for name, value in options.items()]
    with new_server(*flags) as server:
        yield server


@pytest.fixture
def address() -> str:
    """An address that no other test comes from."""
    return next(ADDRESSES)


def ask(server: InterviewServer, method: str, path: str, address: str, **options: Any) -> httpx.Response:
    """A call as the proxy passes it on; whatever the client says of its address comes before what the proxy adds."""
    claimed = options.pop("claimed", "")
    headers = {"X-Forwarded-For": f"{claimed}{address}", **options.pop("headers", {})}
    return httpx.request(method, f"{server.url}api/v1/{path}", headers=headers, timeout=30, verify=PLAIN, **options)


def log_in(server: InterviewServer, address: str, email: str, **options: Any) -> httpx.Response:
    """A try with a wrong password."""
    return ask(server, "POST", "auth/login", address, json={"email": email, "password": "wrong"}, **options)


def refused(response: httpx.Response, message: str) -> None:
    """A 429 that says when to come back."""
    body = response.json()
    assert (response.status_code, body["code"]) == (429, "rate_limited"), response.text
    wait_s = int(response.headers["Retry-After"])
    assert body["message"] == f"{message} Next in {wait_s} s."
    assert body["retryAfterS"] == wait_s
    assert 1 <= wait_s <= 900


def test_claim_8_log_ins_are_limited_by_address_whatever_the_client_says_of_its_own(
    limited: InterviewServer, address: str
) -> None:
    for n in range(10):
        answer = log_in(limited, address, f"somebody{n}@company.example", claimed=f"203.0.113.{n}, ")
        assert answer.status_code == 401
    for claimed in ("", "203.0.113.99, ", "127.0.0.1, ", "nonsense, "):
        refused(log_in(limited, address, "new@company.example", claimed=claimed), "Too many tries.")
    for header in ("X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP"):
        answer = log_in(limited, address, "new@company.example", headers={header: "203.0.113.98"})
        refused(answer, "Too many tries.")
    assert log_in(limited, next(ADDRESSES), "new@company.example").status_code == 401


def test_claim_8_log_ins_are_limited_by_account_wherever_they_come_from(limited: InterviewServer) -> None:
    for _ in range(10):
        assert log_in(limited, next(ADDRESSES), "target@company.example").status_code == 401
    for email in ("target@company.example", "TARGET@company.example "):
        refused(log_in(limited, next(ADDRESSES), email), "Too many tries.")


def test_registering_is_limited_too(limited: InterviewServer, address: str) -> None:
    answers = [
        ask(
            limited,
            "POST",
            "auth/register",
            address,
            json={"name": "Bot", "email": f"bot{n}@bots.example", "password": "correct horse"},
        )
        for n in range(11)
    ]
    assert {answer.status_code for answer in answers[:10]} == {201}
    refused(answers[10], "Too many tries.")


def test_strangers_are_counted_by_address_and_whoever_watches_the_server_is_not(
    limited: InterviewServer, address: str
) -> None:
    calls = [("GET", "sessions", 401), ("GET", "languages", 200), ("GET", "no/such", 404), ("PUT", "no/such", 404)]
    for n in range(25):
        method, path, status = calls[n % 4]
        assert ask(limited, method, path, address).status_code == status
    for method, path, _ in calls:
        refused(ask(limited, method, path, address), "Too many requests.")
    refused(ask(limited, "GET", "auth/me", address, headers={"Authorization": "Bearer nonsense"}), "Too many requests.")
    assert ask(limited, "GET", "health/live", address).status_code == 200
    assert ask(limited, "GET", "languages", next(ADDRESSES)).status_code == 200


def test_people_are_counted_wherever_they_are_and_apart_from_strangers(limited: InterviewServer, address: str) -> None:
    maya = _register(limited)
    for _ in range(30):
        assert ask(limited, "GET", "auth/me", next(ADDRESSES), headers=maya.headers).status_code == 200
    refused(ask(limited, "GET", "auth/me", address, headers=maya.headers), "Too many requests.")
    tomas = _register(limited)
    assert ask(limited, "GET", "auth/me", address, headers=tomas.headers).status_code == 200


async def test_claim_8_runs_over_http_and_over_socket_io_count_together(limited: InterviewServer) -> None:
    maya = _register(limited)
    session = create_session(maya)
    run = {"language": "python", "code": "print(1)"}
    async with listening(maya, session["id"]) as host:
        for number in range(2):
            assert (await host.send("run-code", run))["status"] == "success"
            await host.wait("run-code", lambda _, n=number: len(host.all("run-code")) > n)
        answer = maya.request("POST", "api/v1/execute", json={**run, "sessionId": session["id"]})
        assert answer.status_code == 200
        sentence = "3 runs a minute is the limit."
        refused(maya.request("POST", "api/v1/execute", json=run), sentence)
        acknowledged = await host.send("run-code", run)
        assert acknowledged["code"] == "rate_limited"
        assert acknowledged["message"] == f"{sentence} Next in {acknowledged['retryAfterS']} s."
        # What could not run anyway is said first, and is no run.
        assert (await host.send("run-code", {"language": "nonsense", "code": ""}))["code"] == "invalid_input"


def test_behind_tls_cookies_are_for_tls_alone_and_the_browser_remembers_it(
    limited: InterviewServer, address: str
) -> None:
    body = {"name": "Tess", "email": "tess@tls.example", "password": "correct horse"}
    for proto, is_https in (("https", True), ("http", False)):
        answer = ask(
            limited,
            "POST",
            "auth/register",
            address,
            json={**body, "email": f"{proto}@tls.example"},
            headers={"X-Forwarded-Proto": proto},
        )
        cookies = [value for value in answer.headers.get_list("set-cookie") if value.startswith("codewithme_")]
        assert len(cookies) == 2
        assert all(("secure" in cookie.lower()) is is_https for cookie in cookies)
        assert ("Strict-Transport-Security" in answer.headers) is is_https


def _register(server: InterviewServer) -> Person:
    """Somebody who comes from an address of their own."""
    response = ask(
        server,
        "POST",
        "auth/register",
        next(ADDRESSES),
        json={"name": "Maya", "email": f"{next(_NUMBERS)}@company.example", "password": "correct horse"},
    )
    data = response.json()["data"]
    return Person(server, data["user"], data["token"], data["refreshToken"])


_NUMBERS = count()
