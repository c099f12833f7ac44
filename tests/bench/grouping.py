"""``make bench-grouping``: how well open questions meet, half by half of ``tests/questions/topics.jsonl`` or in files of
its form (``ARGS="FILE…"``). Every pair is judged after all were asked one after the other, in several orders: of the
pairs put together the share that ask the same (P), and of those that ask the same the share that met (R), within a
language and across. ``--wrong HALF`` prints what was put to a question that asks something else. Never part of the tests.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from itertools import combinations
from pathlib import Path

from bot.grouping import Placement, grouped
from tests.bench.rig import ROOT, learnt_guide

TOPICS = ROOT / "tests/questions/topics.jsonl"
Row = dict[str, str]


def tally(asked: list[Row], placements: list[Placement]) -> Counter[tuple[bool, bool, bool]]:
    """Pairs by: one language, one topic, one group."""
    return Counter(
        (one["lang"] == other["lang"], one["topic"] == other["topic"], placement.group_id == another.group_id)
        for (one, placement), (other, another) in combinations(zip(asked, placements, strict=True), 2)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, default=[TOPICS])
    parser.add_argument("--orders", type=int, default=4)
    parser.add_argument("--wrong", metavar="HALF")
    arguments = parser.parse_args()
    guide = learnt_guide()
    rows: list[Row] = [json.loads(line) for file in arguments.files for line in file.read_text("utf-8").splitlines()]
    for half in dict.fromkeys(row["half"] for row in rows):
        pairs: Counter[tuple[bool, bool, bool]] = Counter()
        for order in range(arguments.orders):
            asked = [row for row in rows if row["half"] == half]
            random.Random(order).shuffle(asked)
            placements = grouped(guide, [(row["text"], row["lang"]) for row in asked])
            pairs += tally(asked, placements)
            if half == arguments.wrong and not order:
                for row, placement in zip(asked, placements, strict=True):
                    if placement.nearest is not None and asked[placement.nearest]["topic"] != row["topic"]:
                        why = f"{placement.score:.2f} {placement.reason.code()}"
                        print(f"  {why} | {row['text']} | {asked[placement.nearest]['text']}")
        shares = []
        for name, one in (("within", True), ("across", False)):
            met = pairs[one, True, True]
            precision, recall = met / max(1, met + pairs[one, False, True]), met / max(1, met + pairs[one, True, False])
            shares.append(f"{name} P {precision:.3f} R {recall:.3f}")
        print(f"{half:18}", len(asked), *shares, flush=True)


if __name__ == "__main__":
    main()
