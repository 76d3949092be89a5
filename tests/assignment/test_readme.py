"""The README: its code prints what it says, its pictures are there, its points are the rubric's."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "assignment"
TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")
DEPLOYED = re.compile(r"\*\*部署\*\*\n\n```python\n(.*?)```\n\n\*\*输出\*\*\n\n```text\n(.*?)```", re.DOTALL)
SECTIONS = re.split(r"(?m)^## ", TEXT)[1:]
TAUGHT = [section for section in SECTIONS if section[0].isdigit()]
FIGURES = sorted(FOLDER.glob("figures/*.svg"))


def test_every_section_has_a_picture_code_and_output():
    assert len(TAUGHT) == 9
    for section in TAUGHT:
        assert len(re.findall(r"!\[.+\]\(figures/\w+\.svg\)", section)) == 1, section.splitlines()[0]
        assert len(DEPLOYED.findall(section)) == 1, section.splitlines()[0]


@pytest.mark.parametrize("section", TAUGHT, ids=[section.splitlines()[0] for section in TAUGHT])
def test_deployed_code_prints_what_is_written(section, tmp_path):
    code, output = DEPLOYED.findall(section)[0]
    path = os.pathsep.join(map(str, (ROOT / "solutions", FOLDER)))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", "-c", code]
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout == output


def test_points_are_those_of_the_rubric():
    rubric = yaml.safe_load((ROOT / "grading.yaml").read_text(encoding="utf-8"))
    rows = re.findall(r"(?m)^\| `(\w+)` \|.*\| (附加 )?(\d+) \|$", TEXT)
    want = {name: (bool(problem.get("bonus")), problem["points"]) for name, problem in rubric["problems"].items()}
    assert {name: (bool(bonus), int(points)) for name, bonus, points in rows} == want


def test_pictures_are_all_used_and_exist():
    assert {f"figures/{path.name}" for path in FIGURES} == set(re.findall(r"\]\((figures/[^)]+)\)", TEXT))


@pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
def test_picture_stands_alone_in_light_and_dark(path):
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.findtext("{*}title")
    assert root.findtext("{*}desc")
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"href|<script|<image|url\((?!#)|@import", text)
    width, height = (float(root.attrib[key]) for key in ("width", "height"))
    for rect in root.iterfind("{*}rect"):
        x, y, w, h = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height
