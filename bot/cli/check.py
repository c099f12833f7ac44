"""``opas check``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import click

from bot.catalogue.content import LOCALES_FOLDER, errors_of, find_content, read_content
from bot.catalogue.freshness import facts_from_the_future, missing_facts, stale_facts
from bot.catalogue.notspoken import check_not_spoken, read_not_spoken
from bot.catalogue.phrases import Intents
from bot.cli.common import content_option, say_json, settings_of
from bot.clock import clock_of
from bot.errors import Complaint
from bot.matching.languages import RECOGNISED
from bot.matching.overlaps import overlaps
from bot.model import Catalogue, Locale
from bot.settings import unknown_settings
from bot.thesaurus import things
from bot.translation import check as check_translations

PHONE_FIRST: Final = 30
FEWEST_PHRASES: Final = 12
"""Phrases and words that a need must have in each language."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a content folder holds, and what is wrong with it."""

    catalogue: Catalogue | None
    """None when its faults hide it."""
    intents: Intents
    errors: Sequence[Complaint]
    warnings: Sequence[Complaint]
    coverage: Mapping[Locale, tuple[int, int]]
    """Language → how many texts are translated, and how many there are."""
    today: date


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
@content_option
@click.pass_context
def check(ctx: click.Context, as_json: bool, content: Path | None) -> None:
    """Check all content: every fault with file, line and the word probably meant; then what is old or missing."""
    settings = settings_of(ctx, content)
    for line in unknown_settings(ctx.obj or {}):
        click.echo(f"{line} (warning)", err=True)
    folder = find_content(settings.content, Path.cwd())
    catalogue, intents, complaints = read_content(folder)
    today = clock_of(settings)().date()
    coverage: Mapping[Locale, tuple[int, int]] = {}
    if catalogue is not None:
        translations = check_translations(folder / LOCALES_FOLDER, catalogue)
        coverage = translations.coverage
        complaints += _few_phrases(catalogue, intents)
        complaints += overlaps(folder, intents)
        complaints += translations.complaints
        complaints += _not_spoken(folder, catalogue)
        complaints += facts_from_the_future(catalogue, today)
    warnings = [complaint for complaint in complaints if complaint.severity == "warning"]
    found = _Found(catalogue, intents, errors_of(complaints), warnings, coverage, today)
    if as_json:
        say_json(_as_json(found))
    else:
        _say(found)
    ctx.exit(1 if found.errors else 0)


def _few_phrases(catalogue: Catalogue, intents: Intents) -> list[Complaint]:
    """Needs that a language cannot ask for yet."""
    found = []
    for language in catalogue.languages:
        counts: dict[str, int] = {}
        for phrase in intents.phrases.get(language, ()):
            counts[phrase.label] = counts.get(phrase.label, 0) + 1
        few = [need.id for need in catalogue.needs.values() if counts.get(need.id, 0) < FEWEST_PHRASES]
        if few:
            shown = ", ".join(few[:5]) + (f" and {len(few) - 5} more" if len(few) > 5 else "")
            text = f"fewer than {FEWEST_PHRASES} phrases for {shown}"
            found.append(Complaint(f"intents/{language}", 0, 0, text, "warning"))
    return found


def _not_spoken(folder: Path, catalogue: Catalogue) -> list[Complaint]:
    """What is wrong with the lines in languages that this city leaves out."""
    recognised = {*RECOGNISED, *things().languages}
    left_out = {*things().languages} - {*catalogue.languages}
    shipped = read_not_spoken(find_content(None) / LOCALES_FOLDER) if left_out else {}
    return check_not_spoken(folder / LOCALES_FOLDER, recognised, left_out, shipped)


def _say(found: _Found) -> None:
    catalogue = found.catalogue
    for complaint in found.errors:
        click.echo(str(complaint))
    for complaint in found.warnings:
        click.echo(f"{complaint} (warning)")
    if catalogue is None:
        return
    stale = stale_facts(catalogue, found.today)
    if stale:
        click.echo(f"\n{len(stale)} facts are past their date; the bot says so to people. The oldest:")
        for service_id, name, fact in stale[:10]:
            click.echo(f"  {service_id}: {name}, checked {fact.checked}, {fact.source}")
    missing = missing_facts(catalogue, found.today)
    if missing:
        click.echo(f"\n{len(missing)} facts are missing. The {min(PHONE_FIRST, len(missing))} to phone for first:")
        for number, (service, what, _) in enumerate(missing[:PHONE_FIRST], 1):
            click.echo(f"  {number:2}. {service.name or '…'}: {what} ({service.id})")
    click.echo("\nlanguage  phrases  texts")
    for language, review in catalogue.languages.items():
        state = "reviewed" if review else "draft"
        have, total = found.coverage[language]
        click.echo(f"  {language:6} {len(found.intents.phrases.get(language, ())):>8}  {have}/{total} {state}")
    services, needs = _count(catalogue.services, "service"), _count(catalogue.needs, "need")
    faults, warnings = _count(found.errors, "fault"), _count(found.warnings, "warning")
    click.echo(f"\n{catalogue.city.name or '…'}: {services}, {needs}. {faults}, {warnings}.")


def _count(found: Collection[object], word: str) -> str:
    return f"{len(found) or 'no'} {word}{'' if len(found) == 1 else 's'}"


def _as_json(found: _Found) -> dict[str, Any]:
    catalogue = found.catalogue

    def plain(complaint: Complaint) -> dict[str, Any]:
        return {
            "file": complaint.file, "line": complaint.line, "column": complaint.column, "text": complaint.text,
            "severity": complaint.severity,
        }  # fmt: skip

    result: dict[str, Any] = {"errors": list(map(plain, found.errors)), "warnings": list(map(plain, found.warnings))}
    if catalogue is not None:
        result["stale"] = [
            {"service": service_id, "fact": name, "checked": fact.checked.isoformat(), "source": fact.source}
            for service_id, name, fact in stale_facts(catalogue, found.today)
        ]
        result["missing"] = [
            {"service": service.id, "name": service.name, "fact": what, "weight": weight}
            for service, what, weight in missing_facts(catalogue, found.today)
        ]
        result["languages"] = {
            language: {"phrases": len(found.intents.phrases.get(language, ())), "texts": have, "of": total}
            for language, (have, total) in found.coverage.items()
        }
    return result
