"""`jupyter codewithme …`: starting the server, and what an admin does from the command line."""

from .main import CodeWithMeCommand

main = CodeWithMeCommand.launch_instance

__all__ = ["main"]
