#!/usr/bin/env python3
"""A whole handover by QR codes between two real agents: the pictures are read with zbar, the evidence with cbor2 and cryptography.

The office enrolls both devices; the SVG that one agent draws becomes pixels, zbarimg reads them, and what it read goes to the other agent.
"""

import contextlib
import http.client
import json
import pathlib
import re
import socket
import subprocess
import tempfile

import qr_codec
from programs import PATIENCE_S, PROGRAMS, Wrong, check, main

HANDOVER = PROGRAMS / "handover"
LINES = 30
PIXELS = 4  # A module's side.


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE_S)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE_S)
        self.sock.connect(self.path)


class Device:
    def __init__(self, folder):
        self.folder = folder
        self.token = (folder / "api.token").read_text().strip()

    @contextlib.contextmanager
    def running(self):
        process = subprocess.Popen([HANDOVER, "agent", "--config", self.folder / "handover.toml"], stderr=subprocess.PIPE, text=True)
        try:
            for line in process.stderr:
                if "listens at" in line:
                    break
            else:
                raise Wrong("the agent ended before it listened")
            yield self
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE_S)

    def call(self, method, target, body=None, accept="application/json"):
        connection = UnixConnection(self.folder / "handover.sock")
        headers = {"Authorization": "Bearer " + self.token, "Accept": accept, "Content-Type": "application/json"}
        connection.request(method, target, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        content = answer.read().decode()
        connection.close()
        check(answer.status < 300, f"{method} {target} -> {answer.status}: {content[:500]}")
        return content if accept != "application/json" else json.loads(content)


def pixels_of(svg):
    """The picture as a PGM: every path of ours is made of rectangles."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])
    rows = [bytearray(b"\xff" * side) for _ in range(side)]
    dark = re.search(r'fill="#000" d="([^"]*)"', svg)[1]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", dark):
        rows[int(y)][int(x):int(x) + int(width)] = bytes(int(width))
    scaled = b"".join(bytes(value for value in row for _ in range(PIXELS)) * PIXELS for row in rows)
    return b"P5 %d %d 255\n" % (side * PIXELS, side * PIXELS) + scaled


def look_at(device, transfer, folder):
    """What a scanner reads from the device's screen, code by code."""
    target = f"/v1/transfers/{transfer['id']}/qr"
    texts = device.call("GET", target)["codes"]
    seen = []
    for part in range(1, len(texts) + 1):
        picture = folder / "screen.pgm"
        picture.write_bytes(pixels_of(device.call("GET", f"{target}?part={part}", accept="image/svg+xml")))
        read = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", picture], check=True, capture_output=True)
        seen.append(read.stdout.decode().removesuffix("\n"))
    check(seen == texts, "zbar reads other codes than the agent says")
    return list(reversed(seen))


def enroll(folder):
    """Two devices, and the company's public key."""
    key = folder / "company.key"
    office = [HANDOVER, "enrollment"]
    made = json.loads(subprocess.run([*office, "company-key", "--json", "--out", key], check=True, capture_output=True).stdout)
    ring = folder / "validation.keys"
    ring.touch(mode=0o600)
    ring.write_text("5a" * 32 + "\n")
    devices = []
    for user, first, last, location in (("tech.17", "Anna", "Berg", "VAN-17"), ("tech.22", "Ben", "Cole", "VAN-22")):
        bundle = folder / (user + ".enrollment")
        command = [*office, "make", "--json", "--company", "Example", "--company-key", key, "--key-ring", ring, "--out", bundle]
        command += ["--user", user, "--first-name", first, "--last-name", last, "--location", location]
        code = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["code"]
        device = folder / location
        subprocess.run([HANDOVER, "enroll", bundle, "--dir", device], input=code.encode(), check=True, capture_output=True)
        devices.append(Device(device))
    return devices, bytes.fromhex(made["public_key"])


def check_evidence(device, transfer, company):
    body = device.call("GET", f"/v1/records/{transfer['record_id']}")["body"]
    messages = [qr_codec.message_of([body["evidence"][kind]]) for kind in ("offer", "receipt")]
    offer, sender = qr_codec.read_message(messages[0], company)
    receipt, receiver = qr_codec.read_message(messages[1], company)
    check((sender[2], receiver[2]) == ("tech.17", "tech.22"), "other people signed")
    check(receipt[8] == qr_codec.hash_of(messages[0]), "the receipt is of another offer")
    check(len(offer[7]) == LINES, "the offer has other lines")
    codes = {body["transfer"]["ValidationCode"][name] for name in ("PublicCode", "PrivateCode")}
    check(codes == {offer[3], receipt[3]}, "the signed codes are others than those of the record")
    return messages


def handover(folder):
    (sender, receiver), company = enroll(folder)
    items = [{"ProdNum": f"PROD-{n * 7919 % 1000}", "Qty": 1, "SerialNum": f"FCW{n * 48611 % 100000007:08}", "BatchNum": f"B{n * n * 31}"}
             for n in range(1, LINES + 1)]
    transfer = {"FromStorageLocation": "VAN-17", "ToStorageLocation": "VAN-22", "TransferTech": {"UserID": "tech.22"}, "Items": items}
    with sender.running(), receiver.running():
        offer = sender.call("POST", "/v1/transfers", {"direction": "outbound", "transfer": transfer})
        codes = look_at(sender, offer, folder)
        form = receiver.call("POST", "/v1/scans", {"codes": codes})
        check(form["transfer"]["TransferTech"] == {"UserID": "tech.17", "FirstName": "Anna", "LastName": "Berg"}, "another sender")
        received = receiver.call("POST", "/v1/transfers", {"direction": form["direction"], "transfer": form["transfer"], "scanned": codes})
        check(received["state"] == "completed", "the receiver's half is not complete")
        answer = look_at(receiver, received, folder)
        sent = sender.call("POST", f"/v1/transfers/{offer['id']}/scan", {"codes": answer})
        check(sent["state"] == "completed", "the sender's half is not complete")
        check(check_evidence(sender, sent, company) == check_evidence(receiver, received, company), "the evidence differs")
        print(f"{LINES} lines in {len(codes)} codes, read by zbar; both signatures on both devices")


def test():
    with tempfile.TemporaryDirectory(prefix="handover-qr-") as name:
        handover(pathlib.Path(name))


main(test)
