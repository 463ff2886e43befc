"""Ferry as a product of wptrunner: a process of `ferry wpt-test` for each test.

The launcher (../run.py) puts this folder on wptrunner's path of products; the checkout stays as it is.
"""

import json
import subprocess

from wptrunner.browsers.base import ExecutorBrowser, NullBrowser, get_timeout_multiplier, require_arg
from wptrunner.browsers.example_host import ExampleHost
from wptrunner.executors import executor_kwargs as base_executor_kwargs
from wptrunner.executors.base import testharness_result_converter
from wptrunner.executors.process import ProcessTestExecutor
from wptrunner.executors.protocol import ConnectionlessProtocol

__wptrunner__ = {
    "product": "ferry",
    "check_args": "check_args",
    "browser": "FerryBrowser",
    "executor": {"testharness": "FerryTestharnessExecutor"},
    "browser_kwargs": "browser_kwargs",
    "executor_kwargs": "executor_kwargs",
    "env_extras": "env_extras",
    "env_options": "env_options",
    "timeout_multiplier": "get_timeout_multiplier",
}

# What an engine that hangs is given beyond the test's own time before it is killed.
GRACE_SECONDS = 5
# How many of the engine's last lines a crash or a hang shows.
LAST_LINES = 30


def check_args(**kwargs):
    require_arg(kwargs, "binary")


def network_arguments(config):
    """How the engine reaches the servers of a test environment that is up."""
    # The hosts of the checkout's server are all here; the names that must not resolve get no rule.
    arguments = [f"--host-rule={domain}=127.0.0.1" for domain in sorted(config.domains_set)]
    arguments.append(f"--ca-certificate={config.ssl_config['ca_cert_path']}")
    if ExampleHost.running:
        arguments.append(f"--host-rule={ExampleHost.running.rule}")
        arguments.append(f"--ca-certificate={ExampleHost.running.certificate}")
    return arguments


def browser_kwargs(logger, test_type, run_info_data, config, **kwargs):
    return {
        "binary": kwargs["binary"],
        "arguments": network_arguments(config) + (kwargs["binary_args"] or []),
    }


def executor_kwargs(logger, test_type, test_environment, run_info_data, **kwargs):
    return base_executor_kwargs(test_type, test_environment, run_info_data, **kwargs)


def env_extras(**kwargs):
    return [ExampleHost]


def env_options():
    return {"server_host": "127.0.0.1", "bind_address": False, "supports_debugger": False}


class FerryBrowser(NullBrowser):
    """No browser outlives a test: this only carries the settings."""

    def __init__(self, logger, *, manager_number, **settings):
        super().__init__(logger, manager_number=manager_number)
        self.ferry_settings = settings

    def executor_browser(self):
        return ExecutorBrowser, self.ferry_settings


class FerryTestharnessExecutor(ProcessTestExecutor):
    convert_result = testharness_result_converter
    supports_testdriver = True

    def __init__(self, logger, browser, server_config, timeout_multiplier=1, debug_info=None, **kwargs):
        super().__init__(logger, browser, server_config, timeout_multiplier=timeout_multiplier,
                         debug_info=debug_info, **kwargs)
        self.protocol = ConnectionlessProtocol(self, browser)

    def command(self, test, seconds):
        return [self.binary, "wpt-test", "--json", f"--timeout={seconds}", *self.browser.arguments, self.test_url(test)]

    def do_test(self, test):
        seconds = test.timeout * self.timeout_multiplier
        command = self.command(test, seconds)
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        try:
            output, _ = process.communicate(timeout=seconds + GRACE_SECONDS)
            hung = False
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            hung = True

        result, other = None, []
        for line in output.decode("utf-8", "replace").removesuffix("\n").split("\n"):
            outcome = parse_outcome(line)
            if outcome is not None:
                result = outcome
            else:
                other.append(line)
                self.logger.process_output(process.pid, line, " ".join(command[:2]), test.url)
        shown = "\n".join(other[-LAST_LINES:])

        if hung:
            return test.make_result("EXTERNAL-TIMEOUT", f"the engine hung and was killed\n{shown}"), []
        if process.returncode < 0:
            return test.make_result("CRASH", f"ended by signal {-process.returncode}\n{shown}"), []
        if result is None:
            return test.make_result("CRASH", f"no result, exit status {process.returncode}\n{shown}"), []
        if "error" in result:
            return test.make_result("ERROR", f"{result['error']}\n{shown}"), []
        if result.get("timeout"):
            return test.make_result("TIMEOUT", shown), []
        return self.convert_result(test, [test.url] + result["result"])


def parse_outcome(line):
    """The engine's own report is a line of JSON with "type": "wpt-result"; anything else is its output."""
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) and value.get("type") == "wpt-result" else None
