"""What may happen to an article's text on its way to us, and worse."""

import random
import re
import unicodedata
from collections.abc import Callable

Mutation = Callable[[random.Random, str, int], str]
"""From chance, a text and a length in code points to a text of about that length."""

MARKS = ("“", "”", "‘", "’", '"', "'", "«", "»", "„", "「", "」")
PUNCTUATION = ".,;:!?…-–—()[]{}<>&*#@/|“”‘’\"'«»"
EMOJI = ("🙂", "👩\u200d🚀", "🇺🇳", "👍🏽", "❤️", "🤥", "🏳️\u200d🌈")
RIGHT_TO_LEFT = ("قال", "الوزير", "إن", "الخبر", "كاذب", "אמר", "השר", "\u200f", "\u202e", "\u2067", "\u061c")
INVISIBLE = ("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\ufe0f")
SPACES = ("\t", "\n", "\n\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u00a0", "\u2003", "\u2028", "\u3000")
CUES = ("said", "denied", "told reporters", "condemned", "added", "asked", "wrote", "according to")
GIVEN = ("Ana", "Tomas", "Ines", "Piet", "Odile", "Jan", "Lim", "Mara", "Osei", "Kofi")
SYLLABLES = ("ve", "lo", "mar", "du", "ost", "ri", "ke", "san", "ta", "quin", "o'", "-el", "bra")
SURROGATES = range(0xD800, 0xE000)


