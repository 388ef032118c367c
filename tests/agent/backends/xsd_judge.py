"""Holds SOAP messages against a schema with python3-xmlschema, which shares no code with ours.

Usage: xsd_judge.py SCHEMA FILE...; ends with 1 and the reason if the payload of one is not valid.
"""
import sys
from xml.etree import ElementTree

import xmlschema

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


def main():
    schema = xmlschema.XMLSchema(sys.argv[1])
    for file in sys.argv[2:]:
        envelope = ElementTree.parse(file).getroot()
        if envelope.tag != SOAP + "Envelope" or [part.tag for part in envelope] != [SOAP + "Header", SOAP + "Body"]:
            sys.exit(f"{file}: no envelope of SOAP 1.1")
        payload = list(envelope.find(SOAP + "Body"))
        if len(payload) != 1:
            sys.exit(f"{file}: {len(payload)} elements in its body")
        for error in schema.iter_errors(payload[0]):
            sys.exit(f"{file}: {error.path}: {error.reason}")


main()
