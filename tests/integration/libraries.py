# SPDX-License-Identifier: Apache-2.0
"""The Python libraries of requirements.txt in a virtual environment below build/, made once."""
import pathlib
import subprocess
import sys

from recorded import Skip

REQUIREMENTS = pathlib.Path(__file__).with_name("requirements.txt")


def interpreter(folder):
    """The environment's python; Skip when it cannot be made here (no python3-venv, no network)."""
    folder = pathlib.Path(folder)
    python, made_for = folder / "bin/python3", folder / "made_for.txt"
    wanted = REQUIREMENTS.read_text(encoding="ascii")
    if made_for.is_file() and made_for.read_text(encoding="ascii") == wanted:
        return python
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS]
    for command in ([sys.executable, "-m", "venv", "--clear", folder], install):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Skip(f"cannot make {folder}: {(done.stderr or done.stdout)[-1500:]}")
    made_for.write_text(wanted, encoding="ascii")
    return python
