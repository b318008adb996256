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

from server import InterviewServer, Person, admit, create_session, knock, register

EXAMPLES = 3
"""Of each call and database; many calls make up for it."""
NOT_TRIED = {"auth/me", "auth/password", "auth/logout", "auth/token"}
"""Would log the tester out; tested by themselves."""
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
    answers: Counter[str] = Counter()
    schema.config.base_url = f"{tried.url}api/v1"
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.strip("/") in NOT_TRIED:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(operation, mode, (host, candidate), session["id"], answers)
    assert answers["2xx"] > 20, answers  # it got somewhere, and not only into refusals
    assert answers["4xx"] > 50, answers
    assert host.call("GET", "health")["database"]["available"]


def _try(
    operation: Any, mode: GenerationMode, people: tuple[Person, ...], session_id: str, answers: Counter[str]
) -> None:
    turns = itertools.count()

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
        headers = people[turn % 3 // 2].headers
        response = case.call(headers=headers)
        answers[f"{response.status_code // 100}xx"] += 1
        case.validate_response(response, checks=list(CHECKS), headers=headers)

    try:
        attempt()
    except (Unsatisfiable, SkipTest):
        assert mode is GenerationMode.NEGATIVE  # there is nothing about it that could be wrong


def _ends(operation: Any) -> bool:
    """Whether the call would end the one session that all others are tried on."""
    return operation.method.upper() == "DELETE" or operation.path.rstrip("/").endswith(("/end", "/leave"))
