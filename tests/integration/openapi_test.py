#!/usr/bin/python3
"""Holds every answer of a real agent against docs/openapi.yaml.

Makes every call, in success and in error, with the simulated back-ends behind the agent. Fails if the agent
answered with a path, status, content type, header or body that the document does not describe, or if a
documented call was never made. Needs python3-jsonschema and python3-yaml. HANDOVER_PROGRAMS names the folder
of `handover` and `handover-sim`.
"""

import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("HANDOVER_PROGRAMS", ROOT / "build" / "dev"))
DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "delete", "patch", "head", "options")
PATIENCE_S = 60


class Wrong(Exception):
    """What the agent or the document got wrong."""


def resolve(node):
    while isinstance(node, dict) and "$ref" in node and len(node) == 1:
        target = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


RESOLVER = jsonschema.RefResolver.from_schema(DOCUMENT)


def complaints(schema, value):
    validator = jsonschema.Draft202012Validator(schema, resolver=RESOLVER)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(value)]


# --- The document by itself -----------------------------------------------------------------------

REFERENCE = {
    "type": "object",
    "required": ["$ref"],
    "properties": {"$ref": {"type": "string", "pattern": "^#/components/"}},
}


def or_reference(name):
    return {"if": {"required": ["$ref"]}, "then": REFERENCE, "else": {"$ref": f"#/$defs/{name}"}}


# The parts of the OpenAPI 3.1 structure that this document uses; nothing else may stand in it.
STRUCTURE = {
    "type": "object",
    "required": ["openapi", "info", "paths"],
    "additionalProperties": False,
    "properties": {
        "openapi": {"type": "string", "pattern": r"^3\.1\.\d+$"},
        "info": {
            "type": "object",
            "required": ["title", "version"],
            "additionalProperties": False,
            "properties": {
                name: {"type": "string"} for name in ("title", "version", "summary", "description")
            },
        },
        "servers": {"type": "array", "items": {"type": "object", "required": ["url"]}},
        "security": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "array"}}},
        "tags": {"type": "array", "items": {"type": "object", "required": ["name"]}},
        "paths": {
            "type": "object",
            "propertyNames": {"pattern": "^/"},
            "additionalProperties": {"$ref": "#/$defs/path"},
        },
        "components": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "securitySchemes": {"type": "object"},
                "parameters": {"type": "object", "additionalProperties": {"$ref": "#/$defs/parameter"}},
                "headers": {"type": "object", "additionalProperties": {"$ref": "#/$defs/header"}},
                "responses": {"type": "object", "additionalProperties": {"$ref": "#/$defs/response"}},
                "schemas": {"type": "object", "additionalProperties": {"type": "object"}},
            },
        },
    },
    "$defs": {
        "path": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "parameters": {"type": "array", "items": or_reference("parameter")},
                **{method: {"$ref": "#/$defs/operation"} for method in METHODS},
            },
        },
        "operation": {
            "type": "object",
            "required": ["operationId", "summary", "tags", "responses"],
            "additionalProperties": False,
            "properties": {
                "operationId": {"type": "string", "pattern": "^[a-z][A-Za-z]*$"},
                "summary": {"type": "string"},
                "description": {"type": "string"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "parameters": {"type": "array", "items": or_reference("parameter")},
                "requestBody": {
                    "type": "object",
                    "required": ["content"],
                    "additionalProperties": False,
                    "properties": {"required": {"type": "boolean"}, "content": {"$ref": "#/$defs/content"}},
                },
                "responses": {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": {"pattern": "^[1-5][0-9][0-9]$"},
                    "additionalProperties": or_reference("response"),
                },
            },
        },
        "parameter": {
            "type": "object",
            "required": ["name", "in", "schema"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "in": {"enum": ["query", "header", "path"]},
                "required": {"type": "boolean"},
                "description": {"type": "string"},
                "schema": {"type": "object"},
            },
            "if": {"properties": {"in": {"const": "path"}}},
            "then": {"required": ["required"], "properties": {"required": {"const": True}}},
        },
        "header": {
            "type": "object",
            "required": ["schema"],
            "additionalProperties": False,
            "properties": {"description": {"type": "string"}, "schema": {"type": "object"}},
        },
        "response": {
            "type": "object",
            "required": ["description"],
            "additionalProperties": False,
            "properties": {
                "description": {"type": "string"},
                "headers": {"type": "object", "additionalProperties": or_reference("header")},
                "content": {"$ref": "#/$defs/content"},
            },
        },
        "content": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "type": "object",
                "required": ["schema"],
                "additionalProperties": False,
                "properties": {
                    "schema": {"type": "object"},
                    "examples": {
                        "type": "object",
                        "additionalProperties": {"type": "object", "required": ["value"]},
                    },
                },
            },
        },
    },
}


def every_node(node, place="#"):
    yield place, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        yield from every_node(child, f"{place}/{name}")


