"""Everyday things and acts by the words that name them in thirteen languages; general knowledge, nothing of a city."""

from bot.thesaurus.things import Thing, Things, keep_words, thesaurus_files, things

__all__ = ["Thing", "Things", "keep_words", "thesaurus_files", "things"]
