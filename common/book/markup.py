"""markup.py - GitHub's Markdown as the generator reads it

The pages of the course read well on a forge. Python-Markdown differs in some
points: what stands in a list is indented by four, a heading gets its anchor
here, a folded part is "???", and HTML is not read for links.
"""
import hashlib
import html
import os
import re

import course

FENCE = re.compile(r"^( *)(```+)\s*(\S*)")
LINK = re.compile(r"\]\(([^()\s]+)\)")
DEFINED = re.compile(r"^(\[[^\]]+\]: +)(\S+)$", re.M)
# A block that four blanks make one, behind an empty line
INDENTED = re.compile(r"((?:\A|\n)\n(?:(?:    .*)?\n)*    .*(?=\n))")
PIECE = re.compile(r"(`+)(?:.*?)\1(?!`)", re.S)
DETAILS = re.compile(
    r"\n *<details><summary>(.*?)</summary>(.*?)</details>", re.S)


def anchor_of(heading, seen):
    """The name that a forge gives to a heading; see common/t/links.awk."""
    name = re.sub(r"\]\([^)]*\)", "", heading.strip().lower())
    name = re.sub(r"[\][!\"#$%&'()*+,./:;<=>?@\\^`{|}~]", "", name)
    name = name.replace(" ", "-")
    count = seen.get(name, 0)
    seen[name] = count + 1
    return f"{name}-{count}" if count else name


# ------------------------------------------------------------- set aside

# HTML that the generator need not read: {key: HTML}. hooks.py puts it in where
# its key stands. So a listing costs no time there, and search does not find
# each line of each program.
ASIDE = {}


def aside(text):
    """The key that stands for TEXT, as a paragraph of its own."""
    key = hashlib.sha1(text.encode()).hexdigest()[:16]
    ASIDE[key] = text
    return f"@@{key}@@"


def kept_for(page):
    """What a page needs of it."""
    return {key: ASIDE[key] for key in re.findall(r"@@([0-9a-f]{16})@@", page)}


# ------------------------------------------------------------------- code

WORDS = ("auto break case char const continue default do double else enum extern "
         "float for goto if inline int long register restrict return short "
         "signed sizeof static struct switch typedef union unsigned void "
         "volatile while _Atomic _Noreturn _Static_assert _Thread_local")
C = re.compile(r'(?P<i>/\*.*?\*/|//[^\n]*)'
               r'|(?:"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\')'
               r"|\b(?P<b>" + "|".join(WORDS.split()) + r")\b", re.S | re.M)


def code(text, name=""):
    """C as HTML: i is a comment, b a keyword. Strings are found only so that
    they are neither. Longer names would make the book larger by a fifth."""
    out, at = [], 0
    for found in C.finditer(text):
        out.append(html.escape(text[at:found.start()], quote=False))
        shown, kind = html.escape(found.group(0), quote=False), found.lastgroup
        out.append(f"<{kind}>{shown}</{kind}>" if kind else shown)
        at = found.end()
    out.append(html.escape(text[at:], quote=False))
    return listing("".join(out), name)


def listing(shown, name=""):
    label = f' aria-label="{html.escape(name)}"' if name else ""
    return aside(f'<pre tabindex="0"{label}><code>' + shown.rstrip("\n")
                 + "</code></pre>")


def plain(text):
    return listing(html.escape(text, quote=False))


# ------------------------------------------------------------------ a page

