"""A question into weighted tokens: what it speaks of, word by word, so that two questions can be laid side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

from bot.grouping.asking import asking
from bot.grouping.frames import frames
from bot.grouping.nearness import SpokenOf, meant, table
from bot.matching.features import word_hash, word_hashes
from bot.matching.lexicon import Vocabulary
from bot.matching.matcher import Matcher
from bot.text import fold
from bot.thesaurus import Things, things
from bot.thesaurus.words import FIRST_DENSE, NOTHING

COMMON: Final = 0.02
"""A word in at least this share of a language's phrases ("how", "where") says nothing of what is asked."""
RARE: Final = 0.0006
"""… and in less than this share, all it can say; between them the weight falls with the logarithm."""
LEAST: Final = 0.04
"""Weight of a word that says nothing: not quite nothing."""
STRANGE: Final = 0.8
"""Weight of a word that stands in no phrase of its language: rare, but it may be a slip."""
PLAIN: Final = 0.6
"""Factor for a word that names no known thing: most of those only frame the question or tell a story."""
NUMBER: Final = 0.5
"""Weight of a number."""
SOLID: Final = frozenset({"things", "countries"})
"""Sections of the table of things that name what is asked about; the others name acts, qualities, ways of asking."""
STEM: Final = 5
"""Words that share this many first letters count as forms of one word."""
FOREIGN: Final = 5
"""Letters from which a word may be one of another language in the same script ("henkilökortti" in an English text)."""
KNOWN_SHARE: Final = 0.4
"""A text of whose words the given language knows less is looked at in the languages that know it best."""
MOST_HASHES: Final = 200_000
"""Words whose hashes are remembered; beyond that all are forgotten at once."""
MOST_REMEMBERED: Final = 64
"""Texts whose tokens are kept: a new question is placed, then added, then shown to a counsellor."""
MOST_TOKENS: Final = 48
"""Tokens of one question that are compared; a longer message tells a story."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question, or several that are one name or one thing."""

    word: str
    weight: float
    """0–1: how much it says of what is asked."""
    things: frozenset[str]
    """What it may mean: one of them."""
    name: str = ""
    """Id of the service that it names."""
    solid: bool = True
    """Whether it says of what is asked, not only what is to be done with it."""
    parts: frozenset[str] = NOTHING
    """What the words of a name of several words mean one by one ("birth", "certificate")."""

    @property
    def is_number(self) -> bool:
        return self.word.isdigit()


@dataclass(frozen=True, slots=True)
class Tokens:
    """A whole question, ready to be compared with another one."""

    folded: str
    language: str
    """In which language the words were looked up; "" when unknown."""
    tokens: tuple[Token, ...]
    things: frozenset[str]
    kin: frozenset[str]
    """What is akin to one of the things: another way of speaking of the same matter."""
    names: frozenset[str]
    words: tuple[str, ...]
    plain: tuple[str, ...]
    """Words that name no thing and no service."""
    spoken_of: SpokenOf
    """All that is spoken of, loose words too."""
    weight: float
    """Of all tokens together."""
    wishes: frozenset[str]
    """What is asked for of it all: the price, the place …"""


def _tokens_of(
    folded: str, language: str, tokens: tuple[Token, ...], kin: Mapping[str, set[str]], spoken_of: SpokenOf
) -> Tokens:
    named = frozenset(thing for token in tokens for thing in token.things)
    # Empty sets are one: thousands of open questions are kept, and each set takes as much as a word.
    return Tokens(
        folded,
        language,
        tokens,
        named,
        frozenset(akin for thing in named for akin in kin.get(thing, ())).union(*(token.parts for token in tokens))
        or NOTHING,
        frozenset(token.name for token in tokens if token.name) or NOTHING,
        tuple(token.word for token in tokens),
        tuple(token.word for token in tokens if not token.things and not token.name),
        spoken_of,
        sum(token.weight for token in tokens),
        asking().wishes(folded, language) or NOTHING,
    )


