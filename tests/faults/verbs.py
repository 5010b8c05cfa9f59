"""Every verb that writes, found in the source: what is new there can't be missed here."""

import ast
from collections.abc import Iterator

from tests.faults.deployment import ROOT

PACKAGES = ("knowledge_base", "bot", "admin", "info_page", "processes")
_PASSED_ON = {"verb"}  # a parameter: the verb is named where the call comes from


def writing_verbs() -> set[str]:
    """Names of all functions that are given to a database's `write` or `write_now`."""
    return {
        name
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for name in _written(ast.parse(path.read_text(encoding="utf-8")))
        if name not in _PASSED_ON
    }


def _written(tree: ast.Module) -> Iterator[str]:
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    for call in calls:
        if call.func.attr in ("write", "write_now") and call.args and _of_a_database(call.func.value):
            verb = call.args[0]
            if isinstance(verb, ast.Name | ast.Attribute):
                yield verb.id if isinstance(verb, ast.Name) else verb.attr


def _of_a_database(owner: ast.expr) -> bool:
    """`database.write`, `self._database.write`, `visit.write`; not a file's or a stream's."""
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name in ("database", "_database", "visit", "prepared")
