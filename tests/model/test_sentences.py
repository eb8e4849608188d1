import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from model.sentences import split

# One article a line; the bar stands where a sentence ends.
ENGLISH = """
SEOUL, South Korea (AP) — South Korea, the U.S. and Japan met on Monday.|They left.
VELMAR (Reuters) - The mayor left.|She came back.
PORT ARDEN, Ostrava — The U.S. Senate met.|It voted at 5 p.m. on Tuesday.
The bill passed in the U.S. on Monday.|He lives in the U.S.|She does not.
Foreign Minister Lim Daro, U.S. Secretary Ana Roe and U.N. Ambassador Jan Ode met.|They left.
He had never seen the U.S. Senate.|She left the U.S.|Experts say she did.
It ended at 9 p.m. EST by vote.|It ended at 9 p.m.|Nobody came.
It starts at 9 a.m. and ends at noon.|It starts at 9 a.m. Monday.|Good.
J. K. Morrow wrote it.|Nobody read it.
A letter by J. K. Morrow came.|It was signed D. Ahrens.|Nobody read it.
Gov. Ana Duarte and Sen. Lim met Rep. Osei.|Sgt. Pell was there.|So was Lt. Gov. Marsh.
Mr. Ode, Mrs. Ode, Ms. Vint and Dr. Pell left.|Prof. Ahrens stayed.
GOV. HAL ODE AND SEN. LIM MEET.|He took it to the U.S. SEC.|It was closed.
He met the Rev. Tom Ode, Capt. Lis Marsh, Gen. Pell, Col. Ahn, Adm. Roe and Maj. Lund.|They ate.
She thanked Mr. Lund.|Mr. Pell did not.|‘Mr. Lund,’ he said.|The then-Sen. Roe nodded.
Sen. Lim (D-Calif.) and Rep. Ode (R-Ala.) agreed.|So did (Texas Sen.) Roe, R-Tenn., and others.
The case, Ode v. Marden, was closed.|Ode vs. Marden too.
Jan Ode Jr. and Tom Ode Sr. came.|Ode Jr. spoke first.
He was No. 1.|She was No. 2 on the list.|It happened on Jan. 5 and Dec. 31.|On Feb. 2, it ended.
She took the lead.|Pell called it a win.|Lund got the call.|Ode did not.
“I did not do it.|I was never there.|Ask anyone,” she said.|“Go.”|He left.
"I did not do it.|I was never there.|Ask anyone," she said.|"Go."|He left.
‘I did not do it.|I was never there,’ she said.|‘Go.’|He left.
'I did not do it.|I was never there,' she said.|'Go.'|He left.
"What did he know?" she asked.|"Nothing."|"Nothing at all!" he cried.
“What did he know?” she asked.|“Nothing.”|“Nothing at all!” he cried.
“Is this it?” Ode said.|It was.|“Why?” Lim asked in court.
“Stop!”|The minister said he meant it.
"It is false," Ode said.|"We never met.|We never spoke," he added, "and never will."
The paper asked, “Who pays?”|The answer is nobody.
He called it “a disgrace.”|She agreed.|Ode called it a ‘disgrace’.|She nodded.
The ministry (“we deny it all.”) wrote.|So it was.
(He had been there before.)|Nobody knew.
The firm (which he owned until 1998) failed.|It was sold.
The plan is dead; Ode killed it.|The end.
The price rose 3.5 percent to $1.2 million.|It fell again to 2.|Then it rose.
See http://example.org/a.html?x=1.2 for more.|Or www.example.org.|That is all.
He waited... and waited.|Then he left.|“I think … that is not for me to say,” he said.
He refuses to answer.|... That is a judgment issue.|He knew it.|… And so did she.
Is it true?|Yes!|No?!|Maybe.
He left.[1]|She stayed.[2]|They met.
It was over 🙂!|Really?|Yes 🎉!|Good.
"""
OTHER = """
你好。|世界很大！|“是的。”他说。|她走了。
「違う。」と述べた。|「何も知らない。」|「本当だ。」
هذا صحيح.|هل تعرف؟|نعم.
यह सच है।|वह गया।
«Мы не виноваты.|Это ложь», — сказал он.|Все ушли.
«Non. » dit-il.|Puis il partit.
¿Quién lo dijo?|Nadie lo sabe.|¡Basta!
"""


def sentences(text: str) -> list[str]:
    return [span.of(text) for span in split(text)]


@pytest.mark.parametrize("line", ENGLISH.strip().split("\n"))
def test_english(line: str) -> None:
    assert sentences(line.replace("|[", "[").replace("|", " ")) == line.split("|")


