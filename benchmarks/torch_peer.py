"""PyTorch as its users run it: nn.LSTM, nn.GRU or nn.RNN and a linear layer, fused Adam, in float32."""

from contextlib import contextmanager

from .workloads import BATCHES, CLIP_NORM, RATE, TEMPERATURE, V, batches

TOGETHER = 50  # tokens of one measurement
MODULES = {"lstm": "LSTM", "gru": "GRU", "rnn": "RNN"}


def settings(workload, cores, compiled=False):
    """{words: setting} of the eager settings to choose from; `compiled`: torch.compile too, for training."""
    threads = {f"{n} thread{'s' * (n > 1)}": {"threads": n} for n in sorted({1, cores})}
    chosen = threads | {f"{words}, no oneDNN": each | {"onednn": False} for words, each in threads.items()}
    if workload.kind == "generate" and workload.cell == "lstm":
        chosen |= {f"{words}, LSTMCell": each | {"form": "cell"} for words, each in threads.items()}
    if compiled and workload.kind == "train":
        chosen |= {f"{words}, compiled": each | {"form": "compiled"} for words, each in threads.items()}
    return chosen


def fused_settings(workload, cores):
    """Those of a hand-written, scripted generation, which few users would write: for one stream of an LSTM."""
    if (workload.kind, workload.cell, workload.layers, workload.N) != ("generate", "lstm", 2, 1):
        return {}
    return {f"{n} thread{'s' * (n > 1)}, script": {"threads": n, "form": "script"} for n in sorted({1, cores})}


@contextmanager
def opened(workload, threads, onednn=True, form="layer"):
    import torch

    torch.set_num_threads(threads)
    torch.backends.mkldnn.set_flags(onednn)
    torch.manual_seed(1)
    layer = getattr(torch.nn, MODULES[workload.cell])(V, workload.hidden, workload.layers)
    head = torch.nn.Linear(workload.hidden, V)
    if workload.kind == "train":
        work = _training(torch, workload, layer, head, form == "compiled")
    else:
        write = {"layer": _by_layer, "cell": _by_cell, "script": _by_script}[form](torch, workload, layer.eval(), head)
        work = _generation(torch, write)
    yield work, {"torch": torch.__version__}


def _training(torch, workload, layer, head, compiled):
    """A step of training: the loss as a number, the state kept."""
    functional, one_hot = torch.nn.functional, torch.eye(V)
    given = [tuple(map(torch.from_numpy, pair)) for pair in batches(workload)]
    parameters = [*layer.parameters(), *head.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=RATE, fused=True)
    zero, done = torch.zeros(workload.layers, workload.N, workload.hidden), 0
    state = (zero, zero) if workload.cell == "lstm" else zero

    def loss_of(inputs, targets, state):
        y, state = layer(one_hot[inputs], state)
        return functional.cross_entropy(head(y).reshape(-1, V), targets.reshape(-1)), state

    forward = torch.compile(loss_of) if compiled else loss_of

    def work():
        nonlocal state, done
        loss, new = forward(*given[done % BATCHES], state)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, CLIP_NORM)
        optimizer.step()
        state = tuple(each.detach() for each in new) if workload.cell == "lstm" else new.detach()
        done += 1
        loss.item()  # training shows it
        return 1

    return work


def _generation(torch, write):
    def work():
        with torch.inference_mode():
            return write()

    return work


def _by_layer(torch, workload, layer, head):
    """nn.LSTM and so on, one step at a time, N streams at once."""
    one_hot, N = torch.eye(V), workload.N
    token, state = torch.zeros(N, dtype=torch.long), None

    def write():
        nonlocal token, state
        for _ in range(TOGETHER):
            y, state = layer(one_hot[token].view(1, N, V), state)
            token = torch.multinomial(torch.softmax(head(y[0]) / TEMPERATURE, -1), 1)[:, 0]
            token.tolist()
        return TOGETHER * N

    return write


def _by_cell(torch, workload, layer, head):
    """nn.LSTMCell for each layer."""
    N, H, one_hot = workload.N, workload.hidden, torch.eye(V)
    cells = [torch.nn.LSTMCell(H if k else V, H) for k in range(workload.layers)]
    token, states = torch.zeros(N, dtype=torch.long), [(torch.zeros(N, H), torch.zeros(N, H)) for _ in cells]

    def write():
        nonlocal token
        for _ in range(TOGETHER):
            x = one_hot[token]
            for k, cell in enumerate(cells):
                states[k] = cell(x, states[k])
                x = states[k][0]
            token = torch.multinomial(torch.softmax(head(x) / TEMPERATURE, -1), 1)[:, 0]
            token.tolist()
        return TOGETHER * N

    return write


def _by_script(torch, workload, layer, head):
    """Two LSTM layers written out as matrix-vector products, compiled by torch.jit.script."""
    weight = {name: value.detach() for name, value in layer.named_parameters()}
    table = (weight["weight_ih_l0"].T + weight["bias_ih_l0"] + weight["bias_hh_l0"]).contiguous()
    upper = torch.cat([weight["weight_ih_l1"], weight["weight_hh_l1"]], 1)
    given = (
        table,
        weight["weight_hh_l0"],
        upper,
        weight["bias_ih_l1"] + weight["bias_hh_l1"],
        head.weight.detach() / TEMPERATURE,
        head.bias.detach() / TEMPERATURE,
    )
    from .torch_script import write_two_layers

    scripted = torch.jit.script(write_two_layers)
    state, token = torch.zeros(4, workload.hidden), torch.zeros(1, dtype=torch.long)

    def write():
        nonlocal token
        tokens = scripted(TOGETHER, state, token, *given)
        token = tokens[-1:]
        return len(tokens.tolist())

    return write