class Writer:
    """Writes one page: where it is, and which anchors it has already."""

    def __init__(self, book, path, to):
        self.book, self.path, self.to = book, path, to
        self.folder = os.path.dirname(path)
        self.seen = {}
        self.ids = {}
        self.section = ""
        self.anchor = ""

    def link(self, found):
        """Where a link leads in the book; "#" if the book does not have it."""
        return f"]({self.target(found.group(1))})"

    def target(self, link):
        target, _, anchor = link.partition("#")
        if re.match(r"[a-z]+:", link):
            return link
        path = os.path.normpath(os.path.join(self.folder, target)) \
            if target else self.path
        place = self.book.place_of(path, anchor)
        if place is None:
            return "#"
        page, _, anchor = place.partition("#")
        where = f"#{anchor}" if anchor else ""
        if page == self.to and where:
            return where
        return course.relative(page, self.to) + where

    def one_id(self, found):
        one = found.group(0)
        page = self.book.page_of_proof(one)
        if not page:
            return one
        count = self.ids[one] = self.ids.get(one, 0) + 1
        name = f"s-{one}" + (f"-{count}" if count > 1 else "")
        self.book.said.setdefault(one, []).append(
            (self.to, name, self.section))
        href = course.relative(page[:-3] + ".html", self.to)
        return f'<a id="{name}" href="{href}#{one}">{one}</a>'

    def words(self, text):
        """Running text, outside `code': its links and its ids."""
        text = LINK.sub(self.link, text)
        text = DEFINED.sub(lambda found: found.group(1)
                           + self.target(found.group(2)), text)
        # What stands in a link is a link already.
        parts = re.split(r"(\[[^\]]*\]\([^)]*\))", text)
        for i in range(0, len(parts), 2):
            parts[i] = course.ID.sub(self.one_id, parts[i])
        text = "".join(parts)
        # A link to what the book does not have is its words.
        return re.sub(r"\[([^\]]*)\]\(#\)", r"\1", text)

    def running(self, text):
        """A stretch of text with `code' in it."""
        out, at = [], 0
        for found in PIECE.finditer(text):
            out.append(text[at:found.start()])
            out.append(found.group(0))
            at = found.end()
        out.append(text[at:])
        # Links may have code in their words, so the code is kept aside.
        kept = out[1::2]
        marked = "\0".join(out[0::2])
        marked = self.words(marked)
        for piece in kept:
            marked = marked.replace("\0", piece, 1)
        return marked

    def heading(self, line):
        level, _, words = line.partition(" ")
        self.section = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", words).strip()
        self.anchor = anchor_of(words, self.seen)
        # The title has no anchor of its own that anybody links to.
        words = LINK.sub(self.link, words).rstrip()
        return f"{level} {words} {{#{self.anchor}}}"

    def picture(self, text):
        """The timeline stands in the page: its words can be searched."""
        def inline(found):
            path = os.path.normpath(os.path.join(self.folder, found.group(2)))
            if not path.endswith(".svg"):
                return found.group(0)
            words = html.escape(" ".join(found.group(1).split()), quote=False)
            return aside('<figure class="timeline"><div tabindex="0">\n'
                         + picture(course.read(path)) + "</div><figcaption>"
                         + words + "</figcaption></figure>")
        return re.sub(r"(?m)^!\[([^\]]*)\]\(([^)]*)\)", inline, text)

    def text(self, source):
        """The page: fenced blocks as they are, all else as running text."""
        out, run, fence, indent = [], [], "", ""
        language, block = "", []
        for line in source.split("\n"):
            found = FENCE.match(line)
            if fence:
                if not (found and found.group(2) == fence
                        and not found.group(3)):
                    block.append(line[len(indent):]
                                 if line.startswith(indent)
                                 else line.lstrip())
                    continue
                out.append(self.fenced(language, block, indent))
                fence = ""
            elif found:
                self.flush(run, out)
                indent, fence, language = found.groups()
                block = []
            else:
                run.append(line)
        self.flush(run, out)
        return "\n".join(out)

    def fenced(self, language, block, indent):
        """A block as it stands. It is set aside, but for a transcript, in
        which one may want to search."""
        text = "\n".join(block)
        if language == "c":
            key = code(text)
        elif language == "console":
            key = "\n".join(["```text"] + block + ["```"])
        else:
            key = plain(text)
        if not indent:
            return f"\n{key}\n"
        return "\n" + "\n".join("    " + line for line in
                                key.split("\n")) + "\n"

    def flush(self, run, out):
        text = "\n".join(run)
        run.clear()
        text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
        text = self.picture(text)
        text = DETAILS.sub(self.details, text)
        part = []
        for piece in re.split(r"^(#+ .*)$", text, flags=re.M):
            if re.match(r"#+ ", piece):
                part.append(self.heading(piece))
            else:
                # In a list such a block is a part of its text.
                for i, text in enumerate(INDENTED.split(piece)):
                    as_it_is = i % 2 == 1 and "???" not in text
                    part.append(text if as_it_is
                                else table(self.running(text)))
        out.append("".join(part))

    def details(self, found):
        body = " ".join(found.group(2).split())
        return f'\n\n    ??? question "{found.group(1)}"\n        {body}\n'