def grown(text: str, length: int) -> str:
    """The text, repeated and cut to a length."""
    return (text * (length // max(1, len(text)) + 1))[:length]


def _plain(_: random.Random, text: str, length: int) -> str:
    return grown(text, length)


def _repeated_fragments(chance: random.Random, text: str, length: int) -> str:
    start = chance.randrange(len(text))
    fragment = text[start : start + chance.choice((1, 3, 10, 40, 200))]
    return grown(fragment + chance.choice(("", " ", "\n")), length)


def _shuffled_words(chance: random.Random, text: str, length: int) -> str:
    words = grown(f"{text} ", length).split()
    chance.shuffle(words)
    return " ".join(words)


def _nested_quotations(chance: random.Random, text: str, length: int) -> str:
    depth = chance.choice((2, 5, 50, 400))
    pairs = (("“", "”"), ("‘", "’"), ('"', '"'), ("«", "»"), ("(", ")"))
    opened = chance.choices(pairs, k=depth)
    words = [f"{left}{chance.choice(text.split())} {chance.choice(CUES)} " for left, _ in opened]
    return grown("".join(words) + "".join(right for _, right in reversed(opened)) + " ", length)


def _unclosed_quotations(chance: random.Random, text: str, length: int) -> str:
    return _sprinkled(chance, grown(text, length), MARKS[::2], chance.choice((3, 20, 100)))


def _stray_marks(chance: random.Random, text: str, length: int) -> str:
    return _sprinkled(chance, grown(text, length), MARKS, chance.choice((3, 20, 100)))


def _names(chance: random.Random, _: str, length: int) -> str:
    sentences = []
    for _sentence in range(length // 30 + 1):
        name = f"{chance.choice(GIVEN)} {_surname(chance)}"
        sentences.append(f"{name} {chance.choice(CUES)} {_surname(chance)} was here.")
    return " ".join(sentences)[:length]


def _list_of_names(chance: random.Random, _: str, length: int) -> str:
    names = (f"{chance.choice(GIVEN)} {_surname(chance)}" for _ in range(length // 14 + 1))
    return ", ".join(names)[:length]


def _surname(chance: random.Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).strip("-'").capitalize()


def _long_words(chance: random.Random, text: str, length: int) -> str:
    size = chance.choice((50, 300, 3000))
    words = [grown(word, size) if chance.random() < 1 / 3 else word for word in text.split()]
    return grown(" ".join(words), length)


def _no_spaces(_: random.Random, text: str, length: int) -> str:
    return grown("".join(text.split()), length)


def _odd_spaces(chance: random.Random, text: str, length: int) -> str:
    return re.sub(r"\s+", lambda _: chance.choice(SPACES), grown(text, length))


def _windows_lines(chance: random.Random, text: str, length: int) -> str:
    return re.sub(r" ", lambda _: "\r\n" if chance.random() < 1 / 9 else " ", grown(text, length))


def _wrapped(chance: random.Random, text: str, length: int) -> str:
    width = chance.choice((3, 20, 72))
    flat = " ".join(grown(text, length).split())
    return "\n".join(flat[at : at + width] for at in range(0, len(flat), width))


def _control(chance: random.Random, text: str, length: int) -> str:
    return _sprinkled(chance, grown(text, length), [chr(code) for code in (*range(32), 127)], 20)


def _invisible(chance: random.Random, text: str, length: int) -> str:
    return _sprinkled(chance, grown(text, length), INVISIBLE, 5)


def _combining(chance: random.Random, text: str, length: int) -> str:
    accents = [chr(code) for code in range(0x300, 0x340)]
    return unicodedata.normalize(
        chance.choice(("NFC", "NFD")), _sprinkled(chance, grown(text, length), accents, 2)
    )


def _emoji(chance: random.Random, text: str, length: int) -> str:
    return _sprinkled(chance, grown(text, length), EMOJI, chance.choice((2, 20)))


def _right_to_left(chance: random.Random, text: str, length: int) -> str:
    words = [chance.choice(RIGHT_TO_LEFT) if chance.random() < 1 / 2 else word for word in text.split()]
    return grown(" ".join(words), length)


def _punctuation(chance: random.Random, _: str, length: int) -> str:
    return "".join(chance.choices(PUNCTUATION + " \n", k=length))


def _one_mark(chance: random.Random, _: str, length: int) -> str:
    return chance.choice(PUNCTUATION) * length


def _any_character(chance: random.Random, _: str, length: int) -> str:
    codes = (chance.randrange(0x110000) for _ in range(length))
    return "".join(chr(code) for code in codes if code not in SURROGATES)


def _any_letter(chance: random.Random, _: str, length: int) -> str:
    blocks = (0x41, 0xC0, 0x391, 0x410, 0x5D0, 0x627, 0x905, 0xE01, 0x3041, 0x4E00, 0xAC00)
    codes = [chance.choice(blocks) + chance.randrange(26) for _ in range(length)]
    return "".join(chr(code) + (" " if chance.random() < 1 / 7 else "") for code in codes)[:length]


def _half_a_character(chance: random.Random, text: str, length: int) -> str:
    return _sprinkled(chance, grown(text, length), [chr(chance.choice(SURROGATES))], 200)


def _tiny_sentences(chance: random.Random, text: str, length: int) -> str:
    ends = (". ", "! ", "? ", "… ", ".\n")
    return grown("".join(word + chance.choice(ends) for word in chance.choices(text.split(), k=99)), length)


def _one_sentence(_: random.Random, text: str, length: int) -> str:
    return grown(re.sub(r"[.!?\n]+", " and", text), length)


def _capitals(_: random.Random, text: str, length: int) -> str:
    return grown(text, length).upper()


def _markup(chance: random.Random, text: str, length: int) -> str:
    tags = ("<p>", "</p>", "<br/>", "&amp;", "&#8220;", "[1]", "**", "http://example.org/?a=b.c", "]]>")
    return _sprinkled(chance, grown(text, length), tags, 30)


def _cues(chance: random.Random, _: str, length: int) -> str:
    words = (*CUES, "he", "she", "they", "the minister", "that", "not", ",", "“", "”", ".")
    return " ".join(chance.choices(words, k=length // 5 + 1))[:length]


def _deletions(chance: random.Random, text: str, length: int) -> str:
    return "".join(letter for letter in grown(text, length) if chance.random() > 1 / 12)


def _sprinkled(chance: random.Random, text: str, pieces: list[str] | tuple[str, ...], every: int) -> str:
    """The text with a piece behind each `every`-th character or so."""
    return "".join(
        letter + (chance.choice(pieces) if chance.random() < 1 / every else "") for letter in text
    )[: len(text)]


MUTATIONS: dict[str, Mutation] = {
    mutation.__name__[1:].replace("_", " "): mutation
    for mutation in (
        *(_plain, _repeated_fragments, _shuffled_words, _deletions, _capitals, _markup, _cues),
        *(_nested_quotations, _unclosed_quotations, _stray_marks, _names, _list_of_names),
        *(_long_words, _no_spaces, _odd_spaces, _windows_lines, _wrapped),
        *(_control, _invisible, _combining, _emoji, _right_to_left),
        *(_punctuation, _one_mark, _any_character, _any_letter, _half_a_character),
        *(_tiny_sentences, _one_sentence),
    )
}
"""By the name under which reports know them."""
