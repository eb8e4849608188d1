"""Names, titles and mentions. All names are invented."""

import pytest

from model.gazetteer import (
    country_of_demonym,
    country_of_place,
    first_name_gender,
    is_first_name,
    likely_gender,
)
from model.mentions import NameFinder, tokenize
from model.names import Name, may_be_same_group, may_be_same_person, merge, parse
from model.nominals import find_nominals
from model.sentences import split


@pytest.mark.parametrize(
    ("text", "core", "kind", "gender"),
    [
        ("Foreign Minister Tove Maribo", "Tove Maribo", "person", "f"),
        ("Mr. Maribo", "Maribo", "person", "m"),
        ("Mrs. Maribo", "Maribo", "person", "f"),
        ("Secretary of State Rolf Maribo", "Rolf Maribo", "person", "m"),
        ("President of the United States Rolf Maribo", "Rolf Maribo", "person", "m"),
        ("Norland Steel Company", "Norland Steel Company", "group", None),
        ("Ministry of Roads", "Ministry of Roads", "group", None),
        ("NHSA", "NHSA", "group", None),
        ("Denmark", "Denmark", "group", None),
        ("Registrar-General Tove Maribo", "Tove Maribo", "person", "f"),
        ("Deputy Information Minister Mr Rolf Maribo", "Rolf Maribo", "person", "m"),
        ("Norland Straits Shipping", "Norland Straits Shipping", "group", None),
        ("Minister of Foreign Affairs Rolf Maribo", "Rolf Maribo", "person", "m"),
        ("Minister of Ports and Rural Affairs Rolf Maribo", "Rolf Maribo", "person", "m"),
        ("Secretary-Treasurer Rolf Maribo", "Rolf Maribo", "person", "m"),
        # an office of a body before its holder's name
        ("Ministry of Harbour Affairs Ambassador Tove Maribo", "Tove Maribo", "person", "f"),
        ("Office of Director Rolf Maribo", "Office of Director Rolf Maribo", "group", None),
        ("Senators Tove Maribo", "Tove Maribo", "person", "f"),
        ("Dune-born Tove Maribo", "Tove Maribo", "person", "f"),
        ("Dune-based Harbour Safety Institute", "Harbour Safety Institute", "group", None),
        # titles that are given names as well
        ("Prime Minister Guy Maribo", "Guy Maribo", "person", "m"),
        ("Harbour Minister Don Maribo", "Don Maribo", "person", "m"),
        ("Don Maribo", "Maribo", "person", "m"),
    ],
)
def test_parse(text: str, core: str, kind: str, gender: str | None) -> None:
    name = parse(text.split())
    assert name is not None
    assert (" ".join(name.words), name.kind, name.gender) == (core, kind, gender)


@pytest.mark.parametrize(
    "text",
    [
        "Foreign Minister",
        "President of the United States",
        "Senate Republicans",
        "International",
        "Unions",
        "NGO",
    ],
)
def test_a_title_alone_is_no_name(text: str) -> None:
    assert parse(text.split()) is None


def name(text: str) -> Name:
    parsed = parse(text.split())
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Rolf Maribo", "Mr. Maribo", True),
        ("Rolf Maribo", "Mrs. Maribo", False),
        ("Rolf Maribo", "Olga Maribo", False),
        ("Rolf Maribo", "R. Maribo", True),
        ("J. K. Morrow Jr.", "Morrow", True),
        ("Rolf Maribo", "Rolf Petersen", False),
    ],
)
def test_same_person(one: str, other: str, same: bool) -> None:
    assert may_be_same_person(name(one), name(other)) is same


@pytest.mark.parametrize(
    ("short", "full", "same"),
    [
        ("NHSA", "Northern Harbour Safety Agency", True),
        ("Safety Agency", "Northern Harbour Safety Agency", True),
        ("NHSB", "Northern Harbour Safety Agency", False),
        ("Copenhagen", "Denmark", True),
        ("Oslo", "Denmark", False),
        ("N.H. Safety Agency", "Northern Harbour Safety Agency", True),
        ("N.R. Safety Agency", "Northern Harbour Safety Agency", False),
        ("Church", "Church of Norland", True),
        ("Norland", "Norland Football Association", True),
        ("Norland", "Association of Norland", False),
    ],
)
def test_same_group(short: str, full: str, same: bool) -> None:
    assert may_be_same_group(name(short), name(full)) is same


def test_merging_keeps_the_fuller_name_and_all_roles() -> None:
    merged = merge(name("Minister Maribo"), name("Rolf Maribo"))
    assert merged.words == ("Rolf", "Maribo")
    assert merged.roles == {"minister"}
    assert merge(name("Copenhagen"), name("Denmark")).words == ("Denmark",)


