"""Makes the environment .venv as the lock files say: `make setup`, `make setup TORCH=cuda`.

Runs on whatever Python there is, from 3.6, to say so where that one is too old: standard library
alone, and no syntax or type newer than that.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from causes import explain

ROOT = Path(__file__).resolve().parents[1]
LOCK, CUDA_LOCK = "requirements.lock", "requirements-cuda.lock"
OLDEST, NEWEST = (3, 11), (3, 14)  # what the lock was resolved for
OLDEST_PIP = 22  # what comes with the oldest Python
CPU_INDEX = os.environ.get("HANDBOOK_TORCH_INDEX") or "https://download.pytorch.org/whl/cpu"
LINUX = sys.platform == "linux"
# Megabytes to download, by the lock's files for x86-64, and in .venv afterwards.
SIZES = {"cpu": (640, 2560), "cuda": (3180, 6560)}
AGAIN = "delete it (rm -r .venv), then `make setup` again"


class SetupError(Exception):
    """What was wrong, and what to do now, in one line."""


class Environment:
    """The folder .venv of a checkout.

    Parameters
    ----------
    root : Path
        The checkout.
    torch : str
        The build of PyTorch that is asked for, `cpu` or `cuda`; nothing: as before, or `cpu`.
    """

    def __init__(self, root: Path, torch: str) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.mark = self.folder / "setup.json"
        self.log = self.folder / "setup.log"
        self.asked = torch
        self.torch = torch or self._made().get("torch", "cpu")

    def refuse_unusable(self, this_python: bool) -> None:
        """Refuse an environment that was made elsewhere, or by a Python that does not fit."""
        folder = Path(self._made().get("folder", str(self.folder)))
        if folder != self.folder and not (folder.exists() and folder.samefile(self.folder)):
            raise SetupError(f".venv was made as {folder}: {AGAIN}")
        settings = self.folder / "pyvenv.cfg"
        if not settings.exists():
            return
        if os.path.lexists(str(self.python)) and not self.python.exists():
            raise SetupError(f"the Python that .venv was made with is gone: {AGAIN}")
        made_with = re.search(r"^version\w* *= *(\d+)\.(\d+)", settings.read_text(), re.MULTILINE)
        version = tuple(map(int, made_with.groups())) if made_with else (0, 0)
        if not OLDEST <= version <= NEWEST:
            text = ".venv was made with Python {}.{}, {} is needed: {}"
            raise SetupError(text.format(*version, pythons(), AGAIN))
        if self.python.exists() and self._runs() != version:
            text = "the Python that .venv was made with, {}.{}, is gone: {}"
            raise SetupError(text.format(*version, AGAIN))
        if this_python and version != sys.version_info[:2]:
            text = ".venv was made with Python {}.{}, this is {}.{}: {}"
            raise SetupError(text.format(*version, *sys.version_info[:2], AGAIN))

    def ready(self) -> bool:
        """Return whether the environment is whole and what the lock files say today."""
        return self.python.exists() and self._made() == self._description()

    def install(self) -> None:
        """Make the environment, or go on with one that was begun."""
        begun = time.time()
        check_platform(self.torch)
        if not self.python.exists():
            check_python()
        self.folder.mkdir(exist_ok=True)
        with self.log.open("a") as log:
            fcntl.flock(log, fcntl.LOCK_EX)  # of two set-ups at once, one waits for the other
            if self.ready():
                return
            self.mark.write_text(json.dumps({"folder": str(self.folder), "torch": self.torch}))
            fresh = not self.build_of_torch()
            announce(self.torch if fresh else "", self.folder)
            uv = shutil.which("uv")
            if not self.python.exists():
                self._create(uv)
            if not uv:
                self._provide_pip()
            self._install_packages(Installer(self, uv))
            self.mark.write_text(json.dumps(self._description(), indent=1))
        print(f"setup: done in {time.time() - begun:.0f} s")

    def run(self, command: "list[str]", **variables: str) -> None:
        """Run a command, keep what it prints in the log, and tell why it failed."""
        environment = dict(os.environ, **variables)
        environment.pop("PYTHONPATH", None)  # what lies there would count as installed
        lines = []
        with subprocess.Popen(
            command,
            cwd=str(self.root),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process, self.log.open("ab") as log:
            for line in process.stdout:
                log.write(line)
                lines.append(line.decode("utf-8", "replace"))
                show_progress(lines)
        show_progress([])
        if process.returncode:
            raise SetupError("{} (all of it: {})".format(explain("".join(lines)), self.log))

    def build_of_torch(self) -> str:
        """Return which build of PyTorch the environment has: `cpu`, `cuda` or nothing."""
        for folder in self.folder.glob("lib/python3.*/site-packages/torch-*.dist-info"):
            return "cpu" if "+cpu" in folder.name else "cuda"
        return ""

    def _made(self) -> dict:
        """Return what the environment was made of, as far as that is known."""
        try:
            return dict(json.loads(self.mark.read_text()))
        except (OSError, ValueError):
            return {}

    def _description(self) -> dict:
        """Return what the environment is to be made of."""
        files = (LOCK, CUDA_LOCK, "pyproject.toml")
        description = {name: hashlib.sha256((self.root / name).read_bytes()) for name in files}
        made_of = {name: digest.hexdigest() for name, digest in description.items()}
        return dict(made_of, folder=self._made().get("folder"), torch=self.torch)

    def _runs(self) -> "tuple[int, ...]":
        """Return the version of the Python that runs in the environment."""
        if Path(sys.prefix) == self.folder:
            return sys.version_info[:2]
        command = [str(self.python), "-c", "import sys; print(*sys.version_info[:2])"]
        output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return tuple(map(int, output.stdout.split()))

    def _create(self, uv: "str | None") -> None:
        missing = [name for name in ("venv", "ensurepip") if not importlib.util.find_spec(name)]
        if not missing:
            self.run([sys.executable, "-m", "venv", str(self.folder)])
        elif uv:
            command = [uv, "venv", "--seed", "--allow-existing", "--python", sys.executable]
            self.run([*command, str(self.folder)])
        else:
            text = (
                "{} has no module {}: on Debian and Ubuntu, apt install python3-venv; or name "
                "another Python, make setup PYTHON=..."
            )
            raise SetupError(text.format(sys.executable, missing[0]))

    def _provide_pip(self) -> None:
        """Bring Python's own pip where there is none, or one older than that of any Python."""
        command = [str(self.python), "-m", "pip", "--version"]
        output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        version = re.match(r"pip (\d+)", output.stdout.decode())
        if version is None or int(version.group(1)) < OLDEST_PIP:
            self.run([str(self.python), "-m", "ensurepip", "--upgrade", "--default-pip"])

    def _install_packages(self, installer: "Installer") -> None:
        if self.asked and self.build_of_torch() not in ("", self.asked):
            installer.remove("torch", *names(self.root / CUDA_LOCK))
        # What builds the few packages that come as source is locked like all others.
        installer.install("-r", self._part("setuptools"))
        fresh = not self.build_of_torch()
        if fresh and LINUX and self.torch == "cpu" and not installer.install_cpu_torch():
            print(f"setup: no connection to {CPU_INDEX}")
            announce("cuda", self.folder)
        locks = ["-r", str(self.root / LOCK)]
        if LINUX and self.build_of_torch() != "cpu":
            locks += ["-r", str(self.root / CUDA_LOCK)]
        installer.install("--no-build-isolation", *locks)
        installer.install_project()

    def _part(self, name: str) -> str:
        """Return a file with what the lock says of one package."""
        part = self.folder / (name + ".lock")
        part.write_text(entry(self.root / LOCK, name))
        return str(part)


