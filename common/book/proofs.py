"""proofs.py - the page of a lesson's proofs: what each id stands for

A proof has its sentence, what the sources say if it is about them, its result
on the machine that made the book, its code, and the way back to each sentence
that rests on it. What several proofs use stands once, at the end of the page.
"""
import html
import os
import re
import subprocess

import course
import markup

VERDICTS = {
    "true": "true", "imprecise": "imprecise", "false": "false",
    "outdated": "outdated", "typo": "a slip of the pen",
    "judgement": "an opinion",
}
CLAIM = re.compile(r'^CLAIM\("([^"]*)",\s*((?:"(?:[^"\\]|\\.)*"\s*)+)\)', re.M)


class Proof:
    def __init__(self, ids, sentence):
        self.ids = ids.split()
        self.sentence = sentence
        self.parts = []         # the parts of the source that it needs
        self.result = None


def parts_of(text):
    """The top-level parts of a source: what an empty line divides there."""
    return [part.strip("\n") for part in
            re.split(r"\n\n+(?=\S)|(?<=\n})\n(?=\S)", text)]


def name_of(part):
    """What a part defines, as the proofs call it."""
    for pattern in (r"^#\s*define\s+(\w+)", r"^(?:static )?(?:struct|union|enum)"
                    r"\s+(\w+)\s*\{", r"^[a-z_][^;={}()]*?\b(\w+)\("):
        found = re.search(pattern, part, re.M)
        if found:
            return found.group(1)
    found = re.search(r"\b(\w+)\s*(?:=|;|\[|,)", part)
    return found.group(1) if found else "part"


def read_proofs(lesson):
    """The proofs of a lesson in their order, and what they share."""
    source = course.read(f"{lesson.folder}/claims.c")
    proofs = []
    for found in CLAIM.finditer(source):
        sentence = "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found.group(2)))
        sentence = re.sub(r"\\(.)", r"\1", sentence)
        proofs.append(Proof(found.group(1), sentence))
    return proofs


def take_code(lesson, proofs):
    """Let show say which parts of the source each proof needs."""
    first = [proof.ids[0] for proof in proofs]
    said = subprocess.run(["build/show", "-c", *sorted(set(first))],
                          capture_output=True, text=True, encoding="utf-8",
                          env={**os.environ, "PAGER": "cat"}, check=False)
    if said.returncode:
        raise course.Wrong(f"{lesson.folder}/claims.c: " + said.stderr.strip())
    needs = {}
    for block in re.split(r"\n\n\n+", said.stdout):
        parts = parts_of(block)
        for i, part in enumerate(parts):
            found = CLAIM.search(part)
            if found:
                needs.setdefault((found.group(1)), []).append((part, parts[:i]))
    return needs


def results_of(lesson):
    """{(ids, sentence): what the run said}, and on which machine."""
    path = f"build/book-proofs/{lesson.number}.tap"
    try:
        text = course.read(path)
    except FileNotFoundError:
        return {}, ""
    results = {}
    for line in text.split("\n"):
        found = re.match(r"(ok|not ok) \d+ - ([^:]*): (.*)$", line)
        if not found:
            continue
        sentence, _, why = found.group(3).partition(" # SKIP ")
        word = "skip" if why else found.group(1)
        results[found.group(2), sentence.replace("\\#", "#")] = (word, why)
    machine = re.search(r"^# machine: (.*)$", text, re.M)
    return results, machine.group(1) if machine else ""


def result_words(result, number):
    if result is None:
        return (f"It was not run when this book was made: `make claims-{number}`"
                " runs it.")
    word, why = result
    if word == "skip":
        return f"**skip**: this system cannot show it: {markup_free(why)}"
    if word == "ok":
        return "**ok**: it holds, here and now."
    return "**not ok**: it does not hold here."


