"""One page of somebody's own sessions: the query behind the dashboard and GET sessions.

It is asked for more often than anything else, with tens of rows: so it reads columns instead of whole objects, in one statement
that is put together once, and the rows become an answer in one step.
"""

from collections.abc import Iterator

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, ScalarSelect, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from ..accounts.models import User
from ..paging import cursor, read_cursor
from ..roles import GRANTS, Capability, Role
from . import schemas
from .models import InterviewSession, Participant, ParticipantState


def _how_many(state: ParticipantState) -> ScalarSelect[int]:
    people = aliased(Participant)
    of_this = select(func.count()).where(people.session_id == InterviewSession.id, people.state == state)
    return of_this.correlate(InterviewSession).scalar_subquery()


_MAY_ADMIT = [role for role in Role if Capability.ADMIT in GRANTS[role]]
_MINE = (
    select(
        InterviewSession.id,
        InterviewSession.title,
        InterviewSession.description,
        InterviewSession.language,
        InterviewSession.status,
        InterviewSession.host_id,
        User.name.label("host_name"),
        InterviewSession.password.is_not(None).label("has_password"),
        Participant.role,
        _how_many(ParticipantState.ADMITTED).label("participants"),
        case((Participant.role.in_(_MAY_ADMIT), _how_many(ParticipantState.WAITING)), else_=0).label("waiting"),
        InterviewSession.created_at,
        InterviewSession.started_at,
        InterviewSession.ended_at,
    )
    .join(Participant, Participant.session_id == InterviewSession.id)
    .join(User, User.id == InterviewSession.host_id)
    .where(Participant.state == ParticipantState.ADMITTED)
    .order_by(Participant.session_created_at.desc(), Participant.session_id.desc())
)
_SUMMARIES = TypeAdapter(list[schemas.SessionSummary])


async def my_sessions(db: AsyncSession, user_id: str | None, wish: schemas.SessionsQuery) -> schemas.SessionPage:
    """The sessions the person is admitted to, as far as they fit the filters of `wish`, newest first."""
    query = _MINE.where(Participant.user_id == user_id, *_filters(wish)).limit(wish.limit + 1)
    rows = (await db.execute(query)).all()
    shown = rows[: wish.limit]
    return schemas.SessionPage.model_construct(
        sessions=_SUMMARIES.validate_python([row._asdict() for row in shown]),
        next=cursor(shown[-1].created_at, shown[-1].id) if len(rows) > wish.limit else None,
    )


def _filters(wish: schemas.SessionsQuery) -> Iterator[ColumnElement[bool]]:
    if wish.after is not None:
        yield tuple_(Participant.session_created_at, Participant.session_id) < read_cursor(wish.after)
    if wish.status is not None:
        yield InterviewSession.status == wish.status
    if wish.role is not None:
        yield Participant.role == wish.role
    if wish.language is not None:
        yield InterviewSession.language == wish.language
    if wish.created_from is not None:
        yield Participant.session_created_at >= wish.created_from
    if wish.created_before is not None:
        yield Participant.session_created_at < wish.created_before
    for word in wish.q.lower().split():
        texts = (InterviewSession.title, InterviewSession.description)
        yield or_(*(func.lower(text).contains(word, autoescape=True) for text in texts))