class Installer:
    """pip of an environment, or uv where there is one."""

    def __init__(self, environment: Environment, uv: "str | None") -> None:
        self.environment = environment
        python = str(environment.python)
        self.uv = uv is not None
        self.command = [python, "-m", "pip"] if uv is None else [uv, "pip"]
        self.options = ["--python", python] if uv else ["--no-input", "--progress-bar", "off"]

    def install(self, *words: str) -> None:
        """Install what lock files name, with the digests that they name, and nothing else."""
        self._run("install", *self.options, "--require-hashes", "--no-deps", *words)

    def install_cpu_torch(self) -> bool:
        """Install PyTorch's build for the CPU; return False where its index is out of reach."""
        pin = entry(self.environment.root / LOCK, "torch").split()[0]
        options = [*self.options, "--no-deps"]
        if self.uv:
            options += ["--default-index", CPU_INDEX]
        else:
            options += ["--index-url", CPU_INDEX, "--retries", "1", "--timeout", "15"]
        try:
            self._run("install", *options, pin, UV_HTTP_RETRIES="1", UV_HTTP_TIMEOUT="15")
        except SetupError as error:
            if self.environment.build_of_torch() or "disk" in str(error):
                raise
        return bool(self.environment.build_of_torch())

    def install_project(self) -> None:
        """Install the checkout itself, so that its code is what runs."""
        root = str(self.environment.root)
        self._run("install", *self.options, "--no-deps", "--no-build-isolation", "-e", root)

    def remove(self, *packages: str) -> None:
        """Remove packages, those that are there."""
        options = self.options[:2] if self.uv else ["--yes"]
        self._run("uninstall", *options, *packages)

    def _run(self, verb: str, *words: str, **variables: str) -> None:
        variables.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0")
        self.environment.run([*self.command, verb, *words], **variables)