def markup_free(text):
    """TEXT with nothing in it that Markdown would read."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)


def ways_back(book, lesson, one, to):
    """Links to the sentences that rest on it, one for each section."""
    out, seen = [], set()
    own = {f"{lesson.folder}/index.md": "notes",
           f"{lesson.folder}/sources.md": "sources"}
    for page, anchor, section in book.said.get(one, []):
        # Another page is named without the section: the link leads there.
        title = markup.without_marks(section) if page in own else ""
        if (page, title) in seen:
            continue
        seen.add((page, title))
        words = own.get(page, book.titles[page])
        if title and title != markup.without_marks(book.titles[page]):
            words += f": {title}"
        link = course.relative(page, to)
        out.append(f"[{markup_free(words)}]({link}#{anchor})")
    return out


def row_words(row):
    """What a document says, and what is so."""
    out = [f"Document {row['id'][0]} says: {markup_free(row['claim'])}"
           f" That is **{VERDICTS.get(row['verdict'], row['verdict'])}**."]
    if row["correction"]:
        out.append(f"What is so: {markup_free(row['correction'])}")
    return " ".join(out)


def put_ids(book, lesson, ids, to, out):
    for one in ids:
        row = book.ledger.get(one)
        if row:
            out.append(f"- {one}: {row_words(row)}")
    back = []
    for one in ids:
        for way in ways_back(book, lesson, one, to):
            if way not in back:
                back.append(way)
    if back:
        out.append("\nStated in: " + "; ".join(back) + ".\n{: .back }")


def put_uses(code, names, out):
    """Links to what CODE uses of this file."""
    words = set(re.findall(r"\w+", code))
    used = [f'<a href="#{name}">{html.escape(name_of(part))}</a>'
            for part, name in names.items()
            if part != code and name_of(part) in words]
    if used:
        out.append(markup.aside('<p class="uses">It uses: ' + ", ".join(used)
                                + "</p>") + "\n")


def put_proof(book, lesson, proof, seen, names, to, out):
    """What is said of an id stands with its first proof."""
    new = [one for one in proof.ids if one not in seen]
    seen.update(dict.fromkeys(proof.ids))
    heading = f"### {' '.join(proof.ids)}"
    # Another proof of the same: the ids lead to the first one.
    seen["again"] = seen.get("again", 0) + (not new)
    name = new[0] if new else f"again-{seen['again']}"
    out.append(f"{heading} {{#{name}}}\n")
    if new[1:]:
        out.append("".join(f'<span id="{one}"></span>' for one in new[1:])
                   + "\n")
    out.append(f"{markup_free(proof.sentence)}\n{{: .sentence }}\n")
    out.append(result_words(proof.result, lesson.number) + "\n")
    put_ids(book, lesson, new, to, out)
    out.append("\n" + markup.code(proof.code) + "\n")
    put_uses(proof.code, names, out)


def put_unproven(book, lesson, seen, to, out):
    rows = [row for row in book.ledger.values()
            if book.proven.get(row["id"]) is lesson and row["id"] not in seen]
    if not rows:
        return
    out.append("## What no proof runs\n\nA slip of the pen, an opinion, or what "
               "a program cannot show. The notes deal with each.\n")
    for row in rows:
        one = row["id"]
        out.append(f"### {one} {{#{one}}}\n")
        put_ids(book, lesson, [one], to, out)
        if row["evidence"]:
            out.append(f"\nIt rests on: {markup_free(row['evidence'])}\n")


def put_shared(parts, names, out):
    if not parts:
        return
    out.append("## What the proofs share\n")
    for part in parts:
        out.append(f'<span id="{names[part]}"></span>\n\n'
                   + markup.code(part) + "\n")


def page(book, lesson, to):
    proofs = read_proofs(lesson)
    needs = take_code(lesson, proofs)
    results, machine = results_of(lesson)
    shared, names = [], {}
    for proof in proofs:
        proof.result = results.get((" ".join(proof.ids), proof.sentence))
        same = needs.get(" ".join(proof.ids), [])
        for code, before in same:
            found = CLAIM.search(code)
            if "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', found.group(2))
                       ).replace("\\", "") == proof.sentence.replace("\\", ""):
                proof.code, proof.parts = code, before
                break
        else:
            raise course.Wrong(f"{lesson.folder}/claims.c: show has no code of "
                               + " ".join(proof.ids))
        for part in proof.parts:
            if part not in names and not CLAIM.search(part):
                name = "f-" + name_of(part)
                while name in names.values():
                    name += "-"
                names[part] = name
                shared.append(part)
    count = {"ok": 0, "not ok": 0, "skip": 0}
    for proof in proofs:
        if proof.result:
            count[proof.result[0]] += 1
    title = f"The proofs of {lesson.title}"
    out = [markup.head("en", title), f"# {title}\n",
           markup.parts(book, lesson, to, "proofs.md")]
    if machine:
        out.append(f"`make claims-{lesson.number}` was run when this book was "
                   f"made, on {markup_free(machine)}: of {len(proofs)} proofs "
                   f"{count['ok']} hold, {count['not ok']} do not, and "
                   f"{count['skip']} cannot be shown there. Run it on your own "
                   "machine, too.\n")
    else:
        out.append("The proofs were not run when this book was made: "
                   f"`make claims-{lesson.number}` runs them.\n")
    out.append(f"`make show ID={proofs[0].ids[0]}` shows one of them with its "
               "system calls in time. [claim.h]("
               + course.relative(book.place_of("common/proof/claim.h", ""), to)
               + ") explains the words in capitals.\n")
    out.append("## Each proof\n")
    seen = {}
    for proof in proofs:
        put_proof(book, lesson, proof, seen, names, to, out)
    put_unproven(book, lesson, seen, to, out)
    put_shared(shared, names, out)
    return "\n".join(out)


def add(book, made):
    for lesson in book.lessons:
        to = f"{lesson.folder}/proofs.md"
        made[to] = page(book, lesson, to)
