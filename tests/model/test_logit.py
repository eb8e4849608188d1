from pathlib import Path

import numpy as np
import pytest

from model.entailment import CheckpointError
from model.logit import Logit
from model.training.logit import Choice, accuracy, cross_validated, fit


def test_utilities_are_weighted_sums_and_unknown_features_count_nothing() -> None:
    logit = Logit({"near": 2.0, "far": -1.0})
    assert logit.utilities([{"near": 1.0, "new": 9.0}, {"near": 0.5, "far": 3.0}, {}]).tolist() == [
        2.0,
        -2.0,
        0.0,
    ]


def test_probabilities_are_a_softmax_of_the_utilities() -> None:
    chances = Logit({"x": 1.0}).probabilities([{"x": 0.0}, {"x": float(np.log(3))}])
    np.testing.assert_allclose(chances, [0.25, 0.75])


def test_weights_come_back_from_a_file(tmp_path: Path) -> None:
    logit = Logit({"near": 0.25})
    logit.save(tmp_path / "weights.json")
    assert Logit.load(tmp_path / "weights.json") == logit


@pytest.mark.parametrize("content", ["", "[1]", '{"near": "much"}', '{"near": null}'])
def test_a_broken_file_is_a_checkpoint_error_that_names_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(content)
    with pytest.raises(CheckpointError, match=r"weights\.json"):
        Logit.load(path)


def test_a_missing_file_is_a_checkpoint_error(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="cannot be read"):
        Logit.load(tmp_path / "none.json")


def choices(number: int, seed: int) -> list[Choice]:
    """The alternative with the greater `good` is right; `noise` says nothing."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        table = [{"good": float(chance.normal()), "noise": float(chance.normal())} for _ in range(3)]
        best = max(range(3), key=lambda place: table[place]["good"])
        found.append(Choice(table, [place == best for place in range(3)]))
    return found


def test_fitting_finds_what_decides() -> None:
    learned = fit(choices(200, 1), penalty=0.1)
    assert learned.weights["good"] > 10 * abs(learned.weights["noise"])
    assert accuracy(choices(200, 2), learned) > 97


def test_of_several_right_alternatives_any_one_counts() -> None:
    table = [{"a": 1.0}, {"b": 1.0}, {"c": 1.0}]
    learned = fit([Choice(table, [True, True, False])] * 20, penalty=0.1)
    assert learned.weights["c"] < min(learned.weights["a"], learned.weights["b"])


def test_cross_validation_leaves_each_article_out_once() -> None:
    groups = [choices(20, seed) for seed in range(5)]
    scores = cross_validated(groups, penalty=0.1)
    assert len(scores) == 5
    assert min(scores) > 85


def test_what_is_seldom_known_is_not_learned_from() -> None:
    often = Choice([{"right": 1.0}, {}], [True, False])
    once = Choice([{"right": 1.0, "odd": 1.0}, {}], [True, False])
    assert fit([often, often, once], 1.0).weights.keys() == {"right", "odd"}
    assert fit([often, often, once], 1.0, seldom=2).weights.keys() == {"right"}
