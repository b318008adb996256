"""The run of a style sheet: prints a page in which it can be seen at work."""

import sys
from pathlib import Path

PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{name}</title><style>
{style}
</style></head>
<body>
<header><h1>Heading one</h1><nav><a href="#a">First link</a> <a href="#b">Second link</a></nav></header>
<main>
<h2>Heading two</h2>
<p>A paragraph with <strong>strong</strong>, <em>emphasised</em> and <code>code</code> words.</p>
<ul><li>One</li><li>Two</li></ul>
<table><thead><tr><th>Name</th><th>Value</th></tr></thead><tbody><tr><td>a</td><td>1</td></tr></tbody></table>
<form><label>Label <input placeholder="Input"></label> <button type="button">Button</button></form>
<div class="container"><div class="card">Card</div><div class="card">Card</div></div>
</main>
<footer>Footer</footer>
</body>
</html>
"""

name = sys.argv[1]
style = Path(name).read_text(encoding="utf-8", errors="replace").replace("</", "<\\/")
sys.stdout.write(PAGE.format(name=name.replace("&", "&amp;").replace("<", "&lt;"), style=style))
