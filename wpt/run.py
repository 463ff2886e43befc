"""Runs the real wptrunner from an untouched web-platform-tests checkout against Ferry.

Called by `./mach wpt`, in the venv that it prepares. The products are added at module level: wptrunner's own
processes import this file again.
"""

import argparse
import hashlib
import os
import signal
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
WPT = os.path.abspath(os.environ["WPT_ROOT"])
sys.path[:0] = [HERE, WPT, os.path.join(WPT, "tools"), os.path.join(WPT, "tools", "wptrunner")]

import localpaths  # noqa: E402,F401  (the checkout's: completes sys.path)
import wptrunner.browsers  # noqa: E402

wptrunner.browsers.__path__.append(os.path.join(HERE, "product"))
wptrunner.browsers.product_list += ["ferry", "ferry_webdriver"]

from wptrunner import environment, products, wptcommandline, wptrunner as runner  # noqa: E402

import expectations  # noqa: E402
from output import OUT, Results, say  # noqa: E402

DESCRIPTION = """Runs web-platform-tests with their own runner. TEST is a folder, a file or a test's URL (its path, or
the whole of it); without one, what wpt/include.txt lists is run. A checkout is obtained on first use and kept in the
user's cache folder; WPT_ROOT names another one."""


def arguments():
    parser = argparse.ArgumentParser(prog="./mach wpt", description=DESCRIPTION)
    parser.add_argument("--binary", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--cache", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--expectations", default=os.path.join(HERE, "expectations"), help=argparse.SUPPRESS)
    parser.add_argument("--report", metavar="FILE", help="write wptrunner's wptreport JSON")
    parser.add_argument("--log", metavar="FILE", help="write the whole log, one JSON object a line")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="tests at a time (2)")
    parser.add_argument("--depth", type=int, default=3, metavar="N", help="folders in the closing table (3)")
    parser.add_argument("--no-fail", action="store_true", help="exit 0 whatever comes out")
    parser.add_argument("--update-expectations", action="store_true",
                        help="write what comes out into wpt/expectations; say there why a failure is expected")
    parser.add_argument("--webdriver", action="store_true", help="run the tests over WebDriver, in one engine")
    parser.add_argument("--serve", action="store_true",
                        help="run no test: keep the tests' servers up until Ctrl-C, for `ferry wpt-test`")
    parser.add_argument("tests", nargs="*", metavar="TEST", help="a folder, a file or a test's URL")
    return parser.parse_args()


def listed_tests():
    with open(os.path.join(HERE, "include.txt"), encoding="utf-8") as lines:
        return [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]


class Named:
    """A test as a person names it."""

    def __init__(self, name):
        self.name = name
        path = name.split("://", 1)[1].partition("/")[2] if "://" in name else name
        if os.path.isabs(path) and path.startswith(WPT + os.sep):
            path = os.path.relpath(path, WPT)
        path = path.strip("/")
        place, mark, query = path.partition("?")
        self.file = os.path.join(WPT, place)
        if os.path.isfile(self.file):
            # One file may be several tests (`x.any.js`): wptrunner knows which if it is given the file.
            self.include = self.file + mark + query
        else:
            self.include = "/" + path
        # Where the manifest has to look.
        folder = place
        while folder and not os.path.isdir(os.path.join(WPT, folder)):
            folder = os.path.dirname(folder)
        self.folder = folder

    def exists(self):
        return os.path.exists(self.file) or self.folder != ""

    def covers(self, test):
        """Whether a test, by its name, is one of those that this stands for."""
        if not os.path.isfile(self.file):
            # A folder, or a test's URL, without a query for all variants.
            return self.include == "/" or test.startswith(self.include + "/") or self.include in (
                test, test.partition("?")[0])
        place, _, wanted = os.path.relpath(self.include, WPT).partition("?")
        path, _, query = test.partition("?")
        # `x.any.js` is `x.any.html`, `x.any.worker.html` and so on.
        fits = path == "/" + place or (place.endswith(".js") and path.startswith("/" + place[:-2]))
        return fits and wanted in ("", query)


def manifest_of(folders, cache):
    """The file of a manifest of these folders, brought up to date: a manifest of everything takes minutes."""
    folders = sorted(folder for folder in set(folders)
                     if not any(folder.startswith(other + "/") for other in folders))
    key = hashlib.sha256("\n".join([WPT, *folders]).encode()).hexdigest()[:16]
    root = os.path.join(cache, "manifests", key)
    path = os.path.join(root, "MANIFEST.json")
    if not os.path.exists(path):
        say(f"listing the tests in {', '.join(folders) or 'all folders'} (once)")
    os.makedirs(root, exist_ok=True)
    from manifest import manifest  # The checkout's.

    manifest.load_and_update(WPT, path, "/", paths_to_update=folders or None, cache_root=root)
    return path


