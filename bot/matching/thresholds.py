"""Every threshold of the matcher, named here and nowhere else."""

from __future__ import annotations

from typing import Final

# The confidence of a need is a logistic function of three margins, one set of constants for all languages and cities:
# its own, its lead over the best other need, and its lead over everything that is not a need (small talk, none.yaml).
# Fitted by likelihood on the development questions, out-of-scope ones included.
OWN: Final = -0.48
LEAD: Final = 6.94
OVER_NONE: Final = 5.68
INTERCEPT: Final = -3.12

ANSWER: Final = 0.8
"""From this confidence the best need is answered at once."""
ASK: Final = 0.2
"""From this sum over the best three needs they are offered; below it the honest answer is "I do not know"."""
TALK: Final = -0.6
"""Margin from which a text that is nearest to small talk or a follow-up is taken for it."""
NO_RIVAL: Final = -1.0
"""The margin of a rival that does not exist."""
OFFERED: Final = 3
WORTH_OFFERING: Final = 0.01
"""A need with less than this confidence is not put beside better ones."""

TIE: Final = 0.12
"""Partners of an ask-between pair are asked about when the weaker one has at least this share of the stronger one."""

EXACT_PHRASE: Final = 0.97
"""Confidence of a text that is one of the phrases, letter for letter after folding."""
EXACT_WORD: Final = 0.90
"""The same for an entry of a ``words`` list, which is only typical of its need."""

PART_ANSWER: Final = 0.85
"""A further need of a long message is answered too when a part of the message is that sure of it."""
PART_PLAUSIBLE: Final = 0.02
"""… and the whole message gives it at least this: stories mention much that nobody asks about."""
MOST_PARTS: Final = 12
"""So many parts of a message are scored in full; the urgent detector reads all of it."""

URGENT_MARGIN: Final = -0.2
"""The detector fires when the best urgent label is at most this far (in margins) below the best other label …"""
URGENT_FLOOR: Final = -0.72
"""… and its own margin is at least this."""
URGENT_PART_MARGIN: Final = 0.1
URGENT_PART_FLOOR: Final = -0.45
"""For a part of a message, which has less around it, both are stricter."""

LANGUAGE_KNOWN: Final = 0.5
"""A language is certain when it knows at least this share of a text …"""
LANGUAGE_LEAD: Final = 0.08
"""… and this much more of it than any other language."""

COMMON_WORD: Final = 0.012
"""A word in more than this share of a language's phrases says nothing of what a text is about."""