def operations():
    for path, item in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def check_document():
    validator = jsonschema.Draft202012Validator(STRUCTURE)
    for error in validator.iter_errors(DOCUMENT):
        raise Wrong(f"docs/openapi.yaml, {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
    used = set()
    for place, node in every_node(DOCUMENT):
        if isinstance(node, dict) and isinstance(node.get("$ref"), str):
            resolve({"$ref": node["$ref"]})
            used.add(node["$ref"])
        if isinstance(node, dict) and "examples" in node and "schema" in node:
            for name, example in node["examples"].items():
                for complaint in complaints(node["schema"], example["value"]):
                    raise Wrong(f"{place}/examples/{name}: {complaint}")
    for kind, parts in DOCUMENT["components"].items():
        for name, part in parts.items():
            if kind == "schemas":
                jsonschema.Draft202012Validator.check_schema(part)
            if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in used:
                raise Wrong(f"#/components/{kind}/{name} is used nowhere")
    check_closed_schemas()
    check_path_parameters()
    ids = [operation["operationId"] for _, _, operation in operations()]
    if len(set(ids)) != len(ids):
        raise Wrong("an operationId stands twice")


def check_closed_schemas():
    for place, node in every_node(DOCUMENT["components"]["schemas"], "#/components/schemas"):
        if isinstance(node, dict) and node.get("type") == "object" and "additionalProperties" not in node:
            raise Wrong(f"{place}: an object of ours that lets anything in")


def check_path_parameters():
    for path, item in DOCUMENT["paths"].items():
        named = {resolve(p)["name"] for p in item.get("parameters", []) if resolve(p)["in"] == "path"}
        if named != set(re.findall(r"\{(\w+)\}", path)):
            raise Wrong(f"{path}: its parameters are not those of its path")


# --- The programs ---------------------------------------------------------------------------------

PASSWORD = "a-password-of-this-test"


CISCO_LANE = """
[[lanes]]
name = "cisco"
kind = "cisco"
url = "{url}"
username = "{user}"
password_file = "cmdb.password"
usage = "test"
buyer_duns = "123456789"
bill_to = "1234567"
bill_to_name = "Partner"
contact_name = "Ada"
contact_email = "b2b@partner.example"
contact_phone = "15550100"
poll_first = "100ms"
"""


class BackEnds:
    """handover-sim back-ends, on free ports."""

    def __init__(self, folder):
        password_file = folder / "back-end.password"
        password_file.touch(mode=0o600)
        password_file.write_text(PASSWORD + "\n")
        command = [PROGRAMS / "handover-sim", "back-ends"]
        command += ["--servicemobility", "127.0.0.1:0", "--cmdb", "127.0.0.1:0", "--cisco", "127.0.0.1:0"]
        command += ["--tangoe", "127.0.0.1:0"]
        command += ["--user", "tech.17", "--user", "tech.22", "--password-file", password_file]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.urls = {}
        while len(self.urls) < 3:
            line = self.process.stdout.readline()
            if not line:
                raise Wrong("handover-sim back-ends ended")
            found = re.match(r"(\w+) listens on (http://\S+)", line)
            if found:
                self.urls[found[1]] = found[2]

    def control(self, name, path, body):
        host = self.urls[name].removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=PATIENCE_S)
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise Wrong(f"{path}: {answer.read()!r}")
        connection.close()

    def fault(self, name, **rule):
        self.control(name, "/_sim/faults", rule)

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE_S)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE_S)
        self.unix_path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.unix_path)


# Anything on this machine may call the webhook: what tokens are worth is tested elsewhere.
SITE = """
[webhook]
listen = "127.0.0.1:0"
token_check = "never"

[polling]
url = "{url}"
username = "tech.17"
password_file = "servicemobility.password"
exports = ["LoadInventory"]
"""


