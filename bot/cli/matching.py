"""What the verbs share that match: heads that are fitted before they are asked, and how a match is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bot.catalogue.content import find_content, load_intents
from bot.guide import Guide, load_guide
from bot.matching.cache import HeadCache, wanted_heads
from bot.matching.matcher import Matcher
from bot.model import Candidate, Match
from bot.settings import Settings


def ready_guide(settings: Settings) -> Guide:
    """The guide of the content folder with all its heads; what is missing is fitted first, with a progress line."""
    cache = HeadCache(settings.cache)
    folder = find_content(settings.content, Path.cwd())
    guide = load_guide(folder, cache, settings.drafts)
    if guide.missing:
        cache.fit_missing(guide.missing, _progress)
        guide = load_guide(folder, cache, settings.drafts)
    return guide


def matcher_of(intents: Path, settings: Settings) -> tuple[Matcher, frozenset[str]]:
    """A matcher for a folder of phrases alone, and its urgent labels. Raises ContentError."""
    found = load_intents(intents)
    cache = HeadCache(settings.cache)
    wanted = wanted_heads(intents, found.phrases)
    cache.fit_missing(wanted, _progress)
    heads = [head for head in map(cache.load, wanted) if head is not None]
    return Matcher(found.phrases, heads, None, found.urgent), found.urgent


def candidate_json(candidate: Candidate) -> dict[str, Any]:
    """A candidate in the words of the command line; ``confidence`` 0–1, not rounded."""
    return {
        "id": candidate.need,
        "confidence": candidate.confidence,
        "phrase": candidate.phrase,
        "language": candidate.language,
        "rule": candidate.rule,
    }


def verdict_name(match: Match) -> str:
    """The verdict in the words of the command line: found, unsure, named, follow-up, small-talk (nothing was asked, or
    a button was meant), not-found."""
    return {
        "Found": "found", "Unsure": "unsure", "Named": "named", "FollowUp": "follow-up", "SmallTalk": "small-talk",
        "NotFound": "not-found", "Chosen": "small-talk",
    }[type(match.verdict).__name__]  # fmt: skip


def _progress(done: int, total: int) -> None:
    """One line on the terminal that fills up; nothing when nobody watches."""
    if not total or not sys.stderr.isatty():
        return
    bar = "█" * (20 * done // total)
    end = "\n" if done == total else ""
    sys.stderr.write(f"\rlearning the phrases {bar:20} {done}/{total}{end}")
    sys.stderr.flush()
