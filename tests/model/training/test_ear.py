"""What the ear loses, against what the shipped reader computes of the same signs."""

import numpy as np
import pytest
import torch

from model.hearing import HEARD_WIDTH, LEAST, hear, tellers_and_stances
from model.spans import Span
from model.training.ear import SOURCE_WEIGHT, UNKNOWN, Ear, heard_loss

SENTENCE = torch.tensor([0, 0, 0, 1, 1, 2, 2, 2])
BORDERS = [(0, 3), (3, 5), (5, 8)]


def begins(*places: int) -> torch.Tensor:
    found = torch.zeros(len(SENTENCE), dtype=torch.bool)
    found[list(places)] = True
    return found


@torch.inference_mode()
def test_the_loss_scores_as_the_shipped_reader_does() -> None:
    signs = torch.randn(len(SENTENCE), HEARD_WIDTH, generator=torch.Generator().manual_seed(4))
    told = torch.tensor([[0, 2], [1, UNKNOWN], [UNKNOWN, 1]])
    loss = heard_loss(signs, SENTENCE, told, begins(4)).item()
    tellers, stances = tellers_and_stances(signs.numpy(), BORDERS)
    opening = signs[3:5, -1].numpy()
    opening -= np.log(np.exp(opening).sum())
    expected = (
        -tellers[[0, 1], [0, 1]].mean() - stances[[0, 2], [2, 1]].mean() - SOURCE_WEIGHT * opening[1] / 3
    )
    assert loss == pytest.approx(float(expected), rel=1e-5)


@torch.inference_mode()
@pytest.mark.parametrize("told", [torch.zeros(0, 2).long(), torch.full((3, 2), UNKNOWN)])
def test_of_what_nothing_is_known_there_is_nothing_to_lose(told: torch.Tensor) -> None:
    sentence = SENTENCE if len(told) else SENTENCE[:0]
    signs = torch.randn(len(sentence), HEARD_WIDTH)
    assert heard_loss(signs, sentence, told, torch.zeros(len(sentence), dtype=torch.bool)).item() == 0


def test_a_sure_word_is_learned() -> None:
    signs = torch.zeros(3, HEARD_WIDTH, requires_grad=True)
    for _ in range(200):
        told = torch.tensor([[1, 2]])
        loss = heard_loss(signs, torch.zeros(3).long(), told, torch.tensor([False, False, True]))
        (slope,) = torch.autograd.grad(loss, signs)
        signs = (signs - slope).detach().requires_grad_()
    heard = hear(signs.detach().numpy(), np.array([0, 4, 9]), [Span(0, 12)])
    assert heard.teller(0, "source") > np.log(0.9)
    assert heard.stances[0].argmax() == 2
    assert heard.opening(Span(9, 12)) > np.log(0.9)
    assert heard.stances[0].min() >= LEAST


def test_an_ear_reads_states_of_any_shape() -> None:
    assert Ear(6).eval()(torch.randn(2, 5, 6)).shape == (2, 5, HEARD_WIDTH)
