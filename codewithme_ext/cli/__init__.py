"""`jupyter codewithme …`: starting the server, and what an admin does from the command line."""

import sys
from contextlib import suppress

from jupyter_core.application import NoStart


def main() -> None:
    """The console script `jupyter-codewithme`."""
    # jsonschema imports this optional checker of IRIs wherever it finds it, and building its grammar would take up half
    # of every start. No schema of a Jupyter server has an IRI. None makes the import fail, as if it were not there.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    from .main import CodeWithMeCommand

    # Jupyter's applications leave by NoStart once a subcommand has done the work, and ExtensionApp lets it pass.
    with suppress(NoStart):
        CodeWithMeCommand.launch_instance()  # type: ignore[no-untyped-call]  # jupyter_server has no types here


__all__ = ["main"]
