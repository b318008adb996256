"""Who the server takes a request's sender for (claims C2, C4, C28, C42), and Jupyter's own ways in and out."""

import time
from collections.abc import Iterator

import httpx
import jwt
import pytest

from server import InterviewServer, Person, owner, register


@pytest.fixture(scope="module")
def maya(server: InterviewServer) -> Person:
    """Somebody with an account."""
    return register(server)


@pytest.fixture
def browser(server: InterviewServer, maya: Person) -> Iterator[httpx.Client]:
    """Maya's browser, logged in by cookie, with Lab open."""
    with httpx.Client(base_url=server.url, cookies={"codewithme_access": maya.token}, timeout=30) as browser:
        assert browser.get("lab").status_code == 200
        yield browser


def _forged(**changes: object) -> dict[str, object]:
    claims = {
        "sub": "x",
        "iat": time.time(),
        "exp": time.time() + 600,
        "jti": "x",
        "aud": "codewithme",
        "typ": "access",
    }
    return {**claims, **changes}


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        jwt.encode(_forged(), None, "none"),
        jwt.encode(_forged(), "k" * 48, "HS256"),
        jwt.encode(_forged(), "k" * 64, "HS512"),
        "é" * 20,
        "x" * 20_000,
    ],
    ids=["empty", "nonsense", "dots", "none", "foreign key", "another algorithm", "not ASCII", "long"],
)
@pytest.mark.parametrize("path", ["api/contents", "api/me", "api/kernels", "lab/api/settings"])
def test_claim_2_a_token_that_is_not_ours_is_a_stranger(server: InterviewServer, path: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".strip().encode()}
    assert httpx.get(server.url + path, headers=headers, timeout=30).status_code == 403
    cookies = {"codewithme_access": token} if token.isascii() else {}
    assert httpx.get(server.url + path, cookies=cookies, timeout=30).status_code == 403


def test_claim_2_a_tampered_token_is_a_stranger(server: InterviewServer, maya: Person) -> None:
    head, _, signature = maya.token.rpartition(".")
    for token in (f"{head}.{signature[::-1]}", maya.token[:-1], f"{maya.token}x", maya.token.upper()):
        answer = httpx.get(f"{server.url}api/me", headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert answer.status_code == 403


def test_a_bad_bearer_token_is_a_stranger_whatever_cookie_comes_with_it(browser: httpx.Client) -> None:
    assert browser.get("api/me").status_code == 200
    assert browser.get("api/me", headers={"Authorization": "Bearer nonsense"}).status_code == 403


@pytest.mark.parametrize("name", ["token", "access_token", "codewithme_access", "jwt"])
def test_claim_4_a_token_in_the_address_opens_nothing(server: InterviewServer, maya: Person, name: str) -> None:
    for path in ("api/me", "api/contents", "files/x"):
        answer = httpx.get(server.url + path, params={name: maya.token}, timeout=30)
        assert answer.status_code in (302, 403)


def test_no_token_of_jupyters_opens_the_server(server: InterviewServer) -> None:
    for headers in ({"Authorization": "token"}, {"Authorization": "token x"}):
        assert httpx.get(f"{server.url}api/me", headers=headers, timeout=30).status_code == 403
    assert httpx.post(f"{server.url}login", data={"password": ""}, timeout=30).status_code in (403, 405)


def test_claim_42_a_cookie_needs_the_xsrf_token_to_change_anything(browser: httpx.Client) -> None:
    xsrf = browser.cookies["_xsrf"]
    assert browser.post("api/v1/auth/token", json={}).status_code == 403
    assert browser.post("api/v1/auth/token", json={}, headers={"X-XSRFToken": "x"}).status_code == 403
    assert browser.post("api/v1/auth/token", json={}, headers={"X-XSRFToken": xsrf}).status_code == 200
    name = "lab/api/workspaces/mine"
    layout = {"data": {}, "metadata": {"id": "mine"}}
    assert browser.put(name, json=layout).status_code == 403
    assert browser.put(name, json=layout, headers={"X-XSRFToken": xsrf}).status_code == 204


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_claim_28_a_page_of_another_origin_changes_nothing(browser: httpx.Client, origin: str) -> None:
    headers = {"X-XSRFToken": browser.cookies["_xsrf"], "Origin": origin}
    answer = browser.put("lab/api/workspaces/mine", json={"data": {}, "metadata": {}}, headers=headers)
    assert answer.status_code in (403, 404)
    assert browser.get("api/me", headers={"Origin": origin}).status_code == 404


def test_who_asks_for_a_page_is_sent_to_log_in_and_back(server: InterviewServer) -> None:
    answer = httpx.get(f"{server.url}lab/tree/a?b=c", timeout=30)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/base/codewithme/login?next=%2Fbase%2Flab%2Ftree%2Fa%3Fb%3Dc"


def test_jupyters_log_in_leads_to_ours(server: InterviewServer) -> None:
    answer = httpx.get(f"{server.url}login?next=%2Fbase%2Flab", timeout=30)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/base/codewithme/login?next=%2Fbase%2Flab")


def test_jupyters_log_out_makes_the_browser_forget(server: InterviewServer) -> None:
    with httpx.Client(base_url=server.url, timeout=30) as browser:
        browser.get(server.owner_link)
        assert browser.get("api/me").status_code == 200
        browser.get("logout", headers={"Sec-Fetch-Site": "cross-site"})
        assert browser.get("api/me").status_code == 200
        token = browser.cookies["codewithme_access"]
        answer = browser.get("logout", headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.headers["Location"] == "/base/codewithme/login"
        assert browser.get("api/me").status_code == 403
        assert not [cookie for cookie in browser.cookies.jar if cookie.name.startswith("codewithme")]
        # Nor does whoever kept a copy go on with it.
        assert browser.get("api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_log_in_cookies_are_for_this_server_and_no_script(server: InterviewServer) -> None:
    answer = httpx.get(server.owner_link, timeout=30)
    cookies = {value.partition("=")[0]: value for value in answer.headers.get_list("set-cookie")}
    for name, path in (("codewithme_access", "/base/"), ("codewithme_refresh", "/base/api/v1/auth/")):
        attributes = {part.strip().lower() for part in cookies[name].split(";")[1:]}
        assert {"httponly", "samesite=lax", f"path={path}"} <= attributes
        assert any(attribute.startswith("max-age=") for attribute in attributes)
        assert "secure" not in attributes  # plain HTTP


def test_who_i_am(maya: Person) -> None:
    me = maya.request("GET", "api/me", params={"permissions": '{"contents": ["read", "write"], "terminals": ["read"]}'})
    identity = me.json()["identity"]
    assert (identity["username"], identity["name"], identity["initials"]) == (maya.id, "Maya Lindqvist", "ML")
    assert identity["color"].startswith("var(--cwm-person-")
    assert set(identity) == {"username", "name", "display_name", "initials", "avatar_url", "color"}
    assert me.json()["permissions"] == {"contents": [], "terminals": [], "updatable_fields": []}
    assert owner(maya.server).request("PATCH", "api/me", json={"name": "Somebody else"}).status_code == 403
