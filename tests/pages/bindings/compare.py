"""Runs the page beside this file in `ferry` (its path is the argument) and in Chromium, where there is one, and prints
both columns: nanoseconds per call."""

import functools
import html
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading

FOLDER = pathlib.Path(__file__).parent


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def results(text):
    """The line of JSON in what a browser printed."""
    found = re.search(r'\{"boolean getter.*?\}', html.unescape(text))
    if not found:
        sys.exit(f"no results in:\n{text}")
    return json.loads(found.group().replace('\\"', '"'))


def ferry(binary, url):
    run = subprocess.run([binary, "run", url, "--timeout", "120"], capture_output=True, text=True)
    return results(run.stdout + run.stderr)


def chromium(binary, url):
    # Without these it asks servers elsewhere, and waits for them.
    offline = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
               "--disable-sync"]
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}", *offline, "--dump-dom"]
        run = subprocess.run([binary, *options, url], capture_output=True, text=True, timeout=120)
    return results(run.stdout)


def main():
    handler = functools.partial(Quiet, directory=FOLDER)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/index.html"
    columns = {"Ferry": ferry(sys.argv[1], url)}
    other = shutil.which("chromium")
    if other:
        columns["Chromium"] = chromium(other, url)
    print(f"{'ns per call':34}" + "".join(f"{name:>12}" for name in columns))
    for name in columns["Ferry"]:
        print(f"{name:34}" + "".join(f"{column[name]:12}" for column in columns.values()))


main()
