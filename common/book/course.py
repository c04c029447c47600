"""course.py - what is where in the course, and where it goes in the book

Where a page goes: the README.md of a folder is its index.md, any other page
keeps its name. README.ko.md beside it is the same page in Korean, index.ko.md.
"""
import csv
import glob
import os
import re

ID = re.compile(r"\b(?:L\d\d-\d\d|[0-5]-\d{3})\b")
LANGUAGE = re.compile(r"^(.*)\.([a-z]{2})\.md$")


class Wrong(Exception):
    """What is wrong with the course, in a sentence for its author."""


class Page:
    """A page of the course: FROM in the course, TO in the book."""

    def __init__(self, path):
        self.path = path
        self.to = book_path(path)
        self.folder = os.path.dirname(path)
        found = LANGUAGE.match(path)
        self.language = found.group(2) if found else "en"
        self.first = found.group(1) + ".md" if found else path
        self.title = title_of(path)


class Lesson:
    def __init__(self, folder):
        self.folder = folder
        self.name = os.path.basename(folder)
        self.number = self.name[:2]
        self.title = title_of(f"{folder}/README.md")
        self.programs = words_of(folder, "PROGRAMS")
        self.experiments = words_of(folder, "EXPERIMENTS")


class Exercise:
    def __init__(self, name):
        self.folder = f"exercises/{name}"
        self.topic, self.name = name.split("/")
        self.title = title_of(f"{self.folder}/README.md")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def title_of(path):
    with open(path, encoding="utf-8") as file:
        first = file.readline()
    if not first.startswith("# "):
        raise Wrong(f"{path}: the first line is no title: write '# TITLE'")
    return first[2:].strip()


def words_of(folder, name):
    """The words of a variable in the Makefile of a lesson."""
    text = read(f"{folder}/Makefile").replace("\\\n", " ")
    found = re.search(rf"^{name}\s*=(.*)$", text, re.M)
    return found.group(1).split() if found else []


def book_path(path):
    if path == "README.md":
        return "about.md"
    return re.sub(r"(^|/)README((?:\.[a-z]{2})?\.md)$", r"\1index\2", path)


def relative(target, page):
    """The link from PAGE to TARGET, both in the book."""
    return os.path.relpath(target, os.path.dirname(page) or ".")


class Course:
    def __init__(self, solutions):
        self.solutions = solutions
        self.lessons = [Lesson(os.path.dirname(path)) for path in sorted(
            glob.glob("lessons/[0-9][0-9]-*/README.md"))]
        with open("exercises/order", encoding="utf-8") as file:
            names = [line.strip() for line in file]
        self.exercises = [Exercise(name) for name in names
                          if name and not name.startswith("#")]
        self.ledger = self.read_ledger()
        self.pages = self.read_pages()
        self.proven = self.read_proven()
        self.said = {}          # id: where the pages name it
        self.code = {}          # a source that has a page of its own: the page

    def read_ledger(self):
        """The rows of the ledger, by id."""
        with open("docs/claims.tsv", encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            return {row["id"]: row for row in rows}

    def read_pages(self):
        paths = ["README.md", "CHANGELOG.md", "lessons/README.md"]
        paths += sorted(glob.glob("docs/**/*.md", recursive=True))
        for lesson in self.lessons:
            paths += sorted(glob.glob(f"{lesson.folder}/README*.md"))
            paths += sorted(glob.glob(f"{lesson.folder}/sources*.md"))
        for exercise in self.exercises:
            paths += sorted(glob.glob(f"{exercise.folder}/README*.md"))
            if self.solutions:
                paths.append(f"solutions/{exercise.topic}/{exercise.name}"
                             "/README.md")
        return {path: Page(path) for path in paths}

    def read_proven(self):
        """The lesson that proves an id first, or whose notes deal with it."""
        proven = {}
        for lesson in self.lessons:
            text = read(f"{lesson.folder}/claims.c")
            for ids in re.findall(r'^CLAIM\("([^"]*)"', text, re.M):
                for one in ids.split():
                    proven.setdefault(one, lesson)
        numbers = {lesson.number: lesson for lesson in self.lessons}
        for row in self.ledger.values():
            if row["id"] not in proven and row["lesson"] in numbers:
                proven[row["id"]] = numbers[row["lesson"]]
        return proven

    def languages_of(self, page):
        """The pages that are PAGE in some language, the first one first."""
        return [other for other in self.pages.values()
                if other.first == page.first]

    def lesson_of(self, path):
        for lesson in self.lessons:
            if path.startswith(lesson.folder + "/") or path == lesson.folder:
                return lesson
        return None

    def exercises_of(self, lesson):
        return [e for e in self.exercises if e.topic == lesson.name]

    def page_of_proof(self, one):
        lesson = self.proven.get(one)
        return lesson and f"{lesson.folder}/proofs.md"

    def place_of(self, path, anchor):
        """Where in the book PATH of the course is: a page and #anchor, or
        None if the book does not have it."""
        where = f"#{anchor}" if anchor else ""
        if path == "docs/claims.tsv":
            return "docs/ledger.md"
        if path == "exercises":
            return "docs/exercises.md"
        if path == "docs/demonstrations":
            return "docs/demonstrations/index.md"
        if os.path.isdir(path):
            path += "/README.md"
        if path in self.pages:
            return self.pages[path].to + where
        lesson = self.lesson_of(path)
        if lesson:
            name = os.path.basename(path)[:-2]
            if path == f"{lesson.folder}/claims.c":
                return f"{lesson.folder}/proofs.md"
            if path == f"{lesson.folder}/experiments/{name}.c":
                return f"{lesson.folder}/programs.md#{name}"
            if path == f"{lesson.folder}/{name}.c":
                return f"{lesson.folder}/programs.md#{name}"
        for exercise in self.exercises:
            if os.path.dirname(path) == exercise.folder and \
                    path.endswith((".c", ".h", ".txt")) and \
                    not path.endswith("/check.c"):
                return f"{exercise.folder}/index.md#{os.path.basename(path)}"
        if path.startswith("solutions/") and not self.solutions:
            return None
        if os.path.isfile(path):
            # The generator passes over a name with a dot before it.
            name = re.sub(r"(^|/)\.", r"\1", path)
            self.code[path] = f"code/{name}.md"
            return self.code[path]
        return None
