"""CodeWithMe: remote technical interviews in JupyterLab."""

from ._version import __version__

__all__ = ["__version__"]


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    from .app import CodeWithMeApp

    return [{"module": "codewithme_ext", "app": CodeWithMeApp}]


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    return [{"src": "labextension", "dest": "@codewithme/labextension"}]
