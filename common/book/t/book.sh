#!/bin/sh
# book.sh - the book: each link leads somewhere, each statement to its proof and
# back, nothing comes from another machine
#
# Of two lessons here, one of them with a page in Korean. FULL=1: of the course
# as it stands, which takes a minute.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

command -v mkdocs > /dev/null 2>&1 || {
	skip "the book" "there is no mkdocs: make deps"
	finish
	exit
}
/usr/bin/python3 -c 'import mkdocs' 2> /dev/null || {
	skip "the book" "mkdocs does not run here"
	finish
	exit
}

not()
{
	! "$@" > /dev/null
}

links=$PWD/common/book/t/links.py
course=$tmp/course

# The text of a page, without its marks
words() # PAGE
{
	sed 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g' "$1"
}

if [ -n "${FULL:-}" ]; then
	ok "the book is made" make -s book
	site=$PWD/build/book
	ok "its links, its statements" "$links" "$site"
	size=$(find "$site" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
	ok "it is smaller than 10 MiB: $size" test "$size" -lt 10485760
	like "the proofs were run" "$(words "$site/lessons/01-pipe/proofs.html")" \
		'it holds, here and now'
	finish
	exit
fi

# ------------------------------------------------------- a book of two lessons

copy_course "$course" docs lessons/README.md lessons/08-sysv-semaphore \
	lessons/09-wait-for-zero exercises/09-wait-for-zero \
	solutions/09-wait-for-zero CHANGELOG.md LICENSE
grep '^09-wait-for-zero/' exercises/order > "$course/exercises/order"
find "$course/docs/demonstrations" -name '[0-9]*' ! -name '09-*' -delete
rm -rf "$course/build/book" "$course/build/book-src"
cat > "$course/lessons/09-wait-for-zero/README.ko.md" <<-'END'
	# 09 영이 될 때까지 기다리기

	세마포어 값이 0이 될 때까지 잠든다. (L09-07) 자세한 것은
	[source](sources.md)에 있다.

	## 보기

	[보기](#보기)
END
cd "$course" || exit 1
site=$course/build/book
lesson=$site/lessons/09-wait-for-zero

ok "the book is made" common/book/book
ok "each link and each anchor is there, and the way back" "$links" "$site"

# ---------------------------------------------------------------- statements

proofs=$(words "$lesson/proofs.html")
like "a proof has its sentence" "$proofs" \
	'a sleeper is released by the zero: \+1 right after is late'
like "and its code" "$proofs" '^	HOLDS\(|^		HOLDS\('
like "and its result" "$proofs" 'it holds, here and now'
like "and the machine" "$proofs" "on $(uname -s) .*$(uname -m)"
like "an id in the notes leads to it" "$(cat "$lesson/index.html")" \
	'<a id=s-L09-07 href=proofs.html#L09-07>L09-07</a>'
missing=
for id in $(sed -n 's/^CLAIM("\([^"]*\)".*/\1/p' \
	lessons/0[89]*/claims.c | tr ' ' '\n' | sort -u); do
	grep -qE "id=\"?${id}[\" >]" "$site"/lessons/*/proofs.html ||
		missing="$missing $id"
done
is "each id that is proven has its place" "$missing" ""

# --------------------------------------------------------------- the parts

like "the pair's picture stands in the page" "$(cat "$lesson/index.html")" \
	'<text[^>]*>depot: waits: semop'
like "an experiment has its source" "$(words "$lesson/programs.html")" \
	'semctl\(set, 0, GETZCNT\)'
like "and its output" "$(words "$lesson/programs.html")" \
	'^zcount   \| nobody sleeps: semzcnt 0'
like "and its Try" "$(words "$lesson/programs.html")" '^Try: let the second'
like "the map leads to the lesson" "$(cat "$site/index.html")" \
	'<a href=.?lessons/09-wait-for-zero/index.html.? aria-label='
like "next leads to the exercise" "$(grep -A 9 'footer__link--next' \
	"$lesson/index.html")" 'Next: A barrier'
like "a hint is folded" "$(cat "$site/exercises/09-wait-for-zero/drain/index.html")" \
	'<details class=.?tip'
# What is right does not stand there, line for line.
words "$site/exercises/09-wait-for-zero/drain/index.html" > "$tmp/task"
cat exercises/09-wait-for-zero/drain/* common/lesson.h > "$tmp/known"
grep -vxFf "$tmp/known" solutions/09-wait-for-zero/drain/drain.c |
	grep '[a-z].*;' | grep -v '^[^a-z]*.\{0,12\}$' > "$tmp/secret"
ok "the solution has lines of its own" test -s "$tmp/secret"
is "none of them is in the book" \
	"$(words "$site/exercises/09-wait-for-zero/drain/index.html" |
		grep -xFf "$tmp/secret")" ""
is "there is no page of solutions" "$(find "$site" -path '*solutions*')" ""

# --------------------------------------------------------------- languages

like "a page in Korean says so" "$(cat "$lesson/index.ko.html")" '<html lang=ko '
like "and leads to the English one" "$(cat "$lesson/index.ko.html")" \
	'<a href=index.html hreflang=en lang=en>English</a>'
like "which leads to it" "$(cat "$lesson/index.html")" \
	'<a href=index.ko.html hreflang=ko lang=ko>한국어</a>'
like "and says what it is in" "$(cat "$lesson/index.html")" '<html lang=en '
like "its words are intact" "$(words "$lesson/index.ko.html")" \
	'세마포어 값이 0이 될 때까지 잠든다'
like "those of the sources, too" "$(words "$lesson/sources.html")" \
	'중요 값 \(important values\)'

# ------------------------------------------------------------------ search

sed 's/^__book_index(//; s/);$//' "$site/search/index.js" > "$tmp/index.json"
is "a sentence is found in the index" "$(jq -r '.docs[] | select(.text |
	contains("released by the zero: +1 right after")) | .location' \
	"$tmp/index.json" | head -n 1)" lessons/09-wait-for-zero/proofs.html#L09-07
is "a heading is found" "$(jq -r '.docs[] | select(.title ==
	"Four ways to wake up") | .location' "$tmp/index.json")" \
	lessons/09-wait-for-zero/index.html#four-ways-to-wake-up

# ------------------------------------------------------- what may go wrong

for broken in 's/href=proofs.html#L09-07/href=proofs.html#L09-0/' \
	's/href=sources.html/href=source.html/' \
	's,<meta charset,<script src="https://example.org/x.js"></script><meta charset,' \
	's/id=s-L09-07-2/id=s-L09-07/' 's/id=s-L09-07 /id=other /'; do
	cp "$lesson/index.html" "$tmp/kept.html"
	sed "$broken" "$tmp/kept.html" > "$lesson/index.html"
	ok "links.py sees it: $broken" not "$links" "$site"
	cp "$tmp/kept.html" "$lesson/index.html"
done
said=$(PROOFS=maybe common/book/book 2>&1)
is "another word than yes or no" "$said" \
	"PROOFS=maybe: it is yes or no"
sed -i '1s/# //' lessons/09-wait-for-zero/sources.md
said=$(PROOFS=no common/book/book 2>&1)
is "a page without a title" "$said" "book: lessons/09-wait-for-zero/sources.md:\
 the first line is no title: write '# TITLE'"
sed -i '1s/^/# /' lessons/09-wait-for-zero/sources.md

ok "with the solutions, without a run" env SOLUTIONS=1 PROOFS=no common/book/book
like "they are there" \
	"$(words "$site/solutions/09-wait-for-zero/drain/index.html")" \
	"$(head -n 1 "$tmp/secret" | tr -d '\t' | sed 's/[][(){}*+?.|\\^$&]/./g')"
like "what was not run says so" "$(words "$lesson/proofs.html")" \
	'The proofs were not run when this book was made'
ok "their links, too" "$links" "$site"
finish
