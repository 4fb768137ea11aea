"""Ed25519 as RFC 8032 §6 writes it down, slow and plain: a second implementation, able to make odd signatures."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def add(p: Point, q: Point) -> Point:
    (x1, y1), (x2, y2) = p, q
    t = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def times(n: int, p: Point) -> Point:
    result = IDENTITY
    while n:
        if n & 1:
            result = add(result, p)
        p, n = add(p, p), n >> 1
    return result


def recover(y: int, sign: int) -> Point | None:
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_M1 % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return (x if x & 1 == sign else (P - x) % P), y


B: Point = recover(4 * pow(5, -1, P) % P, 0) or IDENTITY


def encode(p: Point) -> bytes:
    return (p[1] | (p[0] & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point | None:
    """Lax on purpose: y is taken modulo p."""
    value = int.from_bytes(data, "little")
    return recover((value & (1 << 255) - 1) % P, value >> 255)


def challenge(r: bytes, a: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


def scalar(seed: bytes) -> int:
    half = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little")
    return half & (1 << 254) - 8 | 1 << 254


def torsion() -> list[Point]:
    """The eight points whose order divides 8."""
    y = 2
    while True:
        point = recover(y, 0)
        if point:
            small = times(L, point)
            if times(4, small) != IDENTITY:
                return [times(n, small) for n in range(8)]
        y += 1


def verify(a: bytes, message: bytes, signature: bytes) -> bool:
    """The rule of FORMAT.md §2, written a second time."""
    if len(a) != 32 or len(signature) != 64:
        return False
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    point = decode(a)
    if point is None or encode(point) != a or times(8, point) == IDENTITY or s >= L:
        return False
    k = challenge(r, a, message)
    minus = (P - point[0], point[1])
    return encode(add(times(s, B), times(k, minus))) == r


def lax(a: bytes, message: bytes, signature: bytes) -> bool:
    """What a careless verifier does: decodes modulo p, takes S modulo L, multiplies by the cofactor."""
    point, r = decode(a), decode(signature[:32])
    if point is None or r is None:
        return False
    s = int.from_bytes(signature[32:], "little")
    right = add(r, times(challenge(signature[:32], a, message), point))
    return times(8, times(s % L, B)) == times(8, right)
