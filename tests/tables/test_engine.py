"""As many threads and as much memory as there are, and no more than a shared machine grants."""

import pytest

from cxlib.tables import engine


def test_half_of_the_memory_a_hub_grants(monkeypatch):
    monkeypatch.setenv("MEM_LIMIT", str(2 << 30))
    assert engine._half_of_memory_mb() <= 1024


@pytest.mark.parametrize(("granted", "threads"), [("2.0", 2), ("0.5", 1), ("many", 7), ("", 7), ("inf", 7)])
def test_no_more_threads_than_granted(monkeypatch, granted, threads):
    monkeypatch.setenv("CPU_LIMIT", granted)
    assert engine._share("CPU_LIMIT", 7) == threads


def test_the_machine_itself_where_nobody_grants(monkeypatch):
    monkeypatch.delenv("CPU_LIMIT", raising=False)
    assert engine._share("CPU_LIMIT", 7) == 7
