"""What is expected of tests: wptrunner's metadata in `expectations/`, with a reason at each expected failure.

Needs wptrunner on `sys.path`.
"""

import os
import re

from mozlog import structuredlog
from wptrunner import metadata, wptmanifest
from wptrunner.wptmanifest.node import ConditionalNode, DataNode, KeyValueNode, ListNode
from wptrunner.wptmanifest.parser import token_types

# Beside the metadata: how many subtests each test had when expectations were last written. Metadata names only those
# that don't pass, so that without this a subtest that passed and is gone would go unnoticed.
COUNTS = "subtests.txt"
# What is put where a person has to say why.
MISSING = "REASON MISSING"


class Expectations:
    """The metadata of a folder."""

    def __init__(self, root):
        self.root = root
        # Test → the subtests that are expected not to pass.
        self.failing = {}
        # What is wrong with the files, a line each.
        self.complaints = []
        for path in ini_files(root):
            self._read(path)
        self.counts = read_counts(os.path.join(root, COUNTS))

    def _read(self, path):
        with open(path, "rb") as file:
            try:
                tree = wptmanifest.parse(file)
            except wptmanifest.parser.ParseError as error:
                self.complaints.append(f"{path}: {error}")
                return
        for heading in headings(tree):
            test = test_of(self.root, path, heading)
            if fails(heading) and not has_reason(heading):
                self.complaints.append(f"{path}: [{heading.data}] has no reason")
            subtests = self.failing.setdefault(test, set())
            for subtest in headings(heading):
                if fails(subtest):
                    subtests.add(subtest.data)
                    if not has_reason(subtest, heading):
                        self.complaints.append(f"{path}: [{heading.data}] [{subtest.data}] has no reason")

    def missing(self, test, seen):
        """What should have run and did not, of a test that came to its end with the subtests `seen`."""
        gone = sorted(self.failing.get(test, set()) - set(seen))
        if gone:
            return [f"did not run: {subtest}" for subtest in gone]
        fewer = self.counts.get(test, 0) - len(seen)
        return [f"{fewer} of {self.counts[test]} subtests did not run"] if fewer > 0 else []

    def vanished(self, covers, seen):
        """The tests of which something is expected, that a run has to have had, and that are not among those it had."""
        return sorted(test for test in {*self.counts, *self.failing} if test not in seen and covers(test))


def ini_files(root):
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted(files):
            if name.endswith(".ini"):
                yield os.path.join(folder, name)


def test_of(root, path, heading):
    """The test that a heading in the file at `path` is about."""
    folder = "/" + os.path.relpath(os.path.dirname(path), root).replace(os.sep, "/")
    return ("" if folder == "/." else folder) + "/" + heading.data


def headings(node):
    return [child for child in node.children if isinstance(child, DataNode)]


def key_of(node, name):
    return next((child for child in node.children
                 if isinstance(child, KeyValueNode) and child.data == name), None)


def values(node):
    """The statuses that a node of a value comes to, under whatever conditions."""
    if isinstance(node, ConditionalNode):
        return values(node.children[-1])
    if isinstance(node, (KeyValueNode, ListNode)):
        return [value for child in node.children for value in values(child)]
    return [node.data]


def fails(heading):
    """Whether the entry expects anything but success; what is not run at all does not succeed either."""
    expected = key_of(heading, "expected")
    return key_of(heading, "disabled") is not None or (
        expected is not None and any(value not in ("PASS", "OK") for value in values(expected)))


def has_reason(heading, *above):
    """Whether there is a comment at the entry, at what it expects, or above at the test as a whole."""
    own = [heading, key_of(heading, "expected"), key_of(heading, "disabled")]
    if any(text.startswith(MISSING) for text in comments_of(own)):
        return False
    return any(text and not text.startswith(MISSING) for text in comments_of([*own, *above]))


def comments_of(nodes):
    return [text.strip() for node in nodes if node is not None for _, text in node.comments]


def read_counts(path):
    try:
        with open(path, encoding="utf-8") as lines:
            return {test: int(count) for test, count in (line.rstrip("\n").rsplit("\t", 1) for line in lines)}
    except FileNotFoundError:
        return {}


def update(root, test_paths, raw_log, counts, vanished=()):
    """Writes what came out of a run as what is expected, by wptrunner's own means. Returns what needs a reason."""
    before = {path: reasons(path) for path in ini_files(root)}
    # That of the run is shut down.
    metadata.logger = structuredlog.StructuredLogger("expectations")
    metadata.update_expected(test_paths, [raw_log], ([], {}), full_update=True)
    for path in list(ini_files(root)):
        tidy(path, before.get(path, {}))
        forget(root, path, vanished)
    path = os.path.join(root, COUNTS)
    merged = {test: count for test, count in {**read_counts(path), **counts}.items() if test not in vanished}
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.writelines(f"{test}\t{count}\n" for test, count in sorted(merged.items()))
    os.replace(path + ".part", path)
    return Expectations(root).complaints


def entries(tree):
    """All tests and subtests of a file: what names them, the node, the nodes above."""
    for heading in headings(tree):
        yield (heading.data, None), heading, []
        for subtest in headings(heading):
            yield (heading.data, subtest.data), subtest, [heading]


def reasons(path):
    """The comments of each entry."""
    with open(path, "rb") as file:
        return {name: list(entry.comments) for name, entry, _ in entries(wptmanifest.parse(file))}


def tidy(path, before):
    """After an update: an entry that stays keeps its reason, one that is new is marked, and the reason of one that went
    goes with it (wptrunner leaves it to the next entry)."""
    with open(path, "rb") as file:
        tree = wptmanifest.parse(file)
    for name, entry, above in entries(tree):
        entry.comments = before.get(name, [])
        if fails(entry) and not has_reason(entry, *above) and not marked(entry):
            entry.comments.append((token_types.comment, f" {MISSING}: why does this fail?"))
    with open(path + ".part", "w", encoding="utf-8") as file:
        # The serializer leaves one more empty line after a test each time.
        file.write(re.sub(r"\n{3,}", "\n\n", wptmanifest.serialize(tree, skip_empty_data=True)))
    os.replace(path + ".part", path)


def forget(root, path, vanished):
    """Removes what is said of tests that are no more."""
    with open(path, "rb") as file:
        tree = wptmanifest.parse(file)
    gone = [heading for heading in headings(tree) if test_of(root, path, heading) in vanished]
    if not gone:
        return
    if len(gone) == len(headings(tree)):
        os.unlink(path)
        return
    for heading in gone:
        heading.remove()
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write(wptmanifest.serialize(tree, skip_empty_data=True))
    os.replace(path + ".part", path)


def marked(entry):
    return any(text.strip().startswith(MISSING) for _, text in entry.comments)
