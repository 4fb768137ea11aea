"""The table of reason codes. Codes are stable ASCII and never change meaning; adding one is adding a line.

Templates take values by name (`str.format`); FORMAT.md repeats the table and a test holds the two equal.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from .proof_reasons import PROOF_REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

# code of the reason: (Chinese template, English template)
REASONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # package
        "not-a-package": ("不能作为一个案卷包打开：{detail}", "Cannot be opened as one package: {detail}"),
        "zip-header": ("压缩包的成员头与规定形式不同。", "A local header of the zip is not in the prescribed form."),
        "zip-order": ("压缩包的成员没有按字节次序排列。", "The zip's members are not in bytewise order."),
        "zip-gap": ("压缩包的成员之间或之后有不属于任何成员的字节。", "The zip holds octets that belong to no member."),
        "zip-folder": ("压缩包含有规定之外的目录条目。", "The zip holds entries for directories."),
        "zip-directory": (
            "压缩包的中央目录与规定形式不同。",
            "The zip's central directory is not in the prescribed form.",
        ),
        "zip-exact": (
            "压缩包的每个结构字节都符合规定形式，共 {count} 个成员。",
            "Every structural byte of the zip is as prescribed; {count} members.",
        ),
        "base-name": (
            "包内基目录名应为 {expected}，实为 {found}。",
            "The base directory should be {expected}, is {found}.",
        ),
        # manifest
        "bag-valid": (
            "全部 {count} 个文件与清单一致，没有多余或缺少的文件。",
            "All {count} files agree with the manifests; none missing, none extra.",
        ),
        "bag-declaration": ("bagit.txt 的内容不符规定。", "bagit.txt is not as prescribed."),
        "bag-info": (
            "bag-info.txt 的内容不符规定，或文件总量不符。",
            "bag-info.txt is not as prescribed, or its sums differ.",
        ),
        "manifest-missing": ("缺少清单 {name}。", "The manifest {name} is missing."),
        "manifest-form": (
            "清单 {name} 的写法或次序不符规定（第 {line} 行）。",
            "The manifest {name} is not in the prescribed form or order (line {line}).",
        ),
        "file-missing": ("清单所列文件不在包内。", "A file that the manifest lists is not there."),
        "file-unlisted": ("文件未列入清单。", "The file is not listed in the manifest."),
        "file-digest": ("文件内容与清单摘要不符。", "The file's content differs from the manifest's digest."),
        "file-checksum": ("文件内容与压缩包校验码不符。", "The file's content differs from the zip's checksum."),
        "file-unexpected": ("包内有规定之外的文件。", "The package holds a file that the format does not know."),
        "mandatory-missing": ("缺少必备内容 {name}。", "The mandatory content {name} is missing."),
        # export
        "export-valid": (
            "导出签名有效：截至第 {seq} 号记录，导出时间 {exported}。",
            "The export signature holds: up to record {seq}, exported {exported}.",
        ),
        "export-missing": ("缺少 export.jws。", "export.jws is missing."),
        "export-malformed": ("export.jws 无法读取：{detail}", "export.jws cannot be read: {detail}"),
        "export-key": ("导出签名所用密钥不是该档案的密钥。", "The export was not signed with a key of this archive."),
        "export-signature": ("导出签名与内容不符。", "The export signature does not hold."),
        "export-manifest": (
            "导出签名所指的清单不是包内清单。",
            "The export names another manifest than the package holds.",
        ),
        "export-head": (
            "导出签名所指的最后一条记录与包内记录不符。",
            "The export names another last record than the package holds.",
        ),
        "export-checkpoint": (
            "导出签名所指的检查点与包内证明不符。",
            "The export names another checkpoint than the package holds.",
        ),
        "export-time": ("导出时间早于最后一条记录的接收时间。", "The export is older than the last record it names."),
        # records
        "records-valid": ("{count} 条记录形式正确。", "{count} records are well formed."),
        "record-missing": ("缺少第 {seq} 号记录。", "Record {seq} is missing."),
        "record-malformed": ("记录无法读取：{detail}", "The record cannot be read: {detail}"),
        "record-name": ("文件名与记录序号不符。", "The file's name does not fit the record's number."),
        "record-case": ("记录属于另一案件 {found}。", "The record belongs to another case, {found}."),
        "not-canonical": ("字节不是规范 JSON。", "The bytes are not canonical JSON."),
        # chain
        "chain-valid": ("{count} 条记录首尾相接，无缺失、调换或插入。", "{count} records form one unbroken chain."),
        "chain-seq": (
            "记录序号应为 {expected}，实为 {found}。",
            "The record's number should be {expected}, is {found}.",
        ),
        "chain-prev": ("记录所接的前一记录不是其前的记录。", "The record does not follow the record before it."),
        "chain-received": ("接收时间早于前一记录。", "The record was received before its predecessor."),
        "chain-seen": (
            "签署人所见的第 {seq} 号记录不是链上的记录。",
            "What the signers saw as record {seq} is not the record in the chain.",
        ),
        "chain-repeated": ("同一行为（编号 {id}）出现两次。", "The same act ({id}) stands twice."),
        # signatures
        "signatures-valid": ("{count} 个签名全部有效。", "All {count} signatures hold."),
        "signature-missing": ("缺少签署人的签名。", "A signer's signature is missing."),
        "signature-extra": ("有签署人名单之外或重复的签名。", "There is a signature beyond those of the signers."),
        "signature-order": ("签名次序与签署人名单不同。", "The signatures are not in the order of the signers."),
        "header": ("签名头不符规定。", "The signature's header is not as prescribed."),
        "alg": ("本版本不能判定该签名算法。", "This version cannot judge the signature's algorithm."),
        "unknown-key": ("签名所用密钥未登记。", "The signature's key is not in the register."),
        "bad-signature": ("签名与内容不符。", "The signature does not hold."),
        # receipts
        "receipts-valid": ("{count} 份回执全部有效。", "All {count} receipts hold."),
        "receipt-key": ("回执所用密钥不是该档案的密钥。", "The receipt was not signed with a key of this archive."),
        "receipt-signature": ("回执签名与内容不符。", "The receipt's signature does not hold."),
        "receipt-act": ("回执所答复的不是该行为。", "The receipt answers another act."),
        "receipt-case": ("回执与行为所属案件不同。", "Receipt and act belong to different cases."),
        "seen": ("签署人所见的记录不早于该记录。", "The signers claim to have seen a record that is not earlier."),
        "seen-head": (
            "签署人所见的前一记录不是回执所接的。",
            "The record the signers saw is not the one the receipt follows.",
        ),
        # register
        "register-valid": ("{count} 个登记案件完整。", "{count} register cases are whole."),
        "register-missing": ("缺少登记案件 {case}。", "The register case {case} is missing."),
        "register-unneeded": (
            "登记案件 {case} 与本案无关。",
            "The register case {case} has nothing to do with this one.",
        ),
        "register-malformed": ("登记内容不符规定：{detail}", "The register is not as prescribed: {detail}"),
        "genesis-missing": ("缺少档案的创始记录。", "The archive's first record is missing."),
        "genesis-malformed": ("档案的创始记录不符规定：{detail}", "The archive's first record is wrong: {detail}"),
        "demonstration": ("这是演示档案，不具法律效力。", "This is a demonstration archive without legal effect."),
        # authority
        "authority-valid": ("签署人均在其权限之内。", "All signers had authority."),
        "key-not-of-officer": ("密钥不属于所称的签署人。", "The key is not that of the officer named."),
        "key-not-yet": ("签署时密钥尚未生效。", "The key was not yet in force."),
        "key-revoked": ("签署时密钥已被撤销。", "The key had been revoked."),
        "key-time-unplaced": (
            "密钥已撤销，而签署时间无法证明在撤销之前。",
            "The key was revoked, and the act cannot be placed in time.",
        ),
        "key-malformed": ("登记的公钥无法使用。", "The enrolled key cannot be used."),
        "deputy-period": (
            "签署人代行“{capacity}”身份，不在登记的期间之内。",
            "The signer stood in as {capacity} outside the period entered for that.",
        ),
        "capacity-missing": ("签署人不具有“{capacity}”资格。", "The signer does not hold the capacity {capacity}."),
        "recused": ("签署人已回避本案。", "The signer is recused from this case."),
        "not-enrolled": ("签署人没有登记。", "The signer is not enrolled."),
        "key-taken": ("这把密钥先前已经登记。", "The key had been enrolled before."),
        "key-fixed": ("登记的公钥被更正为别的公钥。", "An enrolled key was corrected to another one."),
        "root-retired": ("创始密钥已不能再签署。", "The root key may no longer sign."),
        "authority-unjudged": ("签署权限有不符：{detail}", "The authority to sign is wrong: {detail}"),
        # rulebook, forms, calendar
        "rulebook-valid": ("规则版本与记录所引一致。", "The rulebook is the one that the records name."),
        "rulebook-missing": (
            "缺少记录所引的规则版本 {digest}。",
            "The rulebook {digest} named by the records is missing.",
        ),
        "rulebook-digest": ("规则文件与其摘要不符。", "The rulebook differs from its digest."),
        "rulebook-malformed": ("规则文件无法读取：{detail}", "The rulebook cannot be read: {detail}"),
        "rulebook-changed": (
            "记录改用了未经登记的规则版本。",
            "A record uses a rulebook version that was not adopted.",
        ),
        "rulebook-id": (
            "规则文件自称 {id}，与记录所引不同。",
            "The rulebook calls itself {id}, not as the record names it.",
        ),
        "rulebook-not-adopted": ("该规则版本未经档案启用。", "The archive never adopted this rulebook version."),
        "rulebook-unneeded": ("包内有记录未引用的规则版本。", "The package holds a rulebook that no record names."),
        "forms-valid": ("{count} 份文书格式与规则一致。", "{count} forms are those that the rulebook names."),
        "form-missing": ("缺少规则所引的文书格式。", "A form that the rulebook names is missing."),
        "form-digest": ("文书格式与规则所引摘要不符。", "The form differs from the rulebook's digest."),
        "form-unneeded": ("有规则未引用的文书格式。", "There is a form that the rulebook does not name."),
        "calendar-valid": ("{count} 份日历均为档案所采用。", "All {count} calendars were adopted by the archive."),
        "calendar-missing": ("缺少档案所采用的日历 {name}。", "The adopted calendar {name} is missing."),
        "calendar-digest": ("日历与其摘要不符。", "The calendar differs from its digest."),
        "calendar-malformed": ("日历无法读取：{detail}", "The calendar cannot be read: {detail}"),
        "calendar-not-adopted": ("该日历未经档案采用。", "The archive never adopted this calendar."),
        # disclosures
        "disclosures-valid": (
            "已披露 {shown} 项，未披露 {hidden} 项，均与签署的摘要相符。",
            "{shown} facts shown, {hidden} withheld; all fit the signed digests.",
        ),
        "disclosures-malformed": ("披露文件不符规定：{detail}", "The disclosures are not as prescribed: {detail}"),
        "disclosure-malformed": ("披露项无法读取。", "A disclosure cannot be read."),
        "disclosure-unmatched": ("披露项与任何摘要都不相符。", "A disclosure fits no digest."),
        "disclosure-repeated": ("同一披露项出现两次。", "A disclosure stands twice."),
        "disclosure-name": ("披露项的名称在该处已存在。", "A disclosed name already stands there."),
        "digest-repeated": ("同一摘要在一个行为中出现两次。", "A digest stands twice in one act."),
        "sd-empty": ("_sd 为空或不是列表。", "An _sd is empty or no list."),
        "sd-unsorted": ("_sd 中的摘要未排序或有重复。", "The digests of an _sd are unsorted or repeated."),
        "sd-name": ("使用了本格式不用的成员名“...”。", "The member name ... is not used in this format."),
        # evidence, vault, store
        "evidence-valid": (
            "{count} 个证据文件均为所签署的原件。",
            "All {count} evidence files are those that were signed.",
        ),
        "evidence-digest": ("证据文件与所签署的摘要不符。", "The evidence file differs from the signed digest."),
        "evidence-length": ("证据文件长度与所签署的不符。", "The evidence file's length differs from the signed one."),
        "evidence-missing": ("摘要已知的证据文件不在包内。", "An evidence file whose digest is known is missing."),
        "evidence-destroyed": ("证据文件已依签署的销毁行为销毁。", "The evidence file was destroyed by a signed act."),
        "evidence-withheld": ("{count} 个证据文件未公开。", "{count} evidence files are withheld."),
        "evidence-unnamed": ("包内有任何记录都未提及的文件。", "The package holds a file that no record names."),
        "vault-valid": ("证据库中 {count} 个对象与记录一致。", "All {count} objects in the vault are as recorded."),
        "blob-missing": ("记录所引的对象不在证据库中。", "An object that a record names is not in the vault."),
        "blob-digest": ("证据库中的对象与记录的摘要不符。", "An object in the vault differs from the recorded digest."),
        "blob-size": ("证据库中的对象与记录的大小不符。", "An object in the vault differs from the recorded size."),
        "blob-retention": ("证据库中对象的保存期限短于规定。", "An object's retention is shorter than prescribed."),
        "vault-unread": ("证据库中的对象无法读取：{detail}", "An object in the vault cannot be read: {detail}"),
        "store-valid": ("记录库中 {count} 条记录与其位置一致。", "All {count} stored records are in their places."),
        "store-altered": ("记录库中的存储内容与记录不符。", "The store's row does not fit the record in it."),
        "store-position": ("记录库的位置不连续或不递增。", "The store's positions are not dense and ascending."),
        "store-tail": (
            "没有日志，不能证明记录库末尾未被截去。",
            "Without a log nobody can tell whether the store's own tail was cut off.",
        ),
        # report and readable dossier
        "report-valid": ("检测报告与可读案卷在清单之内。", "Report and readable dossier are under the manifest."),
        "dossier-covered": (
            "可读案卷在导出签名之下；其内容以记录为准。",
            "The readable dossier is under the export signature; the records, not it, are the proof.",
        ),
        "report-malformed": ("检测报告无法读取：{detail}", "The report cannot be read: {detail}"),
        "report-compliance": (
            "检测报告的程序合规部分与据本卷重新核对的结果不符：应为 {want}，实为 {came}。",
            "The report's compliance isn't what the records come to: it should be {want}, is {came}.",
        ),
        "report-without-compliance": (
            "检测报告不含可核对的程序合规结果。",
            "The report holds no compliance that could be recomputed.",
        ),
        "keys-malformed": ("data/keys.json 无法读取。", "data/keys.json cannot be read."),
        # trust
        "trust-valid": ("创始记录与信任文件一致。", "The archive's first record is the one in the trust file."),
        "trust-absent": (
            "未提供信任文件，不能判定真实性。",
            "No trust file was given: authenticity cannot be judged.",
        ),
        "trust-malformed": ("信任文件无法读取：{detail}", "The trust file cannot be read: {detail}"),
        "trust-genesis": (
            "创始记录不是信任文件所指的那一份。",
            "The archive's first record is not the one in the trust file.",
        ),
        "trust-origin": ("档案名称与信任文件不同。", "The archive's origin differs from the trust file."),
        # procedure
        "procedure-valid": (
            "逐条重演规则，未见违反。",
            "The rulebook was replayed over the records; nothing was breached.",
        ),
        "procedure-replayed": (
            "已逐条重演规则，共 {count} 条记录。",
            "The rulebook was replayed over {count} records.",
        ),
        "procedure-withheld": (
            "判定所需的事项未公开，本条无从判定。",
            "What this act's judgement needs is withheld, so it cannot be judged.",
        ),
        "procedure-unlawful": ("依规则不应作出的行为：{detail}", "The rulebook does not allow this act: {detail}"),
        "procedure-irregular": ("该行为不符合规则，已照实记录：{detail}", "Entered as irregular: {detail}"),
        "procedure-late": ("期限“{limit}”已超过：应于 {due} 前。", "The limit {limit} was missed: due {due}."),
        "procedure-disputed": (
            "期限“{limit}”因读法而异：{zh}（{en}）。",
            "The limit {limit} differs by reading: {en} ({zh}).",
        ),
        "procedure-running": ("期限“{limit}”尚在进行。", "The limit {limit} is still running."),
        "procedure-provisional": (
            "期限“{limit}”依赖尚未公布的日历，为暂定。",
            "The limit {limit} needs a calendar that is not published: provisional.",
        ),
        "link-elsewhere": (
            "所关联的案件 {case} 不在所核验的范围之内，依本案所载判断。",
            "The linked case {case} is not among what is verified; what this case states of it was used.",
        ),
        "link-wrong": ("关联案件有误：{detail}", "What this case says of the linked one is wrong: {detail}"),
        "procedure-unjudged": ("程序未能重演：{detail}", "The procedure could not be replayed: {detail}"),
        **PROOF_REASONS,
        # layers
        "log-not-claimed": ("未主张日志登记。", "Entry in a log is not claimed."),
        "witness-not-claimed": ("未主张见证。", "Witnessing is not claimed."),
        "time-not-claimed": ("未主张可信时间。", "Proven time is not claimed."),
        "census-not-claimed": ("未主张普查。", "A census is not claimed."),
        "layer-absent": ("要求的“{layer}”在包内没有。", "The required layer {layer} is not in the package."),
        "layer-unjudged": ("本版本不能判定“{layer}”。", "This version cannot judge the layer {layer}."),
        # any check
        "not-judged": ("本次只核对摘要，不判定此项。", "Digests alone were asked for: this was not judged."),
        "not-sampled": (
            "抽样核验：依种子“{seed}”从 {of} 个案件中抽取 {count} 个，其余案件和记录库的行没有判定。",
            "A sample by the seed {seed}: {count} of {of} cases; the rest and the store's rows were not judged.",
        ),
        "digests-valid": ("{count} 项内容与其摘要一致。", "{count} contents have the digests that name them."),
        "blocked": ("前面的检查未通过，本项无从判定。", "An earlier check did not pass, so this one cannot be judged."),
        "more": ("另有 {count} 项同类结果未逐一列出。", "{count} more findings of this kind are not listed."),
        "nothing-to-check": ("没有可检查的内容。", "There is nothing to check."),
    }
)
