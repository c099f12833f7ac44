"""``make bench-fit_grouping``: learn anew what ``bot/grouping`` weighs pairs of questions by, and write it there. Worth it
after large changes of the thesaurus or of ``pairs.py``; ``make bench-grouping`` says what it brought.

``trees.npz``: boosted trees for pairs within a language and across, from the two halves of ``topics.jsonl`` that may be
looked at; each half counts alike.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from bot.grouping import probability
from bot.grouping.grouper import keys_of
from bot.grouping.leanings import Leaning, leaning_of, likeness
from bot.grouping.pairs import compare
from bot.grouping.tokens import tokeniser
from bot.grouping.trees import DEPTH, ENDS
from bot.guide import Guide
from tests.bench.rig import ROOT, learnt_guide

TOPICS = ROOT / "tests/questions/topics.jsonl"
HALVES = ("tuning", "strangers-looked")
TREES = 250
LEARNING_RATES = {"within": 0.05, "across": 0.1}
ACROSS_TOO = 0.3
"""What the pairs in two languages count for the trees within one: there are ten times as many, and with them 2 of 100
fewer of the strangers' pairs that are put together ask something else (cross-validated, 22 Nov 2026)."""
EASY = 0.5
"""Pairs that share less weight than this are easy: only every EASY_EVERYth of those that ask something else is looked at."""
EASY_EVERY = 4


def examples(guide: Guide, half: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The figures of pairs of questions, whether they ask the same, are in one language, and how much each counts."""
    asked = [row for row in map(json.loads, TOPICS.read_text("utf-8").splitlines()) if row["half"] == half]
    words = tokeniser(guide.matcher)
    tokens = [words.tokens(row["text"], row["lang"]) for row in asked]
    leanings: list[Leaning] = [leaning_of(guide.matcher.reading(row["text"], repaired=False)) for row in asked]
    keys = [set(keys_of(own)) for own in tokens]
    sought = [own | {f"t:{thing}" for thing in its.kin} for own, its in zip(keys, tokens, strict=True)]
    figures, same, within, counts = [], [], [], []
    for number, (one, other) in enumerate(combinations(range(len(asked)), 2)):
        if sought[one].isdisjoint(keys[other]) and keys[one].isdisjoint(sought[other]):
            continue
        is_same = asked[one]["topic"] == asked[other]["topic"]
        pair = compare(tokens[one], tokens[other])
        easy = not is_same and pair.shared < EASY
        if easy and number % EASY_EVERY:
            continue
        figures.append(probability.figures(pair, likeness(leanings[one], leanings[other])))
        same.append(is_same)
        within.append(pair.same_language)
        counts.append(EASY_EVERY if easy else 1)
    return np.array(figures, np.float32), np.array(same), np.array(within), np.array(counts, float)


def learn_trees(guide: Guide) -> None:
    """Write ``trees.npz``."""
    halves = [examples(guide, half) for half in HALVES]
    learnt: dict[str, np.ndarray] = {}
    for name, language in (("within", True), ("across", False)):
        chosen = [
            (f[w == side], s[w == side], c[w == side] * share * 1000 / s[w == side].sum())
            for f, s, w, c in halves
            for side, share in ((language, 1.0), (False, ACROSS_TOO))[: 1 + language]
        ]
        figures, same, weights = map(np.concatenate, zip(*chosen, strict=True))
        trees = HistGradientBoostingClassifier(
            max_iter=TREES,
            max_depth=DEPTH,
            max_leaf_nodes=ENDS,
            learning_rate=LEARNING_RATES[name],
            min_samples_leaf=60,
            l2_regularization=20,
            early_stopping=False,
            # The grouper takes equal leanings for the most that there can be.
            monotonic_cst=[int(place in probability.LEANINGS) for place in range(figures.shape[1])],
        )
        trees.fit(figures, same, sample_weight=weights)
        learnt |= {f"{name}_{key}": value for key, value in laid_out(trees).items()}
        print(name, len(same), "pairs,", int(same.sum()), "ask the same")
    np.savez_compressed(Path(probability.__file__).parent / "trees.npz", **learnt)


def laid_out(trees: HistGradientBoostingClassifier) -> dict[str, np.ndarray]:
    """As ``Trees`` reads them; a question that was not learnt is answered "no" by every row."""
    figures = np.zeros((TREES, ENDS - 1), np.uint8)
    limits = np.full((TREES, ENDS - 1), np.inf, np.float32)
    values = np.zeros((TREES, ENDS), np.float32)
    for number, (tree,) in enumerate(trees._predictors):
        open_nodes = [(0, 0)]
        while open_nodes:
            place, node = open_nodes.pop()
            row = tree.nodes[node]
            if place >= ENDS - 1:
                values[number, place - (ENDS - 1)] = row["value"]
            elif row["is_leaf"]:
                open_nodes += [(2 * place + 1, node)]
            else:
                figures[number, place], limits[number, place] = row["feature_idx"], row["num_threshold"]
                open_nodes += [(2 * place + 1, row["left"]), (2 * place + 2, row["right"])]
    base = np.array(trees._baseline_prediction.item(), np.float32)
    return {"figures": figures, "limits": limits, "values": values, "base": base}


if __name__ == "__main__":
    learn_trees(learnt_guide())
