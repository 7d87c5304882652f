"""The name of a public class says which class it is: no two of the rooms share one."""

import ast
from collections import defaultdict
from pathlib import Path

import perfeval

ROOT = Path(perfeval.__file__).parent
#: A row of the database that is named after what it stores, and what is stored, as scoring knows it.
STORED = ("schemes/models.py", "reports/models.py")
SCORED = ("scoring/scheme/tree.py", "scoring/figures.py")


def public_classes() -> dict[str, list[str]]:
    """Return the modules of each public class by its name, without Django's migrations and commands."""
    found = defaultdict(list)
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT).as_posix()
        if "migrations/" in module or "management/commands/" in module:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(module)
    return found


def _is_row_and_what_it_stores(modules: list[str]) -> bool:
    stored, scored = set(modules) & set(STORED), set(modules) & set(SCORED)
    return len(modules) == 2 and len(stored) == len(scored) == 1


def test_no_two_public_classes_share_a_name_but_rows_and_what_they_store():
    shared = {
        name: modules
        for name, modules in public_classes().items()
        if len(modules) > 1 and not _is_row_and_what_it_stores(modules)
    }

    assert shared == {}


def test_classes_are_read_off_the_rooms():
    found = public_classes()

    assert found["Finding"] == ["checking/findings.py"]
    assert found["Scheme"] == ["schemes/models.py", "scoring/scheme/tree.py"]
    assert len(found) > 400
