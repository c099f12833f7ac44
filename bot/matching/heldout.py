"""Phrases asked of heads that were fitted without them: what the phrases alone say of questions nobody has written yet.

A fifth of a language's phrases is held out at a time; leaving out single ones would mean a fit for each. What the
phrases of the other languages would add is left out altogether.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

from bot.matching.cache import PARALLEL
from bot.matching.fitting import fit_head, fit_shared
from bot.matching.labels import is_need, is_none
from bot.matching.matcher import Matcher
from bot.model import Locale, Match, Phrase

FOLDS: Final = 5


def held_out(
    phrases: Mapping[Locale, Sequence[Phrase]], urgent: Collection[str]
) -> Iterator[tuple[Locale, list[tuple[Phrase, Match]]]]:
    """For each language, fold by fold, the phrases held out with their matches; small talk is left out.

    Fits run in processes of their own; ``urgent``: labels.
    """
    jobs = [
        (language, tuple(entries), frozenset(urgent), fold)
        for language, entries in phrases.items()
        for fold in range(FOLDS)
    ]
    with ProcessPoolExecutor(PARALLEL, mp_context=get_context("spawn")) as pool:
        for (language, *_), found in zip(jobs, pool.map(_fold, *zip(*jobs, strict=True)), strict=True):
            yield language, found


def _fold(language: Locale, phrases: Sequence[Phrase], urgent: frozenset[str], fold: int) -> list[tuple[Phrase, Match]]:
    # Every fifth phrase: the phrases of a label stand together, so that each label loses its share.
    known = [phrase for index, phrase in enumerate(phrases) if index % FOLDS != fold]
    heads = [fit_head(language, known, urgent), fit_shared({language: known}, urgent)]
    matcher = Matcher({language: known}, heads, None, urgent)
    asked = [phrase for phrase in phrases[fold::FOLDS] if is_need(phrase.label) or is_none(phrase.label)]
    return [(phrase, matcher.match(phrase.text)) for phrase in asked]
