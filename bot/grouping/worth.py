"""Whether a question is worth a counsellor's time: gibberish and insults are not, unless a person was asked for."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

from bot.matching import thresholds as t
from bot.matching.labels import NONE, is_need, is_none
from bot.matching.matcher import Matcher, Reading
from bot.matching.scripts import is_dense

Worth: TypeAlias = Literal["queue", "aside", "none", "insult", "gibberish"]
"""``queue``: a group in the queue. ``aside``: a group in the second drawer. The others make no group: ``none`` is
something that surely no service of the city answers, ``insult`` and ``gibberish`` are what they say."""

SURELY_NONE: Final = 0.6
"""Margin of "nobody here answers this" from which that is certain …"""
NO_NEED: Final = -0.75
"""… if no need has more than this."""
INSULT_LABEL: Final = "small-talk:insult"
INSULT: Final = -0.7
"""Margin from which a short text is abuse when that is what it is nearest to."""
LONGEST_INSULT: Final = 5
"""Words of it; a longer one may ask something in anger."""
INSULTS: Final = ("insults", "insults-other", "insults-swearing", "swearing")
"""Groups of none.yaml that hold abuse. A city that names them otherwise loses nothing but this filter."""
_LETTER: Final = re.compile(r"[^\W\d_]", re.UNICODE)


def worth_asking(matcher: Matcher, text: str, *, person: bool = False, abandoned: bool = False) -> Worth:
    """What becomes of an unanswered ``text``.

    ``person``: "Ask a person" was pressed, so that it is read whatever it is. ``abandoned``: needs were offered and
    none was chosen.
    """
    if person:
        return "queue"
    reading = matcher.reading(text)
    if _is_gibberish(reading) and not matcher.names_in(reading.folded):
        return "gibberish"
    if _is_insult(matcher, reading):
        return "insult"
    if _is_surely_none(reading):
        return "none"
    return "aside" if abandoned else "queue"


def _is_gibberish(reading: Reading) -> bool:
    """Nothing that any language knows: no letters at all, or hardly a known word or n-gram."""
    letters = _LETTER.findall(reading.folded)
    if len(letters) < 2 and not any(map(is_dense, reading.folded)):
        return True
    return reading.exact is None and reading.scores.known < t.KNOWN


def _is_insult(matcher: Matcher, reading: Reading) -> bool:
    if reading.exact is not None:
        return reading.exact.label == INSULT_LABEL or reading.exact.label.removeprefix("none:") in INSULTS
    best = max(range(len(reading.labels)), key=lambda row: reading.scores.margins[row])
    if len(reading.folded.split()) > LONGEST_INSULT or reading.scores.margins[best] < INSULT:
        return False
    if reading.labels[best] == INSULT_LABEL:
        return True
    nearest = matcher.scorer.nearest_none(reading.folded, reading.scores.language)
    return reading.labels[best] == NONE and nearest.removeprefix("none:") in INSULTS


def _is_surely_none(reading: Reading) -> bool:
    if reading.exact is not None:
        return is_none(reading.exact.label)
    margins = zip(reading.labels, reading.scores.margins, strict=True)
    best = max((float(margin) for label, margin in margins if is_need(label)), default=t.NO_RIVAL)
    return reading.margin(NONE) >= SURELY_NONE and best <= NO_NEED
