"""In which language a text is written: one that Opas speaks, one that it does not, or uncertain."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping
from functools import lru_cache
from itertools import chain
from typing import Final

from bot.matching.scripts import main_script
from bot.matching.spelling import Spelling, threes_of
from bot.matching.thresholds import FOREIGN_KNOWN, LANGUAGE_KNOWN, LANGUAGE_LEAD, LANGUAGE_SHARED
from bot.model import Phrases

# Scripts that only languages write which Opas does not speak (the language named is the one most people in Finland
# write in that script), and letters or words that give a language away within a shared script.
_SCRIPTS: Final = {
    "ETHIOPIC": "ti", "THAI": "th", "DEVANAGARI": "hi", "BENGALI": "bn", "MYANMAR": "my", "TAMIL": "ta",
    "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "HEBREW": "he", "GEORGIAN": "ka", "ARMENIAN": "hy",
    "GREEK": "el", "GURMUKHI": "pa", "SINHALA": "si", "KHMER": "km", "TELUGU": "te", "MALAYALAM": "ml",
    "GUJARATI": "gu", "LAO": "lo",
}  # fmt: skip
_LETTERS: Final = (
    ("ps", re.compile("[ټډړږښګڼۍېځڅ]")),
    ("ckb", re.compile("[ڕڵۆێڤ]")),
    ("ur", re.compile("[ٹڈڑںے]")),
    ("vi", re.compile("[ơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")),
)
_AMHARIC: Final = re.compile("[^ኣኸ-ኾቐ-ቝ]*አ[^ኣኸ-ኾቐ-ቝ]*")
"""The letter that Tigrinya writes otherwise, and none that Amharic hardly has: most Ethiopic texts are one or other."""
_WORDS: Final = {
    "de": "ich nicht und der die das wo kann mein wie bitte habe für eine einen suche brauche wir mit ist",
    "pl": "nie jest gdzie mogę się jak dla proszę chcę szukam mam czy potrzebuję mnie moja moje jestem po",
    "it": "dove posso sono non che per una il mio mia come vorrei cerco ho bisogno devo della",
    "pt": "onde posso não eu uma meu minha como para preciso você trabalho filho está quero com",
    "nl": "waar kan ik het een niet mijn hoe voor wij moet zoek heb nodig hebben met",
    "ro": "unde pot sunt nu este pentru cum vreau caut am nevoie meu mea să și în",
    "lv": "kur es var man kā lai nav latviešu darbs vajag meklēju bērns",
    "lt": "kur aš galiu man kaip yra ne lietuvių darbas reikia ieškau vaikas",
    "hu": "hol lehet nem van egy az hogyan szeretnék kell magyar munka gyerek",
    "sq": "ku mund unë një për nuk është si dua kam nevojë shqip punë",
    "ku": "ez li ku dixwazim çawa ji bo min heye tune zarok kar",
    "tl": "saan ako ang mga paano kailangan ko po hindi trabaho anak dito gusto",
    "sw": "wapi naweza mimi kwa ya ninahitaji nataka jinsi mtoto kazi habari",
    "vi": "o dau toi lam sao can muon khong tieng viet xin giup con",
}
_FOREIGN_WORDS: Final = {language: frozenset(words.split()) for language, words in _WORDS.items()}

RECOGNISED: Final = frozenset({*_SCRIPTS.values(), "am", *(code for code, _ in _LETTERS), *_WORDS})
"""The languages that ``foreign_language`` may tell a text to be in."""

SAMPLE: Final = 64
"""Phrases of a language from which its script is told …"""
SPELT: Final = 1000
"""… and how its words are spelt."""
SPELT_ALIKE: Final = 0.6
"""Mean difference of log likelihood per three letters up to which another language is as likely: of 3,123 questions 14
are in a language left out, 1.25 are likely on average (0.4: 35 and 1.12; development and test questions, 22 Nov 2026)
…"""
SPELT_BADLY: Final = -8.7
"""… and below which no language is likely: 4 in 100 questions, and 8 in 10 of those in the letters of another script
than their language's."""

ENOUGH: Final = 1500
"""Characters of a text by which its language is recognised."""


