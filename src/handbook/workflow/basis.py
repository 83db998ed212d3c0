"""What a run is made from: code, rules and catalogue as they stood when it began.

Its jobs import a copy of the code and read a copy of the catalogue, wherever they run, so that an
edit meanwhile waits for the next run. Rules are not copied: a job that a cluster starts reads them
anew, and refuses to run where they are no longer those of its run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from handbook.catalogue import file
from handbook.core.columns import shortened
from handbook.core.errors import HandbookError
from handbook.core.files import read_json, sha256, write_json

__all__ = ["FILE", "Basis", "digests", "edited", "latest", "sources", "warning"]

#: Where the latest run of a folder wrote what it is made from.
FILE = Path(".snakemake/basis.json")

# What Snakemake reads in each process that it starts.
_RULES = ("Snakefile", "workflow/rules")


@dataclass(frozen=True)
class Basis:
    """What a run is made from.

    Attributes
    ----------
    code : str
        Folder with the copy of the code.
    catalogue : str
        File with the checked catalogue.
    digests : mapping of str to str
        See :func:`digests`.
    """

    code: str
    catalogue: str
    digests: Mapping[str, str]

    def write(self) -> None:
        """Write it into the current folder, for jobs elsewhere and for who keeps results."""
        write_json(FILE, asdict(self))

    def require_rules(self, root: Path) -> None:
        """Raise an error where the rules of the project in `root` are no longer those of the run.

        Raises
        ------
        HandbookError
            Names the files.
        """
        rules = {name: each for name, each in self.digests.items() if name.startswith(_RULES)}
        if names := edited(rules, {name: root / name for name in _RULES}):
            raise HandbookError(
                f"{names}: edited since this run began, so that this job would not be the one that "
                "was planned; it does not run: start the run again"
            )


def warning(names: str) -> str:
    """Say that files were edited during a run."""
    return (
        f"{names}: edited while this run was at work, which took no notice: its results and their "
        "records are of what stood there before. The same command makes what the edits reach."
    )


def latest(folder: Path = Path()) -> Basis | None:
    """Return what the latest run of a folder is made from, None where nothing says so."""
    path = folder / FILE
    return Basis(**read_json(path)) if path.exists() else None


def sources(root: Path, copy: Path | None = None) -> dict[str, Path]:
    """Return the files and folders on which the results of a project depend, by their names.

    Parameters
    ----------
    root : Path
        Top of the project.
    copy : Path, optional
        The copy of the code, to be looked at in the place of the code itself.
    """
    names = ("Snakefile", "workflow", str(file.usual()), file.OVERRIDES, "requirements.lock")
    package = root / "src" / "handbook"
    if not package.is_dir():  # a project beside an installed package
        package = Path(__file__).parents[1]
    code = {"src/handbook": package, "models": root / "models"}
    if copy is not None:
        code = {"src/handbook": copy / "handbook", "models": copy / "models"}
    return {name: root / name for name in names} | code


def digests(sources: Mapping[str, Path]) -> dict[str, str]:
    """Digest files, and all files of folders, by their names."""
    return {
        (Path(name) / path.relative_to(source)).as_posix(): sha256(path)[:16]
        for name, source in sources.items()
        for path in [source, *sorted(source.rglob("*"))]
        if path.is_file() and "__pycache__" not in path.parts
    }


def edited(before: Mapping[str, str], sources: Mapping[str, Path]) -> str:
    """Name the files whose digests are no longer what they were; empty where there is none."""
    now = digests(sources)
    names = before.keys() | now.keys()
    return shortened(sorted(name for name in names if before.get(name) != now.get(name)))
