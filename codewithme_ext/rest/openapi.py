"""The OpenAPI 3.1 document, made from the contracts of all calls and the shapes they name."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPMethod, HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .._version import __version__
from ..errors import InvalidInputError, RateLimitedError
from ..interview.wire import Shape
from .base import STATUS, ApiHandler
from .contract import JSON, Contract, call
from .examples import Examples

OPENAPI_KEY = "codewithme_openapi"
_REFERENCE = "#/components/schemas/{model}"
_ABOUT = """Everything a browser does here, a program can do.

An answer is `{"status": "success", "data": …}`, or with an HTTP status of 400 or more
`{"status": "error", "code": …, "message": …}`; `code` is a word for programs that does not change, and `errors` names the fields of
invalid input. Times are UTC in ISO 8601. A session that does not exist and one that is none of yours get the same answer. A list in
pages has `next`: send it as `after` for the page that follows; null is the end."""

_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what the change starts from: refused with 412 if somebody else changed it meanwhile.",
    "schema": {"type": "string"},
}

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A word of your own for this one thing: sent again within a day, it is answered again and not done twice.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}

Mode = Literal["validation", "serialization"]


class FieldError(Shape):
    """What is wrong with one field; `field` is a dotted path such as `files.main.py`."""

    field: str
    message: str


@dataclass(frozen=True)
class Operation:
    """One call at one address."""

    address: str
    method: HTTPMethod
    contract: Contract

    @property
    def tag(self) -> str:
        """The chapter of the reference it belongs to."""
        parts = [part for part in self.address.split("/") if not part.startswith("{")]
        return parts[1] if parts[0] == "sessions" and len(parts) > 1 and "{" in self.address else parts[0]

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.method is not HTTPMethod.GET

    @property
    def name(self) -> str:
        """A unique name for programs that generate clients."""
        words = re.findall(r"\w+", self.address.replace("{", "by {"))
        return "_".join([self.method.lower(), *words])


def operations(addresses: Iterable[tuple[str, type[ApiHandler]]]) -> Iterator[Operation]:
    """Every call there is, in the order of the addresses."""
    for address, handler in addresses:
        for method, contract in handler.calls().items():
            yield Operation(address, method, contract)


def wire_models(calls: Iterable[Operation]) -> list[tuple[type[BaseModel], Mode]]:
    """Every shape that goes in (`validation`) or comes out (`serialization`)."""
    models: dict[tuple[type[BaseModel], Mode], None] = {(FieldError, "serialization"): None}
    for operation in calls:
        if operation.contract.body is not None:
            models[operation.contract.body, "validation"] = None
        if operation.contract.answer is not None:
            models[operation.contract.answer, "serialization"] = None
    return list(models)


class OpenApi:
    """The document of one server; made when somebody first asks for it."""

    def __init__(self, addresses: Iterable[tuple[str, type[ApiHandler]]], *, base_url: str) -> None:
        self._operations = list(operations(addresses))
        self._base_url = base_url

    @cached_property
    def text(self) -> str:
        """As it is served."""
        return json.dumps(self.document)

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """As values of JSON."""
        models = wire_models(self._operations)
        names, schemas = models_json_schema(models, ref_template=_REFERENCE)
        examples = Examples(schemas["$defs"])
        paths: dict[str, dict[str, Any]] = {}
        for operation in self._operations:
            paths.setdefault(f"/{operation.address}", {})[operation.method.lower()] = _operation(
                operation, names, examples
            )
        return {
            "openapi": "3.1.0",
            "info": {"title": "CodeWithMe", "version": __version__, "description": _ABOUT},
            "servers": [{"url": f"{self._base_url}api/v1"}],
            "security": [{"bearer": []}],
            "tags": [{"name": tag} for tag in dict.fromkeys(operation.tag for operation in self._operations)],
            "paths": paths,
            "components": {
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
                "schemas": schemas["$defs"],
            },
        }


class OpenApiHandler(ApiHandler):
    """openapi.json."""

    @call(is_open=True, produces="application/json; charset=utf-8")
    async def get(self) -> None:
        """This document: OpenAPI 3.1, without the envelope of other answers."""
        document: OpenApi = self.settings[OPENAPI_KEY]
        self.set_header("X-Content-Type-Options", "nosniff")
        self.finish(document.text)


Names = Mapping[tuple[Any, Mode], Mapping[str, Any]]


def _operation(operation: Operation, names: Names, examples: Examples) -> dict[str, Any]:
    contract = operation.contract
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": contract.summary,
        "parameters": [
            *_path_parameters(operation),
            *_query_parameters(contract),
            *([_IF_MATCH] if contract.is_conditional else []),
            *([_IDEMPOTENCY_KEY] if contract.takes_key else []),
        ],
        "responses": {str(int(contract.status)): _success(contract, names, examples)},
    }
    if contract.details:
        described["description"] = contract.details
    if contract.is_open:
        described["security"] = []
    if contract.body is not None:
        is_optional = not contract.body.model_json_schema().get("required")
        described["requestBody"] = {
            "required": not is_optional,
            "content": {
                JSON: {
                    "schema": names[contract.body, "validation"],
                    "example": examples.body(contract.body.__name__),
                }
            },
        }
    for status, codes in _refusals(operation).items():
        described["responses"][str(status)] = _refusal(HTTPStatus(status), codes, names)
    return described


def _path_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"\{(\w+)\}", operation.address):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query_parameters(contract: Contract) -> Iterator[dict[str, Any]]:
    if contract.query is None:
        return
    shape = contract.query.model_json_schema()
    for name, schema in shape["properties"].items():
        inlined = _inlined(schema, shape.get("$defs", {}))
        about = inlined.pop("description", "")
        yield {"name": name, "in": "query", "required": False, "description": about, "schema": inlined}


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """Without references (queries are flat), and without null, which an address cannot say."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
        kinds = [_inlined(kind, definitions) for kind in schema["anyOf"] if kind != {"type": "null"}]
        return {**kinds[0], **rest} if len(kinds) == 1 else {**rest, "anyOf": kinds}
    return schema


