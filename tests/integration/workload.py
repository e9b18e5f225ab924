# SPDX-License-Identifier: Apache-2.0
"""`workload.py FOLDER`: makes files with hostile names there, renames one, drops a program and runs it.

Prints what it did as one line of JSON: names as hex, so that nothing is lost on the way.
"""
import json
import os
import shutil
import subprocess
import sys

NAMES = (
    b"plain", b"tab\there", b"new\nline", b"carriage\rreturn", b"back\\slash", b"\\N", b"\\.", b"\\\\t", b"NULL",
    b"nan", b"quote\"and'quote", b"comma,semicolon;", b"not\xff\xfeutf8", b"caf\xc3\xa9 \xf0\x9f\x98\x80",
    b"control\x01\x1a\x1b[2J\x7f",
    b" blanks around ", b"=1+1", b"#comment", b"$(reboot)`id`", b"{\"json\":[1", b"line\xe2\x80\xa8separator",
)
LIKE_NULL = (b"NULL", b"nan", b"\\N")
RENAMED = (b"new\nline", b"re\tnamed\xff")
DROPPED, RUN = b"part\t1", b"run me\n\\n"


def main(folder):
    written = {}
    for number, name in enumerate(NAMES):
        path = os.path.join(folder, name)
        with open(path, "wb", buffering=0) as file:
            file.write(b"x" * (number + 1))
        written[path.hex()] = number + 1
    before, after = (os.path.join(folder, name) for name in RENAMED)
    os.rename(before, after)
    dropped, program = os.path.join(folder, DROPPED), os.path.join(folder, RUN)
    with open("/bin/true", "rb") as source, open(dropped, "wb", buffering=0) as file:
        shutil.copyfileobj(source, file)
    size = os.path.getsize(dropped)
    written[dropped.hex()] = size
    os.rename(dropped, program)
    os.chmod(program, 0o755)
    ran = subprocess.Popen([program, b"tab\t", b"line\n", b"bad\xff"], stdin=subprocess.DEVNULL)
    ran.wait()
    for name in LIKE_NULL:  # command lines that a careless reader takes for null
        subprocess.run([name], executable="/bin/true", check=True)
    print(json.dumps({
        "written": written, "renamed": [before.hex(), after.hex()], "dropped": dropped.hex(), "program": program.hex(),
        "writer_pid": os.getpid(), "program_pid": ran.pid, "bytes": sum(written.values()),
    }))


if __name__ == "__main__":
    main(os.fsencode(sys.argv[1]))
