"""A message that is about a service because it names one and asks for nothing else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from bot.matching import thresholds as t
from bot.matching.exact import Exact
from bot.matching.features import word_hash
from bot.matching.names import Names
from bot.matching.parts import JOINTS
from bot.matching.scoring import Scorer
from bot.model import FollowUp, Named, Verdict

LONGEST: Final = 12
"""Words of a message that may be nothing but a service's name and a question or two about it."""


class Naming:
    """Which service a message is about by its name alone."""

    def __init__(self, names: Names, exact: Mapping[str, Exact], scorer: Scorer) -> None:
        self._names = names
        self._exact = exact
        self._scorer = scorer
        follow_ups = [folded for folded, own in exact.items() if own.label.startswith("follow-up:")]
        self._follow_up_words = JOINTS.union(word for folded in follow_ups for word in folded.split())

    def service(self, folded: str) -> str | None:
        """The service, when (nearly) the whole of a folded message is its name: beside it stand only common words or a
        phrase that follows up ("where is it, Kela")."""
        return self._service(folded, ())

    def service_asked_about(self, folded: str) -> str | None:
        """The same for a message that no need fits: beside the name may stand any words of follow-ups ("where is Kela
        and is it open")."""
        return self._service(folded, self._follow_up_words)

    def about(self, verdict: Verdict, folded: str) -> Verdict:
        """A short question that names its service ("is Kela open tomorrow") is about that one, not about the last."""
        if not isinstance(verdict, FollowUp):
            return verdict
        services = {name.service for name in self._names.find(folded)}
        return Named(next(iter(services)), verdict.kind) if len(services) == 1 else verdict

    def _service(self, folded: str, also: Collection[str]) -> str | None:
        words = folded.split()
        if len(words) > LONGEST:
            return None
        found = self._names.find(folded)
        services = {name.service for name in found}
        if len(services) != 1:
            return None
        covered: set[int] = set()
        for name in found:
            covered |= set(range(name.start, name.end))
        rest = [word for index, word in enumerate(words) if index not in covered and word not in also]
        return next(iter(services)) if self._says_nothing(rest) else None

    def _says_nothing(self, rest: list[str]) -> bool:
        """Whether the words beside a name ask for nothing but the service itself."""
        exact = self._exact.get(" ".join(rest))
        return bool(exact and exact.label.startswith("follow-up:")) or all(map(self._is_common, rest))

    def _is_common(self, word: str) -> bool:
        """Whether a word is so frequent among the phrases that it says nothing of a need."""
        hashed = word_hash(word)
        vocabularies = [head.vocabulary for head in self._scorer.heads]
        shares = [(vocabulary.share_of(hashed), vocabulary.documents) for vocabulary in vocabularies]
        return any(share > t.COMMON_WORD and share * documents > t.COMMON_COUNT for share, documents in shares)
