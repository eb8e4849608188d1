"""A table for people: a row a sentence, then what the labels and speakers come to."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from textwrap import shorten
from typing import TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from model.article import LabelledArticle, Sentence, Speaker

# A sign beside each colour, so that nothing is told by colour alone.
STYLES = {"assertion": ("·", "dim"), "denial": ("✗", "bold yellow"), "condemnation": ("!", "bold red")}
OTHER_STYLES = [("■", "cyan"), ("▲", "magenta"), ("●", "green"), ("◆", "blue")]
# Characters that turn the direction of what follows, over the edge of a cell too.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNCERTAIN = ("?", "bold yellow")
# A speaker without a name may be a clause long; the list below the table has it whole.
MAX_SPEAKER = 40
MAX_ALIASES = 4


def write(articles: Iterable[LabelledArticle], out: TextIO) -> None:
    """Write a table for each article, as wide as the terminal."""
    console = Console(file=out, highlight=False)
    for article in articles:
        console.print(_heading(article))
        console.print(_sentences(article))
        console.print(_summary(article))
        console.print()


def _heading(article: LabelledArticle) -> Text:
    heading = Text(_printable(article.id or "article"), style="bold")
    heading.append(f"  {article.model.name} {article.model.revision}", style="dim not bold")
    if article.truncated:
        heading.append("  some sentences were too long to be read whole", style="yellow not bold")
    return heading


def _sentences(article: LabelledArticle) -> Table:
    styles = _styles(article)
    names = {speaker.id: speaker.name for speaker in article.speakers}
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, expand=True)
    table.add_column("#", justify="right", no_wrap=True, style="dim")
    table.add_column("label", no_wrap=True, overflow="ellipsis", max_width=16)
    table.add_column("score", no_wrap=True)
    table.add_column("speaker", ratio=2, min_width=9, overflow="fold")
    table.add_column("sentence", ratio=7, min_width=16, overflow="fold")
    for sentence in article.sentences:
        sign, style = styles[sentence.label]
        table.add_row(
            str(sentence.index + 1),
            Text(f"{sign} {_printable(sentence.label)}", style),
            _score(sentence),
            Text(shorten(_printable(names[sentence.speaker]), MAX_SPEAKER, placeholder=" …")),
            Text(_printable(sentence.text), "" if style == "dim" else style.removeprefix("bold ")),
        )
    return table


def _score(sentence: Sentence) -> Text:
    # The mark stands here because a long label's end may be cut off.
    score = Text(f"{sentence.score:.2f}")
    return score.append(" ").append(*UNCERTAIN) if sentence.uncertain else score


def _summary(article: LabelledArticle) -> Table:
    spoken = Counter(sentence.speaker for sentence in article.sentences)
    speakers = sorted(article.speakers, key=lambda speaker: -spoken[speaker.id])
    disputes = [
        f"sentence {each.denial.sentence + 1} denies sentence {each.claim.sentence + 1} ({each.score:.2f})"
        for each in article.disputes
    ]
    uncertain = sum(sentence.uncertain for sentence in article.sentences)
    # A grid, so that a long line goes on under its own beginning.
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_row("", "")
    grid.add_row(Text("labels", "bold"), _legend(article))
    if uncertain:
        grid.add_row(Text(*UNCERTAIN), f"uncertain: {_counted(uncertain)} with a score below --min-score")
    grid.add_row(
        Text("speakers", "bold"), Text("\n").join(_described(each, spoken[each.id]) for each in speakers)
    )
    if disputes:
        grid.add_row(Text("disputes", "bold"), "\n".join(disputes))
    return grid


def _legend(article: LabelledArticle) -> Text:
    styles = _styles(article)
    counts = Counter(sentence.label for sentence in article.sentences)
    legend = Text()
    for label in article.labels:
        sign, style = styles[label]
        legend.append(f"{sign} {_printable(label)}", style)
        legend.append(f" {counts[label]}   ")
    return legend


def _described(speaker: Speaker, sentences: int) -> Text:
    words = _counted(sentences)
    if speaker.kind not in ("narrator", "unknown"):
        words = f"{speaker.kind}, {words}"
    mentions = dict.fromkeys(_printable(mention.text) for mention in speaker.mentions)
    aliases = [mention for mention in mentions if mention != speaker.name]
    if aliases:
        words += "; also " + ", ".join(aliases[:MAX_ALIASES]) + (", …" if len(aliases) > MAX_ALIASES else "")
    return Text(_printable(speaker.name)).append(f"  {words}", "dim")


def _counted(sentences: int) -> str:
    return f"{sentences} sentence{'' if sentences == 1 else 's'}"


def _styles(article: LabelledArticle) -> dict[str, tuple[str, str]]:
    others = (label for label in article.labels if label not in STYLES)
    own = {label: OTHER_STYLES[place % len(OTHER_STYLES)] for place, label in enumerate(others)}
    return STYLES | own


def _printable(text: str) -> str:
    # An article must not move the cursor, colour the screen or turn the line around.
    return "".join(
        " "
        if character.isspace()
        else "�"
        if character in TURNS or unicodedata.category(character) == "Cc"
        else character
        for character in text
    )
