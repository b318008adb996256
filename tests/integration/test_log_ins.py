"""What ends with a log-in, at every door (claims C2, C4, C10, C24, C25)."""

import asyncio
import json
import time

import httpx
import jwt
import pytest
import websockets
from documents import open_document, room_address
from sockets import Listener, listening

from server import PLAIN, InterviewServer, Person, admit, create_session, knock, person_from, register

PASSWORD, NEW = "correct horse battery", "another horse entirely"


@pytest.fixture
def maya(server: InterviewServer) -> Person:
    """Somebody whose log-ins end."""
    return register(server)


def log_in(maya: Person) -> Person:
    """Another device of hers."""
    body = {"email": maya.user["email"], "password": PASSWORD}
    answer = httpx.post(f"{maya.server.url}api/v1/auth/login", json=body, timeout=30, verify=PLAIN)
    return person_from(maya.server, answer.json()["data"])


async def gone(listener: Listener) -> None:
    """Its connection is closed by the server, within ten seconds."""
    async with asyncio.timeout(10):
        await listener._client.wait()


async def test_claim_10_a_changed_password_cuts_every_door_at_once(maya: Person) -> None:
    session = create_session(maya)
    phone = log_in(maya)
    main = f"{session['folder']}/main.py"
    async with listening(phone, session["id"]) as listener, open_document(phone, main) as editor:
        changed = await asyncio.to_thread(
            maya.call, "POST", "auth/password", {"password": PASSWORD, "new_password": NEW}
        )
        await gone(listener)
        await editor.closed()
    for person in (maya, phone):
        assert person.request("GET", "api/v1/auth/me").status_code == 401
        assert person.request("GET", "api/contents").status_code == 403
        assert person.request("GET", f"files/{main}").status_code in (302, 403)
        answer = person.request("POST", "api/v1/auth/refresh", json={"refreshToken": person.refresh_token}, headers={})
        assert answer.status_code == 401
    fresh = person_from(maya.server, changed)
    assert fresh.call("GET", f"sessions/{session['id']}")["session"]["role"] == "host"


async def test_a_revoked_device_is_cut_and_the_other_stays(maya: Person) -> None:
    session = create_session(maya)
    phone = log_in(maya)
    async with listening(phone, session["id"]) as there, listening(maya, session["id"]) as here:
        devices = (await asyncio.to_thread(maya.call, "GET", "auth/devices"))["devices"]
        other = next(device["id"] for device in devices if not device["is_current"])
        await asyncio.to_thread(maya.call, "DELETE", f"auth/devices/{other}", status=204)
        await gone(there)
        assert (await here.send("chat-message", {"text": "still here"}))["status"] == "success"
    assert phone.request("GET", "api/v1/auth/me").status_code == 401


async def test_claim_10_a_deleted_account_is_cut_and_its_interviews_end_for_everybody(maya: Person) -> None:
    session = create_session(maya)
    priya = admit(maya, session, knock(maya, session))
    async with listening(maya, session["id"]) as host, listening(priya, session["id"]) as guest:
        await asyncio.to_thread(maya.call, "DELETE", "auth/me", {"password": PASSWORD}, status=204)
        assert (await guest.wait("session-deleted"))["sessionId"] == session["id"]
        await gone(host)
    assert priya.request("GET", f"api/v1/sessions/{session['id']}").status_code == 404
    assert maya.request("GET", "api/v1/sessions").status_code == 401
    assert not (maya.server.data_dir / "files" / session["folder"]).exists()


async def test_claim_25_the_token_of_somebody_removed_gives_nothing_of_the_session(maya: Person) -> None:
    session = create_session(maya)
    sid = session["id"]
    priya = admit(maya, session, knock(maya, session))
    maya.call("POST", f"sessions/{sid}/participants/{priya.id}/remove", {}, status=204)
    for path in ("", "/chat", "/activity", "/executions", "/snapshots", "/snapshots/now", "/documents"):
        assert priya.request("GET", f"api/v1/sessions/{sid}{path}").status_code == 404, path
    for path in (f"api/contents/{session['folder']}", f"files/{session['folder']}/main.py"):
        assert priya.request("GET", path).status_code == 403
    run = {"language": "python", "code": "1", "sessionId": sid}
    assert priya.request("POST", "api/v1/execute", json=run).status_code == 404


def forged(maya: Person, **changes: object) -> dict[str, object]:
    """The claims of a good token, some of them changed."""
    return {**jwt.decode(maya.token, options={"verify_signature": False}), **changes}


