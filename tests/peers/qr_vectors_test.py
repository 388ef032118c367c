#!/usr/bin/env python3
"""tests/vectors/qr-handover.json by another implementation: every byte is made anew and compared, every code read.

qr_vectors_test.py --write makes the file (when the format gets a new version).
"""

import hashlib
import json
import pathlib
import sys
import zlib

import qr_codec

FILE = pathlib.Path(__file__).resolve().parents[1] / "vectors" / "qr-handover.json"


def sample():
    lines = [{"ProdNum": "WS-C3850-48U-S", "Qty": "1", "BatchNum": hashlib.sha256(b"batch%d" % number).hexdigest()[:8],
              "SerialNum": "FCW" + hashlib.sha256(b"serial%d" % number).hexdigest()[:8].upper()}
             for number in range(60)]
    certificate = {"company": "Example", "UserID": "tech.17", "FirstName": "Anna", "LastName": "Berg",
                   "device": "van-17-a", "locations": ["VAN-17", "Depot Süd"], "valid_from": 1795000000,
                   "valid_until": 1826536000}
    offer = {"kind": "offer", "issued_at": 1795000060, "code": "483935842877", "FromStorageLocation": "VAN-17",
             "ToStorageLocation": "VAN-22", "TransferTech": {"UserID": "tech.22", "FirstName": "Ben", "LastName": "Cole"},
             "Items": [{"ProdNum": "WS-C3850-48U-S", "Qty": "1", "SerialNum": "FCW1950C12F", "BatchNum": ""},
                       {"ProdNum": "CAB-6A", "Qty": "2.5", "SerialNum": "", "BatchNum": "B7"},
                       {"ProdNum": "Größe \"M\"", "Qty": "999999999.999999", "SerialNum": "", "BatchNum": ""}]}
    answer = "9f" * 32
    return {
        "company_key": "".join("%02x" % byte for byte in range(32)),
        "device_key": "".join("%02x" % byte for byte in range(32, 64)),
        "certificate": certificate,
        "messages": [
            {"name": "an offer of three lines", "message": offer},
            {"name": "an offer of sixty lines, in parts", "message": dict(offer, Items=lines)},
            {"name": "a receipt", "message": {"kind": "receipt", "issued_at": 1795000100, "code": "88760530", "offer_hash": answer}},
            {"name": "a count", "message": {"kind": "count", "issued_at": 1795000101, "FromStorageLocation": "VAN-17",
                                            "ToStorageLocation": "VAN-22", "Items": offer["Items"][:1], "offer_hash": answer}},
        ]}


def codes_of(message):
    stream = zlib.compress(message, 9)
    text = qr_codec.to_base45(stream)
    if len(text) + 4 <= 1451:
        return ["HO1:" + text]
    of = -(-len(text) // 1431)
    length = -(-(-(-len(text) // 3)) // of) * 3
    name = hashlib.sha256(stream).hexdigest()[:8].upper()
    return ["HO1/%d/%d/%s:%s" % (part + 1, of, name, text[part * length:(part + 1) * length]) for part in range(of)]


def fill(vectors):
    company = qr_codec.signing_key(vectors["company_key"])
    device = qr_codec.signing_key(vectors["device_key"])
    vectors["company_public_key"] = qr_codec.public_bytes(company).hex()
    vectors["device_public_key"] = qr_codec.public_bytes(device).hex()
    certificate = qr_codec.make_certificate(vectors["certificate"], qr_codec.public_bytes(device), company)
    vectors["certificate_bytes"] = certificate.hex()
    for case in vectors["messages"]:
        message = qr_codec.make_message(case["message"], certificate, device)
        case["bytes"] = message.hex()
        case["sha256"] = hashlib.sha256(message).hexdigest()
        # Another zlib may write other characters for the same bytes; these are one way.
        case.setdefault("codes", codes_of(message))
    return vectors


def main():
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(json.dumps(fill(sample()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    vectors = json.loads(FILE.read_text(encoding="utf-8"))
    again = fill(json.loads(FILE.read_text(encoding="utf-8")))
    assert again == vectors, "the bytes are made otherwise here"
    company = bytes.fromhex(vectors["company_public_key"])
    for case in vectors["messages"]:
        message = qr_codec.message_of(case["codes"])
        assert message.hex() == case["bytes"], case["name"]
        qr_codec.read_message(message, company)
        changed = bytearray(message)
        changed[-1] ^= 1
        try:
            qr_codec.read_message(bytes(changed), company)
        except qr_codec.InvalidSignature:
            continue
        raise AssertionError("a wrong signature passed: " + case["name"])
    print("%d messages, made and read by cbor2 and cryptography" % len(vectors["messages"]))


main()
