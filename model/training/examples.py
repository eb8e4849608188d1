"""Articles as the tagger learns from them: words, their tags, and who tells each sentence."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from model.decoding import KINDS, TAGS, Floats
from model.spans import Span
from model.training.ear import UNKNOWN
from model.training.pointer import Case
from model.training.tagger import StatementTagger, TaggerBatch
from model.windows import Window, Words, depths, joined, read_words, windows

Ints = NDArray[np.int64]


class Told(NamedTuple):
    """What is known of the words `begin` to `end` of a sentence, or `UNKNOWN`.

    Its teller (of `TELLERS`), its stance (of `STANCES`) and its source's first word.
    """

    begin: int
    end: int
    teller: int
    stance: int = UNKNOWN
    source: int = UNKNOWN


@dataclass(frozen=True)
class Annotated:
    """An article's words with gold tags (W,), and links from a span's first word to its cue's or -1.

    `case`: who speaks its sentences, where somebody is named who does.
    """

    words: Words
    tags: Ints
    links: dict[int, int]
    spans: frozenset[tuple[str, int, int]]
    text: str
    told: tuple[Told, ...] = ()
    case: Case | None = None


def untagged(words: Words, text: str, told: Iterable[Told]) -> Annotated:
    """An article of which only its sentences are known."""
    return Annotated(words, np.zeros(len(words), dtype=np.int64), {}, frozenset(), text, tuple(told))


def word_span(words: Words, span: Span) -> tuple[int, int]:
    """The words that a span in code points covers, in part or whole."""
    if span.end <= span.start:
        return 0, 0
    begin = int(np.searchsorted(words.end, span.start, side="right"))
    return begin, int(np.searchsorted(words.start, span.end, side="left"))


def annotate(tokenizer: Tokenizer, line: dict[str, Any]) -> Annotated:
    """Gold spans in code points become tags of words."""
    words = read_words(tokenizer, line["text"])
    tags = np.zeros(len(words), dtype=np.int64)
    links: dict[int, int] = {}
    spans: set[tuple[str, int, int]] = set()
    for attribution in line["attributions"]:
        starts: dict[str, list[int]] = {kind: [] for kind in KINDS}
        for kind in KINDS:
            for start, end in attribution[kind]:
                spans.add((kind, start, end))
                begin, stop = word_span(words, Span(start, end))
                if begin >= stop:
                    continue
                tags[begin] = TAGS.index(f"B-{kind}")
                tags[begin + 1 : stop] = TAGS.index(f"I-{kind}")
                starts[kind].append(begin)
        cue = starts["cue"][0] if starts["cue"] else -1
        links |= dict.fromkeys(starts["source"] + starts["content"], cue)
    return Annotated(words, tags, links, frozenset(spans), line["text"])


def collate(items: Sequence[tuple[Annotated, Window]], special: tuple[int, int], device: str) -> TaggerBatch:
    """Windows as one padded batch."""
    size = max(int(a.words.first[w.end] - a.words.first[w.begin]) for a, w in items) + 2
    count = max(w.end - w.begin for _, w in items)
    shape, per_word = (len(items), size), (len(items), count)
    tokens, features, attention = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    first, tags = (np.zeros(per_word, dtype=np.int64) for _ in range(2))
    real, cues, begins = (np.zeros(per_word, dtype=np.bool_) for _ in range(3))
    sentence = np.full(per_word, -1)
    links: list[tuple[int, int, int]] = []
    told: list[tuple[int, int]] = []
    for row, (article, window) in enumerate(items):
        words = article.words
        begin, end = int(words.first[window.begin]), int(words.first[window.end])
        length, number = end - begin + 2, window.end - window.begin
        tokens[row, :length] = [special[0], *words.tokens[begin:end], special[1]]
        features[row, 1 : length - 1] = words.features[begin:end]
        attention[row, :length] = 1
        first[row, :number] = words.first[window.begin : window.end] - begin + 1
        tags[row, :number] = article.tags[window.begin : window.end]
        real[row, :number] = True
        for span, cue in article.links.items():
            if window.begin <= span < window.end and window.begin <= cue < window.end:
                links.append((row, span - window.begin, cue - window.begin))
                cues[row, cue - window.begin] = True
        for one in article.told:
            if window.begin <= one.begin and one.end <= window.end:
                sentence[row, one.begin - window.begin : one.end - window.begin] = len(told)
                told.append((one.teller, one.stance))
                if one.source != UNKNOWN:
                    begins[row, one.source - window.begin] = True
    if len(items) and (tags[:, 0] % 2 == 0).any():
        # A window may open in the middle of a span: for the chain, a span begins there.
        opening = tags[:, 0]
        tags[:, 0] = np.where((opening > 0) & (opening % 2 == 0), opening - 1, opening)
    as_tensor = partial(torch.as_tensor, device=device)
    return TaggerBatch(
        tokens=as_tensor(tokens),
        features=as_tensor(features),
        attention=as_tensor(attention),
        first=as_tensor(first),
        tags=as_tensor(tags),
        words=as_tensor(real),
        links=torch.tensor(links, dtype=torch.long, device=device).reshape(-1, 3),
        cues=as_tensor(cues),
        sentence=as_tensor(sentence),
        told=torch.tensor(told, dtype=torch.long, device=device).reshape(-1, 2),
        begins=as_tensor(begins),
        cases=[(as_tensor(places), case.to(torch.device(device))) for places, case in _whole(items, count)],
    )


def _whole(items: Sequence[tuple[Annotated, Window]], count: int) -> Iterator[tuple[Ints, Case]]:
    """The cases of articles that are whole among these windows, with the places of their words.

    Each word is taken from the window that it stands deepest in; a row has `count` places.
    """
    found: dict[int, tuple[Case, Ints, Ints]] = {}
    for row, (article, window) in enumerate(items):
        if article.case is None:
            continue
        number = len(article.words)
        nowhere = (article.case, np.zeros(number, dtype=np.int64), np.full(number, -1))
        _, depth, place = found.setdefault(id(article), nowhere)
        here = depths(window, number)
        better = np.flatnonzero(here > depth[window.begin : window.end])
        depth[window.begin + better], place[window.begin + better] = here[better], row * count + better
    yield from ((place, case) for case, _, place in found.values() if place.min() >= 0)


@torch.inference_mode()
def predict(
    model: StatementTagger,
    words: Words,
    special: tuple[int, int],
) -> tuple[Floats, ...]:
    """What the model gives for every word, each of its outputs by itself (`joined`)."""
    found = windows(words)
    device = next(model.parameters()).device
    read: list[list[Floats]] = []
    for window in found:
        begin, end = int(words.first[window.begin]), int(words.first[window.end])
        tokens = torch.tensor([[special[0], *words.tokens[begin:end], special[1]]], device=device)
        features = torch.tensor([[0, *words.features[begin:end], 0]], device=device)
        index = torch.as_tensor(words.first[window.begin : window.end] - begin + 1, device=device)
        outputs = model(tokens, features, torch.ones_like(tokens))
        read.append([values[0, index].float().cpu().numpy() for values in outputs])
    return tuple(joined(found, read, len(words)))
