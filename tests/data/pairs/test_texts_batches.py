"""Batches of sources and the texts that are written for them."""

from itertools import combinations

import numpy as np
import pytest

from rnncli.data.pairs.sides import Steps
from rnncli.data.pairs.text_batches import CodedTexts, TextBatches, tight_edges
from rnncli.data.pairs.written import END_ID


def coded_texts(count=100, features=0, seed=1, longest=(30, 20)):
    """CodedTexts of random ids from 2, ends last; all lengths occur."""
    rng = np.random.default_rng(seed)

    def ids(length):
        return rng.integers(2, 9, length)

    sources = [Steps(ids(rng.integers(1, longest[0] + 1))) for _ in range(count)]
    if features:
        sources = [Steps(rng.normal(size=(1, features)).astype("f4")) for _ in range(count)]
    return CodedTexts(sources, [np.array([*ids(rng.integers(0, longest[1])), END_ID]) for _ in range(count)])


def rows_of(batch):
    """[(example, source, inputs, targets)] of the real rows."""
    arrays = batch.arrays
    found = []
    for n, example in enumerate(batch.examples):
        U = arrays["mask"][:, n].sum()
        if "source" in arrays:
            source = arrays["source"][: arrays["source_mask"][:, n].sum(), n]
        else:
            source = arrays["features"][:, n]
        found.append((example, source, arrays["inputs"][:U, n], arrays["targets"][:U, n]))
    return found


@pytest.mark.parametrize("features", [0, 3])
@pytest.mark.parametrize("count, batch_size", [(100, 8), (5, 64), (1, 1), (64, 64)])
def test_every_example_stands_in_a_pass_once_as_it_was_coded(count, batch_size, features):
    coded = coded_texts(count, features)
    batches = TextBatches(coded, batch_size, seed=2)
    for made in (list(batches.epoch(0)), list(batches.epoch(3)), list(batches.in_order())):
        assert len(made) == batches.batches(0)
        seen = [row for batch in made for row in rows_of(batch)]
        assert sorted(example for example, *_ in seen) == list(range(count))
        for example, source, inputs, targets in seen:
            np.testing.assert_array_equal(source, coded.sources[example].inputs)
            np.testing.assert_array_equal(targets, coded.targets[example])
            np.testing.assert_array_equal(inputs, [END_ID, *coded.targets[example][:-1]])


@pytest.mark.parametrize("features", [0, 3])
def test_batches_have_one_of_few_sizes_and_always_n_rows(features):
    batches = TextBatches(coded_texts(500, features), 16, seed=2)
    assert len(batches.sizes) <= 12 and len(set(batches.sizes)) == len(batches.sizes)
    for batch in batches.epoch(1):
        assert batch.size in batches.sizes
        lengths = {"inputs": batch.size[-1], "targets": batch.size[-1], "mask": batch.size[-1]}
        lengths |= {"features": 1} if features else {"source": batch.size[0], "source_mask": batch.size[0]}
        assert {name: array.shape[:2] for name, array in batch.arrays.items()} == {
            name: (length, 16) for name, length in lengths.items()
        }
        assert batch.fresh.tolist() == [True] * 16


def test_a_filler_row_has_one_step_of_its_source_and_counts_nothing():
    batches = TextBatches(coded_texts(13), 8, seed=2)
    whole = list(batches.epoch(0))
    part = next(batch for batch in whole if len(batch.examples) == 5)
    assert part.arrays["source_mask"][:, 5:].sum(0).tolist() == [1, 1, 1] and not part.arrays["mask"][:, 5:].any()
    assert sum(batch.count for batch in whole) == batches.coded.target_lengths.sum()
    assert all(batch.count == batch.arrays["mask"].sum() for batch in whole)


def test_a_pass_is_the_same_for_the_same_numbers_and_may_begin_later():
    batches, same = (TextBatches(coded_texts(), 8, seed=2) for _ in range(2))
    whole, again, late = list(batches.epoch(4)), list(same.epoch(4)), list(batches.epoch(4, start=5))
    for one, two in (*zip(whole, again), *zip(whole[5:], late, strict=True)):
        assert one.examples.tolist() == two.examples.tolist() and one.size == two.size
    other = [batch.examples.tolist() for batch in batches.epoch(5)]
    assert other != [batch.examples.tolist() for batch in whole]


def test_without_targets_the_sources_stand_beside_nothing():
    for features in (0, 3):
        coded = CodedTexts(coded_texts(20, features).sources)
        for batch in TextBatches(coded, 8, 1).in_order():
            assert batch.size[-1] == 1 and batch.count == 0 and not batch.arrays["mask"].any()
            for example, source, *_ in rows_of(batch):
                np.testing.assert_array_equal(source, coded.sources[example].inputs)
    empty = TextBatches(CodedTexts([]), 8, 1)
    assert list(empty.in_order()) == list(empty.epoch(0)) == [] and empty.batches(0) == 0


def test_some_examples_are_taken_in_order():
    coded = coded_texts(9)
    some = coded.take(np.array([7, 2]))
    assert some.lengths.tolist() == coded.lengths[[7, 2]].tolist() and some.targets[1] is coded.targets[2]
    assert CodedTexts(coded.sources).take(np.array([1])).targets is None


def test_examples_of_similar_length_stand_side_by_side():
    coded = coded_texts(2000)
    for batch in list(TextBatches(coded, 16, 1).in_order())[:-1]:
        T, U = coded.lengths[batch.examples], coded.target_lengths[batch.examples]
        assert U.max() - U.min() <= 3 and T.max() - T.min() <= 16


def test_edges_leave_the_least_padding():
    rng = np.random.default_rng(0)
    for _ in range(60):
        lengths, most = rng.integers(1, 12, rng.integers(1, 30)), int(rng.integers(1, 5))
        last, *others = np.unique(lengths)[::-1].tolist()
        edges = tight_edges(lengths, most)
        choices = [sorted((*some, last)) for k in range(most) for some in combinations(others, min(k, len(others)))]
        least = min(np.array(some)[np.searchsorted(some, lengths)].sum() for some in choices)
        assert len(edges) <= most and edges[-1] == last and edges[np.searchsorted(edges, lengths)].sum() == least
    assert tight_edges(np.array([], np.intp), 3).tolist() == [1]
    assert len(tight_edges(np.arange(1, 5000), 4)) == 4
