"""What the sandbox's images are called and what their labels hold."""

from __future__ import annotations

import json

NAMESPACE = "codewithme"
VERSIONS_LABEL = "codewithme.versions"
CONTENT_LABEL = "codewithme.content"
# On the builder stages in the Dockerfiles, never on a finished image.
STAGE_LABEL = "codewithme.stage"


def image_name(image: str) -> str:
    """The name at the engine, for instance ``codewithme/core:latest``; ``image`` may bring a tag of its own."""
    return f"{NAMESPACE}/{image}" if ":" in image else f"{NAMESPACE}/{image}:latest"


def build_command(image: str) -> str:
    return f"python -m codewithme_sandbox build {image}"


def versions_from(label: str) -> dict[str, str]:
    """Language id to version; nothing if the label is not ours."""
    try:
        versions = json.loads(label)
    except ValueError:
        return {}
    return {str(language): str(version) for language, version in versions.items()} if isinstance(versions, dict) else {}
