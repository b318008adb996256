"""Who may do what in a session: the whole permission table."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in one session."""

    HOST = "host"
    INTERVIEWER = "interviewer"
    CANDIDATE = "candidate"
    OBSERVER = "observer"


class Capability(StrEnum):
    """What can be done in a session. View, edit and run are three rights, asked for apart."""

    VIEW = "view"
    EDIT = "edit"
    RUN = "run"
    CHAT = "chat"
    ADMIT = "admit"
    """Admit, reject and remove people, and see who waits."""
    INVITE = "invite"
    FREEZE = "freeze"
    """Stop everybody else's writing and running for a while, or because time is up."""
    RESTORE = "restore"
    """Bring a snapshot back for everyone. Whoever may edit may save one."""
    REVIEW = "review"
    """Read how a document came about: who wrote what, and when."""
    SCORE = "score"
    """Write questions, see hidden tests and results, score."""
    PROCTOR = "proctor"
    """Read what candidates' browsers observed."""
    MANAGE = "manage"
    """Change the session's settings, end it, delete it."""


_WATCH = frozenset({Capability.VIEW, Capability.CHAT})
_WORK = _WATCH | {Capability.EDIT, Capability.RUN}
_JUDGE = frozenset({Capability.REVIEW, Capability.SCORE, Capability.PROCTOR})
_HELP = _WORK | _JUDGE | {Capability.ADMIT, Capability.INVITE, Capability.FREEZE, Capability.RESTORE}

GRANTS: dict[Role, frozenset[Capability]] = {
    Role.HOST: _HELP | {Capability.MANAGE},
    Role.INTERVIEWER: _HELP,
    Role.CANDIDATE: _WORK,
    Role.OBSERVER: _WATCH,
}

GRANTS_WHILE_FROZEN: dict[Role, frozenset[Capability]] = GRANTS | {
    Role.CANDIDATE: _WATCH,
    Role.OBSERVER: _WATCH,
}
"""What holds while the editor is frozen: those who are interviewed read, talk and chat."""

GRANTS_AFTER_THE_END: dict[Role, frozenset[Capability]] = {
    Role.HOST: _JUDGE | {Capability.VIEW, Capability.MANAGE},
    Role.INTERVIEWER: _JUDGE | {Capability.VIEW},
    Role.CANDIDATE: frozenset(),
    Role.OBSERVER: frozenset(),
}
"""What is left once the session has ended: those who judge it may read it, and nobody writes."""


def may(role: Role, capability: Capability) -> bool:
    """Whether `role` carries `capability` while the session is not over."""
    return capability in GRANTS[role]


def may_change_role(actor: Role, old: Role, new: Role) -> bool:
    """Whether `actor` may make somebody who is `old` a `new`.

    Nobody becomes or stops being the host. The host gives every other role; an interviewer only takes rights from people who
    have fewer than an interviewer, so that nobody's rights ever grow by an interviewer's hand.
    """
    if Role.HOST in (old, new):
        return False
    return actor is Role.HOST or (actor is Role.INTERVIEWER and GRANTS[new] < GRANTS[old] < GRANTS[actor])
