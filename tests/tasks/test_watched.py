"""The batches that `inspect` looks at: held-out data, and sequences as long as there are, so that lags are long."""

from pathlib import Path

import numpy as np
import pytest
from pair_files import FILES
from runs import a_text
from untrained import waves, write_long

from rnncli.config import read_settings
from rnncli.tasks.registry import load_task
from rnncli.training.run import complete

pytestmark = pytest.mark.usefixtures("apart")


def task_of(file, **settings):
    return load_task(complete(read_settings(overrides={"data.files": [file]} | settings)))


def test_a_text_gives_streams_of_the_held_out_text_of_the_steps_and_rows_that_are_asked_for():
    task = task_of("text.txt")
    batch = task.watched(40, 2)
    assert batch.inputs.shape == (40, 2) and batch.mask is None and batch.fresh.all()
    held_out = task.encoder.decode(task.data.val.tokens)
    for row in range(2):
        assert task.encoder.decode(batch.inputs[:, row]) in held_out
    assert np.array_equal(batch.inputs[1:], batch.targets[:-1])


def test_a_text_without_a_choice_gives_128_steps_and_a_short_one_what_there_is():
    assert task_of("text.txt").watched(None, 2).size == (128,)
    Path("short.txt").write_text(a_text(60))
    short = task_of("short.txt").watched(None, 2)
    assert short.size[0] < 40 and short.count > 0


def test_a_text_that_held_nothing_out_gives_its_training_text():
    task = task_of("text.txt", **{"data.val_frac": 0.0})
    assert task.encoder.decode(task.watched(20, 1).inputs[:, 0]) == task.encoder.decode(task.data.train.tokens[:20])


def test_lines_that_are_documents_stand_in_the_batch_of_the_longest_ones():
    lines = ["ab"] * 300 + ["the cat sat on a mat"] * 20
    Path("lines.txt").write_text("\n".join(np.random.default_rng(1).permutation(lines)) + "\n")
    task = task_of("lines.txt", **{"data.documents": "line"})
    batch = task.watched(None, 2)
    assert batch.size == (21,)  # a newline before the line is read, and the one after it predicted


def test_pairs_give_the_longest_held_out_examples_whole():
    file, text, _ = FILES["series"]
    Path(file).write_text(text)
    task = task_of(file, **{"data.val_frac": 0.4})
    batch = task.watched(3, 2)
    lengths = np.sort(task.coded["val"].lengths)[-2:]
    assert np.sort(batch.arrays["mask"].sum(axis=0)).tolist() == lengths.tolist() and lengths[-1] == 9
    assert np.isin(batch.arrays["inputs"][0, :, 0], [each.inputs[0, 0] for each in task.coded["val"].steps]).all()


def test_a_forecaster_gives_held_out_windows(tmp_path):
    write_long(tmp_path / "waves.csv", waves())
    task = task_of("waves.csv", **{"forecast.horizon": 4, "forecast.window": 8, "series.val_size": 24})
    batch, windows = task.watched(None, 5), task.data.windows
    series, first = windows.origins(task.data.splits["val"])
    known = windows.take(series, first).targets.swapaxes(0, 1).reshape(len(first), -1)
    assert batch.inputs.shape[:2] == (8, 5)
    assert all((np.abs(known - row).max(axis=1) < 1e-12).any() for row in batch.targets.swapaxes(0, 1).reshape(5, -1))


def test_more_rows_than_there_are_examples_give_all_of_them():
    file, text, _ = FILES["text"]
    Path(file).write_text(text)
    task = task_of(file)
    assert len(task.watched(None, 1000).fresh) == len(task.coded["val"])
