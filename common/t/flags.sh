#!/bin/sh
# flags.sh - make -j, make -B, and the compiler's options of a user
#
# In a small copy of the course, from nothing.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
unset CFLAGS LDFLAGS

course=$PWD top=$tmp/course real=${CC:-cc}
ex=01-pipe/close-the-ends
copy_course "$top" lessons/01-pipe lessons/25-comparing
copy_exercise "$top" $ex
cd "$top" || exit 1
make -s clean > "$tmp/out"
awk -v want=solution -f common/course/cut.awk solutions/$ex/count.c \
	> exercises/$ex/count.c

# ------------------------------------------------------ -j and -B
# A compiler that writes down what it makes. What the course itself has built of
# the same source it takes from there.
cat > "$tmp/cc" <<'EOF'
#!/bin/sh
previous= made=
for word; do
	[ "$previous" != -o ] || made=$word
	previous=$word
done
[ -n "$made" ] || exec "$REAL_CC" "$@"
made=$(cd "$(dirname "$made")" && pwd -P)/${made##*/}
echo "${made#"$COPY/"}" >> "$MADE"
[ -f "$COURSE/${made#"$COPY/"}" ] || exec "$REAL_CC" "$@"
cp "$COURSE/${made#"$COPY/"}" "$made"
EOF
chmod +x "$tmp/cc"
noted() # COMMAND...
{
	rm -f "$tmp/made"
	COURSE=$course COPY=$(pwd -P) MADE=$tmp/made REAL_CC=$real \
		CC=$tmp/cc "$@" 2>&1
}

# Whatever needs stage, or the benchmark, at the same time
out=$(noted make -j8 all-claims build/bench course cheats pairs)
is "make -j8 of everything, from nothing: status" $? 0
is "make -j8 says nothing" "$(printf '%s\n' "$out" | grep -v ' is up to date')" ""
is "make -j8 makes nothing twice" "$(sort "$tmp/made" | uniq -d)" ""
ok "and everything" test "$(wc -l < "$tmp/made")" -gt 50
out=$(noted make -B 01)
like "make -B builds anew" "$(cat "$tmp/made")" '^build/stage$'
like "the lesson too" "$(cat "$tmp/made")" '^lessons/01-pipe/scout$'
like "and plays" "$out" 'end-of-file'
unlike "make -B does not take its Makefile for a word" "$out" \
	'does not know|No rule'
unlike "a script's make is one of the jobs" \
	"$(make -j8 tour 2>&1)" 'jobserver'

# --------------------------------------------------------- options
points()
{
	printf '%s\n' "$1" | grep -o '[0-9]* of [0-9]* points'
}

# The right answer is right with whatever options; what does not fit a checker
# is named.
for flags in '-g -O1 -fsanitize=address' '-O2 -flto' \
	'-fsanitize=undefined -g' '-pg --coverage' '-std=c11 -O0' \
	'-static -O3'; do
	out=$(make check CFLAGS="$flags" 2>&1)
	is "CFLAGS=$flags: all points" "$(points "$out")" '12 of 12 points'
	like "CFLAGS=$flags: what is left out" "$out" \
		'^\(make check leaves out -.*; make run takes it\)'
done
out=$(make check LDFLAGS='-static -fsanitize=address' 2>&1)
is "LDFLAGS are none of the checker's" "$(points "$out")" '12 of 12 points'
out=$(make check CFLAGS=-fno-such-option-at-all 2>&1)
like "an option that nobody knows: not the student's file" "$out" \
	"No program at all compiles .*not your file's fault"
unlike "nor is she told to edit it" "$out" 'does not compile|Edit '

# The order of the file, not that of the constructors
rm lessons/01-pipe/claims
make -s -C lessons/01-pipe claims CFLAGS='-O1 -flto' 2> "$tmp/err"
sorted=$(sed -n 's/^CLAIM("\([^"]*\)".*/\1/p' lessons/01-pipe/claims.c)
is "claims keep the order of their file under -flto" \
	"$(lessons/01-pipe/claims -l | cut -f 1)" "$sorted"

mkdir "$tmp/a b"
ln -s "$(command -v "${CC:-cc}")" "$tmp/a b/cc"
like "a compiler whose path has a blank: the cure" \
	"$(make CC="$tmp/a b/cc" 01 2>&1)" '^CC=.* has a blank .*ln -s'
finish
