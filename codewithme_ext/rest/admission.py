"""The door: invitations, joining, the waiting room."""

from http import HTTPStatus

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import authenticated

from ..interview.admission.schemas import Acceptance, Invitation, InvitationCreation, JoinRequest, WordTo
from ..interview.wire import Shape
from ..jupyter.identity import set_login_cookies
from .base import ApiHandler


class InvitationAnswer(ApiHandler):
    """What the handlers of invitations share."""

    def with_address(self, invitation: Invitation) -> dict[str, object]:
        """The invitation with the whole path of its link, as the browser's address bar would show it."""
        whole = invitation.model_copy(update={"url": self.base_url + invitation.url})
        return whole.model_dump(mode="json")


class InvitationsHandler(InvitationAnswer):
    """GET and POST sessions/:id/invitations."""

    @authenticated
    async def get(self, session_id: str) -> None:
        """All links of a session (host, interviewer)."""
        invitations = await self.services.invitations.list(self.actor, session_id)
        self.answer({"invitations": [self.with_address(invitation) for invitation in invitations]})

    @authenticated
    async def post(self, session_id: str) -> None:
        """A new link."""
        invitation = await self.services.invitations.create(self.actor, session_id, self.shape(InvitationCreation))
        self.answer({"invitation": self.with_address(invitation)}, HTTPStatus.CREATED)


class InvitationHandler(ApiHandler):
    """DELETE sessions/:id/invitations/:id."""

    @authenticated
    async def delete(self, session_id: str, invitation_id: str) -> None:
        """The link stops working."""
        await self.services.invitations.revoke(self.actor, session_id, invitation_id)
        self.answer_nothing()


class InviteLinkHandler(InvitationAnswer):
    """POST sessions/:id/invite-link."""

    @authenticated
    async def post(self, session_id: str) -> None:
        """The link that "Copy link" copies."""
        self.shape(Shape)
        invitation = await self.services.invitations.candidate_link(self.actor, session_id)
        self.answer({"invitation": self.with_address(invitation)})


class AcceptHandler(ApiHandler):
    """POST invitations/accept."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Ask to join by a link; a stranger becomes a guest."""
        accepted = await self.services.admission.accept(self.maybe_actor, self.shape(Acceptance))
        answer: dict[str, object] = {"session": accepted.door.model_dump(mode="json")}
        if accepted.grant is not None:
            set_login_cookies(self, accepted.grant)
            answer |= accepted.grant.model_dump(mode="json")
        else:
            answer["user"] = (await self.services.accounts.me(self.actor)).model_dump(mode="json")
        self.answer(answer)


class JoinHandler(ApiHandler):
    """POST sessions/join."""

    @authenticated
    async def post(self) -> None:
        """Ask to join by the session's id; the answer is the whole session only for somebody already inside."""
        door = await self.services.admission.join(self.actor, self.shape(JoinRequest))
        answer = door.model_dump(mode="json")
        if door.state == "admitted":
            session = await self.services.sessions.get(self.actor, door.id)
            answer |= session.model_dump(mode="json")
        self.answer({"session": answer})


class DoorHandler(ApiHandler):
    """GET sessions/:id/door."""

    @authenticated
    async def get(self, session_id: str) -> None:
        """Where the asker stands."""
        self.answer(await self.services.admission.door(self.actor, session_id))


class WaitingHandler(ApiHandler):
    """GET sessions/:id/waiting."""

    @authenticated
    async def get(self, session_id: str) -> None:
        """Who waits (host, interviewer)."""
        waiting = await self.services.admission.waiting(self.actor, session_id)
        self.answer({"waiting": [person.model_dump(mode="json") for person in waiting]})


class AdmitHandler(ApiHandler):
    """POST sessions/:id/participants/:id/admit."""

    @authenticated
    async def post(self, session_id: str, user_id: str) -> None:
        """Let somebody in."""
        self.shape(WordTo)
        await self.services.admission.admit(self.actor, session_id, user_id)
        self.answer_nothing()


class RejectHandler(ApiHandler):
    """POST sessions/:id/participants/:id/reject."""

    @authenticated
    async def post(self, session_id: str, user_id: str) -> None:
        """Refuse somebody who waits."""
        await self.services.admission.reject(self.actor, session_id, user_id, self.shape(WordTo).message)
        self.answer_nothing()


class RemoveHandler(ApiHandler):
    """POST sessions/:id/participants/:id/remove."""

    @authenticated
    async def post(self, session_id: str, user_id: str) -> None:
        """Put somebody out."""
        await self.services.admission.remove(self.actor, session_id, user_id, self.shape(WordTo).message)
        self.answer_nothing()


class LeaveHandler(ApiHandler):
    """POST sessions/:id/leave."""

    @authenticated
    async def post(self, session_id: str) -> None:
        """Go."""
        self.shape(Shape)
        await self.services.admission.leave(self.actor, session_id)
        self.answer_nothing()
