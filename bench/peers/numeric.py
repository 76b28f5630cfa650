"""The numeric operations of bench/programs/numeric.tsv in NumPy and SciPy.

Reads lines of the name of an operation and how often it is repeated; answers each with the seconds of
the fastest repetition, after one to warm up, and the sum of the sizes of all numbers of the result.
"""
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import scipy.linalg
import scipy.optimize
import scipy.signal
import scipy.stats

GOLDEN = 0.6180339887498949


def data(n, start=0):
    """Numbers from 0 to below 1 without a pattern, the same as our side computes."""
    k = np.arange(float(start), float(start + n))
    return np.mod(k * k * GOLDEN, 1)


def matrix(n, start=0):
    return data(n * n, start).reshape(n, n)


def check(result):
    if isinstance(result, tuple):
        return check(result[0])
    return float(np.sum(np.abs(np.asarray(result, dtype=complex))))


def main():
    table = Path(__file__).resolve().parent.parent / "programs" / "numeric.tsv"
    rows = (line.rstrip("\n").split("\t") for line in table.open())
    operations = {row[0]: (row[4], row[5]) for row in rows if len(row) == 6}
    print("ready", np.__version__, flush=True)
    for line in sys.stdin:
        name, repeats = line.rstrip("\n").split("\t")
        setup, expression = operations[name]
        space = {"np": np, "scipy": scipy, "data": data, "matrix": matrix}
        exec(setup, space)
        call = eval(f"lambda: {expression}", space)
        result = call()
        best = float("inf")
        for _ in range(int(repeats)):
            before = perf_counter()
            result = call()
            best = min(best, perf_counter() - before)
        print(f"{best!r}\t{check(result)!r}", flush=True)


main()
