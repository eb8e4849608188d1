"""From annotated articles to what the tagger learns from: tags of words, links, windows."""

from argparse import Namespace
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from model.decoding import TAGS
from model.evaluation.gold import GoldArticle
from model.hearing import HEARD_WIDTH
from model.pointing import FEATURES
from model.tokens import special_tokens
from model.training.corpora import LEARNED
from model.training.ear import UNKNOWN
from model.training.examples import Annotated, Told, annotate, collate
from model.training.pointer import Case
from model.training.statements import STEP, TOKENS_A_BATCH, begin_at, cases_of, epochs, score_heard
from model.training.substitution import Exchange
from model.training.tagger import POINTED_WEIGHT, StatementTagger
from model.training.tellers import Known
from model.windows import WINDOW, Window
from tests.model.training.tiny import tiny_encoder

TEXT = "“The report,” Ana Duarte says, zyx. He denies it."


def span(part: str) -> list[int]:
    return [TEXT.index(part), TEXT.index(part) + len(part)]


LINE: dict[str, Any] = {
    "doc_id": "a",
    "text": TEXT,
    "attributions": [
        {
            "source": [span("Ana Duarte")],
            "cue": [span("says")],
            "content": [span("“The report,”"), span("zyx")],
        },
        {"source": [], "cue": [], "content": [span("it")]},
    ],
}


@pytest.fixture
def article(tokenizer: Tokenizer) -> Annotated:
    return annotate(tokenizer, LINE)


def case() -> Case:
    """Ana Duarte and the report, of whom she tells the second sentence; nothing is known of the first."""
    return Case(
        asking=torch.tensor([[-1, -1, -1], [11, 11, 12]]),
        form=torch.tensor([5, 0]),
        speaker=torch.tensor([0, 1]),
        first=torch.tensor([1, 5]),
        last=torch.tensor([2, 6]),
        mark=torch.tensor([3, 2]),
        distance=torch.tensor([[0, 0], [1, 1]]),
        rules=torch.zeros(2, 2, len(FEATURES)),
        right=torch.tensor([[False, False], [False, True]]),
    )


def word(article: Annotated, part: str) -> int:
    found: int = article.words.start.tolist().index(TEXT.index(part))
    return found


def test_spans_become_tags_of_words(article: Annotated) -> None:
    names = [TAGS[tag] for tag in article.tags]
    assert names == [
        *("B-content", *["I-content"] * 4),
        *("B-source", "I-source", "B-cue", "O", "B-content", "O"),
        *("O", "O", "B-content", "O"),
    ]


def test_a_source_and_a_content_are_linked_to_their_cue(article: Annotated) -> None:
    cue = word(article, "says")
    assert article.links == {
        word(article, "Ana"): cue,
        word(article, "“The"): cue,
        word(article, "zyx"): cue,
        word(article, "it."): -1,
    }


def test_a_batch_holds_the_windows_as_the_model_reads_them(article: Annotated, tokenizer: Tokenizer) -> None:
    special = special_tokens(tokenizer)
    whole, part = Window(0, len(article.words)), Window(2, 8)
    batch = collate([(article, whole), (article, part)], special, "cpu")
    assert batch.words.sum(1).tolist() == [len(article.words), 6]
    assert batch.attention.sum(1).tolist() == [len(article.words.tokens) + 2, 8]
    for row, window in enumerate((whole, part)):
        length = int(batch.attention[row].sum())
        assert batch.tokens[row, [0, length - 1]].tolist() == list(special)
        assert batch.tokens[row, length:].sum() == 0
        firsts = batch.tokens[row, batch.first[row, : window.end - window.begin]]
        assert (
            firsts.tolist() == article.words.tokens[article.words.first[window.begin : window.end]].tolist()
        )
    # The second window opens inside a content: there it begins.
    assert [TAGS[tag] for tag in batch.tags[1, :6].tolist()] == [
        *("B-content", "I-content", "I-content", "B-source", "I-source", "B-cue")
    ]
    cue = word(article, "says")
    assert (0, word(article, "Ana"), cue) in [tuple(link) for link in batch.links.tolist()]
    assert (1, word(article, "Ana") - 2, cue - 2) in [tuple(link) for link in batch.links.tolist()]
    assert batch.cues.nonzero().tolist() == [[0, cue], [1, cue - 2]]
    linked = {row: int((batch.links[:, 0] == row).sum()) for row in (0, 1)}
    assert linked == {0: 3, 1: 1}


