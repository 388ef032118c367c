"""The format of docs/qr-handover.md once more, from its text, with Debian's cbor2 and cryptography."""

import hashlib
import zlib

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
KINDS = {1: "offer", 2: "receipt", 3: "count"}


def from_base45(text):
    out = bytearray()
    for start in range(0, len(text), 3):
        group = [ALPHABET.index(c) for c in text[start:start + 3]]
        number = sum(digit * 45 ** place for place, digit in enumerate(group))
        out += number.to_bytes(len(group) - 1, "big")
    return bytes(out)


def to_base45(data):
    text = ""
    for start in range(0, len(data), 2):
        pair = data[start:start + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            text += ALPHABET[number % 45]
            number //= 45
    return text


def message_of(codes):
    """The signed message in one code, or in all parts of one."""
    if codes[0].startswith("HO1:"):
        return zlib.decompress(from_base45(codes[0][4:]))
    parts = {}
    for code in codes:
        head, text = code.split(":", 1)
        prefix, part, of, name = head.split("/")
        assert prefix == "HO1" and int(of) == len(codes)
        parts[int(part)] = text
    stream = from_base45("".join(parts[number] for number in sorted(parts)))
    assert hashlib.sha256(stream).hexdigest()[:8].upper() == name
    return zlib.decompress(stream)


def hash_of(message):
    return hashlib.sha256(message).digest()


def public_bytes(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def signing_key(hex_digits):
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(hex_digits))


def to_be_signed(header, purpose, payload):
    return cbor2.dumps(["Signature1", header, purpose.encode(), payload])


def sign(payload, purpose, key, key_id=None):
    header = {1: -8}
    if key_id is not None:
        header[4] = key_id
    header = cbor2.dumps(header, canonical=True)
    payload = cbor2.dumps(payload, canonical=True)
    signature = key.sign(to_be_signed(header, purpose, payload))
    return cbor2.dumps(cbor2.CBORTag(18, [header, {}, payload, signature]))


def verify(message, purpose, public_key):
    """The payload and the key id, or InvalidSignature."""
    tagged = cbor2.loads(message)
    assert tagged.tag == 18
    header, _, payload, signature = tagged.value
    Ed25519PublicKey.from_public_bytes(public_key).verify(signature, to_be_signed(header, purpose, payload))
    claims = cbor2.loads(payload)
    assert cbor2.dumps(claims, canonical=True) == payload, "not deterministic"
    return claims, cbor2.loads(header).get(4)


def make_certificate(certificate, device_public, company_key):
    claims = {
        1: certificate["company"], 2: certificate["UserID"], 4: certificate["valid_until"], 5: certificate["valid_from"],
        8: {1: {1: 1, -1: 6, -2: device_public}}, -65537: certificate["device"],
        -65538: [certificate["FirstName"], certificate["LastName"]], -65539: certificate["locations"]}
    return sign(claims, "handover/certificate/1", company_key, hashlib.sha256(public_bytes(company_key)).digest()[:8])


def line_of(item):
    parts = [item["ProdNum"], item["Qty"], item.get("SerialNum", ""), item.get("BatchNum", "")]
    while parts[-1] == "":
        parts.pop()
    return parts


def make_message(message, certificate, device_key):
    kind = message["kind"]
    number = {name: number for number, name in KINDS.items()}[kind]
    claims = {0: number, 1: certificate, 2: message["issued_at"]}
    if kind != "count":
        claims[3] = message["code"]
    if kind != "receipt":
        claims[4], claims[5] = message["FromStorageLocation"], message["ToStorageLocation"]
        claims[7] = [line_of(item) for item in message["Items"]]
    if kind == "offer":
        receiver = message["TransferTech"]
        claims[6] = [receiver["UserID"], receiver["FirstName"], receiver["LastName"]]
    else:
        claims[8] = bytes.fromhex(message["offer_hash"])
    return sign(claims, "handover/" + kind + "/1", device_key)


def read_message(message, company_public):
    """The claims, proved by the company's key, with those of the certificate."""
    _, _, payload, _ = cbor2.loads(message).value
    inside = cbor2.loads(payload)
    certificate, key_id = verify(inside[1], "handover/certificate/1", company_public)
    assert key_id == hashlib.sha256(company_public).digest()[:8]
    claims, _ = verify(message, "handover/" + KINDS[inside[0]] + "/1", certificate[8][1][-2])
    return claims, certificate


__all__ = ["InvalidSignature", "hash_of", "make_certificate", "make_message", "message_of", "public_bytes", "read_message",
           "signing_key", "to_base45"]
