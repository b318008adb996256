"""Whatever a client sends, the answer is one that the OpenAPI document allows, and never the server's own error (claims C44, C45).

schemathesis makes requests from the document that the running server serves: valid ones, and ones that are wrong in every way the
document rules out.
"""

import itertools
from collections import Counter
from typing import Any
from unittest import SkipTest

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server import PASSWORD, InterviewServer, Person, admit, create_session, knock, register

EXAMPLES = 2
"""Of each call and database; many calls make up for it."""
ABOUT_THE_LOG_IN = {"auth/me", "auth/password", "auth/logout", "auth/token"}
"""May log the tester out, so each example has an account of its own."""
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


def test_claims_44_and_45_no_request_gets_an_answer_outside_of_the_document(
    own_server_without_engine: InterviewServer,
) -> None:
    """Programs made at random are nothing to run."""
    tried = own_server_without_engine
    host = register(tried)
    session = create_session(host)
    candidate = admit(host, session, knock(host, session))
    schema = schemathesis.openapi.from_url(f"{tried.url}api/v1/openapi.json")
    answers, logged_out = Counter[str](), set[str]()
    schema.config.base_url = f"{tried.url}api/v1"
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(operation, mode, (host, candidate), session["id"], answers, logged_out)
    assert logged_out == {"DELETE auth/me", "POST auth/password", "POST auth/logout"}
    assert answers["2xx"] > 20, answers  # it got somewhere, and not only into refusals
    assert answers["4xx"] > 50, answers
    assert host.call("GET", "health")["database"]["available"]


def _try(
    operation: Any,
    mode: GenerationMode,
    people: tuple[Person, ...],
    session_id: str,
    answers: Counter[str],
    logged_out: set[str],
) -> None:
    turns, name = itertools.count(), operation.path.strip("/")

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        turn = next(turns)
        is_ours = (turn % 2 == 0 or mode is GenerationMode.POSITIVE) and not _ends(operation)
        if is_ours and "session_id" in (case.path_parameters or {}):
            case.path_parameters["session_id"] = session_id
        person = people[turn % 3 // 2]
        if name in ABOUT_THE_LOG_IN:
            person = register(person.server, "Somebody new")
            if mode is GenerationMode.POSITIVE and isinstance(case.body, dict) and "password" in case.body:
                case.body["password"] = PASSWORD
        response = case.call(auth=_signed_by(person))
        answers[f"{response.status_code // 100}xx"] += 1
        is_without_engine = response.status_code == 503 and response.json()["code"] == "sandbox_unavailable"
        case.validate_response(response, checks=list(CHECKS[1:] if is_without_engine else CHECKS))
        if name in ABOUT_THE_LOG_IN and person.request("GET", "api/v1/auth/me").status_code == 401:
            logged_out.add(f"{operation.method.upper()} {name}")

    try:
        attempt()
    except (Unsatisfiable, SkipTest):
        assert mode is GenerationMode.NEGATIVE  # there is nothing about it that could be wrong


def _signed_by(person: Person) -> Any:
    """For requests' `auth`: from the headers of a wrong request schemathesis takes the token out again."""

    def sign(request: Any) -> Any:
        request.headers.update(person.headers)
        return request

    return sign


def _ends(operation: Any) -> bool:
    """Whether the call would end the one session that all others are tried on."""
    return operation.method.upper() == "DELETE" or operation.path.rstrip("/").endswith(("/end", "/leave"))
