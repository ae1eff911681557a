"""What is damaged: a small delivery of every platform, and a CSV and a Parquet file through a mapping."""

import io
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from cxlib.platforms.importing import import_platform
from cxlib.tables.dataset import Dataset
from cxlib.tables.importing import import_table

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "platforms"))
from platform_files import EXPORTS, FILES, OPTIONS

MAPPING = """[dataset]
source_zone = "America/Sao_Paulo"
[survey_responses]
type = { value = "nps" }
score = { column = "Nota", decimal = "," }
answered_at = "Data"
customer_id = "E-mail"
comment = "Comentário"
channel = { column = "Canal", values = { Loja = "store", Site = "web" } }
[survey_responses.keep]
amount = "Valor"
"""
CSV = """Pesquisa de março
Data;Nota;E-mail;Comentário;Canal;Valor
25/03/2025 10:00;9;ana@example.com;"Ótimo; voltarei";Loja;R$ 1.234,56
26/03/2025 11:30;0;bia@example.com;Demorou 3 dias;Site;10,00
27/03/2025 23:59;7,5;;"duas
linhas";Loja;
28/03/2025 00:00;99;caio@example.com;;Site;5
"""
Import = Callable[[list[Path], Path], Dataset]


def _csv(folder: Path) -> list[Path]:
    (folder / "reviews.csv").write_text(CSV, encoding="utf-8")
    return [folder / "reviews.csv"]


def _parquet(folder: Path) -> list[Path]:
    frame = pd.read_csv(io.StringIO(CSV), sep=";", skiprows=1, decimal=",")
    frame["Data"] = pd.to_datetime(frame["Data"], format="%d/%m/%Y %H:%M")
    frame.to_parquet(folder / "reviews.parquet", index=False)
    return [folder / "reviews.parquet"]


def _through_a_mapping(files: list[Path], out: Path) -> Dataset:
    mapping = files[0].with_name("mapping.toml")
    mapping.write_text(MAPPING, encoding="utf-8")
    return import_table(files, mapping, out)


def _of(key: str) -> Import:
    return lambda files, out: import_platform(key, files, out, **OPTIONS)


SUBJECTS: dict[str, tuple[list[Callable[[Path], list[Path]]], Import]] = {
    **{key: ([FILES[key], *EXPORTS[key]], _of(key)) for key in FILES},
    "csv": ([_csv], _through_a_mapping),
    "parquet": ([_parquet], _through_a_mapping),
}


def delivered(subject: str, folder: Path, chance: random.Random) -> list[Path]:
    """Write one of the deliveries of a subject and return its files."""
    return chance.choice(SUBJECTS[subject][0])(folder)
