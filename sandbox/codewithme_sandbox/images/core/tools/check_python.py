"""The compile stage of Python: does the file compile? Prints the error as the interpreter itself would."""

import sys
import traceback

name = sys.argv[1]
with open(name, "rb") as file:  # noqa: PTH123 - importing pathlib would double the time this takes
    source = file.read()
try:
    compile(source, name, "exec", dont_inherit=True)
except (SyntaxError, ValueError) as error:
    traceback.print_exception(error, limit=0)
    sys.exit(1)