class Tokeniser:
    """Bound to one matcher: its vocabularies weigh the words, its catalogue knows the names."""

    def __init__(self, matcher: Matcher, things: Things) -> None:
        self._matcher = matcher
        self._things = things
        self._frames = frames()
        self._vocabularies: Mapping[str, Vocabulary] = matcher.scorer.vocabularies
        self._share: Callable[[str, str], float] = lru_cache(maxsize=4096)(self._share_of)
        self._hashes: dict[str, int] = {}
        self.tokens: Callable[[str, str], Tokens] = lru_cache(maxsize=MOST_REMEMBERED)(self._tokens_in)

    def _tokens_in(self, text: str, language: str) -> Tokens:
        """``tokens(text, language)``. ``language``: in which the person writes, as far as known; another one when it
        knows hardly a word."""
        folded = fold(text[:2048])
        self._learn_hashes(folded)
        language = self._language(folded, language)
        pieces = self._pieces(folded, language)
        tokens = tuple(pieces[:MOST_TOKENS])
        spoken_of = table().spoken_of(meant(things(), folded, language))
        return _tokens_of(folded, language, tokens, self._things.kin, spoken_of)

    def _language(self, folded: str, given: str) -> str:
        words = folded.split()[:24]
        if given in self._vocabularies and not _is_dense(folded):
            known = sum(self._share(word, given) > 0 or bool(self._things.named(word, given)) for word in words)
            if not words or known >= KNOWN_SHARE * len(words):
                return given
        evidence = self._matcher.scorer.score(folded).evidence
        best = max(evidence, key=lambda code: evidence[code], default=given)
        return best if evidence.get(best, 0.0) > evidence.get(given, 0.0) + 0.1 else given

    def _share_of(self, word: str, language: str) -> float:
        """The share (0–1) of the language's phrases in which a word stands."""
        vocabulary = self._vocabularies.get(language)
        return vocabulary.share_of(self._hash(word)) if vocabulary and word else 0.0

    def _hash(self, word: str) -> int:
        if word not in self._hashes:
            self._hashes[word] = word_hash(word)
        return self._hashes[word]

    def _learn_hashes(self, folded: str) -> None:
        """The hashes of all new words of a text at once: one by one they take several times as long."""
        if len(self._hashes) > MOST_HASHES:
            self._hashes.clear()
        new = [word for word in dict.fromkeys(folded.split()) if word not in self._hashes and not _is_dense(word)]
        if new:
            self._hashes.update(zip(new, word_hashes(new), strict=True))

    def _pieces(self, folded: str, language: str) -> list[Token]:
        words = [piece for word in folded.split() for piece in self._cut(word, language)]
        joined = self._things.longest_spans(words, language)
        names = {name.start: name for name in self._matcher.names_in(" ".join(words))}
        found: list[Token] = []
        seen: set[tuple[str, frozenset[str]]] = set()
        index = 0
        while index < len(words):
            name, span = names.get(index), joined.get(index)
            if name:
                new = [Token(" ".join(words[index : name.end]), 1.0, NOTHING, name.service)]
                index = max(name.end, index + 1)
            elif span:
                end, things_named = span
                may_be = frozenset(things_named)
                parts = (self._parts(words[index:end], language) - may_be) or NOTHING
                new = [self._thing(" ".join(words[index:end]), may_be, parts)]
                index = end
            else:
                new = self._tokens(words[index], language)
                index += 1
            for token in new:
                if (token.word, token.things) not in seen:
                    seen.add((token.word, token.things))
                    found.append(token)
        return found

    def _cut(self, word: str, language: str) -> list[str]:
        """Words of a script without spaces: the longest known things, and pairs of what is left."""
        if not _is_dense(word):
            return [word]
        return self._things.cut(word, language)

    def _parts(self, words: list[str], language: str) -> frozenset[str]:
        """What words mean one by one, without how they frame a question."""
        return frozenset(
            thing
            for word in words
            if not self._frames.has(word, language)
            for may_be in self._things.named(word, language)
            for thing in may_be
        )

    def _thing(self, word: str, things: frozenset[str], parts: frozenset[str] = NOTHING) -> Token:
        meant = [self._things.by_id[thing] for thing in things]
        solid = any(thing.kind in SOLID for thing in meant)
        return Token(word, max(thing.weight for thing in meant), things, solid=solid, parts=parts)

    def _tokens(self, word: str, language: str) -> list[Token]:
        """The token of a word; one for each thing that a compound names."""
        if self._frames.has(word, language):
            return [Token(word, LEAST, NOTHING)]
        named = self._things.named(word, language)
        if not named and len(word) >= FOREIGN:
            named = self._named_elsewhere(word, language)
        if named:
            return [self._thing(word, things) for things in named]
        return [Token(word, NUMBER if word.isdigit() else PLAIN * self._weight(word, language), NOTHING)]

    def _named_elsewhere(self, word: str, language: str) -> tuple[frozenset[str], ...]:
        """What a word of another language inside this one names: one of the place, though people who write this one
        know it too ("päiväkoti" in Somali), or one of any other that this one does not know."""
        share, home = self._share(word, language), self._matcher.home
        others = [code for code in self._things.languages if code != language] if not share else []
        if home != language and self._share(word, home) > share:
            others = [home]
        return next((found for code in others if (found := self._things.named(word, code, inside=False))), ())

    def _weight(self, word: str, language: str) -> float:
        share = self._share(word, language)
        if not share:
            return STRANGE if len(word) > 2 else 0.2
        place = math.log(COMMON / max(share, RARE)) / math.log(COMMON / RARE)
        return min(1.0, max(LEAST, place))


def _is_dense(text: str) -> bool:
    """Whether a text is mostly in a script without spaces."""
    return sum(char >= FIRST_DENSE for char in text) > len(text) / 2


@lru_cache(maxsize=1)
def tokeniser(matcher: Matcher) -> Tokeniser:
    """The tokeniser of the content in use: what it has looked up of words is worth keeping."""
    return Tokeniser(matcher, things(strict=True))


def look_up_words(matcher: Matcher) -> None:
    """Have ready by what the first question is compared with others. May run beside all else, in another thread."""
    for look_up in preparations(matcher):
        look_up()


def preparations(matcher: Matcher) -> Iterator[Callable[[], object]]:
    """The same in steps, a language each: some hundredths of a second, a tenth while nothing is kept."""
    yield partial(tokeniser, matcher)
    table = things(strict=True)
    for language in table.languages:
        yield partial(table.words, language)
