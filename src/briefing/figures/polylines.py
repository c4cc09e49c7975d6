"""Lines with no more points than the eye needs."""

import numpy as np


def corners(points: np.ndarray, aside: float) -> list[int]:
    """Choose the points without which a line would run elsewhere, after Douglas and Peucker (1973).

    Parameters
    ----------
    points
        Places along the line, n by 2; a closed line ends where it begins.
    aside
        How far the line through the chosen points may run from any other, in the unit of `points`.

    Returns
    -------
    list of int
        Rising, the first and the last point always among them.

    Examples
    --------
    >>> corners(np.array([(0, 0), (1, 0.01), (2, 0), (2, 5)]), aside=0.05)
    [0, 2, 3]
    """
    kept, pieces = {0, len(points) - 1}, [(0, len(points) - 1)]
    while pieces:
        first, last = pieces.pop()
        if last - first < 2:
            continue
        chord, offsets = points[last] - points[first], points[first + 1 : last] - points[first]
        # Nearest place on the chord as a share of its length, of which a closed line has none.
        share = np.clip((offsets * chord).sum(axis=1) / ((chord**2).sum() or 1.0), 0, 1)
        away = ((offsets - share[:, None] * chord) ** 2).sum(axis=1)
        if away.max() > aside**2:
            middle = first + 1 + int(away.argmax())
            kept.add(middle)
            pieces += [(first, middle), (middle, last)]
    return sorted(kept)