def written_language(evidence: Mapping[str, float]) -> str | None:
    """The language that knows clearly more of the text than all others, or None when that is not certain."""
    ranked = sorted(evidence.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < LANGUAGE_KNOWN:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < LANGUAGE_LEAD:
        return None
    return ranked[0][0]


def shared_languages(evidence: Mapping[str, float]) -> frozenset[str]:
    """The languages that know so much of the text that it may be written in any of them."""
    return frozenset(code for code, share in evidence.items() if share >= LANGUAGE_SHARED)


class LikelyLanguages:
    """The languages that a text may be written in, told by its script and by how the phrases are spelt, before anything
    is learnt. Those of a script are counted when a text in it is first asked about (0.1 s)."""

    def __init__(self, phrases: Mapping[str, Phrases]) -> None:
        self._samples = {code: some.folded[:: 1 + len(some) // SPELT] for code, some in phrases.items()}
        self._scripts = {code: main_script(some[:: 1 + len(some) // SAMPLE]) for code, some in self._samples.items()}
        self._spellings: dict[str, Spelling] = {}

    def of(self, folded: str) -> list[str]:
        """Those of a folded text, likeliest first; none when its spelling is like that of no language."""
        script = main_script([folded])
        own = [code for code, its in self._scripts.items() if its == script]
        if len(own) < 2:
            return own
        threes = threes_of(folded)
        if not threes:
            return []
        found = {code: self._spelling(code).likelihood(threes) for code in own}
        most = max(found.values())
        likely = [code for code in own if found[code] >= max(most - SPELT_ALIKE, SPELT_BADLY)]
        return sorted(likely, key=lambda code: -found[code])

    def _spelling(self, code: str) -> Spelling:
        if code not in self._spellings:
            self._spellings[code] = Spelling(Counter(chain.from_iterable(map(threes_of, self._samples[code]))))
        return self._spellings[code]


def foreign_language(text: str, evidence: Mapping[str, float], spoken: frozenset[str]) -> str | None:
    """The language of a text that is certainly in none of the ``spoken`` ones, or None."""
    is_known = max(evidence.values(), default=0.0) >= FOREIGN_KNOWN
    text = text[:ENOUGH]
    if text.isascii() and is_known:
        return None
    scripts: Counter[str] = Counter()
    for char, often in Counter(text).items():
        if script := _script_of(char):
            scripts[script] += often
    if scripts.total() < 3:
        return None
    if (language := _language_of_script(text, scripts)) and language not in spoken:
        return language
    if is_known:
        return None
    lowered = unicodedata.normalize("NFC", text.casefold())
    return _language_of_letters(lowered, scripts.total(), spoken) or _language_of_words(lowered, spoken)


def _language_of_script(text: str, scripts: Counter[str]) -> str | None:
    """The language to which the script of most letters belongs alone, or None; kana are Japanese, however few."""
    if any(name in scripts for name in ("HIRAGANA", "KATAKANA")):
        return "ja"
    [(script, count)] = scripts.most_common(1)
    language = _SCRIPTS.get(script) if count > scripts.total() / 2 else None
    return "am" if language == "ti" and _AMHARIC.fullmatch(text) else language


def _language_of_letters(lowered: str, letters: int, spoken: Collection[str]) -> str | None:
    """The language that alone has some of the letters, or None. ``letters``: how many there are in all."""
    found = (code for code, pattern in _LETTERS if len(pattern.findall(lowered)) >= max(1, letters // 25))
    return next((code for code in found if code not in spoken), None)


def _language_of_words(lowered: str, spoken: Collection[str]) -> str | None:
    """The language whose little words are a third of the text, or None."""
    words = re.findall(r"[^\W\d_]+", lowered)
    if len(words) < 4:
        return None
    hits = {code: sum(word in known for word in words) for code, known in _FOREIGN_WORDS.items()}
    code, number = max(hits.items(), key=lambda item: item[1])
    return code if code not in spoken and number >= max(2, len(words) // 3) else None


@lru_cache(maxsize=4096)
def _script_of(char: str) -> str:
    """The first word of a letter's Unicode name, which is its script; "" of what is no letter."""
    return unicodedata.name(char, "").split(" ", 1)[0] if char.isalpha() else ""
