"""Loads every table, for migrations and their tests: a table is known only once its module is imported."""

from sqlalchemy import MetaData

from ..interview import idempotency
from ..interview.accounts import models as accounts
from ..interview.assessment import models as assessment
from ..interview.chat import models as chat
from ..interview.documents import models as documents
from ..interview.execution import models as execution
from ..interview.proctoring import models as proctoring
from ..interview.sessions import models as sessions
from ..interview.snapshots import models as snapshots
from ..storage import activity
from ..storage.base import Base

MODULES = (accounts, activity, assessment, chat, documents, execution, idempotency, proctoring, sessions, snapshots)


def metadata() -> MetaData:
    """All tables of the product."""
    return Base.metadata
