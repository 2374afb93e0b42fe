"""Watching the gradient on its way back through time."""

from collections.abc import Mapping
from typing import Any


class Observer:
    """Watches recurrent layers: `Memory(..., observer=observer)` shows it every plan that is made there.

    A class that derives from it overrides what it wants to see. Layers are known by their names in the model, those
    inside others as "layer0.ahead". Arrays belong to the plan: copy those that you keep.
    """

    def planned(self, name: str, layer: Any, plan: Any) -> None:
        """A plan (RecurrentPlan) of the Recurrent `layer` was made."""

    def reached(self, name: str, t: int, d: Mapping[str, Any]) -> None:
        """{state: dL/dstate_t (N, H)} at step t of the backward pass, which goes from the last step to the first.

        dL/dh_t is complete. The gradients of other states, such as dL/dc_t, count only their effect on the steps after
        t: the effect on h_t is in dL/dh_t.
        """

    def handed(self, name: str, t: int, d: Mapping[str, Any]) -> None:
        """{state: (N, H)}: what step t hands back to step t - 1, for t = 0 dL/ds0. Zeros written there cut the
        gradient, as truncated backpropagation does between two chunks."""
