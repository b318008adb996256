"""The HTTP reference: the OpenAPI document as people read it, on a page of ours and in `docs/http.md`."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated

from .base import PageHandler

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a shape. `kind` names shapes in `[brackets]`, so that they can become links."""

    name: str
    kind: str
    is_required: bool
    note: str = ""


@dataclass(frozen=True)
class CallEntry:
    """One call."""

    method: str
    address: str
    summary: str
    details: str
    is_open: bool
    parameters: list[Field]
    body: str | None
    body_example: str | None
    status: str
    answer: str | None
    answer_example: str | None
    errors: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Chapter:
    """Calls about one thing."""

    name: str
    calls: list[CallEntry]


@dataclass(frozen=True)
class ShapeEntry:
    """A JSON object, or a closed set of words (then `words`)."""

    name: str
    about: str
    fields: list[Field]
    words: list[str]


@dataclass(frozen=True)
class Reference:
    """The whole document."""

    about: str
    version: str
    chapters: list[Chapter]
    shapes: list[ShapeEntry]

    @classmethod
    def of(cls, document: Schema) -> "Reference":
        """From the OpenAPI document."""
        calls: dict[str, list[CallEntry]] = {tag["name"]: [] for tag in document["tags"]}
        for address, item in document["paths"].items():
            for method, operation in item.items():
                calls[operation["tags"][0]].append(_call(method, address, operation))
        return cls(
            about=document["info"]["description"],
            version=document["info"]["version"],
            chapters=[Chapter(name, entries) for name, entries in calls.items()],
            shapes=[_shape(name, schema) for name, schema in sorted(document["components"]["schemas"].items())],
        )


class ReferencePage(PageHandler):
    """`api/v1/docs`."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Open to everybody: it says nothing of any interview."""
        document = self.settings["codewithme_openapi"].document
        self.show("reference.html", reference=Reference.of(document), split=split)


def split(kind: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a kind, and whether each is the name of a shape."""
    for number, piece in enumerate(re.split(r"\[(\w[\w-]*)\]", kind)):
        if piece:
            yield piece, number % 2 == 1


def _call(method: str, address: str, operation: Schema) -> CallEntry:
    responses: Mapping[str, Schema] = operation["responses"]
    status = next(code for code in responses if code < "400")
    content = responses[status].get("content", {})
    answer = example = None
    for media, described in content.items():
        data = described["schema"].get("properties", {}).get("data")
        answer = _kind(data) if data is not None else media
        example = _pretty(described)
    body = operation.get("requestBody")
    return CallEntry(
        method=method.upper(),
        address=address.lstrip("/"),
        summary=operation["summary"],
        details=operation.get("description", ""),
        is_open=operation.get("security") == [],
        parameters=[
            Field(
                parameter["name"],
                f"{parameter['in']}, {_kind(parameter['schema'])}",
                bool(parameter.get("required")),
                parameter.get("description", ""),
            )
            for parameter in operation["parameters"]
        ],
        body=_kind(body["content"]["application/json"]["schema"]) if body else None,
        body_example=_pretty(body["content"]["application/json"]) if body else None,
        status=status,
        answer=answer,
        answer_example=example,
        errors=[
            (code, list(described["content"]["application/json"]["schema"]["properties"]["code"]["enum"]))
            for code, described in responses.items()
            if code >= "400"
        ],
    )


def _pretty(content: Schema) -> str | None:
    return json.dumps(content["example"], indent=2, ensure_ascii=False) if "example" in content else None


def _shape(name: str, schema: Schema) -> ShapeEntry:
    required = schema.get("required", ())
    return ShapeEntry(
        name=name,
        about=" ".join(schema.get("description", "").split()),
        fields=[
            Field(field, _kind(described), field in required, " ".join(described.get("description", "").split()))
            for field, described in schema.get("properties", {}).items()
        ],
        words=[str(word) for word in schema.get("enum", ())],
    )


def _kind(schema: Schema) -> str:
    """A schema in a few words."""
    match schema:
        case {"$ref": reference}:
            return f"[{str(reference).rpartition('/')[2]}]"
        case {"anyOf": kinds} | {"oneOf": kinds}:
            return " or ".join(dict.fromkeys(_kind(kind) for kind in kinds))
        case {"const": value}:
            return f"“{value}”"
        case {"enum": words}:
            return " or ".join(f"“{word}”" for word in words)
        case {"type": "array"}:
            return f"list of {_kind(schema.get('items', {}))}"
        case {"type": "object", "additionalProperties": dict(values)}:
            return f"object of {_kind(values)}"
        case {"type": "string", "format": form}:
            return str(form)
        case {"type": kind}:
            return f"{kind}{_bounds(schema)}"
        case _:
            return "anything"


def _bounds(schema: Schema) -> str:
    lowest = schema.get("minimum", schema.get("minLength"))
    highest = schema.get("maximum", schema.get("maxLength"))
    unit = " characters" if schema.get("type") == "string" else ""
    if lowest is None and highest is None:
        return ""
    if highest is None:
        return f" of {lowest}{unit} or more"
    return f" of {lowest if lowest is not None else '0'} to {highest}{unit}" if lowest else f" up to {highest}{unit}"
