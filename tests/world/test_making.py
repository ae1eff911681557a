"""A company made in batches is the company made at once, whether or not the making was interrupted."""

import pandas as pd
import pytest

from cxlib.tables.opening import open_dataset
from cxlib.world import making, store
from cxlib.world.build import tables

CUSTOMERS, SEED = 3_500, 11


@pytest.fixture
def in_small_batches(monkeypatch):
    monkeypatch.setattr(store, "IN_MEMORY", 1_000)
    monkeypatch.setattr(making, "SHARDS", 2)


def content(folder):
    shop = open_dataset(folder)
    frames = {}
    for name in shop:
        frame = shop.tables[name].to_pandas()
        frames[name] = frame.sort_values(list(frame.columns[:1]), ignore_index=True)
    return frames


def test_batches_give_the_same_company(tmp_path, in_small_batches, monkeypatch):
    store.write_world(tmp_path / "batched", scale=CUSTOMERS, seed=SEED)
    monkeypatch.setattr(store, "IN_MEMORY", 10_000)
    store.write_world(tmp_path / "whole", scale=CUSTOMERS, seed=SEED)
    whole, batched = content(tmp_path / "whole"), content(tmp_path / "batched")
    assert list(whole) == list(batched)
    for name, frame in whole.items():
        pd.testing.assert_frame_equal(frame, batched[name], obj=name)
    assert not (tmp_path / "batched.making").exists()


def test_clean_tables_are_written_as_an_import_would_leave_them(ipe):
    for name, frame in ipe.items():
        some = frame.head(2_000)
        read, account = making.conformed(name, some)
        assert not account.issues, name
        assert making.typed(name, some).replace_schema_metadata(None).equals(read.replace_schema_metadata(None)), name


def test_a_stopped_run_goes_on(tmp_path, in_small_batches, monkeypatch):
    made = []
    real = making.part

    def stopping(seed, number, size):
        made.append(number)
        if len(made) == 3:
            raise KeyboardInterrupt
        return real(seed, number, size)

    monkeypatch.setattr(making, "part", stopping)
    with pytest.raises(KeyboardInterrupt):
        store.write_world(tmp_path / "shop", scale=CUSTOMERS, seed=SEED)
    assert not (tmp_path / "shop").exists()
    store.write_world(tmp_path / "shop", scale=CUSTOMERS, seed=SEED)
    assert made == [0, 1, 2, 2, 3]
    orders = open_dataset(tmp_path / "shop").tables["orders"].count().to_pandas()
    assert orders == len(tables(SEED, CUSTOMERS)["orders"])


def test_batches_of_another_company_are_thrown_away(tmp_path, in_small_batches):
    waiting = tmp_path / "shop.making"
    waiting.mkdir()
    (waiting / "world.json").write_text('{"seed": 1}')
    (waiting / "00000-done.json").write_text('{"products": 9}')
    store.write_world(tmp_path / "shop", scale=CUSTOMERS, seed=SEED)
    assert open_dataset(tmp_path / "shop").tables["products"].count().to_pandas() == 400
