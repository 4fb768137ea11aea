"""Taking versions out of a bucket for good, once their retention has ended: for sweeping alone.

Keeps: a version is asked to be deleted only where the store says, by its own clock, that no retention is ahead and no
hold is set; the store refuses otherwise anyway, and a refusal stays one. Governance is never bypassed: a retention of
that mode counts too. What was deleted is looked for again.

Cannot promise: that the store's clock is right. Who may set it forward (its administrator) may have everything deleted
whose retention ends before that day, here or past this program. What went missing shows in the audit.
"""
# ruff: noqa: A002  # `object` is the port's word

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import Fault
from storage.evidence import faults
from storage.evidence.s3_bucket import Bucket
from storage.evidence.s3_client import ANSWER_WITHIN, CONNECT_WITHIN, S3Place, answers

if TYPE_CHECKING:
    from storage.evidence.s3_bucket import Look


class S3Sweep:
    """An EvidenceSweep of one bucket. Its keys need the right to delete versions, which the vault's don't."""

    def __init__(
        self, place: S3Place, *, connect_within: float = CONNECT_WITHIN, answer_within: float = ANSWER_WITHIN
    ) -> None:
        self._bucket = Bucket(place, connect_within=connect_within, answer_within=answer_within)

    def remove(self, object: str, version: str | None) -> None:
        """Look, delete this version, look again; without `version`, the one that was stored first."""
        which = self._bucket.which(object, version)
        with self._bucket.client.turn(object):
            self._check(object, self._bucket.look(object, which))
            refusal = self._delete(object, which)
            try:
                left = self._bucket.look(object, which)
            except Fault as fault:
                if fault.code == "blob-missing":
                    return
                raise
            self._check(object, left)  # locked meanwhile
            raise refusal or faults.refused(str(self._bucket.place), "删除后该版本仍在")

    def _check(self, object: str, look: Look) -> None:
        """Fault `still-kept` while the version is locked. A store that doesn't say what time it is can't be asked."""
        if look.at is None:
            raise faults.refused(str(self._bucket.place), "答复没有日期，无从判断保管期限是否届满")
        if look.state.hold or (look.locked_until and look.locked_until > look.at):
            raise faults.kept(object, look.locked_until, hold=look.state.hold)

    def _delete(self, object: str, version: str) -> Fault | None:
        place = self._bucket.place
        try:
            with answers(place):
                self._bucket.client.remove_object(bucket_name=place.bucket, object_name=object, version_id=version)
        except Fault as fault:
            if fault.code != "vault-refused":
                raise
            return fault
        return None
