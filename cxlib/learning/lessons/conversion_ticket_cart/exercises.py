# Generated from notebooks/source/04_conversion_ticket_cart; edit there, then run: python course.py build
"""The exercises of the lesson conversion_ticket_cart."""

import cxlib as cx
from cxlib.learning.exercise import Exercise, Wrong
from cxlib.learning.shapes import Number

EXERCISES = [
    Exercise(
        key="answers",
        asks="The n behind a number",
        shape=Number("answers"),
        right=lambda shop: cx.nps(shop)["n"].iloc[0],
        wrong=[
            Wrong(
                name="all-rows",
                answer=lambda shop: len(shop.frame("survey_responses")),
                says="You counted every answer of the table. Only the answers to the NPS question count.",
            ),
            Wrong(
                name="value",
                answer=lambda shop: cx.nps(shop)["value"].iloc[0],
                says="That is the score itself. The question is how many answers it rests on.",
            ),
        ],
        hints=["`cx.nps(shop)` returns a frame of one row.", "The column is called `n`."],
        passed="Yes: no number without its n.",
    ),
]
