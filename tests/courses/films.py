"""Small films made by hand: boxes and elements as the two containers write them, no picture inside."""

import struct


def box(name: bytes, *bodies: bytes) -> bytes:
    body = b"".join(bodies)
    return struct.pack(">I4s", 8 + len(body), name) + body


def mp4(
    seconds: float = 100,
    *,
    brand: bytes = b"isom",
    handler: bytes = b"vide",
    scale: int = 1000,
    moov_last=True,
) -> bytes:
    header = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, scale, round(seconds * scale)), bytes(80))
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), handler, bytes(12))))
    movie = box(b"moov", header, track)
    data = box(b"mdat", bytes(4096))
    parts = [data, movie] if moov_last else [movie, data]
    return box(b"ftyp", brand, bytes(4), b"isommp42") + b"".join(parts)


def fragmented_mp4(seconds: float) -> bytes:
    header = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, 0), bytes(80))
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8), b"vide", bytes(12))))
    extends = box(b"mvex", box(b"mehd", struct.pack(">II", 0, round(seconds * 1000))))
    return box(b"ftyp", b"iso5", bytes(4)) + box(b"moov", header, track, extends) + box(b"mdat", bytes(64))


def element(name: int, body: bytes, *, unknown_size: bool = False) -> bytes:
    size = b"\x01\xff\xff\xff\xff\xff\xff\xff" if unknown_size else struct.pack(">Q", len(body) | 1 << 56)
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + body


def webm(
    seconds: float | None = 100, *, doctype: bytes = b"webm", kind: int = 1, last_block: int = 0
) -> bytes:
    """Without `seconds` as a browser records it: no length, one cluster whose last block is at `last_block` ms."""
    info = element(0x2AD7B1, (1_000_000).to_bytes(3, "big"))
    if seconds is not None:
        info += element(0x4489, struct.pack(">d", seconds * 1000))
    tracks = element(0x1654AE6B, element(0xAE, element(0x83, bytes([kind]))))
    block = element(0xA3, b"\x81" + struct.pack(">h", last_block % 1000) + b"\x80" + bytes(40))
    cluster = element(
        0x1F43B675,
        element(0xE7, (last_block - last_block % 1000).to_bytes(4, "big")) + block,
        unknown_size=True,
    )
    body = element(0x1549A966, info) + tracks + cluster
    return element(0x1A45DFA3, element(0x4282, doctype)) + element(0x18538067, body, unknown_size=True)
