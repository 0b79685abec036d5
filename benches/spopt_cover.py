"""The peer of the siting benchmark: PySAL `spopt`, maximal cover (MCLP) solved by HiGHS through PuLP.

Reads the folder written by benches/siting.rs (a dense table of minutes, points in rows, and people), times model and
solution together, prints the seconds and the people covered.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pulp
from spopt.locate import MCLP

folder, radius, sites = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
people = np.fromfile(folder / "people.f64", dtype="<f8")
minutes = np.fromfile(folder / "minutes.f64", dtype="<f8").reshape(len(people), -1)

start = time.perf_counter()
model = MCLP.from_cost_matrix(minutes, people, radius, p_facilities=sites)
model = model.solve(pulp.HiGHS(msg=False, gapRel=0.0))
seconds = time.perf_counter() - start
chosen = [site for site, variable in enumerate(model.fac_vars) if variable.value() > 0.5]
covered = people[(minutes[:, chosen] <= radius).any(axis=1)].sum()
print(seconds, covered)
