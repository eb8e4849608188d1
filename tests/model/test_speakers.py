"""Who speaks. All people, places and organisations are invented."""

import cProfile
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.sentences import split
from model.spans import Span
from model.speakers import Cast, resolve
from model.statements import Attribution
from tests.model.marked import cast_of, names, read


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # the fullest name wins, wherever it stands
        ("[Duarte] said so.\nAna Duarte left. [Mrs. Duarte] said no.", ["Ana Duarte", "Ana Duarte"]),
        ("J. K. Morrow came. [Morrow] said no.", ["J. K. Morrow"]),
        # the end of a name that is no single word, an acronym in brackets, a dateline, shares of those asked
        ("Ana Vega Duarte came. [Vega Duarte] said no.", ["Ana Vega Duarte"]),
        (
            "The Pello Vanti Liberation Front (FPLV) met by the old harbour wall. [The FPLV] said no.",
            ["Pello Vanti Liberation Front"],
        ),
        ("[DP -- Ana Duarte] said no.", ["Ana Duarte"]),
        ("[42%] said no.", ["42%"]),
        ("[About three in 10] said no.", ["About three in 10"]),
        ("[Ana Duarte, who was in] said no.", ["Ana Duarte"]),
        ("[An official in Velmar, Norland,] said no.", ["An official in Velmar"]),
        ("Ana Maria Duarte came. [Ana Duarte] said no. [Duarte] agreed.", ["Ana Maria Duarte"] * 2),
        ("Siobhan O'Hara came. [O’Hara] said no.", ["Siobhan O'Hara"]),
        ("[DUARTE] DENIES IT ALL AGAIN ON FRIDAY\nAna Duarte spoke for an hour.", ["Ana Duarte"]),
        # nobody is a deputy of theirs
        ("Ana Duarte, deputy mayor, came. [Her deputy] said no.", ["Her deputy"]),
        ("Ana Duarte, deputy mayor, came. [The deputy] said no.", ["Ana Duarte"]),
        ("Piet Vos, minister, met Ola Brandt, his lawyer. [His lawyer] said no.", ["Ola Brandt"]),
        # pronouns
        (
            "Ana Duarte met Piet Vos. [She] said the talks went well. [He] said no.",
            ["Ana Duarte", "Piet Vos"],
        ),
        ("[Ilse Brandt] said so. \n“It is over,” [she] said.", ["Ilse Brandt"] * 2),
        ("[Rolf Maribo] said so.\nMr. Maribo smiled. “No,” [he] said.", ["Rolf Maribo"] * 2),
        ("The Harbour Authority met. [It] said the port was closed.", ["Harbour Authority"]),
        ("Protesters came to the square. [They] said they would stay.", ["Protesters"]),
        ("Ana Duarte, [who] said she was there, left.", ["Ana Duarte"]),
        ("It came from a former zookeepster, [who] said he had found it.", ["a former zookeepster"]),
        ("It came from the zookeepster [who] said so.", ["the zookeepster"]),
        ("It came from an employee, [who] said so. Then [he] denied it.", ["an employee", "an employee"]),
        ("It came from the north, by zyx, [who] said so.", ["who"]),
        ("From zookeepster [who] said so.", ["who"]),
        ("“It is a lie,” [who] said so.", ["who"]),
        # of two
        (
            "Ana Duarte met Piet Vos in Velmar. [The latter] said no. [The former] said yes.",
            ["Piet Vos", "Ana Duarte"],
        ),
        (
            "[Ana Duarte] said so. [The porter's union] said no. [Both] left. [The former] agreed.",
            ["Ana Duarte", "The porter's union", "Both", "Ana Duarte"],
        ),
        ("It rained. [The former] said no.", ["The former"]),
        ("Hal Ode left. Ana Duarte met Piet Vos at her office. [The former] said no.", ["Ana Duarte"]),
        ("Ana Duarte met Piet Vos and said she was glad. [The latter] said yes.", ["Piet Vos"]),
        ("Ana Duarte met Piet Vos and Hal Ode. [The latter] said yes.", ["The latter"]),
        # roles
        (
            "Foreign Minister Olga Petrova met Senator Piet Vos. [The senator] said no. [The minister] said yes.",
            ["Piet Vos", "Olga Petrova"],
        ),
        ("Ana Duarte, a former mayor, spoke. [The former mayor] said no.", ["Ana Duarte"]),
        ("[A senior official] said no. [The official] said yes.", ["A senior official"] * 2),
        ("The Finance Ministry met. [The ministry] said no.", ["Finance Ministry"]),
        ("[A joint statement] said no. [The statement] said yes.", ["A joint statement"] * 2),
        # possessors and campaigns speak for themselves
        ("Ana Duarte left. [Duarte’s lawyer] said no.", ["Duarte’s lawyer"]),
        (
            "Ana Duarte left. [Duarte's campaign] said no. [Duarte] said yes.",
            ["Duarte's campaign", "Ana Duarte"],
        ),
        ("Ana Duarte left. [The Duarte campaign] said no.", ["The Duarte campaign"]),
        ("Ana Duarte left. [Her mother] said no.", ["Her mother"]),
        # namesakes
        (
            "Ana Duarte met Carlos Duarte. [Mrs. Duarte] said no. [Mr. Duarte] said yes.",
            ["Ana Duarte", "Carlos Duarte"],
        ),
        ("Carlos Duarte met Olga Petrova. Ana Duarte left. [Carlos Duarte] said no.", ["Carlos Duarte"]),
        (
            "Ana Duarte came with her husband, Piet Duarte. Piet waited. Piet ate. [Duarte] said no.",
            ["Ana Duarte"],
        ),
        (
            "Piet Duarte died. Ana Duarte, mother of the diver Piet Duarte, left. [Duarte] said no.",
            ["Ana Duarte"],
        ),
        (
            "Piet Duarte left. [Duarte] said no. [Duarte] sat. Ana Duarte, wife of Piet Duarte, ate. [Duarte] rose.",
            ["Piet Duarte"] * 3,
        ),
        ("Fatima Duarte left. Waleed Duarte said so. [Duarte] sat.", ["Waleed Duarte"]),
        ("[Continued Duarte]: No. [Ana Duarte] left.", ["Ana Duarte"] * 2),
        ("Former Duarte aides met Ana Duarte. [Duarte] said no.", ["Ana Duarte"]),
        ("[Waleed Duarte] said so. [Mr. Duarte] said no.", ["Waleed Duarte"] * 2),
        # a letter decoded wrongly, a soft hyphen
        ("Ana PeÃ±a left. [PeÃ±a] said no.", ["Ana PeÃ±a"]),
        ("Ana \xadDuarte left. [Duarte] said no.", ["Ana Duarte"]),
        # a role behind a comma
        ("[Ana Duarte, Republican of Velmar and a friend of the mayor] said no.", ["Ana Duarte"]),
        # organisations
        (
            "[The Kestrel] grew. [The Kestrel] fell. [The Kestrel] rose. The Velmar Kestrel met.",
            ["Kestrel"] * 3,
        ),
        (
            "[The FBS] grew. [The FBS] fell. [The FBS] rose. The Federal Bureau of Sand said no. [It] left.",
            ["Federal Bureau of Sand"] * 4,
        ),
        ("The Velmar Kestrel met. [The Kestrel] said no.", ["Velmar Kestrel"]),
        (
            "The Northern Harbour Safety Agency (NHSA) met. [The NHSA] said no. [The agency] agreed.",
            ["Northern Harbour Safety Agency"] * 2,
        ),
        ("The Norland Post wrote. [The Post] reported it.", ["Norland Post"]),
        # countries
        ("Denmark spoke. [Copenhagen] denied it. [The Danes] denied it.", ["Denmark"] * 2),
        ("[Copenhagen] denied it.", ["Copenhagen"]),
        ("Danish Foreign Minister Rolf Maribo came. [Denmark's foreign minister] said no.", ["Rolf Maribo"]),
        # what bearers of a title are called
        ("Gov. Ana Duarte left. [The governor] said no.", ["Ana Duarte"]),
        ("Justice Rolf Maribo sat. [The judge] said no.", ["Rolf Maribo"]),
        (
            "Sen. Ana Duarte met Rep. Piet Vos. [The senator] said no. [The congressman] said yes.",
            ["Ana Duarte", "Piet Vos"],
        ),
        ("Former first lady Ana Duarte spoke. [The former first lady] said no.", ["Ana Duarte"]),
        ("Brigadier-General Ana Duarte spoke. [The general] said no.", ["Ana Duarte"]),
        # the foreign ministry is not the defence ministry
        (
            "[Norland's defence ministry] said no. [Norland's foreign ministry] said yes.",
            ["Norland's defence ministry", "Norland's foreign ministry"],
        ),
        # companies and other bodies by their kind
        ("The supplier, Meridian Reach, left. [The company] said no.", ["Meridian Reach"]),
        ("Meridian Reach, which runs the port, left. [The company] said no.", ["Meridian Reach"]),
        ("The ruling Concordance party won. [The party] said no.", ["Concordance"]),
        ("In a paper, Olm Perrault and others agreed. [The company] said no.", ["The company"]),
        ("The Dune Rescue Column met. [The column] said no.", ["Dune Rescue Column"]),
        ("The Church of Norland met. [The Church] said no.", ["Church of Norland"]),
        (
            "The Zembla Quiet Water Network (ZQWN) met. [The local NGO, ZQWN,] said no.",
            ["Zembla Quiet Water Network"],
        ),
        ("Ana Duarte won. [Duarte's Justice Department] said no.", ["Justice Department"]),
        # family and staff, when only one fits
        ("Piet Vos, Ana Duarte's ex-husband, came. [Her ex-husband] said no.", ["Piet Vos"]),
        (
            "Ilse Brandt, a lawyer, met Piet Vos, a lawyer. [His lawyer] said no.",
            ["His lawyer"],
        ),
        ("Swimmer Olga Petrova won. [The 29-year-old] said so.", ["Olga Petrova"]),
        ("The head of the Dune Society, Olm Perrault, left. [Perrault] said so.", ["Olm Perrault"]),
        # several at once
        ("[Denmark and Norway] agreed. [The two governments] said no.", ["Denmark and Norway"] * 2),
        (
            "[Denmark and Norway] agreed. [The three governments] said no.",
            ["Denmark and Norway", "The three governments"],
        ),
        # texts speak for those who issue them
        ("The Dune Society issued a statement. [The statement] said no.", ["Dune Society"]),
        ("[The Dune Society] said so in a statement. [The statement] said more.", ["Dune Society"] * 2),
        ("Ana Duarte spoke. [Her statement] said no.", ["Ana Duarte"]),
        ("[The 61-page report] said so. [The report] said more.", ["The 61-page report"] * 2),
        ("[Ana Duarte] spoke to the Post.\n[Transcript as follows]: It is over.", ["Ana Duarte"] * 2),
        ("The port opened.\n[Transcript as follows]: It is over.", ["Transcript as follows"]),
        # pronouns among other people's words
        ("[Rolf Maribo] rejected it. “Piet Vos is a liar,” [he] said.", ["Rolf Maribo"] * 2),
        ("[Rolf Maribo] said so after talks with Piet Vos. [He] said more.", ["Rolf Maribo"] * 2),
        ("[Rolf Maribo] said [he] believed that Piet Vos was ill.", ["Rolf Maribo"] * 2),
        (
            "Ana Duarte spoke. President Brascano Olvado laughed off her claim. “I would not,” [he] said.",
            ["Brascano Olvado"],
        ),
        # a dateline is not spoken of
        (
            "The memo is old.\nPORT DURN (Dune Press) — [The memo] warned of fire. [It] said more.",
            ["The memo"] * 2,
        ),
        # the sentence's first word outside the quotation is its subject
        (
            "[Ilse Brandt] had harsh words for Ana Duarte.\nMrs. Petrova was in the gallery. “It hurts,” [she] said.",
            ["Ilse Brandt", "Petrova"],
        ),
        ("[US Senator Ana Duarte] said no.", ["Ana Duarte"]),
    ],
)
def test_who_is_meant(marked: str, expected: list[str]) -> None:
    assert names(marked) == expected


