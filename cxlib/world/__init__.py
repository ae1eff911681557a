"""Ipê, a fictional Brazilian retailer whose truth is known: every person, order and answer is synthetic.

`tables` generates the data, `truths` the exact answers that the data hide.
"""

from cxlib.world.build import SCALES, SEED, tables, truths

__all__ = ["SCALES", "SEED", "tables", "truths"]
