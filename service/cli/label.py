"""`gainsay label`: articles in, labelled articles out."""

import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from model.article import LabelledArticle
from model.checkpoints import BUILTIN
from model.labels import LabelSet, load_labels
from service.cli.console import NOTHING_DONE, SOME_FAILED, Failures, progress, refusing_bad_usage, stderr
from service.cli.options import STDIN, Format, Model, Output, Source
from service.cli.output import destination
from service.exports import json_array, jsonl, table
from service.settings import read_settings

if TYPE_CHECKING:
    from model.reader import Article
    from service.cli.remote import Read

# Articles that are read together: enough for the model to fill its batches, few enough to see progress.
TOGETHER = 8

WRITERS = {Format.TABLE: table.write, Format.JSON: json_array.write, Format.JSONL: jsonl.write}


def _share(value: float) -> float:
    # A range of click's lets NaN through.
    if not 0 <= value <= 1:
        raise typer.BadParameter(f"{value} is not between 0 and 1")
    return value


def label(  # noqa: PLR0913, PLR0917 - an option each
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            show_default=False, help=".txt, .html and .jsonl files; - or none for standard input."
        ),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            "-f",
            show_default="table on a terminal, json for a .json file, else jsonl",
            help="How to write the answer.",
        ),
    ] = None,
    output: Output = None,
    labels: Annotated[
        Path | None, typer.Option("--labels", "-l", help="A .toml or .json file with labels of your own.")
    ] = None,
    model: Model = BUILTIN,
    server: Annotated[
        str | None,
        typer.Option(
            "--server",
            metavar="URL",
            help="Ask this service instead of a model of one's own; GAINSAY_KEY holds its bearer key.",
        ),
    ] = None,
    source: Annotated[
        Source, typer.Option("--from", help="How the inputs are written; auto goes by the file's name.")
    ] = Source.AUTO,
    min_score: Annotated[
        float,
        typer.Option(
            callback=_share,
            metavar="SHARE",
            show_default=False,
            help="Mark sentences whose score is lower, 0 to 1, as `uncertain`; none is left out.",
        ),
    ] = 0.0,
) -> None:
    """Say for every sentence of these articles who says it, and whether they assert, deny or condemn.

    A .jsonl file holds an article a line: `text`, and if you like `id`, `title` and `date`. Offsets in the
    answer count Unicode code points of that text, or of the text that was found in an HTML page.

    Exit status: 0 all was labelled; 1 some inputs failed, each is named on standard error, the rest
    was labelled; 2 nothing was labelled.
    """
    paths = files or [STDIN]
    if not files and sys.stdin.isatty():
        raise typer.BadParameter("name a file, or pipe an article in", param_hint="FILES")
    with refusing_bad_usage():
        limit = read_settings().max_characters
        label_set = load_labels(labels) if labels else None
        from model.reader import Article
        from service.cli.inputs import count_inputs, read_articles
        from service.cli.remote import asking

        read = asking(server, model, label_set) if server else _reading(model, label_set)

    console = stderr()
    failures = Failures(console)
    done = 0
    with destination(output) as out:
        to_terminal = out.isatty()
        with progress(console) as bar:
            task = bar.add_task("Labelling", total=count_inputs(paths, source))

            def labelled() -> Iterator[LabelledArticle]:
                nonlocal done
                inputs = read_articles(paths, source, limit)
                while batch := list(islice(inputs, TOGETHER)):
                    articles = [each for each in batch if isinstance(each, Article)]
                    for each in batch:
                        if not isinstance(each, Article):
                            failures.report(each.place, each.reason)
                    found = read(articles, failures)
                    yield from (each.marked(min_score) for each in found)
                    done += len(found)
                    bar.advance(task, len(batch))

            if to_terminal:
                # The bar and the answer would write over each other.
                collected = list(labelled())
            else:
                WRITERS[form or _by_suffix(output)](labelled(), out)
        if to_terminal:
            WRITERS[form or Format.TABLE](collected, out)
        if failures.count and not done:
            # Raised here, so that no file is left behind.
            raise typer.Exit(NOTHING_DONE)
    if failures.count:
        raise typer.Exit(SOME_FAILED)


def _reading(model: str, labels: LabelSet | None) -> "Read":
    """How to label articles with a model of one's own; those that cannot be read are reported."""
    from model.reader import ArticleError, load_reader

    reader = load_reader(model)

    def read(articles: Sequence["Article"], failures: Failures) -> list[LabelledArticle]:
        waiting = list(articles)
        while waiting:
            try:
                return reader.read_many(waiting, labels)
            except ArticleError as error:
                refused = waiting.pop(error.index)
                failures.report(refused.id or str(STDIN), str(error))
        return []

    return read


def _by_suffix(output: Path | None) -> Format:
    return Format.JSON if output is not None and output.suffix == ".json" else Format.JSONL
