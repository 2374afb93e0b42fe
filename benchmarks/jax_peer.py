"""JAX as its users run it: one jitted training step with `lax.scan` over time, weights and moments donated."""

from contextlib import contextmanager

from .workloads import BATCHES, CLIP_NORM, GATES, RATE, V, batches

B1, B2, EPSILON = 0.9, 0.999, 1e-8
ONE_THREAD = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


def settings(workload, cores):
    """{words: setting} to choose from; training alone."""
    if workload.kind != "train":
        return {}
    return {"scan": {}, "scan, unrolled 8": {"unroll": 8}, "scan, 1 thread": {"threads": 1}}


def environment(setting):
    """Variables of a worker with that setting."""
    return {"JAX_PLATFORMS": "cpu"} | ({"XLA_FLAGS": ONE_THREAD} if setting.get("threads") == 1 else {})


@contextmanager
def opened(workload, unroll=1, threads=0):
    import jax
    import jax.numpy as jnp

    step = jax.jit(_stepper(jax, jnp, workload, unroll), donate_argnums=0)
    given = [tuple(map(jnp.asarray, pair)) for pair in batches(workload)]
    params = _parameters(jax, workload)
    nothing = jnp.zeros((workload.N, workload.hidden))
    zeros = jax.tree.map(jnp.zeros_like, params)
    moving = (params, zeros, jax.tree.map(jnp.copy, zeros))
    state, done = [(nothing, nothing)] * workload.layers, 0

    def work():
        nonlocal moving, state, done
        inputs, targets = given[done % BATCHES]
        done += 1
        moving, state, loss = step(moving, state, float(done), inputs, targets)
        float(loss)  # training shows it, and this waits for the step
        return 1

    yield work, {"jax": jax.__version__}


def _parameters(jax, workload):
    """Weights of every layer and of the head, uniform in 1/sqrt(H)."""
    H, G = workload.hidden, GATES[workload.cell]
    shapes = {
        f"layer{k}": {"W_x": (H if k else V, G * H), "W_h": (H, G * H), "b": (G * H,), "b_h": (G * H,)}
        for k in range(workload.layers)
    } | {"head": {"W": (H, V), "b": (V,)}}
    leaves, tree = jax.tree.flatten(shapes, is_leaf=lambda value: isinstance(value, tuple))
    keys = jax.random.split(jax.random.key(1), len(leaves))
    return tree.unflatten(
        [jax.random.uniform(key, shape, minval=-(H**-0.5), maxval=H**-0.5) for key, shape in zip(keys, leaves)]
    )


def _cells(jax, jnp, H):
    """{name: function(p, (h, c), W_x x + b) -> (h, c)}, gates side by side."""

    def lstm(p, h, c, a):
        a = a + h @ p["W_h"]
        gate = jax.nn.sigmoid(a[:, : 3 * H])
        c = gate[:, :H] * c + gate[:, H : 2 * H] * jnp.tanh(a[:, 3 * H :])
        return gate[:, 2 * H :] * jnp.tanh(c), c

    def gru(p, h, c, a):
        recurrent = h @ p["W_h"] + p["b_h"]
        gate = jax.nn.sigmoid(a[:, : 2 * H] + recurrent[:, : 2 * H])
        n = jnp.tanh(a[:, 2 * H :] + gate[:, :H] * recurrent[:, 2 * H :])
        return n + gate[:, H:] * (h - n), c

    def rnn(p, h, c, a):
        return jnp.tanh(a + h @ p["W_h"]), c

    return {"lstm": lstm, "gru": gru, "rnn": rnn}


def _stepper(jax, jnp, workload, unroll):
    """A step: ((params, m, v), state, number, inputs, targets) -> ((params, m, v), state, loss)."""
    cell = _cells(jax, jnp, workload.hidden)[workload.cell]

    def loss_of(params, state, inputs, targets):
        y, new = None, []
        for k in range(workload.layers):
            p = params[f"layer{k}"]
            a = (p["W_x"][inputs] if k == 0 else y @ p["W_x"]) + p["b"]

            def one(carry, a_t, p=p):
                carry = cell(p, *carry, a_t)
                return carry, carry[0]

            last, y = jax.lax.scan(one, state[k], a, unroll=unroll)
            new.append(last)
        scores = y @ params["head"]["W"] + params["head"]["b"]
        picked = jnp.take_along_axis(scores, targets[..., None], -1)[..., 0]
        return jnp.mean(jax.nn.logsumexp(scores, -1) - picked), new

    def step(moving, state, number, inputs, targets):
        params, m, v = moving
        (loss, state), g = jax.value_and_grad(loss_of, has_aux=True)(params, state, inputs, targets)
        norm = jnp.sqrt(sum(jnp.vdot(each, each) for each in jax.tree.leaves(g)))
        g = jax.tree.map(lambda each: each * jnp.minimum(1, CLIP_NORM / (norm + 1e-6)), g)
        m = jax.tree.map(lambda old, each: B1 * old + (1 - B1) * each, m, g)
        v = jax.tree.map(lambda old, each: B2 * old + (1 - B2) * each * each, v, g)
        rate, root = RATE / (1 - B1**number), 1 / (1 - B2**number)
        params = jax.tree.map(lambda p, a, b: p - rate * a / (jnp.sqrt(b * root) + EPSILON), params, m, v)
        return (params, m, v), state, loss

    return step