def test_an_epoch_reads_every_word_the_same_way_each_time(tokenizer: Tokenizer) -> None:
    special = special_tokens(tokenizer)
    long = annotate(tokenizer, {**LINE, "text": TEXT + " He says it." * 300})
    plan = epochs([long, annotate(tokenizer, LINE)], special, "cpu")
    first, again, other = plan(0), plan(0), plan(1)
    assert sum(int(batch.words.sum()) for batch in first) >= len(long.words)
    assert all(batch.tokens.shape[1] <= WINDOW for batch in first)
    assert all(torch.equal(a.tokens, b.tokens) for a, b in zip(first, again, strict=True))
    assert [batch.tokens.shape for batch in first] != [batch.tokens.shape for batch in other] or any(
        not torch.equal(a.tokens, b.tokens) for a, b in zip(first, other, strict=True)
    )


def test_windows_of_a_batch_are_of_much_the_same_length(tokenizer: Tokenizer) -> None:
    texts = ["He says it." * number for number in (1, 2, 9, 30)]
    articles = [annotate(tokenizer, {**LINE, "text": text, "attributions": []}) for text in texts] * 90
    batches = epochs(articles, special_tokens(tokenizer), "cpu")(0)
    for batch in batches:
        lengths = batch.attention.sum(1)
        assert int(lengths.max() - lengths.min()) < STEP
        assert batch.attention.numel() <= TOKENS_A_BATCH
    assert sum(int(batch.words.sum()) for batch in batches) >= sum(len(one.words) for one in articles)
    assert len(batches) < len(articles) / 4


def test_a_sentence_that_stands_alone_is_read_whole(tokenizer: Tokenizer) -> None:
    short = annotate(tokenizer, {**LINE, "text": "He says zyx to the paper.", "attributions": []})
    told = replace(short, told=(Told(0, len(short.words), 1, 0),))
    plan = epochs([told] * 60, special_tokens(tokenizer), "cpu")
    for epoch in range(3):
        assert sum(len(batch.told) for batch in plan(epoch)) == 60
        assert sum(int(batch.words.sum()) for batch in plan(epoch)) == 60 * len(short.words)


