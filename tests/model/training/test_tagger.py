"""The tagger's losses, against counting all paths, and against what the shipped decoder computes."""

from itertools import product

import numpy as np
import pytest
import torch

from model.decoding import DISTANCES, LINK_WIDTH, TAGS, Links, distance_buckets
from model.training.examples import predict
from model.training.tagger import (
    StatementTagger,
    TaggerBatch,
    distance_bucket,
)
from model.windows import read_words
from tests.model.training.tiny import tiny_encoder


@pytest.fixture
def model() -> StatementTagger:
    model = StatementTagger(tiny_encoder(layers=1)).eval()
    chance = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in (
            model.transitions,
            model.begin,
            model.finish,
            model.distance.weight,
            model.unlinked,
        ):
            parameter.copy_(torch.randn(parameter.shape, generator=chance))
    return model


def test_distances_fall_into_the_same_buckets_as_in_the_shipped_decoder() -> None:
    far = np.arange(-3000, 3001)
    assert (distance_bucket(torch.from_numpy(far)).numpy() == distance_buckets(far)).all()
    assert len(set(distance_buckets(far).tolist())) > DISTANCES // 2


@torch.inference_mode()
def test_the_crf_s_loss_is_that_of_counting_all_paths(model: StatementTagger) -> None:
    chance = torch.Generator().manual_seed(2)
    lengths = [1, 4, 3, 2]
    emission = torch.randn(len(lengths), 4, len(TAGS), generator=chance) * 2
    tags = torch.randint(0, len(TAGS), (len(lengths), 4), generator=chance)
    words = torch.arange(4) < torch.tensor(lengths).unsqueeze(1)
    expected = 0.0
    for row, length in enumerate(lengths):
        paths = torch.tensor(list(product(range(len(TAGS)), repeat=length)))
        score = model.begin[paths[:, 0]] + model.finish[paths[:, -1]]
        for place in range(length):
            score = score + emission[row, place, paths[:, place]]
        for place in range(length - 1):
            score = score + model.transitions[paths[:, place], paths[:, place + 1]]
        gold = (paths == tags[row, :length]).all(1).nonzero().item()
        expected += (score.logsumexp(0) - score[int(gold)]).item()
    assert model._crf(emission, tags, words).item() == pytest.approx(expected, rel=1e-4)


def linking(links: list[tuple[int, int, int]], cues: list[list[bool]]) -> TaggerBatch:
    nothing = torch.zeros(1)
    return TaggerBatch(
        tokens=nothing,
        features=nothing,
        attention=nothing,
        first=nothing,
        tags=nothing,
        words=nothing,
        links=torch.tensor(links, dtype=torch.long).reshape(-1, 3),
        cues=torch.tensor(cues),
        sentence=nothing,
        told=nothing,
        begins=nothing,
    )


@torch.inference_mode()
@pytest.mark.parametrize("cue", [1, 4, -1])
def test_the_links_loss_scores_as_the_shipped_decoder_does(model: StatementTagger, cue: int) -> None:
    chance = torch.Generator().manual_seed(3)
    query, key = torch.randn(2, 1, 6, LINK_WIDTH, generator=chance)
    loss = model._links(query, key, linking([(0, 2, cue)], [[False, True, False, False, True, False]]))
    bias, floor = model.distance.weight[:, 0].numpy(), model.unlinked.item()
    places = np.array([1, 4])
    scores = (key[0, places] @ query[0, 2]).numpy() / LINK_WIDTH**0.5 + bias[distance_buckets(places - 2)]
    every = np.append(scores, floor)
    right = floor if cue < 0 else scores[places.tolist().index(cue)]
    assert loss.item() == pytest.approx(np.log(np.exp(every).sum()) - right, rel=1e-4)
    best = Links(bias, floor).best(2, [1, 4], query[0, 2].numpy(), key[0, places].numpy())
    assert best == (None if every.argmax() == 2 else every.argmax())


@torch.inference_mode()
def test_without_links_there_is_nothing_to_lose(model: StatementTagger) -> None:
    states = torch.randn(1, 6, LINK_WIDTH)
    assert model._links(states, states, linking([], [[True] * 6])).item() == 0


@torch.inference_mode()
def test_a_feature_of_a_token_is_seen(model: StatementTagger) -> None:
    torch.nn.init.normal_(model.surface.weight)
    tokens, all_of_it = torch.tensor([[2, 9, 10, 3]]), torch.ones(1, 4, dtype=torch.long)
    plain, marked = (model(tokens, torch.tensor([[0, feature, 0, 0]]), all_of_it)[0] for feature in (0, 5))
    assert plain.shape == (1, 4, len(TAGS))
    assert (plain - marked).abs().max() > 0.01


def test_predicting_a_short_article_is_one_reading_of_it(model: StatementTagger, tokenizer) -> None:  # type: ignore[no-untyped-def]
    words = read_words(tokenizer, "Ana zyx denies it.")
    found = predict(model, words, (2, 3))
    tokens = torch.tensor([[2, *words.tokens, 3]])
    features = torch.tensor([[0, *words.features, 0]])
    with torch.inference_mode():
        states = model(tokens, features, torch.ones_like(tokens))
    for values, expected in zip(found, states, strict=True):
        np.testing.assert_allclose(values, expected[0, words.first[:-1] + 1], atol=1e-5)