def table(text):
    """In a cell a stroke within `code' is written as \\|; here it is one."""
    lines = text.split("\n")
    for i, line in enumerate(lines):
        if line.startswith("|"):
            lines[i] = PIECE.sub(
                lambda found: found.group(0).replace("\\|", "|"), line)
    return "\n".join(lines)


def picture(svg):
    """An SVG for the inside of a page: its rules are in timeline.css."""
    svg = re.sub(r"<\?xml.*?\?>|<!--.*?-->|<style>.*?</style>", "", svg,
                 flags=re.S)
    svg = svg.replace('"title desc"', '"timeline-title timeline-desc"')
    svg = svg.replace('id="title"', 'id="timeline-title"')
    svg = svg.replace('id="desc"', 'id="timeline-desc"')
    return re.sub(r"\n\s*\n+", "\n", svg).strip()


def parts(book, lesson, to, here):
    """The strip of links between the parts of a lesson. HERE is the name of the
    page, or the folder of the exercise."""
    all_parts = [("index.md", "Notes"), ("programs.md", "Programs"),
                 ("sources.md", "What the sources say"),
                 ("proofs.md", "Proofs")]
    places = [(name, f"{lesson.folder}/{name}", words)
              for name, words in all_parts]
    places += [(exercise.folder, f"{exercise.folder}/index.md",
                f"Exercise: {exercise.title}")
               for exercise in book.exercises_of(lesson)]
    if here not in [name for name, _ in all_parts]:
        places[0] = ("index.md", places[0][1], lesson.title)
    return " · ".join(f"**{words}**" if name == here
                      else f"[{words}]({course.relative(place, to)})"
                      for name, place, words in places) + "\n{: .parts }\n"


def head(language, title):
    """What mkdocs is told of a page."""
    lines = [f"title: {quoted(title)}"]
    if language != "en":
        lines.append(f"language: {language}")
    return "---\n" + "\n".join(lines) + "\n---\n"


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def without_marks(text):
    return re.sub(r"[`*]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text))


def switch(book, page):
    """Links to the same page in other languages."""
    others = [other for other in book.languages_of(page)
              if other.language != page.language]
    if not others:
        return ""
    names = {"en": "English", "ko": "한국어"}
    links = [f"[{names.get(other.language, other.language)}]"
             f"({course.relative(other.to, page.to)})"
             f'{{: lang="{other.language}" hreflang="{other.language}" }}'
             for other in others]
    return " · ".join(links) + "\n{: .languages }\n\n"


def page(book, page):
    """A page of the course as one of the book."""
    writer = Writer(book, page.path, page.to)
    text = writer.text(course.read(page.path))
    title, _, rest = text.partition("\n")
    lesson = book.lesson_of(page.path)
    strip = ""
    if lesson:
        here = os.path.basename(course.book_path(page.first))
        strip = parts(book, lesson, page.to, here) + "\n"
    return (head(page.language, without_marks(page.title)) + title + "\n\n"
            + switch(book, page) + strip + rest)
