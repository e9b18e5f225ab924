# SPDX-License-Identifier: Apache-2.0
"""Real database servers on a folder of the test and a socket in it: no network, no service of the machine, no root."""
import contextlib
import os
import pathlib
import pwd
import shutil
import subprocess
import time

from recorded import Skip

UNPRIVILEGED = ("mysql", "postgres", "nobody")
START_SECONDS = 40


def program(name, *folders):
    found = shutil.which(name, path=os.pathsep.join((*folders, os.environ.get("PATH", ""), "/usr/sbin", "/usr/bin")))
    if not found:
        raise Skip(f"there is no {name}: ./dev setup installs it")
    return found


def unprivileged(wanted):
    """The account that the Debian package made, else nobody: both servers refuse to run as root."""
    for name in (wanted, *UNPRIVILEGED):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Skip("there is no account without rights")


@contextlib.contextmanager
def serving(command, account, folder, answers):
    """Runs a server until the block ends, then waits for its clean end."""
    log = folder / "server.log"
    with open(log, "wb") as output:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder,
                                  user=account.pw_uid, group=account.pw_gid, extra_groups=[])
    try:
        end = time.monotonic() + START_SECONDS
        while not answers():
            if server.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"the server does not answer:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
    if server.returncode not in (0, -15):
        raise AssertionError(f"the server ended with {server.returncode}:\n{log.read_text(errors='replace')[-3000:]}")


def owned_folder(folder, name, account):
    made = folder / name
    made.mkdir()
    os.chown(made, account.pw_uid, account.pw_gid)
    return made


def as_account(command, account, folder):
    subprocess.run(command, user=account.pw_uid, group=account.pw_gid, extra_groups=[], cwd=folder, check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@contextlib.contextmanager
def mariadb(folder):
    """Gives the environment by which the client `mariadb` finds this server."""
    server, install = program("mariadbd", "/usr/sbin"), program("mariadb-install-db")
    program("mariadb")
    account = unprivileged("mysql")
    place = owned_folder(folder, "mariadb", account)
    socket = place / "socket"
    own = ["--no-defaults", f"--datadir={place / 'data'}"]
    as_account([install, *own, "--auth-root-authentication-method=normal", "--skip-test-db"], account, place)
    home = folder / "home"
    home.mkdir()
    (home / ".my.cnf").write_text(f"[client]\nsocket={socket}\nuser=root\n", encoding="ascii")
    environment = {"HOME": str(home), "MARIADB_HOME": str(home)}

    def answers():
        probe = ["mariadb", "-e", "SELECT 1"]
        return subprocess.run(probe, env=os.environ | environment, capture_output=True, check=False).returncode == 0

    small = ["--skip-networking", f"--socket={socket}", f"--pid-file={place / 'pid'}", "--innodb-buffer-pool-size=16M",
             "--innodb-log-file-size=8M", "--performance-schema=OFF", "--innodb-flush-log-at-trx-commit=0"]
    with serving([server, *own, *small], account, place, answers):
        yield environment


@contextlib.contextmanager
def postgresql(folder):
    """Gives the environment by which the client `psql` finds this server."""
    installed = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    binaries = str(installed[-1]) if installed else ""
    initdb, server = program("initdb", binaries), program("postgres", binaries)
    program("psql")
    account = unprivileged("postgres")
    place = owned_folder(folder, "postgresql", account)
    as_account([initdb, "-D", place / "data", "-U", "hunter", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
               account, place)
    environment = {"PGHOST": str(place), "PGUSER": "hunter", "PGDATABASE": "postgres"}

    def answers():
        probe = ["psql", "-qc", "SELECT 1"]
        return subprocess.run(probe, env=os.environ | environment, capture_output=True, check=False).returncode == 0

    own = ["-D", place / "data", "-k", place, "-c", "listen_addresses=", "-c", "shared_buffers=16MB", "-c", "fsync=off"]
    with serving([server, *own], account, place, answers):
        yield environment