@pytest.mark.parametrize(
    "kind", ["none", "foreign key", "another algorithm", "expired", "another person", "another device", "no device"]
)
async def test_claim_2_a_token_that_is_not_ours_opens_no_door(maya: Person, kind: str) -> None:
    secret = (maya.server.data_dir / "jwt_secret").read_text()
    good = forged(maya)
    token = {
        "none": lambda: jwt.encode(good, None, "none"),
        "foreign key": lambda: jwt.encode(good, "k" * 64, "HS256"),
        "another algorithm": lambda: jwt.encode(good, secret, "HS384"),
        "expired": lambda: jwt.encode(forged(maya, exp=int(time.time()) - 120), secret, "HS256"),
        # Even with our key: a log-in is of one person.
        "another person": lambda: jwt.encode(forged(maya, sub=register(maya.server).id), secret, "HS256"),
        "another device": lambda: jwt.encode(forged(maya, dev=maya.id), secret, "HS256"),
        "no device": lambda: jwt.encode({k: v for k, v in good.items() if k != "dev"}, secret, "HS256"),
    }[kind]()
    session = create_session(maya)
    room = room_address(maya, f"{session['folder']}/main.py")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=maya.server.url, timeout=30, verify=PLAIN) as client:
        for path, status in (("api/v1/auth/me", 401), ("api/contents", 403), ("api/kernels", 403)):
            assert (await client.get(path, headers=headers)).status_code == status
            cookie = {"Cookie": f"codewithme_access={token}"}
            assert (await client.get(path, headers=cookie)).status_code == status
    with pytest.raises(websockets.InvalidStatus) as refused:
        await websockets.connect(room, additional_headers=headers)
    assert refused.value.response.status_code == 403
    url = f"{maya.server.url}socket.io/"
    async with httpx.AsyncClient(params={"EIO": "4", "transport": "polling"}, timeout=30, verify=PLAIN) as poll:
        sid = json.loads((await poll.get(url)).text[1:])["sid"]
        await poll.post(url, params={"sid": sid}, content="40" + json.dumps({"token": token}))
        assert (await poll.get(url, params={"sid": sid})).text.startswith("44")


async def test_claim_4_no_token_in_an_address_or_cookie_opens_the_live_connection(maya: Person) -> None:
    url = f"{maya.server.url}socket.io/"
    query = {"EIO": "4", "transport": "polling", "token": maya.token, "access_token": maya.token}
    cookies = {"codewithme_access": maya.token}
    async with httpx.AsyncClient(params=query, cookies=cookies, headers=maya.headers, timeout=30, verify=PLAIN) as poll:
        sid = json.loads((await poll.get(url)).text[1:])["sid"]
        for content in ("40", "40{}", '40{"token":""}'):
            await poll.post(url, params={**query, "sid": sid}, content=content)
            assert (await poll.get(url, params={**query, "sid": sid})).text.startswith("44")


async def test_fault_23_a_token_that_expires_cuts_nothing_and_is_renewed_without_a_log_in(maya: Person) -> None:
    session = create_session(maya)
    secret = (maya.server.data_dir / "jwt_secret").read_text().strip()
    claims = jwt.decode(maya.token, secret, algorithms=["HS256"], audience="codewithme")
    # Expired, and honoured for the half minute by which clocks may differ: it has three seconds left.
    old = jwt.encode({**claims, "exp": int(time.time()) - 27}, secret, "HS256")
    holder = Person(maya.server, maya.user, old, maya.refresh_token)
    main = f"{session['folder']}/main.py"
    async with listening(holder, session["id"]) as listener, open_document(holder, main) as editor:
        async with asyncio.timeout(20):
            while (await asyncio.to_thread(holder.request, "GET", "api/v1/auth/me")).status_code != 401:  # noqa: ASYNC110 (the server says it to nobody)
                await asyncio.sleep(0.2)
        assert (await listener.send("chat-message", {"text": "still here", "key": "1"}))["status"] == "success"
        editor.source += "still here"
        renewed = await asyncio.to_thread(
            maya.request, "POST", "api/v1/auth/refresh", json={"refreshToken": maya.refresh_token}
        )
        fresh = Person(maya.server, maya.user, renewed.json()["data"]["token"], maya.refresh_token)
        assert (await asyncio.to_thread(fresh.request, "GET", "api/v1/auth/me")).status_code == 200
        async with open_document(fresh, main) as again:
            await again.until(lambda e: e.text == "still here")
        assert listener.is_connected
