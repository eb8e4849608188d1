"""The main table in Markdown, for a README, and in LaTeX, for a paper."""

import re
from collections.abc import Iterator, Sequence

from model.evaluation.results import Comparison, Results, Score, SystemResult
from model.evaluation.statistics import Estimate

LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "³": "$^3$",
    "−": "$-$",
}
SPECIAL = re.compile("|".join(map(re.escape, LATEX)))
SMALL_P = 0.001


def markdown(results: Results) -> str:
    """The headline scores of every system."""
    rows = [_cells(results, system) for system in results.systems]
    return "\n".join([_intro(results), "", *_pipes(_head(results), rows), ""])


def comparisons(results: Results, *, baselines: bool = True) -> str:
    """The comparisons in Markdown, those with baselines too or not; nothing where there are none."""
    chosen = results.comparisons if baselines else between_models(results)
    rows = [comparison_cells(results, each) for each in chosen]
    return "\n".join([*_pipes(COMPARISON_HEAD, rows), ""]) if rows else ""


def between_models(results: Results) -> list[Comparison]:
    """The comparisons without baselines."""
    baselines = {system.name for system in results.systems if system.kind == "baseline"}
    return [each for each in results.comparisons if not baselines & {each.first, each.second}]


def latex(results: Results) -> str:
    """Scores as a `tabular` for the package booktabs."""
    columns = "l" + "r" * (len(_head(results)) - 1)
    head = [_tex(each) for each in _head(results)]
    body = [
        [_tex(cell.partition(" [")[0]), *map(_tex_interval, cells)]
        for cell, *cells in (_cells(results, system) for system in results.systems)
    ]
    return "\n".join(
        [
            f"% {_intro(results)}",
            r"\begin{tabular}{" + columns + "}",
            r"\toprule",
            " & ".join(head) + r" \\",
            r"\midrule",
            *(" & ".join(row) + r" \\" for row in body),
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def interval(score: Score | Estimate) -> str:
    """A value with its interval."""
    if score.value is None:
        return "–"
    if score.low is None or score.high is None:
        return f"{score.value:.1f}"
    return f"{score.value:.1f} [{score.low:.1f}, {score.high:.1f}]"


def probability(p: float | None) -> str:
    """A p-value."""
    return "–" if p is None else "<0.001" if p < SMALL_P else f"{p:.3f}"


COMPARISON_HEAD = (
    "metric",
    "first",
    "second",
    "difference",
    "p (Holm)",
    "McNemar p (Holm)",
    "verdict",
    "needs",
)


def comparison_cells(results: Results, each: Comparison) -> list[str]:
    """A comparison's row under `COMPARISON_HEAD`."""
    between = Score(value=each.difference, low=each.low, high=each.high)
    verdict = {"first": f"better: {each.first}", "second": f"better: {each.second}", "open": "open"}
    needed = f"{each.items_needed:,} {results.gold.item}s" if each.items_needed is not None else "–"
    return [
        results.metrics[each.metric].title,
        each.first,
        each.second,
        interval(between).replace("-", "−"),
        probability(each.p_holm),
        probability(each.mcnemar.p_holm if each.mcnemar else None),
        verdict[each.verdict],
        needed if each.verdict == "open" else "–",
    ]


def _intro(results: Results) -> str:
    gold = results.gold
    return (
        f"{gold.units:,} {gold.unit}s in {gold.items:,} {gold.item}s ({gold.digest[:12]}); "
        f"in brackets 95% intervals over resampled {gold.item}s."
    )


def _head(results: Results) -> list[str]:
    titles = [results.metrics[key].title for key in results.headline]
    return ["system", *titles, f"{results.gold.unit}s/s"]


def _cells(results: Results, system: SystemResult) -> list[str]:
    scores = [interval(system.scores[key]) for key in results.headline]
    speed = system.times.units_per_second
    return [system.name, *scores, "–" if speed is None else f"{speed:,.0f}"]


def _pipes(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def _tex(text: str) -> str:
    return SPECIAL.sub(lambda match: LATEX[match[0]], text)


def _tex_interval(cell: str) -> str:
    value, bracket, bounds = cell.partition(" [")
    return _tex(value) + (rf" {{\scriptsize[{_tex(bounds)}}}" if bracket else "")
