"""Installs a package of entry points as pip would, without building it: the package and its metadata in one folder."""

import shutil
import tomllib
from pathlib import Path

EXTRAS = Path(__file__).parent


def install(site, package=EXTRAS):
    """Copy the `package`'s modules to the folder `site` with the metadata that its pyproject.toml asks for.

    Whoever has `site` on the search path has the package installed.
    """
    project = tomllib.loads((package / "pyproject.toml").read_text("utf-8"))["project"]
    module = project["name"].replace("-", "_")
    shutil.copytree(package / module, site / module, ignore=shutil.ignore_patterns("__pycache__"))
    metadata = site / f"{module}-{project['version']}.dist-info"
    metadata.mkdir(parents=True)
    text = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (metadata / "METADATA").write_text(text, "utf-8")
    groups = (
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in project["entry-points"].items()
    )
    (metadata / "entry_points.txt").write_text("\n".join(groups), "utf-8")
    return site
