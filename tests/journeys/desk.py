"""A person at the console without a browser: follows pages, fills in their own forms, keeps cookies."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self

import httpx


@dataclass
class Form:
    """A form as the page has it: where it goes, and what it would send untouched."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[str] = field(default_factory=list)  # where else a button of it would send it

    def filled(self, **values: Any) -> dict[str, list[str]]:
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        return sent | {name: value if isinstance(value, list) else [value] for name, value in values.items()}


class _Forms(HTMLParser):
    """Collects forms with the values their fields have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._inside = False
        self._area = self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
            self._inside = True
        if not self._inside:
            return
        if tag == "input" and name and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            self.forms[-1].fields.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.forms[-1].fields.append((self._select, given.get("value", "")))
        elif tag == "button" and "formaction" in given:
            self.forms[-1].buttons.append(given["formaction"])

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea" and self._area and self._inside:
            self.forms[-1].fields.append((self._area, self._text.removeprefix("\n")))
            self._area = ""
        elif tag == "select":
            self._select = ""


def forms_of(html: str) -> list[Form]:
    parser = _Forms()
    parser.feed(html)
    return parser.forms


class Desk:
    """One signed-in member of staff."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=20, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.client.close()

    def open(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def send(self, page: httpx.Response, ending: str, **values: Any) -> httpx.Response:
        """Fill in the form of a page whose address (or a button's) ends so, and send it."""
        for form in forms_of(page.text):
            for action in (form.action, *form.buttons):
                if action.partition("?")[0].endswith(ending):
                    return self.client.post(action, data=form.filled(**values))
        raise AssertionError(f"no form to {ending} on {page.url}: {[form.action for form in forms_of(page.text)]}")

    def sign_in(self, username: str, password: str) -> httpx.Response:
        return self.send(self.open("/admin/sign-in"), "/sign-in", username=username, password=password)

    def sign_in_first(self, username: str, password: str, new: str) -> httpx.Response:
        """With the one-time password, which must be changed before anything else."""
        page = self.sign_in(username, password)
        assert page.url.path.endswith("/password"), page.url
        assert self.open("/admin/queue-of-nothing").status_code == 404
        assert self.open("/admin/").url.path.endswith("/password")
        return self.send(page, "/password", present=password, password=new, again=new)
