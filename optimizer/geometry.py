"""Great-circle distances, one at a time and as a table that agrees with the one-at-a-time values.

Arrays and `math` may differ in the last bit; that only matters next to a threshold, so callers that compare
or round ask `table` which entries are close and get those few recomputed with `math`.
"""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

EARTH_KM = 6371.0088
Place = tuple[float, float]
Floats = NDArray[np.float64]


def distance_km(a: Place, b: Place) -> float:
    """Great-circle distance between two (lat, lng) places in degrees, in km, on a sphere of 6371.0088 km."""
    (phi_a, lam_a), (phi_b, lam_b) = (radians(a[0]), radians(a[1])), (radians(b[0]), radians(b[1]))
    h = sin((phi_b - phi_a) / 2) ** 2 + cos(phi_a) * cos(phi_b) * sin((lam_b - lam_a) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(h)))


def table(homes: list[Place | None], schools: list[Place | None], max_km: float) -> Floats:
    """Distances in km, shape (homes, schools); unknown places give nan.

    Entries within a millionth of `max_km`, or of a half of 0.1 km (where the cost tier rounds), are computed
    with `distance_km`, so that comparing and rounding agree with anyone who uses `math`.
    """
    a, b = _radians(homes), _radians(schools)
    dphi = b[None, :, 0] - a[:, None, 0]
    dlam = b[None, :, 1] - a[:, None, 1]
    h = np.sin(dphi / 2) ** 2 + np.cos(a[:, None, 0]) * np.cos(b[None, :, 0]) * np.sin(dlam / 2) ** 2
    km: Floats = 2 * EARTH_KM * np.arcsin(np.minimum(1.0, np.sqrt(h)))
    tenths = 10 * km
    with np.errstate(invalid="ignore"):
        close = (np.abs(km - max_km) < 1e-6) | (np.abs(tenths - np.floor(tenths) - 0.5) < 1e-6)
    for i, s in zip(*np.nonzero(close), strict=True):
        home, school = homes[i], schools[s]
        if home is not None and school is not None:
            km[i, s] = distance_km(home, school)
    return km


def _radians(places: list[Place | None]) -> Floats:
    values = [place if place is not None else (np.nan, np.nan) for place in places]
    return np.radians(np.array(values, dtype=np.float64).reshape(len(places), 2))
