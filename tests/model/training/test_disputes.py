"""What the tying of denials to claims learns from. All people and places are invented."""

from model.article import NARRATOR
from model.disputes import Scene
from model.evaluation.gold import GoldArticle, GoldDispute, GoldSentence
from model.sentences import split
from model.training.disputes import choices, denies, frequent
from model.training.logit import Choice
from tests.model.test_disputes import ROWS, scene


def gold(of: Scene, *disputes: tuple[int, int]) -> GoldArticle:
    labels = [label for _, label, _ in ROWS]
    sentences = [
        GoldSentence(
            start=span.start, end=span.end, label=label, accept=(label,), speaker=NARRATOR, speaker_accept=()
        )
        for span, label in zip(split(of.text), labels, strict=True)
    ]
    pairs = tuple(GoldDispute(denial=denial, claim=claim) for denial, claim in disputes)
    return GoldArticle(id="one", text=of.text, sentences=tuple(sentences), disputes=pairs)


def test_each_denial_is_a_choice_among_sentences_and_none() -> None:
    told = scene(*ROWS)
    places = {index: index for index in range(len(ROWS))}
    (tied,) = choices(told, places, gold(told, (2, 0), (2, 1)))
    assert tied.right == [True, True, False, False]
    (alone,) = choices(told, places, gold(told))
    assert alone.right == [False, False, False, True]
    assert len(alone.table) == len(alone.right)


def test_who_denies_nothing_teaches_nothing() -> None:
    told = scene(*ROWS)
    assert denies(gold(told))
    quiet = gold(told).model_copy(update={"sentences": gold(told).sentences[:2]})
    assert not denies(quiet)


def test_what_few_articles_hold_is_not_learned() -> None:
    often, seldom = {"next": 1.0}, {"claim: zyx": 1.0, "next": 1.0}
    groups = [[Choice([often, seldom], [True, False])] for _ in range(4)]
    assert [row for group in frequent(groups) for choice in group for row in choice.table] == [{}] * 8
    groups.append([Choice([often] * 9, [True] + [False] * 8)])
    kept = [row for group in frequent(groups) for choice in group for row in choice.table]
    assert kept == [often] * 17
