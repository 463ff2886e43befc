"""What the product makes of an engine that answers, crashes, hangs or says nothing: a stand-in for the program."""

import os
import stat
import sys
import tempfile
import types
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import run  # noqa: E402,F401  (completes sys.path)

from wptrunner.browsers import ferry  # noqa: E402

RESULT = '{"type":"wpt-result","result":[0,null,null,[["a",0,null,null]]]}'


class Logger:
    def process_output(self, *_):
        pass


class TestFakeEngine(unittest.TestCase):
    def outcome(self, script, timeout=20):
        """What a test comes to if the program is this shell script."""
        with tempfile.TemporaryDirectory() as folder:
            binary = os.path.join(folder, "ferry")
            with open(binary, "w", encoding="utf-8") as file:
                file.write("#!/bin/sh\n" + script)
            os.chmod(binary, os.stat(binary).st_mode | stat.S_IXUSR)
            executor = ferry.FerryTestharnessExecutor.__new__(ferry.FerryTestharnessExecutor)
            executor.binary = binary
            executor.browser = types.SimpleNamespace(arguments=["--host-rule=a=b"])
            executor.logger = Logger()
            executor.timeout_multiplier = 1
            executor.test_url = lambda test: "https://host" + test.url
            test = types.SimpleNamespace(
                url="/x.html", timeout=timeout,
                make_result=lambda status, message, **_: (status, message),
                make_subtest_result=lambda name, status, message, stack: (name, status))
            return executor.do_test(test)

    def test_a_result_is_the_engines_own(self):
        result, subtests = self.outcome(f"echo noise; echo '{RESULT}'")
        self.assertEqual(result[0], "OK")
        self.assertEqual(subtests, [("a", "PASS")])

    def test_a_line_separator_in_a_result_does_not_end_its_line(self):
        named = RESULT.replace('"a"', '"a\u2028\x85b"')
        result, subtests = self.outcome(f"echo '{named}'")
        self.assertEqual(result[0], "OK")
        self.assertEqual(subtests, [("a\u2028\x85b", "PASS")])

    def test_the_program_is_told_its_test_and_how_to_reach_it(self):
        result, _ = self.outcome('echo "$@"; exit 9')
        self.assertIn("wpt-test --json --timeout=20 --host-rule=a=b https://host/x.html", result[1])

    def test_a_crash_shows_the_signal_and_the_last_output(self):
        result, subtests = self.outcome("echo last words; kill -SEGV $$")
        self.assertEqual(result, ("CRASH", "ended by signal 11\nlast words"))
        self.assertEqual(subtests, [])

    def test_an_end_without_a_result_is_a_crash_with_its_status(self):
        result, _ = self.outcome("echo oops >&2; exit 3")
        self.assertEqual(result, ("CRASH", "no result, exit status 3\noops"))

    def test_a_page_that_can_not_be_a_test_is_an_error_and_no_crash(self):
        result, _ = self.outcome("""echo shown; echo '{"type":"wpt-result","error":"no test"}'; exit 1""")
        self.assertEqual(result, ("ERROR", "no test\nshown"))

    def test_a_page_that_takes_too_long_is_a_timeout(self):
        result, _ = self.outcome("""echo waiting; echo '{"type":"wpt-result","timeout":true}'; exit 1""")
        self.assertEqual(result, ("TIMEOUT", "waiting"))

    def test_an_engine_that_hangs_is_killed_and_told_apart(self):
        grace, ferry.GRACE_SECONDS = ferry.GRACE_SECONDS, 0
        try:
            result, _ = self.outcome("echo stuck; exec sleep 1000", timeout=1)
        finally:
            ferry.GRACE_SECONDS = grace
        self.assertEqual(result, ("EXTERNAL-TIMEOUT", "the engine hung and was killed\nstuck"))

    def test_only_the_last_lines_are_shown(self):
        result, _ = self.outcome("seq 1000; exit 1")
        self.assertEqual(len(result[1].splitlines()), ferry.LAST_LINES + 1)


if __name__ == "__main__":
    unittest.main()
