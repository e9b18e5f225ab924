#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares what the agent recorded with what the trigger programs say they did. Exit status 1 if anything differs."""
import argparse
import sys

from comparing.files import Files
from comparing.integrity import Integrity
from comparing.processes import Processes
from comparing.report import Report
from comparing.rows import MalformedFile, read_events, read_truth


def compare(truths, events, slack_ms=50):
    report = Report()
    if not any(truth["type"] in ("file", "process") for truth in truths):
        report.problem("(comparison)", "no truth", "the trigger programs printed nothing to compare with")
    if not events:
        report.problem("(comparison)", "no events", "the agent wrote no rows")
    for truth in truths:
        if truth["type"] == "skipped":
            report.skipped[truth["kind"]] = truth["reason"]
    Files(truths, events, report, slack_ms * 1_000_000).compare()
    Processes(truths, events, report).compare()
    Integrity(events, report).check()
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", required=True, help="data directory of the agent, or its events directory")
    parser.add_argument("--truth", required=True, nargs="+", help="what the trigger programs printed")
    parser.add_argument("--slack-ms", type=int, default=50, help="how far a time may be from the truth's")
    parser.add_argument("--examples", type=int, default=3, help="how many of each difference to show")
    options = parser.parse_args()
    try:
        report = compare(read_truth(options.truth), read_events(options.events), options.slack_ms)
    except MalformedFile as error:
        print(f"compare: {error}", file=sys.stderr)
        return 1
    report.print(sys.stdout, options.examples)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
