"""POST /v1/zero-shot-classification answers as Hugging Face's pipeline does."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from huggingface_hub import InferenceClient
from numpy.typing import NDArray

from model.entailment import Pair
from service.routes.zeroshot import scores
from tests.service.fakes import FakeReader
from tests.service.serving import served

PATH = "/v1/zero-shot-classification"


def ask(client: TestClient, inputs: Any, **parameters: Any) -> Any:
    return client.post(PATH, json={"inputs": inputs, "parameters": parameters})


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    found: NDArray[np.float64] = weights / weights.sum(axis=-1, keepdims=True)
    return found


def test_scores_are_those_of_the_pipeline() -> None:
    logits = np.array([[2.0, 0.1, -1.0], [-0.5, 0.3, 0.9], [1.5, 1.0, 0.2]])
    rows = softmax(logits).astype(np.float32)
    logs = np.log(rows.astype(np.float64))
    one_of_them = softmax(logs[:, 0])
    each_alone = softmax(logits[:, [2, 0]])[:, 1]
    assert scores(rows, multi_label=False) == pytest.approx(one_of_them)
    assert scores(rows, multi_label=True) == pytest.approx(each_alone, abs=1e-6)
    assert scores(rows[:1], multi_label=False) == pytest.approx(each_alone[:1], abs=1e-6)


def test_scores_of_certainty_are_numbers() -> None:
    rows = np.array([[0, 1, 0], [0, 1, 0]], dtype=np.float32)
    for multi_label in (True, False):
        assert scores(rows, multi_label) == pytest.approx([0.5, 0.5])


def test_one_text_is_answered_by_itself_labels_by_falling_score(
    client: TestClient, reader: FakeReader
) -> None:
    answer = ask(client, "abc", candidate_labels=["b", "dddd", "cc"], hypothesis_template="{}")
    assert answer.status_code == 200
    found = answer.json()
    assert list(found) == ["sequence", "labels", "scores"]
    assert (found["sequence"], found["labels"]) == ("abc", ["dddd", "cc", "b"])
    assert found["scores"] == sorted(found["scores"], reverse=True)
    assert sum(found["scores"]) == pytest.approx(1)
    assert reader.model.asked == [[Pair("abc", "b"), Pair("abc", "dddd"), Pair("abc", "cc")]]


def test_the_default_template_is_that_of_the_pipeline(client: TestClient, reader: FakeReader) -> None:
    ask(client, "abc", candidate_labels=["sport"])
    assert reader.model.asked == [[Pair("abc", "This example is sport.")]]


def test_several_texts_and_labels_with_commas(client: TestClient, reader: FakeReader) -> None:
    answer = ask(client, ["abc", "d"], candidate_labels=" a, b ,", multi_label=True)
    assert [each["sequence"] for each in answer.json()] == ["abc", "d"]
    assert [each["labels"] for each in answer.json()] == [["a", "b"]] * 2
    assert [[pair.premise for pair in asked] for asked in reader.model.asked] == [["abc", "abc", "d", "d"]]


def test_elements_are_the_same_labels_and_scores(client: TestClient) -> None:
    body = {"inputs": "abc", "parameters": {"candidate_labels": ["b", "dddd"]}}
    whole = client.post(PATH, json=body).json()
    answer = client.post(PATH, params={"form": "elements"}, json=body)
    assert answer.json() == [
        {"label": label, "score": score}
        for label, score in zip(whole["labels"], whole["scores"], strict=True)
    ]
    several = client.post(PATH, params={"form": "elements"}, json=body | {"inputs": ["abc", "abc"]})
    assert several.json() == [answer.json()] * 2


def test_the_hubs_client_reads_the_elements(tmp_path: Path) -> None:
    with served(tmp_path) as service:
        hub = InferenceClient(f"{service.url}{PATH}?form=elements")
        found = hub.zero_shot_classification("abc", candidate_labels=["b", "dddd"], multi_label=True)
    assert {element.label for element in found} == {"b", "dddd"}
    assert all(0 <= element.score <= 1 for element in found)


def test_another_form_is_refused(client: TestClient) -> None:
    body = {"inputs": "a", "parameters": {"candidate_labels": "b"}}
    answer = client.post(PATH, params={"form": "table"}, json=body)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == ["query.form"]


def test_options_are_passed_over(client: TestClient) -> None:
    body = {"inputs": "a", "parameters": {"candidate_labels": "b"}, "options": {"wait_for_model": True}}
    assert client.post(PATH, json=body).status_code == 200


@pytest.mark.parametrize(
    ("inputs", "parameters", "field", "says"),
    [
        ([], {"candidate_labels": "a"}, "inputs", "1 to 32"),
        (["a"] * 33, {"candidate_labels": "a"}, "inputs", "1 to 32"),
        (["a", 1], {"candidate_labels": "a"}, "inputs", "strings"),
        (" ", {"candidate_labels": "a"}, "inputs", "white space"),
        (["a", ""], {"candidate_labels": "a"}, "inputs[1]", "empty"),
        ("a" * 200_001, {"candidate_labels": "a"}, "inputs", "at most 200,000"),
        ("a", {}, "parameters.candidate_labels", "missing"),
        ("a", {"candidate_labels": ", ,"}, "parameters.candidate_labels", "1 to 32 labels"),
        ("a", {"candidate_labels": ["b"] * 33}, "parameters.candidate_labels", "1 to 32 labels"),
        ("a", {"candidate_labels": ["b", " "]}, "parameters.candidate_labels", "1 to 200 characters"),
        ("a", {"candidate_labels": ["b" * 201]}, "parameters.candidate_labels", "1 to 200 characters"),
        ("a", {"candidate_labels": "b", "multi_label": "yes"}, "parameters.multi_label", "true or false"),
        ("a", {"candidate_labels": "b", "hypothesis_template": "none"}, "parameters.hypothesis_template", "{} once"),
        ("a", {"candidate_labels": "b", "hypothesis_template": "{}{}"}, "parameters.hypothesis_template", "{} once"),
        ("a", {"candidate_labels": "b", "hypothesis_template": "{0} {}"}, "parameters.hypothesis_template", "no other brace"),
        ("a", {"candidate_labels": "b", "hypothesis_template": "{}" + "x" * 199}, "parameters.hypothesis_template", "200 characters"),
        ("a", {"candidate_labels": "b", "top_k": 1}, "parameters.top_k", "not a known field"),
    ],
)  # fmt: skip
def test_bad_requests_name_field_and_limit(
    client: TestClient, reader: FakeReader, inputs: Any, parameters: dict[str, Any], field: str, says: str
) -> None:
    answer = ask(client, inputs, **parameters)
    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]
    assert says in answer.json()["detail"]
    assert reader.model.asked == []
