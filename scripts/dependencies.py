"""The packages that rnncli needs: lock them, ask for their known faults, run the tests with the oldest and the newest.

    python scripts/dependencies.py lock                 writes .ci/requirements.txt (needs uv)
    python scripts/dependencies.py audit [ARGUMENT ...]     asks for advisories on the locked ones (needs pip-audit,
                                                            which takes the arguments: -s osv)
    python scripts/dependencies.py oldest [ARGUMENT ...]    runs pytest with the lowest versions of pyproject.toml
    python scripts/dependencies.py newest [ARGUMENT ...]    with the highest that it allows
    python scripts/dependencies.py locked [ARGUMENT ...]    with those of .ci/requirements.txt

The last three make an environment of their own in a temporary folder. `audit` ends with 1 if a package has an advisory,
and also if one was not looked at: no answer is no good news.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / ".ci" / "requirements.txt"
LOWEST_PYTHON = "3.11"
HASHED = ("--require-hashes", "-r")
EXTRAS = ("test", "plot", "parquet", "excel", "mt")  # what the tests use
ABOUT = f"# Made by `python scripts/dependencies.py lock`: for Python {LOWEST_PYTHON} and later, on every platform.\n"
LOWER = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[^]]*\])?\s*(?:>=|==)\s*([0-9][^,;\s]*)")


def lock() -> int:
    """Write the lock file: each package that CI uses, with the digests of all its files."""
    with tempfile.TemporaryDirectory() as folder:
        builder = Path(folder, "build.in")
        builder.write_text("\n".join(_project()["build-system"]["requires"]))
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
        command += ["--python-version", LOWEST_PYTHON, "--extra", "dev", "--no-annotate", "--no-header"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "pyproject.toml", str(builder)]
        made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    LOCK.write_text(ABOUT + made.stdout)
    print(f"{len(locked_packages()):,} packages in {LOCK.relative_to(ROOT)}")
    return 0


def locked_packages() -> set[str]:
    """The names in the lock file."""
    return set(re.findall(r"^([\w.-]+)==", LOCK.read_text(), re.M))


def audit(arguments: Sequence[str]) -> int:
    """Ask for advisories on the locked packages; 1 if there is one, or if a package was not looked at."""
    command = [sys.executable, "-m", "pip_audit", *HASHED, str(LOCK), "--no-deps", "--disable-pip", *arguments]
    made = subprocess.run([*command, "--format", "json", "--progress-spinner", "off"], capture_output=True, text=True)
    try:
        found = json.loads(made.stdout)["dependencies"]
    except (ValueError, LookupError):
        found = []
    looked_at = {each["name"] for each in found if "vulns" in each}
    missing = sorted(locked_packages() - looked_at)
    advisories = [f"{each['name']}: {fault['id']}" for each in found for fault in each.get("vulns", ())]
    print(f"looked at {len(looked_at):,} of {len(locked_packages()):,} packages; advisories: {len(advisories):,}")
    for line in advisories:
        print(_plain(line))
    if missing:
        print(f"not looked at: {', '.join(missing)}")
        print(f"reason of the first: {_plain(_reason(found, missing[0], made.stderr))}")
    return 1 if missing or advisories else 0


def _reason(found, name, stderr):
    """Why pip-audit did not look at a package: its own word, or the last line of its error."""
    told = [each["skip_reason"] for each in found if each["name"] == name and "skip_reason" in each]
    return (told or stderr.strip().splitlines()[-1:] or ["none was given"])[0]


def _plain(text):
    """A service's words with nothing that a terminal obeys."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def suite(which: str, arguments: Sequence[str]) -> int:
    """Run pytest with the `which` versions: oldest, newest or locked; returns its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder, "Scripts" if os.name == "nt" else "bin", "python"))
        pip = [python, "-m", "pip", "install", "--quiet"]
        if which == "locked":
            subprocess.run([*pip, *HASHED, str(LOCK)], check=True)
            subprocess.run([*pip, "--no-deps", "--no-build-isolation", str(ROOT)], check=True)
        else:
            bounds = Path(folder, "bounds.txt")
            bounds.write_text("\n".join(lowest() if which == "oldest" else ()))
            subprocess.run([*pip, "-c", str(bounds), "-e", f"{ROOT}[{','.join(EXTRAS)}]"], check=True)
        subprocess.run([python, "-m", "pip", "freeze", "--exclude-editable"], check=True)
        beside = ("-W", "ignore::DeprecationWarning") if which == "oldest" else ()  # of what they need, which is new
        return subprocess.run([python, "-m", "pytest", *beside, *arguments], cwd=ROOT).returncode


def lowest() -> list[str]:
    """["numpy==2.2", ...]: the lowest allowed version of each package that pyproject.toml names for the tests."""
    project = _project()["project"]
    named = [*project["dependencies"], *(each for extra in EXTRAS for each in project["optional-dependencies"][extra])]
    return [f"{found[1]}=={found[2]}" for each in named if (found := LOWER.match(each))]


def _project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def main(arguments: Sequence[str]) -> int:
    """Do what the first argument says; returns the exit code."""
    which, *rest = arguments or ("",)
    if which in ("oldest", "newest", "locked"):
        return suite(which, rest)
    if which == "audit":
        return audit(rest)
    if which == "lock" and not rest:
        return lock()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
