"""The function that `torch.jit.script` compiles: it needs PyTorch's own types in its signature."""

import torch


def write_two_layers(
    count: int,
    state: torch.Tensor,
    token: torch.Tensor,
    table: torch.Tensor,
    lower: torch.Tensor,
    upper: torch.Tensor,
    bias: torch.Tensor,
    head: torch.Tensor,
    head_bias: torch.Tensor,
):
    """`count` tokens (count,) after `token`, by two LSTM layers; state (4, H): h, c of each, which it moves on."""
    H = state.size(1)
    h0, c0, h1, c1 = state[0], state[1], state[2], state[3]
    written = []
    for _ in range(count):
        a = torch.addmv(table[token][0], lower, h0)
        gate = torch.sigmoid(a)
        c0 = gate[H : 2 * H] * c0 + gate[:H] * torch.tanh(a[2 * H : 3 * H])
        h0 = gate[3 * H :] * torch.tanh(c0)
        a = torch.addmv(bias, upper, torch.cat([h0, h1]))
        gate = torch.sigmoid(a)
        c1 = gate[H : 2 * H] * c1 + gate[:H] * torch.tanh(a[2 * H : 3 * H])
        h1 = gate[3 * H :] * torch.tanh(c1)
        token = torch.multinomial(torch.softmax(torch.addmv(head_bias, head, h1), -1), 1)
        written.append(token)
    state.copy_(torch.stack([h0, c0, h1, c1]))
    return torch.cat(written)
