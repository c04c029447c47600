"""front.py - the front page with its map, the ledger, sources, the index"""
import html
import os
import re

import course
import markup


# --------------------------------------------------------------- the map

def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def facilities(book):
    """The rows of the map: kind, facility, [(number, lesson)], a word."""
    text = course.read("lessons/README.md")
    found = re.search(r"^\| kind \|.*\n\|[-| :]+\n((?:\|.*\n)+)", text, re.M)
    if not found:
        raise course.Wrong("lessons/README.md: the table '| kind |' is gone: "
                           "the front page draws its map from it")
    there = [lesson.name for lesson in book.lessons]
    rows, kind = [], ""
    for line in found.group(1).splitlines():
        row = cells(line)
        kind = row[0] or kind
        links = [(number, name) for number, name in re.findall(
            r"\[(\d+)\]\(([^)]*?)/?\)", row[2]) if name in there]
        rows.append((kind, row[1], links, row[3]))
    return rows


def draw(rows):
    """The map as an SVG: a box for each kind, a link for each facility."""
    kinds = []
    for row in rows:
        if not kinds or kinds[-1][0] != row[0]:
            kinds.append((row[0], []))
        kinds[-1][1].append(row)
    columns, width, line = 3, 240, 24
    heights = [0] * columns
    out = []
    for kind, members in kinds:
        column = heights.index(min(heights))
        x, y = column * (width + 10), heights[column]
        height = 34 + line * len(members)
        out.append(f'<rect class="box" x="{x + 1}" y="{y + 1}" '
                   f'width="{width - 2}" height="{height}" rx="4"/>')
        out.append(f'<text class="kind" x="{x + 12}" y="{y + 22}">'
                   f"{html.escape(kind)}</text>")
        for i, (_, name, links, _) in enumerate(members):
            at = y + 22 + line * (i + 1)
            last = x + width - 12
            for k, (number, lesson) in enumerate(reversed(links)):
                href = f"lessons/{lesson}/index.html"
                words = name if k == len(links) - 1 else ""
                out.append(
                    f'<a href="{href}" aria-label="'
                    f'{html.escape(name)}, lesson {number}">'
                    + (f'<text x="{x + 12}" y="{at}">{html.escape(words)}'
                       "</text>" if words else "")
                    + f'<text class="n" x="{last - 26 * k}" y="{at}">'
                    f"{number}</text></a>")
        heights[column] += height + 10
    whole = columns * (width + 10) - 10
    return (f'<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {whole} {max(heights)}" role="group" '
            'aria-label="The facilities by kind, each a link to its lesson; '
            'the table below says the same">\n' + "\n".join(out) + "\n</svg>")


def front(book, to):
    rows = facilities(book)
    about = course.read("README.md")
    first = re.search(r"^# .*\n\n((?:.+\n)+)", about)
    out = [markup.head("en", "IPC Lessons"), "# IPC Lessons\n",
           markup.Writer(book, "README.md", to).text(first.group(1)),
           markup.aside('<figure class="map"><div tabindex="0">' + draw(rows)
                        + "</div></figure>") + "\n",
           "- **Begin:** [what this is, and how to get it](about.md); "
           "[the first ten minutes](docs/first-ten-minutes.md)",
           "- **Something hangs:** [when it hangs](docs/when-it-hangs.md) says "
           "who waits for what, and how to see it",
           "- **A call fails:** [errors](docs/errors.md), "
           "[limits](docs/limits.md); [all calls on two sides of paper]("
           "cheat-sheet.html)",
           "- **Which one?** [choosing a facility](docs/choosing.md)",
           "- **A word, an id, a question:** [the index](words.md), which needs "
           "no search\n",
           "## The map in words\n",
           "| kind | facility | lesson | in a word |\n|---|---|---|---|"]
    last = ""
    for kind, name, links, word in rows:
        shown = "" if kind == last else kind
        last = kind
        where = " ".join(f"[{number}](lessons/{lesson}/index.md)"
                         for number, lesson in links)
        out.append(f"| {shown} | {name} | {where} | {word} |")
    out.append("\nHow the kinds differ, and how to read the pictures, says "
               "[the map of IPC](lessons/index.md).\n")
    return "\n".join(out)


