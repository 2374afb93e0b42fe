"""Contenders against each other on one workload: in turn, in one run, so that a noisy machine hits all alike."""

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from . import jax_peer, torch_peer
from .processes import Contender, ContenderFailed, all_threads, one_thread

PAUSE = 0.05  # seconds between bursts: thread pools of the one before stop spinning
TRIALS, TRIAL = 3, 0.4  # bursts, and seconds of each, to choose among the settings of a peer
OURS, PEAK, TORCH, SCRIPT, JAX = "ours", "peak", "torch", "torch script", "jax"


@dataclass(frozen=True)
class Peer:
    """A library and the settings to choose from, {words: setting}: of each number of threads the fastest stays."""

    name: str
    maker: str
    settings: dict
    environment: object = lambda setting: {}


def peers_of(workload, names, cores, compiled=False):
    """The Peers among `names` (of libraries) that can do the workload."""
    found = []
    if "torch" in names:
        found += [
            Peer(TORCH, "torch_peer", torch_peer.settings(workload, cores, compiled)),
            Peer(SCRIPT, "torch_peer", torch_peer.fused_settings(workload, cores)),
        ]
    if "jax" in names:
        found += [Peer(JAX, "jax_peer", jax_peer.settings(workload, cores), environment=jax_peer.environment)]
    return [peer for peer in found if peer.settings]


@contextmanager
def field(workload, peers, workers, cores, log):
    """(contenders that stay, records of the settings that do not): ours, the peers' best and the peak, all ready."""
    with ExitStack() as stack:
        environment = one_thread() if workload.kind == "train" else all_threads()
        ours = Contender(OURS, "ours", workload, {"workers": workers}, environment=environment)
        entered = [stack.enter_context(ours)]
        if workload.kind == "train":
            entered.append(
                stack.enter_context(Contender(PEAK, "peak", workload, {}, environment=one_thread(), copies=cores))
            )
        for contender in entered:
            contender.ready()
        dropped = []
        for peer in peers:
            chosen, out = choose(peer, workload, stack, log)
            entered += chosen
            dropped += out
        yield entered, dropped


def choose(peer, workload, stack, log):
    """(the fastest Contender of a peer for each number of threads, records of the others).

    A setting that fails is reported and left out.
    """
    candidates = []
    for words, setting in peer.settings.items():
        each = stack.enter_context(
            Contender(peer.name, peer.maker, workload, setting, words, peer.environment(setting))
        )
        try:
            candidates.append(each.ready())
        except ContenderFailed as error:
            log(f"{workload.name}: {error}; left out")
    for turn in range(TRIALS):
        take_turn(candidates, turn, TRIAL)
    fastest = {}
    for each in sorted(candidates, key=lambda each: min(each.bursts)):
        fastest.setdefault(each.setting.get("threads"), each)
    out = [each for each in candidates if each not in fastest.values()]
    records = [record(each) | {"trial": True} for each in out]
    for each in out:
        each.close()
    for each in fastest.values():
        each.bursts.clear()
    return list(fastest.values()), records


def take_turn(contenders, turn, seconds):
    """A burst of each, in reversed order every other turn; its median is added to `bursts`."""
    for each in contenders if turn % 2 == 0 else reversed(contenders):
        times = each.ask(seconds)
        each.bursts.append(1 / sum(1 / median(mine) for mine in times))  # processes side by side add up
        time.sleep(PAUSE)


def contest(workload, peers, rounds, seconds, workers="auto", cores=1, log=print):
    """The record of a workload: who needed how long in every round, and how much memory."""
    with field(workload, peers, workers, cores, log) as (contenders, dropped):
        for turn in range(rounds):
            take_turn(contenders, turn, seconds)
        return {
            "name": workload.name,
            "words": workload.words,
            "kind": workload.kind,
            "tokens": workload.tokens,
            "flops": workload.flops if workload.kind == "train" else None,
            "contenders": [record(each) for each in contenders],
            "left_out": dropped,
        }


def record(contender):
    """A contender as plain data: `bursts` and `median` are seconds per step, per token, or for the peak per flop."""
    return {
        "name": contender.name,
        "words": contender.words,
        "about": contender.about,
        "bursts": list(contender.bursts),
        "median": median(contender.bursts),
        "memory": contender.memory(),
    }
