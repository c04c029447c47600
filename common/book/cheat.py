#!/usr/bin/python3
"""cheat.py - all calls on two sides of A4: cheat-sheet.html

    cheat.py > FILE         from the notes of this course

A page of its own: a browser prints it as it stands. It is made from the
section "The calls" of each lesson's notes. There, below each "### " heading,
stand prototypes in a block ```c, and a table with the rows **Returns** and
**Errors**; a row without a first cell goes on with the row above. In place of
**Errors** a table "| errno | of | because |" does as well.

A call that several lessons have stands once: with the first lesson that has
its name in such a heading, or else with the first one that has these rows.
"""
import html
import os
import re
import sys

sys.dont_write_bytecode = True

import course

STATEMENT = re.compile(r"^([A-Za-z_][\w\s]*?[\s*]+)(\w+)\((.*)\)$")
# Ids, which are for the notes: there they lead to a proof.
IDS = re.compile(r"\s*\((?:{0})(?:(?:, | ){0})*\)".format(course.ID.pattern))
LAST_ID = re.compile(r"(?:[,;] {0})+(?=\))".format(course.ID.pattern))

STYLE = """
:root { color-scheme: light dark; }
body { margin: 1rem; font: 0.9rem/1.35 "DejaVu Sans Condensed", "Liberation Sans",
	"Noto Sans", Arial, sans-serif; color: #111; background: #fff; }
a { color: #0645ad; }
h1 { font-size: 1.3rem; margin: 0 0 0.3rem; }
main { columns: 21rem; column-gap: 1.2rem; }
h2 { font-size: 1rem; margin: 0.7rem 0 0.2rem; padding: 0 0.3rem;
	background: #e4e9f1; break-after: avoid; }
h2 a { text-decoration: none; color: inherit; }
.group { margin: 0 0 0.45rem; overflow-wrap: anywhere; }
p { margin: 0; padding-left: 1.2em; text-indent: -1.2em; }
.call { break-after: avoid; }
.call b { font-weight: bold; }
.returns::before { content: "\\2192\\a0"; content: "\\2192\\a0" / "returns"; }
.errors::before { content: "\\2717\\a0"; content: "\\2717\\a0" / "errors"; }
code { font-family: inherit; }
.errors code.e { font-weight: bold; }
.also { color: #555; white-space: nowrap; }
@media (prefers-color-scheme: dark) {
	body { color: #e6e6e6; background: #1b1e24; }
	a { color: #8ab4f8; }
	h2 { background: #2f3744; }
	.also { color: #b0b0b0; }
}
@page { size: A4; margin: 6mm 7mm; }
@media print {
	:root { color-scheme: light; }
	body { margin: 0; font-size: 6.6pt; line-height: 1.13; color: #000;
		background: #fff; }
	a { color: inherit; text-decoration: none; }
	h1 { font-size: 9pt; margin: 0 0 1mm; }
	h1 + p { font-size: 6.6pt; margin-bottom: 1mm; }
	main { columns: 3; column-gap: 3.5mm; column-fill: auto; }
	h2 { font-size: 7pt; margin: 1mm 0 0.3mm; padding: 0 1mm;
		background: #e4e9f1; print-color-adjust: exact;
		-webkit-print-color-adjust: exact; }
	.group { margin: 0 0 0.6mm; orphans: 3; widows: 3; }
	.call { break-inside: avoid; }
	.returns { break-before: avoid; break-after: avoid; }
	.also { color: #333; }
	.screen { display: none; }
}
"""


class Section:
    """What stands below one heading: its calls, and what they return."""

    def __init__(self, lesson, heading):
        self.lesson, self.heading = lesson, heading
        self.calls = {}         # name: prototype
        self.returns, self.errors = [], []

    def complete(self):
        return self.returns and self.errors

    def names(self, call):
        return re.search(rf"\b{call}\b", self.heading)


