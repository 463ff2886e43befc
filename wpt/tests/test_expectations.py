"""Expectations: a reason at each expected failure, nothing that goes missing unseen."""

import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import run  # noqa: E402

import expectations  # noqa: E402
import output  # noqa: E402


class TestExpectations(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def write(self, text, name="a.html.ini"):
        path = os.path.join(self.root, "dom", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def complaints(self, text):
        self.write(text)
        return expectations.Expectations(self.root).complaints

    def test_an_expected_failure_without_a_reason_is_refused(self):
        found = self.complaints("[a.html]\n  [one]\n    expected: FAIL\n")
        self.assertEqual(len(found), 1)
        self.assertIn("[a.html] [one] has no reason", found[0])
        self.assertEqual(len(self.complaints("[a.html]\n  expected: TIMEOUT\n")), 1)
        self.assertEqual(len(self.complaints("[a.html]\n  [one]\n    expected: [PASS, FAIL]\n")), 1)
        self.assertEqual(len(self.complaints("[a.html]\n  #\n  [one]\n    expected: FAIL\n")), 1)

    def test_a_test_that_is_switched_off_without_a_reason_is_refused(self):
        self.assertEqual(len(self.complaints("[a.html]\n  disabled: true\n")), 1)
        self.assertEqual(self.complaints("[a.html]\n  # Why.\n  disabled: true\n"), [])

    def test_a_reason_is_at_the_entry_its_status_or_its_test(self):
        self.assertEqual(self.complaints("[a.html]\n  # Why.\n  [one]\n    expected: FAIL\n"), [])
        self.assertEqual(self.complaints("[a.html]\n  [one]\n    # Why.\n    expected: FAIL\n"), [])
        self.assertEqual(self.complaints("# Why.\n[a.html]\n  [one]\n    expected: FAIL\n"), [])
        self.assertEqual(self.complaints("[a.html]\n  expected: OK\n  [one]\n    expected: PASS\n"), [])

    def test_a_reason_that_is_asked_for_is_none(self):
        text = f"# Why.\n[a.html]\n  # {expectations.MISSING}: why does this fail?\n  [one]\n    expected: FAIL\n"
        self.assertEqual(len(self.complaints(text)), 1)

    def test_new_failures_are_marked_and_old_reasons_stay_or_go_with_their_entries(self):
        path = os.path.join(self.root, "dom", "a.html.ini")
        self.write("[a.html]\n  # Gone.\n  [gone]\n    expected: FAIL\n\n  # Why.\n  [one]\n    expected: FAIL\n")
        before = expectations.reasons(path)
        # As wptrunner leaves it when one passes now and another fails.
        self.write("[a.html]\n  # Gone.\n  # Why.\n  [one]\n    expected: FAIL\n\n  [two]\n    expected: FAIL\n")
        expectations.tidy(path, before)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertIn("[a.html]\n  # Why.\n  [one]", text)
        self.assertIn(f"# {expectations.MISSING}: why does this fail?\n  [two]", text)
        self.assertEqual(len(expectations.Expectations(self.root).complaints), 1)

    def results(self, *subtests, status="OK"):
        """The problems of a run of one test."""
        results = output.Results(3, expectations.Expectations(self.root))
        shown = []
        results.line = shown.append
        for name in subtests:
            results({"action": "test_status", "test": "/dom/a.html", "subtest": name, "status": "PASS"})
        results({"action": "test_end", "test": "/dom/a.html", "status": status})
        return shown

    def test_a_subtest_that_did_not_run_is_a_problem(self):
        self.write("[a.html]\n  # Why.\n  [one]\n    expected: FAIL\n")
        self.assertEqual(self.results("one"), [])
        self.assertIn("did not run: one", self.results("two")[0])

    def test_fewer_subtests_than_there_were_are_a_problem(self):
        with open(os.path.join(self.root, expectations.COUNTS), "w", encoding="utf-8") as file:
            file.write("/dom/a.html\t2\n")
        self.assertEqual(self.results("one", "two"), [])
        self.assertEqual(self.results("one", "two", "three"), [])
        self.assertIn("1 of 2 subtests did not run", self.results("one")[0])
        # Where the test itself did not come to its end, that is what is told.
        self.assertEqual(self.results(status="TIMEOUT"), [])

    def test_a_test_that_is_not_there_any_more_is_a_problem(self):
        self.write("[b.html?x]\n  # Why.\n  expected: TIMEOUT\n")
        with open(os.path.join(self.root, expectations.COUNTS), "w", encoding="utf-8") as file:
            file.write("/dom/a.html\t2\n/dom/c.html\t1\n/domain/d.html\t1\n/xhr/e.html\t1\n")
        with open(os.path.join(self.root, expectations.COUNTS), "a", encoding="utf-8") as file:
            file.write("/dom/late.html\t1\n")
        results = output.Results(3, expectations.Expectations(self.root))
        shown = []
        results.line = shown.append
        # One that is switched off is there, and so is one that had no turn.
        results({"action": "suite_start", "tests": {"dom": ["/dom/new.html", "/dom/late.html"]}})
        for test, status in (("/dom/a.html", "SKIP"), ("/dom/new.html", "OK")):
            results({"action": "test_end", "test": test, "status": status})
        self.assertEqual(results.look_for_vanished(run.Named("dom").covers), ["/dom/b.html?x", "/dom/c.html"])
        self.assertEqual(results.problems, 3)
        self.assertIn("NOT RUN: /dom/late.html", shown[0])
        self.assertIn("VANISHED: /dom/b.html?x", shown[1])

    def test_what_is_said_of_tests_that_are_no_more_can_be_removed(self):
        self.write("[b.html?x]\n  # Why.\n  expected: TIMEOUT\n\n[b.html?y]\n  # Why not.\n  expected: TIMEOUT\n")
        [path] = expectations.ini_files(self.root)
        expectations.forget(self.root, path, ["/dom/b.html?x"])
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read().strip(), "[b.html?y]\n  # Why not.\n  expected: TIMEOUT")
        expectations.forget(self.root, path, ["/dom/b.html?y"])
        self.assertEqual(list(expectations.ini_files(self.root)), [])

    def test_the_projects_own_expectations_have_reasons(self):
        own = expectations.Expectations(os.path.join(run.HERE, "expectations"))
        self.assertEqual(own.complaints, [])


class TestNames(unittest.TestCase):
    def test_a_test_is_named_by_folder_file_or_url(self):
        folder = run.Named("background-fetch")
        self.assertEqual((folder.include, folder.folder), ("/background-fetch", "background-fetch"))
        url = run.Named("https://web-platform.test:8443/background-fetch/get.https.window.html?a")
        self.assertEqual((url.include, url.folder), ("/background-fetch/get.https.window.html?a", "background-fetch"))
        file = run.Named("background-fetch/idlharness.https.any.js")
        self.assertEqual(file.include, os.path.join(run.WPT, "background-fetch", "idlharness.https.any.js"))
        self.assertTrue(url.exists() and file.exists())
        self.assertFalse(run.Named("no-such-folder").exists())

    def test_a_name_covers_the_tests_that_it_stands_for(self):
        def covered(name):
            tests = ["/background-fetch/idlharness.https.any.html", "/background-fetch/idlharness.https.any.worker.html",
                     "/background-fetch/idlharness.https.any.html?a", "/background-fetch/get.https.window.html",
                     "/background-fetching/x.html"]
            return [tests.index(test) for test in tests if run.Named(name).covers(test)]

        self.assertEqual(covered("background-fetch"), [0, 1, 2, 3])
        self.assertEqual(covered("background-fetch/idlharness.https.any.js"), [0, 1, 2])
        self.assertEqual(covered("background-fetch/idlharness.https.any.html"), [0, 2])
        self.assertEqual(covered("https://web-platform.test/background-fetch/idlharness.https.any.html?a"), [2])
        self.assertEqual(covered("background-fetch/get.https.window.js"), [3])


if __name__ == "__main__":
    unittest.main()
