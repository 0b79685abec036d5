"""The peer of the APL benchmark: PySAL `access`, two-step floating catchment area with stepwise decay in both steps.

Reads the folder written by benches/apl.rs (raw arrays of one origin-destination table, supply and demand), times the
computation alone (the two weighted catchments and the ratio between them), writes `apl.f64` and prints the seconds.

`two_stage_fca` with a `weight_fn` applies the weights in both steps, which is the DREES method; `step_fn` gives the bands. Its bands are closed above (minutes <= bound), those of the DREES open: the bounds are taken just below.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from access import fca, weights

folder = Path(sys.argv[1])
read = lambda name, kind: np.fromfile(folder / name, dtype=kind)  # noqa: E731
supply, demand = read("supply.f64", "<f8"), read("demand.f64", "<f8")
index = pd.RangeIndex(len(supply), name="geoid")
demand_frame = pd.DataFrame({"demand": demand}, index=index)
supply_frame = pd.DataFrame({"supply": supply}, index=index)
cost = pd.DataFrame(
    {
        "origin": read("origins.u64", "<u8").astype(np.int64),
        "dest": read("targets.u64", "<u8").astype(np.int64),
        "cost": read("minutes.f64", "<f8"),
    }
)
below = lambda bound: float(np.nextafter(bound, 0))  # noqa: E731
decay = weights.step_fn({below(10): 1.0, below(15): 2 / 3, below(20): 1 / 3})

start = time.perf_counter()
result = fca.two_stage_fca(
    demand_frame, supply_frame, cost, max_cost=20.0, demand_name="demand", supply_name="supply", weight_fn=decay
)
seconds = time.perf_counter() - start
# Communes from which nothing is reached are absent from the peer's answer: nothing accessible.
result.reindex(index).fillna(0.0).to_numpy(dtype="<f8").tofile(folder / "apl.f64")
print(seconds)
