#!/usr/bin/python3
"""links.py - what is wrong with the pages of the book, a line each

    links.py FOLDER

Each link inside the book leads to a file that is there, and its #anchor to an
element with that id. Nothing that a page loads is on another machine. No two
elements of a page have one id. Each id of a statement on a page of proofs has
its way there and back.
"""
import os
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src",
         "source": "src", "object": "data", "embed": "src", "use": "href"}
STATEMENT = re.compile(r"^(?:L\d\d-\d\d|[0-5]-\d{3})$")


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loads = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        if attrs.get(LOADS.get(tag, "")):
            self.loads.append(attrs[LOADS[tag]])


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    if len(sys.argv) != 2 or not os.path.isdir(sys.argv[1]):
        sys.exit("usage: links.py FOLDER, which make book has made")
    os.chdir(sys.argv[1])
    pages, others, wrong = {}, set(), []
    for at, _, names in os.walk("."):
        for name in names:
            path = os.path.normpath(os.path.join(at, name))
            others.add(path)
            if name.endswith(".html"):
                pages[path] = Page(read(path))
            elif name.endswith(".css"):
                for url in re.findall(r"url\(\s*[\"']?([^)\"']*)|@import\s+"
                                      r"[\"']([^\"']*)", read(path)):
                    url = url[0] or url[1]
                    if re.match(r"(https?:)?//", url):
                        wrong.append(f"{path}: loads {url}")
    count = 0
    for path, page in pages.items():
        twice = {one for one in page.ids if page.ids.count(one) > 1} \
            if len(set(page.ids)) != len(page.ids) else ()
        for one in sorted(twice):
            wrong.append(f"{path}: two elements have the id {one}")
        for url in page.loads:
            if urlsplit(url).scheme or url.startswith("//"):
                wrong.append(f"{path}: loads {url}")
            elif path != "404.html":
                page.links.append(url)
        # The page for what is not found names the pages from the top.
        for url in page.links if path != "404.html" else ():
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            count += 1
            to = path if not parts.path else os.path.normpath(os.path.join(
                os.path.dirname(path), unquote(parts.path)))
            anchor = unquote(parts.fragment)
            if to not in others:
                wrong.append(f"{path}: {url}: there is no such file")
            elif anchor and to in pages and anchor not in pages[to].ids:
                wrong.append(f"{path}: {url}: there is no such anchor")
    # There and back: a sentence's id leads to the proof, which leads to it.
    there = {}
    for path, page in pages.items():
        for url in page.links:
            parts = urlsplit(url)
            if STATEMENT.match(parts.fragment) and parts.path:
                to = os.path.normpath(os.path.join(os.path.dirname(path),
                                                   parts.path))
                there.setdefault((to, parts.fragment), set()).add(path)
    for (to, one), sources in there.items():
        back = {os.path.normpath(os.path.join(os.path.dirname(to),
                                              urlsplit(url).path))
                for url in pages[to].links
                if re.match(rf"s-{one}(-\d+)?$", urlsplit(url).fragment)
                } if to in pages else set()
        for path in sorted(sources - {"docs/ledger.html"}):
            if path not in back:
                wrong.append(f"{to}#{one}: no way back to {path}")
    print(f"{len(pages)} pages, {count} links, {len(there)} statements")
    for line in wrong:
        print(line)
    sys.exit(1 if wrong else 0)


main()