def found(text: str) -> list[str]:
    sentences = split(text)
    tokens = tokenize(text, sentences)
    return [m.span.of(text) for m in NameFinder(text, sentences, tokens).find() if m.name]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Asked again, Maribo laughed. It had asked him twice.", ["Maribo"]),
        (
            "He told the Norland Post Maribo lied. Rolf Maribo denied it.",
            ["Norland Post", "Maribo", "Rolf Maribo"],
        ),
        ("She saw it on Harbour News Rolf Maribo said.", ["Harbour News", "Rolf Maribo"]),
        ("The Harbour News Centre said so.", ["Harbour News Centre"]),
        ("The Harbour Party Virginia Chapter said so.", ["Harbour Party Virginia Chapter"]),
        ("The Harbour Church Martin Luther School said so.", ["Harbour Church Martin Luther School"]),
        ("The Army Grant Program ended.", ["Army Grant Program"]),
        ("MARIBO LEAVES THE HARBOUR MINISTRY TODAY\nRolf Maribo left.", ["MARIBO", "Rolf Maribo"]),
        ("Big Day For The Harbour Workers\nRolf Maribo left.", ["Rolf Maribo"]),
        ("Maribo’s aide met Vos's.", ["Maribo", "Vos"]),
        ("The Harbour Mothers' League met, as it did every other week.", ["Harbour Mothers' League"]),
        (
            "On Friday Norland's Foreign Ministry met with everybody who had come.",
            ["Norland", "Norland's Foreign Ministry"],
        ),
        (
            "Then Rolf Maribo met with some of Maribo's Foreign Ministry before noon.",
            ["Rolf Maribo", "Maribo", "Foreign Ministry"],
        ),
        ("Unions at the mine met. Churches did too.", []),
        ("She praised the University of Norland and Ana Duarte.", ["University of Norland", "Ana Duarte"]),
        # initials that are words, months that are given names, nicknames
        ("The harbour was sold by Ana A. Duarte.", ["Ana A. Duarte"]),
        ("The bridge, April Maribo said, was safe.", ["April Maribo"]),
        ("Theresa May resigned. May said in May that she would.", ["Theresa May", "May"]),
        ("Brian Will left on May 3. Residents last May left.", ["Brian Will"]),
        ("The bridge was closed in April Maribo said.", ["Maribo"]),
        ("The captain, Rolf “Skip” Maribo, left.", ["Rolf “Skip” Maribo"]),
        ("The captain met Rolf (Maribo) Vos.", ["Rolf", "Maribo", "Vos"]),
        # surnames that are nouns as well, once somebody bears them
        (
            "Senator Tove Baker of Norland left. Ms. Baker had seen Baker.",
            ["Tove Baker", "Norland", "Baker", "Baker"],
        ),
        ("The Baker of the harbour left. Then the Baker slept.", []),
        ("Piet Young left. The Young Pilots left too. Young said so.", ["Piet Young", "Young"]),
        # what only stands before a name
        ("Rolf Maribo slept. We thank Dear Rolf Maribo.", ["Rolf Maribo", "Rolf Maribo"]),
        ("They are fans of Mexico City Chiefs.", ["Mexico City Chiefs"]),
        ("She met the envoy of Denmark Tove Maribo there.", ["Tove Maribo"]),
        ("She met the minister of health and Environment Tove Maribo there.", ["Tove Maribo"]),
        ("Ana Maribo left. In Utah Maribo said so.", ["Ana Maribo", "Maribo"]),
        ("Rep. Rolf T. King of Ohio left.", ["Rolf T. King", "Ohio"]),
        ("Did Tove Maribo go? A. Yes. It was a grade A. The mayor left.", ["Tove Maribo"]),
        # as a word is mostly written, so it is meant
        (
            "They met Rolf Harrow. He met Harrow. Harrow said a harrow was sold.",
            ["Rolf Harrow", "Harrow", "Harrow"],
        ),
        ("They met Rolf Harrow. Harrow and harrow were sold, and a harrow.", ["Rolf Harrow"]),
        ("May God help them. Between April and June Maribo said so.", ["God", "Maribo"]),
    ],
)
def test_names_in_text(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_words_and_their_endings() -> None:
    text = "They’ve seen Maribo’s U.S. plan of 1,200.5 tons; the Duartes' too."
    tokens = tokenize(text, split(text))
    assert [token.text for token in tokens] == (
        "They seen Maribo U.S. plan of 1,200.5 tons the Duartes too".split()
    )
    assert [token.text for token in tokens if token.possessive] == ["Maribo", "Duartes"]


def test_descriptions() -> None:
    text = "The former foreign minister met police officers and a new report."
    heads = [
        (nominal.span.of(text), nominal.head, nominal.plural)
        for nominal in find_nominals(text, tokenize(text, split(text)))
    ]
    assert heads == [
        ("The former foreign minister", "minister", False),
        ("police officers", "officer", True),
        ("a new report", "report", False),
    ]


def test_countries_come_from_the_library() -> None:
    assert country_of_place("Copenhagen") == country_of_demonym("Danes") == "Denmark"
    assert country_of_place("U.S.") == country_of_demonym("Americans") == "United States"
    assert country_of_place("IN") is None


def test_first_names() -> None:
    assert first_name_gender("Olga") == "f"
    assert first_name_gender("Rolf") == "m"
    assert not is_first_name("The")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They met the two sides.", "the two sides"),
        ("Here is Norland's most celebrated composer.", "Norland's most celebrated composer"),
        ("Then the 29-year-old left.", "the 29-year-old"),
        ("Both unions left.", "Both unions"),
    ],
)
def test_where_descriptions_begin(text: str, expected: str) -> None:
    assert expected in [nominal.span.of(text) for nominal in find_nominals(text, tokenize(text, split(text)))]


def test_endings_suggest_a_gender() -> None:
    assert likely_gender("octavano", "brask") == "m"
    assert likely_gender("perla", "brask") == "f"
    assert likely_gender("xen", "borisova") == "f"
    assert likely_gender("xen", "brask") is None
