"""Setting up codes from a telephone for one's own account."""

import segno
from aiohttp import web
from cryptography.exceptions import InvalidTag
from markupsafe import Markup

from admin.errors import explain, status_of
from admin.visit import Visit, visit_of
from admin.wire import field_of, form_of
from knowledge_base import totp
from knowledge_base.accounts import set_up_totp
from knowledge_base.errors import InvalidInput


def _page(visit: Visit, secret: str, status: int = 200, problem: str = "") -> web.Response:
    """The secret as a picture and in letters; sealed in the form until its owner has shown a code."""
    issuer = visit.console.settings.unit_name
    picture = segno.make(totp.address(secret, visit.member.username, issuer), error="m")
    return visit.page(
        "totp.html",
        status,
        picture=Markup(picture.svg_inline(scale=4, border=2)),  # noqa: S704 - made by segno from our own address
        letters=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        sealed=visit.console.keys.seal(secret).hex(),
        problem=problem,
    )


async def show(request: web.Request) -> web.Response:
    """A fresh secret to set up; nothing changes before a code was shown."""
    return _page(visit_of(request), totp.new_secret())


async def set_up(request: web.Request) -> web.StreamResponse:
    """The first code from the telephone."""
    visit, form = visit_of(request), await form_of(request)
    try:
        secret = visit.console.keys.unseal(bytes.fromhex(field_of(form, "sealed", 500)))
    except (ValueError, InvalidTag) as error:
        raise InvalidInput("form_unreadable") from error
    try:
        await visit.write(set_up_totp, secret, field_of(form, "code", 20))
    except InvalidInput as error:
        return _page(visit, secret, status_of(error), await explain(visit, error))
    raise visit.to("password", "totp")
