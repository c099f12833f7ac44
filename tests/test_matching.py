"""The matcher on the small city: what is promised of every text, whatever it holds."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.content import load_content
from bot.guide import Guide
from bot.matching.descent import Matrix, descended
from bot.matching.exact import Exacts
from bot.matching.features import features_of
from bot.matching.fitting import fit_head, fit_shared
from bot.matching.foldedtexts import folded_texts
from bot.matching.hashed import Hashed
from bot.matching.head import Head
from bot.matching.languages import foreign_language
from bot.matching.matcher import Matcher
from bot.matching.names import Names
from bot.matching.parts import LONGEST, MOST, clauses_of, parts_of
from bot.matching.scoring import Scorer
from bot.matching.shared import SharedHead
from bot.matching.thresholds import ASK, WORTH_OFFERING
from bot.model import Found, Named, NotFound, Phrase, Phrases, Service, Unsure
from tests.conftest import MARIBOR


@pytest.fixture(scope="module")
def matcher(maribor: Guide) -> Matcher:
    return maribor.matcher


PHRASES = [phrase for phrases in load_content(MARIBOR).intents.phrases.values() for phrase in phrases]


@pytest.mark.parametrize("phrase", [p for p in PHRASES if ":" not in p.label], ids=lambda phrase: phrase.text)
def test_every_phrase_is_found_again(matcher: Matcher, phrase):
    match = matcher.match(phrase.text)
    assert match.ranked[0].need == phrase.label
    assert isinstance(match.verdict, Found)


@given(st.text(max_size=300))
def test_any_text_gets_a_verdict_and_confidences_are_probabilities(matcher: Matcher, text: str):
    match = matcher.match(text)
    assert len(match.ranked) <= 5
    assert all(0 <= candidate.confidence <= 1 for candidate in match.ranked)
    assert [c.confidence for c in match.ranked] == sorted((c.confidence for c in match.ranked), reverse=True)


def test_what_is_all_but_impossible_is_not_put_beside_the_one_need_that_may_be_meant(matcher: Matcher):
    match = matcher.match("children fever night")
    assert match.ranked[1].confidence < WORTH_OFFERING
    assert match.verdict == Unsure(match.ranked[:1])


@given(st.sampled_from([p.text for p in PHRASES]), st.sampled_from([p.text for p in PHRASES]))
def test_a_match_can_be_recomputed_to_the_same_figures(matcher: Matcher, one: str, other: str):
    text = f"{one}. {other}?"
    assert matcher.match(text) == matcher.match(text)
    assert matcher.match(text, explain=True).ranked[0].confidence == matcher.match(text).ranked[0].confidence


def test_a_match_does_not_depend_on_the_order_of_the_phrases():
    phrases = load_content(MARIBOR).intents.phrases["en"]
    shuffled = list(phrases)
    random.Random(1).shuffle(shuffled)
    one, other = (Matcher({"en": p}, [fit_head("en", p)]) for p in (phrases, shuffled))
    for text in ("my throat hurts a lot", "parking at the town hall", "fever on sunday"):
        first, second = one.match(text).ranked[0], other.match(text).ranked[0]
        assert first.need == second.need
        assert first.confidence == pytest.approx(second.confidence, abs=0.02)


def test_a_phrase_is_on_the_side_of_its_label_and_of_no_other():
    phrases = [phrase for phrase in PHRASES if phrase.language == "en"]
    head = fit_head("en", phrases)
    heard = Scorer([head]).read(folded_texts(*(phrase.folded for phrase in phrases)), {"en"})
    margins = heard.sums[0].sum(axis=1) + head.bias
    for phrase, margin in zip(phrases, margins[:, :-1], strict=True):
        assert (margin > 0).tolist() == [label == phrase.label for label in head.labels], phrase.text


def phrases_in(language: str, **of_needs: tuple[str, ...]) -> list[Phrase]:
    return [Phrase(text, need, language) for need, texts in of_needs.items() for text in texts]


def test_the_name_of_a_need_says_what_it_is_about():
    asked = {
        "plants": ("my tomatoes are dying", "the roses are eaten"),
        "spare-keys": ("i lost mine", "we need another one"),
    }
    phrases = phrases_in("en", **asked)
    assert Matcher({"en": phrases}, [fit_head("en", phrases)]).match("keys, a spare").ranked[0].need == "spare-keys"


def test_what_was_thought_of_in_one_language_is_understood_in_another():
    finnish = phrases_in(
        "fi",
        dentist=("hammasta särkee", "kipeä hammas", "hammas on kipeä", "hampaita särkee"),
        library=("haluan lainata kirjan", "kirjan voi lainata", "lainata kirjoja", "missä voi lainata kirjan"),
    )
    english = phrases_in(
        "en",
        dentist=("where can i get braces", "i need a filling", "braces for my child", "i want a filling"),
        library=(
            "where is the reading room",
            "a quiet reading room",
            "rooms for my child",
            "i want a place for reading",
        ),
    )
    heads = [fit_head("fi", finnish), fit_head("en", english)]
    both = {"fi": finnish, "en": english}
    alone, together = Matcher(both, heads), Matcher(both, [*heads, fit_shared(both)])
    # The English phrases say nothing of either; their small words point elsewhere.
    for text, need in (("for my child, the tooth is in pain", "dentist"), ("i want to borrow a book", "library")):
        assert alone.match(text).ranked[0].need != need, text
        assert together.match(text).ranked[0].need == need, text
        assert together.match(text).ranked[0].confidence > ASK, text


def test_at_a_first_start_the_shared_head_counts_as_when_every_language_is_learnt():
    english = phrases_in("en", dentist=("my tooth hurts", "a tooth is out"), library=("borrow a book", "read a book"))
    finnish = phrases_in("fi", dentist=("hammasta särkee", "hammas irti"), library=("lainata kirja", "lukea kirjaa"))
    spanish = phrases_in("es", dentist=("me duele la muela", "un diente"), library=("leer un libro", "prestar libros"))
    every = {"en": english, "fi": finnish, "es": spanish}
    own, shared = fit_head("en", english), fit_shared(every)
    text = "the book is read by somebody out there"
    first = Matcher(every, [own, shared]).reading(text).scores
    later = Matcher(every, [own, fit_head("es", spanish), shared]).reading(text).scores
    assert later.evidence["es"] < 0.1  # it says nothing of this text
    np.testing.assert_allclose(first.margins, later.margins, atol=0.001)
    alone = Matcher({"en": english}, [own, shared]).reading(text).scores
    assert not np.allclose(alone.margins, first.margins, atol=0.001)


def test_of_a_text_the_shared_head_is_as_sure_as_it_knows_of_what_the_text_speaks():
    phrases = phrases_in(
        "en",
        letters=("somebody reads my letter", "can somebody read a letter", "the letter is hard to read"),
        doctor=("i see a doctor", "my doctor is ill", "a doctor for the ill child"),
    )
    shared = SharedHead(fit_shared({"en": phrases}))
    heard = shared.read([("somebody", "en"), ("somebody with carpenter tools", "en"), ("carpenter tools", "en")])
    said, also_said, unsaid = shared.margins(heard)[:, shared.head.labels.index("letters")]
    assert said > also_said > unsaid
    assert heard.things[0] == heard.things[1] > heard.things[2] == 0


def test_what_no_phrase_names_is_understood_by_what_it_is_near_to():
    phrases = phrases_in(
        "en",
        heat=("where to buy firewood", "birch logs for the winter", "the firewood is wet"),
        doctor=("i see a doctor", "my doctor is ill", "a doctor for the ill child"),
    )
    shared = SharedHead(fit_shared({"en": phrases}))
    heard = shared.read([("our fireplace", "en"), ("a hospital", "en")])
    assert heard.things.max() == 0
    heat, doctor = (shared.margins(heard)[:, shared.head.labels.index(need)] for need in ("heat", "doctor"))
    assert heat[0] > doctor[0]
    assert doctor[1] > heat[1]
    # As neighbours in a message they lie where both do together.
    together, both = heard.neighbours(), shared.read([("our fireplace a hospital", "en")])
    np.testing.assert_allclose(shared.margins(together), shared.margins(both), atol=0.02)


def test_a_head_that_was_saved_says_the_same_and_holds_few_of_its_weights(tmp_path: Path):
    phrases = phrases_in(
        "en",
        letters=("somebody reads my letter", "can somebody read a letter", "the letter is hard to read"),
        doctor=("i see a doctor", "my doctor is ill", "a doctor for the ill child"),
        home=("a home for my child", "the rent is hard", "is there a letter about the rent"),
    )
    shared = fit_shared({"en": phrases})
    shared.save(tmp_path)
    assert shared.toward.any()
    assert (Head.load(tmp_path).toward == shared.toward).all()
    head = fit_head("en", phrases)
    head.save(tmp_path)
    loaded = Head.load(tmp_path)
    every = np.arange(len(head.which))
    assert (loaded.weights_of(every) == head.weights_of(every)).all()
    assert len(loaded.weights.common) <= len(head.weights.common) / 2
    # What stands in one phrase alone shares a row, and what stands in most comes first.
    assert len(head.weights.common) < len(head.which) / 2
    assert head.vocabulary.idf[head.which == 0].min() == head.vocabulary.idf.min()


def test_strings_are_found_where_they_stood():
    words = Hashed(["rent", "doctor", "rent", "dog"])
    assert (list(words.places("rent")), list(words.places("dog")), list(words.places("cat"))) == ([0, 2], [3], [])


def test_another_phrase_of_the_same_hash_is_not_exact(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.matching.hashed.hash", lambda _: 7, raising=False)
    english = Phrases.of("en", phrases_in("en", rent=("rent",), doctor=("doctor",)))
    swedish = Phrases.of("sv", phrases_in("sv", home=("rent",), dogs=("hund",)))
    exacts = Exacts([english, swedish])
    assert [found.label if (found := exacts.get(word)) else None for word in ("doctor", "hund", "rent", "cat")] == [
        "doctor", "dogs", None, None,
    ]  # fmt: skip


def test_a_language_that_the_thesaurus_does_not_know_is_matched_by_its_own_head():
    klingon = phrases_in("tlh", food=("qagh vISopnIS", "qagh neH"), fight=("betleH vIneH", "betleH"))
    matcher = Matcher({"tlh": klingon}, [fit_head("tlh", klingon), fit_shared({"tlh": klingon})])
    assert matcher.match("qagh").ranked[0].need == "food"


def test_misspelt_glued_and_shouted_words_are_found(matcher: Matcher):
    for text in ("my thraot hurst", "MYTHROATHURTS!!!", "m y throat hurts"):
        assert matcher.match(text).ranked[0].need == "see-doctor", text


def test_two_languages_in_one_sentence(matcher: Matcher):
    assert matcher.match("potrebujem appointment with a zdravnik").ranked[0].need == "see-doctor"


def test_an_urgent_part_of_a_long_message_is_heard(matcher: Matcher):
    long = (
        "The weather is fine and we like the town. " * 20 + "He threatens me with a knife. " + "Birds sing here. " * 20
    )
    assert matcher.match(long).urgent


def test_the_longest_message_is_read(matcher: Matcher):
    text = ("fever and cough " * 400)[:4096]
    assert matcher.match(text).ranked[0].need == "see-doctor"


def test_gibberish_and_nothing_are_not_understood(matcher: Matcher):
    for text in ("", "   ", "🤷🏽", "xqzvw kjhgf", "١٢٣"):
        assert isinstance(matcher.match(text).verdict, NotFound), text


def test_names_are_found_in_any_inflection():
    names = Names([
        Service("kompassi", "Kompassi"), Service("kela", "Kela", aliases=("FPA",)), Service("navi", "Navigaattori"),
        Service("dvv", "DVV"), Service("redcross", "Red Cross"),
        Service("kys", "KYS", aliases=("مستشفى", "Hôpital", "医院")),
    ])  # fmt: skip
    cases = {
        "missa kompassissa": "kompassi", "kelasta": "kela", "navigaattorissakin": "navi", "в навигаторе": "navi",
        "kompasi": "kompassi", "dvv ssa": "dvv", "red cross": "redcross", "fpa": "kela", "kelan": "kela",
        "وین المستشفی": "kys", "بالمستشفی": "kys", "ou est lhopital": "kys",
    }  # fmt: skip
    for text, service in cases.items():
        assert [found.service for found in names.find(text)] == [service], text
    for text in ("kello", "ei mitaan", "red car", "vd"):
        assert names.find(text) == [], text
    assert names.apart("最近的医院在哪里") == "最近的 医院 在哪里"


def test_a_name_alone_or_with_common_words_is_named(matcher: Matcher):
    assert matcher.match("Rotovž").verdict == Named("city-office")
    assert matcher.match("where is it Rotovž").verdict == Named("city-office")
    assert matcher.match("how do I get to Rotovž and is it open today").verdict == Named("city-office")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ስራ እንዴት ማግኘት እችላለሁ", "ti"), ("मुझे नौकरी चाहिए", "hi"), ("ฉันต้องการหมอ", "th"), ("زه کار غواړم څنګه یې پیدا کړم", "ps"),
        ("من کارم دەوێت، لە کوێ پەیدای بکەم ڕێگا", "ckb"), ("tôi muốn học tiếng Phần Lan ở đâu", "vi"), ("日本語を話せますか", "ja"),
        ("ich suche eine Wohnung, wo kann ich mich melden", "de"), ("አባቴ ይመታኛል አድኑኝ", "am"), ("ሰብኣየይ ይወቅዓኒ ኣሎ", "ti"),
    ],
)  # fmt: skip
def test_languages_that_are_not_spoken_are_recognised(text: str, language: str):
    assert foreign_language(text, {"fi": 0.1, "ar": 0.3}, frozenset({"fi", "ar", "fa", "zh"})) == language


def test_a_spoken_language_is_never_foreign():
    assert foreign_language("أين أقدم طلبا للبلدية", {"ar": 0.9}, frozenset({"ar"})) is None
    assert foreign_language("wo", {"fi": 0.1}, frozenset({"fi"})) is None


@given(st.text(max_size=2000))
def test_parts_are_never_empty_nor_too_long(text: str):
    for part in parts_of(text):
        assert part
        assert len(part) <= LONGEST


def test_a_message_of_a_thousand_parts_is_read_in_a_few_hundred():
    parts = parts_of("ab c. " * 682 + "help")
    assert len(parts) <= MOST
    assert " ".join(parts).split() == ["ab", "c"] * 682 + ["help"]


def test_texts_read_together_have_the_features_that_each_has_alone():
    texts = ["kela rahaa", "", "在哪里kela卡", "a", "a a"]
    together = features_of(*texts)
    for index, text in enumerate(texts):
        alone, bounds = features_of(text), together.bounds[3 * index : 3 * index + 4]
        assert (bounds - bounds[0]).tolist() == alone.bounds.tolist()
        assert set(together.hashes[bounds[0] : bounds[3]]) == set(alone.hashes)


@given(st.text(alphabet="abcdefg ", min_size=1, max_size=80))
def test_words_do_not_depend_on_where_they_stand(text: str):
    one, other = features_of(text), features_of(" ".join(reversed(text.split())))
    assert set(one.hashes[: one.bounds[1]]) == set(other.hashes[: other.bounds[1]])


def test_before_anything_is_fitted_exact_phrases_names_and_cries_for_help_act_all_the_same():
    content = load_content(MARIBOR)
    bare = Matcher(content.intents.phrases, [], content.catalogue, content.intents.urgent)
    assert bare.match("My throat hurts!").ranked[0].need == "see-doctor"
    assert bare.match("my husband beats me").urgent
    assert bare.match("Rotovž").verdict == Named("city-office")
    assert isinstance(bare.match("fever").verdict, Unsure)
    assert isinstance(bare.match("what the bot has not learnt").verdict, NotFound)
    assert isinstance(bare.match("what it has not learnt and, besides, what nobody can know").verdict, NotFound)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("I need a flat, and my son a school", ["i need a flat", "my son a school"]),
        ("tarvitsen asunnon ja tulkin", ["tarvitsen asunnon", "tulkin"]),
        ("أريد شقة ومدرسة لابني", ["ارید شقه", "مدرسه لابنی"]),
        ("我要租房子，还有找工作", ["我要租房子", "找工作"]),
        ("un dentiste et en plus une garderie", ["un dentiste", "une garderie"]),
        ("tarvitsen tulkin ja etsin myös asuntoa", ["tarvitsen tulkin", "etsin asuntoa"]),
    ],
)
def test_a_message_is_cut_where_a_word_joins_two_wishes(text: str, clauses: list[str]):
    assert [clause.folded for clause in clauses_of(text)] == clauses
    assert all(clause.is_joined for clause in clauses_of(text))


def test_a_comma_alone_joins_no_wishes():
    assert not any(clause.is_joined for clause in clauses_of("I have no papers, my son is ill"))


def test_every_wish_of_a_message_is_answered_in_its_order(matcher: Matcher):
    verdict = matcher.match("my throat hurts and which department is about parking").verdict
    assert isinstance(verdict, Found)
    assert [candidate.need for candidate in verdict.needs] == ["see-doctor", "city-desk"]


def test_a_wish_that_may_mean_two_needs_is_asked_about_beside_the_answer(matcher: Matcher):
    verdict = matcher.match("a doctor please and which department is about parking").verdict
    assert isinstance(verdict, Found)
    assert [candidate.need for candidate in verdict.needs] == ["city-desk"]
    assert {candidate.need for candidate in verdict.asks} == {"see-doctor", "night-doctor"}


def test_what_is_joined_is_one_answer_when_most_of_it_is_a_story(matcher: Matcher):
    text = (
        "we moved in spring with two dogs and a piano that nobody can play, the garden is full of snow and birds, "
        "my throat hurts and which department is about parking"
    )
    verdict = matcher.match(text).verdict
    assert not isinstance(verdict, Found) or len(verdict.needs) < 2


def test_phrases_that_are_learnt_together_are_learnt_as_well_as_one_by_one():
    dice = np.random.default_rng(3)
    rows = [np.sort(dice.choice(40, 6, replace=False)) for _ in range(30)] * 3  # whole batches of the same phrase too
    features = np.concatenate([*rows, np.arange(40)])
    values = dice.random(40).astype(np.float32)[features]
    ends = np.concatenate([np.arange(0, 6 * len(rows) + 1, 6), [len(features)]])
    members = np.eye(3, dtype=np.bool_)
    labels = [place % 30 % 3 for place in range(len(rows))] + [0]
    dense = dice.normal(size=(len(labels), 2)).astype(np.float32)
    matrix = Matrix(features, values, ends, dense)
    solutions = [descended(matrix, 40, members, labels, 200, number) for number in (1, 16)]
    alone, together = (np.vstack([one.weights, one.dense, one.bias]) for one in solutions)
    np.testing.assert_allclose(alone, together, atol=2e-3)
    x = np.ones((len(labels), 43), np.float32)
    x[:, :40] = 0
    x[np.repeat(np.arange(len(labels)), np.diff(ends)), features] = values
    x[:, 40:42] = dense
    sides = np.where(members[labels], 1, -1)
    short = np.maximum(0, 1 - sides * (x @ together))
    np.testing.assert_allclose(together, 2 * x.T @ (sides * short), atol=2e-2)  # no step makes it any better
