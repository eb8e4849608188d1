"""What a source span says about the speaker. All people, places and organisations are invented."""

import pytest

from tests.model.marked import names


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Norlandish Foreign Minister Tove Maribo", "Tove Maribo"),
        ("Rep. Ana Duarte (D-Norland)", "Ana Duarte"),
        ("spokeswoman Ilse Brandt", "Ilse Brandt"),
        ("Republican nominee Walt Pruitt", "Walt Pruitt"),
        ("Samantha Quill, the harbour's night safety manager,", "Samantha Quill"),
        ("Ruth Amsel, deputy culture editor of The Norland Post,", "Ruth Amsel"),
        ("a spokesman for the ministry, Piet Vos,", "Piet Vos"),
        ("The charity’s managing director, Lotte Marlow,", "Lotte Marlow"),
        ("Secretary of State John van der Berg", "John van der Berg"),
        ("J. K. Morrow Jr.", "J. K. Morrow Jr."),
        ("Dr. Siobhan O’Hara", "Siobhan O’Hara"),
        ("Samir al-Hadi", "Samir al-Hadi"),
        ("Ana Duarte's", "Ana Duarte"),
        ("the League for a Quiet Harbour", "League for a Quiet Harbour"),
        ("the Department of Roads and Harbour Affairs", "Department of Roads and Harbour Affairs"),
        ("a senior administration official", "a senior administration official"),
        ("officials", "officials"),
        ("the 12-page lawsuit", "the 12-page lawsuit"),
        ("A spokesman for Meridian Steel", "A spokesman for Meridian Steel"),
        ("Ana Duarte and Piet Vos", "Ana Duarte and Piet Vos"),
        (
            "Norlandish President Ana Duarte, Rep. Piet Vos and the Marsh Institute",
            "Ana Duarte, Rep. Piet Vos and the Marsh Institute",
        ),
        ("Denmark, the U.S. and Japan", "Denmark, the U.S. and Japan"),
        ("two analysts, Ana Duarte and Piet Vos,", "Ana Duarte and Piet Vos"),
        ("more than 1,200 residents", "more than 1,200 residents"),
        ("two engineers inspecting the bridge", "two engineers inspecting the bridge"),
        # what ends in a preposition is no noun phrase
        ("No leader holds the harbour by", "unknown"),
        # titles of several parts, compounds, abbreviations
        ("Norlandish Deputy Information and Social Services Minister Mr Samuel Okoro", "Samuel Okoro"),
        ("Publicity, Tourism and Broadcasting Services Minister Ana Duarte", "Ana Duarte"),
        ("Registrar-General Tobias Marlow at 0800 GMT", "Tobias Marlow"),
        ("ex-minister Ana Duarte", "Ana Duarte"),
        ("the ministry spokesman, Col. Rolf Maribo,", "Rolf Maribo"),
        ("her lawyer, former Judge Rolf Maribo,", "Rolf Maribo"),
        ("the foreign-funded local NGO, ZQWN,", "ZQWN"),
        # what stands behind a comma or a preposition may be somebody else
        (
            "a spokeswoman for the Environment Minister, Ana Duarte,",
            "a spokeswoman for the Environment Minister",
        ),
        (
            "the embassies of Skarland, Morvia and eight other states",
            "the embassies of Skarland, Morvia and eight other states",
        ),
        # times are no part of a speaker, dates inside a description are
        ("diplomatic sources yesterday", "diplomatic sources"),
        ("residents late on Tuesday", "residents"),
        ("a parliamentary report published in 2016", "a parliamentary report published in 2016"),
        ("a Norland Institute poll released on Tuesday", "a Norland Institute poll"),
        ("a poll released on Tuesday by the institute", "a poll released on Tuesday by the institute"),
        # a description keeps what narrows it down, unless that is long
        ("six men who worked there", "six men who worked there"),
        (
            "several engineers inspecting the old bridge near the harbour who had asked in vain for a copy of the file",
            "several engineers inspecting the old bridge near the harbour",
        ),
        # several speakers
        ("former presidents Ana Duarte and Piet Vos", "Ana Duarte and Piet Vos"),
        (
            "State Senate leader Ana Duarte and House Speaker Piet Vos",
            "Ana Duarte and House Speaker Piet Vos",
        ),
        ("the Ana Duarte and Piet Vos Foundation", "the Ana Duarte and Piet Vos Foundation"),
        ("Ana Duarte and Rep. Piet Vos (D-Norland)", "Ana Duarte and Rep. Piet Vos"),
        (
            "Ana Duarte and National Harbour Agency (NHA) director Piet Vos",
            "Ana Duarte and National Harbour Agency (NHA) director Piet Vos",
        ),
        (
            "the Harbour League, the Dune Society and Meridian Watch",
            "the Harbour League, the Dune Society and Meridian Watch",
        ),
        (
            "a statement signed by Ana Duarte, Piet Vos and Ilse Brandt",
            "Ana Duarte, Piet Vos and Ilse Brandt",
        ),
        ("a letter from Ana Duarte", "Ana Duarte"),
        # bodies
        ("the Harbour Fishermen's Union", "Harbour Fishermen's Union"),
        ("the website Harbour Gull", "Harbour Gull"),
        ("Norland's Foreign Ministry", "Norland's Foreign Ministry"),
        # titles in two parts, and those that go on with a small word
        ("journalist and author Tove Maribo", "Tove Maribo"),
        ("Former pilot and Dune City Mayor Tove Maribo, who backs the bridge,", "Tove Maribo"),
        ("former secretary of state Tove Maribo", "Tove Maribo"),
        ("Assistant Secretary for harbour affairs Tove Maribo", "Tove Maribo"),
        ("The pilot and author Tove Maribo", "The pilot and author Tove Maribo"),
        ("city council and Mayor Tove Maribo", "city council and Mayor Tove Maribo"),
        ("lawyer for embattled Tove Maribo", "lawyer for embattled Tove Maribo"),
        ("spokesman for Denmark's Tove Maribo", "spokesman for Denmark's Tove Maribo"),
        ("Piet Vos, the Norland Post and the governor", "Piet Vos, the Norland Post and the governor"),
        ("Piet Vos and co-author Tove Maribo", "Piet Vos and co-author Tove Maribo"),
        ("supporters of candidate Tove Maribo", "supporters of candidate Tove Maribo"),
        ("Ilse Brandt, the Roads and Harbours minister", "Ilse Brandt"),
        # what a source is read too long by
        ("Still, some pilots", "some pilots"),
        ("Others, including Ana Duarte,", "Others"),
        ("Both Ana Duarte and Piet Vos", "Ana Duarte and Piet Vos"),
        ("the Norlandish spokeswoman Ilse Brandt here", "Ilse Brandt"),
        ("Senator Ana Duarte’s office", "Ana Duarte’s office"),
        # some of a people
        ("Some Danes", "Some Danes"),
        ("Two Harbour Boards", "Two Harbour Boards"),
        # no speakers
        ("International", "unknown"),
        ("at", "unknown"),
        ("0800", "unknown"),
    ],
)
def test_name_in_a_source(source: str, name: str) -> None:
    assert names(f"On Friday [{source}] said that the bridge was safe.") == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Skarland [on Thursday] slammed the treaty.", "Skarland"),
        ("The Marsh Institute's rapporteur, Ana Duarte, [on Friday] repeated the charge.", "Ana Duarte"),
        ("The Marsh Institute, which [in March] denied the report, has left.", "Marsh Institute"),
        ("[On Thursday] slammed the treaty.", "unknown"),
    ],
)
def test_a_time_stands_for_the_subject_before_it(text: str, name: str) -> None:
    assert names(text) == [name]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("[His daughter], Ana Duarte, disputed the report.", "Ana Duarte"),
        ("[Her lawyer], former Judge Rolf Maribo, disputed the report.", "Rolf Maribo"),
        ("Piet Vos told [the lawyer], Ana Duarte said.", "the lawyer"),
        ("[Two engineers], Ana Duarte, and a mayor disputed the report.", "Two engineers"),
        ("[The report], Ana Duarte, was wrong.", "The report"),
    ],
)
def test_a_name_in_commas_behind_a_source_belongs_to_it(text: str, name: str) -> None:
    assert names(text) == [name]