def quoted(text: str, sources: dict[str, str | None]) -> tuple[Cast, list[str | None]]:
    """Direct attributions by content and source, and the name for each sentence that goes on."""
    attributions = []
    for content, source in sources.items():
        start = text.index(content)
        place = Span(text.index(source), text.index(source) + len(source)) if source else None
        attributions.append(Attribution(place, None, (Span(start, start + len(content)),), "direct"))
    cast = resolve(text, split(text), attributions)
    by_id: dict[str | None, str | None] = {speaker.id: speaker.name for speaker in cast.speakers}
    return cast, [by_id.get(key) for key in cast.continued]


def test_quotation_goes_on_within_its_marks() -> None:
    text = "“The port is open. Nobody was hurt,” Ana Duarte said. It rained."
    assert quoted(text, {"Nobody was hurt": "Ana Duarte"})[1] == ["Ana Duarte", None, None]


def test_quotation_goes_on_behind_its_cue() -> None:
    text = "“The port is open,” Ana Duarte said. “Nobody was hurt.”\n\nThe port reopened on Friday."
    assert quoted(text, {"“The port is open,”": "Ana Duarte"})[1] == [None, "Ana Duarte", None]


def test_quotation_goes_on_in_the_next_paragraph() -> None:
    text = "Ana Duarte said: “The port is open.\n\n“Nobody was hurt.”\n\nIt rained."
    assert quoted(text, {"“The port is open.": "Ana Duarte"})[1] == [None, "Ana Duarte", None]