class Device:
    """A folder made by `handover init`, and the agent in it."""

    def __init__(self, folder, user, location, key_ring=None, urls=None, policy="warn", site=False, bundle=None, port=None):
        self.folder = folder
        self.port = port
        if bundle:
            command = [PROGRAMS / "handover", "enroll", bundle[0], "--dir", folder]
            subprocess.run(command, check=True, capture_output=True, input=bundle[1].encode())
            return self.start()
        command = [PROGRAMS / "handover", "init", "--dir", folder, "--user", user, "--first-name", "Given"]
        command += ["--last-name", "Family", "--location", location]
        if key_ring:
            command += ["--key-ring", key_ring]
        if urls:
            command += ["--servicemobility", urls["servicemobility"], "--cmdb"]
            command += [urls["cmdb"] + "/api/now/import/u_wwt_asset", "--cmdb-usage-state", "inuse"]
            command += ["--password-file", folder.parent / "back-end.password"]
        subprocess.run(command, check=True, capture_output=True)
        config = folder / "handover.toml"
        if urls:
            with config.open("a") as more:
                more.write(CISCO_LANE.format(url=urls["cisco"], user=user))
        text = config.read_text().replace('policy = "warn"', f'policy = "{policy}"')
        if site:
            text = text.replace("[device]", '[device]\nrole = "site"') + SITE.format(url=urls["servicemobility"])
        if port:
            text = re.sub("listen = .*", f'listen = "127.0.0.1:{port}"\npage = true', text)
        config.write_text(text.replace('"2s"', '"50ms"'))
        self.start()

    def start(self):
        config = self.folder / "handover.toml"
        self.log = open(self.folder / "agent.log", "wb")
        self.process = subprocess.Popen([PROGRAMS / "handover", "agent", "--config", config], stderr=self.log)
        self.token = (self.folder / "api.token").read_text().strip()
        self.wait_until_it_listens()

    def connection(self):
        if self.port:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        return UnixConnection(self.folder / "handover.sock")

    def wait_until_it_listens(self):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                connection = self.connection()
                connection.connect()
                connection.close()
                return
            except OSError:
                time.sleep(0.02)
        raise Wrong("the agent does not listen: " + (self.folder / "agent.log").read_text())

    def send(self, method, target, body=None, headers=None):
        """One request; `body` is a value to be sent as JSON, or bytes. A header that is None is left out."""
        all_headers = {"Authorization": "Bearer " + self.token}
        if body is not None:
            all_headers["Content-Type"] = "application/json"
        all_headers.update(headers or {})
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = self.connection()
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        all_headers.setdefault("Host", f"127.0.0.1:{self.port}" if self.port else "localhost")
        for name, value in all_headers.items():
            if value is not None:
                connection.putheader(name, value)
        if data is not None or method != "GET":
            connection.putheader("Content-Length", str(len(data or b"")))
        try:
            connection.endheaders(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The agent may refuse a body before it has come whole; its answer is there.
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(PATIENCE_S) != 0:
            raise Wrong("the agent did not stop cleanly: " + (self.folder / "agent.log").read_text())
        self.log.close()


# --- Answers against the document -----------------------------------------------------------------

EXERCISED = {}  # (path, method) -> statuses


def find_path(target):
    steps = target.split("?")[0].strip("/").split("/")
    for path in DOCUMENT["paths"]:
        wanted = path.strip("/").split("/")
        if len(wanted) == len(steps) and all(w == s or w.startswith("{") for w, s in zip(wanted, steps)):
            return path
    return None


def check_headers(where, described, headers):
    for name, header in described.get("headers", {}).items():
        value = headers.get(name.lower())
        optional = name == "Idempotency-Replayed"
        if value is None and not optional:
            raise Wrong(f"{where}: no header {name}")
        if value is not None:
            for complaint in complaints(resolve(header)["schema"], value):
                raise Wrong(f"{where}: header {name}: {complaint}")


def check_content(where, described, headers, content):
    if "content" not in described:
        if content:
            raise Wrong(f"{where}: a body where there should be none")
        return None
    media_type = headers.get("content-type", "").split(";")[0]
    if media_type not in described["content"]:
        raise Wrong(f"{where}: content type '{media_type}' is not in the document")
    schema = described["content"][media_type]["schema"]
    value = json.loads(content) if media_type.endswith("json") else content.decode()
    for complaint in complaints(schema, value):
        raise Wrong(f"{where}: {complaint}\n{content.decode()[:2000]}")
    return value


def call(device, method, target, body=None, headers=None, expect=None):
    """Makes a documented call and returns its body, checked."""
    status, answer_headers, content = device.send(method, target, body, headers)
    where = f"{method} {target[:100]} -> {status}"
    if expect is not None and status != expect:
        raise Wrong(f"{where}, expected {expect}: {content.decode()[:1000]}")
    path = find_path(target)
    operation = DOCUMENT["paths"].get(path, {}).get(method.lower())
    if operation is None:
        raise Wrong(f"{where}: this call is not in the document")
    EXERCISED.setdefault((path, method.lower()), set()).add(str(status))
    if str(status) not in operation["responses"]:
        raise Wrong(f"{where}: this status is not in the document: {content.decode()[:1000]}")
    if status < 400 and body is not None and not isinstance(body, bytes):
        check_taken_body(where, operation, body)
    described = resolve(operation["responses"][str(status)])
    check_headers(where, described, answer_headers)
    value = check_content(where, described, answer_headers, content)
    if status >= 400 and value["status"] != status:
        raise Wrong(f"{where}: the document of the problem says {value['status']}")
    return value


def follow_events(device):
    """The stream does not end: its beginning is read, and the document's words for it are checked."""
    connection = UnixConnection(device.folder / "handover.sock")
    headers = {"Host": "localhost", "Authorization": "Bearer " + device.token, "Last-Event-ID": "0"}
    connection.request("GET", "/v1/events", headers=headers)
    answer = connection.getresponse()
    lines = [answer.readline().decode() for _ in range(5)]
    connection.close()
    described = resolve(DOCUMENT["paths"]["/v1/events"]["get"]["responses"][str(answer.status)])
    if answer.status != 200 or answer.getheader("Content-Type") not in described["content"]:
        raise Wrong(f"GET /v1/events -> {answer.status} {answer.getheader('Content-Type')}")
    if lines[:2] != ["retry: 1000\n", "\n"] or not lines[2].startswith("id: ") or not lines[4].startswith("data: {"):
        raise Wrong(f"GET /v1/events: {lines}")
    EXERCISED.setdefault(("/v1/events", "get"), set()).add("200")
    problem(device, "GET", "/v1/events", 400, "invalid-input", headers={"Last-Event-ID": "x"})


def check_taken_body(where, operation, body):
    """What the agent takes must be what the document lets a caller send."""
    if "requestBody" not in operation:
        if body != {}:
            raise Wrong(f"{where}: the agent took a body that the document does not have")
        return
    for complaint in complaints(operation["requestBody"]["content"]["application/json"]["schema"], body):
        raise Wrong(f"{where}: the agent took what the document forbids: {complaint}")


def problem(device, method, target, status, name, body=None, headers=None):
    value = call(device, method, target, body, headers, expect=status)
    if value["type"] != f"urn:handover:problem:{name}":
        raise Wrong(f"{method} {target} -> {status}: {value['type']}, expected {name}")
    return value


def undocumented(device, method, target, status, name):
    """404 and 405 for calls that there are not."""
    got, headers, content = device.send(method, target)
    schema = {"$ref": "#/components/schemas/Problem"}
    described = {"content": {"application/problem+json": {"schema": schema}}}
    value = check_content(f"{method} {target} -> {got}", described, headers, content)
    if got != status or value["type"] != f"urn:handover:problem:{name}":
        raise Wrong(f"{method} {target} -> {got}, {value['type']}; expected {status}, {name}")
    if status == 405 and not headers.get("allow"):
        raise Wrong(f"{method} {target}: 405 without Allow")


# --- Every call -----------------------------------------------------------------------------------

UNIT = {"ProdNum": "WS-C3850-48U-S", "SerialNum": "FCW1950C12F"}
NOBODY = "00000000-0fff-8c2b-9d7f-3a1e5b6c7d8e"


def transfer_body(direction, partner, cables, **more):
    items = [{**UNIT, "Qty": 1, "BatchNum": ""}, {"ProdNum": "CAT6-3M", "Qty": cables}]
    transfer = {"FromStorageLocation": "VAN-17", "ToStorageLocation": "VAN-22"}
    transfer |= {"TransferTech": {"UserID": partner}, "Items": items}
    return {"direction": direction, "transfer": {**transfer, **more}}


def usage_body(module, reference, *items, **more):
    locations = [{"StorageLocationID": "VAN-17", "Items": list(items)}]
    return {"usage": {"RefModule": module, "RefObjID": reference, "StorageLocations": locations}, **more}


def wait_for(device, record, lane, state):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        deliveries = call(device, "GET", f"/v1/records/{record}", expect=200)["deliveries"]
        if any(d["lane"] == lane and d["state"] == state for d in deliveries):
            return
        time.sleep(0.02)
    raise Wrong(f"record {record} does not become {state} on {lane}: {deliveries}")


def create(device, target, body, headers=None):
    return call(device, "POST", target, body, headers, expect=201)


def make_records(van_17, back_ends):
    """Usages and asset events of every kind; returns the ids of a quarantined and of a delivered record."""
    receipt = {"event": "receipt", "location": "WWT", "stockroom": "WWT"}
    unit = {"serialNumber": "FCW1950C12F", "manufacturerPartNumber": "WS-C3850-48U-S"}
    items = [{**unit, "asset_tag": "T-1", "type": "Switch"}]
    event = create(van_17, "/v1/asset-events", {**receipt, "items": items})
    wait_for(van_17, event["id"], "cmdb", "delivered")
    known = {"data": {"mac_address": "00:11", "po_date": None}, "classification": {"structure": "master"}}
    counted = {"manufacturerPartNumber": "CAB-CAT6", "quantity": 2.5}
    keyed = {**receipt, "items": [{**unit, "serialNumber": "S-9", **known}, counted], "key": "K-1"}
    row = create(van_17, "/v1/asset-events", keyed)
    wait_for(van_17, row["id"], "cmdb", "not_wanted")
    if call(van_17, "POST", "/v1/asset-events", keyed, expect=200)["id"] != row["id"]:
        raise Wrong("an event with a known key is another record")
    problem(van_17, "POST", "/v1/asset-events", 409, "key-reused", {**keyed, "location": "elsewhere"})
    lines = [{**UNIT, "InQty": 1}, {"ProdNum": "CAT6-3M", "InQty": "10"}]
    load = create(van_17, "/v1/usages", usage_body("1001", "LOAD-1", *lines))
    reasons = [{"ReasonCode": "7", "Desc": "wet", "Qty": 1}]
    counted = {"ProdNum": "CAT6-3M", "InventoryQty": 9, "ReportedDamagedQty": 1}
    counted["DispositionReasons"] = reasons
    create(van_17, "/v1/usages", usage_body("1004", "COUNT-1", counted))
    lost = {"ProdNum": "SFP", "OutQty": 0.5, "BatchNum": None}
    create(van_17, "/v1/usages", usage_body("1007", "ADJ-1", lost))
    wait_for(van_17, load["id"], "servicemobility", "delivered")
    wait_for(van_17, load["id"], "cmdb", "delivered")
    back_ends.fault("servicemobility", kind="unknown_product", next=1)
    back_ends.fault("cmdb", kind="result_error", next=1)
    installed = {"ProdNum": "C9800-40-K9", "OutQty": 1, "SerialNum": "CUSTDC07"}
    work = usage_body("1002", "WO-4711", installed, site="c/o Customer")
    refused = create(van_17, "/v1/usages", work, {"Idempotency-Key": "tap"})
    create(van_17, "/v1/usages", work, {"Idempotency-Key": "tap"})
    wait_for(van_17, refused["id"], "servicemobility", "quarantined")
    wait_for(van_17, refused["id"], "cmdb", "quarantined")
    return refused["id"], load["id"]


def call_webhook(device, kind, payload_id, *rows):
    """As ServiceMobility does; the answer must be 200."""
    address = call(device, "GET", "/v1/status", expect=200)["intake"]["webhook"]["listens_at"]
    data = {"rowver": "", "rows": [{"rowver": payload_id, kind: row} for row in rows]}
    payload = {"id": payload_id, "type": kind, "specversion": "1.0", "source": "s", "subject": None, "data": data}
    connection = http.client.HTTPConnection(address)
    headers = {"Content-Type": "application/json", "x-access-token": ""}
    connection.request("POST", f"/{kind}/", json.dumps(payload), headers)
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise Wrong(f"the webhook answered {status}")


def take_in(site, handheld):
    """Records of every kind that a site agent takes in, and rows that it cannot read; leaves one of them."""
    items = [{"ProdNum": "CAT6-3M", "InQty": 1.0, "Novel": [1]}]
    locations = [{"StorageLocationID": "VAN-17", "Items": items}]
    call_webhook(site, "InventoryUsage", "p-1", {"RefModule": "1001", "StorageLocations": locations})
    transfer = {"FromStorageLocation": "VAN-17", "ToStorageLocation": "VAN-22"}
    transfer["Items"] = [{"ProdNum": "CAT6-3M", "Qty": 1.0}]
    codes = {"PublicCode": "1", "PrivateCode": "2"}
    half = {**transfer, "TransferType": "1001", "ValidationCode": codes}
    call_webhook(site, "InventoryTransfer", "p-2", half)
    call_webhook(site, "LoadInventory", "p-3", {"LoadNum": "L-1"})
    call_webhook(site, "InventoryTransfer", "p-4", {**half, "TransferType": "7"}, [], {**half, "TransferType": "8"})
    rows = call(site, "GET", "/v1/intake/set-aside?limit=2", expect=200)
    call(site, "GET", f"/v1/intake/set-aside?after={rows['next']}", expect=200)
    for row in rows["items"]:
        create(site, f"/v1/intake/set-aside/{row['id']}/discard", {"reason": "entered by hand"})
    again = f"/v1/intake/set-aside/{rows['items'][0]['id']}/discard"
    problem(site, "POST", again, 404, "not-found", {"reason": "x"})
    problem(site, "POST", "/v1/intake/set-aside/x/discard", 404, "not-found", {"reason": "x"})
    problem(handheld, "GET", "/v1/intake/set-aside", 404, "not-found")
    problem(handheld, "POST", again, 404, "not-found", {"reason": "x"})
    kinds = {record["kind"] for record in call(site, "GET", "/v1/records", expect=200)["items"]}
    if not {"usage", "transfer", "notice"} <= kinds:
        raise Wrong(f"records of other kinds than expected: {kinds}")


LISTS = """
    /v1/intake/set-aside
    /v1/records /v1/records?limit=1 /v1/records?state=quarantined&lane=cmdb /v1/records?after=1&limit=2
    /v1/transfers /v1/transfers?state=offered&limit=1 /v1/transfers?after=1
    /v1/stock /v1/stock?limit=1 /v1/stock?location=van-17&query=cat /v1/status /metrics
"""


def read_lists(van_17, quarantined):
    for target in [*LISTS.split(), f"/v1/records/{quarantined}", "/v1/records/seq:1"]:
        value = call(van_17, "GET", target, expect=200)
        if isinstance(value, dict) and value.get("next"):
            page = re.sub(r"after=\d+&", "", target)
            call(van_17, "GET", page + ("&" if "?" in page else "?") + "after=" + value["next"], expect=200)


def read_unchanged(device):
    """A tag that was just given out, on a device whose lanes have nothing to do."""
    _, headers, _ = device.send("GET", "/v1/records")
    call(device, "GET", "/v1/records", headers={"If-None-Match": headers["etag"]}, expect=304)


def change_deliveries(van_17, quarantined, delivered):
    target = f"/v1/records/{quarantined}/deliveries/"
    call(van_17, "POST", target + "servicemobility/retry", expect=200)
    call(van_17, "POST", target + "cmdb/discard", {"reason": "settled by hand"}, expect=200)
    wait_for(van_17, quarantined, "servicemobility", "delivered")
    problem(van_17, "POST", target + "cmdb/retry", 409, "delivery-closed")
    at_its_end = f"/v1/records/{delivered}/deliveries/servicemobility/discard"
    problem(van_17, "POST", at_its_end, 409, "delivery-closed", {"reason": "x"})
    for action, body in (("retry", None), ("discard", {"reason": "x"})):
        problem(van_17, "POST", target + f"nonsense/{action}", 404, "not-found", body)
        problem(van_17, "POST", f"/v1/records/{NOBODY}/deliveries/cmdb/{action}", 404, "not-found", body)
    call(van_17, "POST", "/v1/sync", expect=202)
    call(van_17, "POST", "/v1/sync", {}, expect=202)


def hand_over(van_17, van_22):
    """From offer to both halves, with everything that can go wrong on the way."""
    attributes = {"HANDOVER": {"REASON": ["swap"]}}
    offer = create(van_17, "/v1/transfers", transfer_body("outbound", "tech.22", 2.5, FlexAttrs=attributes))
    offered = f"/v1/transfers/{offer['id']}"
    wrong = create(van_22, "/v1/transfers", transfer_body("inbound", "tech.17", 2))
    entered = f"/v1/transfers/{wrong['id']}/code"
    problem(van_22, "POST", entered, 422, "code-mistyped", {"code": "12"})
    code = {"code": offer["public_code"]}
    if "line_checks" not in problem(van_22, "POST", entered, 422, "code-mismatch", code):
        raise Wrong("a mismatch without line_checks")
    call(van_17, "GET", offered, expect=200)
    for _ in range(4):
        problem(van_22, "POST", entered, 422, "code-mismatch", {"code": offer["public_code"]})
    problem(van_22, "POST", entered, 409, "transfer-closed", {"code": offer["public_code"]})
    right = create(van_22, "/v1/transfers", transfer_body("inbound", "tech.17", 2.5))
    entered = f"/v1/transfers/{right['id']}/code"
    problem(van_22, "POST", entered, 409, "offer-dead", {"code": offer["public_code"]})
    problem(van_22, "POST", f"/v1/transfers/{right['id']}/offer", 409, "transfer-closed")
    offer = call(van_17, "POST", offered + "/offer", expect=200)
    received = call(van_22, "POST", entered, {"code": offer["public_code"]}, expect=200)
    again = create(van_22, "/v1/transfers", transfer_body("inbound", "tech.17", 2.5))
    repeated = f"/v1/transfers/{again['id']}"
    problem(van_22, "POST", repeated + "/code", 409, "code-replayed", {"code": offer["public_code"]})
    call(van_22, "POST", repeated + "/cancel", expect=200)
    problem(van_22, "POST", repeated + "/cancel", 409, "transfer-closed")
    sent = call(van_17, "POST", offered + "/code", {"code": received["public_code"]}, expect=200)
    problem(van_17, "POST", offered + "/cancel", 409, "transfer-closed")
    problem(van_17, "POST", offered + "/offer", 409, "transfer-closed")
    for action, body in (("code", {"code": "1"}), ("offer", None), ("cancel", None)):
        problem(van_17, "POST", f"/v1/transfers/{NOBODY}/{action}", 404, "not-found", body)
    call(van_17, "GET", offered, expect=200)
    return sent["record_id"], received["record_id"]


def enroll(folder, key_ring):
    """Two devices of one company, and a third whose certificate is of another."""
    devices = []
    for company, user, location in (("one", "tech.17", "VAN-17"), ("one", "tech.22", "VAN-22"), ("other", "tech.22", "VAN-22")):
        key = folder / f"{company}.key"
        office = [PROGRAMS / "handover", "enrollment"]
        if not key.exists():
            subprocess.run([*office, "company-key", "--out", key], check=True, capture_output=True)
        bundle = folder / f"{company}-{user}.enrollment"
        command = [*office, "make", "--json", "--company", company, "--company-key", key, "--key-ring", key_ring, "--out", bundle]
        command += ["--user", user, "--first-name", "Given", "--last-name", "Family", "--location", location]
        made = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        devices.append(Device(folder / f"{company}-{user}", user, location, bundle=(bundle, made["code"])))
    return devices


def scan_over(sender, receiver, stranger):
    """A handover by QR codes, a changed list on the way, and what is refused."""
    def shown(device, transfer):
        return {"codes": call(device, "GET", f"/v1/transfers/{transfer['id']}/qr", expect=200)["codes"]}

    offer = create(sender, "/v1/transfers", transfer_body("outbound", "tech.22", 2.5))
    offered = f"/v1/transfers/{offer['id']}"
    codes = shown(sender, offer)
    call(sender, "GET", offered + "/qr?part=1", headers={"Accept": "image/svg+xml"}, expect=200)
    problem(sender, "GET", offered + "/qr?part=2", 400, "invalid-input")
    problem(stranger, "POST", "/v1/scans", 422, "certificate-unknown", codes)
    problem(receiver, "POST", "/v1/scans", 422, "qr-foreign", {"codes": ["https://example.com"]})
    form = call(receiver, "POST", "/v1/scans", codes, expect=200)
    body = {"direction": form["direction"], "transfer": form["transfer"], "scanned": codes["codes"]}
    problem(stranger, "POST", "/v1/transfers", 422, "certificate-unknown", body)
    next(item for item in form["transfer"]["Items"] if not item["SerialNum"])["Qty"] = 2
    half = create(receiver, "/v1/transfers", body)
    if half["state"] != "recorded" or not half["changes"] or half["qr"] != "count":
        raise Wrong(f"a changed list is not shown: {half}")
    counted = shown(receiver, half)
    again = call(sender, "POST", "/v1/scans", counted, expect=200)
    if not call(sender, "POST", offered + "/scan", counted, expect=200)["changes"]:
        raise Wrong("the sender is not shown what was counted")
    call(sender, "POST", offered + "/cancel", expect=200)
    problem(sender, "POST", offered + "/scan", 409, "transfer-closed", counted)
    problem(sender, "GET", offered + "/qr", 409, "no-qr")
    offer = create(sender, "/v1/transfers", {"direction": again["direction"], "transfer": again["transfer"]})
    received = call(receiver, "POST", f"/v1/transfers/{half['id']}/scan", shown(sender, offer), expect=200)
    problem(receiver, "POST", "/v1/scans", 409, "code-replayed", shown(sender, offer))
    receipt = shown(receiver, received)
    problem(sender, "POST", f"/v1/transfers/{NOBODY}/scan", 404, "not-found", receipt)
    problem(sender, "GET", f"/v1/transfers/{NOBODY}/qr", 404, "not-found")
    problem(sender, "POST", f"/v1/transfers/{offer['id']}/scan", 422, "qr-wrong-kind", shown(sender, offer))
    call(sender, "POST", "/v1/scans", receipt, expect=200)
    sent = call(sender, "POST", f"/v1/transfers/{offer['id']}/scan", receipt, expect=200)
    evidence = [call(device, "GET", f"/v1/records/{half['record_id']}", expect=200)["body"]["evidence"]
                for device, half in ((sender, sent), (receiver, received))]
    if evidence[0] != evidence[1]:
        raise Wrong("the two halves hold other evidence")
    if call(sender, "GET", "/v1/status", expect=200)["enrollment"]["state"] != "valid":
        raise Wrong("the certificate is not valid")


def unusable_enrollment(device):
    """The key of another device: no QR codes, in words, and everything else works."""
    device.stop()
    (device.folder / "device.key").write_text("5b" * 32 + "\n")
    device.start()
    enrollment = call(device, "GET", "/v1/status", expect=200)["enrollment"]
    if enrollment["state"] != "unusable" or "device.key" not in enrollment["why"]:
        raise Wrong(f"a key that is not the certificate's is not told: {enrollment}")
    problem(device, "POST", "/v1/scans", 409, "not-enrolled", {"codes": ["HO1:BB8"]})
    if create(device, "/v1/transfers", transfer_body("inbound", "tech.17", 1))["state"] != "recorded":
        raise Wrong("no spoken code without a usable enrollment")


def service_order(number, serial, **more):
    line = {"kind": "service", "product": "CON-SNT-C98004K9", "quantity": 1, "serial_numbers": [serial]}
    return {"order": {"purchase_order": number, "lines": [line]}, **more}


def service_orders(van_17):
    """From draft to the gateway's answer; returns the id of a draft."""
    draft = create(van_17, "/v1/service-orders", service_order("PO-1", "FOC1", draft=True))
    body = {"order": service_order("PO-2", "FOC1")["order"]}
    sent = call(van_17, "POST", f"/v1/service-orders/{draft['id']}/submit", body, expect=200)
    problem(van_17, "POST", f"/v1/service-orders/{draft['id']}/submit", 409, "order-closed", body)
    wait_for(van_17, sent["record_id"], "cisco", "delivered")
    problem(van_17, "POST", f"/v1/service-orders/{draft['id']}/cancel", 409, "order-sent")
    create(van_17, "/v1/service-orders", service_order("PO-3", "FOC3"))
    answer = problem(van_17, "POST", "/v1/service-orders", 400, "invalid-input", service_order("PO-3", "x" * 61))
    if [error["detail"].split(":")[0] for error in answer["errors"]] != ["C16 (L28)", "C10 (L16)"]:
        raise Wrong(f"other rules than expected: {answer['errors']}")
    cancelled = create(van_17, "/v1/service-orders", service_order("PO-4", "", draft=True))
    call(van_17, "GET", f"/v1/service-orders/{cancelled['id']}", expect=200)
    call(van_17, "POST", f"/v1/service-orders/{cancelled['id']}/cancel", expect=200)
    problem(van_17, "POST", f"/v1/service-orders/{cancelled['id']}/cancel", 409, "order-closed")
    for target in ("", "?limit=1", "?state=accepted", "?state=draft&after=1"):
        call(van_17, "GET", "/v1/service-orders" + target, expect=200)
    problem(van_17, "GET", "/v1/service-orders?state=nonsense", 400, "invalid-input")
    for method, action in (("GET", ""), ("POST", "/submit"), ("POST", "/cancel")):
        problem(van_17, method, f"/v1/service-orders/{NOBODY}{action}", 404, "not-found")
    return create(van_17, "/v1/service-orders", service_order("PO-5", "FOC5", draft=True))["id"]


def refused_requests(device, quarantined, order):
    """What can be wrong about a request, for every call of the document."""
    transfer = create(device, "/v1/transfers", transfer_body("outbound", "tech.22", 1))["id"]
    names = {"transfer": transfer, "record": quarantined, "lane": "cmdb", "order": order, "row": "3"}
    for path, method, _ in operations():
        target = path.format(**names)
        verb = method.upper()
        problem(device, verb, target, 401, "unauthorized", headers={"Authorization": None})
        problem(device, verb, target, 401, "unauthorized", headers={"Authorization": "Bearer x"})
        problem(device, verb, target, 403, "origin-refused", headers={"Origin": "http://localhost"})
        problem(device, verb, target, 403, "host-refused", headers={"Host": "evil.example"})
        problem(device, verb, target, 400, "malformed-request", headers={"Host": None})
        problem(device, verb, target + "?nonsense=1", 400, "invalid-input")
        problem(device, verb, target, 431, "header-too-large", headers={"X-Long": "x" * 20_000})
        undocumented(device, "PUT", target, 405, "method-not-allowed")
        if method == "post":
            refused_posts(device, target)
    problem(device, "GET", f"/v1/transfers/{NOBODY}", 404, "not-found")
    problem(device, "GET", f"/v1/records/{NOBODY}", 404, "not-found")
    for path in ("/v1/records", "/v1/transfers", "/v1/stock", "/v1/intake/set-aside"):
        problem(device, "GET", path + "?limit=0", 400, "invalid-input")
        problem(device, "GET", path + "?after=x", 400, "invalid-input")
    undocumented(device, "GET", "/v1/nonsense", 404, "not-found")
    undocumented(device, "GET", "/", 404, "not-found")


def refused_posts(device, target):
    problem(device, "POST", target, 413, "body-too-large", b" " * ((1 << 20) + 1))
    problem(device, "POST", target, 415, "not-json", b"{}", {"Content-Type": "text/plain"})
    problem(device, "POST", target, 400, "invalid-input", b"{")
    problem(device, "POST", target, 400, "invalid-input", b"[]")
    answer = problem(device, "POST", target, 400, "invalid-input", {"nonsense": 1})
    if not answer.get("errors"):
        raise Wrong(f"POST {target}: invalid-input without errors")
    problem(device, "POST", target, 409, "idempotency-key-reused", {}, {"Idempotency-Key": "tap"})
    problem(device, "POST", target, 400, "invalid-input", {}, {"Idempotency-Key": "k" * 256})


def enforced_stock(device):
    problem(device, "POST", "/v1/transfers", 422, "not-in-stock", transfer_body("outbound", "tech.22", 1))
    usage = usage_body("1002", "WO-1", {"ProdNum": "P", "OutQty": 1})
    problem(device, "POST", "/v1/usages", 422, "not-in-stock", usage)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def page_links(with_page, without):
    link = call(with_page, "POST", "/v1/page/tickets", expect=201)["url"]
    if f":{with_page.port}/#ticket=" not in link:
        raise Wrong("the link leads elsewhere")
    problem(without, "POST", "/v1/page/tickets", 409, "page-off")


def crowd(device):
    """More connections than the agent keeps: the next one hears so."""
    held = []
    try:
        for _ in range(64):
            connection = UnixConnection(device.folder / "handover.sock")
            connection.connect()
            held.append(connection)
        problem(device, "GET", "/v1/status", 503, "too-many-connections")
    finally:
        for connection in held:
            connection.close()
    # The agent needs a moment to see that they have gone.
    deadline = time.monotonic() + PATIENCE_S
    while device.send("GET", "/v1/status")[0] != 200:
        if time.monotonic() > deadline:
            raise Wrong("the agent does not answer any more after a crowd")
        time.sleep(0.02)


def check_coverage():
    called = [f"{method.upper()} {path}" for path, method in EXERCISED]
    missing = [f"{m.upper()} {path}" for path, m, _ in operations() if f"{m.upper()} {path}" not in called]
    if missing:
        raise Wrong("never called: " + ", ".join(missing))
    for path, method, operation in operations():
        success = {status for status in operation["responses"] if status < "400"}
        if not success <= EXERCISED[(path, method)]:
            raise Wrong(f"{method.upper()} {path}: never answered {success}")
    # Of a slow network, of a broken disk, or of a body where there is none.
    always = {"408", "413", "417", "500", "503", "507"}
    for path, method, operation in operations():
        left = set(operation["responses"]) - EXERCISED[(path, method)] - always
        if left:
            raise Wrong(f"{method.upper()} {path}: documented and never seen: {', '.join(sorted(left))}")


def exercise(folder):
    back_ends = BackEnds(folder)
    devices = []
    try:
        van_17 = Device(folder / "van-17", "tech.17", "VAN-17", urls=back_ends.urls, site=True)
        devices.append(van_17)
        ring = folder / "van-17" / "validation.keys"
        van_22 = Device(folder / "van-22", "tech.22", "VAN-22", key_ring=ring, urls=back_ends.urls)
        devices.append(van_22)
        strict = Device(folder / "strict", "tech.17", "VAN-17", policy="enforce")
        devices.append(strict)
        enforced_stock(strict)
        problem(strict, "POST", "/v1/service-orders", 409, "no-cisco-lane", service_order("PO-1", "FOC1"))
        read_unchanged(strict)
        paged = Device(folder / "paged", "tech.17", "VAN-17", port=free_port())
        devices.append(paged)
        page_links(paged, strict)
        quarantined, delivered = make_records(van_17, back_ends)
        sent, received = hand_over(van_17, van_22)
        enrolled = enroll(folder, ring)
        devices += enrolled
        scan_over(*enrolled)
        unusable_enrollment(enrolled[1])
        problem(van_17, "POST", "/v1/scans", 409, "not-enrolled", {"codes": ["HO1:BB8"]})
        read_lists(van_17, quarantined)
        for device, record in ((van_22, received), (van_17, sent)):
            call(device, "GET", f"/v1/records/{record}", expect=200)
        order = service_orders(van_17)
        take_in(van_17, van_22)
        follow_events(van_17)
        refused_requests(van_17, quarantined, order)
        change_deliveries(van_17, quarantined, delivered)
        read_lists(van_17, quarantined)
        crowd(van_17)
        for device in devices:
            device.stop()
        devices.clear()
    finally:
        for device in devices:
            device.process.kill()
        back_ends.stop()


def main():
    check_document()
    with tempfile.TemporaryDirectory(prefix="handover-openapi-") as name:
        exercise(pathlib.Path(name))
    check_coverage()
    calls = sum(len(statuses) for statuses in EXERCISED.values())
    print(f"{len(EXERCISED)} calls with {calls} statuses are as docs/openapi.yaml says")


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        sys.exit(f"openapi: {wrong}")
