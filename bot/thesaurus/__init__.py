"""Everyday things and acts by the words that name them in thirteen languages; general knowledge, nothing of a city."""

from bot.thesaurus.directions import Directions, directions
from bot.thesaurus.things import Thing, Things, keep_words, thesaurus_files, things

__all__ = ["Directions", "Thing", "Things", "directions", "keep_words", "thesaurus_files", "things"]
