"""What a rule of the retention table says, and how the table reads on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """The period of one table."""

    table: str
    days: int | None
    """After these many days the row goes; None: it stays."""
    since: str
    """SQL: the moment from which the days count; while it is NULL the row stays. Empty when nothing ends."""
    reason: str
    columns: Mapping[str, str]
    """Every column and what it is kept for; one that is emptied earlier than its row goes says so."""


def table_of_records(rules: Iterable[Rule]) -> str:
    """The table of periods as Markdown, for the record of processing: what is kept, why, how long, in which columns."""
    lines = ["| table | what and why | days | columns |", "|---|---|---|---|"]
    for rule in rules:
        columns = "; ".join(f"`{column}`: {purpose}" for column, purpose in rule.columns.items())
        lines.append(f"| `{rule.table}` | {rule.reason} | {rule.days or 'no end'} | {columns} |")
    return "\n".join(lines) + "\n"
