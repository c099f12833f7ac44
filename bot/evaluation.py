"""Questions with known needs against the matcher: right, offered, wrong, refused; urgent; calibration."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from bot.errors import OpasError
from bot.matching.labels import is_need
from bot.model import Found, Match, Named, Phrase, Unsure

Judgement: TypeAlias = Literal["right", "offered", "wrong", "refused", "answered", "asked"]
IN_SCOPE: Final = ("right", "offered", "wrong", "refused")
OUT_OF_SCOPE: Final = ("answered", "asked", "refused")
BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Question:
    """A question whose needs are known."""

    text: str
    language: str
    needs: frozenset[str]
    """Labels; empty for a question that nobody here answers."""
    kind: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What the matcher made of a question, and whether that was right."""

    question: Question
    match: Match
    shown: tuple[str, ...]
    judgement: Judgement


@dataclass(slots=True)
class Judgements:
    """How many questions were judged how."""

    n: int = 0
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, judgement: str) -> None:
        self.n += 1
        self.counts[judgement] += 1

    def share(self, *judgements: str) -> float:
        """0–1."""
        return sum(self.counts[name] for name in judgements) / self.n if self.n else 0.0


@dataclass(slots=True)
class Report:
    """All that ``opas eval`` says."""

    in_scope: dict[str, Judgements] = field(default_factory=lambda: defaultdict(Judgements))
    """By language, by ``kind:KIND`` and for ``all``."""
    out_of_scope: dict[str, Judgements] = field(default_factory=lambda: defaultdict(Judgements))
    urgent_missed: list[Judged] = field(default_factory=list)
    urgent_total: int = 0
    false_alarms: list[Judged] = field(default_factory=list)
    not_urgent_total: int = 0
    wrong: list[Judged] = field(default_factory=list)
    calibration: list[tuple[int, float, float]] = field(default_factory=list)
    """For each tenth of confidence: questions, mean confidence of the first need, share in which it is right."""

    @property
    def calibration_error(self) -> float:
        """0–1: how far confidence and share of right ones are apart, on average over the questions (ECE)."""
        total = sum(n for n, _, _ in self.calibration)
        return sum(n * abs(sure - right) for n, sure, right in self.calibration) / total if total else 0.0


