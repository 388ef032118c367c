#!/usr/bin/python3
"""The npm registry's `soap` as Tangoe, and `handover tangoe` as its client.

Every operation, every field of an item, pages of a server that counts from 1, and refusals. Needs Node and what
scripts/setup installs into build/peers/soap; without them the test is skipped (77). HANDOVER_PROGRAMS names the
folder of `handover`.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import xmlschema

from programs import PATIENCE_S, PROGRAMS, ROOT, USER, check, main, password_hash, running, write_password

CONTRACT = ROOT / "sim" / "back-ends" / "tangoe"
PEER = ROOT / "build" / "peers" / "soap" / "node_modules"
LANE = """
[[lanes]]
name = "tangoe"
kind = "tangoe"
url = "{url}/asentinelws/services/"
username = "{user}"
password_file = "{password}"
[[lanes.items]]
products = ["PHONE"]
service_type = "Wireless"
"""


def full_item(number):
    """A value of its own for every field that an add may have."""
    schema = xmlschema.XMLSchema(str(CONTRACT / "inventoryorder.xsd"))
    item = {}
    for place, field in enumerate(schema.types["InventoryDetails"].content.iter_elements(), 1):
        kind = field.type.local_name
        item[field.local_name] = {"int": str(place), "double": f"{place}.5", "boolean": "true"}.get(
            kind, f"text {place} <&> é")
    for name in ("inventoryID", "newInventoryNumber", "fixedAllocation"):
        del item[name]
    for name in ("dateActivated", "dateDeactivated", "upgradeEligibilityDate"):
        item[name] = "11/22/2026"
    mapping = ("mappedFrom", "fromValue", "mappedTo", "toValue", "cir", "cost", "rangeFrom", "rangeTo")
    item["circuitMappings"] = [dict(zip(mapping, (word, "16", "VPI", "17", "18", "19", "20", "21")))
                               for word in ("DLCI", "VCI")]
    item["customFields"] = [{"name": "Colour", "value": "red"}, {"name": "Seats", "value": "4"}]
    item.update(serviceTypeID="6", inventoryNumber=number)
    return item


class Client:
    def __init__(self, folder, url):
        device = folder / "device"
        command = [PROGRAMS / "handover", "init", "--dir", device, "--user", "tech.17", "--location", "VAN-17"]
        subprocess.run(command + ["--first-name", "Given", "--last-name", "Family"], check=True, capture_output=True)
        self.config = device / "handover.toml"
        self.password = write_password(folder)
        with self.config.open("a") as more:
            more.write(LANE.format(url=url, user=USER, password=self.password))

    def run(self, *words, text=None):
        """The exit code, and the one document of --json."""
        done = subprocess.run([PROGRAMS / "handover", "tangoe", *words, "--json", "--config", self.config],
                              input=text, capture_output=True, text=True, timeout=PATIENCE_S)
        return done.returncode, json.loads(done.stdout or "{}")

    def must(self, *words, text=None):
        code, document = self.run(*words, text=text)
        check(code == 0, f"{words} ended with {code}: {document}")
        return document

    def fails(self, expected, words_in_it, *words, text=None):
        code, document = self.run(*words, text=text)
        said = document.get("detail", "")
        check(code == expected and words_in_it in said, f"{words} ended with {code}: {said}")


def items(client):
    sent = full_item("555-0100")
    check(len(sent) == 77, f"an item of {len(sent)} fields")
    added = client.must("add", "--stdin", text=json.dumps(sent))
    check(added == {"done": True, "inventoryID": "1000"}, f"an add says {added}")
    found = client.must("get", "555-0100", "--service-type", "Wireless")
    check(found.pop("inventoryID") == "1000", "an item of another id")
    check(found == sent, f"the item came back as {found}")
    client.fails(1, "already", "add", "--stdin", text=json.dumps(sent))
    client.must("edit", "555-0100", "--service-type", "6", "--set", "assignedTo=E1017", "--custom", "Colour=blue")
    client.must("edit", "555-0100", "--service-type", "6", "--set", "newInventoryNumber=555-0199")
    client.fails(1, "No such item", "get", "555-0100", "--service-type", "6")
    found = client.must("get", "555-0199", "--service-type", "6")
    check(found["assignedTo"] == "E1017" and found["vendor"] == sent["vendor"], "an edit changed too little or too much")
    entries = client.must("log", "555-0199", "--service-type", "6")["items"]
    check([entry["action"] for entry in entries] == ["Edit"], f"the log is {entries}")


def lists(client):
    types = client.must("types")["items"]
    check([one["description"] for one in types] == ["Wireless", "MPLS"], f"the types are {types}")
    fields = client.must("fields", "--service-type", "Wireless")["items"]
    check(fields[0]["name"] == "Colour" and fields[0]["required"] == "true", f"the fields are {fields}")
    client.fails(1, "No type (Local)", "find", "--service-type", "Local")
    for number in range(7):
        client.must("add", f"n{number}", "--service-type", "12", *(word for pair in (
            "costCenterNo=4100", "vendor=Verizon", "dateActivated=11/22/2026", "status=true")
            for word in ("--set", pair)))
    found = client.must("find", "--service-type", "MPLS", "--where", "vendor=Verizon", "--page", "3")
    check(found["total"] == 7 and found["complete"], f"a find says {found}")
    check([item["inventoryNumber"] for item in found["items"]] == [f"n{number}" for number in range(7)],
          "a find lost or doubled an item between its pages")


def wrong_login(client):
    client.password.write_text("another\n")
    client.fails(4, "password", "types")


def test():
    if not PEER.is_dir() or shutil.which("node") is None:
        print("skipped: no Node, or no npm packages in build/peers/soap; scripts/setup installs them")
        sys.exit(77)
    environment = {**os.environ, "NODE_PATH": str(PEER), "TANGOE_USER": USER, "TANGOE_HASH": password_hash()}
    command = ["node", ROOT / "tests" / "peers" / "soap" / "tangoe_server.js", CONTRACT / "inventoryorder.wsdl"]
    with tempfile.TemporaryDirectory() as name, running(command, r"tangoe listens on (http://\S+)",
                                                        env=environment) as url:
        client = Client(pathlib.Path(name), url)
        items(client)
        lists(client)
        wrong_login(client)


main(test)
