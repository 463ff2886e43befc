"""Runs the real wptrunner from an untouched web-platform-tests checkout against Ferry.

Called by `./mach wpt`, in the venv that it prepares. The product is added at module level: wptrunner's own
processes import this file again.
"""

import argparse
import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WPT = os.environ["WPT_ROOT"]
sys.path[:0] = [WPT, os.path.join(WPT, "tools"), os.path.join(WPT, "tools", "wptrunner")]

import localpaths  # noqa: E402,F401  (the checkout's: completes sys.path)
import wptrunner.browsers  # noqa: E402

wptrunner.browsers.__path__.append(os.path.join(HERE, "product"))
wptrunner.browsers.product_list.append("ferry")

from wptrunner import wptcommandline, wptrunner as runner  # noqa: E402


class Table:
    """A mozlog handler that counts, for a closing table by folder."""

    def __init__(self, depth):
        self.depth = depth
        self.rows = collections.defaultdict(collections.Counter)
        self.problems = []

    def row(self, test):
        parts = test.strip("/").split("/")[:-1]
        return self.rows["/".join(parts[: self.depth]) or "/"]

    def __call__(self, data):
        action = data["action"]
        if action not in ("test_status", "test_end"):
            return
        row = self.row(data["test"])
        status = data["status"]
        unexpected = "expected" in data and status not in data.get("known_intermittent", [])
        row["unexpected"] += unexpected
        if action == "test_status":
            row["subtests"] += 1
            row["passed"] += status == "PASS"
        else:
            row["tests"] += 1
            row["crashes"] += status == "CRASH"
            row["timeouts"] += status in ("TIMEOUT", "EXTERNAL-TIMEOUT")
        if unexpected:
            name = data["test"] + (f" | {data['subtest']}" if action == "test_status" else "")
            self.problems.append(f"{status} (expected {data['expected']}): {name}")

    def print(self):
        for problem in self.problems:
            print(f"unexpected {problem}")
        width = max([len(name) for name in self.rows] + [6])
        print(f"{'folder':{width}}  {'tests':>6}  {'passed / subtests':>17}  {'crash':>5}  {'timeout':>7}  unexpected")
        for name, row in sorted(self.rows.items()):
            passed = f"{row['passed']} / {row['subtests']}"
            print(f"{name:{width}}  {row['tests']:6}  {passed:>17}  {row['crashes']:5}  {row['timeouts']:7}  "
                  f"{row['unexpected']:10}")
        # In the sense of the run: what came out as the expectations say has passed.
        unexpected = sum(row["unexpected"] for row in self.rows.values())
        total = sum(row["subtests"] + row["tests"] for row in self.rows.values())
        print(f"{total - unexpected} passed, {unexpected} failed")
        return unexpected


def test_id(name):
    """A test as people name it (a folder, a file, a URL) → a URL path as wptrunner includes it."""
    path = name.split("://", 1)[1].split("/", 1)[-1] if "://" in name else name
    path = os.path.relpath(path, WPT) if os.path.isabs(path) and path.startswith(WPT) else path
    path = path.strip("/")
    for suffix, served in ((".window.js", ".window.html"), (".worker.js", ".worker.html")):
        if path.endswith(suffix):
            return "/" + path[: -len(suffix)] + served
    # `x.any.js` is several tests: their common beginning includes no whole component, so name the file itself.
    return "/" + path


def any_variants(path):
    """`x.any.js` stands for a test in each of its globals: those that the manifest has are included."""
    stem = path[: -len(".any.js")]
    return [stem + ending for ending in
            (".any.html", ".any.worker.html", ".any.sharedworker.html", ".any.serviceworker.html")]


def included(names):
    for name in names:
        path = test_id(name)
        if path.endswith(".any.js"):
            yield from any_variants(path)
        else:
            yield path


def main():
    parser = argparse.ArgumentParser(prog="./mach wpt", description=__doc__)
    parser.add_argument("--binary", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cache", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--report", metavar="FILE", help="write wptrunner's wptreport JSON")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="tests at a time (2)")
    parser.add_argument("--depth", type=int, default=3, metavar="N", help="folders in the closing table (3)")
    parser.add_argument("--no-fail", action="store_true", help="exit 0 whatever comes out")
    parser.add_argument("--log", metavar="FILE", help="write the whole log, one JSON object a line")
    parser.add_argument("tests", nargs="*", metavar="TEST", help="a folder, a file or a test URL")
    options = parser.parse_args()

    arguments = [
        "--product=ferry", f"--binary={options.binary}", f"--processes={options.processes}",
        f"--manifest={os.path.join(options.cache, 'MANIFEST.json')}", f"--tests={WPT}",
        f"--metadata={os.path.join(HERE, 'expectations')}", "--ssl-type=openssl", "--no-manifest-download",
        "--test-types=testharness", "--no-pause-after-test", "--log-mach-level=warning", "--log-mach=-",
    ]
    if options.report:
        arguments.append(f"--log-wptreport={options.report}")
    if options.log:
        arguments.append(f"--log-raw={options.log}")
    names = options.tests
    if not names:
        with open(os.path.join(HERE, "include.txt"), encoding="utf-8") as lines:
            names = [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]
    arguments += [f"--include={path}" for path in included(names)]

    os.chdir(options.cache)  # wptrunner leaves its certificates and caches where it runs.
    kwargs = vars(wptcommandline.create_parser(["ferry"]).parse_args(arguments))
    wptcommandline.check_args(kwargs)
    kwargs["prefs_root"] = options.cache
    runner.setup_logging(kwargs, {})
    table = Table(options.depth)
    runner.logger.add_handler(table)
    failed = runner.start(**kwargs)
    unexpected = table.print()
    sys.exit(0 if options.no_fail else int(bool(failed or unexpected)))


if __name__ == "__main__":
    main()
