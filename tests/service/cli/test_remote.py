"""`gainsay label --server`: the same command, with a service in the place of the model."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.article import LabelledArticle
from tests.service.cli.conftest import Run
from tests.service.fakes import FakeReader
from tests.service.serving import Served, served


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("service")
    (folder / "keys").write_text(
        # The SHA-256 of "open-sesame".
        "cli d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7\n"
    )
    with served(folder, keys_file=folder / "keys", max_characters=50) as running:
        yield running


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAINSAY_KEY", "open-sesame")


def test_articles_are_labelled_there(run: Run, reader: FakeReader, service: Served) -> None:
    rows = [{"text": f"Number {number}.", "id": str(number)} for number in range(20)]
    Path("a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    Path("labels.toml").write_text('zeal = "{speaker} is keen."')
    result = run("label", "--server", service.url, "--labels", "labels.toml", "a.jsonl")
    assert result.exit_code == 0, result.stderr
    found = [LabelledArticle.model_validate_json(line) for line in result.stdout.splitlines()]
    assert [each.id for each in found] == [row["id"] for row in rows]
    assert {each.labels for each in found} == {("zeal",)}
    assert reader.articles == []


def test_low_scores_from_there_are_marked(run: Run, service: Served) -> None:
    result = run("label", "--server", service.url, "--min-score", "0.6", stdin="One.\nPerhaps two.")
    assert result.exit_code == 0, result.stderr
    labelled = LabelledArticle.model_validate_json(result.stdout)
    assert [each.uncertain for each in labelled.sentences] == [False, True]


def test_what_the_service_refuses_is_named_and_the_rest_is_labelled(run: Run, service: Served) -> None:
    Path("a.txt").write_text("One.")
    Path("b.txt").write_text("x" * 60)
    result = run("label", "--server", service.url, "a.txt", "b.txt")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 1
    assert "b.txt: articles[1].text has at most 50 characters" in result.stderr


@pytest.mark.parametrize(
    ("server", "key", "status", "says"),
    [
        (None, "wrong", 1, "401"),
        ("http://127.0.0.1:9", "any", 1, "cannot be reached"),
        ("127.0.0.1:9", "any", 2, "http://"),
    ],
)
def test_a_service_that_does_not_answer_fails_the_run(
    run: Run,
    service: Served,
    monkeypatch: pytest.MonkeyPatch,
    server: str | None,
    key: str,
    status: int,
    says: str,
) -> None:
    monkeypatch.setenv("GAINSAY_KEY", key)
    result = run("label", "--server", server or service.url, "-o", "out.jsonl", stdin="One.")
    assert result.exit_code == status
    assert says in result.stderr
    assert key not in result.stderr or key == "any"
    assert not Path("out.jsonl").exists()
