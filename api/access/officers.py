"""The officer behind a request, and what they may do and see in a case; deny by default.

Keeps: capacities and recusal are read from the register at the moment of asking; recusal (回避) beats every capacity;
an officer without a key that counts now has no access. Leaves: whether an act may be signed (domain.rules.register).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import Fault
from domain.rules.deputies import capacities_of

if TYPE_CHECKING:
    from datetime import datetime

    from domain.rules.register import Officer, Register
    from domain.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True)
class Asking:
    """An officer who asks, at a moment, under the register as it stands then."""

    officer: Officer
    register: Register
    now: datetime

    def may_act(self, case: str, rulebook: Rulebook) -> bool:
        """Whether they may act in the case in some capacity of its rulebook and are not recused (回避) from it."""
        if self.officer.recused_from(case, self.now):
            return False
        own = case == self.officer.case and "self" in rulebook.by_capacity
        return own or bool(capacities_of(self.register, self.officer, self.now) & rulebook.by_capacity.keys())

    def must_act(self, case: str, rulebook: Rulebook) -> None:
        """Fault "not-permitted" unless they may act."""
        if not self.may_act(case, rulebook):
            reason = "已在本案回避" if self.officer.recused_from(case, self.now) else f"在“{rulebook.title}”中没有身份"
            raise Fault("not-permitted", f"{self.officer.name}{reason}，不能办理", "请由有身份的人员办理。")


def asking(register: Register, officer: str, now: datetime) -> Asking:
    """The officer with the register case `officer`. Fault "token-officer" if they are not enrolled or have no key."""
    found = register.officers.get(officer)
    if found is None or not any(key.trusted(now) for key in found.keys.values()):
        raise Fault("token-officer", "令牌所属的人员没有登记，或者没有有效的密钥", "请先办理登记。")
    return Asking(found, register, now)
