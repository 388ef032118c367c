"""Reads an RNIF message with Python's own email package, and writes what it finds as JSON.

Usage: mime_judge.py FILE, where FILE holds the HTTP body's Content-Type on its first line, and then the body.
With a second argument, a folder, each document is written there under the name that its DOCTYPE gives it, and
of a signed message the signed part and the signature.
"""
import json
import pathlib
import re
import sys
from email import policy
from email.parser import BytesParser


def main():
    raw = pathlib.Path(sys.argv[1]).read_bytes()
    header, body = raw.split(b"\n", 1)
    message = BytesParser(policy=policy.HTTP).parsebytes(b"Content-Type: " + header + b"\r\n\r\n" + body)
    found = {"defects": [], "types": [], "locations": [], "ids": []}
    for part in message.walk():
        found["defects"] += [type(defect).__name__ for defect in part.defects]
        found["types"].append(part.get_content_type())
        if part.get_content_type() != "application/xml":
            continue
        found["locations"].append(part["Content-Location"])
        found["ids"].append(part["Content-ID"])
        if len(sys.argv) > 2:
            text = part.get_payload(decode=True)
            name = re.search(rb'<!DOCTYPE (\w+) SYSTEM', text).group(1).decode()
            (pathlib.Path(sys.argv[2]) / (name + ".xml")).write_bytes(text)
    if len(sys.argv) > 2:
        for part in message.walk():
            if part.get_content_type() == "application/pkcs7-signature":
                (pathlib.Path(sys.argv[2]) / "signature.der").write_bytes(part.get_payload(decode=True))
    print(json.dumps(found))


main()
