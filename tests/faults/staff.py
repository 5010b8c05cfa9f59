"""An officer and an editor at the console, who go on where they were when the service has died under their hands."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.journeys.desk import Desk, forms_of

ANSWER = {
    "kind": "answer",
    "short_answer": "Hiện chưa có mức hỗ trợ riêng; mời bà con hỏi cán bộ thử nghiệm.",
    "details": "- Mang căn cước.",
    "topic": "bao-hiem-y-te",
    "document": ["188/2025/NĐ-CP"],
    "article": ["Điều 1"],
}
_FIRST_PASSWORD = re.compile(r"^ +(officer|editor) +(\S+) +(\S+)$", re.MULTILINE)
_NEW = {"officer": "can bo doi mat khau 1", "editor": "bien tap doi mat khau 2"}


def first_sign_in(url: str, released: str) -> None:
    """With the passwords that the first release printed; they must be changed at once."""
    for role, name, password in _FIRST_PASSWORD.findall(released):
        with Desk(url) as desk:
            page = desk.sign_in_first(name, password, _NEW[role])
            assert page.url.path == "/admin/", page.url


@dataclass
class Staff:
    """Two people; `work` is run in a thread beside the storm, until all is done or it is `enough`."""

    url: str
    answers: int
    publications: int
    answered: int = 0
    published: int = 0
    tried_again: int = 0
    enough: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._officer, self._editor = Desk(self.url), Desk(self.url)
        self._publishing: list[str] = []

    def sign_in(self) -> None:
        """Both; a session outlives the process that gave it."""
        self._persist(lambda: _sign_in(self._officer, "canbo", _NEW["officer"]))
        self._persist(lambda: _sign_in(self._editor, "bientap", _NEW["editor"]))

    def work(self) -> None:
        """Answer and publish so much, then stop; stop earlier when told."""
        with self._officer as officer, self._editor as editor:
            while not self.enough.is_set() and (self.answered < self.answers or self.published < self.publications):
                self._one_round(officer, editor)

    def _one_round(self, officer: Desk, editor: Desk) -> None:
        if self.answered < self.answers:
            self._persist(lambda: self._answer_one(officer))
        if self.published < min(self.publications, self.answered):
            self._persist(lambda: self._publish_one(editor))
        self.enough.wait(0.05)

    def _persist(self, act: Callable[[], Any]) -> None:
        """Like a person: the page doesn't come, so look again."""
        while not self.enough.is_set():
            try:
                act()
            except (httpx.TransportError, ServiceAway):
                self.tried_again += 1
                time.sleep(0.1)
            else:
                return

    def _answer_one(self, officer: Desk) -> None:
        """Finish what is begun, or take the first that waits."""
        mine = re.findall(r"/admin/questions/\d+", present(officer.open("/admin/?mine=1")).text)
        for path in dict.fromkeys([*mine, *re.findall(r"/admin/questions/\d+", present(officer.open("/admin/")).text)]):
            page = present(officer.open(path))
            if _offers(page, "/claim"):
                page = present(officer.send(page, "/claim"))
            if _offers(page, "/answer"):
                page = present(officer.send(page, "/draft", **ANSWER))
                page = officer.send(page, "/answer", **ANSWER)
                if page.status_code == 200 and not _offers(page, "/answer"):
                    self.answered += 1
                    return
                present(page)

    def _publish_one(self, editor: Desk) -> None:
        waiting = re.findall(r"/admin/revisions/\d+", present(editor.open("/admin/publish")).text)
        for path in dict.fromkeys([*self._publishing, *waiting]):
            page = present(editor.open(path))
            if _offers(page, "/publish"):
                self._publishing = [path]  # should no answer come, this is where to look
                page = present(editor.send(page, "/publish", question=_public_words(path)))
                assert page.status_code == 200, page.text
            if path in self._publishing:
                self.published, self._publishing = self.published + 1, []
                return


def _sign_in(desk: Desk, name: str, password: str) -> None:
    page = present(desk.open("/admin/sign-in"))
    if _offers(page, "/sign-in"):  # else the answer to a former try came through after all
        page = present(desk.send(page, "/sign-in", username=name, password=password))
    if page.status_code == 429:  # tries that were cut off count as failed, and one must wait
        raise ServiceAway(page.status_code)
    assert page.url.path == "/admin/", (page.url, page.status_code)


def _public_words(path: str) -> str:
    """Words far from the residents', or the bot would answer the next strange question by itself."""
    return f"Bọ hung sao Hỏa ăn bánh mì hạng {path.rpartition('/')[2]} vào buổi trưa?"


class ServiceAway(Exception):
    """The console answered that it can't work now."""


def present(page: httpx.Response) -> httpx.Response:
    """The page, unless it says that the service is out of order or somebody else changed the same thing."""
    if page.status_code >= 500 or page.status_code == 409:
        raise ServiceAway(page.status_code)
    return page


def _offers(page: httpx.Response, ending: str) -> bool:
    actions = [action for form in forms_of(page.text) for action in (form.action, *form.buttons)]
    return any(action.partition("?")[0].endswith(ending) for action in actions)
