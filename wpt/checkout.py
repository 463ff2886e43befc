"""Finds or obtains a web-platform-tests checkout and the Python environment that its runner needs.

Prints two lines: the checkout's folder and the environment's `python`. Everything is kept in the cache folder that is
named on the command line; nothing is changed outside of it, and no right to install packages is needed.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

# The revision that `expectations/` speaks of. Firefox ESR 140 carries it too.
REVISION = "faf875d9b84f4319ac950cd51ef03a3dcf466a7f"
REPOSITORY = "https://github.com/web-platform-tests/wpt.git"
FOLDERS = """
    background-fetch common content-security-policy cookies dom encoding eventsource fetch FileAPI fonts hr-time html
    images interfaces media mixed-content permissions referrer-policy resources service-workers storage streams tools
    upgrade-insecure-requests url user-timing webidl webmessaging workers x-frame-options xhr
""".split()
DEBIAN_SOURCE = "firefox-esr"
# Newer ones have failed to download; `expectations/` are for the first.
DEBIAN_VERSIONS = ("140.", "")


def say(text):
    print(f"wpt: {text}", file=sys.stderr, flush=True)


def run(command, **options):
    return subprocess.run(command, check=True, stdout=sys.stderr, **options)


def is_checkout(folder):
    return (folder / "tools" / "wptrunner" / "requirements.txt").is_file()


def by_git(target):
    """A shallow, sparse clone of one commit without the files of other folders."""
    if shutil.which("git") is None:
        raise RuntimeError("there is no git")
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    git = ["git", "-C", str(part)]
    # A machine without the open internet should say so soon.
    quick = ["-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=20"]
    run([*git, "init", "-q"])
    run([*git, "sparse-checkout", "set", *FOLDERS])
    run([*git, *quick, "fetch", "-q", "--depth=1", "--filter=blob:none", REPOSITORY, REVISION], timeout=600)
    run([*git, *quick, "checkout", "-q", "FETCH_HEAD"], timeout=1800)
    part.rename(target)


def source_lists(folder):
    """Copies of this system's package sources that ask for source packages."""
    folder.mkdir(parents=True)
    etc = pathlib.Path("/etc/apt")
    for path in [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]:
        if not path.is_file() or path.suffix not in (".list", ".sources"):
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".sources":
            text = re.sub(r"(?m)^Types:.*$", "Types: deb-src", text)
        else:
            lines = (line for line in text.splitlines() if line.startswith("deb "))
            text = "".join(line.replace("deb ", "deb-src ", 1) + "\n" for line in lines)
        (folder / path.name).write_text(text, encoding="utf-8")


def by_debian(target):
    """The same tests from Debian's source package of Firefox ESR."""
    if shutil.which("apt-get") is None:
        raise RuntimeError("there is no apt-get")
    work = target.with_name("debian-source")
    shutil.rmtree(work, ignore_errors=True)
    source_lists(work / "sources")
    (work / "lists" / "partial").mkdir(parents=True)
    options = [f"-oDir::Etc::SourceList=/dev/null", f"-oDir::Etc::SourceParts={work / 'sources'}",
               f"-oDir::State::Lists={work / 'lists'}", f"-oDir::Cache={work / 'cache'}",
               "-oAPT::Sandbox::User=", "-oDebug::NoLocking=true"]
    (work / "cache" / "archives" / "partial").mkdir(parents=True)
    # Some of the system's sources may have no source packages: what counts is whether Firefox is among the rest.
    subprocess.run(["apt-get", *options, "-qq", "update"], stdout=sys.stderr, stderr=subprocess.DEVNULL, check=False)
    shown = subprocess.run(["apt-cache", *options, "showsrc", DEBIAN_SOURCE], capture_output=True, text=True,
                           check=False).stdout
    versions = re.findall(r"(?m)^Version: (\S+)$", shown)
    versions.sort(key=lambda version: [version.startswith(wish) for wish in DEBIAN_VERSIONS], reverse=True)
    if not versions:
        raise RuntimeError(f"this system's package sources have no source of {DEBIAN_SOURCE}")
    for version in versions:
        say(f"downloading the source of {DEBIAN_SOURCE} {version} (about 700 MB, once)")
        command = ["apt-get", *options, "-qq", "source", "--download-only", f"{DEBIAN_SOURCE}={version}"]
        if subprocess.run(command, cwd=work, stdout=sys.stderr, check=False).returncode == 0:
            break
    else:
        raise RuntimeError(f"no version of {DEBIAN_SOURCE} could be downloaded")
    archive = next(work.glob(f"{DEBIAN_SOURCE}_*.orig.tar.*"))
    say("unpacking the tests (about a minute and a half)")
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    run(["tar", "-xf", str(archive), "-C", str(part), "--strip-components=4", "--wildcards",
         "*/testing/web-platform/tests/*"])
    part.rename(target)
    shutil.rmtree(work)


def checkout(cache):
    """The folder of a checkout: WPT_ROOT, else the cache's, else one that is obtained now."""
    given = os.environ.get("WPT_ROOT")
    if given:
        folder = pathlib.Path(given).resolve()
        if not is_checkout(folder):
            sys.exit(f"wpt: WPT_ROOT names {folder}, which is no web-platform-tests checkout")
        return folder
    target = cache / f"wpt-{REVISION[:12]}"
    failures = []
    for name, obtain in (("git", by_git), ("Debian's Firefox source", by_debian)):
        if is_checkout(target):
            break
        say(f"there is no checkout yet; trying {name}")
        try:
            obtain(target)
        except (RuntimeError, OSError, subprocess.SubprocessError) as error:
            failures.append(f"{name}: {error}")
            say(failures[-1])
    if not is_checkout(target):
        sys.exit("wpt: no checkout could be obtained; name one with WPT_ROOT\n  " + "\n  ".join(failures))
    return target


def environment(cache, wpt):
    """A virtual environment with what wptrunner imports."""
    folder = cache / "wpt-venv"
    python = folder / "bin" / "python"
    requirements = wpt / "tools" / "wptrunner" / "requirements.txt"
    stamp = folder / "requirements.txt"
    if not stamp.is_file() or stamp.read_bytes() != requirements.read_bytes():
        say("preparing the runner's Python environment")
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(folder)])
        run([str(python), "-m", "pip", "install", "-q", "setuptools==75.0.0", "wheel"])
        run([str(python), "-m", "pip", "install", "-q", "-r", str(requirements)])
        shutil.copy(requirements, stamp)
    return python


def main():
    cache = pathlib.Path(sys.argv[1])
    cache.mkdir(parents=True, exist_ok=True)
    wpt = checkout(cache)
    print(wpt)
    print(environment(cache, wpt))


if __name__ == "__main__":
    main()
