"""Fuzzed articles: the same again next time, of the size asked for; and what no answer may break."""

import random

import pytest

from benchmarks.fuzz import BrokenRuleError, case, check
from benchmarks.mutations import MUTATIONS
from model.article import Extract, LabelledArticle, ModelInfo, Sentence, Speaker

TEXT = "Ines Okoro denied it. Tomas Velk said: “No.” They left."


def labelled(text: str, *sentences: tuple[int, int], **changes: object) -> LabelledArticle:
    scores = {"assertion": 0.75, "denial": 0.25}
    facts = {"label": "assertion", "score": 0.75, "scores": scores, "speaker": "narrator"} | changes
    return LabelledArticle(
        schema=1,
        model=ModelInfo(name="fake", revision="0" * 12),
        labels=("assertion", "denial"),
        hypotheses={},
        speakers=(Speaker(id="narrator", name="narrator", kind="narrator"),),
        sentences=tuple(
            Sentence.model_validate(
                {"index": index, "start": start, "end": end, "text": text[start:end]} | facts
            )
            for index, (start, end) in enumerate(sentences)
        ),
        statements=(),
    )


def test_an_article_is_known_by_its_number() -> None:
    assert case([TEXT], 1, 7) == case([TEXT], 1, 7)
    assert len({case([TEXT], 1, number).text for number in range(50)}) > 40
    assert case([TEXT], 2, 7) != case([TEXT], 1, 7)


@pytest.mark.parametrize("name", sorted(MUTATIONS))
@pytest.mark.parametrize("start", [TEXT, "x"])
@pytest.mark.parametrize("length", [1, 300])
def test_a_mutation_makes_text_of_about_the_length(name: str, start: str, length: int) -> None:
    text = MUTATIONS[name](random.Random(3), start, length)
    assert length / 2 <= len(text) + 3 <= 2 * length + 30


def test_a_right_answer_passes() -> None:
    check("One. Two.", labelled("One. Two.", (0, 4), (5, 9)))
    check(" \n", labelled(" \n"))


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (labelled("One. Two.", (0, 4)), "every character"),
        (labelled("One. Two.", (0, 4), (6, 9)), "every character"),
        (labelled("One. Two.", (0, 5), (4, 9)), "overlap"),
        (labelled("One. Two.", (5, 9), (0, 4)), "overlap"),
        (labelled("One. Tow.", (0, 4), (5, 9)), "extracts"),
        (labelled("One. Two.", (0, 4), (5, 9), speaker="nobody"), "speaker"),
        (labelled("One. Two.", (0, 4), (5, 9), scores={"assertion": 0.75}), "sum to one"),
        (labelled("One. Two.", (0, 4), (5, 9), label="denial"), "likeliest"),
        (labelled("One. Two.", (0, 9), index=4), "numbered"),
    ],
)
def test_a_wrong_answer_is_told_by_the_rule_that_it_breaks(answer: LabelledArticle, rule: str) -> None:
    with pytest.raises(BrokenRuleError, match=rule):
        check("One. Two.", answer)


def test_mentions_must_stand_where_they_say() -> None:
    right = labelled("One. Two.", (0, 9))
    mention = Extract(start=1, end=4, text="One")
    wrong = right.model_copy(
        update={"speakers": (right.speakers[0].model_copy(update={"mentions": (mention,)}),)}
    )
    with pytest.raises(BrokenRuleError, match="extracts"):
        check("One. Two.", wrong)
