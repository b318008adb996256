"""What is only for those who judge is in no answer and no event that a candidate gets (claim C47)."""

import asyncio
import json
from typing import Any

from sockets import listening

from codewithme_ext.rest.openapi import operations
from codewithme_ext.rest.routes import ADDRESSES
from server import Person, admit, knock

HIDDEN = {
    "name": "canary-name",
    "stdin": "canary-stdin",
    "expected_output": "canary-output",
    "is_hidden": True,
    "points": 7.25,
}
SHOWN = {"name": "shown", "expected_output": "42", "points": 1.5}
WORK = {"language": "python", "code": "print(42)"}
CANARIES = ("canary", "7.25", "8.75", "3.125")
"""Of a hidden test, its points, the most points there are, and a score."""


async def test_claim_47_no_answer_and_no_event_tells_a_candidate_of_hidden_tests_notes_or_scores(
    maya: Person, session: dict[str, Any]
) -> None:
    sid = session["id"]
    priya = admit(maya, session, knock(maya, session))
    oscar = admit(maya, session, knock(maya, session, "Oscar Observer", role="observer"))
    wish = {"title": "Two sum", "notes": "canary-notes", "tests": [HIDDEN, SHOWN]}
    async with listening(priya, sid) as candidate, listening(oscar, sid) as observer, listening(maya, sid) as host:
        made = await asyncio.to_thread(maya.call, "POST", f"sessions/{sid}/questions", wish)
        question = made["question"]["id"]
        handed_in = priya.request("POST", f"api/v1/sessions/{sid}/questions/{question}/results", json=WORK)
        assert handed_in.status_code == 201
        (result,) = (await asyncio.to_thread(maya.call, "GET", f"sessions/{sid}/results"))["results"]
        scored = {"score": 3.125, "feedback": "canary-feedback"}
        await asyncio.to_thread(maya.call, "PATCH", f"sessions/{sid}/results/{result['id']}", scored)
        await asyncio.to_thread(maya.call, "PATCH", f"sessions/{sid}/questions/{question}", {"notes": "canary-again"})
        await host.send("chat-message", {"text": "the last word"})
        for listener in (candidate, observer):
            await listener.wait("chat-message")
        heard = json.dumps([candidate.frames, observer.frames])
    told = [handed_in.text, heard]
    parts = {
        "session_id": sid,
        "question_id": question,
        "result_id": result["id"],
        "user_id": maya.id,
        "path": "main.py",
    }
    for operation in operations(ADDRESSES):
        if operation.writes:
            continue
        names = {name: parts.get(name, sid) for name in operation.contract.path}
        for person in (priya, oscar):
            answer = person.request(operation.method, f"api/v1/{operation.address.format(**names)}")
            if operation.address != "openapi.json":
                told.append(answer.content.decode(errors="replace"))
    assert "Two sum" in "".join(told), "they see the question itself"
    for text in told:
        assert [canary for canary in CANARIES if canary in text] == [], text
    everything = json.dumps(maya.call("GET", f"sessions/{sid}/questions")) + json.dumps(
        maya.call("GET", f"sessions/{sid}/results")
    )
    assert [canary for canary in CANARIES if canary not in everything] == [], "those who judge see all of it"
