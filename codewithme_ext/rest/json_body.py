"""JSON as strangers send it: read strictly, so that two readers of one body can never see two things."""

import json
from typing import Any, NoReturn

from ..errors import MalformedJsonError

MAX_DEPTH = 50


def read_json(body: bytes) -> Any:
    """The value. Raises MalformedJsonError, also for a key given twice, NaN, and nesting beyond all use."""
    try:
        value = json.loads(body, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedJsonError("The body is not JSON that can be read. Check its quotes and brackets.") from error
    if _is_deeper(value, MAX_DEPTH):
        raise MalformedJsonError(f"The body is nested deeper than {MAX_DEPTH} levels. Flatten it.")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name, inner in pairs:
        if name in value:
            raise MalformedJsonError(f"The body names {name[:100]!a} twice. Say each thing once.")
        value[name] = inner
    return value


def _no_constant(name: str) -> NoReturn:
    raise MalformedJsonError(f"{name} is not JSON. Leave it out, or send null.")


def _is_deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not layer:
            return False
    return True
