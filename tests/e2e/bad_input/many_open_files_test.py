#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""More files open at once than the kernel side may keep count of: those that fit are exact, the others are counted as lost."""
import json
import pathlib
import resource
import subprocess
import time

import running

OPEN_BLOCKS = 65_536  # kernel.open_blocks: the map's room
PROCESSES = 60
MOST_FILES = 8_192  # of one process
INODE_BYTES = 2_048  # of a file without content in memory: inode, dentry, struct file


def files_that_fit():
    """As many per process as the host allows: fs.file-max, the hard limit, memory."""
    in_use, _, most = map(int, pathlib.Path("/proc/sys/fs/file-nr").read_text().split())
    free = next(int(line.split()[1]) * 1024 for line in pathlib.Path("/proc/meminfo").read_text().splitlines()
                if line.startswith("MemAvailable"))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MOST_FILES, (most - in_use) // 2 // PROCESSES, hard - 32, free // 2 // INODE_BYTES // PROCESSES)


class OpenFiles(running.Case):
    def test_blocks_that_fit_are_exact_and_the_others_are_counted(self):
        files = files_that_fit()
        self.assertGreater(files * PROCESSES, OPEN_BLOCKS * 2, "this host allows too few open files")
        place = self.mount_tmpfs("many", f"4g,nr_inodes={files * PROCESSES + 1000}")
        agent = self.start(config={"kernel": {"open_blocks": OPEN_BLOCKS}})
        begun = time.monotonic()
        done = subprocess.run([running.TRIGGERS / "open_many", place, str(PROCESSES), str(files)],
                              stdout=subprocess.PIPE, timeout=60, check=True)
        truth = json.loads(done.stdout)
        self.assertEqual(truth["opened"], files * PROCESSES)
        time.sleep(running.SETTLE)
        peak = self.end(agent, status=running.LOSS)
        print(f"\n  {truth['opened']} files open at once, {time.monotonic() - begun:.0f} s, at its peak {peak:.0f} MiB")
        events = running.small_events(agent.data, 9900, 9901)
        ledger = self.assert_balanced(events)
        self.assert_emitted(running.row_counts(agent.data), ledger)
        self.assert_told(events, ledger)
        told = [tuple(row.values[column] for column in ("time", "family", "stage", "count")) for row in events[9901]]
        self.assertEqual({(family, stage) for _, family, stage, _ in told}, {("file", "kernel map")}, told)
        self.check(agent.data, str(place).encode() + b"/", truth, ledger["file"]["lost"])

    def check(self, data, prefix, truth, lost):
        finals, opened = {}, 0
        columns = ["path", "state", "block_key", "bytes_written", "write_count", "created", "complete", "operation"]
        for path, state, key, written, count, created, complete, operation in running.columns_of(data, 2500, columns):
            if not path.startswith(prefix) or state != b"final" or operation != b"\\N":
                continue
            self.assertNotIn(key, finals)
            finals[key] = path
            self.assertEqual(created, b"1", path)
            number = int(path.rsplit(b"/", 1)[1])
            if number < 4:
                self.assertEqual((written, count, complete), (b"11", b"2", b"1"), path)
                opened += 1
            else:
                self.assertEqual((written, count), (b"0", b"0"), path)
        self.assertEqual(len(set(finals.values())), len(finals), "a file has two blocks")
        self.assertEqual(opened, truth["written"], "the files that were opened first are all told")
        self.assertGreaterEqual(len(finals) + lost, truth["opened"])
        self.assertLessEqual(len(finals), OPEN_BLOCKS)
        self.assertGreater(len(finals), OPEN_BLOCKS * 9 // 10)
        self.assertGreaterEqual(lost, truth["opened"] - OPEN_BLOCKS)


if __name__ == "__main__":
    running.main()
