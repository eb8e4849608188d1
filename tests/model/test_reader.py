"""The reader: whatever the article, an answer that keeps its promises; and who is chosen to speak."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from model.article import NARRATOR, UNKNOWN, Extract, LabelledArticle, Sentence, Statement
from model.entailment import CLASSES, Pair
from model.entailment.dummy import DummyEntailment
from model.hearing import Hearing
from model.labels import DEFAULT_LABELS, Label, LabelSet
from model.logit import Logit
from model.pointing import SIGNS, Pointing
from model.reader import Article, ArticleError, Reader
from model.spans import Span
from model.stance import Calibration
from model.statements import Attribution, Reading, StatementReader
from tests.model.scripted import guessing, open_reader, pointer

PRAISE = LabelSet((Label("praise", ("{speaker} praises.",)), Label("threat", ("{speaker} threatens.",))))


class Told(StatementReader):
    """Finds what it is told: the source, the cue and the contents of each statement, as the text has them."""

    def __init__(
        self,
        *told: tuple[str | None, str | None, list[str]],
        doubtful: Sequence[tuple[str, str, list[str]]] = (),
        hearing: Hearing | None = None,
        pointing: Pointing | None = None,
    ) -> None:
        self.told = told
        self.doubtful = doubtful
        self.hearing = hearing
        self.pointing = pointing

    def read_twice(self, text: str, sentences: Sequence[Span]) -> Reading:
        def find(part: str) -> Span:
            return Span(text.index(part), text.index(part) + len(part))

        def attribution(source: str | None, cue: str | None, content: list[str]) -> Attribution:
            return Attribution(
                find(source) if source else None,
                find(cue) if cue else None,
                tuple(find(part) for part in content),
                "indirect",
            )

        sure, doubtful = (tuple(attribution(*parts) for parts in told) for told in (self.told, self.doubtful))
        return Reading(text, sentences, sure, doubtful, self.hearing, self.pointing)


class Sure(DummyEntailment):
    """Entails what it is told, that is pairs of a part of the premise and a part of the hypothesis."""

    def __init__(self, *told: tuple[str, str], longest: int = 2000) -> None:
        super().__init__(longest)
        self.told = told
        self.calls = 0

    def predict(self, pairs: Sequence[Pair]) -> NDArray[np.float32]:
        self.calls += 1
        entailed = [
            any(premise in pair.premise and words in pair.hypothesis for premise, words in self.told)
            or "says something" in pair.hypothesis
            for pair in pairs
        ]
        rows = [(0.9 if each else 0.05, 0.05, 0.0) for each in entailed]
        return np.array(rows, dtype=np.float32).reshape(-1, len(CLASSES))


QUIET = Calibration(unmarked=-0.5)
"""A marked stance wins where both are supported alike."""
LARGEST = Logit({"share": 4.0, "is marked": 5.0, "says nothing": -9.0, "channel": -5.0, "narrator": 1.4})
"""Who has the larger part of a sentence speaks it, a marked stance first; with little of it, the narrator."""
PEACE = Logit({"no claim": 1.0})
"""No denial is tied to a claim."""


def read(
    text: str,
    *told: tuple[str | None, str | None, list[str]],
    sure: Sequence[tuple[str, str]] = (),
    labels: LabelSet | None = None,
) -> LabelledArticle:
    reader = Reader(Sure(*sure), Told(*told), calibration=QUIET, selection=LARGEST, disputes=PEACE)
    found = reader.read(Article(text), labels)
    check(found, text, labels or DEFAULT_LABELS)
    return found


def check(found: LabelledArticle, text: str, labels: LabelSet = DEFAULT_LABELS) -> None:
    """The promises of schema version 1."""
    assert LabelledArticle.model_validate_json(found.to_json()) == found
    assert found.labels == labels.names
    assert found.hypotheses == labels.hypotheses

    covered = [place for sentence in found.sentences for place in range(sentence.start, sentence.end)]
    assert covered == sorted(set(covered))
    assert {place for place, char in enumerate(text) if not char.isspace()} <= set(covered)
    extracts: list[Extract | Sentence] = [
        *found.sentences,
        *(mention for speaker in found.speakers for mention in speaker.mentions),
        *(each for s in found.statements for each in (s.source, s.cue, *s.content) if each is not None),
    ]
    for extract in extracts:
        assert extract.text == text[extract.start : extract.end] != ""

    people = [speaker.id for speaker in found.speakers]
    assert people[0] == NARRATOR
    assert len(set(people)) == len(people)
    assert [sentence.index for sentence in found.sentences] == list(range(len(found.sentences)))
    assert [statement.id for statement in found.statements] == list(range(len(found.statements)))
    said = {sentence.speaker for sentence in found.sentences} | {s.speaker for s in found.statements}
    assert said | {s.via for s in found.statements if s.via is not None} | {NARRATOR} == set(people)
    assert all(statement.via != statement.speaker for statement in found.statements)
    held = {number for sentence in found.sentences for number in sentence.statements}
    assert held == set(range(len(found.statements)))

    every: list[Sentence | Statement] = [*found.sentences, *found.statements]
    for scored in every:
        assert tuple(scored.scores) == labels.names
        assert sum(scored.scores.values()) == pytest.approx(1)
        assert scored.score == scored.scores[scored.label] == max(scored.scores.values())


def speakers(found: LabelledArticle) -> list[str]:
    names = {speaker.id: speaker.name for speaker in found.speakers}
    return [names[sentence.speaker] for sentence in found.sentences]


@pytest.fixture(scope="module")
def guesser(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A reader of which all is real but the two networks: they guess."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("guesser")
        statements = open_reader(folder, guessing(), patch)
        return Reader(DummyEntailment(longest=60), statements, selection=LARGEST)


anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
PIECES = (
    *("Ana Duarte", "ana", "he", "says", "denies", "the report", "it", "U.S.", "'s"),
    *("“", "”", '"', "‘", "’", ".", ". ", ",", "!", "—", "\n\n", "\r\n", "\u00a0"),
    *("\u200f", "\u202e", "\u2066", "🙂", "e\u0301", "\x00"),
)
newslike = st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join)


@settings(max_examples=120)
@given(text=anything | newslike)
@example(text="")
@example(text=" \n\t\u2029")
@example(text="“”" * 20)
@example(text="\u202e“\u200f”\u202c")
@example(text="“ " * 30)
def test_any_text_gets_an_answer_that_keeps_the_schema(guesser: Reader, text: str) -> None:
    check(guesser.read(Article(text)), text)


def test_the_guesser_s_articles_hold_all_there_is_to_check(guesser: Reader) -> None:
    text = "“The report,” Ana Duarte says. He denies it, the mayor says it. It was the minister.\n" * 4
    found = guesser.read(Article(text))
    check(found, text)
    assert len(found.statements) > 3
    assert {statement.source is None for statement in found.statements} == {True, False}
    assert len(found.speakers) > 2


def test_the_same_article_gets_the_same_answer(guesser: Reader) -> None:
    texts = [
        "“The report,” Ana says. He denies it.",
        "",
        "It was the minister, the mayor says.",
        "He denies it.",
    ]
    articles = [Article(text, id=str(number)) for number, text in enumerate(texts)]
    together = guesser.read_many(articles)
    assert [found.id for found in together] == ["0", "1", "2", "3"]
    assert together == [guesser.read(article) for article in articles]
    assert together == guesser.read_many(articles)


def test_the_entailment_model_is_asked_about_all_articles_together() -> None:
    entailment = Sure()
    told = Told(("Ana", "says", ["so"]))
    Reader(entailment, told, selection=LARGEST, disputes=PEACE).read_many(
        [Article(f"Ana says so. It rained on {day}.") for day in range(9)]
    )
    assert entailment.calls <= 3


def test_the_author_may_be_a_source_too() -> None:
    found = read("I deny that I took it.", ("I", "deny", ["that I took it"]), sure=[("deny", "denies")])
    assert speakers(found) == [NARRATOR]
    assert found.sentences[0].label == found.statements[0].label == "denial"


@pytest.mark.parametrize(
    ("text", "id_", "field"), [("a secret \ud800 b", None, "text"), ("a", "\udfff", "id")]
)
def test_a_lone_surrogate_is_refused_and_not_repeated(text: str, id_: str | None, field: str) -> None:
    with pytest.raises(ArticleError, match=f"^{field} holds a lone surrogate") as refused:
        Article(text, id=id_)
    assert "secret" not in str(refused.value)


def test_no_text_no_sentence() -> None:
    found = read("")
    assert found.sentences == ()
    assert found.statements == ()
    assert [speaker.id for speaker in found.speakers] == [NARRATOR]


def test_what_nobody_reports_the_narrator_says() -> None:
    found = read("The dam broke. Ten people died.", sure=[("The dam", "condemns")])
    assert speakers(found) == [NARRATOR, NARRATOR]
    assert [sentence.label for sentence in found.sentences] == ["condemnation", "assertion"]


def test_a_report_is_its_speaker_s_under_the_fullest_name() -> None:
    found = read(
        "Tom Pell and Ana Duarte came. She denies that the dam was unsafe. It broke.",
        ("She", "denies", ["that the dam was unsafe"]),
        sure=[("Ana Duarte denies", "Ana Duarte denies")],
    )
    assert speakers(found) == [NARRATOR, "Ana Duarte", NARRATOR]
    assert [sentence.label for sentence in found.sentences] == ["assertion", "denial", "assertion"]
    assert [sentence.statements for sentence in found.sentences] == [(), (0,), ()]


TWO = "Ana Duarte says that the dam is safe and strong and will outlive us all, which Tom Pell denies."
TWO_TOLD: list[tuple[str | None, str | None, list[str]]] = [
    ("Ana Duarte", "says", ["that the dam is safe and strong and will outlive us all"]),
    ("Tom Pell", "denies", ["which"]),
]


def test_of_two_speakers_the_larger_part_is_the_main_one() -> None:
    found = read(TWO, *TWO_TOLD)
    assert speakers(found) == ["Ana Duarte"]
    assert found.sentences[0].statements == (0, 1)


def test_a_marked_stance_wins_over_the_larger_part() -> None:
    found = read(TWO, *TWO_TOLD, sure=[(TWO, "Tom Pell denies")])
    assert speakers(found) == ["Tom Pell"]
    assert found.sentences[0].label == "denial"
    assert [statement.label for statement in found.statements] == ["assertion", "denial"]


def test_what_is_hardly_touched_is_the_narrator_s() -> None:
    text = "The dam, which Tom Pell calls safe, broke on Tuesday night and took the bridge and the old mill along."
    assert speakers(read(text, ("Tom Pell", "calls", ["safe"]))) == [NARRATOR]


def test_a_statement_without_a_source_is_kept_as_unknown() -> None:
    found = read("It was alleged that the dam was unsafe.", (None, "alleged", ["that the dam was unsafe"]))
    assert [statement.speaker for statement in found.statements] == [UNKNOWN]
    assert found.statements[0].source is None
    assert {speaker.id: speaker.kind for speaker in found.speakers}[UNKNOWN] == "unknown"
    assert speakers(found) == [NARRATOR]


def test_what_holds_no_letter_says_nothing() -> None:
    found = read("Ana said so: “…!” It rained.", (None, None, ["“…!”"]), ("Ana", "said", ["so"]))
    assert [statement.content[0].text for statement in found.statements] == ["so"]


def test_a_statement_over_two_sentences_has_the_stance_of_the_one_with_its_cue() -> None:
    text = "“It is a lie. It was never true,” Ana Duarte says."
    told = ("Ana Duarte", "says", ["“It is a lie.", "It was never true,”"])
    first = read(text, told, sure=[("It is a lie", "denies")])
    assert [sentence.label for sentence in first.sentences] == ["denial", "assertion"]
    assert first.statements[0].label == "assertion"
    second = read(text, told, sure=[("never true", "denies")])
    assert second.statements[0].label == "denial"
    assert speakers(second) == ["Ana Duarte", "Ana Duarte"]
    assert [sentence.statements for sentence in second.sentences] == [(0,), (0,)]


def test_own_labels_are_answered_in_their_order() -> None:
    told = ("Ana Duarte", "says", ["that the dam is safe"])
    text = "Ana Duarte says that the dam is safe."
    found = read(text, told, sure=[("dam", "Ana Duarte threatens")], labels=PRAISE)
    assert found.sentences[0].label == "threat"
    assert speakers(found) == ["Ana Duarte"]
    reader = Reader(Sure(("dam", "praises")), Told(told), labels=PRAISE, selection=LARGEST, disputes=PEACE)
    assert reader.read(Article(text)).sentences[0].label == "praise"
    assert reader.read(Article(text), DEFAULT_LABELS).labels == DEFAULT_LABELS.names


def test_an_article_too_long_for_the_model_says_so() -> None:
    reader = Reader(Sure(longest=20), Told(), selection=LARGEST, disputes=PEACE)
    assert not reader.read(Article("It rained.")).truncated
    assert reader.read(Article("It rained. It rained and rained and rained.")).truncated


def test_the_checkpoint_and_the_id_are_named() -> None:
    reader = Reader(DummyEntailment(), Told(), selection=LARGEST, disputes=PEACE)
    found = reader.read(Article("It rained.", id="a-1", title="Rain"))
    assert (found.id, found.model.name) == ("a-1", "dummy")
    assert re.fullmatch(r"[0-9a-f]{12}", found.model.revision)
    assert '"schema":1' in found.to_json()


POINTED_AT = "Olm Perrault met a guard. The guard said, “It holds.” It rained."
GUARD = ("The guard", "said", ["It holds"])


@pytest.mark.parametrize(("resolved", "speaker"), [(9.0, "The guard"), (-9.0, "Olm Perrault")])
def test_who_is_pointed_at_has_the_sentence_and_its_statement(resolved: float, speaker: str) -> None:
    starts = np.array([word.start() for word in re.finditer(r"\w+", POINTED_AT)])
    signs = np.zeros((len(starts), SIGNS), dtype=np.float32)
    told = Told(GUARD, pointing=Pointing(starts, signs, pointer(resolved=resolved)))
    selection = Logit({"instead": 9.0, "somebody": 1.0, "narrator": 0.5})
    found = Reader(Sure(), told, selection=selection, disputes=PEACE).read(POINTED_AT)
    check(found, POINTED_AT)
    names = {each.id: each.name for each in found.speakers}
    assert names[found.sentences[1].speaker] == names[found.statements[0].speaker] == speaker
    assert list(names.values()) == [NARRATOR, speaker]


def test_what_is_heard_moves_the_default_labels_and_no_others() -> None:
    text = "Ana Duarte said the dam is safe. It rained."
    hearing = Hearing(
        np.log(np.array([[0.01, 0.98, 0.01], [0.9, 0.05, 0.05]], dtype=np.float32)),
        np.log(np.array([[0.01, 0.98, 0.01], [0.98, 0.01, 0.01]], dtype=np.float32)),
        np.array([0]),
        np.zeros(1, dtype=np.float32),
    )
    told = Told(("Ana Duarte", "said", ["the dam is safe"]), hearing=hearing)
    deaf, hears = (
        Reader(Sure(), told, calibration=replace(QUIET, joint=joint), selection=LARGEST, disputes=PEACE)
        for joint in (None, Calibration(heard=2.0))
    )
    before, after = deaf.read(text), hears.read(text)
    assert after.sentences[0].label == after.statements[0].label == "denial"
    assert after.sentences[0].scores == after.statements[0].scores
    assert before.sentences[0].label == before.sentences[1].label == after.sentences[1].label == "assertion"
    labels = LabelSet(tuple(replace(label, hypotheses=("{speaker} speaks.",)) for label in DEFAULT_LABELS))
    assert deaf.read(Article(text), labels) == hears.read(Article(text), labels)