@pytest.mark.parametrize("line", OTHER.strip().split("\n"))
def test_other_languages(line: str) -> None:
    glue = "" if line[0] in "你「" else " "
    assert sentences(line.replace("|", glue)) == line.split("|")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", " \n\t\n", "\u2028", "\x85", "\f"])
def test_line_breaks_end_headlines_and_bullets(end: str) -> None:
    lines = [
        "Mayor denies bribes",
        "VELMAR, Monday",
        "• hire staff",
        "- build a school",
        "1. Ode won.",
        "The end",
    ]
    assert sentences(end.join(lines)) == lines


def test_wrapped_lines_are_one_sentence() -> None:
    first = (
        "The mayor of Velmar on Tuesday denied taking bribes from the builder\n"
        "who had won the contract for the new bridge."
    )
    second = (
        "She called the report by\n"
        "Velmar's largest newspaper a lie, and she asked the court to look into\n"
        "how it came about."
    )
    assert sentences(f"{first} {second}") == [first, second]


def test_a_line_that_starts_lower_case_goes_on_unless_it_is_a_bullet() -> None:
    assert sentences("She asked him\nto leave.") == ["She asked him\nto leave."]
    assert sentences("The plan:\n- to leave\n- to stay") == ["The plan:", "- to leave", "- to stay"]
    assert sentences("The plan:\nto leave") == ["The plan:", "to leave"]


def test_lines_of_one_sentence_each_are_not_taken_for_wrapped() -> None:
    lines = [
        "The mayor of Velmar on Tuesday denied taking any bribes from builders",
        "Council of Port Arden to vote on the second bridge after long delays",
        "Court in Ostrava hears the appeal of a baker who never sold any bread",
    ]
    assert sentences("\n".join(lines)) == lines


def test_invisible_characters_do_not_hide_a_boundary() -> None:
    assert sentences("He left.\u200b She stayed.\u200f\u00a0They met.\x07 Good.") == [
        "He left.\u200b",
        "She stayed.\u200f",
        "They met.\x07",
        "Good.",
    ]


def test_invisible_text_joins_its_neighbour() -> None:
    assert sentences("\ufeffHe left.\n\u200b\nShe stayed.\n\x00") == [
        "\ufeffHe left.\n\u200b",
        "She stayed.\n\x00",
    ]
    assert sentences("\u200b") == ["\u200b"]


@pytest.mark.parametrize("text", ["", " ", "\n\r\n \u00a0\u2003\t"])
def test_nothing_to_read(text: str) -> None:
    assert split(text) == ()


@pytest.mark.parametrize("text", ['"', '“”„"»«', "...", "?!", "— —", "\ud800", "\x00"])
def test_marks_alone_are_one_sentence(text: str) -> None:
    assert sentences(text) == [text]


anything = st.text(st.characters(exclude_categories=()), max_size=80)
pieces = [
    *'.!?…"“”‘’«»()[]{}-—•,;:。؟「」 \n',
    *["...", "Mr.", "U.S.", "p.m.", "said", "Pell", "left", "No.", "5", "[1]", "🙂", "👩\u200d🚀"],
    *["\r\n", "\u00a0", "\u200b", "\u200f", "\x00", "\ud83d", "e\u0301"],
]
newslike = st.lists(st.sampled_from(pieces), max_size=60).map("".join)


@given(anything | newslike)
@example("\u0085.\u2028 \x1c")
@example("a.\ud800 B")
def test_every_non_space_character_lies_in_exactly_one_sentence(text: str) -> None:
    spans = split(text)
    covered = [offset for span in spans for offset in range(*span)]
    assert covered == sorted(set(covered)), "overlap or disorder"
    assert {i for i, char in enumerate(text) if not char.isspace()} <= set(covered)
    for span in spans:
        assert 0 <= span.start < span.end <= len(text)
        assert span.of(text) == span.of(text).strip() != ""


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "Velmar\n" * 28_000,
        "Go. " * 50_000,
        "( " * 100_000,
        "(x.) A " * 28_000,
        '"' * 200_000,
        ". " * 100_000,
        "A." * 100_000,
        ".” A" * 50_000,
        "。”" * 100_000,
        "。" * 199_998 + "」x",
        "Why?” Pell " * 18_000,
        "and so\n" * 28_000,
        "word word,\n" * 18_000,
        "\u200b\n" * 100_000,
    ],
    ids=lambda text: repr(text[:9]),
)
def test_time_is_bounded(text: str) -> None:
    started = time.perf_counter()
    split(text)
    assert time.perf_counter() - started < 5