def read_questions(paths: Iterable[Path]) -> list[Question]:
    """JSON lines ``{"lang", "text", "needs", "kind"}``. Raises OpasError that names file and line."""
    questions = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")  # JSON may hold other ends of lines in a text
        except (OSError, UnicodeDecodeError) as error:
            raise OpasError(f"{path}: cannot be read: {error}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                questions.append(_question(path, number, line))
    return questions


def _question(path: Path, number: int, line: str) -> Question:
    try:
        data = json.loads(line)
        needs = frozenset(str(need) for need in data.get("needs", ()))
        return Question(str(data["text"]), str(data.get("lang", "")), needs, str(data.get("kind", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        hint = 'write {"lang": "en", "text": "…", "needs": ["…"], "kind": "plain"}'
        raise OpasError(f"{path}:{number}: not a question: {hint}") from error


def shown_needs(match: Match, answers: Callable[[str, str], bool]) -> tuple[str, ...]:
    """The needs that a verdict shows. ``answers(service, need)``: whether the service answers the need."""
    match match.verdict:
        case Found(needs) | Unsure(needs):
            return tuple(candidate.need for candidate in needs)
        case Named(service) if match.ranked and answers(service, match.ranked[0].need):
            return (match.ranked[0].need,)
        case _:
            return ()


def judge(question: Question, match: Match, answers: Callable[[str, str], bool]) -> Judged:
    """One question: right, offered, wrong or refused; answered, asked or refused when nobody here answers it."""
    shown = shown_needs(match, answers)
    answered = isinstance(match.verdict, Found | Named)
    if not question.needs:
        asked = isinstance(match.verdict, Unsure)
        judgement: Judgement = "answered" if answered else "asked" if asked else "refused"
    elif answered and shown and set(shown) <= question.needs:
        judgement = "right"
    elif set(shown) & question.needs:
        judgement = "offered"
    elif answered:
        judgement = "wrong"
    else:
        judgement = "refused"
    return Judged(question, match, shown, judgement)


def evaluate(
    questions: Iterable[Question],
    match: Callable[[str], Match],
    answers: Callable[[str, str], bool],
    urgent: frozenset[str],
) -> Report:
    """Judge all questions."""
    return report_on(((question, match(question.text)) for question in questions), answers, urgent)


def question_of(phrase: Phrase) -> Question:
    """A phrase as a question with a known need; one of none.yaml has none."""
    needs = frozenset({phrase.label}) if is_need(phrase.label) else frozenset()
    return Question(phrase.text, phrase.language, needs, "word" if phrase.is_word else "phrase")


def report_on(
    matched: Iterable[tuple[Question, Match]], answers: Callable[[str, str], bool], urgent: frozenset[str]
) -> Report:
    """Judge questions that have been matched."""
    report = Report()
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for question, match in matched:
        judged = judge(question, match, answers)
        by_key = report.in_scope if question.needs else report.out_of_scope
        for key in (question.language, f"kind:{question.kind}", "all"):
            by_key[key].add(judged.judgement)
        if judged.judgement in {"wrong", "answered"} or (question.needs and judged.judgement == "refused"):
            report.wrong.append(judged)
        _count_urgent(report, judged, urgent)
        if judged.match.ranked:
            first = judged.match.ranked[0]
            place = min(BINS - 1, int(first.confidence * BINS))
            bins[place].append((first.confidence, first.need in question.needs))
    report.calibration = [
        (len(entries), sum(p for p, _ in entries) / len(entries), sum(right for _, right in entries) / len(entries))
        if entries
        else (0, 0.0, 0.0)
        for entries in bins
    ]
    return report


def _count_urgent(report: Report, judged: Judged, urgent: frozenset[str]) -> None:
    if judged.question.needs & urgent:
        report.urgent_total += 1
        if not (judged.match.urgent and set(judged.shown) & judged.question.needs):
            report.urgent_missed.append(judged)
    else:
        report.not_urgent_total += 1
        if judged.match.urgent:
            report.false_alarms.append(judged)


def as_json(report: Report) -> dict[str, object]:
    """The whole report as plain values."""

    def counts(part: Mapping[str, Judgements]) -> dict[str, object]:
        return {key: {"n": judgements.n, **judgements.counts} for key, judgements in part.items()}

    return {
        "in_scope": counts(report.in_scope),
        "out_of_scope": counts(report.out_of_scope),
        "urgent": {
            "n": report.urgent_total,
            "missed": len(report.urgent_missed),
            "others": report.not_urgent_total,
            "false_alarms": len(report.false_alarms),
        },
        "calibration": [
            {"from": place / BINS, "to": (place + 1) / BINS, "n": n, "confidence": confidence, "right": right}
            for place, (n, confidence, right) in enumerate(report.calibration)
        ],
        "calibration_error": report.calibration_error,
    }


def lines(report: Report, show_wrong: bool = False) -> Iterator[str]:
    """The report for people."""
    yield f"{'':14}{'n':>6}" + "".join(f"{name:>11}" for name in (*IN_SCOPE, "right+off."))
    for key, judgements in _ordered(report.in_scope):
        shares = [judgements.share(name) for name in IN_SCOPE] + [judgements.share("right", "offered")]
        yield f"{key:14}{judgements.n:>6}" + "".join(f"{100 * share:>10.1f}%" for share in shares)
    yield ""
    yield f"{'out of scope':14}{'n':>6}" + "".join(f"{name:>11}" for name in OUT_OF_SCOPE)
    for key, judgements in _ordered(report.out_of_scope):
        yield f"{key:14}{judgements.n:>6}" + "".join(f"{100 * judgements.share(name):>10.1f}%" for name in OUT_OF_SCOPE)
    yield ""
    caught = report.urgent_total - len(report.urgent_missed)
    yield f"urgent: {caught} of {report.urgent_total} recognised{_percent(caught, report.urgent_total)}"
    alarms = len(report.false_alarms)
    yield f"false alarms: {alarms} of {report.not_urgent_total} others{_percent(alarms, report.not_urgent_total)}"
    yield ""
    yield "how sure the first need is, and how often it is right"
    yield f"{'confidence':14}{'n':>6}{'mean':>10}{'right':>10}"
    for place, (n, confidence, right) in enumerate(report.calibration):
        if n:
            yield f"{place / BINS:.1f}–{(place + 1) / BINS:.1f}{'':7}{n:>6}{confidence:>10.2f}{right:>10.2f}"
    yield f"on average {report.calibration_error:.3f} apart"
    if show_wrong:
        for title, found in (
            ("urgent, not recognised", report.urgent_missed),
            ("false alarms", report.false_alarms),
            ("wrong or refused", report.wrong),
        ):
            yield f"\n{title}:"
            yield from (_shown(judged) for judged in found)


def _ordered(part: Mapping[str, Judgements]) -> Iterator[tuple[str, Judgements]]:
    return iter(sorted(part.items(), key=lambda item: (item[0] == "all", item[0].startswith("kind:"), item[0])))


def _percent(part: int, whole: int) -> str:
    return f" ({100 * part / whole:.1f} %)" if whole else ""


def _shown(judged: Judged) -> str:
    question = judged.question
    ranked = " ".join(f"{c.need}={c.confidence:.2f}" for c in judged.match.ranked[:3])
    wanted = ",".join(sorted(question.needs)) or "-"
    verdict = type(judged.match.verdict).__name__
    head = f"  {judged.judgement:8} {question.language} {question.kind:10} {question.text}"
    return f"{head}\n      wanted {wanted}; {verdict}: {ranked}"