def check_python() -> None:
    """Refuse a Python that the lock was not resolved for."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        text = "{} is needed, {} is {}: name another one, make setup PYTHON=python3.12"
        raise SetupError(text.format(pythons(), sys.executable, platform.python_version()))


def check_platform(torch: str) -> None:
    """Refuse a machine for which PyTorch has no build."""
    machine = platform.machine()
    if sys.platform == "darwin" and machine == "x86_64":
        raise SetupError("PyTorch has no build for Macs with Intel processors any more")
    if sys.platform == "darwin" and torch == "cuda":
        raise SetupError("there is no CUDA on macOS: make setup TORCH=cpu")
    if LINUX and machine not in ("x86_64", "aarch64"):
        raise SetupError(f"PyTorch has no build for {machine}; x86_64 or aarch64 is needed")
    if LINUX and platform.libc_ver()[0] != "glibc":
        raise SetupError("PyTorch has no build for this C library; a system with glibc is needed")


def announce(torch: str, folder: Path) -> None:
    """Say what is going to be downloaded and how long that takes; refuse a disk too small."""
    if not torch:
        print("setup: bringing .venv to what the lock says")
        return
    load, size = SIZES[torch if LINUX else "cpu"]
    free = shutil.disk_usage(str(folder)).free / 1e6
    if free < size:
        text = "the disk has {:,.0f} MB free, .venv takes {:,}; make room, then again"
        raise SetupError(text.format(free, size))
    text = "setup: up to {:,} MB to download ({:.0f} min at 100 Mbit/s), {:,} MB in .venv"
    print(text.format(load, max(1, load * 8 / 100 / 60), size), flush=True)


def show_progress(lines: "list[str]") -> None:
    """Show on a terminal what is being downloaded; clear the line after the last."""
    if not sys.stdout.isatty():
        return
    loads = [re.search(r"Downloading (\S+) \(([\d.]+) ?([kMG]B)\)", line) for line in lines]
    units = {"kB": 1e-3, "MB": 1.0, "GB": 1e3}
    done = sum(float(load.group(2)) * units[load.group(3)] for load in loads if load)
    text = re.sub(r"\s+", " ", lines[-1])[:50] if lines else ""
    print("\r\033[K" + (f"{done:5,.0f} MB  {text}" if lines else ""), end="", flush=True)


def entry(lock: Path, name: str) -> str:
    """Return what a lock file says of one package, its digests too."""
    pattern = rf"^{re.escape(name)}==.*\n(?:    --hash=.*\n)*"
    match = re.search(pattern, lock.read_text(), re.MULTILINE)
    if match is None:
        raise SetupError(f"{lock.name} does not name {name}; make lock")
    return match.group()


def names(lock: Path) -> "list[str]":
    """Return the names of all packages of a lock file."""
    return re.findall(r"^([\w.-]+)==", lock.read_text(), re.MULTILINE)


def pythons() -> str:
    """Return the versions of Python that will do, in words."""
    return "Python {}.{} to {}.{}".format(*OLDEST, *NEWEST)


def main() -> None:
    """Make the environment, or say in one line why there is none."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--torch", choices=("", "cpu", "cuda"), default="")
    parser.add_argument("--this-python", action="store_true", help="the environment must be its")
    parser.add_argument("--quiet", action="store_true", help="say nothing where all is done")
    options = parser.parse_args()
    environment = Environment(ROOT, options.torch)
    try:
        environment.refuse_unusable(options.this_python)
        if not environment.ready():
            environment.install()
        elif not options.quiet:
            print("setup: nothing to do, .venv is what the lock says")
    except SetupError as error:
        sys.exit(f"setup: {error}")
    except OSError as error:
        sys.exit(f"setup: {explain(str(error))}")
    except KeyboardInterrupt:
        sys.exit("\nsetup: interrupted; `make setup` goes on from here")


if __name__ == "__main__":
    main()
