"""What `--help` says of the commands."""

from traitlets.config import Application

from codewithme_ext.cli.main import CodeWithMeCommand


def groups(command: Application, words: str) -> list[tuple[Application, str]]:
    """The command and those under it that have commands of their own, with what is typed for each."""
    below = [
        group
        for word, (subcommand, _) in command.subcommands.items()
        for group in groups(subcommand(), f"{words} {word}")
    ]
    return [(command, words), *below] if command.subcommands else []


def test_the_help_of_every_group_of_commands_says_what_to_type() -> None:
    found = groups(CodeWithMeCommand(), "jupyter codewithme")
    assert len(found) == 5
    for command, words in found:
        first = next(iter(command.subcommands))
        assert f"`{words} {first}`" in " ".join(command.emit_subcommands_help())
