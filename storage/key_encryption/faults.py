"""What goes wrong with key-encryption keys, in words: one function per stable code, the same for every back-end."""

from __future__ import annotations

from domain.errors import Fault


def wrong(which: str) -> Fault:
    """`key-wrong`: what was wrapped doesn't open."""
    return Fault(
        "key-wrong",
        f"案件密钥用密钥加密密钥 {which} 打不开：密钥不是当初的那一把，或 case-keys.db 被改动。",
        "请核对 archive.json 所写的密钥，并从密钥备份恢复 case-keys.db 和密钥加密密钥。",
    )


def missing(which: str) -> Fault:
    """`key-missing`: there is no such key at this place."""
    return Fault("key-missing", f"找不到密钥加密密钥 {which}。", "请核对 archive.json 的 keys，或从密钥备份恢复。")


def unfit(which: str, what: str) -> Fault:
    """`key-unfit`: there is something of this name, but it can't serve."""
    return Fault(
        "key-unfit", f"{which} 不能用作密钥加密密钥：{what}。", "请核对 archive.json 的 keys，或另建一把密钥。"
    )


def locked(which: str, what: str, remedy: str) -> Fault:
    """`key-locked`: it is there, but it doesn't open itself to us."""
    return Fault("key-locked", f"密钥加密密钥 {which} 现在不能使用：{what}。", remedy)


def unreachable(which: str) -> Fault:
    """`key-unreachable`: no answer."""
    return Fault(
        "key-unreachable", f"保管密钥加密密钥 {which} 的设备或服务没有应答。", "请检查设备连接、网络和服务后重试。"
    )


def refused(which: str, what: str, remedy: str) -> Fault:
    """`key-refused`: the answer is an error, given in `what`."""
    return Fault("key-refused", f"保管密钥加密密钥 {which} 的设备或服务拒绝了请求：{what}。", remedy)


def credentials(name: str, what: str) -> Fault:
    """`key-credentials`: the environment variable `name` doesn't give `what`."""
    return Fault("key-credentials", f"环境变量 {name} 没有给出{what}。", "请设置后重新运行；不要写入任何文件。")


def not_installed(package: str, name: str) -> Fault:
    """`key-extra`: the Python package of this back-end isn't installed."""
    return Fault(
        "key-extra",
        f"使用这种密钥加密密钥需要 Python 包 {package}，本机没有安装。",
        f"请运行 pip install {package}（即 anjuan[{name}]）。",
    )
