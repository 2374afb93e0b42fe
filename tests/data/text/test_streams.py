"""The batcher gives every target once, in order, and says truly where a state must be zeroed."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncli.data.text import streams as module
from rnncli.data.text.streams import Streams
from rnncli.errors import DataError


@dataclass(frozen=True)
class FakeSplit:
    """What the batcher reads of a Split."""

    tokens: np.ndarray
    pieces: np.ndarray
    name: str = "train"


def split_of(lengths, overlap=0, dtype=np.uint16):
    """Documents of so many tokens; token i is i + 1, so that a token shows its place and 0 is padding only."""
    ends = np.cumsum([n - overlap for n in lengths]) + overlap
    pieces = np.stack([ends - lengths, ends], axis=1).astype(np.int64)
    return FakeSplit(np.arange(1, max(ends[-1], 0) + 1).astype(dtype), pieces)


def runs_of(streams, number):
    """Replay a pass as a network with state would: the stretches of tokens read between two zeroed states."""
    runs, reading = [], {}
    for batch in streams.epoch(number):
        real = np.ones(batch.inputs.shape, bool) if batch.mask is None else batch.mask
        assert batch.inputs.shape == batch.targets.shape == (len(real), streams.N)
        assert (len(real),) == batch.size in streams.sizes
        assert batch.inputs.dtype == batch.targets.dtype == np.intp
        assert batch.count == real.sum() > 0
        assert (batch.mask is None) == real.all()
        assert not batch.inputs[~real].any() and not batch.targets[~real].any()
        for n in range(streams.N):
            length = int(real[:, n].sum())
            assert real[:length, n].all(), "padding comes last"
            if batch.fresh[n]:
                assert length, "a fresh row has something to read"
                reading[n] = [int(batch.inputs[0, n])]
                runs.append(reading[n])
            for t in range(length):
                assert reading[n][-1] == batch.inputs[t, n], "a row reads on where it stopped"
                reading[n].append(int(batch.targets[t, n]))
    return runs


def targets_of(runs):
    return sorted(token for run in runs for token in run[1:])


def all_targets(split):
    return sorted(int(token) for begin, end in split.pieces for token in split.tokens[begin + 1 : end])


def tokens_of(split):
    """Each document with a target, as its list of tokens."""
    return [split.tokens[begin:end].tolist() for begin, end in split.pieces if end - begin > 1]


def equal(a, b):
    masks = (a.mask is None and b.mask is None) or np.array_equal(a.mask, b.mask)
    return (
        masks
        and a.count == b.count
        and all(np.array_equal(getattr(a, name), getattr(b, name)) for name in ("inputs", "targets", "fresh"))
    )


documents = st.one_of(
    st.lists(st.integers(1, 12), min_size=1, max_size=60),
    st.lists(st.integers(1, 90), min_size=1, max_size=8),
    st.lists(st.one_of(st.integers(1, 8), st.integers(100, 700)), min_size=1, max_size=12),
    st.lists(st.integers(2, 2000), min_size=1, max_size=1),
).filter(lambda lengths: max(lengths) > 1)


@st.composite
def passes(draw):
    """(split, streams, number, args of Streams): any documents, sizes, order and pass."""
    split = split_of(draw(documents), draw(st.integers(0, 1)))
    args = (draw(st.integers(0, 40)), draw(st.integers(1, 20)), draw(st.booleans()), draw(st.integers(0, 2**32)))
    return split, Streams(split, *args), draw(st.integers(0, 9)), args


def is_cut(split, seq_length, batch_size):
    """Whether this is a long text in equal streams: few documents of many T each, or a single one."""
    lengths = [len(tokens) - 1 for tokens in tokens_of(split)]
    few = len(lengths) < 8 * batch_size and sum(lengths) >= 4 * seq_length * len(lengths)
    return seq_length > 0 and (few or len(lengths) == 1)


@settings(max_examples=300, deadline=None)
@given(passes())
def test_every_target_is_given_exactly_once_and_rows_read_on(drawn):
    split, streams, number, (seq_length, batch_size, shuffle, _) = drawn
    given_out, wanted = targets_of(runs_of(streams, number)), all_targets(split)
    if not (shuffle and is_cut(split, seq_length, batch_size)):
        assert given_out == wanted
        return
    lost = len(wanted) - len(given_out)  # to the random offset
    assert 0 <= lost < streams.T and lost <= len(wanted) // 16
    assert len(set(given_out)) == len(given_out) and set(given_out) <= set(wanted)
    if len(tokens_of(split)) == 1:
        assert given_out == wanted[lost:], "what is lost comes first"


@settings(max_examples=300, deadline=None)
@given(passes())
def test_states_are_zeroed_at_documents_and_at_the_few_cuts_alone(drawn):
    split, streams, number, (seq_length, batch_size, _, _) = drawn
    whole, runs = tokens_of(split), runs_of(streams, number)
    document = {token: k for k, tokens in enumerate(whole) for token in tokens[1:]}  # a target names its document
    assert all(run == list(range(run[0], run[-1] + 1)) for run in runs)
    assert all(document[run[1]] == document[run[-1]] for run in runs), "no run crosses into another document"
    cuts = sum(run[0] != whole[document[run[1]]][0] for run in runs)
    if is_cut(split, seq_length, batch_size):
        assert cuts <= streams.N
    elif seq_length == 0 or max(map(len, whole)) - 1 <= 4 * seq_length:
        assert sorted(runs) == sorted(whole)
    else:
        assert cuts <= 8 * batch_size


@settings(max_examples=100, deadline=None)
@given(passes(), st.integers(0, 30))
def test_a_pass_from_batch_k_on_is_the_pass_without_its_first_k(drawn, start):
    _, streams, number, _ = drawn
    whole, rest = list(streams.epoch(number)), list(streams.epoch(number, start))
    assert len(whole) == streams.batches(number) > 0
    assert len(rest) == max(0, len(whole) - start)
    assert all(map(equal, whole[start:], rest))


@settings(max_examples=50, deadline=None)
@given(passes())
def test_equal_streams_end_together_but_for_the_ends_of_documents(drawn):
    split, streams, number, (seq_length, batch_size, _, _) = drawn
    ends, targets = len(tokens_of(split)), len(all_targets(split))
    if is_cut(split, seq_length, batch_size):  # each document may end a batch early for its row, no more
        assert streams.batches(number) <= -(-targets // (streams.N * streams.T)) + ends


def test_a_pass_can_be_entered_where_a_row_has_long_had_nothing_to_read():
    streams = Streams(split_of([41, 3]), 16, 2, False, seed=0)
    (last,) = streams.epoch(0, start=2)
    assert last.mask.sum(axis=0).tolist() == [0, 8] and not last.fresh.any()
    assert last.targets[:, 1].tolist() == [34, 35, 36, 37, 38, 39, 40, 41]


def test_skipped_batches_are_never_gathered(monkeypatch):
    gathered = []
    gather = module._gather
    monkeypatch.setattr(module, "_gather", lambda *args: gathered.append(1) or gather(*args))
    streams = Streams(split_of([20_000]), 10, 4, True, seed=3)
    total = streams.batches(2)
    assert len(list(streams.epoch(2, start=total - 3))) == 3
    assert len(gathered) == 3


def test_a_long_text_is_read_in_equal_neighbouring_streams_that_share_a_token():
    streams = Streams(split_of([201]), 32, 4, False, seed=0)
    batches = list(streams.epoch(0))
    assert (streams.T, streams.N, streams.notes, len(batches)) == (32, 4, (), 2)
    assert batches[0].inputs[0].tolist() == [1, 51, 101, 151]
    assert batches[0].mask is None and batches[0].fresh.all() and batches[0].count == 128
    assert batches[1].inputs[0].tolist() == [33, 83, 133, 183]
    assert batches[1].targets[17].tolist() == [51, 101, 151, 201]
    assert batches[1].mask.sum(axis=0).tolist() == [18] * 4 and not batches[1].fresh.any()


def test_a_document_that_ends_inside_a_row_is_padded_and_the_next_one_begins_afresh():
    streams = Streams(split_of([141, 101]), 20, 2, False, seed=0)  # 140 and 100 targets, 120 to a row
    fresh = [batch.fresh.tolist() for batch in streams.epoch(0)]
    counts = [batch.count for batch in streams.epoch(0)]
    assert fresh == [[True, True], [False, True]] + [[False, False]] * 4
    assert counts == [40] * 6
    streams = Streams(split_of([151, 101]), 20, 2, False, seed=0)  # 150 and 100, 125 to a row: 25, then 100
    fresh = [batch.fresh.tolist() for batch in streams.epoch(0)]
    assert fresh == [[True, True], [False, False], [False, True]] + [[False, False]] * 4
    masked = [batch.mask is not None for batch in streams.epoch(0)]
    assert masked == [False, True, False, False, False, False, True]


def test_short_documents_are_read_beside_others_of_nearly_their_length():
    lengths = np.random.default_rng(5).integers(2, 66, 4000)
    streams = Streams(split_of(lengths, overlap=1, dtype=np.uint32), 64, 16, True, seed=1)
    batches = list(streams.epoch(0))
    padded = sum(batch.inputs.size for batch in batches) / sum(batch.count for batch in batches)
    assert padded < 1.25  # at random it would be about 1.9
    assert {batch.size for batch in batches} == {(T,) for T in (4, 8, 16, 32, 48, 64)} == set(streams.sizes)
    means = [batch.count / streams.N for batch in batches]
    assert np.abs(np.corrcoef(means[:-1], means[1:])[0, 1]) < 0.2  # long and short batches in no order


def test_one_giant_among_many_lines_is_cut_so_that_it_does_not_run_alone():
    streams = Streams(split_of([20] * 3200 + [40_001], dtype=np.uint32), 16, 32, True, seed=1)
    work = (3200 * 2 + 2500) / 32  # batches, if rows were never idle: 278
    assert work < streams.batches(0) < 1.1 * work  # uncut, its row alone would take 2,500
    assert "1 of 3,201 documents" in streams.notes[0]


def test_two_hundred_tokens_shrink_batch_and_length_with_the_arithmetic():
    streams = Streams(split_of([179]), 100, 64, True, seed=1)
    assert (streams.T, streams.N) == (45, 4)
    assert streams.notes == (
        "batch size 64 -> 4: 178 tokens to predict (train) make 4 streams of 44, and a stream needs at least 32",
        "sequence length 100 -> 45: no stream is longer (178 tokens to predict / 4 streams)",
    )
    assert all(streams.batches(number) == 1 for number in range(20))


def test_the_batch_is_halved_until_its_streams_are_long_enough():
    totals = {64 * 32: 64, 64 * 32 - 1: 32, 128: 4, 127: 2, 63: 1}
    assert {total: Streams(split_of([total + 1]), 100, 64, True, seed=1).N for total in totals} == totals
    assert Streams(split_of([129]), 8, 16, True, seed=1).N == 16  # 8 targets fill a batch of 8 steps


def test_a_shuffled_pass_lays_long_documents_out_in_another_order():
    streams = Streams(split_of([1000] * 4), 16, 4, True, seed=1)
    first = [next(streams.epoch(number)).inputs[0, 0] // 1000 for number in range(20)]
    assert set(first) == {0, 1, 2, 3}


def test_two_tokens_make_a_batch_and_one_token_is_an_error():
    (batch,) = Streams(split_of([2]), 64, 32, True, seed=1).epoch(0)
    assert (batch.inputs.tolist(), batch.targets.tolist(), batch.count) == ([[1]], [[2]], 1)
    (batch,) = Streams(split_of([2]), 0, 32, True, seed=1).epoch(0)
    assert batch.targets.tolist() == [[2]]
    with pytest.raises(DataError, match="train split has nothing to predict") as error:
        Streams(split_of([1, 1, 1]), 64, 32, True, seed=1)
    assert error.value.hint
    with pytest.raises(DataError):
        Streams(FakeSplit(np.zeros(0, np.uint8), np.zeros((0, 2), np.int64)), 64, 32, True, seed=1)


def test_fewer_documents_than_rows_shrink_the_batch():
    streams = Streams(split_of([10, 12, 9]), 64, 32, False, seed=1)
    assert (streams.N, streams.T, streams.batches(0)) == (3, 11, 1)
    assert streams.notes == ("batch size 32 -> 3: there are no more documents (train) to read in parallel",)


def test_whole_documents_are_one_batch_each_and_huge_ones_are_warned_about():
    streams = Streams(split_of([100, 40, 90, 30]), 0, 2, False, seed=1)
    assert (streams.T, streams.notes) == (99, ())
    assert all(batch.fresh.all() for batch in streams.epoch(0))
    assert [len(batch.inputs) for batch in streams.epoch(0)] == [50, 99]
    streams = Streams(split_of([50_001] * 2, dtype=np.uint32), 0, 2, False, seed=1)
    assert "50,000 tokens to predict, times 2 rows is 100,000 positions" in streams.notes[0]


def order_of(streams, number):
    return b"".join(batch.inputs.tobytes() for batch in streams.epoch(number))


def test_the_order_depends_on_seed_and_pass_and_on_nothing_else():
    lengths = np.random.default_rng(2).integers(2, 30, 300)
    for split in (split_of(lengths), split_of([5000]), split_of([400, 300, 500, 200])):
        streams, again, other = (Streams(split, 16, 8, True, seed) for seed in (7, 7, 8))
        passes = [order_of(streams, number) for number in range(5)]
        assert [order_of(again, number) for number in (4, 3, 2, 1, 0)] == passes[::-1]
        assert [order_of(other, number) for number in range(5)] != passes
        assert len(set(passes)) > 3  # two of sixteen offsets may well agree
        plain = Streams(split, 16, 8, False, 7)
        assert order_of(plain, 0) == order_of(plain, 1)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32])
def test_a_memory_mapped_file_gives_the_batches_of_the_array(tmp_path, dtype):
    tokens = np.random.default_rng(4).integers(0, 200, 3001).astype(dtype)
    tokens.tofile(tmp_path / "tokens")
    mapped = np.memmap(tmp_path / "tokens", dtype, mode="r")
    pieces = np.array([[0, 3001]])
    a, b = (Streams(FakeSplit(source, pieces), 16, 8, True, 7) for source in (tokens, mapped))
    assert all(equal(x, y) and type(y.inputs) is np.ndarray for x, y in zip(a.epoch(0), b.epoch(0), strict=True))


def test_a_batch_is_its_own_and_survives_the_next():
    streams = Streams(split_of([3000]), 16, 8, True, 7)
    kept = list(streams.epoch(0))
    assert all(map(equal, kept, streams.epoch(0)))
    assert not any(
        np.shares_memory(a.inputs, b.inputs) or np.shares_memory(a.fresh, b.fresh) for a, b in zip(kept[:-1], kept[1:])
    )
