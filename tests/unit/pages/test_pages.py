"""What each page answers to whom, and the headers of all of them (claims C43, C70)."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from small_site import OWNER_TOKEN, Site

from codewithme_ext.interview.accounts.actor import Actor
from codewithme_ext.interview.accounts.service import RegistrationPolicy
from codewithme_ext.interview.admission.schemas import Acceptance
from codewithme_ext.interview.sessions.schemas import SessionCreation

Accounts = Callable[[str], Awaitable[Actor]]
TITLE = "Backend engineer, round 2"


async def _invite(site: Site, host: Actor, password: str | None = None) -> tuple[str, str]:
    """A new interview's id and the query of a candidate's link."""
    session = await site.services.sessions.create(host, SessionCreation(title=TITLE, password=password))
    invitation = await site.services.invitations.candidate_link(host, session.id)
    return session.id, invitation.url.partition("?")[2]


async def _ask(site: Site, session_id: str, query: str, name: str = "Priya Nair") -> Actor:
    """Somebody without an account asks to join; returns who they are from now on."""
    accepted = await site.services.admission.accept(
        None, Acceptance(session_id=session_id, code=query.removeprefix("code="), name=name, consent=True)
    )
    assert accepted.grant is not None
    return await site.services.logins.authenticate(accepted.grant.token)


@pytest.mark.parametrize(
    "path",
    [
        "codewithme/login",
        "codewithme/register",
        "codewithme/account",
        "codewithme/set-password",
        "codewithme/welcome?token=wrong",
        "codewithme/join/1?code=x",
        "codewithme/outcome/1",
        "codewithme/no/such/page",
        "codewithme",
        "codewithme/assets/no-such-file.js",
        "codewithme/login?next=%FF",
    ],
)
async def test_every_answer_shuts_the_browsers_doors(site: Site, path: str) -> None:
    headers = (await site.get(path)).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] in ("no-store", "no-cache")


async def test_pages_set_the_xsrf_cookie_that_their_script_sends_back(site: Site) -> None:
    assert "_xsrf=" in (await site.get("codewithme/login")).headers["Set-Cookie"]


async def test_an_invitation_shows_who_invites_and_nothing_else(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host, password="secret")
    page = (await site.get(f"codewithme/join/{session_id}?{query}")).body.decode()
    assert "Maya Lindqvist" in page
    assert "Session password" in page
    assert TITLE not in page
    assert query not in page


async def test_existing_and_missing_interviews_look_the_same_without_an_invitation(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    paths = [
        f"codewithme/join/{session_id}",
        f"codewithme/join/{session_id}?code=wrong",
        f"codewithme/join/{uuid4()}",
        f"codewithme/join/{uuid4()}?{query}",
        "codewithme/join/not-an-id",
        f"codewithme/outcome/{session_id}",
        f"codewithme/outcome/{uuid4()}",
    ]
    answers = [await site.get(path) for path in paths]
    assert {answer.code for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    assert "This link has expired or is not complete" in answers[0].body.decode()


async def test_a_revoked_invitation_says_that_it_has_expired(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    [invitation] = await site.services.invitations.list(host, session_id)
    await site.services.invitations.revoke(host, session_id, invitation.id)
    answer = await site.get(f"codewithme/join/{session_id}?{query}")
    assert answer.code == 410
    assert "This link has expired" in answer.body.decode()


async def test_an_account_may_try_any_id(site: Site, host: Actor, account: Accounts) -> None:
    session_id, _ = await _invite(site, host)
    site.actor = await account("Tom Becker")
    pages = [(await site.get(f"codewithme/join/{wanted}")).body.decode() for wanted in (session_id, str(uuid4()))]
    assert all("Join an interview" in page and "Tom Becker" in page for page in pages)
    assert not any("Maya" in page for page in pages)


async def test_the_host_is_told_that_the_invitation_is_their_own(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    site.actor = host
    page = (await site.get(f"codewithme/join/{session_id}?{query}")).body.decode()
    assert "This is your own invitation" in page
    assert f'href="/base/lab/workspaces/interview-{session_id}"' in page


async def test_a_reload_keeps_the_place_in_the_waiting_room(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    site.actor = await _ask(site, session_id, query)
    for path in (f"codewithme/join/{session_id}?{query}", f"codewithme/join/{session_id}"):
        assert 'data-view="waiting"' in (await site.get(path)).body.decode()
    answer = await site.get(f"codewithme/outcome/{session_id}")
    assert answer.headers["Location"] == f"/base/codewithme/join/{session_id}"


async def test_somebody_admitted_goes_straight_on(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    site.actor = await _ask(site, session_id, query)
    await site.services.admission.admit(host, session_id, site.actor.person_id)
    for page in ("join", "outcome"):
        answer = await site.get(f"codewithme/{page}/{session_id.upper()}?{query}")
        assert answer.headers["Location"] == f"/base/lab/workspaces/interview-{session_id}"


async def test_somebody_rejected_reads_the_hosts_word_and_cannot_ask_again(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    site.actor = await _ask(site, session_id, query)
    await site.services.admission.reject(host, session_id, site.actor.person_id, "We moved to Thursday.")
    answer = await site.get(f"codewithme/join/{session_id}?{query}")
    assert answer.headers["Location"] == f"/base/codewithme/outcome/{session_id}"
    page = (await site.get(f"codewithme/outcome/{session_id}")).body.decode()
    assert "Maya Lindqvist did not admit you" in page
    assert "We moved to Thursday." in page
    site.actor = None
    assert (await site.get(f"codewithme/join/{session_id}?{query}")).code == 410


async def test_somebody_removed_is_told_so(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    site.actor = await _ask(site, session_id, query)
    await site.services.admission.admit(host, session_id, site.actor.person_id)
    await site.services.admission.remove(host, session_id, site.actor.person_id, "")
    page = (await site.get(f"codewithme/outcome/{session_id}")).body.decode()
    assert "Maya Lindqvist removed you from the interview" in page


async def test_somebody_who_left_may_ask_again(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    site.actor = await _ask(site, session_id, query)
    await site.services.admission.leave(site.actor, session_id)
    assert "You have left" in (await site.get(f"codewithme/outcome/{session_id}")).body.decode()
    page = (await site.get(f"codewithme/join/{session_id}?{query}")).body.decode()
    assert 'data-view="form"' in page
    assert "You join as <b>Priya Nair</b>" in page


async def test_whoever_waited_reads_that_the_interview_has_ended(site: Site, host: Actor) -> None:
    session_id, query = await _invite(site, host)
    site.actor = await _ask(site, session_id, query)
    await site.services.sessions.end(host, session_id)
    page = (await site.get(f"codewithme/outcome/{session_id}")).body.decode()
    assert "The interview has ended" in page
    assert TITLE not in page


async def test_login_sends_on_only_within_this_server(site: Site, account: Accounts) -> None:
    site.actor = await account("Tom Becker")
    there = await site.get("codewithme/login?next=%2Fbase%2Flab%2Ftree")
    elsewhere = await site.get("codewithme/login?next=https%3A%2F%2Felsewhere.example%2Fbase%2F")
    assert there.headers["Location"] == "/base/lab/tree"
    assert elsewhere.headers["Location"] == "/base/lab"


async def test_a_guest_may_log_in_as_somebody(site: Site, host: Actor) -> None:
    site.actor = await _ask(site, *await _invite(site, host))
    answer = await site.get("codewithme/login")
    assert answer.code == 200
    assert 'data-is-known="true"' in answer.body.decode()


@pytest.mark.parametrize(("policy", "has_form"), [(RegistrationPolicy.OPEN, True), (RegistrationPolicy.CLOSED, False)])
async def test_registering_is_possible_while_it_is_open(site: Site, policy: RegistrationPolicy, has_form: bool) -> None:
    site.services.accounts.registration = policy
    assert ("Create account" in (await site.get("codewithme/register")).body.decode()) is has_form
    assert ("codewithme/register" in (await site.get("codewithme/login")).body.decode()) is has_form


async def test_the_owners_link_logs_in_and_goes_on(site: Site) -> None:
    answer = await site.get(f"codewithme/welcome?token={OWNER_TOKEN.replace(' ', '+')}")
    assert answer.headers["Location"] == "/base/lab"
    cookies = answer.headers.get_list("Set-Cookie")
    assert any(cookie.startswith("codewithme_access=") and "HttpOnly" in cookie for cookie in cookies)


@pytest.mark.parametrize("query", ["", "?token=", "?token=another"])
async def test_another_token_says_where_the_new_link_is(site: Site, query: str) -> None:
    answer = await site.get(f"codewithme/welcome{query}")
    assert answer.code == 403
    assert "This link is from an earlier start" in answer.body.decode()
    assert "codewithme_access" not in str(answer.headers.get_list("Set-Cookie"))


async def test_what_is_no_page_says_so_and_repeats_nothing(site: Site) -> None:
    answer = await site.get("codewithme/%3Cscript%3E")
    assert answer.code == 404
    assert "There is no page here" in answer.body.decode()
    assert "%3Cscript" not in answer.body.decode()


async def test_a_slash_too_many_at_the_end_does_no_harm(site: Site) -> None:
    answer = await site.get("codewithme/join/1/?code=a.b")
    assert answer.headers["Location"] == "/base/codewithme/join/1?code=a.b"
