"""The OpenAPI document says what the handlers do, all of it and nothing else."""

import re
from http import HTTPMethod

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from codewithme_ext.errors import CodeWithMeError
from codewithme_ext.rest.base import STATUS, ApiHandler
from codewithme_ext.rest.openapi import OpenApi, Operation, operations
from codewithme_ext.rest.routes import ADDRESSES, ROUTES

OPERATIONS = list(operations(ADDRESSES))
DOCUMENT = OpenApi(ADDRESSES, base_url="/base/").document


def test_every_route_is_an_address_of_the_document_and_the_other_way_round() -> None:
    assert [handler for _, handler in ROUTES[:-1]] == [handler for _, handler in ADDRESSES]
    assert set(DOCUMENT["paths"]) == {f"/{address}" for address, _ in ADDRESSES}


@pytest.mark.parametrize(("address", "handler"), ADDRESSES, ids=[address for address, _ in ADDRESSES])
def test_every_method_of_a_handler_is_a_call_and_documented(address: str, handler: type[ApiHandler]) -> None:
    written = {
        method
        for method in HTTPMethod
        if method.lower() in vars(handler) and method not in (HTTPMethod.HEAD, HTTPMethod.OPTIONS)
    }
    assert written == set(handler.calls())
    assert {method.lower() for method in written} == set(DOCUMENT["paths"][f"/{address}"])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_parts_of_an_address_are_what_its_methods_take(operation: Operation) -> None:
    assert tuple(re.findall(r"\{(\w+)\}", operation.address)) == operation.contract.path
    assert operation.contract.summary.endswith(".")


def test_names_of_operations_are_unique() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)


def test_every_shape_in_the_document_is_a_json_schema_and_every_reference_leads_to_one() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    named = set(re.findall(r"#/components/schemas/([\w-]+)", str(DOCUMENT)))
    assert named <= set(schemas)


def test_every_error_has_a_status() -> None:
    def below(error: type[CodeWithMeError]) -> set[type[CodeWithMeError]]:
        return {error, *(inner for child in error.__subclasses__() for inner in below(child))}

    ways_to_stop = {"ConfigurationError", "AppendRefusedError"}  # the latter is between a document and its store
    assert {e.__name__ for e in below(CodeWithMeError)} - {e.__name__ for e in STATUS} == {
        "CodeWithMeError",
        *ways_to_stop,
    }


def test_an_open_call_says_so_and_every_other_needs_a_token() -> None:
    for operation in OPERATIONS:
        described = DOCUMENT["paths"][f"/{operation.address}"][operation.method.lower()]
        assert (described.get("security") == []) == operation.contract.is_open
        assert operation.contract.is_open or "401" in described["responses"]


def test_queries_are_flat() -> None:
    for operation in OPERATIONS:
        if operation.contract.query is not None:
            for parameter in DOCUMENT["paths"][f"/{operation.address}"][operation.method.lower()]["parameters"]:
                assert "$ref" not in str(parameter["schema"])
                assert "ge" not in parameter["schema"]


def test_the_document_is_openapi_as_others_understand_it() -> None:
    validate(DOCUMENT)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_example_is_one_that_the_call_takes_or_answers(operation: Operation) -> None:
    described = DOCUMENT["paths"][f"/{operation.address}"][operation.method.lower()]
    contents = [described.get("requestBody", {}), *described["responses"].values()]
    said = [one["content"]["application/json"] for one in contents if "application/json" in one.get("content", {})]
    examples = [one for one in said if "example" in one]
    for one in examples:
        Draft202012Validator({**one["schema"], "components": DOCUMENT["components"]}).validate(one["example"])
    contract = operation.contract
    if contract.body is not None:
        contract.body.model_validate(described["requestBody"]["content"]["application/json"]["example"])
    assert len(examples) == (contract.body is not None) + (contract.answer is not None)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_parameter_of_a_query_says_what_it_is_for(operation: Operation) -> None:
    for parameter in DOCUMENT["paths"][f"/{operation.address}"][operation.method.lower()]["parameters"]:
        assert parameter["in"] == "path" or parameter["description"].endswith("."), parameter
