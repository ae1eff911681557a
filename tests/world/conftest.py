"""One small company for all tests of the world."""

import pytest

from cxlib.world import SEED, tables


@pytest.fixture(scope="session")
def ipe():
    return tables(SEED, "small")
