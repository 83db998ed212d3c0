from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
import tomllib
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.project import ROOT

LOCK, CUDA = "requirements.lock", "requirements-cuda.lock"
PLATFORMS = {
    "Linux": {"sys_platform": "linux", "platform_machine": "x86_64"},
    "Linux on ARM": {"sys_platform": "linux", "platform_machine": "aarch64"},
    "macOS": {"sys_platform": "darwin", "platform_machine": "arm64"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64"},
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "workflow" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def entries(name: str) -> list[tuple[Requirement, list[str]]]:
    """Return each entry of a lock file: what is required, and its digests."""
    lines = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    split = [re.split(r"\s+--hash=", line.strip()) for line in lines]
    return [(Requirement(first), digests) for first, *digests in split]


def locked(*names: str, **environment: str) -> dict[str, Requirement]:
    """Return what lock files require somewhere, each package once."""
    applying = [
        requirement
        for name in names
        for requirement, _ in entries(name)
        if applies(requirement, **environment)
    ]
    by_name = {canonicalize_name(requirement.name): requirement for requirement in applying}
    assert len(by_name) == len(applying)
    return by_name


def applies(requirement: Requirement, **environment: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": "", **environment})


def version(requirement: Requirement) -> str:
    (pin,) = requirement.specifier
    assert pin.operator == "=="
    return pin.version


@pytest.mark.parametrize("name", [LOCK, CUDA])
def test_each_line_pins_a_version_and_its_digests_and_names_no_host(name: str) -> None:
    for requirement, digests in entries(name):
        assert version(requirement)
        assert digests
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in digests)
    assert not re.search(r"https?:|index|\.org|\.com|@", (ROOT / name).read_text())


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_it_has_every_dependency_everywhere(platform: str, python: str) -> None:
    """As pyproject.toml asks for it today."""
    here = {**PLATFORMS[platform], "python_version": python, "python_full_version": f"{python}.1"}
    here_locked = locked(LOCK, **here)
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    wanted += [name for extra in project["optional-dependencies"].values() for name in extra]
    for text in wanted:
        dependency = Requirement(text)
        if dependency.name == PROJECT["project"]["name"] or not applies(dependency, **here):
            continue
        requirement = here_locked[canonicalize_name(dependency.name)]
        assert dependency.specifier.contains(version(requirement)), text
    assert bool(locked(CUDA, **here)) == ("Linux" in platform)


def test_what_is_installed_is_what_is_locked_and_needs_nothing_else() -> None:
    both = locked(LOCK, CUDA)
    for name, requirement in locked(LOCK).items():
        installed = importlib.metadata.distribution(name)
        assert installed.version.split("+")[0] == version(requirement), name
        for text in installed.requires or []:
            needed = Requirement(text)
            extras = ["", *requirement.extras]
            if any(needed.marker is None or needed.marker.evaluate({"extra": e}) for e in extras):
                pinned = version(both[canonicalize_name(needed.name)])
                assert needed.specifier.contains(pinned, prereleases=True), text


def test_the_pythons_of_the_project_are_those_of_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "workflow")
    install = module("install")
    oldest, newest = install.OLDEST, install.NEWEST
    wanted = f">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"
    assert PROJECT["project"]["requires-python"] == wanted
    assert f"{oldest[0]}.{oldest[1]}" == module("lock").OLDEST_PYTHON
    assert oldest <= sys.version_info[:2] <= newest


def test_what_only_cuda_needs_stands_apart() -> None:
    digest = f" \\\n    --hash=sha256:{'0' * 64}\n"
    lines = [f"{name}==1{digest}" for name in ("cuda-pathfinder", "numpy", "nvidia-nccl", "triton")]
    everywhere, cuda = module("lock").split("".join(lines))
    assert everywhere == lines[1]
    assert cuda == lines[0] + lines[2] + lines[3]
