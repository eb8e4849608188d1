"""`gainsay label`: files in, labelled articles out, and one clear line for whatever fails."""

import json
from pathlib import Path
from typing import Any

import pytest

from model.article import LabelledArticle
from model.reader import Article
from tests.service.cli.conftest import Run
from tests.service.fakes import FakeReader

PAGE = """<html><head><title>Velmora port denies spill</title></head><body><nav>Home | About</nav><article>
<h1>Velmora port denies spill</h1>
<p>The port of Velmora spilled no oil last month, its director said on Monday, after a week of questions.</p>
<p>The mayor of Velmora, Tomas Reyk, called the spill a disgrace and asked for an inquiry into the port.</p>
</article><footer>Copyright</footer></body></html>"""


def lines(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


def test_a_text_file_gives_a_line_of_schema_1(run: Run) -> None:
    Path("a.txt").write_bytes("One “two”.\r\nThree 😀.\r\n".encode())
    result = run("label", "a.txt")
    assert result.exit_code == 0
    assert result.stderr == ""
    [labelled] = lines(result.stdout)
    LabelledArticle.model_validate(labelled)
    assert labelled["id"] == "a.txt"
    text = "One “two”.\r\nThree 😀.\r\n"
    assert [each["text"] for each in labelled["sentences"]] == ["One “two”.", "Three 😀."]
    assert all(text[each["start"] : each["end"]] == each["text"] for each in labelled["sentences"])


def test_a_byte_order_mark_is_not_text(run: Run, reader: FakeReader) -> None:
    Path("a.txt").write_bytes(b"\xef\xbb\xbfOne.")
    Path("b.jsonl").write_bytes(b'\xef\xbb\xbf{"text": "Two."}\n')
    assert run("label", "a.txt", "b.jsonl").exit_code == 0
    assert [article.text for article in reader.articles] == ["One.", "Two."]


def test_html_is_read_as_an_article(run: Run, reader: FakeReader) -> None:
    Path("a.HTML").write_text(PAGE, "utf-8")
    assert run("label", "a.HTML").exit_code == 0
    [article] = reader.articles
    assert article.title == "Velmora port denies spill"
    assert "called the spill a disgrace" in article.text
    assert "Copyright" not in article.text


def test_jsonl_keeps_order_ids_titles_and_dates(run: Run, reader: FakeReader) -> None:
    rows = [
        {"text": f"Number {n}.", "id": f"n{n}", "title": "T", "date": "D", "other": {"x": n}}
        for n in range(20)
    ]
    Path("a.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n\n", "utf-8")
    result = run("label", "a.jsonl")
    assert [each["id"] for each in lines(result.stdout)] == [f"n{n}" for n in range(20)]
    assert reader.articles[7] == Article("Number 7.", "n7", "T", "D")


def test_bad_lines_are_named_and_the_rest_is_labelled(run: Run) -> None:
    rows = [
        b'{"text": "One."}',
        b"{not json",
        b"",
        b'{"title": "no text"}',
        b'["text"]',
        b'{"text": "  "}',
        b'{"text": "\\ud800"}',
        b'{"text": "\xff"}',
        b'{"text": 3}',
        b"[" * 100_000,
        json.dumps({"text": "x" * 200_001}).encode(),
        b'{"text": "Two.", "id": "two"}',
    ]
    Path("a.jsonl").write_bytes(b"\n".join(rows))
    result = run("label", "a.jsonl")
    assert result.exit_code == 1
    assert [each["id"] for each in lines(result.stdout)] == ["a.jsonl:1", "two"]
    told = result.stderr.splitlines()
    expected = {
        2: "not JSON", 4: "text is missing", 5: "must be a JSON object", 6: "white space", 7: "lone surrogate",
        8: "not UTF-8", 9: "must be a string", 10: "nested too deeply", 11: "at most 200,000 characters",
    }  # fmt: skip
    assert len(told) == len(expected)
    for line, (number, says) in zip(told, expected.items(), strict=True):
        assert line.startswith(f"gainsay: a.jsonl:{number}: ")
        assert says in line


def test_standard_input_is_text_or_jsonl(run: Run, reader: FakeReader) -> None:
    assert lines(run("label", stdin="One.\nTwo.").stdout)[0]["id"] == "-"
    assert (
        lines(run("label", "-", stdin='{"text": "Three.", "id": "t"}\n{"text": "Four."}').stdout)[1]["id"]
        == "-:2"
    )
    assert run("label", "--from", "text", stdin='{"text": "Five."}').exit_code == 0
    assert [article.text for article in reader.articles] == [
        "One.\nTwo.",
        "Three.",
        "Four.",
        '{"text": "Five."}',
    ]


def test_nothing_labelled_is_status_2(run: Run) -> None:
    Path("empty.txt").write_text("")
    Path("blank.txt").write_text(" \n")
    Path("binary.txt").write_bytes(b"PNG\0\x01")
    Path("latin.txt").write_bytes("Müller".encode("latin-1"))
    Path("empty.jsonl").write_text("\n\n")
    Path("page.html").write_text("<html></html>")
    Path("folder").mkdir()
    names = [
        "none.txt",
        "empty.txt",
        "blank.txt",
        "binary.txt",
        "latin.txt",
        "empty.jsonl",
        "page.html",
        "folder",
    ]
    says = [
        "cannot be read: No such file",
        "is empty",
        "white space",
        "binary",
        "not UTF-8",
        "no line",
        "no article",
        "folder",
    ]
    result = run("label", *names)
    assert result.exit_code == 2
    assert result.stdout == ""
    told = result.stderr.splitlines()
    assert len(told) == len(names)
    for line, name, words in zip(told, names, says, strict=True):
        assert line.startswith(f"gainsay: {name}: ")
        assert words in line


def test_one_missing_file_does_not_stop_the_others(run: Run) -> None:
    Path("a.txt").write_text("One.")
    result = run("label", "none.txt", "a.txt")
    assert result.exit_code == 1
    assert [each["id"] for each in lines(result.stdout)] == ["a.txt"]


def test_labels_of_ones_own(run: Run) -> None:
    Path("a.txt").write_text("One.")
    Path("labels.toml").write_text('zeal = "{speaker} is keen."\napathy = ["x", "y"]')
    [labelled] = lines(run("label", "a.txt", "--labels", "labels.toml").stdout)
    assert labelled["labels"] == ["zeal", "apathy"]
    assert labelled["hypotheses"] == {"zeal": ["{speaker} is keen."], "apathy": ["x", "y"]}


def test_low_scores_are_marked_and_kept(run: Run) -> None:
    Path("a.txt").write_text("One.\nPerhaps two.")
    plain = run("label", "a.txt").stdout
    [labelled] = lines(run("label", "a.txt", "--min-score", "0.6").stdout)
    assert [each.get("uncertain") for each in labelled["sentences"]] == [None, True]
    assert run("label", "a.txt", "--min-score", "0.5").stdout == plain
    [[labelled]] = [json.loads(run("label", "a.txt", "--min-score", "0.6", "-f", "json").stdout)]
    assert [each.get("uncertain") for each in labelled["sentences"]] == [None, True]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--labels", "none.toml"], "none.toml cannot be read"),
        (["--labels", "bad.toml"], "labels.zeal.hypotheses[0] holds {speaker} at most once"),
        (["--model", "other"], "unknown model 'other'"),
        (["--format", "xml"], "xml"),
        (["--min-score", "1.01"], "1.01 is not between 0 and 1"),
        (["--min-score", "-0.01"], "-0.01 is not between 0 and 1"),
        (["--min-score", "nan"], "nan is not between 0 and 1"),
        (["--min-score", "high"], "valid number"),
        (["-o", "none/a.jsonl"], "cannot be written"),
    ],
)
def test_bad_usage_is_status_2(run: Run, arguments: list[str], says: str) -> None:
    Path("a.txt").write_text("One.")
    Path("bad.toml").write_text('zeal = "{name} is keen."')
    result = run("label", "a.txt", *arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.stderr.replace("│", " ").split())
    assert result.stdout == ""


