"""`scripts/dependencies.py`: what its audit says of packages with an advisory, without one, and not looked at."""

import importlib.util
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import Mock

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "dependencies.py"
LOCKED = "".join(f"{name}==1.0 --hash=sha256:{'0' * 64}\n" for name in ("amber", "birch", "cedar"))
BIRCH = {"name": "birch", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}
CLEAN = [{"name": name, "version": "1.0", "vulns": []} for name in ("amber", "cedar")]
SKIPPED = {"name": "birch", "skip_reason": "birch is \x1b[31mnot known\x1b[0m"}
ALL, TWO, NONE = (f"looked at {n} of 3 packages; advisories: " for n in (3, 2, 0))


@pytest.fixture
def dependencies(tmp_path, monkeypatch):
    """The script as a module, with a lock file of three packages."""
    spec = importlib.util.spec_from_file_location("dependencies", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "LOCK", tmp_path / "requirements.txt")
    module.LOCK.write_text(LOCKED)
    return module


def stand_in(tmp_path, monkeypatch, program):
    """Put a `pip_audit` that runs `program` before any other."""
    (tmp_path / "pip_audit.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.mark.parametrize(
    "answers, code, told",
    [
        (CLEAN + [BIRCH | {"vulns": []}], 0, [ALL + "0"]),
        (CLEAN + [BIRCH], 1, [ALL + "1", "birch: PYSEC-1"]),
        (
            CLEAN + [SKIPPED],
            1,
            [TWO + "0", "not looked at: birch", r"reason of the first: birch is \x1b[31mnot known\x1b[0m"],
        ),
        ([], 1, [NONE + "0", "not looked at: amber, birch, cedar", "reason of the first: none was given"]),
    ],
    ids=["all are clean", "one has an advisory", "one was not looked at", "an empty answer"],
)
def test_the_audit_counts_what_it_looked_at(dependencies, tmp_path, monkeypatch, capsys, answers, code, told):
    stand_in(tmp_path, monkeypatch, f"print({json.dumps({'dependencies': answers})!r})")
    assert dependencies.main(["audit"]) == code
    assert capsys.readouterr().out.splitlines() == told


def test_an_audit_that_fails_says_so_and_is_no_success(dependencies, tmp_path, monkeypatch, capsys):
    stand_in(tmp_path, monkeypatch, "raise ConnectionError('nobody answers')")
    assert dependencies.main(["audit"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        NONE + "0",
        "not looked at: amber, birch, cedar",
        "reason of the first: ConnectionError: nobody answers",
    ]


@contextmanager
def advisory_service(status=200):
    """A service on this machine that knows one advisory, of birch; yields its address."""

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
            advisory = {"id": "PYSEC-1", "summary": "it falls over", "affected": [{"package": package("birch")}]}
            body = json.dumps({"vulns": [advisory]} if asked == "birch" else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def package(name):
    return {"name": name, "ecosystem": "PyPI"}


def test_an_advisory_of_a_real_service_is_found(dependencies, capsys):
    pytest.importorskip("pip_audit")
    with advisory_service() as address:
        assert dependencies.main(["audit", "--vulnerability-service", "osv", "--osv-url", address]) == 1
    assert capsys.readouterr().out.splitlines() == [ALL + "1", "birch: PYSEC-1"]


def test_a_service_that_fails_is_no_success(dependencies, capsys):
    pytest.importorskip("pip_audit")
    with advisory_service(status=503) as address:
        assert dependencies.main(["audit", "--vulnerability-service", "osv", "--osv-url", address]) == 1
    assert capsys.readouterr().out.splitlines()[:2] == [NONE + "0", "not looked at: amber, birch, cedar"]


@pytest.mark.parametrize("which", ["oldest", "newest", "locked"])
def test_the_environment_of_the_tests_needs_nothing_that_was_not_installed(dependencies, monkeypatch, which):
    """Without isolation nothing is fetched for a build: an editable one would need a package that is not locked."""
    commands = []
    monkeypatch.setattr(dependencies.venv, "create", lambda folder, with_pip: None)
    monkeypatch.setattr(dependencies.subprocess, "run", lambda argv, **_: commands.append(argv) or Mock(returncode=3))
    assert dependencies.main([which, "-k", "some"]) == 3
    assert commands[-1][1:3] == ["-m", "pytest"] and commands[-1][-2:] == ["-k", "some"]
    hashed = ["--require-hashes" in argv for argv in commands]
    assert any(hashed) == (which == "locked") and not any(hashed[1:])
    assert not any("-e" in argv and "--no-build-isolation" in argv for argv in commands)


def test_the_tests_run_with_the_lowest_versions_that_are_allowed(dependencies):
    lowest = dict(each.split("==") for each in dependencies.lowest())
    assert {"numpy", "typer", "rich", "pyyaml", "pandas", "pytest", "pyarrow", "matplotlib"} <= lowest.keys()
    assert lowest["numpy"] == "2.2"
