"""The contract of models: layers, a head and a loss, called as one function of the parameters."""


class Model:
    """One class per topology, a frozen dataclass that owns no array.

    store()                             the layout of the parameters, a ParamStore
    batch(T, N)                         {name: (shape, dtype)} of the arrays of a batch; the second axis is its rows
    initial_state(N, memory)            the recurrent state that a sequence begins with
    plan(T, N, memory)                  every buffer for T steps of N rows
    draw(noise, plan)                   dropout masks of the next batch
    load(p, plan)                       after each change of the parameters
    loss(batch, s0, plan)               (summed loss, state after the batch); dL/dscores is left in `plan.scores`
    backward(g, dscores, dsT, plan)     adds dL/dp into g; dsT is () for zeros, which is truncated BPTT; dL/ds0
    """

    def loss_and_grad(self, p, g, batch, s0, plan):
        """(summed loss, state after the batch); adds the gradient of the sum into g."""
        self.load(p, plan)
        loss, sT = self.loss(batch, s0, plan)
        self.backward(g, plan.scores, (), plan)
        return loss, sT
