"""The editors' file: every fault has its line, what is wrong, and the word probably meant."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.catalogue.content import load_content, read_content
from bot.errors import ContentError
from bot.guide import load_guide
from bot.matching.cache import HeadCache
from bot.matching.shared import SHARED
from tests.conftest import SHIPPED, fit_all, spoil


def faults(folder: Path) -> list[str]:
    return [str(complaint) for complaint in sorted(read_content(folder)[2])]


def test_the_small_city_has_no_faults(copied_content: Path):
    assert faults(copied_content) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("    email: gp.mom@maribor.si", "    e-mail: gp.mom@maribor.si", "no key 'e-mail'. Did you mean 'email'?"),
        ("services: [city-office]", "services: [city-offfice]", "no service 'city-offfice'. Did you mean 'city-office'?"),
        ("topic: health", "topic: heatlh", "no topic 'heatlh'. Did you mean 'health'?"),
        ('number: "113"', 'number: "113 000"', "write the number with + and country code"),
        ('"+386801155"', '"+3868011"', "cannot be a phone number"),
        ('"+386801155"', '"+999801155"', "cannot be a phone number: too short, too long or an unknown country code"),
        ("gp.mom@maribor.si", "gp.mom.maribor.si", "is not an e-mail address"),
        ("access: appointment", "access: apointment", "'apointment' is not one of walk-in, appointment"),
        ("cost: free", "cost: fre", "Did you mean 'free'?"),
        ("Mo,Tu,Th 08:00", "Mo,Tu,Th 8", "cannot read these hours"),
        ("13:00-16:00", "13:00-25:00", "'25:00' is no time of day: a day ends at 24:00; write a night like 22:00-02:00"),
        ("services: [city-office]", "services: []", "need city-desk: the list of services is empty; name a service"),
        ("    services: [health-centre]\n    advice: Pokliči in se naroči.\n", "", "'services' is missing; without a service"),
        ("topics:\n", "topics:\n  sport: {title: Šport}\n", "topic sport: no need belongs to it; give one 'topic: sport'"),
        ("  health: {title: Zdravje}\n", "  health: {title: Zdravje}\n  none: {title: Drugo}\n", "'none' cannot be an id here"),
        ("  emergency:\n", "  none: {topic: health, title: Drugo, advice: Pokliči}\n  emergency:\n", "'none' cannot be an id here"),
        ("checked: 2026-11-21", "checked: 21.11.2026", "'21.11.2026' is not a day; write it like 2026-11-21"),
        ("https://maribor.si}", "maribor.si}", "is not a web address"),
        ("renamed: {town-hall: city-office}", "renamed: {town-hall: city-ofice}", "no service or need 'city-ofice'. Did you mean 'city-office'?"),
        ("    summary: Reševalci, gasilci in druga nujna pomoč.\n", "", "'summary' is missing"),
        ("country: SI", "country: Slovenia", "no country 'SLOVENIA'"),
        ("timezone: Europe/Ljubljana", "timezone: Europe/Lublana", "no time zone"),
        ("aliases: [Reševalci]", "aliases: [Policija]", "belongs to service"),
        ("  - [see-doctor, night-doctor]", "  - [see-doctor, night-doctor, letters, city-desk]", "ask_between: 4 needs; at most 3"),
        ("languages: {sl: {reviewed: {by: a test, on: 2026-11-21}}, en: {}, ar: {}}", "languages: {}", "languages: nothing stands here"),
        ("media: [photo, document]", "media: [foto]", "'foto' is not one of photo, document"),
    ],
)  # fmt: skip
def test_a_fault_is_named_in_its_line_with_the_word_probably_meant(
    copied_content: Path, old: str, new: str, complaint: str
):
    line = spoil(copied_content, old, new)
    found = faults(copied_content)
    assert any(complaint in fault for fault in found), found
    place = next(fault for fault in found if complaint in fault).split(":")
    assert place[0] == "services.yaml"
    assert abs(int(place[1]) - line) <= 12  # a missing key is said where its owner begins


def test_the_exact_words_for_a_dangling_service(copied_content: Path):
    line = spoil(copied_content, "services: [city-office]", "services: [city-offfice]")
    assert faults(copied_content) == [
        f"services.yaml:{line}:16: no service 'city-offfice'. Did you mean 'city-office'?"
    ]


def test_a_repeated_key_is_named_with_its_first_line(copied_content: Path):
    line = spoil(
        copied_content, "    cost: free\n    access: phone\n", "    cost: free\n    cost: paid\n    access: phone\n"
    )
    assert faults(copied_content) == [
        f"services.yaml:{line + 1}:5: 'cost' stands here twice; the first one is in line {line}"
    ]


def test_a_fact_without_a_source_is_a_fault(copied_content: Path):
    spoil(copied_content, "      email: {source: https://maribor.si/uradne-ure/, checked: 2026-11-21}\n", "")
    [fault] = faults(copied_content)
    assert "'email' has no source; add facts: {email: {source: https://…, checked: 2026-11-21}}" in fault


def test_all_faults_are_named_at_once(copied_content: Path):
    spoil(copied_content, "cost: free", "cost: fre")
    spoil(copied_content, "services: [city-office]", "services: [city-offfice]")
    spoil(copied_content, "gori v stanovanju", "gori v stanovanju\n- gori v stanovanju", "intents/sl/urgent.yaml")
    with pytest.raises(ContentError) as caught:
        load_content(copied_content)
    assert len(caught.value.complaints) >= 2


@pytest.mark.parametrize(
    "broken", ["city: [", "a: b: c", "\t", "- 1\n- 2", "", "\ufeff", "city: {id: x", "&a *a", "{" * 3000]
)
def test_a_file_that_is_no_services_file_is_refused_in_words(copied_content: Path, broken: str):
    (copied_content / "services.yaml").write_text(broken, encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_content(copied_content)
    assert str(caught.value).startswith("services.yaml")


@pytest.mark.parametrize(
    ("file", "opened", "column"),
    [
        ("services.yaml", "city: " + "[" * 40_000, 25),
        ("services.yaml", "- " * 40_000, 39),
        ("intents/en/health.yaml", "sore-throat: " + "{a: " * 40_000, 86),
        ("locales/not-spoken.yaml", "ti: " + "[" * 40_000, 23),
    ],
    ids=["brackets", "dashes", "phrases", "not-spoken"],
)
def test_what_is_nested_too_deeply_is_refused_before_it_ends_the_process(
    copied_content: Path, file: str, opened: str, column: int
):
    (copied_content / file).write_text(opened, encoding="utf-8")
    command = [sys.executable, "-m", "bot", "check", "--content", str(copied_content)]
    environment = {**os.environ, "PYTHONPATH": str(SHIPPED)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert f"{file}:1:{column}: nested more than 20 deep: take out brackets, dashes or indents" in done.stdout


def test_bytes_that_are_no_text_are_refused(copied_content: Path):
    (copied_content / "services.yaml").write_bytes(b"city: \xff\xfe\x00")
    with pytest.raises(ContentError, match="UTF-8"):
        load_content(copied_content)


def test_a_phrase_of_two_needs_is_named_with_both_places(copied_content: Path):
    spoil(copied_content, "- boli me grlo", "- kje je občina", "intents/sl/health.yaml")
    assert any("'kje je občina' stands in intents/sl/everyday.yaml" in fault for fault in faults(copied_content))


def test_a_need_in_the_wrong_file_is_told_where_it_belongs(copied_content: Path):
    spoil(copied_content, "see-doctor:", "city-desk:", "intents/sl/health.yaml")
    assert any(
        "need 'city-desk' belongs to topic everyday: move it to everyday.yaml" in fault
        for fault in faults(copied_content)
    )


def test_a_language_with_phrases_of_one_need_alone_cannot_be_learnt(copied_content: Path):
    for path in (copied_content / "intents" / "ar").glob("*.yaml"):
        path.unlink()
    (copied_content / "intents" / "ar" / "health.yaml").write_text("see-doctor: [طبيب]\n", encoding="utf-8")
    [fault] = faults(copied_content)
    assert fault.startswith("intents/ar: phrases of one need only; write some of another one")


def test_a_mistyped_need_is_told_the_word_probably_meant(copied_content: Path):
    spoil(copied_content, "see-doctor:", "see-doctr:", "intents/sl/health.yaml")
    assert any("no need 'see-doctr'. Did you mean 'see-doctor'?" in fault for fault in faults(copied_content))


def test_values_stay_what_was_written(copied_content: Path):
    """YAML 1.1 would make no → False, 12:30 → 750, 112 → a number."""
    content = load_content(copied_content)
    assert content.catalogue.services["emergency-112"].phones[0].number == "112"
    assert content.catalogue.services["emergency-112"].phones[0].hours == "24/7"


def test_a_phrase_that_is_indented_too_far_is_not_glued_to_the_one_before(copied_content: Path):
    spoil(copied_content, "- anything else\n", "- anything else\n  - who else\n", "intents/en/follow-up.yaml")
    [fault] = faults(copied_content)
    assert fault.startswith("intents/en/follow-up.yaml:")
    assert fault.endswith("other: phrases: these lines are read as one text; begin every '- ' in the same column")


def test_a_key_without_phrases_is_told_how_they_are_written(copied_content: Path):
    phrases = "- another place\n- anything else\n"
    spoil(copied_content, phrases, "", "intents/en/follow-up.yaml")
    [warning] = load_content(copied_content).warnings  # it may be written later
    assert warning.text == "'other' has no phrases: write each below it in a line that begins with '- '"
    spoil(copied_content, "other:\n", "other: another place\n", "intents/en/follow-up.yaml")
    [fault] = faults(copied_content)
    assert fault.endswith("'other' has no phrases: write each below it in a line that begins with '- '")


def test_a_language_in_which_nothing_is_written_yet_does_not_hinder_the_others(copied_content: Path, tmp_path: Path):
    spoil(copied_content, "languages: {", "languages: {pl: {}, ", "services.yaml")
    (copied_content / "intents" / "pl").mkdir()
    (copied_content / "intents" / "pl" / "urgent.yaml").write_text("violence:\nemergency:\n", encoding="utf-8")
    content = load_content(copied_content)
    assert set(content.intents.phrases) == {"sl", "en", "ar"}
    assert len(content.warnings) == 2
    cache = HeadCache(tmp_path)
    fit_all(cache, copied_content)
    guide = load_guide(copied_content, cache)
    assert not guide.missing
    assert {head.language for head in guide.heads} == {"sl", "en", "ar", SHARED}


def test_words_between_needs_must_stand_between_needs_that_are_asked_about(copied_content: Path):
    spoil(copied_content, "see-doctor + night-doctor", "see-doctor + city-desk", "intents/en/ask-between.yaml")
    assert any(
        "'see-doctor + city-desk' is not in ask_between of services.yaml." in fault for fault in faults(copied_content)
    )


def test_a_mistyped_need_between_needs_is_named(copied_content: Path):
    spoil(copied_content, "see-doctor + night-doctor", "see-doctr + night-doctor", "intents/en/ask-between.yaml")
    assert any("no need 'see-doctr'. Did you mean 'see-doctor'?" in fault for fault in faults(copied_content))
