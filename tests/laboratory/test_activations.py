"""Activations are those of the model, step by step, and units have names that find them again."""

from types import SimpleNamespace

import numpy as np
import pytest

from rnncli.errors import ConfigError
from rnncli.laboratory.units.activations import Activations, Group, Units
from rnncli.nn.bidirectional import Bidirectional
from rnncli.nn.cells import CELLS
from rnncli.nn.compose import Residual, Stack
from rnncli.nn.memory import Memory
from rnncli.nn.recurrent import Recurrent

T, N, D, H = 7, 2, 4, 3
UNITS = Units(
    (Group("layer0.ahead", "h", 3), Group("layer0.back", "h", 3), Group("layer1", "h", 5), Group("layer1", "c", 5))
)


def test_every_column_has_a_name_that_leads_back_to_it():
    names = [UNITS.name(column) for column in range(len(UNITS))]
    assert names[0] == "layer0.ahead:0" and names[5] == "layer0.back:2" and names[-1] == "layer1.c:4"
    assert [UNITS.column(name) for name in names] == list(range(16)) and len(set(names)) == 16


@pytest.mark.parametrize(
    ("text", "column"), [("4", 10), ("layer1:4", 10), ("1:4", 10), ("1.c:4", 15), (" 0.back:0 ", 3)]
)
def test_a_unit_may_be_named_in_short(text, column):
    assert UNITS.column(text) == column


@pytest.mark.parametrize("text", ["5", "-1", "x", "", "layer1:5", "layer2:0", "layer0:0", "layer1.c:", "c:1", "²"])
def test_a_unit_that_is_not_there_is_refused_with_those_that_are(text):
    with pytest.raises(ConfigError, match="no such unit") as error:
        UNITS.column(text)
    assert "layer1.c:0 to layer1.c:4; a number alone is a unit of layer1" in error.value.hint


def test_the_columns_of_the_last_layer_are_those_of_its_output():
    assert UNITS.of_last_layer() == slice(6, 11)


def passed(body, activations, x, mask=None, seed=0):
    """The outputs of layers with random weights for x."""
    memory, store = activations.memory, {name: layer.specs() for name, layer in body.layers.items()}
    rng = np.random.default_rng(seed)
    p = {
        name: SimpleNamespace(**{s.name: rng.normal(0, 0.7, s.shape).astype("f4") for s in specs})
        for name, specs in store.items()
    }
    plan = body.plan(len(x), x.shape[1], memory)
    body.load(p, plan)
    return body.forward(x, body.initial_state(x.shape[1], memory), plan, mask)[0]


def test_h_is_collected_as_it_is_and_other_states_within_their_bounds():
    body, activations = Stack({"layer0": Recurrent(CELLS["lstm"], D, H)}), Activations()
    x = 3 * np.random.default_rng(1).normal(size=(T, N, D)).astype("f4")
    y = passed(body, activations, x)
    taken, plan = activations.taken(T, N), activations.plans[0][1]
    assert taken.shape == (T, N, 2 * H) and np.array_equal(taken[:, :, :H], y)
    c = plan.values["c"]
    assert np.abs(c).max() > 1 and np.allclose(taken[:, :, H:], np.tanh(c)) and np.abs(taken).max() <= 1
    assert [group.name for group in activations.units(T, N).groups] == ["layer0", "layer0.c"]


def test_a_layer_that_reads_from_the_end_is_shown_at_the_step_that_it_has_read():
    both = Bidirectional(Recurrent(CELLS["gru"], D, H), Recurrent(CELLS["gru"], D, H))
    x = np.random.default_rng(2).normal(size=(T, N, D)).astype("f4")
    mask = np.arange(T)[:, None] < np.array([T, 4])
    activations = Activations()
    y = passed(Stack({"layer0": both}), activations, x, mask)
    taken = activations.taken(T, N)
    real = mask[:, :, None]
    assert [group.name for group in activations.units(T, N).groups] == ["layer0.ahead", "layer0.back"]
    assert np.array_equal(taken * real, y * real)  # its output is the state of both ways at each step


def test_layers_inside_others_count_and_those_of_other_names_or_shapes_do_not():
    inner = Recurrent(CELLS["rnn"], D, D)
    body, activations = Stack({"layer0": Residual(inner)}), Activations({"layer0"})
    x = np.random.default_rng(3).normal(size=(T, N, D)).astype("f4")
    y = passed(body, activations, x)
    Recurrent(CELLS["rnn"], D, H).plan(T, N, activations.memory.within("spelling"))
    inner.plan(1, N, activations.memory.within("layer0"))
    taken = activations.taken(T, N)
    assert taken.shape == (T, N, D) and np.allclose(x + taken, y, atol=1e-6)
    assert len(activations.units(1, N)) == D


def test_what_is_taken_is_a_copy_and_collecting_changes_nothing():
    body, x = Stack({"layer0": Recurrent(CELLS["gru"], D, H)}), np.ones((T, N, D), "f4")
    activations = Activations()
    y = passed(body, activations, x)
    taken = activations.taken(T, N)
    before = taken.copy()
    activations.plans[0][1].values["h"].fill(9)
    assert np.array_equal(taken, before)
    plain = Activations()
    plain.memory = Memory("f4", forward_only=True)
    assert np.array_equal(passed(body, plain, x), before) and y.shape == (T, N, H)
