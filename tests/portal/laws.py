"""Laws that every page keeps: judged by html5lib, and by what accessibility and our policy ask."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import html5lib

_MOST_BYTES = 300_000


def broken_laws(html: str) -> list[str]:
    """What a page breaks; nothing where it is as pages are to be."""
    return list(_found(html))


def _found(html: str) -> Iterator[str]:
    parser = html5lib.HTMLParser(
        tree=html5lib.treebuilders.getTreeBuilder("etree"), namespaceHTMLElements=False
    )
    tree: Any = parser.parse(html)
    for place, code, _ in parser.errors:
        yield f"HTML {code} at {place}"
    if len(html.encode()) > _MOST_BYTES:
        yield "over 300 kB"
    every: list[ElementTree.Element] = [one for one in tree.iter() if isinstance(one.tag, str)]
    heads = [one for one in every if one.tag == "h1"]
    title = "".join(tree.find("head/title").itertext())
    if len(heads) != 1:
        yield f"{len(heads)} h1"
    else:
        h1 = " ".join("".join(heads[0].itertext()).split())
        if not re.sub("^(Lỗi:|Error:) ", "", title).startswith(h1):
            yield f"the title “{title}” does not begin with “{h1}”"
    if tree.get("lang") not in ("vi", "en"):
        yield "no language"
    ids = Counter(one.get("id") for one in every if one.get("id"))
    yield from (f"{count} × id {name}" for name, count in ids.items() if count > 1)
    for one in every:
        yield from _of_element(one)
    texts = [text for one in every if one.tag not in ("title", "svg") for text in _own(one)]
    yield from (f"a straight quote: {text.strip()}" for text in texts if '"' in text)


def _of_element(one: ElementTree.Element) -> Iterator[str]:
    if one.tag == "script":
        yield "a script"
    if one.get("style") is not None:
        yield f"a style in <{one.tag}>"
    if any(name.startswith("on") for name in one.attrib):
        yield f"an event handler in <{one.tag}>"
    if one.tag == "form" and not one.get("action"):
        yield "a form without action"
    if one.tag in ("link", "img", "a", "form"):
        where = one.get("href") or one.get("src") or one.get("action") or ""
        if where.startswith(("http:", "https:", "//")):
            yield f"leads elsewhere: {where}"


def _own(element: ElementTree.Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if child.tail:
            yield child.tail