def _success(contract: Contract, names: Names, examples: Examples) -> dict[str, Any]:
    if contract.produces != JSON:
        media = contract.produces.partition(";")[0]
        schema = {"type": "object"} if media == JSON else {}
        return {"description": contract.status.phrase, "content": {media: {"schema": schema}}}
    if contract.answer is None:
        return {"description": contract.status.phrase}
    data = names[contract.answer, "serialization"]
    envelope = {
        "type": "object",
        "properties": {"status": {"const": "success"}, "data": data},
        "required": ["status", "data"],
        "additionalProperties": False,
    }
    example = {"status": "success", "data": examples.of(data, "")}
    success: dict[str, Any] = {
        "description": contract.status.phrase,
        "content": {JSON: {"schema": envelope, "example": example}},
    }
    if hasattr(contract.answer, "etag"):
        success["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "For If-Match."}}
    return success


def _refusals(operation: Operation) -> dict[int, list[str]]:
    """HTTP status → the codes it can come with."""
    codes: dict[int, set[str]] = {int(HTTPStatus.BAD_REQUEST): {"bad_request"}}  # an address that is not UTF-8, say
    for error in operation.contract.errors(writes=operation.writes):
        codes.setdefault(int(STATUS[error]), set()).add(error.code)
    return {status: sorted(codes[status]) for status in sorted(codes)}


def _refusal(status: HTTPStatus, codes: list[str], names: Names) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "status": {"const": "error"},
        "code": {"enum": codes},
        "message": {"type": "string", "minLength": 1},
    }
    if InvalidInputError.code in codes:
        properties["errors"] = {"type": "array", "items": names[FieldError, "serialization"], "minItems": 1}
    if RateLimitedError.code in codes:
        properties["retryAfterS"] = {"type": "integer", "minimum": 1}
    schema = {
        "type": "object",
        "properties": properties,
        "required": ["status", "code", "message"],
        "additionalProperties": False,
    }
    return {"description": status.phrase, "content": {JSON: {"schema": schema}}}
