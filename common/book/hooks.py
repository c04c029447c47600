"""hooks.py - what mkdocs asks us while it builds the book"""
import json
import os


def order(config):
    with open(os.path.join(config["docs_dir"], "order.json"),
              encoding="utf-8") as file:
        return json.load(file)


def on_config(config):
    config["nav"] = order(config)["nav"]
    return config


def on_files(files, config):
    """order.json is for us, not for the reader."""
    file = files.get_file_from_path("order.json")
    if file:
        files.remove(file)
    return files


def on_env(env, config, files):
    """Previous and next go in the order of learning."""
    pages = {file.src_path: file.page for file in files if file.page}
    chain = [pages[name] for name in order(config)["chain"] if name in pages]
    for page in pages.values():
        page.previous_page = page.next_page = None
    for before, after in zip(chain, chain[1:]):
        before.next_page, after.previous_page = after, before
    return env
