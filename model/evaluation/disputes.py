"""Disputes against gold ones: a pair is right when both of its sentences are.

Where several sentences make the claim that a denial denies, any of them is right: recall is of denials.
"""

from collections.abc import Iterable

from model.evaluation.tally import Metric, f_measures

COLUMNS = (
    "disputes:right",
    "disputes:predicted",
    "disputes:gold",
    "disputes:denials found",
    "disputes:denials",
)


def count_disputes(gold: Iterable[tuple[int, int]], predicted: Iterable[tuple[int, int]]) -> dict[str, int]:
    """Pairs of one article counted, by column; a pair is the denial's and the claim's gold sentence.

    The last two columns are of the gold's denials: those that are tied rightly, and all.
    """
    wanted, got = set(gold), set(predicted)
    right = wanted & got
    denials = ({denial for denial, _ in pairs} for pairs in (right, wanted))
    counts = (len(right), len(got), len(wanted), *map(len, denials))
    return dict(zip(COLUMNS, counts, strict=True))


def dispute_metrics() -> list[Metric]:
    """Precision of pairs, recall of denials, and F1."""
    right, predicted, _, found, denials = COLUMNS
    return f_measures("disputes", "disputes", (right, found), predicted, denials)


def pair_metrics() -> list[Metric]:
    """Precision, recall and F1 of pairs, the same whichever of two hands is called gold."""
    right, predicted, gold, *_ = COLUMNS
    return f_measures("disputes", "disputes", (right, right), predicted, gold)
