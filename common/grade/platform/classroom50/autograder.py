#!/usr/bin/env python3
"""Grade the checkout in which it is started, and write ./result.json there.

Classroom 50 calls it. The folder `course' lies beside it.
"""
import os
import pathlib
import sys

course = pathlib.Path(__file__).resolve().parent / "course"
alone = str(course / "common/grade/platform/alone")
words = ["sh", alone, "classroom50", ".", "result.json"]
sys.exit(os.spawnv(os.P_WAIT, "/bin/sh", words))
