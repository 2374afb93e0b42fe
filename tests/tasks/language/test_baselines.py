"""The Kneser-Ney baseline against a dictionary version written from the paper, and by its laws."""

from collections import Counter, defaultdict
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnncli.data.text import token_cache
from rnncli.errors import ResourceError
from rnncli.tasks.language import baselines
from rnncli.tasks.language.baselines import KneserNey, default_order

EXACT = 1e-12  # both sides compute in float64; only the order of the additions differs


class Reference:
    """Modified Kneser-Ney with dictionaries and recursion (Chen & Goodman 1999), one n-gram at a time.

    A boundary symbol of its own, ("start", i), stands before piece i: a left neighbour, never a context.
    """

    def __init__(self, documents, V, order):
        self.V, self.order = V, order
        raw, neighbours = Counter(), defaultdict(set)
        for i, document in enumerate(documents):
            padded = [("start", i), *document]
            for end in range(3, len(padded) + 1):  # the first symbol of a piece is not predicted
                for k in range(1, min(order, end - 1) + 1):
                    gram = tuple(padded[end - k : end])
                    raw[gram] += 1
                    neighbours[gram].add(padded[end - k - 1])
        self.count = {gram: raw[gram] if len(gram) == order else len(neighbours[gram]) for gram in raw}
        self.followers = defaultdict(dict)
        for gram, count in self.count.items():
            self.followers[gram[:-1]][gram[-1]] = count
        self.D = {k: self.discounts(k) for k in range(1, order + 1)}

    def discounts(self, k):
        n = Counter(count for gram, count in self.count.items() if len(gram) == k)
        if n[1] == 0 or n[2] == 0:
            return [0, 0.5, 0.5, 0.5]
        Y = n[1] / (n[1] + 2 * n[2])
        D = [0] + [i - (i + 1) * Y * n[i + 1] / n[i] if n[i] else 0 for i in (1, 2, 3)]
        return D if n[4] and all(0 < D[i] < i for i in (1, 2, 3)) else [0, Y, Y, Y]

    def p(self, w, context):
        """p(w | context), context a tuple of at most order-1 symbols."""
        lower = self.p(w, context[1:]) if context else 1 / self.V
        if context not in self.followers:
            return lower
        D, seen = self.D[len(context) + 1], self.followers[context]
        removed = sum(D[min(count, 3)] for count in seen.values())
        count = seen.get(w, 0)
        return (count - D[min(count, 3)] + removed * lower) / sum(seen.values())

    def nats(self, documents):
        return np.array(
            [-log(self.p(d[j], tuple(d[max(0, j - self.order + 1) : j]))) for d in documents for j in range(1, len(d))]
        )


def laid_end_to_end(documents):
    """tokens (L,) and pieces (P, 2) of a list of lists of numbers."""
    stops = np.cumsum([0] + [len(d) for d in documents])
    tokens = np.array([w for d in documents for w in d], np.uint8)
    return tokens, np.stack([stops[:-1], stops[1:]], axis=1).astype(np.int64)


def one_piece(tokens):
    return np.array([[0, len(tokens)]])


def distribution(model, context, V):
    """p of every symbol after the context: (V,)."""
    tokens, pieces = laid_end_to_end([[*context, w] for w in range(V)])
    return np.exp(-model.nats(tokens, pieces).reshape(V, len(context))[:, -1])


