"""Which precision is taken: the faster one that says the same, once for a machine."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from model.entailment import Pair
from model.entailment.dummy import DummyEntailment
from model.entailment.precision import SAMPLE, TRIALS, Precision, Trial, faster, kept, tried

SAME = np.full((len(SAMPLE), 3), 1 / 3, dtype=np.float32)


def trials(
    seconds: float, half_seconds: float, half: NDArray[np.float32] = SAME
) -> Callable[[Precision], Trial]:
    return {
        Precision.FLOAT32: Trial(seconds, SAME),
        Precision.BFLOAT16: Trial(half_seconds, half),
    }.__getitem__


@pytest.mark.parametrize(
    ("seconds", "half_seconds", "half", "expected"),
    [
        (1.0, 0.5, SAME, Precision.BFLOAT16),
        (1.0, 0.95, SAME, Precision.FLOAT32),
        (0.5, 1.0, SAME, Precision.FLOAT32),
        (1.0, 0.5, SAME + np.float32(0.04), Precision.BFLOAT16),
        (1.0, 0.5, SAME + np.float32(0.06), Precision.FLOAT32),
        (1.0, 0.5, SAME * np.float32(np.nan), Precision.FLOAT32),
    ],
)
def test_the_faster_one_is_taken_if_it_says_the_same(
    seconds: float, half_seconds: float, half: NDArray[np.float32], expected: Precision
) -> None:
    assert faster(trials(seconds, half_seconds, half)) is expected


def test_a_model_is_tried_on_pairs_of_its_kind() -> None:
    class Counting(DummyEntailment):
        calls = 0

        def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
            self.calls += 1
            assert tuple(pairs) == SAMPLE
            return super().predict(pairs)

    model = Counting()
    trial = tried(model)
    assert trial.seconds >= 0
    assert trial.probabilities.shape == (len(SAMPLE), 3)
    assert model.calls == TRIALS + 1, "the first reading is for what is only made once"


def never() -> NoReturn:
    raise AssertionError("nothing should be measured")


def test_the_choice_is_made_once(tmp_path: Path) -> None:
    file = tmp_path / "made" / "precision.json"
    assert kept(file, "one", lambda: Precision.BFLOAT16) is Precision.BFLOAT16
    assert kept(file, "one", never) is Precision.BFLOAT16
    assert kept(file, "other", lambda: Precision.FLOAT32) is Precision.FLOAT32
    assert json.loads(file.read_text("utf-8")) == {"one": "bfloat16", "other": "float32"}
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"one": "int4"}', '{"one": "auto"}', '{"one": 3}', "\0"])
def test_what_the_file_should_not_hold_is_chosen_anew(content: str, tmp_path: Path) -> None:
    file = tmp_path / "precision.json"
    file.write_text(content, "utf-8")
    assert kept(file, "one", lambda: Precision.BFLOAT16) is Precision.BFLOAT16
    assert kept(file, "one", never) is Precision.BFLOAT16


def test_without_a_place_to_keep_it_the_choice_is_made_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    for place in (None, tmp_path / "file" / "precision.json"):
        assert kept(place, "one", lambda: Precision.BFLOAT16) is Precision.BFLOAT16
        assert kept(place, "one", lambda: Precision.FLOAT32) is Precision.FLOAT32
