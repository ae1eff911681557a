"""One small company for all tests of the world, and what only its maker knows."""

import pytest

from cxlib.world import SEED
from cxlib.world.build import world


@pytest.fixture(scope="session")
def made():
    return world(SEED, "small")


@pytest.fixture(scope="session")
def ipe(made):
    return made[0]


@pytest.fixture(scope="session")
def told(made):
    return made[1]
