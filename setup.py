"""Puts the rules of the workflow into the package, where projects of one's own find them.

In this repository they stand at the top, as Snakemake's catalogue of workflows wants them.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

# What `handbook.workflow.rules` looks for.
RULES = ("Snakefile", "workflow/rules", "workflow/envs", "workflow/report", "workflow/profiles")


class WithRules(build_py):
    """Builds the package with the rules in it; where it is used in place, they are too."""

    def run(self) -> None:
        """Build the modules, then copy the rules beside those that know them."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib, "handbook", "workflow", "files")
        for name in RULES:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            if Path(name).is_dir():
                shutil.copytree(name, target / name, dirs_exist_ok=True)
            else:
                shutil.copy2(name, target / name)


setup(cmdclass={"build_py": WithRules})
