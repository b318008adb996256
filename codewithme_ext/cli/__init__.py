"""`jupyter codewithme …`: starting the server, and what an admin does from the command line."""

from contextlib import suppress

from jupyter_core.application import NoStart

from .main import CodeWithMeCommand


def main() -> None:
    """The console script `jupyter-codewithme`."""
    # Jupyter's applications leave by NoStart once a subcommand has done the work, and ExtensionApp lets it pass.
    with suppress(NoStart):
        CodeWithMeCommand.launch_instance()


__all__ = ["main"]
