"""hooks.py - what mkdocs asks us while it builds the book"""
import glob
import html
import json
import os
import re

# The longest that the text of a section may be in the index of the search
LONGEST = 1500


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def write(text, *path):
    with open(os.path.join(*path), "w", encoding="utf-8") as file:
        file.write(text)


def order(config):
    return json.loads(read(config["docs_dir"], ".order.json"))


def on_config(config):
    config["nav"] = order(config)["nav"]
    return config


def on_env(env, config, files):
    """Previous and next go in the order of learning."""
    pages = {file.src_path: file.page for file in files if file.page}
    chain = [pages[name] for name in order(config)["chain"] if name in pages]
    for page in pages.values():
        page.previous_page = page.next_page = None
    for before, after in zip(chain, chain[1:]):
        before.next_page, after.previous_page = after, before
    return env


def on_page_context(context, page, config, nav):
    """Which section a page that is not in the navigation belongs to."""
    folder = page.file.src_path.split("/")[0]
    context["section"] = {"lessons": "Lessons", "exercises": "Exercises",
                          "solutions": "Exercises"}.get(folder, "")
    return context


# ------------------------------------------------------------ a whole page

def smaller(text):
    """TEXT (HTML) without the blanks at the beginning of its lines."""
    parts = re.split(r"(<pre\b.*?</pre>|<script\b.*?</script>)", text,
                     flags=re.S)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"\s*\n\s*", "\n", parts[i])
    return "".join(parts)


def on_post_page(output, page, config):
    """What gather has set aside comes in; see markup.py."""
    kept = json.loads(read(config["docs_dir"], ".aside",
                           page.file.src_path + ".json"))
    output = smaller(output)
    output = re.sub(r"<p>@@([0-9a-f]{16})@@</p>",
                    lambda found: kept[found.group(1)], output)
    language = page.meta.get("language", "en")
    return re.sub(r'<html lang="[^"]*"', f'<html lang="{language}"', output)


# -------------------------------------------------------------- the search

def for_search(docs):
    """The sections to be searched. A page's own entry has the text of all its
    sections once more: of that the beginning is enough."""
    first = {}
    for doc in docs:
        page, _, anchor = doc["location"].partition("#")
        if anchor:
            first.setdefault(page, doc["text"][:40])
    out = []
    for doc in docs:
        page, _, anchor = doc["location"].partition("#")
        if anchor and page.endswith("/proofs.html"):
            doc["text"] = ""    # its heading is the sentence
        text = re.sub(r"@@[0-9a-f]{16}@@", " ", html.unescape(doc["text"]))
        if not anchor:
            at = text.find(first.get(page) or "\0", 1)
            text = text[:at] if at > 0 else text
        text = " ".join(text.split())[:LONGEST]
        out.append({"location": doc["location"], "title": doc["title"],
                    "text": html.escape(text, quote=False)})
    return out


def make_search(site):
    """The index as a script: a page that is opened as a file may not read
    another file, but may run it. The same is true of the worker."""
    index = json.loads(read(site, "search/search_index.json"))
    index["docs"] = for_search(index["docs"])
    os.remove(os.path.join(site, "search/search_index.json"))
    text = json.dumps(index, ensure_ascii=False, separators=(",", ":"))
    write(f"__book_index({text});\n", site, "search/index.js")
    worker = glob.glob(os.path.join(site, "assets/javascripts/workers/*.js"))
    write("__book_worker = " + json.dumps(read(worker[0])) + ";\n", site,
          "search/worker.js")


def on_post_build(config):
    site = config["site_dir"]
    make_search(site)
    # Nobody reads these: maps of the theme's scripts, other languages' words.
    for path in glob.glob(os.path.join(site, "assets/**/*.map"),
                          recursive=True) + glob.glob(
            os.path.join(site, "assets/javascripts/lunr/**/*.js"),
            recursive=True) + glob.glob(os.path.join(site, "sitemap.xml*")):
        os.remove(path)
