"""The command line as other programs and people call it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.catalogue.content import load_content
from bot.cli.main import opas
from bot.matching.cache import HeadCache
from bot.matching.shared import SHARED
from tests.conftest import MARIBOR, SHIPPED, fit_all, spoil, without_settings


@pytest.fixture
def run(head_cache: HeadCache, monkeypatch: pytest.MonkeyPatch):
    without_settings(monkeypatch)
    monkeypatch.setenv("OPAS_CACHE", str(head_cache.folder))
    monkeypatch.setenv("OPAS_CONTENT", str(MARIBOR))

    def call(*words: str, stdin: str = "") -> Result:
        return CliRunner().invoke(opas, words, input=stdin)

    return call


def test_ask_prints_the_answer_as_text(run):
    result = run("ask", "which department is about parking", "--at", "2026-11-24T10:00")
    assert result.exit_code == 0
    assert "Mestna občina Maribor" in result.output
    assert "Open now, until 12:00." in result.output


def test_a_day_that_is_still_to_come_is_no_day_on_which_a_fact_was_read(run, monkeypatch, copied_content):
    services = copied_content / "services.yaml"
    text = services.read_text(encoding="utf-8").replace("checked: 2020-03-01", "checked: 2026-11-26", 1)
    services.write_text(text, encoding="utf-8")
    monkeypatch.setenv("OPAS_NOW", "2026-11-24T10:00:00+01:00")
    result = run("check", "--content", str(copied_content))
    assert result.exit_code == 1
    assert "service health-centre: facts: phones: checked: 2026-11-26 is still to come" in result.output


def test_check_names_old_facts_of_the_person_and_none_of_what_has_ended(run, copied_content: Path):
    spoil(
        copied_content,
        "phones: {source: https://maribor.si/uradne-ure/, checked: 2026",
        "phones: {source: https://maribor.si/uradne-ure/, checked: 2020",
    )
    spoil(
        copied_content,
        "    name: Zdravstveni dom Maribor\n",
        "    name: Zdravstveni dom Maribor\n    ended: 2024-12-31\n",
    )
    found = json.loads(run("check", "--content", str(copied_content), "--json").stdout)
    assert {fact["service"] for fact in found["stale"]} == {"person"}
    assert "health-centre" not in {fact["service"] for fact in found["missing"]}


def test_ask_why_names_the_phrase_the_score_and_the_runner_up(run):
    result = run("ask", "where is the town hall please", "--why")
    assert "«where is the town hall» (en, scored)" in result.output
    assert "verdict: Found" in result.output
    assert len([line for line in result.output.splitlines() if line.startswith("  ")]) == 3


def test_ask_json_names_the_services_in_the_order_shown(run):
    found = json.loads(run("ask", "doctor on duty at night", "--json").output)
    assert found["verdict"] == "found"
    assert found["services"] == ["health-centre", "emergency-112"]
    assert found["ids"] == {"emergency-112": {"osm": "n1"}}


def test_ask_at_a_holiday_says_when_it_opens(run):
    result = run("ask", "which department is about parking", "--at", "2026-12-25T10:00")
    assert "Closed now. Opens: Monday 8:00." in result.output


def test_match_answers_one_line_for_each_in_order(run):
    lines = ["my throat hurts", "", "hello", "my husband beats me", "Rotovž"]
    result = run("match", stdin="".join(json.dumps({"text": text}) + "\n" for text in lines))
    found = [json.loads(line) for line in result.output.splitlines()]
    assert [line["verdict"] for line in found] == ["found", "not-found", "small-talk", "found", "named"]
    assert [line["urgent"] for line in found] == [False, False, False, True, False]
    assert found[0]["shown"] == 1
    assert found[0]["needs"][0]["id"] == "see-doctor"
    assert set(found[0]["needs"][0]) == {"id", "confidence", "phrase", "language", "rule"}
    assert all(len(line["needs"]) <= 5 for line in found)
    assert found[4]["service"] == "city-office"


@pytest.mark.parametrize("line", ['{"words": "x"}', "[" * 100_000], ids=["another key", "nested"])
def test_match_needs_lines_with_a_text(run, line: str):
    result = run("match", stdin=f"{line}\n")
    assert result.exit_code == 2
    assert 'line 1 is not like {"text": "…"}' in result.output


def test_match_and_eval_work_on_a_folder_of_phrases_alone(run, tmp_path: Path, head_cache: HeadCache):
    folder = tmp_path / "public" / "en"
    folder.mkdir(parents=True)
    (folder / "banking.yaml").write_text(
        "lost-card: [my card is gone, I lost my card]\ntransfer: [send money, transfer cash]\n"
    )
    (folder / "none.yaml").write_text("oos: [what is the weather, tell me a joke]\n")
    (folder / "urgent.yaml").write_text("fraud: [somebody steals my money now, help a thief]\n")
    result = run(
        "match",
        "--intents",
        str(tmp_path / "public"),
        stdin='{"text": "I have lost my card"}\n{"text": "a thief steals money"}\n',
    )
    first, second = (json.loads(line) for line in result.output.splitlines())
    assert first["needs"][0]["id"] == "lost-card"
    assert second["urgent"]
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"lang": "en", "text": "my card is lost", "needs": ["lost-card"], "kind": "plain"}\n')
    report = json.loads(run("eval", str(questions), "--intents", str(tmp_path / "public"), "--json").output)
    assert report["in_scope"]["all"]["n"] == 1


def test_eval_counts_right_offered_wrong_refused_and_urgent(run, tmp_path: Path):
    questions = tmp_path / "q.jsonl"
    rows = [
        ("my throat hurts", ["see-doctor"], "plain"),
        ("an application", ["letters"], "keyword"),
        ("where is the town hall", ["see-doctor"], "plain"),
        ("which film is the best one about planets", ["see-doctor"], "plain"),
        ("tell me a joke", [], "off-topic"),
        ("my husband beats me", ["violence"], "plain"),
    ]
    questions.write_text(
        "".join(json.dumps({"lang": "en", "text": t, "needs": n, "kind": k}) + "\n" for t, n, k in rows)
    )
    report = json.loads(run("eval", str(questions), "--json").output)
    assert report["in_scope"]["all"] == {"n": 5, "right": 2, "offered": 1, "wrong": 1, "refused": 1}
    assert report["out_of_scope"]["all"] == {"n": 1, "refused": 1}
    assert report["urgent"] == {"n": 1, "missed": 0, "others": 5, "false_alarms": 0}
    shown = run("eval", str(questions), "--show", "wrong").output
    assert "where is the town hall" in shown
    assert "urgent: 1 of 1 recognised (100.0 %)" in shown


def test_eval_asks_the_phrases_of_matchers_that_do_not_know_them(run):
    result = run("eval", "--leave-one-out", "--lang", "en", "--json")
    report = json.loads(result.output[result.output.index("{") :])
    phrases = [p for p in load_content(MARIBOR).intents.phrases["en"] if ":" not in p.label]
    assert report["in_scope"]["all"]["n"] == len(phrases)
    # Word for word they would all be found.
    assert report["in_scope"]["all"]["right"] < len(phrases)
    assert sum(tenth["n"] for tenth in report["calibration"]) >= len(phrases)
    assert "not both" in run("eval").stderr


def test_eval_names_the_line_that_is_no_question(run, tmp_path: Path):
    (tmp_path / "q.jsonl").write_text('{"lang": "en", "text": "x", "needs": []}\nnonsense\n')
    result = run("eval", str(tmp_path / "q.jsonl"))
    assert result.exit_code == 1
    assert "q.jsonl:2: not a question" in result.output


def test_the_mark_that_some_editors_put_before_utf_8_is_no_part_of_a_file(run, tmp_path: Path):
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"lang": "en", "text": "where is the town hall", "needs": []}\n', encoding="utf-8-sig")
    assert run("eval", str(questions)).exit_code == 0
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    texts = folder / "locales/sl/LC_MESSAGES/opas.po"
    texts.write_text(texts.read_text("utf-8"), encoding="utf-8-sig")
    assert json.loads(run("check", "--content", str(folder), "--json").stdout)["errors"] == []


def test_check_is_content_with_good_content_and_lists_what_is_missing(run):
    result = run("check")
    assert result.exit_code == 0
    assert "to phone for first" in result.output
    assert "Maribor: 5 services, 6 needs." in result.output


def test_check_ends_with_1_and_all_faults(run, tmp_path: Path):
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    text = (folder / "services.yaml").read_text(encoding="utf-8")
    text = text.replace("cost: free", "cost: fre", 1).replace("    email: gp", "    e-mail: gp", 1)
    (folder / "services.yaml").write_text(text, encoding="utf-8")
    result = run("check", "--content", str(folder))
    assert result.exit_code == 1
    assert "'fre' is not one of free, paid, varies. Did you mean 'free'?" in result.output
    assert "no key 'e-mail'. Did you mean 'email'?" in result.output
    machine = json.loads(run("check", "--content", str(folder), "--json").output)
    assert {"file", "line", "column", "text", "severity"} == set(machine["errors"][0])


def test_check_names_a_setting_that_is_none(run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPAS_LOGG", "json")
    result = run("check", "--json")
    assert "OPAS_LOGG is no setting of Opas and is not read. Did you mean 'OPAS_LOG'? (warning)" in result.stderr
    assert json.loads(result.stdout)["errors"] == []


def test_check_finds_a_translation_that_lost_a_field(run, tmp_path: Path):
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    path = folder / "locales/sl/LC_MESSAGES/opas.po"
    text = path.read_text(encoding="utf-8")
    start = text.index('msgid "Open now, until {time}."')
    end = text.index("\n\n", start)
    path.write_text(
        text[:start] + 'msgid "Open now, until {time}."\nmsgstr "Odprto do {ura}."' + text[end:], encoding="utf-8"
    )
    result = run("check", "--content", str(folder))
    assert "the translation must keep {time}; it has {ura}" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize(
    "broken", ['"Pokliči 112', 'Pokliči 112"', "”Pokliči 112”", '"Pokliči "112""', '"Pokliči 112\\"']
)
def test_check_finds_a_translation_without_its_quotes(run, tmp_path: Path, broken: str):
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    text = 'msgid "In an emergency call {number}."\nmsgstr '
    spoil(folder, f'{text}""', text + broken, "locales/sl/LC_MESSAGES/opas.po")
    [error] = json.loads(run("check", "--content", str(folder), "--json").stdout)["errors"]
    lines = (folder / error["file"]).read_text(encoding="utf-8").splitlines()
    assert lines[error["line"] - 1].startswith("msgstr")
    assert "write the text between two plain quotes" in error["text"]


def test_check_names_the_very_line_of_a_mistyped_keyword(run, tmp_path: Path):
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    text = 'msgid "In an emergency call {number}."\n'
    spoil(folder, f"{text}msgstr", f"{text}mgstr", "locales/sl/LC_MESSAGES/opas.po")
    [error] = json.loads(run("check", "--content", str(folder), "--json").stdout)["errors"]
    lines = (folder / error["file"]).read_text(encoding="utf-8").splitlines()
    assert lines[error["line"] - 1].startswith("mgstr")
    assert error["text"] == "not a .po file that can be read: Unknown or misformatted keyword"


def test_check_names_all_translations_that_cannot_be_read(run, tmp_path: Path):
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    spoil(folder, "charset=utf-8", "charset=CHARSET", "locales/sl/LC_MESSAGES/opas.po")
    arabic = folder / "locales/ar/LC_MESSAGES/opas.po"
    arabic.write_bytes(arabic.read_text(encoding="utf-8").encode("cp1256", "replace"))
    (folder / "locales/not-spoken.yaml").write_text("de: [", encoding="utf-8")
    errors = json.loads(run("check", "--content", str(folder), "--json").stdout)["errors"]
    files = ["locales/ar/LC_MESSAGES/opas.po", "locales/not-spoken.yaml", "locales/sl/LC_MESSAGES/opas.po"]
    assert [error["file"] for error in errors] == files


def test_a_folder_without_content_is_refused_in_words(run, tmp_path: Path):
    result = run("check", "--content", str(tmp_path))
    assert result.exit_code == 1
    assert "no services.yaml here" in result.output


def test_telegram_without_a_token_fails_and_says_what_to_set(run):
    result = run("run", "--telegram")
    assert result.exit_code == 1
    assert "Set TELEGRAM_BOT_TOKEN (see .env.example), then start again." in result.output


def test_translate_update_collects_every_text_and_moves_none(run, tmp_path: Path):
    folder = tmp_path / "city"
    shutil.copytree(MARIBOR, folder)
    shutil.rmtree(folder / "locales")
    assert "locales/ar/LC_MESSAGES/opas.po" in run("translate", "update", "--content", str(folder)).output
    path = folder / "locales/ar/LC_MESSAGES/opas.po"
    assert 'msgid "Call this number now: {name}."' in path.read_text(encoding="utf-8")
    header, first, second, third, *others = path.read_text(encoding="utf-8").split("\n\n")
    path.write_text("\n\n".join([header, second, first, *others]), encoding="utf-8")
    run("translate", "update", "--content", str(folder))
    assert path.read_text(encoding="utf-8") == "\n\n".join([header, second, third, first, *others])
    assert run("translate", "update", "--content", str(folder)).output == "All files are up to date.\n"


def test_a_changed_text_shows_what_was_translated_until_a_translator_takes_the_mark_away(run, copied_content: Path):
    update = ("translate", "update", "--content", str(copied_content))
    run(*update)
    path = copied_content / "locales/ar/LC_MESSAGES/catalogue.po"
    before = path.read_text(encoding="utf-8")
    empty = 'msgctxt "needs.city-desk.advice"\nmsgid "Za pogovor z uradnikom se najprej naroči."\nmsgstr ""'
    assert empty in before
    path.write_text(before.replace(empty, f'{empty[:-2]}"احجز موعدا أولا."'), encoding="utf-8")
    for old, new in (("se najprej naroči", "se naroči"), ("se naroči", "pokličite")):  # the first one was translated
        spoil(copied_content, f"Za pogovor z uradnikom {old}.", f"Za pogovor z uradnikom {new}.")
        run(*update)
    shown = '#| msgid "Za pogovor z uradnikom se najprej naroči."\n#, fuzzy\nmsgctxt "needs.city-desk.advice"\n'
    fuzzy = path.read_text(encoding="utf-8")
    assert shown in fuzzy
    path.write_text(fuzzy.replace(shown, shown.replace("#, fuzzy\n", "")), encoding="utf-8")
    run(*update)
    assert "#|" not in path.read_text(encoding="utf-8")


def test_check_leads_a_translator_to_the_first_text_that_is_missing(run, copied_content: Path):
    path, whole = (folder / "locales/ar/LC_MESSAGES/opas.po" for folder in (copied_content, SHIPPED))
    before, after = whole.read_text(encoding="utf-8").split('msgid "Menu"\n', 1)
    path.write_text(f'{before}#, fuzzy\nmsgid "Menu"\n{after}', encoding="utf-8")
    line = before.count("\n") + 2
    said = run("check", "--content", str(copied_content)).output
    assert re.search(rf"locales/ar/LC_MESSAGES/opas\.po:{line}: 1 of \d+ texts .*; this is the first one", said), said


@pytest.mark.parametrize("verb", ["run", "ask", "match", "eval", "check", "translate"])
def test_every_verb_explains_itself(run, verb: str):
    result = run(verb, "--help")
    assert result.exit_code == 0
    assert "--help" in result.output


def test_the_command_runs_as_a_program_of_its_own(head_cache: HeadCache):
    environment = {**os.environ, "OPAS_CACHE": str(head_cache.folder), "PYTHONPATH": str(SHIPPED)}
    command = [sys.executable, "-m", "bot", "ask", "my throat hurts", "--content", str(MARIBOR)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "Zdravstveni dom Maribor" in done.stdout


def test_a_missing_head_is_fitted_in_a_process_of_its_own(tmp_path: Path):
    from bot.guide import load_guide

    cache = HeadCache(tmp_path / "cache")
    guide = load_guide(MARIBOR, cache)
    assert {wanted.language for wanted in guide.missing} == {"sl", "en", "ar", SHARED}
    for learnt in (guide.missing[0], guide.missing[-1]):
        cache.fit_missing([learnt])
        assert learnt not in load_guide(MARIBOR, cache).missing
    assert len(load_guide(MARIBOR, cache).missing) == 2
    fit_all(cache, MARIBOR)
    assert not load_guide(MARIBOR, cache).missing
