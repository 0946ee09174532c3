#!/usr/bin/env python3
"""Verifies an exported audit chain: FILE and FILE.manifest.json, as docs/audit-format.md describes them.

Written from that document alone. Needs Python 3.9 and the package `cryptography`.

    verify.py FILE [--public-key BASE64]

Prints one JSON document, {ok, records, head, checkpoints, firstBad}, and exits with 1 when the chain is not good.
"""

import argparse
import base64
import hashlib
import json
import re
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SHA256_HEX = re.compile(r"[0-9a-f]{64}\Z")
NOTE = re.compile(
    r"cavern/([0-9a-f]{32})\n([1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n"
    r"\n— cavern/([0-9a-f]{32}) ([A-Za-z0-9+/]{91}=)\n\Z"
)


class Bad(Exception):
    """The first bad record."""

    def __init__(self, seq, problem):
        super().__init__(problem)
        self.seq = seq
        self.problem = problem


def canonical(value):
    """RFC 8785, for the values a record can hold: objects, arrays, strings, integers and booleans."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        value.encode("utf-8")  # raises for a lone surrogate, which has no canonical form
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    raise ValueError("not a value of a record")


def strict_base64(text, size):
    data = base64.b64decode(text, validate=True)
    if len(data) != size or base64.b64encode(data).decode("ascii") != text:
        raise ValueError("not canonical Base64")
    return data


def verify_note(note, public_key):
    """The (chain, seq, hash) that a checkpoint signs, or None."""
    match = NOTE.match(note) if isinstance(note, str) else None
    if match is None or match[1] != match[4]:
        return None
    try:
        key = strict_base64(public_key, 32)
        digest = strict_base64(match[3], 32)
        blob = strict_base64(match[5], 68)
        key_id = hashlib.sha256(f"cavern/{match[1]}\n".encode() + b"\x01" + key).digest()[:4]
        if blob[:4] != key_id:
            return None
        signed = note[: note.index("\n\n") + 1].encode("utf-8")
        Ed25519PublicKey.from_public_bytes(key).verify(blob[4:], signed)
    except (ValueError, InvalidSignature):
        return None
    return match[1], int(match[2]), digest.hex()


def read_manifest(path):
    with open(path, "rb") as file:
        data = file.read()
    try:
        manifest = json.loads(data.decode("utf-8"))
        whole = (canonical(manifest) + "\n").encode("utf-8") == data
        keys = {"version", "chain", "first", "last", "checkpoint", "publicKey"}
        good = whole and set(manifest) == keys and manifest["version"] == 1
        good = good and 1 <= manifest["first"] <= manifest["last"]
    except (ValueError, TypeError):
        good = False
    if not good:
        raise Bad(1, "format")
    return manifest


def parse_line(line, seq):
    """The record in a line, its hashes, and its body's canonical form."""
    try:
        record = json.loads(line.decode("utf-8"))
        prev, digest = record["prev"], record["hash"]
        good = SHA256_HEX.match(prev) and SHA256_HEX.match(digest) and type(record["seq"]) is int
        body = canonical({name: value for name, value in record.items() if name not in ("prev", "hash")})
        is_canonical = canonical(record).encode("utf-8") == line
    except (ValueError, TypeError, KeyError):
        raise Bad(seq, "format") from None
    if not good:
        raise Bad(seq, "format")
    return record, prev, digest, body, is_canonical


def problem_of(record, chain, public_key, head):
    """What is wrong with a genesis or checkpoint record, beyond its hash."""
    data = record.get("data", {})
    if record["seq"] == 1 or record["type"] == "genesis":
        if record["seq"] != 1 or record["type"] != "genesis" or not isinstance(data.get("chain"), str):
            return "format"
        return None if data["chain"] == chain else "signature"
    if record["type"] == "checkpoint":
        signed = verify_note(data.get("note"), public_key)
        if data.get("publicKey") != public_key or signed != (chain, head[0], head[1]):
            return "signature"
    return None


def verify(path, expected_key):
    report = {"ok": False, "records": 0, "head": None, "checkpoints": 0, "firstBad": None}
    try:
        manifest = read_manifest(path + ".manifest.json")
        last, public_key = manifest["last"], manifest["publicKey"]
        head = None
        with open(path, "rb") as file:
            for raw in file:
                seq = manifest["first"] + report["records"]
                if seq > last:
                    raise Bad(seq, "tail")
                if not raw.endswith(b"\n"):
                    raise Bad(seq, "format")
                record, prev, digest, body, is_canonical = parse_line(raw[:-1], seq)
                if head is None:
                    head = (seq - 1, "0" * 64 if seq == 1 else prev)
                if record["seq"] != seq:
                    raise Bad(seq, "gap")
                computed = hashlib.sha256(bytes.fromhex(prev) + body.encode("utf-8")).hexdigest()
                if prev != head[1] or computed != digest:
                    raise Bad(seq, "hash")
                if not is_canonical:
                    raise Bad(seq, "format")
                problem = problem_of(record, manifest["chain"], public_key, head)
                if problem:
                    raise Bad(seq, problem)
                head = (seq, digest)
                report["records"] += 1
                report["head"] = {"seq": seq, "hash": digest}
                report["checkpoints"] += record["type"] == "checkpoint"
        signed = verify_note(manifest["checkpoint"], public_key)
        if expected_key not in (None, public_key) or signed is None or signed[:2] != (manifest["chain"], last):
            raise Bad(last, "signature")
        if head is None or head[0] < last:
            raise Bad((head or (manifest["first"] - 1,))[0] + 1, "tail")
        if head[1] != signed[2]:
            raise Bad(last, "tail")
        report["checkpoints"] += 1
        report["ok"] = True
    except Bad as bad:
        report["firstBad"] = {"seq": bad.seq, "problem": bad.problem}
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("file")
    parser.add_argument("--public-key", help="the key you expect, raw in Base64; without it the manifest's is believed")
    arguments = parser.parse_args()
    report = verify(arguments.file, arguments.public_key)
    print(json.dumps(report))
    sys.exit(0 if report["ok"] else 1)


if __name__ == "__main__":
    main()
