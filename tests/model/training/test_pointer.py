"""The pointer in training, against what the shipped reader computes of the same weights."""

import numpy as np
import pytest
import torch

from model.pointing import FORMS, SIGNS, Pointing, asking_of, bucket, names_of, point, rules_of
from model.quotes import quotations
from model.training.pointer import Case, PointerHead, pointed, pointed_loss
from tests.model.test_pointing import SENTENCES, TEXT, bearers, place, starts, tellings

WIDTH = 6


def states() -> torch.Tensor:
    return torch.randn(len(starts()), WIDTH, generator=torch.Generator().manual_seed(2)) * 3


def head() -> PointerHead:
    torch.manual_seed(1)
    found = PointerHead(WIDTH).eval()
    for parameter in found.parameters():
        torch.nn.init.normal_(parameter)
    return found


def case() -> Case:
    names = names_of(bearers(), starts(), SENTENCES, quotations(TEXT))
    right = np.zeros((len(SENTENCES), len(bearers())), dtype=np.bool_)
    right[1, place("Olm Perrault")] = True
    return Case(
        asking=torch.from_numpy(asking_of(starts(), tellings())),
        form=torch.from_numpy(np.array([telling.form(TEXT) for telling in tellings()])),
        speaker=torch.from_numpy(names.speaker),
        first=torch.from_numpy(names.first),
        last=torch.from_numpy(names.last),
        mark=torch.from_numpy(names.mark),
        distance=torch.from_numpy(
            np.array([bucket(index - names.sentence) for index in range(len(SENTENCES))])
        ),
        rules=torch.from_numpy(np.array(list(rules_of(TEXT, bearers(), SENTENCES, tellings())))),
        right=torch.from_numpy(right),
    )


@torch.inference_mode()
def test_it_points_as_the_shipped_reader_does() -> None:
    model = head()
    signs = model(states()).numpy()
    assert signs.shape == (len(starts()), SIGNS)
    pointing = Pointing(starts(), signs, model.weights())
    expected = np.array(list(point(pointing, TEXT, SENTENCES, quotations(TEXT), bearers(), tellings())))
    np.testing.assert_allclose(pointed(model, model(states()), case()).numpy(), expected, atol=1e-4)
    assert model.weights().rules.shape[0] == len(FORMS)


def test_sentences_without_a_right_speaker_lose_nothing() -> None:
    model = head()
    signs = model(states())
    shares = pointed(model, signs, case())
    assert case().known.tolist() == [False, True, *[False] * (len(SENTENCES) - 2)]
    assert pointed_loss(model, signs, case()).item() == pytest.approx(
        -shares[1, place("Olm Perrault")].item()
    )


def test_the_right_one_is_learned() -> None:
    model = PointerHead(WIDTH, dropout=0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for _ in range(60):
        optimizer.zero_grad()
        pointed_loss(model, model(states()), case()).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    assert pointed(model, model(states()), case())[1].argmax().item() == place("Olm Perrault")
