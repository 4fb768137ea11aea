"""费用 (第四十条): whoever bears the costs of a test, their shares come to what it cost."""

from __future__ import annotations

from domain.rules.admissible import Answer
from tests.rules.acting import after, done, judged, told
from tests.rules.sample_acts import NOTIFIED

LAB = {"fee": "1000.00", "advanced_by": "complainant"}


def share(bearer: str, amount: str) -> dict[str, str]:
    return {"bearer": bearer, "amount": amount, "reasons": "按过错分担。"}


def test_with_fault_on_both_sides_the_shares_come_to_the_fee() -> None:
    case = done(after(*NOTIFIED), "commission", **LAB)
    fees = [share("complainant", "300.00"), share("hospital", "700.00")]
    assert judged(case, "decision", fees=fees).answer is Answer.ACCEPTED
    short = judged(case, "decision", fees=fees[1:])
    assert (short.answer, {d.code for d in short.defects}) == (Answer.REFUSED, {"total"})


def test_a_decision_says_who_bears_a_fee_that_was_advanced() -> None:
    case = done(after(*NOTIFIED), "commission", **LAB)
    assert told(judged(case, "decision", fees=None)) == {("absent", "40")}


def test_fees_of_several_commissions_are_borne_together() -> None:
    case = done(done(after(*NOTIFIED), "commission", **LAB), "commission", fee="234.50")
    assert judged(case, "decision", fees=[share("hospital", "1234.50")]).answer is Answer.ACCEPTED


def test_a_fee_not_yet_known_asks_for_nothing() -> None:
    case = done(done(after(*NOTIFIED), "commission", **LAB), "commission")
    assert judged(case, "decision", fees=None).answer is Answer.ACCEPTED


def test_what_was_really_advanced_is_what_there_is_to_share() -> None:
    case = done(after(*NOTIFIED), "commission", **LAB)
    paid = done(case, "fee-advanced", amount="1200.00")
    assert told(judged(paid, "decision", fees=[share("hospital", "1000.00")])) == {("total", "40")}
    assert judged(paid, "decision", fees=[share("hospital", "1200.00")]).answer is Answer.ACCEPTED


def test_without_a_decision_whoever_advanced_the_fee_bears_it_and_the_shares_come_to_it() -> None:
    case = done(done(after(*NOTIFIED), "commission", **LAB), "fee-advanced", amount="1000.00")
    ended = done(done(case, "withdrawal"), "termination")
    rows = [{"bearer": "complainant", "amount": "400.00"}, {"bearer": "hospital", "amount": "600.00"}]
    assert judged(ended, "fee-accounted", fees=rows, basis="agreed").answer is Answer.ACCEPTED
    assert told(judged(ended, "fee-accounted", fees=rows[:1])) == {("total", "40")}


def test_a_decision_settles_the_fee_and_nothing_else_does() -> None:
    case = done(done(after(*NOTIFIED), "commission", **LAB), "fee-advanced", amount="1000.00")
    decided = done(case, "decision", fees=[share("complainant", "1000.00")])
    filed = done(decided, "filing")
    assert ("forbids", "40") in told(judged(filed, "fee-accounted", fees=[{"bearer": "hospital", "amount": "1000.00"}]))
    assert ("needs", "40") in told(judged(after(*NOTIFIED), "fee-accounted"))
