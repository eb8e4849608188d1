"""Which precision is taken: the faster one that says the same, once for a machine."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import NoReturn

import numpy as np
import pytest
from numpy.typing import NDArray

from model.entailment import Pair, Precision
from model.entailment.dummy import DummyEntailment
from model.entailment.precision import SAMPLE, TRIALS, faster, kept

SAME = np.full((len(SAMPLE), 3), 1 / 3, dtype=np.float32)


class Timed(DummyEntailment):
    """Answers the sample, with so many seconds for each reading on a clock of its own."""

    now = 0.0

    def __init__(self, seconds: Sequence[float], found: NDArray[np.float32] = SAME) -> None:
        super().__init__()
        self.left, self.found = list(seconds), found

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        assert tuple(pairs) == SAMPLE
        Timed.now += self.left.pop(0)
        return self.found


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.entailment.precision.time.perf_counter", lambda: Timed.now)


def entailed(probability: float) -> NDArray[np.float32]:
    """The same, but of the last pair entailment is so likely."""
    found = SAME.copy()
    found[-1, 0] = probability
    return found


@pytest.mark.parametrize(
    ("seconds", "half_seconds", "half", "expected"),
    [
        (1.0, 0.5, SAME, Precision.BFLOAT16),
        (1.0, 0.95, SAME, Precision.FLOAT32),
        (0.5, 0.6, SAME, Precision.FLOAT32),
        (1.0, 0.5, entailed(0.40), Precision.BFLOAT16),
        (1.0, 0.5, entailed(0.50), Precision.FLOAT32),
        (1.0, 0.5, entailed(float("nan")), Precision.FLOAT32),
    ],
)
def test_the_faster_one_is_taken_if_it_says_the_same(
    seconds: float, half_seconds: float, half: NDArray[np.float32], expected: Precision
) -> None:
    models = {
        Precision.FLOAT32: Timed([9, *[seconds] * TRIALS]),
        Precision.BFLOAT16: Timed([seconds, *[half_seconds] * TRIALS], half),
    }
    assert faster(models.__getitem__) is expected
    assert not any(model.left for model in models.values())


def test_small_probabilities_are_compared_as_labels_are_read_off_them() -> None:
    models = {
        Precision.FLOAT32: Timed([1.0] * 3, entailed(0.0005)),
        Precision.BFLOAT16: Timed([0.1] * 3, entailed(0.03)),
    }
    assert faster(models.__getitem__) is Precision.FLOAT32


def test_where_it_is_much_slower_once_is_enough() -> None:
    half = Timed([9.0, 0.1, 0.1])
    assert faster({Precision.FLOAT32: Timed([1.0] * 3), Precision.BFLOAT16: half}.__getitem__) is (
        Precision.FLOAT32
    )
    assert half.left == [0.1, 0.1]


@pytest.mark.parametrize("error", [RuntimeError("not implemented for 'BFloat16'"), MemoryError()])
def test_what_cannot_be_computed_in_bfloat16_is_computed_in_float32(error: Exception) -> None:
    class Failing(Timed):
        def predict(self, pairs: Sequence[Pair]) -> NoReturn:
            assert pairs
            raise error

    models = {Precision.FLOAT32: Timed([1.0] * 3), Precision.BFLOAT16: Failing([])}
    assert faster(models.__getitem__) is Precision.FLOAT32


def never() -> NoReturn:
    raise AssertionError("nothing should be measured")


def test_the_choice_is_made_once(tmp_path: Path) -> None:
    file = tmp_path / "made" / "precision.json"
    assert kept(file, "one", lambda: Precision.BFLOAT16) is Precision.BFLOAT16
    assert kept(file, "one", never) is Precision.BFLOAT16
    assert kept(file, "other", lambda: Precision.FLOAT32) is Precision.FLOAT32
    assert json.loads(file.read_text("utf-8")) == {"one": "bfloat16", "other": "float32"}
    assert {path.name for path in file.parent.iterdir()} <= {file.name, "precision.lock"}


def test_processes_that_start_together_choose_once(tmp_path: Path) -> None:
    file = tmp_path / "precision.json"
    chosen: list[Precision] = []

    def choose() -> Precision:
        chosen.append(Precision.BFLOAT16)
        sleep(0.2)
        return Precision.BFLOAT16

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: kept(file, "one", choose), range(4)))
    assert found == [Precision.BFLOAT16] * 4
    assert len(chosen) == 1


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
