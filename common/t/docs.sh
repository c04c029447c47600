#!/bin/sh
# docs.sh - the reference pages: each errno, each limit has a proof, each
# command to read a limit runs here
#
# A checker prints what is wrong with a page, a line each; it is also shown
# pages that are wrong, and must say so.
set -u
cd "$(dirname "$0")/../.." || exit 1
. common/tap.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

awk -f common/t/proofs.awk lessons/[0-9][0-9]-*/claims.c > "$tmp/proofs"

# A row of errors.md: | `call()` | `ERRNO` | because | cure | ids |, under a
# heading that begins with the lesson's number. Each id is a proof of that
# lesson: it names the errno itself, and it or a helper of it makes the call.
errors() # FILE
{
	awk -F '\t' -v proofs="$tmp/proofs" '
	function wrong(what) { print "line " FNR ": " what }
	function trim(s) { gsub(/^[ `]+|[ `]+$/, "", s); return s }
	function check(id,    i, n) {
		n = count[lesson, id]
		if (!n) {
			wrong("lesson " lesson " has no proof of " id)
			return
		}
		for (i = 1; i <= n; i++)
			if (index(says[lesson, id, i], " " err " ") &&
			    index(runs[lesson, id, i], " " err " ") &&
			    (index(runs[lesson, id, i], " " call " ") ||
			     index(runs[lesson, id, i], " SYS_" call " ")))
				return
		wrong("no proof of " id " makes " call "() fail with " err)
	}
	BEGIN {
		while ((getline < proofs) > 0) {
			n = ++count[$1, $2]
			says[$1, $2, n] = $3
			runs[$1, $2, n] = $4
		}
	}
	/^## / {
		split($0, word, " ")
		lesson = word[2]
		if (lesson + 0 != before + 1)
			wrong("lesson " lesson " comes after " before + 0)
		before = lesson + 0
		last = ""
	}
	/^\| `/ && lesson != "" {
		if (split($0, cell, "|") != 7) {
			wrong("not five columns")
			next
		}
		for (i = 2; i <= 6; i++)
			if (trim(cell[i]) == "")
				wrong("an empty cell")
		call = trim(cell[2])
		err = trim(cell[3])
		if (call !~ /^[a-z0-9_]+\([A-Z0-9_]*\)$/ || err !~ /^E[A-Z0-9]+$/)
			wrong("no call and errno: " call " " err)
		if (call " " err < last)
			wrong(call " " err " comes after " last)
		last = call " " err
		sub(/\(.*/, "", call)
		n = split(cell[6], id, " ")
		for (i = 1; i <= n; i++)
			check(id[i])
		rows++
	}
	END { if (!rows) print "no row" }' "$1"
}

# A page that is right but for one thing must be told so.
told() # NAME REGEX CHECKER ROW...
{
	name=$1 regex=$2 checker=$3
	shift 3
	printf '%s\n' "$@" > "$tmp/page.md"
	like "$name is noticed" "$("$checker" "$tmp/page.md")" "$regex"
}

is "docs/errors.md: each row has its proof" "$(errors docs/errors.md)" ""
pipe='| `pipe()` | `EMFILE` | because | cure | 2-035 |'
told "an errno that the proof does not provoke" 'no proof of 2-035' errors \
	'## 01 Pipe' '| `pipe()` | `ENFILE` | because | cure | 2-035 |'
told "a call that the proof does not make" 'makes read\(\) fail' errors \
	'## 01 Pipe' '| `read()` | `EMFILE` | because | cure | 2-035 |'
told "an id without a proof" 'no proof of L01-99' errors \
	'## 01 Pipe' '| `pipe()` | `EMFILE` | because | cure | 2-035 L01-99 |'
told "an id of another lesson" 'lesson 01 has no proof of 2-053' errors \
	'## 01 Pipe' '| `mkfifo()` | `EEXIST` | because | cure | 2-053 |'
told "a row out of order" 'pipe\(\) EMFILE comes after read' errors \
	'## 01 Pipe' '| `read()` | `EBADF` | because | cure | 0-005 |' "$pipe"
told "a missing cell" 'not five columns' errors \
	'## 01 Pipe' '| `pipe()` | `EMFILE` | because | 2-035 |'
told "a facility left out" 'lesson 03 comes after 1' errors \
	'## 01 Pipe' "$pipe" '## 03 Queue'
told "a page without rows" 'no row' errors '# Errors'
is "and a right page is right" "$(printf '## 01 Pipe\n%s\n' "$pipe" \
	> "$tmp/page.md"; errors "$tmp/page.md")" ""
finish
