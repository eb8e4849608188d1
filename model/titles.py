"""What stands before a name and tells what its bearer does: "journalist and author", "secretary of state"."""

from collections.abc import Sequence

from model.gazetteer import words
from model.names import fold, is_role, is_titular
from model.runs import PRONOUNS, Mention


def is_title(title: Sequence[str], gaps: Sequence[str], inside: Sequence[Mention], named: Mention) -> bool:
    """Whether the words before the mention `named` are one person's title and not somebody else.

    "Roads, Harbours and Tourism Minister", "journalist and author", "former secretary of state".

    Args:
        title: the words before the mention, whose own title is part of it.
        gaps: what stands before each word but the first, the mention's own included, blanks aside.
        inside: the names among these words, as often as they have words.
        named: the mention behind them.
    """
    name = named.name
    if name is None or name.kind != "person" or not title:
        return False
    listed = title[-1] == "and" or gaps[-1] == ","
    if listed and name.roles and all(_is_titular(word) for word in title):
        return True
    return len(name.words) > 1 and not any(gaps) and _is_office(title, inside, titled=bool(name.roles))


def _is_titular(word: str) -> bool:
    return word == "and" or (word[0].isupper() and is_titular(fold(word)))


def _is_office(title: Sequence[str], inside: Sequence[Mention], *, titled: bool) -> bool:
    """Whether a title has two parts, or goes on with "of" or the like; `titled`: the name has one as well."""
    lexicon = words()
    folded = [fold(word) for word in title]
    people = any(mention.name is not None and mention.name.kind == "person" for mention in inside)
    plural = any(
        lexicon.singular(fold(word)) or fold(word) in lexicon.people or word in PRONOUNS for word in title
    )
    if people or plural or folded[0] in lexicon.determiners or folded[-1] in lexicon.prepositions:
        return False
    ends = titled or is_role(folded[-1])
    small = next((place for place, word in enumerate(folded) if word in lexicon.prepositions), None)
    if small is not None:
        # "Secretary of state", not "lawyer for embattled"
        body = folded[-1] in lexicon.modifiers or folded[-1] in lexicon.groups
        return small > 0 and is_role(folded[small - 1]) and body and not ends and "and" not in folded
    # "The council and Mayor Piet Vos" are two.
    return ends and "and" in folded[1:] and is_role(folded[folded.index("and") - 1])
