"""How the content of another city begins: with the shipped phrases of the needs that it has. Those of all other needs
say what nobody answers there: a head learns to tell apart, and what it has nothing to tell from, it believes."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from bot.catalogue.composing import compose
from bot.catalogue.content import INTENTS_FOLDER, LOCALES_FOLDER, load_catalogue
from bot.catalogue.form import form
from bot.catalogue.nodes import probably_meant
from bot.catalogue.phrases import ASK, FOLLOW_UP, NONE, SMALL_TALK, needs_between, phrase_files
from bot.catalogue.services import IDS, SERVICES_FILE
from bot.errors import OpasError
from bot.messages import messages_of
from bot.model import Catalogue, Locale, Need, NeedId, Topic, TopicId
from bot.text import fold

_MOVED: Final = """
# What the city answers from which this content was copied. Nobody answers it here, until you write a need for it into
# services.yaml and move its phrases with `opas content move NEED`.

"""
_CATALOGUE_TEXTS: Final = "catalogue.po"
_PHRASES: Final = "\n  phrases:\n"


def begin(content: Path, needs: Collection[str], languages: Sequence[Locale], city_id: str) -> None:
    """Of a copy of the shipped content, keep these ``languages``; and in their phrases these ``needs`` and the urgent
    ones, which every city has. Its facts then give way to a form for those of the city ``city_id``, in the first of the
    languages. All of them when none is given.

    Raises OpasError for a need or a language that is not there, before anything is changed.
    """
    intents, locales = content / INTENTS_FOLDER, content / LOCALES_FOLDER
    there = sorted(folder.name for folder in intents.iterdir() if folder.is_dir())
    _refuse_unknown("language", languages, there)
    shipped = load_catalogue(content)
    _refuse_unknown("need", needs, shipped.needs)
    for language in there if languages else ():
        if language not in languages:
            shutil.rmtree(intents / language)
            shutil.rmtree(locales / language, ignore_errors=True)
    if not needs:
        return
    topic_of = {need.id: need.topic for need in shipped.needs.values() if need.id in needs or need.is_urgent}
    kept = topic_of.keys()
    pairs = [pair for pair in shipped.ask_between if pair <= kept]
    for language in languages or there:
        _arrange(intents / language, topic_of, pairs)
    source = languages[0] if languages else ""
    text = form(
        shipped,
        kept,
        languages or list(shipped.languages),
        source,
        city_id if IDS.fullmatch(city_id) else "",
        _titles(shipped, source, locales),
    )
    (content / SERVICES_FILE).write_text(text, encoding="utf-8")
    for path in locales.rglob(_CATALOGUE_TEXTS):
        path.unlink()


def begin_language(content: Path, shipped: Path, catalogue: Catalogue, language: Locale) -> None:
    """Make the files of a shipped language in the content of another city: phrases of the needs that its ``catalogue``
    has, all others as what nobody answers, and what the bot says."""
    folder = content / INTENTS_FOLDER / language
    shutil.copytree(shipped / INTENTS_FOLDER / language, folder, copy_function=shutil.copyfile)
    _arrange(folder, {need.id: need.topic for need in catalogue.needs.values()}, catalogue.ask_between)
    texts = content / LOCALES_FOLDER / language
    shutil.copytree(shipped / LOCALES_FOLDER / language, texts, copy_function=shutil.copyfile, dirs_exist_ok=True)
    for path in texts.rglob(_CATALOGUE_TEXTS):
        path.unlink()


def _arrange(folder: Path, topic_of: Mapping[NeedId, TopicId], pairs: Collection[Collection[NeedId]]) -> None:
    """Keep the phrases of these needs in a language's folder, each in the file of its topic; those of all others go
    to ``none.yaml``. ``pairs``: needs of which those phrases are asked about that may mean either."""
    files = {path: _blocks(path) for path in _topics(folder)}
    doubtful = [
        block
        for path, found in files.items()
        if path.stem == ASK
        for block in found
        if frozenset(needs_between(block[0])) not in pairs
    ]
    texts: dict[str, str] = defaultdict(str)
    for path, found in files.items():
        path.unlink()
        for key, text in found:
            if not any(need in topic_of for need in needs_between(key)):
                texts[NONE] += text
            elif path.stem != ASK:
                texts[topic_of[key]] += _joined(key, text, doubtful, topic_of)
            elif (key, text) not in doubtful:
                texts[ASK] += text
    texts[NONE] = _MOVED + texts[NONE]
    for name, text in texts.items():
        with (folder / f"{name}.yaml").open("a", encoding="utf-8") as file:
            file.write(text)


def _titles(shipped: Catalogue, language: Locale, locales: Path) -> Callable[[Need | Topic], str]:
    """What gives the title of a need or topic in a language: "" where it is not translated, or names the shipped city,
    one of its services or a number, for who can say whether they are here too?"""
    path = locales / language / "LC_MESSAGES" / _CATALOGUE_TEXTS
    texts = messages_of(path, language, locales).texts if path.exists() else {}
    names = {fold(name) for service in shipped.services.values() for name in (service.name, *service.aliases)}
    names.add(fold(shipped.city.name))

    def title(titled: Need | Topic) -> str:
        kind = "needs" if isinstance(titled, Need) else "topics"
        found = texts.get((f"{kind}.{titled.id}.title", titled.title), "")
        folded = f" {fold(found)} "
        return "" if any(map(str.isdigit, found)) or any(f" {name} " in folded for name in names) else found

    return title


def _joined(need: str, block: str, doubtful: Sequence[tuple[str, str]], kept: Collection[str]) -> str:
    """The block of a need with the ``doubtful`` phrases of which it is the first need that is ``kept``: what may mean a
    need that is here or another one means that need here."""
    for key, text in doubtful:
        here = [one for one in needs_between(key) if one in kept]
        if here[:1] == [need]:
            block_node = compose(text)
            assert block_node is not None  # a key and its list, as ``_blocks`` found them
            [(_, phrases)] = block_node.value
            texts = [str(phrase.value) for phrase in phrases.value]
            lines = "".join(f"    - {json.dumps(phrase, ensure_ascii=False)}\n" for phrase in texts)
            head, list_of_phrases, rest = block.partition(_PHRASES)
            block = head + list_of_phrases + lines + rest
    return block


def _topics(folder: Path) -> list[Path]:
    """The files of needs, and of what may mean several of them."""
    return [path for path in phrase_files(folder) if path.stem not in {SMALL_TALK, FOLLOW_UP, NONE}]


def _blocks(path: Path) -> Sequence[tuple[str, str]]:
    """The keys of a file, each with its lines as they stand there and the comments above them. Raises OpasError when a
    key does not begin a line."""
    text = path.read_text("utf-8")
    node = compose(text)
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise OpasError(f"{path}: write each need in lines of its own.")
    lines = text.splitlines(keepends=True)
    starts = []
    for key, _ in node.value:
        start = key.start_mark.line
        while start and lines[start - 1].startswith("#"):
            start -= 1
        starts.append(start)
    ends = [*starts[1:], len(lines)]
    keys = [str(key.value) for key, _ in node.value]
    return [(key, "".join(lines[start:end])) for key, start, end in zip(keys, starts, ends, strict=True)]


def _refuse_unknown(what: str, given: Collection[str], known: Collection[str]) -> None:
    for name in given:
        if name not in known:
            raise OpasError(f"no {what} '{name}' in the shipped content.{probably_meant(name, known)}")
