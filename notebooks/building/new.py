"""The files of a new lesson, laid out so that the build and the contract pass from the first minute."""

import re

from building.source import NOTEBOOKS

LESSON = """---
kernelspec:
  display_name: Python 3
  name: python3
---

+++ {"key": "title"}

# Find ... in ...

In this lesson you will:

- ...

+++ {"key": "first"}

The question a team really asks, and the first result within five code cells.

```{code-cell} python
:key: import
:tags: [language]

import cxlib as cx

cx.language("en")
shop = cx.ipe()
ex = cx.exercises("KEY", shop)
```

+++ {"key": "task"}

## Exercise

How many answers does Ipê's NPS rest on?

```{code-cell} python
:key: ex-answers
:tags: [exercise]

# BEGIN SOLUTION
answers = cx.nps(shop)["n"].iloc[0]
# END SOLUTION
ex.answers.check(answers)
```
"""
EXERCISES = '''"""The exercises of the lesson KEY."""

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
'''
QUIZ = """[[question]]
key = "why"
asks = "Why does a number need its n?"

[[question.option]]
text = "To look serious."
feedback = "The n is not decoration: it decides how far the number can be trusted."

[[question.option]]
text = "Because a few answers can land anywhere."
feedback = "Yes."
right = true
"""
ENTRY = """
[[lesson]]
key = "KEY"
folder = "FOLDER"
minutes = { core = 45, deepening = 0 }
needs = []
tables = ["survey_responses"]
terms = []
"""


def new_lesson(arguments: list[str]) -> int:
    """Lay out a new lesson and enter it in course.toml, as the last one. Nothing that exists is touched."""
    folder = arguments[0] if arguments else ""
    if not re.fullmatch(r"\d\d[a-z]?_[a-z][a-z0-9_]*", folder):
        print("Give a folder name such as 08_when_surveys_lie.")
        return 2
    key, path = folder.split("_", 1)[1], NOTEBOOKS / "source" / folder
    listed = (NOTEBOOKS / "course.toml").read_text(encoding="utf-8")
    if path.exists() or f'key = "{key}"' in listed:
        print(f"{folder} is there already.")
        return 2
    path.mkdir(parents=True)
    for name, text in (("lesson.md", LESSON), ("exercises.py", EXERCISES), ("quiz.toml", QUIZ)):
        (path / name).write_text(text.replace("KEY", key), encoding="utf-8", newline="\n")
    entry = ENTRY.replace("KEY", key).replace("FOLDER", folder)
    (NOTEBOOKS / "course.toml").write_text(listed.rstrip("\n") + "\n" + entry, encoding="utf-8", newline="\n")
    print(f"notebooks/source/{folder} is laid out. Write, then run: python course.py build lessons")
    return 0