def structured_text(seed, length, V):
    """Numbers below V with enough repetition that every count from 1 to 4 occurs at several orders: (length,)."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(V, 0.3), size=(V, V))
    text = [0, 0]
    while len(text) < length:
        text.append(int(rng.choice(V, p=weights[text[-2], text[-1]])))
    return np.array(text, np.uint8)


@st.composite
def texts(draw, most=60):
    """V and a list of documents of numbers below it; some are empty or a single symbol."""
    V = draw(st.integers(1, 5))
    document = st.lists(st.integers(0, V - 1), max_size=most)
    return V, draw(st.lists(document, min_size=1, max_size=5))


@pytest.mark.parametrize("order", [1, 2, 3, 5, 7])
def test_structured_text_scores_as_the_paper_says(order):
    V, text = 7, structured_text(1, 1500, 7)
    train, held_out = [text[:700], text[700:720], text[720:1200]], [text[1200:1450], text[1450:]]
    reference = Reference([d.tolist() for d in train], V, order)
    got = KneserNey(order).fit(*laid_end_to_end(train), V).nats(*laid_end_to_end(held_out))
    np.testing.assert_allclose(got, reference.nats([d.tolist() for d in held_out]), rtol=EXACT, atol=EXACT)


def test_structured_text_reaches_the_papers_discounts_and_both_fallbacks():
    text = structured_text(1, 1500, 7).tolist()
    D = Reference([text], 7, 7).D
    assert len(set(D[1])) == 2 and D[1][1] == 0.5  # every symbol is frequent: nothing to estimate from
    assert any(len(set(d)) == 4 for d in D.values())  # D(1), D(2) and D(3 or more) each its own
    sparse = Reference([text[:60]], 7, 7).D
    assert any(len(set(d)) == 2 and d[1] not in (0.5, 1) for d in sparse.values())  # plain Kneser-Ney


@pytest.mark.parametrize(
    ("counts", "Y"),
    [
        ([1, 1, 1, 1, 2, 3, 3, 3, 4], 4 / 6),  # the formula gives D(2) = 2 - 3 * 4/6 * 3/1 = -4
        ([1, 1, 2, 2, 3, 4, 4, 4, 4], 2 / 6),  # and here D(3) = 3 - 4 * 2/6 * 4/1 = -7/3
        ([1, 1, 1, 1, 2, 2, 2, 3], 4 / 10),  # no count of 4: D(3) cannot be told
    ],
)
def test_discounts_that_the_formulas_put_out_of_range_are_those_of_plain_kneser_ney(counts, Y):
    V, total = len(counts) + 1, sum(counts)
    text = np.repeat(np.arange(V), [1, *counts])  # symbol 0 is the context; symbol i has the i-th count
    p = np.exp(-KneserNey(1).fit(text, one_piece(text), V).nats(text, one_piece(text)))
    expected = (np.array(counts) - Y + Y * len(counts) / V) / total
    np.testing.assert_allclose(p, np.repeat(expected, counts), rtol=EXACT)


@settings(max_examples=150, deadline=None)
@given(texts(), texts(), st.integers(1, 6))
def test_any_documents_score_as_the_paper_says(train, held_out, order):
    V = max(train[0], held_out[0])
    got = KneserNey(order).fit(*laid_end_to_end(train[1]), V).nats(*laid_end_to_end(held_out[1]))
    np.testing.assert_allclose(got, Reference(train[1], V, order).nats(held_out[1]), rtol=EXACT, atol=EXACT)


@settings(max_examples=100, deadline=None)
@given(texts(), st.lists(st.integers(0, 5), min_size=1, max_size=8), st.integers(1, 6))
def test_probabilities_after_any_context_are_positive_and_sum_to_one(train, context, order):
    V = train[0] + 1  # one symbol that training never shows
    model = KneserNey(order).fit(*laid_end_to_end(train[1]), V)
    p = distribution(model, [w % V for w in context], V)
    assert p.min() > 0
    assert p.sum() == pytest.approx(1, abs=EXACT)


def test_probabilities_sum_to_one_after_seen_and_after_unseen_contexts():
    V, text = 9, structured_text(2, 2000, 8)  # symbol 8 never occurs
    model = KneserNey(5).fit(text, one_piece(text), V)
    for context in (text[:4], text[1000:1010], text[:1], [8], [8, 8, 8, 8], [text[0], 8, text[1], text[2]]):
        assert distribution(model, context, V).sum() == pytest.approx(1, abs=EXACT)


def test_text_of_one_symbol_has_the_probability_found_by_hand():
    # 3 targets "a", no count of 1 or 2: D = 1/2. p = (3 - 1/2)/3 + (1/2)/3 * 1/2
    text = np.zeros(4, np.uint8)
    nats = KneserNey(1).fit(text, one_piece(text), 2).nats(text, one_piece(text))
    np.testing.assert_allclose(nats, -log(11 / 12), rtol=EXACT)


def test_a_vocabulary_of_one_symbol_costs_exactly_nothing():
    text = np.zeros(50, np.uint8)
    nats = KneserNey(7).fit(text, one_piece(text), 1).nats(text, one_piece(text))
    assert nats.tolist() == [0.0] * 49
    assert not np.signbit(nats).any()


@pytest.mark.parametrize("text", ["aaaa", "aaaaaaaaaaaab", "ab", "abababababab", "a", ""])
@pytest.mark.parametrize("order", [1, 2, 7])
def test_degenerate_texts_give_a_proper_distribution(text, order):
    tokens = np.frombuffer(text.encode(), np.uint8) - ord("a")
    model = KneserNey(order).fit(tokens, one_piece(tokens), 3)
    for context in ([0], [1], [2], [0, 0], [0, 1, 0, 1], [2, 2, 2, 2, 2, 2, 2, 2]):
        p = distribution(model, context, 3)
        assert p.min() > 0
        assert p.sum() == pytest.approx(1, abs=EXACT)


def test_without_any_training_target_every_symbol_costs_ln_V():
    model = KneserNey(3).fit(np.array([2, 1], np.uint8), np.array([[0, 1], [1, 2]]), 5)
    np.testing.assert_allclose(model.nats(np.array([0, 1, 4], np.uint8), np.array([[0, 3]])), log(5), rtol=EXACT)


def test_a_frequent_symbol_with_one_predecessor_is_unlikely_in_a_new_context():
    # 1 follows only 0, but eight times; 2 follows four different symbols, once each
    documents = [[0, 1]] * 8 + [[3, 2], [4, 2], [5, 2], [6, 2]]
    p = distribution(KneserNey(3).fit(*laid_end_to_end(documents), 8), [7, 7], 8)
    assert p[2] > 2 * p[1]


def test_no_ngram_reaches_over_the_border_of_a_piece():
    text = structured_text(3, 400, 4)
    pieces = np.array([[0, 150], [150, 151], [151, 400]])
    order = [2, 0, 1]  # where the pieces lie does not matter, and every document is scored alone
    model = KneserNey(4).fit(text, pieces, 4)
    moved = KneserNey(4).fit(*laid_end_to_end([text[begin:end] for begin, end in pieces[order]]), 4)
    np.testing.assert_array_equal(model.nats(text, pieces), moved.nats(text, pieces))
    alone = [model.nats(text, pieces[i : i + 1]) for i in range(3)]
    np.testing.assert_array_equal(model.nats(text, pieces), np.concatenate(alone))


def test_lines_that_share_their_newline_score_every_character_and_newline():
    V, lines = 4, [[3, 0, 1, 3], [3, 0, 2, 1, 3], [3, 1, 3]]  # 3 is the newline
    tokens = np.array([3, 0, 1, 3, 0, 2, 1, 3, 1, 3], np.uint8)
    pieces = np.array([[0, 4], [3, 8], [7, 10]])
    got = KneserNey(3).fit(tokens, pieces, V).nats(tokens, pieces)
    assert len(got) == 9
    np.testing.assert_allclose(got, Reference(lines, V, 3).nats(lines), rtol=EXACT, atol=EXACT)


@pytest.mark.parametrize("block", [1, 3, 50])
@pytest.mark.parametrize("order", [1, 4])
def test_the_size_of_the_blocks_changes_no_figure(monkeypatch, block, order):
    text = structured_text(4, 300, 5)
    pieces = np.array([[0, 120], [120, 121], [121, 130], [130, 300]])
    whole = KneserNey(order).fit(text, pieces, 5).nats(text, pieces)
    monkeypatch.setattr(baselines, "BLOCK", block)
    np.testing.assert_array_equal(KneserNey(order).fit(text, pieces, 5).nats(text, pieces), whole)


@pytest.mark.parametrize(("limit", "used", "begins"), [(90, 90, 210), (250, 250, 50), (300, 300, 0), (301, 300, 0)])
def test_a_limit_counts_the_last_symbols_only_and_reports_it(limit, used, begins):
    text = structured_text(5, 300, 5)
    model = KneserNey(4, limit).fit(text, np.array([[0, 200], [200, 300]]), 5)
    kept = [[begins, 200], [200, 300]] if begins < 200 else [[begins, 300]]
    assert (model.used, model.available) == (used, 300)
    expected = KneserNey(4).fit(text, np.array(kept), 5)
    np.testing.assert_array_equal(model.nats(text, one_piece(text)), expected.nats(text, one_piece(text)))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint32, np.int64])
def test_the_type_of_the_symbols_changes_no_figure(dtype):
    text = structured_text(6, 600, 6) * 51  # numbers up to 255
    expected = Reference([text.tolist()], 256, 6).nats([text.tolist()])
    text = text.astype(dtype)
    got = KneserNey(6).fit(text, one_piece(text), 256).nats(text, one_piece(text))
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=EXACT)


def test_a_vocabulary_of_a_million_words_does_not_overflow():
    text = structured_text(7, 600, 6).astype(np.uint32) * 199_999
    expected = Reference([text.tolist()], 1_000_000, 7).nats([text.tolist()])
    got = KneserNey(7).fit(text, one_piece(text), 1_000_000).nats(text, one_piece(text))
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=EXACT)


def test_a_symbol_outside_the_vocabulary_is_refused():
    text = np.array([0, 1, 2], np.uint8)
    with pytest.raises(ValueError, match="found token 2, expected ids below V=2"):
        KneserNey(2).fit(text, one_piece(text), 2)
    with pytest.raises(ValueError, match="found token 2"):
        KneserNey(2).fit(text[:2], one_piece(text[:2]), 2).nats(text, one_piece(text))


@pytest.mark.parametrize(("order", "limit"), [(0, 10), (2, 0)])
def test_an_order_or_limit_below_one_is_refused(order, limit):
    with pytest.raises(ValueError, match="both must be 1 or more"):
        KneserNey(order, limit)


def test_the_tokens_of_a_piece_are_read_and_left_as_they_were():
    text = structured_text(8, 500, 5)
    text.flags.writeable = False  # tokens may be a read-only memory map
    got = KneserNey(4).fit(text, np.array([[0, 400]]), 5).nats(text, np.array([[400, 500]]))
    expected = Reference([text[:400].tolist()], 5, 4).nats([text[400:].tolist()])
    np.testing.assert_allclose(got, expected, rtol=EXACT, atol=EXACT)


def test_the_order_is_seven_for_characters_and_bytes_and_three_for_words():
    assert [default_order(level) for level in ("char", "byte", "word")] == [7, 7, 3]


def test_tiny_shakespeare_costs_the_known_nats_per_character(real_data):
    file = real_data / "text" / "tinyshakespeare.txt"
    if not file.exists():
        pytest.skip(f"{file.name} is not there")
    symbols, tokens = np.unique(np.frombuffer(file.read_bytes(), np.uint8), return_inverse=True)  # ASCII only
    cut = int(0.9 * len(tokens))
    counted = KneserNey(default_order("char")).fit(tokens, np.array([[0, cut]]), len(symbols))
    nats = counted.nats(tokens, np.array([[cut, len(tokens)]]))
    assert len(nats) == 111_539
    assert nats.mean() == pytest.approx(1.5165, abs=2e-4)  # published to four places; fallbacks move the last one


def test_nats_of_a_long_text_lie_in_a_mapped_file_and_are_the_same(monkeypatch, tmp_path):
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    tokens = np.random.default_rng(3).integers(0, 5, 4_000).astype(np.uint8)
    pieces = np.array([[0, 1_500], [1_500, 1_500], [1_500, 1_501], [1_501, 4_000]])
    fitted = KneserNey(4).fit(tokens, pieces, 5)
    expected = fitted.nats(tokens, pieces)
    monkeypatch.setattr(token_cache, "IN_MEMORY", 100)
    found = fitted.nats(tokens, pieces)
    assert isinstance(found.base, np.memmap) and not isinstance(expected.base, np.memmap)
    assert len(expected) == 1_499 + 2_498 and np.array_equal(found, expected)
    assert list((tmp_path / "cache").iterdir()) == []  # the file has no name


def test_a_file_that_finds_no_place_on_the_disk_is_an_error_before_it_is_mapped(monkeypatch, tmp_path):
    def full(handle, begin, size):
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("os.posix_fallocate", full, raising=False)
    with pytest.raises(ResourceError, match="no space left on device"):
        token_cache.roomy(token_cache.IN_MEMORY + 1)


def test_where_a_system_cannot_reserve_a_place_it_is_written(monkeypatch, tmp_path):
    monkeypatch.setenv("RNNCLI_CACHE", str(tmp_path / "cache"))
    monkeypatch.delattr("os.posix_fallocate", raising=False)
    monkeypatch.setattr(token_cache, "IN_MEMORY", 100)
    assert np.array_equal(token_cache.roomy(950), np.zeros(950))


@pytest.mark.parametrize("V", [9, 1 << 8, 1 << 25])
def test_the_width_of_keys_changes_nothing(monkeypatch, V):
    tokens = np.random.default_rng(4).integers(0, min(V, 300), 3_000).astype(np.uint32)
    pieces = np.array([[0, 1_000], [1_000, 3_000]])
    narrow = KneserNey(5).fit(tokens, pieces, V).nats(tokens, pieces)
    monkeypatch.setattr(np, "min_scalar_type", lambda largest: np.dtype(np.int64))
    assert np.array_equal(KneserNey(5).fit(tokens, pieces, V).nats(tokens, pieces), narrow)
