"""Holds answers of a running server against the OpenAPI document: every one that a test gets passes through here."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import httpx
from jsonschema import Draft202012Validator

from codewithme_ext.rest.openapi import OpenApi
from codewithme_ext.rest.routes import ADDRESSES

UNDOCUMENTED = {405, 500}
"""Of requests that are no call at all, and of servers that a test has broken on purpose."""


@cache
def document() -> Mapping[str, Any]:
    """The document as this version of the program makes it."""
    return OpenApi(ADDRESSES, base_url="/base/").document


def check(response: httpx.Response) -> httpx.Response:
    """The same response; AssertionError if the document does not allow it."""
    _, _, address = response.request.url.path.partition("/api/v1")
    operation = _operation(response.request.method, address)
    if operation is None or response.status_code in UNDOCUMENTED:
        return response
    said = f"{response.request.method} {address} → {response.status_code} {response.text[:500]}"
    documented = operation["responses"].get(str(response.status_code))
    assert documented is not None, f"The document knows no such answer: {said}"
    if "content" not in documented:
        assert not response.content, said
        return response
    media = response.headers["Content-Type"].partition(";")[0]
    assert media in documented["content"], said
    if media == "application/json":
        problems = [
            problem.message for problem in _validator(operation["operationId"], response).iter_errors(response.json())
        ]
        assert not problems, f"{problems}: {said}"
    return response


def _operation(method: str, address: str) -> Mapping[str, Any] | None:
    for template, item in document()["paths"].items():
        # Like the router: a fixed part goes before one in braces, and comes first in the document.
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), address):
            operation: Mapping[str, Any] | None = item.get(method.lower())
            return operation
    return None


def _validator(operation_id: str, response: httpx.Response) -> Draft202012Validator:
    return _validator_of(operation_id, str(response.status_code))


@cache
def _validator_of(operation_id: str, status: str) -> Draft202012Validator:
    operation = next(
        operation
        for item in document()["paths"].values()
        for operation in item.values()
        if operation["operationId"] == operation_id
    )
    schema = operation["responses"][status]["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": document()["components"]})
