#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs that we did not write do real work; the block of each file they leave agrees with the file system:
name, size, and the hash of what can be executed. Also: sensitive files, read and refused. Needs root."""
import argparse
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from comparing.agent import SKIPPED, Agent, AgentFailed, CannotRunHere, need
from comparing.rows import read_events

SETTLE = 0.5
FILES = 60  # of the compile and the repository
NOBODY = 65534


def run(*command, cwd=None, status=0):
    done = subprocess.run([str(each) for each in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if status is not None and done.returncode != status:
        raise AgentFailed(f"{command}: {done.returncode} {done.stderr.decode(errors='replace')[-500:]}")


def compile_something(work):
    sources, out = work / "source", work / "compiled"
    sources.mkdir()
    out.mkdir()
    for i in range(FILES):
        (sources / f"f{i}.c").write_text(f"int f{i}(int x) {{ return x * {i}; }}\n")
    (sources / "main.c").write_text("int main(void) { return 0; }\n")
    for source in sorted(sources.glob("*.c")):
        run("gcc", "-O1", "-c", source, "-o", out / (source.stem + ".o"))
    run("gcc", *sorted(out.glob("*.o")), "-o", out / "program")
    return out


def clone_something(work):
    origin, clone = work / "origin", work / "clone"
    run("git", "init", "-q", origin)
    for i in range(FILES):
        (origin / f"file {i}.txt").write_text(f"line {i}\n" * (i + 1))
    run("git", "add", "-A", cwd=origin)
    run("git", "-c", "user.name=e2e", "-c", "user.email=e2e@e2e.invalid", "commit", "-qm", "files", cwd=origin)
    run("git", "clone", "-q", "--no-hardlinks", origin, clone)
    return clone


def unpack_something(work):
    out = work / "unpacked"
    out.mkdir()
    run("tar", "-cf", work / "archive.tar", "-C", work / "source", ".")
    run("tar", "-xf", work / "archive.tar", "-C", out)
    return out


def install_something(work):
    """A package made here, installed below a root of its own by the real dpkg -i."""
    package, root = work / "package", work / "root"
    (package / "DEBIAN").mkdir(parents=True)
    (package / "usr/bin").mkdir(parents=True)
    (package / "usr/share/e2e").mkdir(parents=True)
    (package / "DEBIAN/control").write_text("Package: monster-e2e\nVersion: 1.0\nArchitecture: all\n"
                                            "Maintainer: e2e <e2e@e2e.invalid>\nDescription: a test\n")
    program = package / "usr/bin/monster-e2e"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    for i in range(20):
        (package / f"usr/share/e2e/data {i}").write_text("x" * (100 * i))
    run("dpkg-deb", "--build", "--root-owner-group", package, work / "e2e.deb")
    for directory in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"):
        (root / directory).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    run("dpkg", f"--root={root}", "--force-not-root", "--force-script-chrootless", "-i", work / "e2e.deb")
    return root / "usr"


def touch_sensitive():
    """One read of /etc/shadow that works and one that is refused."""
    run("cat", "/etc/shadow")
    run("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "cat", "/etc/shadow", status=1)


class Told:
    """What the blocks say of files: by file_key, the last name, size and hash."""

    def __init__(self, events):
        self.name, self.size, self.sha256, self.names = {}, {}, {}, {}
        for row in sorted(events.get(2500, []), key=lambda row: int(row.values["time_ns"])):
            self.take(row)

    def take(self, row):
        key = row.text("file_key")
        if key is None or row.flag("deleted"):
            return
        operation, path = row.values["operation"], row.text("final_path") or row.text("path")
        if operation in (None, "rename", "link"):
            self.name[key] = path
            self.names.setdefault(path, set()).add(key)
        if operation in (None, "truncate"):
            self.size[key] = row.number("size_at_close")
            if row.known("sha256_at_close"):
                self.sha256[key] = row.values["sha256_at_close"]

    def complaint(self, path):
        """None, or what is wrong about a file that is there now."""
        keys = [key for key in self.names.get(os.fsencode(path), ()) if key in self.size]
        if not keys:
            return "no block tells of it"
        status = path.lstat()
        if status.st_size not in {self.size[key] for key in keys}:
            return f"has {status.st_size} bytes, told {[self.size[key] for key in keys]}"
        told = {self.sha256[key] for key in keys if key in self.sha256}
        if told and hashlib.sha256(path.read_bytes()).hexdigest() not in told:
            return f"another hash than told: {told}"
        return None


def check_files(events, places):
    told, wrong, files = Told(events), [], 0
    for place in places:
        for path in sorted(each for each in place.rglob("*") if each.is_file() and not each.is_symlink()):
            files += 1
            complaint = told.complaint(path)
            if complaint:
                wrong.append(f"{path}: {complaint}")
    if files < 4 * FILES:
        wrong.append(f"only {files} files were left to look at")
    if not told.sha256:
        wrong.append("no block has a hash")
    return files, wrong


def check_sensitive(events):
    reads = [row for row in events.get(2500, []) if row.values["path"] == "/etc/shadow"
             and row.values["image"].endswith("/cat")]
    opens = [row for row in events.get(2012, []) if row.values["path"] == "/etc/shadow"]
    wrong = []
    if not any(row.number("bytes_read") == pathlib.Path("/etc/shadow").stat().st_size for row in reads):
        wrong.append("the read of /etc/shadow is not told with its bytes")
    if {"ok", "EACCES"} - {row.values["result"] for row in opens}:
        wrong.append(f"opens of /etc/shadow: {[row.values['result'] for row in opens]}")
    return wrong


def work_and_compare(agent_program):
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="e2e_work_") as work, \
            tempfile.TemporaryDirectory(dir="/var/tmp", prefix="e2e_data_") as data:
        work = pathlib.Path(work)
        with Agent(agent_program, pathlib.Path(data) / "data") as agent:
            agent.wait_ready()
            places = [do(work) for do in (compile_something, clone_something, unpack_something, install_something)]
            touch_sensitive()
            time.sleep(SETTLE)
            lost = agent.stop()
            events = read_events(agent.data / "events")
        files, wrong = check_files(events, places)
        wrong += check_sensitive(events) + (["the agent lost something"] if lost else [])
    for line in wrong[:20]:
        print(line)
    print(f"{files} files, {len(wrong)} wrong")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agent", required=True)
    options = parser.parse_args()
    try:
        need(options.agent)
        return work_and_compare(options.agent)
    except CannotRunHere as error:
        print(f"skipped: {error}")
        return SKIPPED
    except AgentFailed as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
