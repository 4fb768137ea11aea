"""The cases that the benchmark of compliance makes are cases, and no two days give all the same."""

from __future__ import annotations

from ops.bench.compliance import judged, moved, templates


def test_dates_of_any_shape_move_together() -> None:
    facts = {"at": "2023-03-01T09:00:00+08:00", "rows": [{"on": "2023-03-01"}], "text": "于2023-03-01", "n": 3}
    moved_facts = {"at": "2023-02-28T09:00:00+08:00", "rows": [{"on": "2023-02-28"}], "text": "于2023-03-01", "n": 3}
    assert moved(facts, 1) == moved_facts


def test_every_template_is_judged_and_days_make_a_difference() -> None:
    size = len(templates())
    conclusions, records, _ = judged(range(size))
    assert records == sum(len(template) for template in templates())
    assert conclusions.total() == size
    assert {judged(range(size * n, size * (n + 1)))[0]["kept"] for n in range(0, 60, 9)} != {conclusions["kept"]}
