"""A made-up third language, added to a copy of the project by the steps of docs/adding-a-language.md alone."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("admin", "bot", "info_page", "knowledge_base", "translations")

TRANSLATE = """
import sys
from babel.messages.pofile import read_po, write_po
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        catalog = read_po(file)
    for message in catalog:
        if message.id:
            texts = message.id if isinstance(message.id, tuple) else (message.id,)
            made = tuple("qaa " + text for text in texts)
            message.string = made if isinstance(message.id, tuple) else made[0]
    with open(path, "wb") as file:
        write_po(file, catalog)
"""

WALK = """
from datetime import UTC, date, datetime
from pathlib import Path

from babel.messages.pofile import read_po

from bot.conversation import dialogue
from bot.conversation.dialogue import View
from bot.conversation.message import Incoming
from bot.conversation.state import State
from bot.inbox import voice_of
from info_page import pages
from info_page.render import Renderer
from info_page.static_files import StaticFiles
from knowledge_base.faq.entry import FaqEntry
from knowledge_base.faq.legal_document import Topic
from knowledge_base.faq.publication import RevisionState
from knowledge_base.faq.revision import Revision
from knowledge_base.faq.translation import Translation, source_hash, source_of
from knowledge_base.faq.translation_po import PoRow, read_translations, write_translations
from knowledge_base.live_faq import FaqSnapshot
from knowledge_base.matching.decide import Candidate, Decision, Match
from knowledge_base.settings import Settings
from translations.loader import LANGUAGES

assert LANGUAGES[-1] == "qaa"
now, day = datetime(2026, 11, 24, tzinfo=UTC), date(2026, 11, 24)
entry = FaqEntry("T01", "referral", "approved", "project", "thu", "Hỏi ở đâu?", "Hỏi phòng số 2.")
revision = Revision(1, 1, entry, "hoi-o-dau", RevisionState.PUBLISHED, "a", "b", None, None, None, now, now)
source = source_of(entry)

po = write_translations("qaa", [PoRow(entry, None)])
Path("entries.po").write_bytes(po)
import subprocess, sys
subprocess.run([sys.executable, "translate.py", "entries.po"], check=True)
found = read_translations(Path("entries.po").read_bytes(), "qaa", [entry])
assert found.faults == [], found.faults
words = found.words["T01"]
told = (RevisionState.PUBLISHED, "c", "d", None, now, now)
made = Translation(1, "T01", "qaa", words, source, source_hash(source), *told)

settings = Settings(data_dir=Path("data"))
voices = {language: voice_of(settings, language) for language in LANGUAGES}
match = Match("", Decision.CONFIDENT, (Candidate("T01", 0.9, "x"),), "test", offered=1)

def say(text, language, translations, match=None):
    view = View(
        voices[language], {"T01": revision}, {}, ("AAAA-2222",) * 4, day, match,
        voices=voices, translations=translations,
    )
    return dialogue.step(State(greeted=True), Incoming("terminal", "a", "1", "text", text, language=language), view)

chosen = say("/qaa", "vi", {})
assert chosen.acts[0].language == "qaa"
assert chosen.replies[0].text.startswith("qaa From now on I reply in"), chosen.replies
assert "lang:qaa" in [option.id for option in say("/ngonngu", "qaa", {}).replies[0].options]
answer = say("hỏi ở đâu", "qaa", {"T01": made}, match).replies[0]
assert "qaa Hỏi phòng số 2." in answer.text, answer
assert answer.language == "qaa" and answer.vietnamese is None
honest = say("hỏi ở đâu", "qaa", {}, match).replies[0]
assert "qaa No approved translation of this answer exists" in honest.text, honest
assert honest.text.split("\\n\\n")[honest.vietnamese[0]] == "Hỏi phòng số 2."
handed = say("what else", "qaa", {}, Match("", Decision.UNKNOWN, (), "test", offered=0)).replies[0]
assert "AAAA-2222" in handed.text and "24/11/2026" in handed.text

shown = (({"qaa": {"T01": made}}, '<h1 lang="qaa">qaa Hỏi ở đâu?'), ({}, '<h1 lang="vi">Hỏi ở đâu?'))
for translations, expected in shown:
    faq = FaqSnapshot(1, {"T01": revision}, {}, [Topic("thu", "Thử", "Trial", "")], None, translations=translations)
    page = Renderer(settings, StaticFiles()).render(pages.entry(faq, day, "hoi-o-dau", "qaa"), "qaa", day).decode()
    assert '<html lang="qaa">' in page
    assert expected in page, page[:3000]
    assert ("qaa No approved translation" in page) is (translations == {})
print("walked")
"""


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_by_the_documented_steps_alone(tmp_path: Path) -> None:
    assert "`LANGUAGES` in `translations/loader.py`" in (ROOT / "docs" / "adding-a-language.md").read_text("utf-8")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    loader = tmp_path / "translations" / "loader.py"
    text = loader.read_text("utf-8")
    loader.write_text(text.replace('LANGUAGES = ("vi", "en")', 'LANGUAGES = ("vi", "en", "qaa")'), "utf-8")
    _run(tmp_path, "-m", "translations.update")
    catalogs = sorted(str(path) for path in (tmp_path / "translations" / "qaa" / "LC_MESSAGES").glob("*.po"))
    assert len(catalogs) == 3
    (tmp_path / "translate.py").write_text(TRANSLATE, "utf-8")
    _run(tmp_path, "translate.py", *catalogs)
    _run(tmp_path, "-m", "translations.update", "--check")
    (tmp_path / "walk.py").write_text(WALK, "utf-8")
    assert _run(tmp_path, "walk.py") == "walked\n"
