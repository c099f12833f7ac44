"""A message that is about a service because it names one and asks for nothing else."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from bot.matching import thresholds as t
from bot.matching.exact import Exacts
from bot.matching.features import word_hash
from bot.matching.names import Names
from bot.matching.parts import JOINTS
from bot.matching.scoring import Scorer
from bot.model import FollowUp, Named, Verdict

LONGEST: Final = 12
"""Words of a message that may be nothing but a service's name and a question or two about it."""


class Naming:
    """Which service a message is about by its name alone."""

    def __init__(self, names: Names, exact: Exacts, scorer: Scorer) -> None:
        self._names = names
        self._exact = exact
        self._scorer = scorer

    @cached_property
    def _follow_up_words(self) -> frozenset[str]:
        """Looked for when they are first asked for: a start is not to wait for what few messages need."""
        return JOINTS.union(word for text in self._exact.beginning("follow-up:") for word in text.split())

    def service(self, folded: str) -> str | None:
        """The service, when (nearly) the whole of a folded message is its name: beside it stand only common words or a
        phrase that follows up ("where is it, Kela")."""
        service, rest = self._named(folded)
        return service if service and self._says_nothing(rest) else None

    def service_alone(self, folded: str) -> str | None:
        """The same when beside the name stands nothing, or a phrase that follows up and nothing else ("where is the
        police station"): no word is left that could speak of danger."""
        service, rest = self._named(folded)
        return service if not rest or self._follows_up(rest) else None

    def service_asked_about(self, folded: str) -> str | None:
        """The same for a message that no need fits: beside the name may stand any words of follow-ups ("where is Kela
        and is it open")."""
        service, rest = self._named(folded)
        rest = [word for word in rest if word not in self._follow_up_words]
        return service if service and self._says_nothing(rest) else None

    def about(self, verdict: Verdict, folded: str) -> Verdict:
        """A short question that names its service ("is Kela open tomorrow") is about that one, not about the last."""
        if not isinstance(verdict, FollowUp):
            return verdict
        services = {name.service for name in self._names.find(self._names.apart(folded))}
        return Named(next(iter(services)), verdict.kind) if len(services) == 1 else verdict

    def _named(self, folded: str) -> tuple[str | None, list[str]]:
        """The only service that a folded message names, and the words beside its name; no service when the message is
        too long for that or names several."""
        folded = self._names.apart(folded)
        words = folded.split()
        found = self._names.find(folded) if len(words) <= LONGEST else []
        if len({name.service for name in found}) != 1:
            return None, words
        covered = {index for name in found for index in range(name.start, name.end)}
        return found[0].service, [word for index, word in enumerate(words) if index not in covered]

    def _says_nothing(self, words: list[str]) -> bool:
        """Whether the words beside a name ask for nothing but the service itself."""
        return self._follows_up(words) or all(map(self._is_common, words))

    def _follows_up(self, words: list[str]) -> bool:
        exact = self._exact.get(" ".join(words))
        return bool(exact and exact.label.startswith("follow-up:"))

    def _is_common(self, word: str) -> bool:
        """Whether a word is so frequent among the phrases that it says nothing of a need."""
        hashed = word_hash(word)
        vocabularies = self._scorer.vocabularies.values()
        shares = [(vocabulary.share_of(hashed), vocabulary.documents) for vocabulary in vocabularies]
        return any(share > t.COMMON_WORD and share * documents > t.COMMON_COUNT for share, documents in shares)
