"""The scorecard as a table to read."""

from collections.abc import Iterator
from typing import Any

_MEASURES = ("top1", "top3", "mrr", "auroc", "recall@1%", "recall@5%", "recall@1% over all")
_INSIDE = ("right", "wrong", "right_offered", "others_offered", "queued")
_OUTSIDE = ("answered", "offered", "silent")


def table(card: dict[str, Any]) -> str:
    """All sets, then those pooled."""
    parts = [line for name, found in card["sets"].items() for line in _set(name, found)]
    if "pooled" in card:
        parts += _set("pooled: " + " + ".join(card["pooled"]["sets"]), card["pooled"])
    return "\n".join(parts)


def _set(name: str, found: dict[str, Any]) -> Iterator[str]:
    yield f"\n== {name}: {found['in_scope']} in scope, {found['out_of_scope']} out of scope"
    if "ms" in found:
        spent = found["ms"]
        yield f"   median {spent['median']} ms, p99 {spent['p99']} ms a match; built in {found['build_seconds']} s"
    yield _row("", [name.replace(" over all", "*") for name in _MEASURES])
    for who, means in {"ours": found["ours"], **found["peers"]}.items():
        yield _row(who, [means.get(name) for name in _MEASURES])
    for who, ratios in found["ratios"].items():
        shown = [_interval(ratios[what]) if what in ratios else None for what in _MEASURES]
        yield _row(f"ours/{who}", shown)
    yield from _shares("three ways", found["shares"])
    for wording, figures in found.get("wordings", {}).items():
        yield _row(wording, [figures.get("ours", figures).get(name) for name in _MEASURES])
        if len(found["wordings"]) > 1:
            yield from _shares("", figures)
    if "noisy_to_clean" in found:
        yield "   noisy/clean top-1: " + ", ".join(f"{w} {_interval(v)}" for w, v in found["noisy_to_clean"].items())
    for kind, figures in found.get("kinds", {}).items():
        if len(found["kinds"]) > 1:
            yield from _shares(kind, figures)


def _shares(name: str, figures: dict[str, Any]) -> Iterator[str]:
    for part, names in (("in_scope", _INSIDE), ("out_of_scope", _OUTSIDE)):
        if part in figures:
            shown = ", ".join(f"{what} {figures[part][what]:.3f}" for what in names)
            yield f"   {name:<20} {part.replace('_', ' ')} ({figures[part]['asked']}): {shown}"


def _interval(found: list[float]) -> str:
    if found[0] > 1000:  # noqa: PLR2004 - the peer has nothing at all there
        return "peer: 0"
    return "{:.2f} [{:.2f} {:.2f}]".format(*found)


def _row(name: str, cells: list[Any]) -> str:
    shown = [f"{cell:.3f}" if isinstance(cell, float) else str(cell if cell is not None else "-") for cell in cells]
    return f"   {name:<20}" + "".join(f"{cell:>19}" for cell in shown)