def test_unattributed_quotation_takes_the_speaker_before() -> None:
    text = "“The port is open,” Ana Duarte said. “Nobody was hurt.”"
    cast, _ = quoted(text, {"“The port is open,”": "Ana Duarte", "“Nobody was hurt.”": None})
    assert cast.of_attribution == ("s1", "s1")


def test_first_person_means_the_speaker_of_the_quotation() -> None:
    text = "“I believe that we won,” Ana Duarte said."
    outer = Attribution(Span(25, 35), Span(36, 40), (Span(0, 24),), "direct")
    inner = Attribution(Span(1, 2), Span(3, 10), (Span(11, 22),), "indirect")
    cast = resolve(text, split(text), [outer, inner])
    assert [speaker.name for speaker in cast.speakers] == ["narrator", "Ana Duarte"]
    assert cast.of_attribution == ("s1", "s1")


def test_first_person_outside_quotations_is_the_narrator() -> None:
    assert names("[I] believe that the port is open.") == ["narrator"]


def test_channel_of_a_nested_report() -> None:
    text = "“No,” Ana Duarte said, according to the Norland Post."
    said = Attribution(Span(6, 16), Span(17, 21), (Span(0, 5),), "direct")
    told = Attribution(Span(36, 52), Span(23, 35), (Span(0, 21),), "mixed")
    cast = resolve(text, split(text), [said, told])
    by_id = {speaker.id: speaker.name for speaker in cast.speakers}
    assert [by_id[key] for key in cast.of_attribution] == ["Ana Duarte", "Norland Post"]
    assert cast.via == (cast.of_attribution[1], None)


