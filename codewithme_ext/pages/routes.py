"""Every page's address, below the server's base URL. The order matters: the last one takes what is left."""

from typing import Any

from .account import AccountPage
from .assets import PageAssets
from .join import JoinPage
from .login import LoginPage
from .missing import MissingPage
from .outcome import OutcomePage
from .reference import ReferencePage
from .register import RegisterPage
from .set_password import SetPasswordPage
from .templates import STATIC
from .welcome import WelcomePage

ROUTES: list[tuple[Any, ...]] = [
    (r"/codewithme/assets/(.+)", PageAssets, {"path": str(STATIC)}),
    (r"/codewithme/login", LoginPage),
    (r"/codewithme/register", RegisterPage),
    (r"/codewithme/account", AccountPage),
    (r"/codewithme/set-password", SetPasswordPage),
    (r"/codewithme/welcome", WelcomePage),
    (r"/codewithme/join/([^/]+)", JoinPage),
    (r"/codewithme/outcome/([^/]+)", OutcomePage),
    (r"/api/v1/docs", ReferencePage),
    (r"/codewithme(?:/.*)?", MissingPage),
]