def runner_arguments(options, manifest, includes, raw_logs):
    product = "ferry_webdriver" if options.webdriver else "ferry"
    return [
        f"--product={product}", f"--binary={options.binary}", f"--processes={options.processes}",
        f"--manifest={manifest}", f"--tests={WPT}", f"--metadata={options.expectations}", "--ssl-type=openssl",
        "--no-manifest-download", "--no-manifest-update", "--no-enable-webtransport-h3", "--test-types=testharness", "--no-pause-after-test",
        "--log-wptreport=" + options.report if options.report else None,
        *(f"--log-raw={path}" for path in raw_logs),
        *(f"--include={include}" for include in includes),
    ]


def settings(given):
    """wptrunner's own settings, as its command line makes them."""
    parser = wptcommandline.create_parser(["ferry", "ferry_webdriver"])
    kwargs = vars(parser.parse_args([argument for argument in given if argument]))
    wptcommandline.check_args(kwargs)
    return kwargs


def serve(options):
    """Keeps the tests' servers up until it is told to stop."""
    manifest = os.path.join(options.cache, "manifests", "none", "MANIFEST.json")
    os.makedirs(os.path.dirname(manifest), exist_ok=True)
    kwargs = settings(runner_arguments(options, manifest, [], []))
    logger = runner.setup_logging(kwargs, {})
    product = products.Product(kwargs["config"], "ferry")
    ssl = {"type": "openssl", "openssl": {"openssl_binary": kwargs["openssl_binary"]}, "pregenerated": {}}
    environment.do_delayed_imports(logger, kwargs["test_paths"])
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    say("starting the servers")
    with environment.TestEnvironment(
            kwargs["test_paths"], 1, False, False, None, product.env_options, ssl, product.get_env_extras(**kwargs),
    ) as up:
        up.ensure_started()
        from wptrunner.browsers.ferry import network_arguments

        network = os.path.join(options.cache, "network-arguments")
        with open(network, "w", encoding="utf-8") as file:
            file.writelines(f"{argument}\n" for argument in network_arguments(up.config))
        hosts = up.config.browser_host
        print(f"serving {WPT}", file=OUT)
        for scheme in ("http", "https", "ws", "wss"):
            for port in up.config.ports[scheme]:
                print(f"  {scheme}://{hosts}:{port}/", file=OUT)
        print(f"run a test in another terminal:\n  {options.binary} wpt-test $(cat {network}) "
              f"https://{hosts}:{up.config.ports['https'][0]}/background-fetch/get.https.window.html\n"
              "Ctrl-C ends this", file=OUT, flush=True)
        stop.wait()
        os.unlink(network)
        say("stopping the servers")
    return 0


def run(options):
    expected = expectations.Expectations(options.expectations)
    if expected.complaints and not (options.update_expectations or options.no_fail):
        for complaint in expected.complaints:
            say(complaint)
        say("each expected failure needs a comment that says why")
        return 1

    tests = [Named(name) for name in options.tests or listed_tests()]
    for test in tests:
        if not test.exists():
            say(f"there is no test '{test.name}' in {WPT}")
            return 2
    manifest = manifest_of([test.folder for test in tests], options.cache)

    logs = [os.path.abspath(options.log)] if options.log else []
    raw = None
    if options.update_expectations:
        raw = tempfile.NamedTemporaryFile(dir=options.cache, suffix=".log", delete=False).name
        logs.append(raw)
    kwargs = settings(runner_arguments(options, manifest, [test.include for test in tests], logs))
    kwargs["prefs_root"] = options.cache
    runner.setup_logging(kwargs, {})
    results = Results(options.depth, expected)
    runner.logger.add_handler(results)
    say("starting the servers")
    failed = runner.start(**kwargs)
    if not results.done:
        say("no test ran")
        failed = True
    vanished = results.look_for_vanished(lambda test: any(named.covers(test) for named in tests))
    if raw:
        say("writing expectations")
        complaints = expectations.update(options.expectations, kwargs["test_paths"], raw, results.counts, vanished)
        os.unlink(raw)
        for complaint in complaints:
            say(complaint)
    problems = results.table()
    return 0 if options.no_fail or raw else int(bool(failed or problems))


def main():
    options = arguments()
    for name in ("binary", "cache", "report", "log", "expectations"):
        if getattr(options, name):
            setattr(options, name, os.path.abspath(getattr(options, name)))
    if not os.access(options.binary, os.X_OK):
        sys.exit(f"wpt: there is no program at {options.binary}; ./mach build makes it")
    os.makedirs(options.cache, exist_ok=True)
    os.chdir(options.cache)  # wptrunner leaves its certificates and caches where it runs.
    sys.exit(serve(options) if options.serve else run(options))


if __name__ == "__main__":
    main()
