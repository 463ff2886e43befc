"""What a person sees of a run: how far it is, what went wrong, and a table at its end."""

import collections
import sys
import time

# wptrunner takes `sys.stdout` for itself while it runs.
OUT = sys.__stdout__
# How often a line says how far it is where nothing can be redrawn, in seconds.
INTERVAL = 10
# Of what came with a failure so many lines are shown.
MESSAGE_LINES = 30


def say(text):
    """A step of the work."""
    print(f"wpt: {text}", file=sys.__stderr__, flush=True)


class Results:
    """A mozlog handler that counts, compares with what is expected, and shows it while it happens."""

    def __init__(self, depth, expectations):
        self.depth = depth
        self.expectations = expectations
        self.rows = collections.defaultdict(collections.Counter)
        self.subtests = collections.defaultdict(list)
        self.counts = {}
        self.listed, self.seen = set(), set()
        self.total = self.done = self.problems = 0
        self.started = self.shown = time.monotonic()
        self.redraws = OUT.isatty()

    def __call__(self, data):
        action = data["action"]
        if action == "suite_start":
            self.listed.update(test for tests in data["tests"].values() for test in tests)
            self.total = len(self.listed)
            self.started = time.monotonic()
            self.progress("")
        elif action == "test_start":
            self.progress(data["test"])
        elif action == "test_status":
            self.subtest(data)
        elif action == "test_end":
            self.test(data)
        elif action == "log" and data["level"] in ("ERROR", "CRITICAL"):
            self.line(f"wptrunner: {data['message']}")

    def row(self, test):
        parts = test.strip("/").split("/")[:-1]
        return self.rows["/".join(parts[: self.depth]) or "/"]

    def subtest(self, data):
        row = self.row(data["test"])
        row["subtests"] += 1
        row["passed"] += data["status"] == "PASS"
        self.subtests[data["test"]].append(data["subtest"])
        self.compare(data, f"{data['test']} | {data['subtest']}")

    def test(self, data):
        test, status, row = data["test"], data["status"], self.row(data["test"])
        self.seen.add(test)
        row["tests"] += 1
        row["skipped"] += status == "SKIP"
        row["crashes"] += status == "CRASH"
        row["timeouts"] += status in ("TIMEOUT", "EXTERNAL-TIMEOUT")
        self.compare(data, test)
        seen = self.subtests.pop(test, [])
        # Where the harness came to its end, each subtest has to have had its turn.
        if status == "OK":
            self.counts[test] = len(seen)
            for problem in self.expectations.missing(test, seen):
                self.problem(row, f"MISSING: {test}: {problem}")
        self.done += 1
        self.progress(test)

    def look_for_vanished(self, covers):
        """At the end: a test of which something is expected is a problem if there is none of that name. Returns these.
        So is one that did not have its turn, because the runner gave up."""
        for test in sorted(self.listed - self.seen):
            self.problem(self.row(test), f"NOT RUN: {test}")
        vanished = self.expectations.vanished(covers, self.listed | self.seen)
        for test in vanished:
            self.problem(self.row(test), f"VANISHED: {test}: there are expectations, and no such test")
        return vanished

    def compare(self, data, name):
        status = data["status"]
        if "expected" not in data or status in data.get("known_intermittent", []):
            return
        text = f"{status} (expected {data['expected']}): {name}"
        for line in (data.get("message") or "").splitlines()[-MESSAGE_LINES:]:
            text += f"\n    {line}"
        self.problem(self.row(data["test"]), text)

    def problem(self, row, text):
        row["unexpected"] += 1
        self.problems += 1
        self.line(f"unexpected {text}")

    def progress(self, test):
        now = time.monotonic()
        text = f"{self.done} of {self.total} tests, {now - self.started:.0f} s"
        if self.problems:
            text += f", {self.problems} unexpected"
        if self.redraws:
            print(f"\r\x1b[K{text}  {test[-60:]}", end="", file=OUT, flush=True)
        elif now - self.shown >= INTERVAL:
            self.shown = now
            say(text)

    def line(self, text):
        print(("\r\x1b[K" if self.redraws else "") + text, file=OUT, flush=True)

    def table(self):
        """Prints the table and the closing line. Returns how much was not as expected."""
        width = max([len(name) for name in self.rows] + [6])
        self.line(f"{'folder':{width}}  {'tests':>6}  {'passed / subtests':>17}  {'crash':>5}  {'timeout':>7}  "
                  f"{'skipped':>7}  unexpected")
        for name, row in sorted(self.rows.items()):
            passed = f"{row['passed']} / {row['subtests']}"
            self.line(f"{name:{width}}  {row['tests']:6}  {passed:>17}  {row['crashes']:5}  {row['timeouts']:7}  "
                      f"{row['skipped']:7}  {row['unexpected']:10}")
        # In the sense of the run: what came out as the expectations say has passed.
        total = sum(row["subtests"] + row["tests"] for row in self.rows.values())
        self.line(f"{max(total - self.problems, 0)} passed, {self.problems} failed")
        return self.problems
