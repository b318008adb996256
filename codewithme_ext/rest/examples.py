"""Examples in the document: one believable value for each field, by its name, put together as the schema says."""

from collections.abc import Mapping
from typing import Any

_SESSION = "7d4d2a52-9c0e-4a53-9a39-0d5a1f1f6c11"
_HOST = "1f0c7a9e-52c5-4a0b-8a41-3c8f5f2b7d20"
_CANDIDATE = "b3a1f6d4-0e57-4a8d-9f6a-5d2c9e7b8a33"
_THING = "c9d8e7f6-1a2b-4c3d-8e4f-5a6b7c8d9e0f"
_TIME = "2026-05-04T09:30:00Z"
_CODE = "n = int(input())\nprint(n * n)\n"

_BODIES: Mapping[str, Any] = {
    "Acceptance": {"session_id": _SESSION, "code": "kO3vZ1mYx0aQ7tLrB2sN4w", "name": "Priya Nair", "consent": True},
    "ExecuteRequest": {"language": "python", "code": _CODE, "stdin": "12\n", "sessionId": _SESSION},
    "FreezeWish": {"reason": "frozen"},
    "InvitationCreation": {"role": "candidate", "expires_in_s": 604800},
    "JoinRequest": {"id": _SESSION, "password": "seven blue chairs", "consent": True},
    "Observations": {"events": [{"sequence": 1, "event_type": "paste", "event_data": {"characters": 120}}]},
    "PasswordChange": {"password": "correct horse battery", "new_password": "another long sentence"},
    "QuestionCreation": {
        "title": "Square a number",
        "prompt": "Read a whole number and print its square.",
        "notes": "Ask about very large numbers.",
        "tests": [{"name": "twelve", "stdin": "12\n", "expected_output": "144\n", "is_hidden": False, "points": 1}],
    },
    "QuestionChanges": {"title": "Square a whole number"},
    "ResultCreation": {"language": "python", "code": _CODE},
    "RoleWish": {"role": "observer"},
    "ScoreChanges": {"score": 1, "code_quality": 4, "feedback": "Clear names; no word about input that is no number."},
    "SessionChanges": {"title": "Cache with expiry, second try", "status": "live"},
    "SessionCreation": {
        "title": "Cache with expiry",
        "description": "Backend, second round",
        "language": "python",
        "password": "seven blue chairs",
        "problem_statement": "Write a **cache** whose entries expire.",
    },
    "SnapshotWish": {"message": "Before the refactoring"},
    "WordTo": {"message": "We go on tomorrow at ten."},
}
"""Of bodies in which not every field goes with every other."""

_FIELDS: Mapping[str, Any] = {
    "address": "203.0.113.7",
    "authorName": "Priya Nair",
    "by_id": _HOST,
    "by_name": "Maya Lindqvist",
    "code": _CODE,
    "content": _CODE,
    "description": "Backend, second round",
    "editorMode": "python",
    "email": "maya@company.example",
    "ended_at": None,
    "entry": "main.py",
    "error": None,
    "event_data": {"characters": 120},
    "event_type": "paste",
    "exitCode": 0,
    "expected_output": "144\n",
    "feedback": "Clear names.",
    "fileName": "main.py",
    "files": {"main.py": _CODE},
    "folder": f"interviews/{_SESSION}",
    "frozen": None,
    "host_id": _HOST,
    "host_name": "Maya Lindqvist",
    "icon": "python",
    "id": _THING,
    "key": None,
    "language": "python",
    "limit": None,
    "message": "Before the refactoring",
    "missing": [],
    "name": "Maya Lindqvist",
    "next": None,
    "password": "correct horse battery",
    "path": "main.py",
    "problem_statement": "Write a **cache** whose entries expire.",
    "prompt": "Read a whole number and print its square.",
    "reason": None,
    "redis": None,
    "refreshToken": "Rr2v1m8yXk0aQ7tLrB2sN4wZ1mYx0aQ7tLrB2sN4wZ0",
    "revoked_at": None,
    "session_id": _SESSION,
    "signal": None,
    "stage": "run",
    "stderr": "",
    "stdin": "12\n",
    "stdout": "144\n",
    "text": "Shall we start?",
    "title": "Cache with expiry",
    "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIuLi4ifQ.signature",
    "type": "participant-admitted",
    "update": "AAA=",
    "url": f"https://interviews.company.example/codewithme/join/{_SESSION}?code=kO3vZ1mYx0aQ7tLrB2sN4w",
    "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
    "user_id": _CANDIDATE,
    "userId": _CANDIDATE,
    "username": "Priya Nair",
    "version": "3.12",
    "waiting_room_message": "I am with you in a minute.",
}
_IDS = ("id", "document", "authorid", "userid", "executionid", "snapshotid")


class Examples:
    """Made from the shapes of one document."""

    def __init__(self, shapes: Mapping[str, Any]) -> None:
        self._shapes = shapes

    def body(self, shape: str) -> Any:
        """Of a request."""
        return _BODIES[shape] if shape in _BODIES else self.of({"$ref": shape}, "")

    def of(self, schema: Mapping[str, Any], name: str) -> Any:
        """Of a schema, as the value of a field of that name."""
        if "$ref" in schema:
            return self.of(self._shapes[schema["$ref"].rpartition("/")[2]], name)
        if "const" in schema or "enum" in schema:
            known = [schema["const"]] if "const" in schema else schema["enum"]
            return _FIELDS[name] if _FIELDS.get(name) in known else known[0]
        if "anyOf" in schema:
            kinds = [kind for kind in schema["anyOf"] if kind != {"type": "null"}]
            return None if len(kinds) < len(schema["anyOf"]) and _is_none(name) else self.of(kinds[0], name)
        match schema.get("type"):
            case "object":
                return self._object(schema, name)
            case "array":
                items = _FIELDS.get(name)
                return items if isinstance(items, list) else [self.of(schema.get("items", {}), "")]
            case "string":
                return self._text(schema, name)
            case "boolean":
                return name not in ("is_hidden", "isTruncated", "has_password", "auto_admit", "isInteractive")
            case "integer" | "number":
                return max(_FIELDS[name] if isinstance(_FIELDS.get(name), int) else 1, schema.get("minimum", 0))
        return {}

    def _object(self, schema: Mapping[str, Any], name: str) -> Any:
        if "properties" in schema:
            return {field: self.of(kind, field) for field, kind in schema["properties"].items()}
        if isinstance(_FIELDS.get(name), dict):
            return _FIELDS[name]
        further = schema.get("additionalProperties")
        return {"chat": self.of(further, "")} if isinstance(further, dict) else {}

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        if schema.get("format") == "date-time":
            return _TIME
        if isinstance(_FIELDS.get(name), str):
            return str(_FIELDS[name])
        return _THING if name.lower().replace("_", "") in _IDS or name.endswith("_id") else name


def _is_none(name: str) -> bool:
    return name in _FIELDS and _FIELDS[name] is None
