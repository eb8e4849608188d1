"""The labelled article: schema version 1, which a mark may add to and nothing may change."""

import json
from typing import Any

from model.article import LabelledArticle, ModelInfo, Sentence, Speaker

SCORES = (0.9, 0.6, 0.3)
FIELDS = ["index", "start", "end", "text", "label", "score", "scores", "speaker", "statements"]


def article() -> LabelledArticle:
    return LabelledArticle(
        schema=1,
        id="a",
        model=ModelInfo(name="builtin", revision="0123456789ab"),
        labels=("denial",),
        hypotheses={"denial": ("It is denied.",)},
        speakers=(Speaker(id="narrator", name="narrator", kind="narrator"),),
        sentences=tuple(
            Sentence(
                index=index,
                start=3 * index,
                end=3 * index + 2,
                text="A.",
                label="denial",
                score=score,
                scores={"denial": score},
                speaker="narrator",
            )
            for index, score in enumerate(SCORES)
        ),
        statements=(),
    )


def sentences(labelled: LabelledArticle) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(labelled.to_json())["sentences"]
    return found


def test_what_scores_below_is_uncertain_and_stays() -> None:
    marked = article().marked(0.6)
    assert [each.uncertain for each in marked.sentences] == [False, False, True]
    assert [each.score for each in marked.sentences] == list(SCORES)


def test_a_mark_changes_nothing_else() -> None:
    plain = article()
    marked = plain.marked(1.0)
    assert [each.uncertain for each in plain.sentences] == [False] * 3
    assert marked.marked(0.0) == plain
    assert marked != plain


def test_only_a_mark_is_written() -> None:
    assert [list(each) for each in sentences(article())] == [FIELDS] * 3
    assert article().marked(0.0).to_json() == article().to_json()
    marked = sentences(article().marked(0.6))
    assert [list(each) for each in marked] == [FIELDS, FIELDS, [*FIELDS, "uncertain"]]
    assert marked[2]["uncertain"] is True


def test_what_is_written_is_read_back() -> None:
    for labelled in (article(), article().marked(0.6)):
        assert LabelledArticle.model_validate_json(labelled.to_json()) == labelled


def test_the_schema_does_not_ask_for_a_mark() -> None:
    schema = Sentence.model_json_schema(mode="serialization")
    assert schema["properties"]["uncertain"]["type"] == "boolean"
    assert "uncertain" not in schema["required"]
