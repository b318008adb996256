"""Every REST address, below the server's base URL."""

from .accounts import LoginHandler, LogoutHandler, MeHandler, RefreshHandler, RegisterHandler, TokenHandler
from .admission import (
    AcceptHandler,
    AdmitHandler,
    DoorHandler,
    InvitationHandler,
    InvitationsHandler,
    InviteLinkHandler,
    JoinHandler,
    LeaveHandler,
    RejectHandler,
    RemoveHandler,
    WaitingHandler,
)
from .base import ApiHandler
from .chat import ChatHandler
from .execution import ExecuteHandler, ExecutionsHandler, LanguagesHandler
from .health import HealthHandler, LiveHandler, ReadyHandler
from .missing import MissingHandler
from .sessions import ActivityHandler, EndHandler, FreezeHandler, SessionHandler, SessionsHandler, UnfreezeHandler
from .snapshots import RestoreHandler, SnapshotHandler, SnapshotsHandler

API = "/api/v1"
_SESSION = rf"{API}/sessions/([^/]+)"
_PERSON = rf"{_SESSION}/participants/([^/]+)"

ROUTES: list[tuple[str, type[ApiHandler]]] = [
    (rf"{API}/auth/register", RegisterHandler),
    (rf"{API}/auth/login", LoginHandler),
    (rf"{API}/auth/refresh", RefreshHandler),
    (rf"{API}/auth/logout", LogoutHandler),
    (rf"{API}/auth/me", MeHandler),
    (rf"{API}/auth/token", TokenHandler),
    (rf"{API}/sessions", SessionsHandler),
    (rf"{API}/sessions/join", JoinHandler),
    (_SESSION, SessionHandler),
    (rf"{_SESSION}/end", EndHandler),
    (rf"{_SESSION}/freeze", FreezeHandler),
    (rf"{_SESSION}/unfreeze", UnfreezeHandler),
    (rf"{_SESSION}/activity", ActivityHandler),
    (rf"{_SESSION}/chat", ChatHandler),
    (rf"{_SESSION}/executions", ExecutionsHandler),
    (rf"{_SESSION}/snapshots", SnapshotsHandler),
    (rf"{_SESSION}/snapshots/([^/]+)", SnapshotHandler),
    (rf"{_SESSION}/snapshots/([^/]+)/restore", RestoreHandler),
    (rf"{_SESSION}/door", DoorHandler),
    (rf"{_SESSION}/waiting", WaitingHandler),
    (rf"{_SESSION}/leave", LeaveHandler),
    (rf"{_SESSION}/invite-link", InviteLinkHandler),
    (rf"{_SESSION}/invitations", InvitationsHandler),
    (rf"{_SESSION}/invitations/([^/]+)", InvitationHandler),
    (rf"{_PERSON}/admit", AdmitHandler),
    (rf"{_PERSON}/reject", RejectHandler),
    (rf"{_PERSON}/remove", RemoveHandler),
    (rf"{API}/invitations/accept", AcceptHandler),
    (rf"{API}/execute", ExecuteHandler),
    (rf"{API}/languages", LanguagesHandler),
    (rf"{API}/health", HealthHandler),
    (rf"{API}/health/live", LiveHandler),
    (rf"{API}/health/ready", ReadyHandler),
    (rf"{API}/.*", MissingHandler),
]
