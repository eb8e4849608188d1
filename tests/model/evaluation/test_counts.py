"""Spans, disputes, clusters and calibration: counted on small examples whose answers are known."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from model.evaluation.calibration import (
    BINS,
    COLUMNS,
    COVERAGES,
    Calibrator,
    calibration_metrics,
    reliability,
)
from model.evaluation.clusters import COLUMNS as CLUSTER_COLUMNS
from model.evaluation.clusters import cluster_metrics, count_clusters
from model.evaluation.disputes import COLUMNS as DISPUTE_COLUMNS
from model.evaluation.disputes import count_disputes, dispute_metrics, pair_metrics
from model.evaluation.gold import GoldStatement
from model.evaluation.spans import COLUMNS as SPAN_COLUMNS
from model.evaluation.spans import count_spans, span_metrics
from model.evaluation.tally import Metric, Tally
from model.spans import Span

TEXT = "Ana Duarte said that the old bridge would open, and that nobody asked her."


def computed(
    rows: Sequence[Mapping[str, float]], columns: tuple[str, ...], metrics: list[Metric]
) -> dict[str, float]:
    sums = Tally.of([str(n) for n in range(len(rows))], rows, columns).sums
    return {metric.key: float(metric.compute(sums)) for metric in metrics}


def statement(*, source: str = "", cue: str = "", content: str = "") -> GoldStatement:
    def spans(words: str) -> tuple[Span, ...]:
        return (Span(TEXT.index(words), TEXT.index(words) + len(words)),) if words else ()

    return GoldStatement(source=spans(source), cue=spans(cue), content=spans(content))


def test_spans_count_exactly_by_overlap_and_by_token() -> None:
    gold = [statement(source="Ana Duarte", cue="said", content="that the old bridge would open")]
    got = [
        statement(source="Duarte", cue="said", content="the old bridge would open, and"),
        statement(cue="asked", content="her"),
    ]
    found = computed([dict(count_spans(TEXT, gold, got))], SPAN_COLUMNS, span_metrics())
    assert found["statements.exact.source.f1"] == 0
    assert found["statements.overlap.source.f1"] == 100
    assert found["statements.token.source.recall"] == 50
    assert found["statements.token.source.precision"] == 100
    assert found["statements.exact.cue.precision"] == 50
    assert found["statements.exact.cue.recall"] == 100
    assert found["statements.exact.cue.f1"] == pytest.approx(200 / 3)
    assert found["statements.overlap.content.precision"] == 50
    # Five words right; a comma, "and" and "her" too many; "that" missed.
    assert found["statements.token.content.precision"] == pytest.approx(100 * 5 / 8)
    assert found["statements.token.content.recall"] == pytest.approx(100 * 5 / 6)


def test_a_span_of_two_statements_counts_once() -> None:
    one = statement(source="Ana Duarte", cue="said", content="her")
    found = computed([dict(count_spans(TEXT, [one, one], [one]))], SPAN_COLUMNS, span_metrics())
    assert found["statements.exact.source.f1"] == 100


def test_disputes_are_right_as_pairs() -> None:
    rows = [
        dict(count_disputes([(3, 1), (5, 1)], [(3, 1), (5, 2), (6, 0)])),
        dict(count_disputes([(2, 0)], [])),
    ]
    found = computed(rows, DISPUTE_COLUMNS, dispute_metrics())
    assert found["disputes.precision"] == pytest.approx(100 / 3)
    assert found["disputes.recall"] == pytest.approx(100 / 3)


def test_a_denial_is_found_with_any_of_its_claims() -> None:
    rows = [dict(count_disputes([(3, 1), (3, 2), (5, 1)], [(3, 2)]))]
    found = computed(rows, DISPUTE_COLUMNS, dispute_metrics())
    assert found["disputes.precision"] == pytest.approx(100)
    assert found["disputes.recall"] == pytest.approx(50)
    assert computed(rows, DISPUTE_COLUMNS, pair_metrics())["disputes.recall"] == pytest.approx(100 / 3)


def spans(*starts: int) -> frozenset[Span]:
    return frozenset(Span(start, start + 2) for start in starts)


def test_clusters_are_scored_as_in_the_papers() -> None:
    # Luo 2005, table 1: system (a) joins two of three entities.
    gold = [spans(1, 2, 3, 4, 5), spans(6, 7), spans(8, 9, 10, 11, 12)]
    joined = [spans(1, 2, 3, 4, 5), spans(6, 7, 8, 9, 10, 11, 12)]
    found = computed([count_clusters("", gold, joined)], CLUSTER_COLUMNS, cluster_metrics())
    assert found["muc.precision"] == 90
    assert found["muc.recall"] == 100
    assert found["muc.f1"] == pytest.approx(94.7, abs=0.05)
    assert found["b3.f1"] == pytest.approx(86.5, abs=0.05)
    assert found["ceafe.f1"] == pytest.approx(73.3, abs=0.05)
    assert found["conll_f1"] == pytest.approx((found["muc.f1"] + found["b3.f1"] + found["ceafe.f1"]) / 3)
    worst = [spans(*range(1, 13))]
    found = computed([count_clusters("", gold, worst)], CLUSTER_COLUMNS, cluster_metrics())
    assert found["muc.f1"] == pytest.approx(90, abs=0.05)
    assert found["b3.f1"] == pytest.approx(54.5, abs=0.05)


def test_mentions_that_are_missed_or_made_up_cost() -> None:
    gold, got = [spans(1, 2, 3)], [spans(2, 3, 9)]
    found = computed([count_clusters("", gold, got)], CLUSTER_COLUMNS, cluster_metrics())
    assert found["muc.recall"] == 50
    assert found["b3.recall"] == pytest.approx(100 * (2 * 2 / 3) / 3)
    nothing = computed([count_clusters("", gold, [])], CLUSTER_COLUMNS, cluster_metrics())
    assert nothing["conll_f1"] == 0


@pytest.mark.parametrize(("with_it", "right"), [("Ana", 100), ("Ines", 0), ("both", 0), ("none", 0)])
def test_a_pronoun_is_right_with_its_name_and_no_other(with_it: str, right: float) -> None:
    text = "Ana met Ines before she left."
    ana, ines, she = Span(0, 3), Span(8, 12), Span(20, 23)
    gold = [frozenset({ana, she}), frozenset({ines})]
    names = {"Ana": {ana}, "Ines": {ines}, "both": {ana, ines}, "none": set()}[with_it]
    found = computed(
        [count_clusters(text, gold, [frozenset({she, *names})])], CLUSTER_COLUMNS, cluster_metrics()
    )
    assert found["pronouns"] == right


def calibrated(confidences: list[float], right: list[bool]) -> tuple[dict[str, float], Tally]:
    calibrator = Calibrator(confidences)
    rows = [
        calibrator.count(c, right=r, gold="yes", scores={"yes": c if r else 1 - c, "no": 1 - c if r else c})
        for c, r in zip(confidences, right, strict=True)
    ]
    tally = Tally.of([str(n) for n in range(len(rows))], rows, COLUMNS)
    return computed(rows, COLUMNS, calibration_metrics()), tally


def test_calibration_over_bins_of_equal_mass_is_scikit_learn_s() -> None:
    chance = np.random.default_rng(0)
    confidences = chance.beta(5, 2, 500)
    right = chance.random(500) < confidences**2
    found, tally = calibrated(confidences.tolist(), right.tolist())
    share, confidence = calibration_curve(right, confidences, n_bins=BINS, strategy="quantile")
    points = reliability(tally.sums)
    assert [point[0] for point in points] == [50] * BINS
    assert [point[1] for point in points] == pytest.approx(100 * confidence, abs=1e-3)
    assert [point[2] for point in points] == pytest.approx(100 * share, abs=1e-3)
    assert found["ece"] == pytest.approx(100 * np.abs(share - confidence).mean(), abs=1e-6)


def test_equal_confidences_share_a_bin_and_are_kept_together() -> None:
    found, tally = calibrated([0.8] * 10, [True] * 7 + [False] * 3)
    assert reliability(tally.sums) == [(10, 80, 70)]
    assert found["ece"] == pytest.approx(10)
    assert found["risk_at.10"] == pytest.approx(30)


def test_risk_falls_with_what_is_left_out() -> None:
    confidences = [n / 20 for n in range(1, 21)]
    right = [n > 3 for n in range(20)]
    found, _ = calibrated(confidences, right)
    assert found["risk_at.100"] == pytest.approx(20)
    assert found["risk_at.80"] == 0
    assert found["risk_at.90"] == pytest.approx(100 * 2 / 18)
    by_hand = [found[f"risk_at.{coverage}"] for coverage in COVERAGES]
    assert found["aurc"] == pytest.approx(sum(by_hand) / len(by_hand))
