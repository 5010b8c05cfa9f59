from dataclasses import replace
from datetime import date

import pytest

from knowledge_base.faq.entry import InForce
from knowledge_base.matching.index import IndexedEntry, MatchIndex
from knowledge_base.matching.lint import SERIOUS, Finding, Flaw, day_for, lint, lint_edit, rivals

DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def found(entries: list[IndexedEntry]) -> list[Finding]:
    """Findings on the small FAQ, with an entry that takes another's words and one that nobody finds."""
    victim = entries[2]
    thief = IndexedEntry("THIEF", victim.phrasings[0], (*victim.phrasings[1:3], victim.phrasings[1].upper()), "Khác.")
    hidden = IndexedEntry("HIDDEN", "Zyx wvu ts", ("Xét hộ nghèo thì nộp đơn cho ai ở đâu?",), "?")
    return lint(MatchIndex.build([*entries, thief, hidden]), DAY)


def flaws(found: list[Finding], key: str) -> set[Flaw]:
    return {finding.flaw for finding in found if finding.key == key}


def test_shared_words_are_found_on_both_sides(found: list[Finding], entries: list[IndexedEntry]):
    assert Flaw.SAME_WORDS in flaws(found, "THIEF")
    assert {one.other for one in found if one.flaw is Flaw.SAME_WORDS and one.key == entries[2].key} == {"THIEF"}


def test_an_entry_without_reach_is_found(found: list[Finding]):
    assert flaws(found, "HIDDEN") >= {Flaw.UNREACHED, Flaw.FEW_PHRASINGS}


def test_what_stands_twice_in_an_entry_is_found(found: list[Finding]):
    assert Flaw.REPEATED in flaws(found, "THIEF")


def test_findings_come_entry_by_entry(found: list[Finding]):
    assert [one.key for one in found] == sorted(one.key for one in found)
    assert {Flaw.SAME_WORDS, Flaw.ANOTHER_WINS, Flaw.UNREACHED} == SERIOUS


def test_entries_never_in_force_together_are_no_rivals(entries: list[IndexedEntry]):
    old = replace(entries[0], key="OLD", in_force=InForce(None, date(2026, 12, 31)))
    new = replace(entries[0], key="NEW", in_force=InForce(date(2027, 1, 1), None))
    assert not rivals(old, new)
    assert rivals(old, replace(new, in_force=InForce()))
    assert (day_for(old, DAY), day_for(new, DAY)) == (DAY, date(2027, 1, 1))
    assert day_for(old, date(2027, 5, 1)) == date(2026, 12, 31)


def test_one_edit_is_looked_at_without_the_others(index: MatchIndex):
    first, other = index.entries[0], index.entries[4]
    day = date(2026, 11, 1)
    stolen = replace(first, phrasings=(*first.phrasings, other.question, first.question.upper()))
    told = {(one.flaw, one.phrasing, one.other) for one in lint_edit(index, stolen, day_for(first, day))}
    assert (Flaw.SAME_WORDS, other.question, other.key) in told
    assert Flaw.REPEATED in {flaw for flaw, _, _ in told}
    alone = IndexedEntry("MOI", other.texts[-1], ())
    found = lint_edit(index, alone, day)
    assert {one.flaw for one in found} >= {Flaw.SAME_WORDS, Flaw.ANOTHER_WINS, Flaw.FEW_PHRASINGS}
    assert Flaw.UNREACHED not in {one.flaw for one in found}
