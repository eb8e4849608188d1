"""The reporting NLI set: who asserts, denies or condemns, as premise and hypothesis pairs.

Five sources, mixed anew in each epoch: passages written by hand, the sentences of our own gold articles for
training, public news articles that we labelled sentence by sentence, passages drawn from lexicons, and
passages of PolNeAR's train part whose cue tells the stance.
"""

import random
from collections.abc import Callable
from pathlib import Path

from model.training.annotations import annotated_passages, of_epoch
from model.training.gold import gold_passages
from model.training.harvest import drawn, harvested_passages
from model.training.lexicon import Lexicon
from model.training.passages import MARKED, Judged, Passage, Wordings, pairs_of, written_passages

DRAWN = 1200
HARVESTED = 400


def reporting_pairs(corpora: Path, held_out: set[str], plain: float = 1.0) -> Callable[[int], list[Judged]]:
    """A function that gives the pairs of an epoch by its number.

    `plain` is the share of the labelled articles' sentences without a marked stance that an epoch reads; of
    those that were picked one by one it reads all.
    """
    written = [*written_passages(), *gold_passages()]
    annotated = annotated_passages(corpora, held_out)
    picked = annotated_passages(corpora, held_out, "picked")
    harvested = harvested_passages(corpora, held_out)
    lexicon, wordings = Lexicon(), Wordings()

    marked = [passage for passage in harvested if any(set(s) & {*MARKED} for s in passage.stances.values())]
    unmarked = [
        passage for passage in harvested if not any(set(s) & {*MARKED} for s in passage.stances.values())
    ]

    def epoch(number: int) -> list[Judged]:
        chance = random.Random(number)
        passages: list[Passage] = [
            *written,
            *of_epoch(annotated, chance, plain),
            *of_epoch(picked, chance),
            *drawn(unmarked, HARVESTED, chance),
            *drawn(marked, HARVESTED, chance),
        ]
        passages += [lexicon.draw(chance) for _ in range(DRAWN)]
        return [pair for passage in passages for pair in pairs_of(passage, wordings, chance)]

    return epoch


def held_out_cues(number: int = 600, seed: int = 11) -> list[Judged]:
    """Pairs whose cues and wordings were never trained on."""
    chance = random.Random(seed)
    lexicon, wordings = Lexicon(held_out=True), Wordings(held_out=True)
    return [pair for _ in range(number) for pair in pairs_of(lexicon.draw(chance), wordings, chance)]
