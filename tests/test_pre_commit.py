"""The hooks for pre-commit do what docs/ci.md says; each runs as pre-commit would run it, in a repository of a user."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from processes import PATIENCE

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
HOOKS = {hook["id"]: hook for hook in MANIFEST}
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
KINDS = {  # the fields that pre-commit documents for a hook
    str: ("id", "name", "entry", "language", "files", "exclude", "description", "language_version", "log_file"),
    bool: ("always_run", "fail_fast", "pass_filenames", "require_serial", "verbose"),
    list: ("types", "types_or", "exclude_types", "additional_dependencies", "args", "stages"),
}
FIELDS = {name: kind for kind, names in KINDS.items() for name in names} | {"minimum_pre_commit_version": str}
SUFFIXES = {"python": (".py", ".pyi"), "yaml": (".yaml", ".yml")}  # of the types that the hooks ask for
README = (ROOT / "README.md").read_text(encoding="utf-8")
(CELL,) = re.findall(r"`ugrnn\.py`:\n\n```python\n(.*?)```", README, re.S)
NOVEL = (ROOT / "datasets/tales.txt").read_text(encoding="utf-8")[:9000]

pytestmark = [
    pytest.mark.docs,
    pytest.mark.skipif(shutil.which("git") is None, reason="pre-commit needs git, which is not here"),
]


class Repository:
    """A repository of a user, in which `rnncli` and `python` are those of a copy of the tree."""

    def __init__(self, folder, tree):
        self.folder, bin = folder / "repository", folder / "bin"
        self.folder.mkdir()
        bin.mkdir()
        for name, module in {"rnncli": "-P -m rnncli", "python": ""}.items():
            (bin / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
            (bin / name).chmod(0o755)
        inherited = {name: v for name, v in os.environ.items() if not name.startswith(("RNNCLI_", "GIT_"))}
        self.env = inherited | {
            "PATH": f"{bin}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(tree),
            "RNNCLI_CACHE": str(folder / "cache"),
            "RNNCLI_TRAIN__WORKERS": "1",
        }
        self.call("git", "init", "--quiet")

    def call(self, *argv):
        """Run a command in it; returns a CompletedProcess with both streams in stdout."""
        return subprocess.run(
            argv,
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
        )

    def stage(self, **texts):
        """Write files, {name: text}, and add them to the index."""
        for name, text in texts.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")
        self.call("git", "add", "--all")

    def staged(self, hook):
        """The files in the index that a hook is given."""
        names = self.call("git", "diff", "--cached", "--name-only", "-z", "--no-renames").stdout.split("\0")[:-1]
        suffixes = tuple(suffix for kind in hook.get("types", ()) for suffix in SUFFIXES[kind])
        return [
            name
            for name in names
            if re.search(hook.get("files", ""), name) and not re.search(hook.get("exclude", "^$"), name)
            if not suffixes or name.endswith(suffixes)
        ]

    def run(self, id, args=(), **own):
        """What pre-commit does for a hook with these args: a CompletedProcess, or None where it skips the hook."""
        hook = HOOKS[id] | own
        files = self.staged(hook)
        if not files and not hook.get("always_run"):
            return None
        files = files if hook.get("pass_filenames", True) else []
        return self.call(*shlex.split(hook["entry"]), *args, *files)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of what a hook installs."""
    copy = tmp_path_factory.mktemp("hooks") / "tree"
    for name in ("rnncli", "datasets", "configs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture
def repository(tree, tmp_path):
    return Repository(tmp_path, tree)


def test_every_hook_has_only_fields_that_pre_commit_documents():
    assert len(HOOKS) == len(MANIFEST) == 3
    for hook in MANIFEST:
        assert {"id", "name", "entry", "language", "description"} <= hook.keys() <= FIELDS.keys()
        assert all(isinstance(value, FIELDS[name]) for name, value in hook.items())
        assert hook["language"] == "python" and shlex.split(hook["entry"])
        for pattern in ("files", "exclude"):
            re.compile(hook.get(pattern, ""))


def test_each_changed_cell_is_checked_by_itself_with_the_args_though_two_have_the_same_name(repository):
    wrong = CELL.replace("d.h *= s.z", "d.h *= s.n")
    repository.stage(**{"novel.txt": NOVEL, "cells/right.py": CELL, "cells/a wrong $(touch pwned).py": wrong})
    train = "rnncli train novel.txt --code cells/right.py --cell ugrnn --hidden-size 4 --max-steps 2 -o model"
    assert repository.call(*train.split()).returncode == 0
    assert repository.run("rnncli-gradcheck", exclude="wrong").returncode == 0
    done = repository.run("rnncli-gradcheck", ["model", "--seed", "3"])
    assert done.returncode == 1 and done.stdout.count("error: gradient of 'ugrnn' in ") == 1
    assert done.stdout.count("all passed") == 1 and done.stdout.count("seed 3") == 2
    assert not (repository.folder / "pwned").exists()


@pytest.mark.parametrize(
    "name, taken",
    [
        ("cell.py", True),
        ("cells.py", True),
        ("mycell.py", True),
        ("src/layers/gated_cell.py", True),
        ("cells/ugrnn.py", True),
        ("src/cell/ugrnn.py", True),
        ("cells/__init__.py", False),
        ("cells/test_ugrnn.py", False),
        ("tests/test_cell.py", False),
        ("cells/data/notes.py", False),
        ("excellent.py", False),
        ("cells/notes.md", False),
        ("miscellany/x.py", False),
    ],
)
def test_by_default_the_cells_are_where_their_name_says_so(name, taken, repository):
    repository.stage(**{name: "x = 1\n"})
    assert repository.staged(HOOKS["rnncli-gradcheck"]) == ([name] if taken else [])


def test_without_a_changed_cell_nothing_runs_and_a_file_without_one_is_an_error(repository):
    repository.stage(**{"notes.py": "x = 1\n"})
    assert repository.run("rnncli-gradcheck") is None
    done = repository.run("rnncli-gradcheck", files=r"^notes\.py$")
    assert done.returncode == 2 and "notes.py: defines no" in done.stdout


def test_a_configuration_is_checked_with_the_data_of_args_or_its_own(repository):
    good = "model: {cell: gru, hidden_size: 8}\n"
    repository.stage(**{"novel.txt": NOVEL, "configs/a.yaml": good})
    assert repository.run("rnncli-config").returncode == 2, "there are no data"
    assert repository.run("rnncli-config", ["novel.txt"]).returncode == 0
    repository.stage(**{"configs/a.yaml": f"{good}data: {{files: [novel.txt]}}\n"})
    assert repository.run("rnncli-config").returncode == 0
    repository.stage(**{"configs/b.yml": "model: {cel: gru}\n"})
    done = repository.run("rnncli-config", ["novel.txt"])
    assert done.returncode == 2 and "model.cel: unknown key (configs/b.yml:1:9)" in done.stdout
    assert not (repository.folder / "runs").exists()


def test_a_gate_runs_without_changed_files_and_passes_or_fails_as_its_args_say(repository):
    (repository.folder / "novel.txt").write_text(NOVEL)
    trained = repository.call("rnncli", "train", "novel.txt", "--max-steps", "2", "-o", "model")
    assert trained.returncode == 0, trained.stdout
    assert repository.run("rnncli-eval", ["model", "--max", "bits_per_char=9"]).returncode == 0
    done = repository.run("rnncli-eval", ["model", "novel.txt", "--max", "bits_per_char=1", "--no-baseline"])
    assert done.returncode == 1 and "1 of 1 checks failed: max bits_per_char" in done.stdout


def test_nothing_is_imported_from_the_repository_of_the_user(repository):
    repository.stage(**{"cells/x.py": "x = 1\n", "subprocess.py": "raise SystemExit(9)"})
    assert repository.run("rnncli-gradcheck").returncode == 2


def test_the_page_shows_every_hook_and_only_those(repository):
    (example,) = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(repos:.*?)```", PAGE, re.S))
    (shown,) = (repo["hooks"] for repo in example["repos"])
    assert [hook["id"] for hook in shown] == list(HOOKS)
    assert all(hook.keys() <= FIELDS.keys() for hook in shown)
    assert re.findall(r"^\| `(rnncli-\w+)` \|", PAGE, re.M) == list(HOOKS)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("pre_commit") is None, reason="pre-commit is not installed")
def test_pre_commit_itself_installs_and_runs_the_hooks(repository, tmp_path):
    hooks = tmp_path / "hooks"
    junk = shutil.ignore_patterns(".git", ".venv", "venv", "runs", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, hooks, ignore=junk)
    del repository.env["PYTHONPATH"]
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for argv in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "-m", "all"]):
        assert repository.call("git", "-C", str(hooks), *argv).returncode == 0
    repository.stage(**{"cells/right.py": CELL, "cells/wrong.py": CELL.replace("d.h *= s.z", "d.h *= s.n")})
    tried = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), "rnncli-gradcheck", "--files"]
    right = repository.call(*tried, "cells/right.py")
    if "An unexpected error has occurred" in right.stdout and "pip" in right.stdout:
        pytest.skip("pip cannot install what the hook needs")
    assert right.returncode == 0 and "Passed" in right.stdout, right.stdout
    wrong = repository.call(*tried, "cells/right.py", "cells/wrong.py")
    assert wrong.returncode == 1 and "exit code: 1" in wrong.stdout and "the backward pass is wrong" in wrong.stdout
