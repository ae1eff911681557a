"""Files of the platforms that CX teams use, into a dataset: what each is, what it holds, what became of its rows.

One platform is one TOML file (the shapes of its files, and which of their fields is which of ours) and, where its
files need more than names, one module beside it. Everything else is shared:

    files ─▶ recognise ─▶ unpack, join ─▶ fill (as any mapping does) ─▶ one row a key, the latest ─▶ dataset
"""
