"""Who is pointed at: by the rules' weights, by what the words give, and never beyond them."""

import json
from pathlib import Path

import numpy as np
import pytest

from model.article import Speaker
from model.hearing import Hearing
from model.pointing import (
    ASKING,
    BACK,
    FEATURES,
    FORMS,
    NEAR,
    POINT_WIDTH,
    SIGNS,
    Floats,
    Pointer,
    Pointing,
    Telling,
    asking_of,
    bucket,
    form_of,
    names_of,
    point,
    rules_of,
)
from model.quotes import quotations
from model.sentences import split
from model.spans import Span
from model.voices import Article, Draft
from tests.model.scripted import pointer
from tests.model.test_reader import Told

TEXT = "Ana Duarte met Olm Perrault. “The dam is safe,” she said. Perrault denied it."
SENTENCES = split(TEXT)
SAID = ("she", "said", ["The dam is safe"])


def starts() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([n for n, c in enumerate(TEXT) if c.isalpha() and (n == 0 or not TEXT[n - 1].isalpha())])


def bearers() -> list[Speaker]:
    draft = Draft(Article(TEXT), SENTENCES, Told(SAID).read(TEXT, SENTENCES))
    return draft.bearers


def place(name: str) -> int:
    return [speaker.name for speaker in bearers()].index(name)


def word(text: str) -> int:
    return int(np.searchsorted(starts(), TEXT.index(text)))


def tellings() -> list[Telling]:
    she, said = (Span(TEXT.index(part), TEXT.index(part) + len(part)) for part in ("she", "said"))
    return [
        Telling(0, None, None, [], firm=False),
        Telling(word("The dam"), she, said, [place("Ana Duarte")], firm=True),
        Telling(word("Perrault denied"), None, None, [], firm=False),
    ]


def pointed(signs: Floats, by: Pointer) -> Floats:
    pointing = Pointing(starts(), signs, by)
    return np.array(list(point(pointing, TEXT, SENTENCES, quotations(TEXT), bearers(), tellings())))


@pytest.mark.parametrize(
    ("source", "form"),
    [
        ("He", "he"),
        ("she", "she"),
        ("They", "they"),
        ("it", "it"),
        ("We", "first person"),
        ("", "none"),
        ("Ana Duarte", "name"),
        ("The minister", "description"),
        ("officials", "description"),
        (", the foreman,", "description"),
        (", he", "he"),
        ("US", "name"),
        ("IT", "name"),
        ("I", "first person"),
        ("Several of them", "description"),
    ],
)
def test_forms_of_sources(source: str, form: str) -> None:
    assert FORMS[form_of(source)] == form


def test_buckets_grow_with_the_distance_and_end_somewhere() -> None:
    back, ahead = bucket(np.arange(3000)), bucket(-np.arange(1, 3000))
    assert back[:5].tolist() == [0, 1, 3, 4, 5]
    assert (np.diff(back) >= 0).all()
    assert back.max() == BACK - 1
    assert ahead[:2].tolist() == [BACK, BACK + 1]
    assert ahead.max() == NEAR - 1


def test_only_names_answer_where_somebody_has_one() -> None:
    names = names_of(bearers(), starts(), SENTENCES, quotations(TEXT))
    found = [
        (bearers()[number].name, TEXT[starts()[first] :].partition(" ")[0], sentence)
        for number, sentence, first in zip(names.speaker, names.sentence, names.first, strict=True)
    ]
    assert found == [("Ana Duarte", "Ana", 0), ("Olm Perrault", "Olm", 0), ("Olm Perrault", "Perrault", 2)]
    assert (names.last - names.first).tolist() == [1, 1, 0]
    assert names.mark.tolist() == [2, 2, 2]


def test_who_is_described_only_answers_by_all_mentions() -> None:
    text = "“The clerk,” he wrote, said so."
    extract = {"start": 1, "end": 10, "text": "the clerk"}
    speaker = Speaker.model_validate(
        {"id": "s1", "name": "the clerk", "kind": "person", "mentions": [extract]}
    )
    names = names_of([speaker], np.array([1, 5, 13]), split(text), quotations(text))
    assert names.mark.tolist() == [1]
    assert (names.first.tolist(), names.last.tolist()) == ([0], [1])


def test_what_the_rules_say() -> None:
    found = np.array(list(rules_of(TEXT, bearers(), SENTENCES, tellings())))
    ana, olm = ([dict(zip(FEATURES, row, strict=True)) for row in found[:, place(name)]] for name in NAMES)
    assert ana[0]["here"] == olm[0]["here"] == 1.0
    assert ana[0]["long before"] == 1.0
    assert ana[0]["later only"] == 0.0
    assert (ana[1]["resolved"], olm[1]["resolved"]) == (1.0, 0.0)
    assert (ana[1]["one sentence before"], ana[1]["mentions"]) == (1.0, pytest.approx(np.log(2)))
    assert (olm[0]["soon"], olm[1]["soon"]) == (1.0, 1.0)
    assert (ana[0]["speaks next"], olm[0]["speaks next"]) == (1.0, 0.0)
    assert (ana[2]["spoke last"], ana[2]["has spoken"], olm[2]["spoke last"]) == (1.0, 1.0, 0.0)
    assert ana[1]["person"] == olm[2]["person"] == 1.0
    named = [tellings()[2]._replace(source=Span(TEXT.rindex("Perrault"), TEXT.rindex(" denied")))] * 3
    *_, last = rules_of(TEXT, bearers(), SENTENCES, named)
    assert (last[place("Olm Perrault"), 0], last[place("Ana Duarte"), 0]) == (1.0, 0.0)


