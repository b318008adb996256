"""Writes `docs/configuration.md` from the settings themselves: `python -m codewithme_ext.settings_page docs/configuration.md`."""

import sys
from pathlib import Path
from typing import Any

from traitlets import Bool, Enum, Float, Integer, TraitType

from .config import CodeWithMe, environment_name

_INTRODUCTION = """\
# Settings

This page is made from the settings themselves, and a test holds it to them:
`python -m codewithme_ext.settings_page docs/configuration.md`.

Each can be given in `jupyter_server_config.py`, on the command line, or as an environment variable. The command line wins over
the file, the file over the environment. A wrong one stops the start with a sentence that names it.

```
c.CodeWithMe.log_level = "debug"              # jupyter_server_config.py
jupyter codewithme --CodeWithMe.log_level=debug
CODEWITHME_LOG_LEVEL=debug jupyter codewithme
```

Secrets (`jwt_secret`, passwords in `database_url` and `redis_url`, `metrics_token`) belong into the file or the environment: a
command line can be read by everybody on the machine. `jupyter codewithme --help-all` shows the settings of the version installed.

| setting | environment | default | what it is |
|---|---|---|---|
"""
_TOLD_IN_HELP = {"data_dir": "`codewithme` in Jupyter's data folder"}


def settings_page() -> str:
    """The page."""
    traits = CodeWithMe.class_own_traits(config=True)
    return _INTRODUCTION + "".join(_row(name, traits[name]) for name in sorted(traits))


def _row(name: str, trait: TraitType[Any, Any]) -> str:
    text = f"{trait.help}{_bounds(trait)}".replace("|", "\\|").replace("\n", " ")
    return f"| `{name}` | `{environment_name(name)}` | {_default(name, trait)} | {text} |\n"


def _default(name: str, trait: TraitType[Any, Any]) -> str:
    if name in _TOLD_IN_HELP:
        return _TOLD_IN_HELP[name]
    value = trait.default_value
    if isinstance(trait, Bool):
        return "on" if value else "off"
    return f"`{value}`" if value not in ("", None) else "none"


def _bounds(trait: TraitType[Any, Any]) -> str:
    if isinstance(trait, Enum):
        return f" One of: {', '.join(trait.values or ())}."
    if not isinstance(trait, Integer | Float):
        return ""
    lowest, highest = trait.min, trait.max
    if lowest is not None and highest is not None:
        return f" From {lowest} to {highest}."
    return f" {lowest} or more." if lowest is not None else ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(settings_page())
