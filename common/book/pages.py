"""pages.py - pages that are made from sources: programs, experiments, tasks"""
import glob
import os
import re

import course
import markup


def header_of(text):
    """The comment that a source begins with, without its stars."""
    found = re.match(r"/\*\n(.*?)\n \*/\n", text, re.S)
    if not found:
        return ""
    return "\n".join(re.sub(r"^ \* ?", "", line)
                     for line in found.group(1).split("\n"))


def transcripts(lesson):
    """{"09-barrier": what the notes show of it}"""
    notes = course.read(f"{lesson.folder}/README.md")
    out = {}
    for block in re.findall(r"^```console\n(.*?)^```", notes, re.M | re.S):
        found = re.match(r"\$ make (\S+)\n", block)
        if found:
            out.setdefault(found.group(1), block)
    return out


def header_lines(text):
    """The header as running text: its pictures keep their columns."""
    out = []
    for block in re.split(r"\n\n", text):
        # What comes first is the program's purpose, in words.
        if out and re.search(r"\S {2,}\S|--|\t|[\[{|>]", block):
            out.append(markup.plain(block))
        else:
            words = re.sub(r"([\\`*_<>\[\]])", r"\\\1", block)
            out.append(re.sub(r"^(\w+):", r"**\1:**", words))
    return "\n\n".join(out)


def programs(book, lesson, to):
    title = f"The programs of {lesson.title}"
    shown = transcripts(lesson)
    out = [markup.head("en", title), f"# {title}\n",
           markup.parts(book, lesson, to, "programs.md"),
           f"`make {lesson.number}` plays the pair. The [notes](index.md) "
           "explain it step by step, and each experiment.\n"]
    for name in lesson.programs:
        path = f"{lesson.folder}/{name}.c"
        if os.path.exists(path):
            out.append(f"## {name}.c {{#{name}}}\n")
            out.append(markup.code(course.read(path), f"{name}.c") + "\n")
    for name in lesson.experiments:
        text = course.read(f"{lesson.folder}/experiments/{name}.c")
        command = f"{lesson.number}-{name}"
        header = header_of(text)
        out.append(f"## Experiment: {name} {{#{name}}}\n")
        out.append(header_lines(header) + "\n")
        out.append(f"```text\n{shown[command]}```\n" if command in shown
                   else f"`make {command}` plays it.\n")
        rest = text.split("\n */\n", 1)[1] if header else text
        out.append(markup.code(rest, f"{name}.c") + "\n")
    return "\n".join(out)


def hints(book, exercise, to):
    """The hints, each folded, so that one can be read without the next."""
    path = f"{exercise.folder}/hints.md"
    if not os.path.exists(path):
        return ""
    out = ["\n## Hints {#hints}\n"]
    text = course.read(path)
    for number, body in re.findall(r"^## (\d)\n(.*?)(?=^## \d|\Z)", text,
                                   re.M | re.S):
        writer = markup.Writer(book, path, to)
        body = writer.text(body.strip())
        out.append(f'??? tip "Hint {number}"\n')
        out.append("\n".join("    " + line if line else ""
                             for line in body.split("\n")) + "\n")
    return "\n".join(out)


def exercise(book, one, made):
    to = f"{one.folder}/index.md"
    lesson = book.lesson_of(f"lessons/{one.topic}")
    if lesson:
        head, title, rest = re.match(r"(---.*?---\n)(# .*?\n)(.*)$", made[to],
                                     re.S).groups()
        made[to] = (head + title + "\n"
                    + markup.parts(book, lesson, to, one.folder) + rest)
    made[to] += hints(book, one, to)
    out = ["\n## What you begin with {#starter}\n"]
    for path in sorted(glob.glob(f"{one.folder}/*")):
        name = os.path.basename(path)
        if name == "check.c":
            continue
        if name.endswith((".c", ".h")):
            out.append(f"### {name} {{#{name}}}\n\n"
                       + markup.code(course.read(path), name=name) + "\n")
        elif name.endswith(".txt"):
            out.append(f"### {name} {{#{name}}}\n\n"
                       + markup.plain(course.read(path)) + "\n")
    if len(out) > 1:
        made[to] += "\n".join(out)
    if book.solutions:
        link = f"solutions/{one.topic}/{one.name}/index.md"
        made[to] += ("\n## A solution {#solution}\n\n[Why, and other ways]("
                     + course.relative(link, to) + ")\n")
        for path in sorted(glob.glob(f"solutions/{one.topic}/{one.name}/*.c")):
            name = os.path.basename(path)
            made[link] += (f"\n## {name} {{#{name}}}\n\n"
                           + markup.code(course.read(path), name=name) + "\n")


def demonstrations(book, to):
    title = "Demonstrations"
    out = [markup.head("en", title), f"# {title}\n",
           "Ten minutes of a class for each lesson; `make demo-NN` types them. "
           "[For instructors](../instructors.md) says how they are meant.\n"]
    for path, page in book.pages.items():
        if path.startswith("docs/demonstrations/"):
            out.append(f"- [{page.title}]({course.relative(page.to, to)})")
    return "\n".join(out) + "\n"


def add(book, made):
    book.titles = {page.to: page.title for page in book.pages.values()}
    for lesson in book.lessons:
        folder = lesson.folder
        to = f"{folder}/programs.md"
        made[to] = programs(book, lesson, to)
    for one in book.exercises:
        exercise(book, one, made)
    made["docs/demonstrations/index.md"] = demonstrations(
        book, "docs/demonstrations/index.md")
