"""Fitting a conditional logit (`model.logit`) by maximum likelihood with an L2 penalty."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
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
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])

    def shares(utilities: Floats) -> Floats:
        weights = np.exp(utilities - np.repeat(np.maximum.reduceat(utilities, starts), sizes))
        total: Floats = weights / np.repeat(np.add.reduceat(weights, starts), sizes)
        return total

    def loss(weights: Floats) -> tuple[float, Floats]:
        every = shares(table @ weights)
        hit = np.maximum(np.add.reduceat(every * right, starts), 1e-12)
        slope = table.T @ (every - every * right / np.repeat(hit, sizes))
        return penalty * float(weights @ weights) / 2 - float(np.log(hit).sum()), penalty * weights + slope

    best = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B")
    return Logit({name: round(float(weight), DIGITS) for name, weight in zip(names, best.x, strict=True)})


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
