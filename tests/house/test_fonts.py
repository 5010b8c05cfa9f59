"""Pages and chat ask for their fonts under the same addresses, so that a phone loads them once."""

import re

from bot.web.static_files import StaticFiles as ChatFiles
from info_page.static_files import StaticFiles as PageFiles


def test_a_font_is_loaded_once() -> None:
    fonts = [
        set(re.findall(r"url\(([^)]+woff2[^)]*)\)", files.files[style].body.decode()))
        for files, style in ((PageFiles(), "page.css"), (ChatFiles(), "chat.css"))
    ]
    assert len(fonts[0]) == 4
    assert fonts[0] == fonts[1]