def cells(line):
    """The cells of a table's line; a stroke in a cell is written as \\|."""
    return [cell.strip().replace("\\|", "|") for cell in
            re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def prototypes(block):
    """{"fork": "pid_t fork(void)"} of the lines of a block of C."""
    out = {}
    # What is declared in braces, a structure, is no call.
    block = re.sub(r"\{[^}]*\}", "{}", block)
    for statement in block.split(";"):
        found = STATEMENT.match(" ".join(statement.split()))
        if found and found.group(1).strip() not in ("return", "else"):
            out[found.group(2)] = " ".join(statement.split())
    return out


def sections(lesson):
    """The sections of "The calls" of a lesson's notes."""
    path = f"{lesson.folder}/README.md"
    found = re.search(r"^## The calls\n(.*?)(?=^## |\Z)", course.read(path),
                      re.M | re.S)
    if not found:
        raise course.Wrong(f"{path}: there is no section '## The calls'")
    out = [Section(lesson, "")]
    block, row, table = None, "", []
    for line in found.group(1).split("\n"):
        here = out[-1]
        if block is not None:
            if line == "```":
                here.calls.update(prototypes("\n".join(block)))
                block = None
            else:
                block.append(line)
        elif line == "```c":
            block = []
        elif line.startswith("### "):
            out.append(Section(lesson, line[4:]))
        elif not line.startswith("|"):
            row, table = "", []
        elif not table:
            table = cells(line)
        elif table[0] == "errno" and len(table) == 3:
            name, who, why = cells(line)
            if not name.startswith("---"):
                name = name or row
                row = name
                here.errors.append(
                    f"{name} {why}" if who == "both" else f"{name} {who}: {why}")
        else:
            name, *rest = cells(line)
            row = name or row
            if row == "**Returns**":
                here.returns.append(rest[0])
            elif row == "**Errors**":
                here.errors.append(rest[0])
    return out


def homes(lessons):
    """[(section, {its calls}, ...)] in the order of the lessons, and for each
    call the numbers of all lessons that have it."""
    everything = [one for lesson in lessons for one in sections(lesson)]
    numbers, home = {}, {}
    for one in everything:
        for call in one.calls:
            numbers.setdefault(call, []).append(one.lesson.number)
    wrong = []
    for call in numbers:
        full = [one for one in everything if call in one.calls
                and one.complete()]
        named = [one for one in full if one.names(call)]
        if full:
            home[call] = (named or full)[0]
        else:
            first = next(one for one in everything if call in one.calls)
            wrong.append(f"{first.lesson.folder}/README.md: {call}() is in no "
                         "section with both rows **Returns** and **Errors**: "
                         "add them below its prototype")
    if wrong:
        raise course.Wrong("\n".join(wrong))
    out = []
    for one in everything:
        mine = {call: text for call, text in one.calls.items()
                if home[call] is one}
        if mine:
            out.append((one, mine))
    return out, numbers


def link(book, folder, found):
    """A link of the notes, led into the book."""
    target, _, anchor = found.group(2).partition("#")
    path = os.path.normpath(os.path.join(folder, target))
    place = book.place_of(path, anchor)
    words = found.group(1)
    if words.isdigit():
        words = "lesson " + words
    if place is None:
        return words
    page, hash_, anchor = place.partition("#")
    return f'<a href="{page[:-3]}.html{hash_}{anchor}">{words}</a>'


def words(book, section, parts):
    """Cells of the notes as HTML, without ids and without marks."""
    text = "; ".join(part.rstrip(" .;") for part in parts)
    text = LAST_ID.sub("", IDS.sub("", text))
    text = html.escape(text, quote=False)
    text = re.sub(r"\[([^\]]*)\]\(([^)\s]*)\)",
                  lambda found: link(book, section.lesson.folder, found), text)
    text = re.sub(r"`(E[A-Z0-9]+)`", r'<code class="e">\1</code>', text)
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", text)
    text = re.sub(r"\*{1,2}([^*]+)\*{1,2}", r"<em>\1</em>", text) \
        if re.search(r"\*\w[^*]*\w\*", text) else text
    return text


def prototype(call, text):
    head, tail = text.split(call + "(", 1)
    head = head.replace(" ", "\u00a0")
    return (html.escape(head, quote=False) + f"<b>{call}</b>(<wbr>"
            + html.escape(tail, quote=False))


def group(book, section, calls, numbers):
    out = ['<div class="group">']
    for call, text in calls.items():
        also = [number for number in dict.fromkeys(numbers[call])
                if number != section.lesson.number]
        more = f' <span class="also">also {", ".join(also)}</span>' \
            if also else ""
        out.append(f'<p class="call">{prototype(call, text)}{more}</p>')
    out.append(f'<p class="returns">{words(book, section, section.returns)}</p>')
    out.append(f'<p class="errors">{words(book, section, section.errors)}</p>')
    return "\n".join(out + ["</div>"])


def sheet(book):
    groups, numbers = homes(book.lessons)
    out = ['<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
           "<title>IPC Lessons: the calls</title>",
           '<meta name="viewport" content="width=device-width, '
           'initial-scale=1">',
           f"<style>{STYLE}</style>\n</head>\n<body>\n<header>",
           "<h1>IPC Lessons: the calls</h1>",
           "<p>\u2192 what a call returns; \u2717 the errors that matter. The "
           "heading is the lesson whose notes say more; <code>also</code>: "
           'other lessons that use it. <span class="screen">This page prints '
           'on two sides of A4. <a href="index.html">To the book</a>.</span>'
           "</p>\n</header>\n<main>"]
    last = None
    for section, calls in groups:
        lesson = section.lesson
        if lesson is not last:
            title = html.escape(re.sub(r"[`*]", "", lesson.title), quote=False)
            out.append(f'<h2><a href="{lesson.folder}/index.html#the-calls">'
                       f"{title}</a></h2>")
            last = lesson
        out.append(group(book, section, calls, numbers))
    out.append("</main>\n</body>\n</html>\n")
    return "\n".join(out)


def add(book, made):
    made["cheat-sheet.html"] = sheet(book)


if __name__ == "__main__":
    if len(sys.argv) != 1:
        sys.exit("usage: cheat.py > FILE")
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
    try:
        sys.stdout.write(sheet(course.Course(False)))
    except course.Wrong as wrong:
        sys.exit(f"cheat sheet: {wrong}")
    except OSError as error:
        sys.exit(f"cheat sheet: {error.filename}: {error.strerror}")