def test_no_source_is_unknown_and_nothing_is_dropped() -> None:
    text = "The port is said to be open."
    cast = resolve(text, split(text), [Attribution(None, Span(12, 16), (Span(0, 8),), "indirect")])
    assert cast.of_attribution == ("unknown",)
    assert [(speaker.id, speaker.kind) for speaker in cast.speakers] == [
        ("narrator", "narrator"),
        ("unknown", "unknown"),
    ]


def test_kinds() -> None:
    cast = cast_of("[Ana Duarte] said no. [The Finance Ministry] said no. [A new survey] said no.")
    assert [speaker.kind for speaker in cast.speakers] == ["narrator", "person", "group", "document"]


def test_mentions_are_where_they_say() -> None:
    text, attributions = read("Ana Duarte came. [She] said no. Mrs. Duarte left. Piet Vos stayed.")
    speaker = resolve(text, split(text), attributions).speakers[1]
    assert [mention.text for mention in speaker.mentions] == ["Ana Duarte", "She", "Duarte"]
    assert all(text[mention.start : mention.end] == mention.text for mention in speaker.mentions)


def test_ids_follow_the_first_mention() -> None:
    cast = cast_of("Piet Vos met Ana Duarte. [Duarte] said no. [Vos] said yes.")
    assert [(speaker.id, speaker.name) for speaker in cast.speakers[1:]] == [
        ("s1", "Piet Vos"),
        ("s2", "Ana Duarte"),
    ]


def test_a_headline_s_role_is_whom_the_article_calls_so() -> None:
    text = "Mayor: we will rebuild\n\nMayor Ana Duarte spoke on Friday."
    cast = resolve(text, split(text), [Attribution(Span(0, 5), None, (Span(7, 22),), "indirect")])
    assert [speaker.name for speaker in cast.speakers] == ["narrator", "Ana Duarte"]


ALPHABET = st.sampled_from(
    "Ana Duarte said he she they “”\"' .,\n’sThe ministry who I and of von U.S. é😀\u00a0()—"
)