def test_what_is_heard_is_measured(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    special, model = special_tokens(tokenizer), StatementTagger(tiny_encoder(layers=1))
    plain = annotate(tokenizer, {**LINE, "attributions": []})
    words = len(plain.words)
    gold = [Told(0, 11, 1, 1), Told(11, words, 0, 0), Told(11, words, 2, 2), Told(0, 11, 2, UNKNOWN)]
    signs = np.zeros((words, HEARD_WIDTH), dtype=np.float32)
    signs[:11, [1, 4]] = 1
    signs[11:, [0, 5]] = 1
    monkeypatch.setattr("model.training.statements.predict", lambda *_: (None, None, None, signs))
    found = score_heard(model, [replace(plain, told=tuple(gold))], special)
    assert found == {"tellers": 50.0, "narrated": 75.0, "denial": 100.0, "condemnation": 50.0}


def test_a_batch_holds_the_sentences_that_are_whole_in_a_window(
    article: Annotated, tokenizer: Tokenizer
) -> None:
    first, second = Told(0, 11, 1, 2, source=5), Told(11, 15, 0, 1)
    told = replace(article, told=(first, second))
    batch = collate(
        [(told, Window(0, 15)), (told, Window(2, 15)), (article, Window(0, 4))],
        special_tokens(tokenizer),
        "cpu",
    )
    assert batch.told.tolist() == [[1, 2], [0, 1], [0, 1]]
    assert batch.begins.nonzero().tolist() == [[0, 5]]
    assert batch.sentence[0].tolist() == [0] * 11 + [1] * 4
    assert batch.sentence[1].tolist() == [-1] * 9 + [2] * 4 + [-1] * 2
    assert (batch.sentence[2] == -1).all()


def test_an_article_with_known_speakers_stays_whole(article: Annotated, tokenizer: Tokenizer) -> None:
    special, known = special_tokens(tokenizer), case()
    cased = replace(article, case=known)
    halves = [Window(0, 9), Window(6, 15)]
    batch = collate([(article, halves[0]), *((cased, half) for half in halves)], special, "cpu")
    ((places, found),) = batch.cases
    assert found.form.tolist() == known.form.tolist()
    size = batch.first.shape[1]
    # Each word where it stands deeper: the border of both lies in the middle of what they share.
    assert places.tolist() == [
        *(size + word for word in range(8)),
        *(2 * size + word for word in range(2, 9)),
    ]
    assert not collate([(cased, halves[0])], special, "cpu").cases

    long = replace(annotate(tokenizer, {**LINE, "text": TEXT + " He says it." * 300}), case=known)
    batches = epochs([long, *(replace(cased) for _ in range(3)), *[article] * 5], special, "cpu")(0)
    assert sum(len(batch.cases) for batch in batches) == 4
    for batch in batches:
        for places, _ in batch.cases:
            assert len(places) in (len(long.words), len(article.words))


def test_who_is_pointed_at_counts_beside_what_else_is_read(article: Annotated, tokenizer: Tokenizer) -> None:
    model = StatementTagger(tiny_encoder(layers=1), dropout=0.0).eval()
    special, whole = special_tokens(tokenizer), Window(0, len(article.words))
    without, loss = (
        model.loss(collate([(replace(article, case=known), whole)], special, "cpu"))
        for known in (None, case())
    )
    assert (loss - without).item() == pytest.approx(POINTED_WEIGHT * np.log(2), abs=0.05)
    learned = []
    for each in (without, loss):
        model.zero_grad()
        each.backward()  # type: ignore[no-untyped-call]
        parts = (model.pointer.asking.weight, *model.encoder.parameters())
        learned.append([torch.zeros(1) if w.grad is None else w.grad.clone() for w in parts])
    assert not learned[0][0].any()
    assert learned[1][0].any()
    # The encoder learns along: what it gives is not cut off from the pointer.
    assert not all(torch.equal(*pair) for pair in zip(learned[0][1:], learned[1][1:], strict=True))


def test_every_other_article_has_other_names(tokenizer: Tokenizer) -> None:
    article, other = (
        annotate(tokenizer, {**LINE, "text": text, "attributions": []})
        for text in ("Ana Duarte met Piet Vos. They left.", "Maria Kellner said no.")
    )
    articles = [article] * 300
    special = special_tokens(tokenizer)
    plain, changed = (
        epochs(articles, special, "cpu", exchange)(0)
        for exchange in (None, Exchange(tokenizer, [article, other]))
    )
    (same,) = {tuple(row) for batch in plain for row in batch.tokens.tolist()}
    rows = [tuple(row) for batch in changed for row in batch.tokens.tolist()]
    changes = sum(row[: len(same)] != same for row in rows)
    assert 0.35 * len(rows) < changes < 0.6 * len(rows)


@pytest.mark.parametrize("learned", [False, True])
def test_what_is_measured_on_is_kept_apart(
    tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, learned: bool
) -> None:
    asked: list[tuple[list[set[str]], list[str]]] = []

    def read(
        able: Sequence[tuple[object, set[str]]], _: Tokenizer, articles: Sequence[GoldArticle]
    ) -> object:
        asked.append(([ids for _, ids in able], [article.id for article in articles]))
        return {article.id: article.id for article in articles}

    monkeypatch.setattr("model.training.statements.shipped", lambda *_: nullcontext())
    monkeypatch.setattr("model.training.statements.read_cases", read)
    if learned:
        (tmp_path / LEARNED).write_text("a\n")
    parts: list[Known] = [(GoldArticle(id=name, text=name, sentences=()), []) for name in "ab"]
    options = Namespace(start=tmp_path / "tagger.safetensors", earlier=[])
    model = StatementTagger(tiny_encoder(layers=1))
    found = cases_of(model, "", tokenizer, options, (parts[:1], parts[1:]))
    assert [list(part) for part in found] == [["a"], ["b"]]
    assert asked == [([set(), {"a"}] if learned else [set()], ["a"]), ([set()], ["b"])]


def test_a_run_begins_at_weights_without_an_ear_and_at_no_others(tmp_path: Path) -> None:
    model = StatementTagger(tiny_encoder(layers=1))
    weights = {name: value.detach().clone() for name, value in model.state_dict().items()}
    weights["emission.bias"] += 1
    old = {name: value for name, value in weights.items() if not name.startswith("ear.")}
    save_file(old, tmp_path / "old")
    begin_at(model, tmp_path / "old")
    assert torch.equal(model.emission.bias, weights["emission.bias"])
    save_file({name: value for name, value in old.items() if name != "unlinked"}, tmp_path / "less")
    with pytest.raises(ValueError, match="less lacks or should lack unlinked"):
        begin_at(model, tmp_path / "less")


def test_a_pointer_of_another_shape_begins_anew(tmp_path: Path) -> None:
    model = StatementTagger(tiny_encoder(layers=1))
    weights = {name: value.detach().clone() + 1 for name, value in model.state_dict().items()}
    before = model.pointer.rules.detach().clone()
    save_file(weights | {"pointer.rules": weights["pointer.rules"][:, 1:].contiguous()}, tmp_path / "old")
    begin_at(model, tmp_path / "old")
    assert torch.equal(model.pointer.rules, before)
    assert torch.equal(model.pointer.near, weights["pointer.near"])
