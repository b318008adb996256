"""Every REST address, below the server's base URL.

What each takes and answers, its handler's methods say (see `contract`); the parts of an address in braces are their first
parameters, by position.
"""

import re

from .accounts import (
    DeviceHandler,
    DevicesHandler,
    LoginHandler,
    LogoutHandler,
    MeHandler,
    MyDataHandler,
    PasswordHandler,
    RefreshHandler,
    RegisterHandler,
    SetPasswordHandler,
    TokenHandler,
)
from .admission import (
    AcceptHandler,
    AdmitHandler,
    DoorHandler,
    InvitationHandler,
    InvitationsHandler,
    InviteLinkHandler,
    JoinHandler,
    LeaveHandler,
    ParticipantHandler,
    RejectHandler,
    RemoveHandler,
    WaitingHandler,
)
from .assessment import HandInHandler, QuestionHandler, QuestionsHandler, ResultHandler, ResultsHandler
from .base import ApiHandler
from .chat import ChatHandler
from .documents import DocumentHistoryHandler, DocumentsHandler, DocumentTextHandler
from .execution import ExecuteHandler, ExecutionsHandler, LanguagesHandler
from .export import ExportHandler
from .health import HealthHandler, LiveHandler, ReadyHandler
from .missing import MissingHandler
from .openapi import OpenApiHandler
from .proctoring import ProctoringHandler
from .sessions import ActivityHandler, EndHandler, FreezeHandler, SessionHandler, SessionsHandler, UnfreezeHandler
from .snapshots import FilesNowHandler, RestoreHandler, SnapshotHandler, SnapshotsHandler

API = "/api/v1"
_SESSION = "sessions/{session_id}"
_PERSON = f"{_SESSION}/participants/{{user_id}}"

ADDRESSES: list[tuple[str, type[ApiHandler]]] = [
    ("auth/register", RegisterHandler),
    ("auth/login", LoginHandler),
    ("auth/refresh", RefreshHandler),
    ("auth/logout", LogoutHandler),
    ("auth/me", MeHandler),
    ("auth/me/export", MyDataHandler),
    ("auth/token", TokenHandler),
    ("auth/password", PasswordHandler),
    ("auth/set-password", SetPasswordHandler),
    ("auth/devices", DevicesHandler),
    ("auth/devices/{device_id}", DeviceHandler),
    ("sessions", SessionsHandler),
    ("sessions/join", JoinHandler),
    (_SESSION, SessionHandler),
    (f"{_SESSION}/end", EndHandler),
    (f"{_SESSION}/freeze", FreezeHandler),
    (f"{_SESSION}/unfreeze", UnfreezeHandler),
    (f"{_SESSION}/activity", ActivityHandler),
    (f"{_SESSION}/chat", ChatHandler),
    (f"{_SESSION}/documents", DocumentsHandler),
    (f"{_SESSION}/documents/{{path}}/history", DocumentHistoryHandler),
    (f"{_SESSION}/documents/{{path}}/text", DocumentTextHandler),
    (f"{_SESSION}/executions", ExecutionsHandler),
    (f"{_SESSION}/snapshots", SnapshotsHandler),
    (f"{_SESSION}/snapshots/now", FilesNowHandler),
    (f"{_SESSION}/snapshots/{{snapshot_id}}", SnapshotHandler),
    (f"{_SESSION}/snapshots/{{snapshot_id}}/restore", RestoreHandler),
    (f"{_SESSION}/questions", QuestionsHandler),
    (f"{_SESSION}/questions/{{question_id}}", QuestionHandler),
    (f"{_SESSION}/questions/{{question_id}}/results", HandInHandler),
    (f"{_SESSION}/results", ResultsHandler),
    (f"{_SESSION}/results/{{result_id}}", ResultHandler),
    (f"{_SESSION}/proctoring", ProctoringHandler),
    (f"{_SESSION}/export", ExportHandler),
    (f"{_SESSION}/door", DoorHandler),
    (f"{_SESSION}/waiting", WaitingHandler),
    (f"{_SESSION}/leave", LeaveHandler),
    (f"{_SESSION}/invite-link", InviteLinkHandler),
    (f"{_SESSION}/invitations", InvitationsHandler),
    (f"{_SESSION}/invitations/{{invitation_id}}", InvitationHandler),
    (_PERSON, ParticipantHandler),
    (f"{_PERSON}/admit", AdmitHandler),
    (f"{_PERSON}/reject", RejectHandler),
    (f"{_PERSON}/remove", RemoveHandler),
    ("invitations/accept", AcceptHandler),
    ("execute", ExecuteHandler),
    ("languages", LanguagesHandler),
    ("health", HealthHandler),
    ("health/live", LiveHandler),
    ("health/ready", ReadyHandler),
    ("openapi.json", OpenApiHandler),
]


def _route(address: str) -> str:
    return f"{API}/" + re.sub(r"\{\w+\}", "([^/]+)", address.replace(".", r"\."))


ROUTES: list[tuple[str, type[ApiHandler]]] = [
    *((_route(address), handler) for address, handler in ADDRESSES),
    (rf"{API}/.*", MissingHandler),
]
