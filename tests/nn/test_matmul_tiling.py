"""How matrices are cut: by rule or by timing, and how that is kept from run to run and in a run."""

import json

import numpy as np
import pytest
from runs import done, tiny

from rnncli.nn import matmul_tiling
from rnncli.nn.blocked_matrix import blocked
from rnncli.nn.matmul_tiling import Layouts, choose_layout, faster
from rnncli.nn.memory import Memory
from rnncli.storage import tuning_cache as machine
from rnncli.storage.checkpoint import load
from rnncli.storage.run_folder import latest_checkpoint

pytestmark = pytest.mark.usefixtures("apart")

BIG = (64, 1024, 4, 512)  # N, K, G, M of a product that is worth timing


def slow(seconds):
    """measure(layout) whose calls take seconds[layout], by a clock of our own."""
    return lambda layout: lambda: clock.append(clock[-1] + seconds[layout])


clock = [0.0]


@pytest.fixture
def own_clock(monkeypatch):
    monkeypatch.setattr(matmul_tiling.time, "perf_counter", lambda: clock[-1])


def test_the_rule_cuts_until_a_piece_is_small():
    assert choose_layout(64, 256, 256) == (1, 32)
    assert choose_layout(32, 100, 100) == (1, 100)
    for N, K, M in ((16, 512, 256), (64, 1024, 512), (25, 257, 128)):
        parts, width = choose_layout(N, K, M)
        assert K % parts == 0 and M % width == 0
        assert N * K // parts * width <= matmul_tiling.SMALL or width == 16


@pytest.mark.parametrize("whole, chosen", [(0.5, (1, 512)), (0.99, (2, 32)), (2.0, (2, 32))])
def test_the_whole_matrix_is_taken_only_where_it_is_clearly_faster(own_clock, whole, chosen):
    assert faster((2, 32), (1, 512), slow({(2, 32): 1.0, (1, 512): whole})) == chosen


def test_a_product_is_timed_once_and_small_ones_never(own_clock):
    timed, asked = Layouts(timed=True), []

    def measure(layout):
        asked.append(layout)
        return slow({choose_layout(64, 1024, 512): 2.0, (1, 512): 1.0})(layout)

    first, second = (timed.choose(*BIG, matmul_tiling.PARTS, measure) for _ in range(2))
    assert first == second == (1, 512)
    assert len(asked) == 2
    timed.choose(4, 8, 4, 16, matmul_tiling.PARTS, measure)
    Layouts().choose(*BIG, matmul_tiling.PARTS, measure)
    assert len(asked) == 2
    assert timed.words()[0] == "64 x 1024 x 4*512: whole (timed)" and "by rule" in timed.words()[1]


def test_a_matrix_gives_the_same_product_in_every_layout():
    rng = np.random.default_rng(0)
    x, W = rng.normal(size=(6, 16)), rng.normal(size=(16, 3 * 32))
    for known in ({}, {"6 x 16 x 3*32": [1, 8]}, {"6 x 16 x 3*32": [4, 16]}, {"6 x 16 x 3*32": [1, 32]}):
        memory = Memory("f8", layouts=Layouts(known))
        matrix, y = blocked(6, 16, 3, 32, memory), np.empty((3, 6, 32))
        matrix.pack(W)
        for call in matrix.product(x, y):
            call()
        assert np.allclose(y, (x @ W).reshape(6, 3, 32).swapaxes(0, 1), rtol=1e-12)


def test_what_was_timed_is_known_to_later_runs_on_the_same_machine_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    assert machine.known_layouts().known == {}
    machine.keep_layouts(Layouts({"1 x 2 x 3*4": [1, 4]}))
    machine.keep_layouts(Layouts({"5 x 2 x 3*4": [2, 4]}))
    assert machine.known_layouts().known == {"1 x 2 x 3*4": [1, 4], "5 x 2 x 3*4": [2, 4]}
    monkeypatch.setattr(machine, "machine", lambda: "another")
    assert machine.known_layouts().known == {}
    (tmp_path / "cache" / machine.FILE).write_text('{"another": {"x": 3}}')
    assert machine.known_layouts().known == {}


def test_a_cache_that_cannot_be_written_is_no_reason_to_stop(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "file" / "cache"))
    machine.keep_layouts(Layouts({"1 x 2 x 3*4": [1, 4]}))


def test_a_run_goes_on_with_the_layouts_that_it_began_with(apart, monkeypatch):
    known = {"2 x 13 x 4*12": [1, 4]}
    monkeypatch.setattr("rnncli.training.run.known_layouts", lambda: Layouts(known))
    done("r", {"train.max_steps": 3})
    assert load(latest_checkpoint("r"))[1]["layouts"] == known
    monkeypatch.setattr("rnncli.training.run.known_layouts", lambda: pytest.fail("it must not ask the machine again"))
    from rnncli.training.run import prepare

    with prepare(tiny(), None, resume="r", extend={"max_steps": 6}) as run:
        assert run.layouts.known == known
        assert json.loads(json.dumps(run.layouts.known)) == known


def test_a_product_whose_contraction_stays_whole_is_another_product(own_clock):
    found = Layouts({"64 x 1024 x 1*512": [4, 32]})
    assert found.choose(64, 1024, 1, 512, matmul_tiling.PARTS, None) == (4, 32)
    parts, _ = found.choose(64, 1024, 1, 512, (1,), None)
    assert parts == 1 and found.words()[1].startswith("64 x 1024 x 1*512 uncut: ")
