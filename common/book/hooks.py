"""hooks.py - what mkdocs asks us while it builds the book"""
import glob
import html
import json
import os
import re
import urllib.parse

# The longest that the text of a section may be in the index of the search
LONGEST = 500


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
    """TEXT (HTML) without blanks at the beginning of lines, and without quotes
    and ends of elements that HTML lets one leave out."""
    parts = re.split(r"(<pre\b.*?</pre>|<script\b.*?</script>)", text,
                     flags=re.S)
    for i in range(0, len(parts), 2):
        part = re.sub(r"\s*\n\s*", "\n", parts[i])
        part = re.sub(r"</(?:li|td|th|tr)>", "", part)
        part = re.sub(r"\n(?=\n|</a>)|(?<=class=\"md-nav__link\">)\n", "",
                      part)
        parts[i] = re.sub(
            r"<[a-z][^<>]*>",
            lambda tag: re.sub(r'="([\w.#/:-]*[\w.#:-])"(?=[\s>])', r"=\1",
                               tag.group(0)), part)
    return "".join(parts)


# What each page would have again and again: icons, and what the theme's script
# is told. {SVG: its class}, and the words of that script.
ICONS = {}
TOLD = {}


def short_icon(found):
    name = ICONS.setdefault(found.group(0), f"i{len(ICONS)}")
    return f'<svg class="{name}"></svg>'


def short_config(found):
    """The script is told the same on each page, but for where the page is."""
    told = json.loads(found.group(1))
    base = told.pop("base")
    told["search"] = told["search"].removeprefix(base + "/")
    TOLD.update(told)
    return f"<script>__book_tell({json.dumps(base)})</script>"


def on_post_page(output, page, config):
    """What gather has set aside comes in; see markup.py."""
    kept = json.loads(read(config["docs_dir"], ".aside",
                           page.file.src_path + ".json"))
    output = re.sub(r'<svg [^>]*viewBox="0 0 24 24"[^>]*><path [^>]*/></svg>',
                    short_icon, output)
    output = re.sub(r'<script id="__config" type="application/json">(.*?)'
                    "</script>", short_config, output, flags=re.S)
    output = re.sub(r"<p>@@([0-9a-f]{16})@@</p>",
                    lambda found: kept[found.group(1)], output)
    # What has to be moved is reached by the keyboard, too.
    output = output.replace('class="md-search__scrollwrap"',
                            'class="md-search__scrollwrap" tabindex="0"')
    output = re.sub(r'<pre(?: id="[^"]*")?(?: class="highlight")?(?=>)',
                    r'\g<0> tabindex="0"', output)
    language = page.meta.get("language", "en")
    output = re.sub(r'<html lang="[^"]*"', f'<html lang="{language}"', output)
    return smaller(output)


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
        if page == "words.html" or page.startswith("code/"):
            continue            # they only lead elsewhere
        text = re.sub(r"@@[0-9a-f]{16}@@", " ", html.unescape(doc["text"]))
        if not anchor:
            at = text.find(first.get(page) or "\0", 1)
            text = text[:at] if at > 0 else text
        text = " ".join(text.split())[:LONGEST]
        if anchor and page.endswith("/proofs.html"):
            # The sentence stands before its result; what the sources say is
            # found on their pages.
            text = re.split(r" (?:ok|skip|not ok) ?: | It was not run",
                            text)[0]
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


def without_script(site):
    """Dark for who wants it dark, also where no script runs: the theme's rules
    of its dark scheme once more."""
    rules = []
    for path in sorted(glob.glob(os.path.join(site, "assets/stylesheets/*"))):
        for names, body in re.findall(r"([^{}]*)\{([^{}]*)\}", read(path)):
            mark = "[data-md-color-scheme=slate]"
            dark = [name.replace(mark, ".no-js [data-md-color-scheme]")
                    for name in names.split(",") if mark in name]
            if dark:
                rules.append(f"{','.join(dark)}{{{body}}}")
    return ("@media screen and (prefers-color-scheme: dark) {\n"
            + "\n".join(rules) + "\n}")


def make_rules(site):
    """The rules and words that the pages share."""
    rules = [without_script(site)]
    for svg, name in ICONS.items():
        image = "data:image/svg+xml," + urllib.parse.quote(svg, safe=" =:/'")
        rules.append(f'.{name} {{ background: currentColor; '
                     f'-webkit-mask: url("{image}") 0 0 / 100% no-repeat; '
                     f'mask: url("{image}") 0 0 / 100% no-repeat }}')
    path = os.path.join(site, "book.css")
    # Ours come last, so that they hold.
    write("\n".join(rules) + "\n" + read(path), path)
    path = os.path.join(site, "assets/book.js")
    write("var __book_told = " + json.dumps(TOLD) + ";\n" + read(path), path)


def on_post_build(config):
    site = config["site_dir"]
    make_search(site)
    make_rules(site)
    # Nobody reads these: maps of the theme's scripts, other languages' words.
    for path in glob.glob(os.path.join(site, "assets/**/*.map"),
                          recursive=True) + glob.glob(
            os.path.join(site, "assets/javascripts/lunr/**/*.js"),
            recursive=True) + glob.glob(os.path.join(site, "sitemap.xml*")):
        os.remove(path)