# ------------------------------------------------------- ledger and index

def ledger(book, to):
    title = "The ledger of the sources' statements"
    out = [markup.head("en", title), f"# {title}\n",
           "Every statement of the [source documents](sources.md), with its "
           "verdict. Its number leads to its proof, or to what is said of "
           "it.\n"]
    document = None
    for row in book.ledger.values():
        one = row["id"]
        if one[0] != document:
            document = one[0]
            out.append(f"\n## Document {document}\n\n| id | verdict | it says |"
                       "\n|---|---|---|")
        page = book.page_of_proof(one)
        link = (f"[{one}]({course.relative(page, to)}#{one})" if page else one)
        claim = html.escape(row["claim"], quote=False)
        claim = re.sub(r"([\\`*_\[\]|])", r"\\\1", claim)
        out.append(f"| {link} | {row['verdict']} | {claim} |")
    return "\n".join(out) + "\n"


def questions(book):
    """What the pages ask or explain, as (words, page#anchor)."""
    out = []
    for page in book.pages.values():
        if page.language != "en" or page.path.startswith(
                ("docs/demonstrations/", "CHANGELOG", "solutions/")):
            continue
        seen = {}
        fenced = False
        for line in course.read(page.path).split("\n"):
            if re.match(r" *```", line):
                fenced = not fenced
            found = not fenced and re.match(r"(#+) (.*)", line)
            if not found:
                continue
            anchor = markup.anchor_of(found.group(2), seen)
            if found.group(1) == "#":
                out.append((markup.without_marks(page.title), page.to, ""))
            else:
                out.append((markup.without_marks(found.group(2)),
                            f"{page.to}#{anchor}",
                            markup.without_marks(page.title)))
    return out


def words(book, to):
    title = "Index"
    out = [markup.head("en", title), f"# {title}\n",
           "Every section of the book by its heading, and every program. The "
           "ids of statements: [the ledger](docs/ledger.md) for those of the "
           "sources; one like L09-07 stands on the page of the proofs of "
           "lesson 09.\n"]
    entries = {}
    for text, link, where in questions(book):
        plain = re.sub(r"^\d+\.? ", "", text)
        entries.setdefault(plain, []).append((link, where or text))
    # A heading that many pages have leads nowhere in particular.
    common = {text for text, places in entries.items() if len(places) > 8}
    letter = None
    for text in sorted(entries, key=str.lower):
        if text in common:
            continue
        first = text[0].upper() if text[0].isascii() and text[0].isalpha() \
            else "Others"
        if first != letter:
            letter = first
            out.append(f"\n## {letter}\n")
        places = ", ".join(f"[{escaped(where)}]({link})"
                           for link, where in entries[text])
        out.append(f"- {escaped(text)}: {places}")
    out.append("\n## Programs\n")
    for lesson in book.lessons:
        links = [f"[{name}]({lesson.folder}/programs.md#{name})"
                 for name in lesson.programs]
        links += [f"[{name}]({lesson.folder}/programs.md#{name})"
                  for name in lesson.experiments]
        out.append(f"- {escaped(lesson.title)}: " + ", ".join(links))
    return "\n".join(out) + "\n"


def escaped(text):
    return re.sub(r"([\\*_\[\]<>])", r"\\\1", text)


# ------------------------------------------------------------- the sources

def source(path, to):
    out = [markup.head("en", path), f"# {path}\n"]
    text = course.read(path)
    out.append(markup.code(text, name=path) if path.endswith((".c", ".h"))
               else markup.plain(text))
    return "\n".join(out) + "\n"


