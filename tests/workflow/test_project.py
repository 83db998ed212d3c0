"""A project of one's own, from an empty folder to a report, and its second catalogue."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.catalogue.catalogues import GOOD
from tests.project import ROOT

from handbook.catalogue import file, reading
from handbook.core.errors import HandbookError
from handbook.workflow import keeping, profiles, rules, stage
from handbook.workflow.manifest import MANIFEST
from handbook.workflow.new_project import create

BIN = Path(sys.executable).parent


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    own = {"PATH": path, "PYTHONPATH": str(ROOT / "src"), "HANDBOOK_MIRROR": ""}
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | own | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_project_is_whole_and_checked(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "mine"
    create(folder, 'Flowers: "a try"', "1.2.3")
    params = reading.read(folder / "params.yaml")
    assert params.title == 'Flowers: "a try"'
    assert (params.labs, params.claims) == ({}, {})
    assert (folder / "README.md").read_text().startswith('# Flowers: "a try"\n')
    assert "version 1.2.3" in (folder / "README.md").read_text()
    assert {".gitignore", ".dvcignore", ".dvc", "Snakefile", "Makefile"} <= {
        path.name for path in folder.iterdir()
    }
    assert str(stage.difference(folder / "dvc.yaml", folder / "params.yaml")) == ""
    assert list(tmp_path.joinpath("deep").iterdir()) == [folder]


def test_git_keeps_nothing_that_customers_sent(tmp_path: Path) -> None:
    """Logs of requests hold their rows, and deployed models are large: here and in new projects."""
    create(tmp_path / "mine", "Mine", "1")
    for folder in (ROOT, tmp_path / "mine"):
        ignored = (folder / ".gitignore").read_text().splitlines()
        assert {"/deployments/", "/served/"} <= set(ignored)


def test_dvc_takes_no_file_of_the_package_for_a_stage_of_this_repository() -> None:
    assert [*(ROOT / "src").rglob("dvc.yaml")] == []


def test_what_lies_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    create(tmp_path / "mine", "Mine", "1")  # empty: taken
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(HandbookError, match="is there already"):
        create(tmp_path / "mine", "Mine", "1")
    with pytest.raises(HandbookError, match="in one line"):
        create(tmp_path / "other", "a\nb", "1")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("labs", {"corr2d": {"title": "x", "section": "4"}}),
        ("models.tree.section", "2.11"),
        ("models.tree.variants.book.book", {"iris": {"accuracy": {"figure": 1.0, "lines": [7]}}}),
        ("models.tree.variants.book.departs", [{"what": "is ours"}]),
    ],
)
def test_what_is_of_the_book_is_refused_in_a_project_of_none(path: str, value: object) -> None:
    content = yaml.safe_load(yaml.safe_dump(GOOD)) | {"title": "Mine"}
    del content["models"]["tree"]["section"]
    assert reading.load(content).title == "Mine"
    *parents, last = path.split(".")
    node = content
    for key in parents:
        node = node[key]
    node[last] = value
    with pytest.raises(HandbookError, match=f"{re.escape(path)}: is of the book"):
        reading.load(content)


def test_the_stage_of_the_book_is_that_of_its_catalogue() -> None:
    assert str(stage.difference(ROOT / "dvc.yaml", ROOT / "params.yaml")) == ""


def test_dvc_keeps_nothing_while_its_file_lacks_an_output(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    create(folder, "Mine", "1")
    content = yaml.safe_load((folder / "dvc.yaml").read_text())
    content["stages"]["rebuild"]["outs"] = []
    (folder / "dvc.yaml").write_text(yaml.safe_dump(content))
    (folder / MANIFEST).parent.mkdir()
    (folder / MANIFEST).touch()
    assert "lacks what params.yaml makes: results/data, results/models" in keeping.keep(folder)
    stage.write(folder / "dvc.yaml", folder / "params.yaml")
    assert "lacks" not in keeping.keep(folder)


def test_another_catalogue_has_folders_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(tmp_path / "mine", "Mine", "1")
    monkeypatch.chdir(tmp_path / "mine")
    monkeypatch.delenv(file.VARIABLE, raising=False)
    assert profiles.path_of("demo") == rules.profiles() / "demo"  # the package's
    assert [profiles.folder_of(name) for name in ("default", "demo")] == [
        Path(),
        Path("build/demo"),
    ]
    monkeypatch.setenv(file.VARIABLE, "small.yaml")
    assert [profiles.folder_of(name) for name in ("default", "demo")] == [
        Path("build/small"),
        Path("build/small/demo"),
    ]
    assert profiles.arguments("default")[2:] == ["--directory", "build/small"]
    with pytest.raises(HandbookError, match="no profile"):
        profiles.path_of("../demo")


@pytest.mark.services
@pytest.mark.slow
def test_the_tutorial_goes_from_an_empty_folder_to_a_report(tmp_path: Path) -> None:
    """Two commands; then the same on real data, kept by DVC, and a second catalogue."""
    assert (
        "next:  cd my-project && make demo"
        in run(tmp_path, "handbook", "init", "my-project", "--title", "Flowers").stdout
    )
    folder = tmp_path / "my-project"
    done = run(folder, "make", "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    report = folder / "build/demo/results/report"
    assert f"Report:  {(report / 'index.html').as_uri()}" in done.stdout
    assert not (report / "errata.html").exists()
    assert not (report / "chapters").exists()
    for page in report.rglob("*.html"):
        text = re.sub(r"<[^>]+>|(?s:<script.*?</script>)", " ", page.read_text())
        assert "Flowers" in text
        if page.name not in {"made.html", "metrics.html"}:  # these name rules and words
            assert not re.search(r"\bbook\b|\bHandbook\b", text), page.name

    done = run(folder, "make", "rebuild")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "results are in DVC's cache" in done.stdout
    assert "Data and pipelines are up to date" in run(folder, "dvc", "repro").stdout
    ignored = run(folder, "git", "status", "--porcelain").stdout
    assert "results/models" not in ignored

    shutil.copy(folder / "params.yaml", folder / "small.yaml")
    done = run(folder, "handbook", "run", "logistic-regression", HANDBOOK_PARAMS="small.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "build/small/results/models/logistic-regression").is_dir()
    assert not (folder / "build/small/results/models/random-forest").exists()
