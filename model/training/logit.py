"""Fitting a conditional logit (`model.logit`) by maximum likelihood with an L2 penalty."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array

from model.logit import Floats, Logit, Row

DIGITS = 4


class Choice(NamedTuple):
    """The alternatives of one choice, and which of them are right; at least one is."""

    table: Sequence[Row]
    right: Sequence[bool]


def fit(choices: Sequence[Choice], penalty: float, seldom: int = 0) -> Logit:
    """The likeliest weights; of several right alternatives any one counts as chosen.

    What is known of fewer than `seldom` alternatives is left out.
    """
    counts = Counter(name for choice in choices for row in choice.table for name in row)
    names = sorted(name for name, count in counts.items() if count >= seldom)
    place = {name: index for index, name in enumerate(names)}
    rows = [row for choice in choices for row in choice.table]
    known = [
        (n, place[name], value) for n, row in enumerate(rows) for name, value in row.items() if name in place
    ]
    row_of, column_of, values = zip(*known, strict=True)
    table = csr_array((values, (row_of, column_of)), shape=(len(rows), len(names)))
    right = np.array([is_right for choice in choices for is_right in choice.right], dtype=np.float64)
    sizes = np.array([len(choice.table) for choice in choices])
    best = likeliest(table, right, sizes, penalty)
    return Logit({name: round(float(weight), DIGITS) for name, weight in zip(names, best, strict=True)})


def likeliest(
    table: Floats | csr_array,
    right: Floats,
    sizes: NDArray[np.int64],
    penalty: float,
    share: Floats | None = None,
) -> Floats:
    """The weights, shape (features,), that make the right alternatives likeliest.

    Args:
        table: shape (alternatives, features), those of one choice after those of another.
        right: shape (alternatives,), 1 where an alternative is right.
        sizes: shape (choices,), how many alternatives each choice has.
        penalty: of the squared weights.
        share: shape (choices,), what each choice counts; 1 by default.
    """
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    counts = np.ones(len(sizes)) if share is None else share

    def loss(weights: Floats) -> tuple[float, Floats]:
        utilities = table @ weights
        every = np.exp(utilities - np.repeat(np.maximum.reduceat(utilities, starts), sizes))
        every /= np.repeat(np.add.reduceat(every, starts), sizes)
        hit = np.maximum(np.add.reduceat(every * right, starts), 1e-12)
        slope = table.T @ (np.repeat(counts, sizes) * (every - every * right / np.repeat(hit, sizes)))
        return penalty * float(weights @ weights) / 2 - float(counts @ np.log(hit)), penalty * weights + slope

    best: Floats = minimize(loss, np.zeros(table.shape[1]), jac=True, method="L-BFGS-B").x
    return best


def accuracy(choices: Sequence[Choice], logit: Logit) -> float:
    """Percent of the choices that are right."""
    right = [choice.right[int(np.argmax(logit.utilities(choice.table)))] for choice in choices]
    return round(100 * float(np.mean(right)), 1)


def cross_validated(groups: Sequence[Sequence[Choice]], penalty: float, folds: int = 5) -> list[float]:
    """Percent right in each fold by weights of the others; a group (an article) is never divided."""
    scores: list[float] = []
    for fold in range(folds):
        learned = [c for place, group in enumerate(groups) if place % folds != fold for c in group]
        scores.append(accuracy([c for group in groups[fold::folds] for c in group], fit(learned, penalty)))
    return scores
