"""The company at a glance: its tables, one customer's life, a year of its orders."""

from typing import TYPE_CHECKING

from cxlib.charts.customer_life import customer_life
from cxlib.charts.tables_diagram import tables_diagram
from cxlib.charts.year_of_orders import year_of_orders
from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.dataset import Dataset

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def chart_company(
    shop: Dataset, picture: str = "tables", *, of: str | int | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw a company at a glance: "what is in these data?"

    `picture` is one of

    - `tables`: each table with its rows and what it can be joined by;
    - `customer`: one customer's visits, orders, contracts, tickets and answers in time. `of` is a `customer_id`;
      without it one whom many tables know. Only of synthetic data;
    - `year`: the orders of each local day of a year, and what Carnival, Black Friday and the other seasons of
      Brazilian retail do to them, with 95% intervals. `of` is a year, without it the last whole one.

    Draws on `ax`, or on a new figure, and returns the axes; `alt_text(ax)` describes it. Raises `InputError`.

    >>> from cxlib.world.store import ipe
    >>> chart_company(ipe(), "year", of=2024).get_title(loc="left")  # doctest: +ELLIPSIS
    '2024: ... orders. Strongest season: ...'
    """
    match picture:
        case "tables" if of is None:
            return tables_diagram(shop, ax=ax)
        case "customer":
            return customer_life(shop, None if of is None else str(of), ax=ax)
        case "year" if of is None or isinstance(of, int):
            return year_of_orders(shop, of, ax=ax)
    raise InputError(
        say(
            "There is no picture {picture} of {of}. Choose tables, customer (of a customer_id) or year (of a year).",
            picture=repr(picture),
            of=repr(of),
        )
    )
