"""Ferry as a product of wptrunner, the second way: wptrunner's generic WebDriver executor drives `ferry --webdriver`.

One engine runs many tests, as the browsers do, where `ferry.py` starts one for each.
"""

from wptrunner.browsers.base import WebDriverBrowser, get_timeout_multiplier, require_arg  # noqa: F401
from wptrunner.browsers.ferry import env_extras, env_options, network_arguments  # noqa: F401
from wptrunner.executors import executor_kwargs as base_executor_kwargs
from wptrunner.executors.executorwebdriver import WebDriverTestharnessExecutor  # noqa: F401

__wptrunner__ = {
    "product": "ferry_webdriver",
    "check_args": "check_args",
    "browser": "FerryWebDriverBrowser",
    "executor": {"testharness": "WebDriverTestharnessExecutor"},
    "browser_kwargs": "browser_kwargs",
    "executor_kwargs": "executor_kwargs",
    "env_extras": "env_extras",
    "env_options": "env_options",
    "timeout_multiplier": "get_timeout_multiplier",
}


def check_args(**kwargs):
    require_arg(kwargs, "binary")


def browser_kwargs(logger, test_type, run_info_data, config, **kwargs):
    return {
        "binary": kwargs["binary"],
        "webdriver_binary": kwargs["binary"],
        "webdriver_args": network_arguments(config) + (kwargs["binary_args"] or []),
    }


def executor_kwargs(logger, test_type, test_environment, run_info_data, **kwargs):
    arguments = base_executor_kwargs(test_type, test_environment, run_info_data, **kwargs)
    arguments["capabilities"] = {}
    return arguments


class FerryWebDriverBrowser(WebDriverBrowser):
    def make_command(self):
        return [self.webdriver_binary, f"--webdriver={self.port}", *self.webdriver_args]
