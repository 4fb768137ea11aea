"""Verification: what bytes prove, check by check, offline and without trusting whoever handed them over.

Pure functions over bytes. `verify_package` judges a dossier package, `verify_store` an archive's own store; both go
through the same steps, in this order. Each step names the attack that it stops.

 1. `package`, `manifest` (formats.bag): the zip is exactly one bag, every file listed once with its digest.
    Stops: a file altered, added, left out, or shown to one reader and hidden from another.
 2. `package` (package_layout): nothing but what the format knows, nothing mandatory left out.
    Stops: a stray file that a reader takes for part of the dossier.
 3. `records` (strand): every record canonical, well formed, in its own place.
    Stops: two readers reading two things from one record; a record moved to another case.
 4. `chain` (strand): seq from 1 without gap, prev the digest before, time never running back, what signers saw is
    what stands there, no act twice. Stops: a record removed, swapped, repeated, inserted.
 5. `register` (register_fold): the archive's first record vouches for itself; register cases whole; who could sign
    what at which moment. Stops: an officer, key or capacity that was never enrolled.
 6. `trust` (layers): the first record is the one that the trust file names.
    Stops: the whole case forged anew with fresh keys.
 7. `signatures` (signing): exactly the signers, in order, each signature good.
    Stops: an act altered after signing, a signer dropped or added.
 8. `receipts` (signing): receipts only under the archive's key and its enrolled successors, never under root.
    Stops: records that the archive never received; a second past.
 9. `authority` (signing): the key is the named officer's, in force, not revoked; capacity held; no recusal.
    Stops: a stolen or borrowed key, an officer acting beyond their office.
10. `rulebook`, `forms`, `calendar` (rules_pinned): bytes of the pinned digests, adopted by the archive.
    Stops: a rule, a paper or a holiday invented afterwards.
11. `disclosures` (withheld): every disclosure fits a signed digest. Stops: a fact slipped in or exchanged.
12. `evidence`, `vault` (evidence): originals are those that were signed. Stops: evidence swapped, cut or lost.
13. `procedure` (procedure, linked_check): the rulebook replayed; what it forbids stands nowhere, and what is said of
    a linked case is so there, if it is at hand. Stops: an archive that entered what it had to refuse.
14. `export` (export_check): the archive vouches for exactly this package, up to exactly this record.
    Stops: the tail cut off; the readable dossier or the report exchanged.
15. `report` (package_check, compliance_check): compliance recomputed, the report's must be the same; the readable
    dossier is vouched for as a whole, not read. Stops: a report that calls kept what was missed.
16. `store` (archive_check): rows in their places; what no store can show of itself is said.
17. `log`, `witness` (log_check): every enclosed record stands in the log under one checkpoint that the log's key signed
    and enough witnesses saw. Stops: a record that only this package knows; two faces to two readers.
18. `census` (census_check): each enclosed case as the archive has committed to it, and next to its neighbours.
    Stops: the tail of a case, or a case, left out of an export.
19. `time` (layers): not claimed, unless `require` asks for it.

Cases are judged one by one (case_judge), in any order and process, and put together in theirs (examination). Asked for
digests alone (hashed), steps 1 to 4, 10 and 12 go as far as digests show; all others are NOT_JUDGED (scope).

Nothing here answers yes or no alone: a `Report` holds findings, each with a reason, a place and two sentences. What
hostile bytes provoke is a finding; an exception that leaves these functions, other than the Faults they name, is a bug.
"""

from .archive_check import verify_store
from .case_judge import CaseJudge
from .layers import LEVELS
from .outcome import Outcome
from .package_check import package_compliance, verify_package
from .scope import Scope
from .source import Blob, Indexed, Material, Original, Piece, Row
from .store_material import store_material

__all__ = [
    "LEVELS",
    "Blob",
    "CaseJudge",
    "Indexed",
    "Material",
    "Original",
    "Outcome",
    "Piece",
    "Row",
    "Scope",
    "package_compliance",
    "store_material",
    "verify_package",
    "verify_store",
]
