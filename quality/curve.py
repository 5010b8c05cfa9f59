"""Coverage against false answers, drawn as SVG: what each threshold would buy, and what it would cost."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

from quality.measures import Answers, Floats

_WIDTH, _HEIGHT, _LEFT, _TOP, _SIDE = 760, 460, 60, 40, 150
_LEAST = 0.002  # of false answers: the left end of the logarithmic axis
_TICKS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_COLOURS = ("#0b5cad", "#c0392b", "#7d3c98", "#2e8b57", "#b9770e", "#566573", "#d35400", "#148f77")


def points(answers: Answers) -> tuple[Floats, Floats]:
    """(share of out-of-scope questions answered, share of in-scope ones answered rightly) at every threshold."""
    inside = answers.scores[:, answers.inside].ravel()
    right = (answers.ranks[:, answers.inside] == 1).ravel()
    outside = np.sort(answers.scores[:, ~answers.inside].ravel())[::-1]
    limits = np.unique(outside)[::-1]
    false = np.array([np.searchsorted(-outside, -limit, side="left") for limit in limits]) / len(outside)
    order = np.sort(inside[right])
    covered = (len(order) - np.searchsorted(order, limits, side="right")) / len(inside)
    return np.append(false, 1.0), np.append(covered, right.mean())


def draw(title: str, curves: Mapping[str, Answers], chosen: Sequence[tuple[float, float]] = ()) -> str:
    """An SVG picture; `chosen` are points where the thresholds in use stand."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        "<style>text {font: 12px sans-serif} .title {font-size: 15px}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="22" class="title">{escape(title)}</text>',
        *_grid(),
    ]
    for number, (name, answers) in enumerate(curves.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        false, covered = points(answers)
        line = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in zip(false, covered, strict=True))
        width = 3 if number == 0 else 1.3
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
        row = _TOP + 14 + 18 * number
        parts.append(f'<text x="{_WIDTH - _SIDE + 14}" y="{row}" fill="{colour}">{escape(name)}</text>')
    parts += [f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="5" fill="{_COLOURS[0]}"/>' for x, y in chosen]
    return "\n".join([*parts, "</svg>\n"])


def _x(share: float) -> float:
    part = np.log(max(share, _LEAST) / _LEAST) / np.log(1 / _LEAST)
    return float(_LEFT + part * (_WIDTH - _SIDE - _LEFT))


def _y(share: float) -> float:
    return _TOP + (1 - share) * (_HEIGHT - 2 * _TOP - 20)


def _grid() -> list[str]:
    bottom, right = _y(0), _WIDTH - _SIDE
    found = []
    for tick in _TICKS:
        found.append(f'<line x1="{_x(tick):.1f}" x2="{_x(tick):.1f}" y1="{_TOP}" y2="{bottom:.1f}" stroke="#ddd"/>')
        found.append(f'<text x="{_x(tick):.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{tick:.1%}</text>')
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 1.0):
        found.append(f'<line x1="{_LEFT}" x2="{right}" y1="{_y(tick):.1f}" y2="{_y(tick):.1f}" stroke="#ddd"/>')
        found.append(f'<text x="{_LEFT - 8}" y="{_y(tick) + 4:.1f}" text-anchor="end">{tick:.0%}</text>')
    middle = (_LEFT + right) / 2
    found.append(
        f'<text x="{middle}" y="{bottom + 38:.1f}" text-anchor="middle">out-of-scope questions answered</text>'
        f'<text transform="translate(16 {_HEIGHT / 2}) rotate(-90)" text-anchor="middle">'
        "in-scope answered rightly</text>"
    )
    return found
