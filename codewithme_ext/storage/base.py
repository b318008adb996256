"""The mapping every table shares: UUID keys, UTC times, JSON that is JSONB on PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import JSON, DateTime, Dialect, Enum, MetaData, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


def utc_now() -> datetime:
    """The wall clock, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random UUID in its canonical form."""
    return str(uuid4())


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC times on every database; SQLite keeps none, so they are stored naive there and made aware again."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone would be stored wrongly")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give aware UTC back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Id(Uuid[str]):
    """A UUID in its canonical form, as text."""

    def __init__(self) -> None:
        """Every database gives text."""
        super().__init__(as_uuid=False)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], str | None] | None:
        """SQLite keeps the 32 digits; SQLAlchemy's own way by an object for each costs more than finding the row."""
        return _as_text if dialect.supports_native_uuid else _with_dashes


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)


def _with_dashes(digits: str | None) -> str | None:
    return digits and f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _values(members: type[StrEnum]) -> list[str]:
    return [member.value for member in members]


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[Any]: Json,
        # The value as text with no type of the database's own: a new member needs no migration of a type.
        StrEnum: Enum(StrEnum, native_enum=False, create_constraint=False, length=32, values_callable=_values),
        str: String(),
    }


class HasId:
    """A UUID primary key, made by us so that it is known before the insert."""

    id: Mapped[str] = mapped_column(Id(), primary_key=True, default=new_id)


class HasCreatedAt:
    """When the row was made (UTC)."""

    created_at: Mapped[datetime] = mapped_column(default=utc_now)