@given(st.text(st.one_of(ALPHABET, st.characters(codec="utf-8")), max_size=120), st.data())
def test_any_text_and_any_spans_give_a_consistent_cast(text: str, data: st.DataObject) -> None:
    place = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(
        lambda ends: Span(*sorted(ends))
    )
    attribution = st.builds(
        Attribution,
        source=st.none() | place,
        cue=st.none() | place,
        content=st.lists(place, max_size=2).map(tuple),
        quotation=st.sampled_from(["direct", "indirect", "mixed"]),
    )
    attributions = data.draw(st.lists(attribution, max_size=4))
    sentences = split(text)
    cast = resolve(text, sentences, attributions)
    ids = {speaker.id for speaker in cast.speakers}
    assert cast.speakers[0].id == "narrator"
    assert len(cast.of_attribution) == len(cast.via) == len(attributions)
    assert len(cast.continued) == len(sentences)
    assert ids >= {*cast.of_attribution, *filter(None, cast.via), *filter(None, cast.continued)}
    assert all(speaker.name for speaker in cast.speakers)
    for speaker in cast.speakers:
        assert all(text[mention.start : mention.end] == mention.text for mention in speaker.mentions)


@pytest.mark.parametrize(
    "line",
    [
        "Ana Duarte said. ",
        "he said. ",
        "“A. ",
        "the former minister said. ",
        "Bank of A and ",
        "Ana, ",
        "X\n",
        "Mothers' ",
        "the statement said. ",
        "his ",
        "a 9-year-old and the ",
        "Dune-born ",
        "Ana Duarte, 1, ",
        "Ministry of X Envoy ",
    ],
)
def test_long_articles_take_time_in_proportion(line: str) -> None:
    """Four times the text must not take much more than four times the steps, nor the time.

    Steps are calls of functions, the same on every machine; the time is there for what hides inside one
    call. It is the best of several runs, and the limit lies where only quadratic work (16 times) comes near.
    """

    def articles(size: int) -> tuple[str, list[Span], list[Attribution]]:
        text = line * (size // len(line))
        step = len(line)
        attributions = [
            Attribution(Span(start, start + 2), None, (Span(start, start + step),), "direct")
            for start in range(0, len(text), step)
        ]
        return text, list(split(text)), attributions

    def steps(article: tuple[str, list[Span], list[Attribution]]) -> int:
        profile = cProfile.Profile()
        profile.runcall(resolve, *article)
        return sum(entry.callcount for entry in profile.getstats())

    def seconds(article: tuple[str, list[Span], list[Attribution]]) -> float:
        start = time.process_time()
        resolve(*article)
        return time.process_time() - start

    short, long = articles(4_000), articles(16_000)
    resolve(*short)
    assert steps(long) < 6 * steps(short)
    runs = [(seconds(long), seconds(short)) for _ in range(3)]
    best_long, best_short = map(min, zip(*runs, strict=True))
    assert best_long < 12 * max(best_short, 0.02)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # where a politician is from, in print
        ("Sen. Ana Duarte (R-Fla.) met Sen. Piet Vos (D-Vt.). [The Florida senator] said no.", "Ana Duarte"),
        ("Sen. Ana Duarte (R-Fla.) met Sen. Piet Vos (D-Vt.). [The Vermont senator] said no.", "Piet Vos"),
        ("Sen. Ana Duarte of Utah met Sen. Piet Vos of Iowa. [The Utah senator] said no.", "Ana Duarte"),
        ("Sen. Ana Duarte of Utah met Sen. Piet Vos of Iowa. [The Iowa senator] said no.", "Piet Vos"),
        ("[The Iowa senator] left. They met Sen. Ana Duarte and Sen. Piet Vos (R-Iowa).", "The Iowa senator"),
        ("President Ana Duarte of Denmark met Piet Vos. [The Danish president] said no.", "Ana Duarte"),
        (
            "U.S. Defense Secretary Ana Duarte met. [Denmark's defense secretary] said no.",
            "Denmark's defense secretary",
        ),
        ("Ana Duarte, the president of Denmark, met Piet Vos. [The Danish president] said no.", "Ana Duarte"),
        # a country that was not told of the only minister, and one that was
        ("Foreign Minister Ana Duarte met Vos. [Denmark's foreign minister] said no.", "Ana Duarte"),
        (
            "Finland's Foreign Minister Ana Duarte met Vos. [Denmark's foreign minister] said no.",
            "Denmark's foreign minister",
        ),
        # a state is nobody's given name, a country no short form of another place
        ("Sen. Ana Duarte left Florida. [The senator] said no.", "Ana Duarte"),
        ("Envoys left for Latin America. [America] said no.", "America"),
        ("Ana Jordan left. [Jordan] said no.", "Ana Jordan"),
    ],
)
def test_where_somebody_is_from_tells_who_is_meant(text: str, name: str) -> None:
    assert names(text) == [name]
