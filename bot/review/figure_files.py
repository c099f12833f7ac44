"""The figures as files: CSV for a spreadsheet, JSON for a program. What the page hides is hidden here too."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict
from typing import Final

from bot.review.figures import Overview

COLUMNS: Final = ("table", "key", "detail", "measure", "value")


def as_json(overview: Overview) -> str:
    """All tables; null where a figure is hidden."""
    return json.dumps(asdict(overview), ensure_ascii=False, indent=2) + "\n"


def as_csv(overview: Overview) -> str:
    """One figure a line (table, key, detail, measure, value), UTF-8 with its mark, for spreadsheets; an empty value is
    hidden. Nothing in it begins like a formula: keys are ids, codes and days."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for table in ("days", "weeks", "languages", "needs"):
        for tally in getattr(overview, table):
            for measure, value in zip(("answered", "asked-back", "unanswered"), tally.values, strict=True):
                writer.writerow((table, tally.key, "", measure, _cell(value)))
    for judged in overview.judged:
        writer.writerow(("judged", judged.need, "", "helpful", _cell(judged.helpful)))
        writer.writerow(("judged", judged.need, "", "wrong", _cell(judged.wrong)))
    for month, need, times in overview.urgent:
        writer.writerow(("urgent", month, need, "times", _cell(times)))
    for unmet in overview.unmet:
        writer.writerow(("unmet", unmet.group_id, unmet.need, "people", unmet.people))
    for name, figure in asdict(overview.waiting).items():
        writer.writerow(("waiting", "", "", name, _cell(figure)))
    for rate in overview.rates:
        low, high = rate.interval
        for name, figure in (("right", rate.right), ("wrong", rate.wrong), ("unclear", rate.unclear)):
            writer.writerow(("sample", rate.language, "", name, figure))
        writer.writerow(("sample", rate.language, "", "right-share-low", f"{low:.3f}"))
        writer.writerow(("sample", rate.language, "", "right-share-high", f"{high:.3f}"))
    return out.getvalue()


def _cell(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if isinstance(value, float) else str(value)
