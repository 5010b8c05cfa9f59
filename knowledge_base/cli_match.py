"""`match`: what the matcher makes of each line of stdin. Reads the store without a server, and beside one."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from knowledge_base.cli_store import to_read
from knowledge_base.clock import SystemClock, vietnam_day
from knowledge_base.errors import InvalidInput
from knowledge_base.live_faq import build_snapshot, read_content
from knowledge_base.matching.decide import Match
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.settings import Settings


def match_command(arguments: argparse.Namespace, settings: Settings) -> int:
    """One JSON line per input line, blank ones included; nothing else on stdout."""
    match = _from_file(arguments.faq) if arguments.faq else _from_store(settings, arguments.at)
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    for line in sys.stdin:
        text = line.rstrip("\r\n")
        began = time.perf_counter()
        found = match(text)
        sys.stdout.write(json.dumps(_shown(text, found, began), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 0


def _shown(text: str, found: Match, began: float) -> dict[str, Any]:
    candidates = [{"id": candidate.key, "confidence": round(candidate.confidence, 4)} for candidate in found.candidates]
    return {
        "text": text,
        "decision": str(found.decision),
        "candidates": candidates,
        "ms": round((time.perf_counter() - began) * 1000, 3),
    }


def _from_store(settings: Settings, at: date | None) -> Callable[[str], Match]:
    with to_read(settings) as database:
        snapshot = build_snapshot(database.read_now(read_content), settings.data_dir / "cache")
    day = at or vietnam_day(SystemClock().now())
    return lambda text: snapshot.index.match(text, day)


def _from_file(path: Path) -> Callable[[str], Match]:
    index = MatchIndex.build(read_faq_lines(path))
    return index.match


def read_faq_lines(path: Path) -> list[IndexedEntry]:
    """Entries from JSON lines {id, question, phrasings[], answer}.

    Raises:
        InvalidInput: `faq_file`, with file and line.
    """
    entries: list[IndexedEntry] = []
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("faq_file", file=str(path), reason=type(error).__name__) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            phrasings = tuple(str(text) for text in row.get("phrasings") or ())
            entries.append(IndexedEntry(str(row["id"]), str(row["question"]), phrasings, str(row.get("answer") or "")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidInput("faq_file", file=str(path), line=number, reason=repr(error)) from error
    return entries
