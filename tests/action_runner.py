"""What the runner of GitHub does with a composite action: expressions, conditions, scripts in bash, their commands."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from processes import PATIENCE

BASH = shutil.which("bash") or ""
SHELL = ("--noprofile", "--norc", "-eo", "pipefail")  # how the runner calls bash for `shell: bash`
EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")
INPUT = re.compile(r"inputs\.([\w-]+)")
OUTPUT = re.compile(r"steps\.(\w+)\.outputs\.(\w+)")
COMMAND = re.compile(r"\s*::([\w-]+)(?: .*?)?::(.*)|.*?##\[([\w-]+).*?\](.*)")  # of today, and of old


@dataclass
class Done:
    """How a job of the action ended. log: standard output and error; summary: of the job; outputs: of the action."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict = field(default_factory=dict)

    @property
    def report(self):
        return json.loads(Path(self.outputs["report"]).read_text(encoding="utf-8"))

    @property
    def errors(self):
        """The messages that the runner shows as annotations."""
        obeyed = list(workflow_commands(self.log))
        assert {name for name, _ in obeyed} <= {"error", "warning", "notice"}, self.log
        return [message for name, message in obeyed if name == "error"]


def workflow_commands(log):
    """(name, message) of each workflow command that the runner obeys in this log."""
    token = None
    for line in log.splitlines():
        parts = COMMAND.match(line)
        name, message = [part for part in parts.groups() if part is not None] if parts else (None, None)
        if name == "stop-commands" and token is None:
            token = message
        elif name is not None and name == token:
            token = None
        elif name is not None and token is None:
            yield name, message
    assert token is None, "commands were stopped and never taken again"


def evaluated(text, inputs, outputs):
    """A text with its expressions replaced: inputs.NAME and steps.ID.outputs.NAME, nothing else."""

    def value(found):
        if name := INPUT.fullmatch(found[1]):
            return inputs[name[1]]
        output = OUTPUT.fullmatch(found[1])
        assert output, f"what is {found[1]}?"
        return outputs.get(output[1], {}).get(output[2], "")

    return EXPRESSION.sub(value, text)


def wanted(step, inputs):
    """Whether the condition of a step holds; it may only ask for an input that is not empty."""
    condition = re.fullmatch(r"inputs\.([\w-]+) != ''", step["if"]) if "if" in step else None
    assert condition or "if" not in step, step["if"]
    return not condition or inputs[condition[1]] != ""


class Action:
    """The action of a copy of the tree, used by a job in a folder of its own."""

    def __init__(self, tree, workspace, temporary):
        self.tree, self.workspace, self.temporary = tree, workspace, temporary
        self.definition = yaml.safe_load((tree / "action.yml").read_text(encoding="utf-8"))

    def __call__(self, **given):
        """Run it with these inputs, _ for -; returns a Done. Without `install` the Python of the tests is used."""
        known = self.definition["inputs"]
        given = {"install": "", "python": sys.executable} | {key.replace("_", "-"): v for key, v in given.items()}
        assert given.keys() <= known.keys()
        inputs = {name: given.get(name, about.get("default", "")) for name, about in known.items()}
        done, outputs = Done(), {}
        for step in self.definition["runs"]["steps"]:
            if done.code == 0 and wanted(step, inputs):
                env = {name: evaluated(text, inputs, outputs) for name, text in step["env"].items()}
                outputs[step.get("id")] = self.take(step, env, done)
        about = self.definition["outputs"]
        done.outputs = {name: evaluated(output["value"], inputs, outputs) for name, output in about.items()}
        return done

    def take(self, step, env, done):
        """Run the script of a step; returns its outputs."""
        files = {name: self.temporary / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        script = self.temporary / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        ran = subprocess.run(
            [BASH, *SHELL, script],
            cwd=self.workspace,
            env=self.environment() | {name: str(file) for name, file in files.items()} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
        )
        done.code = ran.returncode
        done.log += ran.stdout
        done.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        return dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())

    def environment(self):
        """What the runner sets for every step, and the rnncli of the copy for the Python of the tests."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("RNNCLI_", "INPUT_"))}
        return inherited | {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.tree),
            "RUNNER_TEMP": str(self.temporary),
            "PYTHONPATH": str(self.tree),
            "RNNCLI_CACHE": str(self.temporary / "cache"),
            "FORCE_COLOR": "1",  # as many workflows set it
        }
