"""Figures as pictures: pure functions from numbers to SVG with a title and a description in words.

The table of the same numbers stands beside the picture on the page; measures are told apart by pattern as well as by
colour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDE: Final = 640
"""Units of a drawing for a wide screen; the page scales it to its column."""
NARROW: Final = 330
"""Units of a drawing for a phone, shown as large as it is drawn, so that nothing has to be pushed to and fro."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 12, 28
_HEIGHT: Final = 240
_ROW: Final = 30
_LABEL: Final = 190
_LABEL_ABOVE: Final = 18
_FILLS: Final = ("#3f84c5", "#c2690a", "#7d7d7d")
"""At least 3:1 on white and on a dark page; the second measure is striped, the third dotted."""


@dataclass(frozen=True, slots=True)
class Series:
    """One measure over all keys; None: hidden."""

    name: str
    values: tuple[int | None, ...]


def columns(
    chart_id: str,
    title: str,
    description: str,
    keys: Sequence[str],
    series: Sequence[Series],
    few: str,
    width: int = WIDE,
) -> str:
    """Stacked columns, one a key, for days and weeks. ``few``: the word for a hidden part, which is drawn as a mark
    above its column."""
    top = _nice(max(_totals(keys, series), default=0))
    plot = _HEIGHT - _TOP - _BOTTOM
    step = (width - _LEFT - _RIGHT) / max(1, len(keys))
    parts = [_grid(top, plot, width)]
    days = 8 if width == WIDE else 5
    for i, key in enumerate(keys):
        x, y = _LEFT + i * step, float(_TOP + plot)
        for index, s in enumerate(series):
            height = plot * (s.values[i] or 0) / top
            y -= height
            if height:
                parts.append(
                    _bar(chart_id, index, x + step * 0.15, y, step * 0.7, height, f"{key}: {s.name} {s.values[i]}")
                )
        if any(s.values[i] is None for s in series):
            parts.append(f'<text x="{x + step / 2:.1f}" y="{y - 3:.1f}" text-anchor="middle">*</text>')
        if i % max(1, -(-len(keys) // days)) == 0:
            parts.append(f'<text x="{x + step / 2:.1f}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(key)}</text>')
    return _svg(chart_id, width, _HEIGHT, title, _told(description, series, few), parts)


def rows(
    chart_id: str,
    title: str,
    description: str,
    keys: Sequence[str],
    series: Sequence[Series],
    few: str,
    width: int = WIDE,
) -> str:
    """Stacked bars, one a key below the other, for languages and needs; on a phone the key stands above its bar."""
    totals = _totals(keys, series)
    top = _nice(max(totals, default=0))
    is_wide = width == WIDE
    begin, above, longest = (_LABEL, 0, 26) if is_wide else (0, _LABEL_ABOVE, 44)
    room = width - begin - 48
    parts: list[str] = []
    for i, key in enumerate(keys):
        y, x = 6 + i * (_ROW + above), float(begin)
        short = key if len(key) <= longest else f"{key[: longest - 1]}…"
        end = f'x="{_LABEL - 8}" y="{y + 16}" text-anchor="end"' if is_wide else f'x="0" y="{y + 12}"'
        parts.append(f"<text {end}>{escape(short)}</text>")
        y += above
        for index, s in enumerate(series):
            length = room * (s.values[i] or 0) / top
            if length:
                parts.append(_bar(chart_id, index, x, y, length, _ROW - 10, f"{key}: {s.name} {s.values[i]}"))
            x += length
        mark = " *" if any(s.values[i] is None for s in series) else ""
        parts.append(f'<text x="{x + 5:.1f}" y="{y + 16}">{totals[i]}{mark}</text>')
    height = 12 + len(keys) * (_ROW + above)
    return _svg(chart_id, width, height, title, _told(description, series, few), parts)


def legend(chart_id: str, series: Sequence[Series]) -> tuple[tuple[str, str], ...]:
    """A small picture and the name of each measure, for the key that the page writes beside the chart."""
    return tuple((_swatch(f"{chart_id}-key-{index}", index), s.name) for index, s in enumerate(series))


def _totals(keys: Sequence[str], series: Sequence[Series]) -> list[int]:
    """What is known of each key, over all measures."""
    return [sum(s.values[i] or 0 for s in series) for i in range(len(keys))]


def _told(description: str, series: Sequence[Series], few: str) -> str:
    """The description, and what the mark means when something is hidden."""
    return f"{description} * {few}" if any(None in s.values for s in series) else description


def _swatch(name: str, index: int) -> str:
    rect = f'<rect width="16" height="12" fill="{_fill(name, index)}"/>'
    return f'<svg class="key" aria-hidden="true" width="16" height="12">{_patterns(name)}{rect}</svg>'


def _fill(chart_id: str, index: int) -> str:
    kind = index % len(_FILLS)
    return f"url(#{escape(chart_id, quote=True)}-{kind})" if kind else _FILLS[0]


def _patterns(chart_id: str) -> str:
    """Stripes and dots in which a reader who sees no colours tells the measures apart."""
    name = escape(chart_id, quote=True)
    size = 'width="6" height="6" patternUnits="userSpaceOnUse"'
    return (
        f'<defs><pattern id="{name}-1" {size} patternTransform="rotate(45)"><rect width="6" height="6" '
        f'fill="{_FILLS[1]}"/><rect width="1.5" height="6" fill="#fff"/></pattern><pattern id="{name}-2" {size}>'
        f'<rect width="6" height="6" fill="{_FILLS[2]}"/><circle cx="3" cy="3" r="1.2" fill="#fff"/></pattern></defs>'
    )


def _bar(chart_id: str, index: int, x: float, y: float, width: float, height: float, words: str) -> str:
    fill = _fill(chart_id, index)
    return (
        f'<rect fill="{fill}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">'
        f"<title>{escape(words)}</title></rect>"
    )


def _grid(top: int, plot: int, width: int) -> str:
    lines = []
    for share in (0.0, 0.5, 1.0):
        y = _TOP + plot * (1 - share)
        value = top * share
        label = f"{value:.0f}" if value == int(value) else ""
        ends = f'x1="{_LEFT}" x2="{width - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
        lines.append(f'<line stroke="currentColor" stroke-opacity="0.25" {ends}/>')
        lines.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    return "".join(lines)


def _svg(chart_id: str, width: int, height: int, title: str, description: str, parts: Sequence[str]) -> str:
    """``chart_id``: unique on its page."""
    name = escape(chart_id, quote=True)
    where = "on-wide" if width == WIDE else "on-phone"
    return (
        f'<svg class="chart {where}" role="img" viewBox="0 0 {width} {height}" fill="currentColor" font-size="12" '
        f'aria-labelledby="{name}-title {name}-desc" '
        f'xmlns="http://www.w3.org/2000/svg"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{_patterns(chart_id)}{"".join(parts)}</svg>'
    )


def _nice(most: int) -> int:
    """The end of the scale: the next of 4, 10, 20, 40, 100 … that holds everything."""
    end = 4
    for factor in (1, 10, 100, 1000, 10_000, 100_000):
        for step in (4, 10, 20):
            end = step * factor
            if most <= end:
                return end
    return end * -(-most // end)
