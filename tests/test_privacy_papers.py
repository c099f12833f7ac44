"""The papers for the controller against the program: their tables are the database's."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

from bot.cli.main import opas
from bot.store.retention import RETENTION
from bot.store.rules import table_of_records
from bot.store.traces import TRACES

PAPERS = Path(__file__).parents[1] / "docs" / "privacy"


def between(paper: str, name: str) -> str:
    text = (PAPERS / paper).read_text(encoding="utf-8")
    return text.split(f"<!-- {name}: begin -->\n")[1].split(f"<!-- {name}: end -->")[0]


def test_the_record_of_processing_lists_the_tables_as_the_program_does():
    assert CliRunner().invoke(opas, ["export", "record"]).output == table_of_records(RETENTION)
    assert between("record-of-processing.md", "tables") == table_of_records(RETENTION), (
        "put what `opas export record` prints between the two marks of docs/privacy/record-of-processing.md"
    )


def test_the_impact_assessment_lists_the_tables_that_know_a_chat():
    periods = {rule.table: rule for rule in RETENTION}
    days = {table: "1 day" if rule.days == 1 else f"{rule.days} days" for table, rule in periods.items()}
    lines = [f"- `{table}`, {days[table]}: {periods[table].reason}" for table in TRACES]
    assert between("impact-assessment.md", "chats") == "\n".join(lines) + "\n", "\n".join(lines)


def test_every_table_is_in_the_picture():
    stores = re.findall(r'\[\("([^<"]+)', (PAPERS / "data-flow.md").read_text(encoding="utf-8"))
    drawn = [table.strip() for store in stores for table in store.split("·")]
    assert sorted(drawn) == sorted(rule.table for rule in RETENTION)


def test_the_papers_say_that_they_are_drafts_and_name_nobody():
    for paper in PAPERS.glob("*.md"):
        text = paper.read_text(encoding="utf-8")
        assert "draft" in text.casefold(), paper.name
        assert "@" not in text.replace("@BotFather", ""), f"an address in {paper.name}"