def test_a_bad_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAINSAY_MAX_CHARACTERS", "many")
    result = run("label", stdin="One.")
    assert result.exit_code == 2
    assert "max_characters" in result.stderr


def test_the_limit_is_the_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAINSAY_MAX_CHARACTERS", "4")
    assert run("label", stdin="One.").exit_code == 0
    assert run("label", stdin="Three.").exit_code == 2


def test_json_is_an_array_whatever_the_count(run: Run) -> None:
    Path("a.txt").write_text("One.\u2028Two\x85.", "utf-8")
    one = json.loads(run("label", "-f", "json", "a.txt").stdout)
    two = json.loads(run("label", "-f", "json", "a.txt", "a.txt").stdout)
    assert [len(one), len(two)] == [1, 2]
    assert (
        one[0]
        == two[1]
        == lines(run("label", "a.txt").stdout.replace("\u2028", "\\u2028").replace("\x85", "\\u0085"))[0]
    )


def test_output_is_written_whole(run: Run) -> None:
    Path("a.txt").write_text("One.")
    assert run("label", "a.txt", "-o", "out.json").stdout == ""
    assert len(json.loads(Path("out.json").read_text("utf-8"))) == 1
    assert run("label", "a.txt", "-o", "out.jsonl").exit_code == 0
    assert len(lines(Path("out.jsonl").read_text("utf-8"))) == 1
    assert sorted(path.name for path in Path().iterdir()) == ["a.txt", "out.json", "out.jsonl"]


def test_a_failed_run_leaves_the_old_output(
    run: Run, reader: FakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.txt").write_text("One.")
    Path("out.jsonl").write_text("old")
    assert run("label", "none.txt", "-o", "out.jsonl").exit_code == 2
    assert Path("out.jsonl").read_text() == "old"

    def stop(*_: object) -> list[LabelledArticle]:
        raise KeyboardInterrupt

    monkeypatch.setattr(reader, "read_many", stop)
    assert run("label", "a.txt", "-o", "out.jsonl").exit_code != 0
    assert Path("out.jsonl").read_text() == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["a.txt", "out.jsonl"]


def test_output_through_a_link_keeps_the_link(run: Run) -> None:
    Path("a.txt").write_text("One.")
    Path("real.jsonl").write_text("old")
    Path("link.jsonl").symlink_to("real.jsonl")
    assert run("label", "a.txt", "-o", "link.jsonl").exit_code == 0
    assert Path("link.jsonl").is_symlink()
    assert len(lines(Path("real.jsonl").read_text("utf-8"))) == 1


def test_partial_failure_still_writes_the_output(run: Run) -> None:
    Path("a.txt").write_text("One.")
    assert run("label", "none.txt", "a.txt", "-o", "out.jsonl").exit_code == 1
    assert len(lines(Path("out.jsonl").read_text("utf-8"))) == 1


def test_a_table_on_request(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    Path("a.txt").write_text("The port spilled no oil.\nThe mayor said so.")
    table = run("label", "a.txt", "--format", "table").stdout
    assert all(len(line) <= 80 for line in table.splitlines())
    assert "assertion" in table
    assert "The mayor said so." in table
    assert "narrator  2 sentences" in table
