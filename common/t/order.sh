#!/bin/sh
# order.sh - the files of why, stage, bench, trace, show and quiz stand in an
# order: none needs a file above it, and the order is the one that a header of
# theirs tells
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
between=common/tools/calls-between

# The order that a header of FOLDER tells, one file a line: the first line of a
# file is ` *   NAME.c: ...', and what it goes on with ` *       ...'.
written() # FOLDER
{
	cat "$1"/*.h | awk '
	/^ \*   [^ :]+\.c:/ {
		if (line != "") print line
		line = substr($0, 6)
		next
	}
	line != "" && /^ \*       [^ ]/ {
		line = line " " substr($0, 10)
		next
	}
	line != "" { print line; line = "" }
	END { if (line != "") print line }'
}

# What is wrong with the order of FOLDER, or nothing. `calls-between -c FOLDER'
# prints what its header has to say.
agree() # FOLDER
{
	$between "$1" > "$tmp/order" || return
	written "$1" | diff - "$tmp/order"
}

tested=common/t/order.sh
for folder in common/why common/stage common/bench common/trace \
	common/show common/quiz; do
	is "no file of $folder needs one above it, and its header says so" \
		"$(silently "common/*.h common/*/*.h $folder/*.c $between $tested" \
			agree $folder)" ""
done

# ------------------------------------------- the command, on small folders
# A folder with these files, each with one line of C.
files() # FILE LINE [FILE LINE...]
{
	rm -rf "$tmp/parts"
	mkdir "$tmp/parts"
	while [ $# -gt 0 ]; do
		echo "$2" > "$tmp/parts/$1"
		shift 2
	done
}

says() # NAME STATUS TEXT
{
	said=$($between "$tmp/parts" 2>&1)
	is "$1" "$? $(echo "$said" | sed "s,$tmp/,,")" "$2 $3"
}

files main.c 'void a(void), b(void); int main(void) { a(); b(); return 0; }' \
	a.c 'extern int n; void a(void) { n++; }' \
	b.c 'void a(void); void b(void) { a(); }' \
	n.c 'int n;' alone.c 'static int one;'
says "each stands below those that use it" 0 'alone.c:
main.c: b, a
b.c: a
a.c: n
n.c:'

a_calls_b='void b(void), c(void); void a(void) { b(); }'
files a.c "$a_calls_b" b.c 'void c(void); void b(void) { c(); }' \
	c.c 'void a(void); void c(void) { a(); }' \
	main.c 'void a(void); int main(void) { a(); return 0; }' \
	low.c 'void low(void) { }'
says "a circle of three is named" 1 \
	'parts: a circle: a.c calls b() of b.c, b.c calls c() of c.c, c.c calls a() of a.c'
files a.c "$a_calls_b int n;" b.c 'extern int n; void b(void) { n = 1; }'
says "one by a variable too" 1 \
	'parts: a circle: a.c calls b() of b.c, b.c uses n of a.c'
files a.c 'void b(void (*)(void)); static void up(void) { }
	void a(void) { b(up); }' b.c 'void b(void (*f)(void)) { f(); }'
says "a function that is handed down makes none" 0 'a.c: b
b.c:'

files f_a.c 'void low(void); void a(void) { low(); }' \
	f_b.c 'void b(void) { }' g_c.c 'void low(void) { }' \
	list.c 'void a(void), b(void); void (*all[])(void) = { a, b };'
says "files that are plugged in are one" 0 'list.c: f_*
f_*.c: g_c
g_c.c:'
files f_a.c "$a_calls_b" f_b.c 'void a(void); void b(void) { a(); }'
says "and may be in no circle either" 1 \
	'parts: a circle: f_a.c calls b() of f_b.c, f_b.c calls a() of f_a.c'

files a.c 'void a(void) { '
like "what cannot be compiled is named" "$($between "$tmp/parts" 2>&1)" \
	'^calls-between: .*parts/a.c cannot be compiled: .*error'
files notes.txt ''
says "a folder without C says so" 2 'calls-between: there is no C file in parts'
is "a folder that is not there" "$($between no/such 2>&1)" \
	"calls-between: there is no folder no/such"

# ------------------------------------------------- as it stands in a header
# Twelve names of ten letters are more than 80 columns.
set --
calls=
for n in 01 02 03 04 05 06 07 08 09 10 11 12; do
	set -- "$@" number$n.c "void n$n(void) { }"
	calls="$calls void n$n(void); void m$n(void) { n$n(); }"
done
files main.c "$calls" "$@"
{
	echo '/* parts.h - some parts, in their order:'
	echo ' *'
	$between -c "$tmp/parts"
	echo ' */'
} > "$tmp/parts/parts.h"
is "no line of a comment has more than 80 columns" \
	"$(awk 'length > 80' "$tmp/parts/parts.h")" ""
like "it goes on behind four more blanks" "$(cat "$tmp/parts/parts.h")" \
	'^ \*       number'
says "what a header tells is what was found" 0 "$(written "$tmp/parts")"
finish
