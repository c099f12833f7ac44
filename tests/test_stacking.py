"""What the needs' classifiers learn of each other, on margins made up for it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.features import Floats
from bot.matching.stacking import stacked

NEEDS = np.array([True, True, True, True, False])
"""Four needs and a label that is none; the third need is urgent."""
URGENT = np.array([False, False, True, False, False])


def made_up(seed: int, count: int) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Margins of so many phrases, whose own need is 0.8 above the others; but every phrase of the first need is taken
    for the second one, and those of the second one alone are far from the fourth."""
    dice = np.random.default_rng(seed)
    of_phrase = np.arange(count) % 5
    margins = dice.normal(-0.8, 0.15, (count, 5)).astype(np.float32)
    margins[np.arange(count), of_phrase] += 0.8
    margins[of_phrase == 0, 1] += 1
    margins[of_phrase == 0, 3] += 0.7
    return margins, of_phrase


def changed(margins: Floats, of_phrase: npt.NDArray[np.intp]) -> Floats:
    return np.asarray(margins + (margins + 1) @ stacked(margins, of_phrase, NEEDS, URGENT), np.float32)


def right(margins: Floats, of_phrase: npt.NDArray[np.intp], need: int) -> float:
    return float(np.mean(margins[of_phrase == need][:, NEEDS].argmax(axis=1) == need))


def test_a_need_that_is_always_mistaken_for_another_one_is_told_from_it():
    seen, asked = made_up(1, 2000), made_up(2, 2000)
    change = stacked(*seen, NEEDS, URGENT)
    after = asked[0] + (asked[0] + 1) @ change
    assert right(*asked, 0) < 0.25
    assert right(after, asked[1], 0) > 0.9
    assert all(right(after, asked[1], need) > 0.95 for need in (1, 2, 3))


def test_what_is_no_need_and_what_is_urgent_stays_as_it_was():
    margins, of_phrase = made_up(1, 2000)
    after = changed(margins, of_phrase)
    np.testing.assert_array_equal(after[:, 2], margins[:, 2])
    np.testing.assert_array_equal(after[:, 4], margins[:, 4])
    moved = margins.copy()
    moved[:, 4] += 5  # and takes no part in the others
    np.testing.assert_array_equal(changed(moved, of_phrase)[:, :4], after[:, :4])


def test_little_is_learnt_from_few_phrases():
    of_many, of_few = (np.abs(stacked(*made_up(1, count), NEEDS, URGENT)).max() for count in (5000, 20))
    assert of_few < of_many / 3


@given(st.integers(0, 10_000), st.integers(2, 60), st.floats(0, 1000))
def test_margins_stay_as_high_and_no_fewer_are_right_however_wide_they_are(seed: int, count: int, wide: float):
    """In cities with few phrases, steps of full length once led ever farther away."""
    margins, of_phrase = made_up(seed, count)
    margins = ((margins + 1) * np.float32(1 + wide) - 1).astype(np.float32)
    none = np.zeros(5, np.bool_)
    after = margins + (margins + 1) @ stacked(margins, of_phrase, NEEDS, none)
    own = NEEDS[of_phrase]
    before, later = (np.sum(some[np.flatnonzero(own), of_phrase[own]] + 1) for some in (margins, after))
    assert later == pytest.approx(before, rel=1e-3)
    shares = [np.mean(some[own][:, NEEDS].argmax(axis=1) == of_phrase[own]) for some in (margins, after)]
    assert shares[1] >= shares[0] - 0.1


def test_without_phrases_or_rivals_nothing_is_learnt():
    margins, of_phrase = made_up(1, 20)
    only = np.array([True, False, False, False, False])
    assert not stacked(margins, of_phrase, only, np.zeros(5, np.bool_)).any()
    assert not stacked(margins[:0], of_phrase[:0], NEEDS, URGENT).any()