@pytest.mark.parametrize("source", ["Perrault’s office", "Perrault's office", "Perrault"])
def test_a_source_names_somebody_with_a_possessive_too(source: str) -> None:
    text = f"{source} said so."
    telling = Telling(-1, Span(0, len(source)), None, [], firm=False)
    ((ana, olm),) = rules_of(text, sorted(bearers(), key=lambda each: each.name), split(text), [telling])
    assert (ana[0], olm[0]) == (0.0, 1.0)


NAMES = ("Ana Duarte", "Olm Perrault")


def test_the_words_that_ask() -> None:
    asking = asking_of(starts(), tellings())
    assert asking[1].tolist() == [word("The dam"), word("she"), word("said")]
    assert asking[2].tolist() == [word("Perrault denied"), -1, -1]


def test_the_rules_point() -> None:
    found = pointed(np.zeros((len(starts()), SIGNS), dtype=np.float32), pointer(resolved=2.0))
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1.0, rtol=1e-5)
    assert found[1].argmax() == place("Ana Duarte")
    assert found[1].max() > found[2].max()


@pytest.mark.parametrize("way", range(len(ASKING)))
@pytest.mark.parametrize(("name", "first"), [("Ana Duarte", "Ana"), ("Olm Perrault", "Olm")])
def test_words_point_at_names(way: int, name: str, first: str) -> None:
    signs = np.zeros((len(starts()), SIGNS), dtype=np.float32)
    asking = asking_of(starts(), tellings())[1, way]
    signs[asking, way * POINT_WIDTH] = 6.0
    signs[word(first), len(ASKING) * POINT_WIDTH] = 6.0
    found = pointed(signs, pointer(resolved=2.0))
    assert found[1].argmax() == place(name)


def test_who_has_several_names_has_the_sum_of_them() -> None:
    found = pointed(np.zeros((len(starts()), SIGNS), dtype=np.float32), pointer())
    assert np.exp(found[0, place("Olm Perrault")]) == pytest.approx(2 / 3, rel=1e-5)


def test_weights_are_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "pointer.json"
    pointer(here=0.5, resolved=2.0).save(path)
    assert Pointer.load(path).rules[0, FEATURES.index("resolved")] == 2.0
    pointer().save(path)
    values = json.loads(path.read_text())
    wrongs: tuple[dict[str, object], ...] = ({"near": [[0.0]]}, {"marks": None}, {"rules": {}}, {"rules": []})
    for wrong in wrongs:
        path.write_text(json.dumps(values | wrong))
        with pytest.raises(ValueError, match=r"pointer\.json"):
            Pointer.load(path)


def draft(by: Pointer, *told: tuple[str | None, str | None, list[str]]) -> Draft:
    openings = np.zeros(len(starts()), dtype=np.float32)
    level = np.zeros((len(SENTENCES), 3), dtype=np.float32)
    signs = np.zeros((len(starts()), SIGNS), dtype=np.float32)
    return Draft(
        Article(TEXT),
        SENTENCES,
        Told(*told).read(TEXT, SENTENCES),
        Hearing(level, level, starts(), openings),
        Pointing(starts(), signs, by),
    )


def test_who_is_pointed_at_may_speak_in_anothers_place() -> None:
    found = draft(pointer(soon=3.0), SAID)
    first, *others = found.voices[1]
    assert found.names[first.speaker] == "Olm Perrault"
    assert [found.names[voice.speaker] for voice in others] == ["Ana Duarte", "narrator"]
    assert first.instead == others[0].question
    assert first.question.premise.count("Olm Perrault") == 1
    assert first.attribution == others[0].attribution
    assert first not in list(found.asked)


def test_who_is_not_likely_is_no_voice() -> None:
    found = draft(pointer(resolved=6.0), SAID)
    assert [found.names[voice.speaker] for voice in found.voices[1]] == ["Ana Duarte", "narrator"]


def test_a_report_may_be_carried_on_by_who_is_pointed_at() -> None:
    found = draft(pointer(has_spoken=-4.0), SAID)
    voice = found.voices[2][0]
    assert (found.names[voice.speaker], voice.carried) == ("Olm Perrault", 2)
    assert voice not in list(found.asked)
    assert [voice.speaker for voice in found.voices[0]] == ["narrator"]
