"""The cells, each in a file that reads beside its paper, by the name that `--cell` takes."""

from ..cell import CELLS
from .gru import GRU
from .gru_before import GRUBefore
from .lstm import LSTM
from .lstm_1997 import LSTM1997
from .lstm_peephole import PeepholeLSTM
from .rnn import IdentityRNN, LogisticRNN, ReluRNN, TanhRNN

for name, cell in {
    "rnn": TanhRNN(),
    "rnn-logistic": LogisticRNN(),
    "rnn-relu": ReluRNN(),
    "rnn-identity": IdentityRNN(),
    "lstm": LSTM(),
    "lstm-1997": LSTM1997(),
    "lstm-peephole": PeepholeLSTM(),
    "gru": GRU(),
    "gru-before": GRUBefore(),
}.items():
    CELLS.register(name, cell)
