"""`make browser`: Debian's Chromium and a Chinese font, for the tests that look at the sandbox's page."""

import os
import shutil
import subprocess

from local import say
from local.places import LOCAL

PACKAGES = ("chromium", "fontconfig", "fonts-wqy-microhei")
LOG = LOCAL / "browser.log"


def is_there() -> bool:
    return shutil.which("chromium") is not None and _has_chinese_font()


def install() -> None:
    """Install what is missing; only root can."""
    if is_there():
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise say.Failure(
            "The browser tests need Chromium and a Chinese font: "
            f"`sudo apt-get install --no-install-recommends {' '.join(PACKAGES)}`."
        )
    LOCAL.mkdir(exist_ok=True)
    with say.step("Install Chromium and a Chinese font"):
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *PACKAGES)


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    listed = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def _apt(*arguments: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with LOG.open("a") as log:
        command = ["apt-get", "-q", *arguments]
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False
        )
    if done.returncode:
        raise say.Failure(
            "Chromium could not be installed: is the network up? (See .local/browser.log.)"
        )


if __name__ == "__main__":
    say.run(install)
