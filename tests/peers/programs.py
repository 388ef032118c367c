"""What the peers' tests share: programs under test, a judge of sentences, and ends in good order."""

import contextlib
import hashlib
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = pathlib.Path(os.environ.get("HANDOVER_PROGRAMS", ROOT / "build" / "dev"))
USER = "guest"
PASSWORD = "a-password-of-this-test"
PATIENCE_S = 60


class Wrong(Exception):
    """What one of the two sides got wrong."""


def check(condition, what):
    if not condition:
        raise Wrong(what)


def password_hash():
    return hashlib.sha256(PASSWORD.encode()).hexdigest()


def write_password(folder):
    file = folder / "back-end.password"
    file.touch(mode=0o600)
    file.write_text(PASSWORD + "\n")
    return file


@contextlib.contextmanager
def running(command, pattern, **more):
    """A program that is up once it writes a line that fits; yields what the line says."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **more)
    try:
        for line in process.stdout:
            found = re.match(pattern, line)
            if found:
                yield found[1]
                break
        else:
            raise Wrong(f"{command[0]} ended before it was up")
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def simulated_tangoe(folder, *options):
    command = [PROGRAMS / "handover-sim", "back-ends", "--user", USER, "--password-file", write_password(folder)]
    for name in ("servicemobility", "cmdb", "cisco", "tangoe"):
        command += ["--" + name, "127.0.0.1:0"]
    for option in options:
        command += ["--option", "tangoe:" + option]
    return running(command, r"tangoe listens on (http://\S+)")


def main(test):
    try:
        test()
    except Wrong as wrong:
        sys.exit(f"wrong: {wrong}")
