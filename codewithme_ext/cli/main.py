"""`jupyter codewithme` itself: starts the interview server, or hands over to a subcommand."""

from ..app import CodeWithMeApp
from .database import DatabaseCommand
from .doctor import DoctorCommand
from .sandbox import SandboxCommand
from .sessions import SessionsCommand
from .users import UsersCommand


class CodeWithMeCommand(CodeWithMeApp):
    """Start the interview server. The subcommands prepare its database, manage its people and say what is missing."""

    description = __doc__ or ""
    subcommand_description = "Written as `jupyter codewithme db`; `jupyter codewithme db -h` says more about one."
    examples = """
    jupyter codewithme                          # start
    jupyter codewithme --port=9000 --data-dir=/srv/interviews
    jupyter codewithme users add --name "Maya" --email maya@company.example
    jupyter codewithme sandbox build java go    # more languages
    jupyter codewithme doctor                   # what is missing, and what to do
    """
    subcommands = {
        "db": (DatabaseCommand, "Bring the database's tables up to date, take them back, or empty them."),
        "users": (UsersCommand, "Add, list, export and erase people."),
        "sessions": (SessionsCommand, "Delete interviews that ended long ago."),
        "sandbox": (SandboxCommand, "Build, list, check and prune the images that people's code runs in."),
        "doctor": (DoctorCommand, "Check everything the server needs and say what to do."),
    }