def timeline_rules():
    """The rules of the pictures, for the inside of a page with two schemes."""
    folder = sorted(name for name in os.listdir("lessons")
                    if name[:2].isdigit())[0]
    svg = course.read(f"lessons/{folder}/timeline.svg")
    style = re.search(r"<style>\n(.*?)</style>", svg, re.S).group(1)
    light, _, dark = style.partition("@media (prefers-color-scheme: dark) {\n")
    dark = dark.rstrip().rstrip("}")

    def under(rules, where):
        out = []
        for line in rules.strip().split("\n"):
            names, _, body = line.partition("{")
            names = ", ".join(f"{where} .timeline " + name.strip()
                              for name in names.split(","))
            out.append(f"{names.strip()} {{{body}")
        return "\n".join(out) + "\n"
    # Without a script it is dark where the reader's system is: see hooks.py.
    return (under(light, "") + "@media screen {\n"
            + under(dark, '[data-md-color-scheme="slate"]')
            + "}\n@media screen and (prefers-color-scheme: dark) {\n"
            + under(dark, ".no-js") + "}\n")


def plots(made):
    """What make bench has measured on this machine, at the end of its page."""
    to = "docs/bench.md"
    if to not in made:
        return
    out = ["\n## On the machine that made this book {#on-this-machine}\n"]
    folder = "build/bench-results"
    names = sorted(name for name in os.listdir(folder)
                   if name.endswith(".svg")) if os.path.isdir(folder) else []
    for name in names:
        made[f"docs/{name}"] = course.read(f"{folder}/{name}")
        words = name[:-4]
        out.append(f"![A plot: {words} of each facility; the figures are in "
                   f"bench.json]({name}){{: .plot }}\n")
    if not names:
        out.append("Nothing was measured there. `make bench`, and then "
                   "`make book`, puts the plots of your machine here.\n")
    made[to] += "\n".join(out)


# ------------------------------------------------------------- the order

REFERENCE = ["choosing", "when-it-hangs", "errors", "limits", "memory-order",
             "sysv-vs-posix", "glossary", "lesson-h", "bench", "systems",
             "sources", "ledger"]
TEACHING = ["instructors", "grading", "demonstrations/index"]


def order(book):
    """What the navigation shows, and the chain of previous and next."""
    made = {name[5:-3] for name in (page.to for page in book.pages.values())
            if name.startswith("docs/") and name.count("/") == 1}
    made |= {"ledger", "demonstrations/index"}
    first = ["first-ten-minutes", "exercises"]
    others = sorted(made - set(REFERENCE) - set(TEACHING) - set(first))
    others = [name for name in others
              if not course.LANGUAGE.match(f"{name}.md")]

    def docs(names):
        return [f"docs/{name}.md" for name in names if name in made]
    nav = [
        {"The map": "index.md"},
        {"Begin": ["about.md", "docs/first-ten-minutes.md",
                   "lessons/index.md"]},
        {"Lessons": [f"{lesson.folder}/index.md" for lesson in book.lessons]},
        {"Exercises": ["docs/exercises.md"]},
        {"Reference": docs(REFERENCE)},
        {"Teaching": docs(TEACHING)},
        {"Making it": docs(others) + ["CHANGELOG.md"]},
        {"Index": "words.md"},
    ]
    chain = ["index.md", "about.md", "docs/first-ten-minutes.md",
             "lessons/index.md"]
    before = [e for e in book.exercises if book.lesson_of(
        f"lessons/{e.topic}") is None]
    chain += [f"{e.folder}/index.md" for e in before]
    for lesson in book.lessons:
        chain.append(f"{lesson.folder}/index.md")
        chain += [f"{e.folder}/index.md" for e in book.exercises_of(lesson)]
    chain += docs(REFERENCE + TEACHING + others)
    return {"nav": nav, "chain": chain}


def add(book, made):
    made["index.md"] = front(book, "index.md")
    made["docs/ledger.md"] = ledger(book, "docs/ledger.md")
    made["words.md"] = words(book, "words.md")
    plots(made)
    made["timeline.css"] = timeline_rules()
    made["book.css"] = course.read("common/book/book.css")
    for path, to in sorted(book.code.items()):
        made[to] = source(path, to)
