"""The training loop: a run that was cut off ends where one that was not ends."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from model.training.loop import Averaged, Schedule, parameter_groups, train

EPOCHS, STEPS = 2, 25


class CutOffError(Exception):
    """The machine went away."""


class Line(nn.Module):
    """Learns a line; `fails_at` is the number of batches after which the machine goes away."""

    def __init__(self, fails_at: int | None = None) -> None:
        super().__init__()
        torch.manual_seed(5)
        self.encoder = nn.Linear(3, 4)
        self.head = nn.Linear(4, 1)
        self.frozen = nn.Parameter(torch.ones(2), requires_grad=False)
        # No loss asks for it.
        self.unused = nn.Parameter(torch.ones(2))
        self.fails_at = fails_at
        self.seen = 0

    def loss(self, batch: object) -> Tensor:
        assert isinstance(batch, Tensor)
        if self.seen == self.fails_at:
            raise CutOffError
        self.seen += 1
        wanted = batch @ torch.tensor([[1.0], [-2.0], [0.5]]) + 3
        loss: Tensor = (self.head(self.encoder(batch)) - wanted).square().mean() + 0 * self.frozen.sum()
        return loss


def batches(epoch: int) -> Sequence[Tensor]:
    chance = torch.Generator().manual_seed(epoch)
    return [torch.randn(8, 3, generator=chance) for _ in range(STEPS)]


SCHEDULE = Schedule(epochs=EPOCHS, learning_rate=0.01, head_rate=0.02, checkpoint_minutes=0)


def test_a_run_that_was_cut_off_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = Line()
    train(whole, batches, SCHEDULE, tmp_path / "whole")
    assert whole.seen == EPOCHS * STEPS

    with pytest.raises(CutOffError):
        train(Line(fails_at=31), batches, SCHEDULE, tmp_path / "cut")
    resumed = Line()
    train(resumed, batches, SCHEDULE, tmp_path / "cut")
    assert resumed.seen == EPOCHS * STEPS - 31
    for name, weight in whole.state_dict().items():
        torch.testing.assert_close(resumed.state_dict()[name], weight, rtol=0, atol=0)


def test_a_run_learns_and_leaves_frozen_weights_alone(tmp_path: Path) -> None:
    line = Line()
    before = line.loss(batches(9)[0]).item()
    train(line, batches, Schedule(epochs=4, learning_rate=0.03, head_rate=0.03, keep=0.9), tmp_path)
    assert line.loss(batches(9)[0]).item() < before / 4
    assert line.frozen.tolist() == line.unused.tolist() == [1, 1]
    assert not (tmp_path / "resume.safetensors").exists()


def test_progress_is_written_down(tmp_path: Path) -> None:
    train(Line(), batches, SCHEDULE, tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["step"], line["of"]) for line in lines] == [(20, 50), (40, 50)]
    assert lines[1]["loss"] < lines[0]["loss"]
    assert json.loads((tmp_path / "schedule.json").read_text())["learning_rate"] == 0.01


def test_each_epoch_is_measured_with_the_averaged_weights(tmp_path: Path) -> None:
    measured: list[tuple[int, Tensor]] = []
    line = Line()

    def evaluate(module: nn.Module, epoch: int) -> None:
        assert module is line
        measured.append((epoch, line.head.weight.detach().clone()))

    train(line, batches, SCHEDULE, tmp_path, evaluate)
    assert [epoch for epoch, _ in measured] == [0, 1]
    torch.testing.assert_close(measured[1][1], line.head.weight)
    assert not torch.equal(measured[0][1], measured[1][1])


def test_measuring_does_not_change_the_run(tmp_path: Path) -> None:
    quiet, measured = Line(), Line()
    train(quiet, batches, SCHEDULE, tmp_path / "quiet")
    train(measured, batches, SCHEDULE, tmp_path / "measured", lambda *_: None)
    assert torch.equal(quiet.head.weight, measured.head.weight)


def test_the_average_follows_and_forgets_the_start() -> None:
    weight = nn.Parameter(torch.zeros(1))
    average = Averaged({"w": weight}, keep=0.5)
    with torch.no_grad():
        weight.fill_(1.0)
    average.update({"w": weight}, step=1)
    early = average.weights["w"].item()
    assert early == pytest.approx(1 - 2 / 11)
    average.update({"w": weight}, step=1000)
    assert average.weights["w"].item() == pytest.approx(early + (1 - early) / 2)


def test_deeper_layers_learn_more_slowly_and_heads_fast() -> None:
    model = nn.ModuleDict(
        {
            "encoder": nn.ModuleDict(
                {
                    "embeddings": nn.Linear(1, 1),
                    "layer": nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)]),
                }
            ),
            "head": nn.Linear(1, 1),
            "careful": nn.Linear(1, 1),
        }
    )
    model["head"].bias.requires_grad_(False)
    schedule = Schedule(learning_rate=1.0, head_rate=8.0, layer_decay=0.5, slow=("careful",))
    rates = {
        id(parameter): group["lr"]
        for group in parameter_groups(model, schedule)
        for parameter in group["params"]  # type: ignore[attr-defined]
    }
    found = {name: rates.get(id(parameter)) for name, parameter in model.named_parameters()}
    assert {
        name.removesuffix(".weight"): rate for name, rate in found.items() if name.endswith("weight")
    } == {
        "encoder.embeddings": 0.25,
        "encoder.layer.0": 0.5,
        "encoder.layer.1": 1.0,
        "head": 8.0,
        "careful": 1.0,
    }
    assert found["head.bias"] is None
