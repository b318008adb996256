"""The door: invitations, joining, the waiting room."""

from http import HTTPStatus

from ..errors import ConsentRequiredError, InvalidTransitionError, LimitsUnavailableError, WrongPasswordError
from ..interview.admission.schemas import (
    Acceptance,
    Accepted,
    Invitation,
    InvitationAnswer,
    InvitationCreation,
    InvitationList,
    JoinRequest,
    RoleAnswer,
    RoleWish,
    WaitingList,
    WordTo,
)
from ..interview.sessions.schemas import Door, EnteredSession, JoinAnswer
from ..jupyter.identity import set_login_cookies
from .base import ApiHandler
from .contract import IN_A_SESSION, call


class InvitationBase(ApiHandler):
    """What the handlers of invitations share."""

    def with_address(self, invitation: Invitation) -> Invitation:
        """The invitation with the whole path of its link, as the browser's address bar would show it."""
        return invitation.model_copy(update={"url": self.base_url + invitation.url})


class InvitationsHandler(InvitationBase):
    """sessions/:id/invitations."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str) -> InvitationList:
        """All links of a session (host, interviewer)."""
        invitations = await self.services.invitations.list(self.actor, session_id)
        return InvitationList(invitations=[self.with_address(invitation) for invitation in invitations])

    @call(status=HTTPStatus.CREATED, raises=IN_A_SESSION, takes_key=True)
    async def post(self, session_id: str, body: InvitationCreation) -> InvitationAnswer:
        """A new link."""
        invitation = await self.services.invitations.create(self.actor, session_id, body)
        return InvitationAnswer(invitation=self.with_address(invitation))

    def without_secrets(self, answer: InvitationAnswer) -> InvitationAnswer:
        """Without the code of the link, which lets people in."""
        return answer.model_copy(update={"invitation": answer.invitation.model_copy(update={"url": ""})})

    async def with_secrets(self, kept: InvitationAnswer) -> InvitationAnswer:
        """With the link made anew."""
        invitation = await self.services.invitations.get(self.actor, self.path_args[0], kept.invitation.id)
        return InvitationAnswer(invitation=self.with_address(invitation))


class InvitationHandler(ApiHandler):
    """sessions/:id/invitations/:id."""

    @call(raises=IN_A_SESSION)
    async def delete(self, session_id: str, invitation_id: str) -> None:
        """The link stops working."""
        await self.services.invitations.revoke(self.actor, session_id, invitation_id)


class InviteLinkHandler(InvitationBase):
    """sessions/:id/invite-link."""

    @call(raises=IN_A_SESSION)
    async def post(self, session_id: str) -> InvitationAnswer:
        """The link that "Copy link" copies."""
        invitation = await self.services.invitations.candidate_link(self.actor, session_id)
        return InvitationAnswer(invitation=self.with_address(invitation))


class AcceptHandler(ApiHandler):
    """invitations/accept."""

    @call(is_open=True, raises=(*IN_A_SESSION, ConsentRequiredError, WrongPasswordError, LimitsUnavailableError))
    async def post(self, body: Acceptance) -> Accepted:
        """Ask to join by a link; a stranger becomes a guest."""
        accepted = await self.services.admission.accept(self.maybe_actor, body, self.sender)
        if accepted.grant is None:
            return Accepted(session=accepted.door, user=await self.services.accounts.me(self.actor))
        set_login_cookies(self, accepted.grant)
        return Accepted(session=accepted.door, **dict(accepted.grant))


class JoinHandler(ApiHandler):
    """sessions/join."""

    @call(raises=(*IN_A_SESSION, LimitsUnavailableError))
    async def post(self, body: JoinRequest) -> JoinAnswer:
        """Ask to join by the session's id; the answer is the whole session only for somebody already inside."""
        door = await self.services.admission.join(self.actor, body, self.sender)
        if door.state != "admitted":
            return JoinAnswer(session=door)
        session = await self.services.sessions.get(self.actor, door.id)
        return JoinAnswer(session=EnteredSession(**{**dict(door), **dict(session)}))


class DoorHandler(ApiHandler):
    """sessions/:id/door."""

    @call()
    async def get(self, session_id: str) -> Door:
        """Where the asker stands."""
        return await self.services.admission.door(self.actor, session_id)


class WaitingHandler(ApiHandler):
    """sessions/:id/waiting."""

    @call(raises=IN_A_SESSION)
    async def get(self, session_id: str) -> WaitingList:
        """Who waits (host, interviewer)."""
        return WaitingList(waiting=await self.services.admission.waiting(self.actor, session_id))


class AdmitHandler(ApiHandler):
    """sessions/:id/participants/:id/admit."""

    @call(raises=(*IN_A_SESSION, InvalidTransitionError))
    async def post(self, session_id: str, user_id: str, body: WordTo) -> None:
        """Let somebody in."""
        await self.services.admission.admit(self.actor, session_id, user_id)


class ParticipantHandler(ApiHandler):
    """sessions/:id/participants/:id."""

    @call(raises=(*IN_A_SESSION, InvalidTransitionError))
    async def patch(self, session_id: str, user_id: str, body: RoleWish) -> RoleAnswer:
        """Change what somebody is in the interview (host; an interviewer can only take rights away)."""
        return RoleAnswer(
            participant=await self.services.admission.change_role(self.actor, session_id, user_id, body.role)
        )


class RejectHandler(ApiHandler):
    """sessions/:id/participants/:id/reject."""

    @call(raises=(*IN_A_SESSION, InvalidTransitionError))
    async def post(self, session_id: str, user_id: str, body: WordTo) -> None:
        """Refuse somebody who waits."""
        await self.services.admission.reject(self.actor, session_id, user_id, body.message)


class RemoveHandler(ApiHandler):
    """sessions/:id/participants/:id/remove."""

    @call(raises=(*IN_A_SESSION, InvalidTransitionError))
    async def post(self, session_id: str, user_id: str, body: WordTo) -> None:
        """Put somebody out."""
        await self.services.admission.remove(self.actor, session_id, user_id, body.message)


class LeaveHandler(ApiHandler):
    """sessions/:id/leave."""

    @call(raises=(InvalidTransitionError,))
    async def post(self, session_id: str) -> None:
        """Go."""
        await self.services.admission.leave(self.actor, session_id)
