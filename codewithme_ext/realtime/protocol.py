"""What clients send over Socket.IO (spec, section 8), as shapes that are checked before anything is done."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from ..interview.admission.schemas import WordToPerson
from ..interview.wire import LanguageId, Shape, Text

Id = Annotated[Text, StringConstraints(max_length=100)]


class Handshake(Shape):
    """`auth` of the connection."""

    token: Annotated[str, StringConstraints(max_length=4096)]


class JoinSession(Shape):
    """`join-session`. Name and `isCreator` are the client's claims: they are taken and never believed."""

    sessionId: Id
    username: Any = None
    isCreator: Any = None
    password: Annotated[Text, StringConstraints(max_length=1024)] | None = None


class LeaveSession(Shape):
    """`leave-session`: this connection stops following; the person stays admitted."""

    sessionId: Id


class Person(Shape):
    """`admit-participant`, `reject-participant`, `remove-participant`: by connection, or by user."""

    sessionId: Id
    participantSocketId: Id | None = None
    userId: Id | None = None
    message: WordToPerson = ""


class AutoAdmit(Shape):
    """`set-auto-admit`."""

    sessionId: Id
    enabled: Annotated[bool, Field(strict=True)]


class LanguageChange(Shape):
    """`language-change`."""

    language: LanguageId


class Signal(Shape):
    """`signal`: an offer, answer or ICE candidate for one other connection; its content is the browsers' own."""

    toSocketId: Id
    signal: Any
