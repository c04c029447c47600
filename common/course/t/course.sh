#!/bin/sh
# course.sh - the student's command, as a student meets it
#
# In a copy of the course with two exercises, so that nobody's progress is
# touched.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

top=$tmp/course
first=00-start/first-check second=01-pipe/close-the-ends
copy_course "$top" lessons/01-pipe
mkdir "$top/exercises"
echo '# the path' > "$top/exercises/order"
copy_exercise "$top" $first
copy_exercise "$top" $second
cd "$top" || exit 1
make -s course || exit 1
file=exercises/$second/count.c

# ------------------------------------------------ the way through
out=$(make)
like "at first: none is passed" "$out" '^\[-+\] 0 of 2 exercises passed'
like "it says what to edit" "$out" "edit +exercises/$first/greet.c"
like "and what to type" "$out" 'then +make check'
like "no next before a pass" "$(make next 2>&1)" 'is not passed yet: make check'
out=$(make check)
is "the first passes as it stands" $? 0
like "points are shown" "$out" '6 of 6 points'
like "it does not go on by itself" "$(make)" "read +exercises/$first/README"
out=$(make next)
like "make next does" "$out" "edit +$file"
like "a new topic: first its lesson, played and read" "$out" \
	'lesson +make 01, then its notes: lessons/01-pipe/README.md$'
out=$(make check 2> /dev/null)
ok "the second fails" test $? -ne 0
like "and says who waits for what" "$(echo "$out" | tr -s ' \n' ' ')" \
	'in read\(\) on fd [0-9]+, a pipe; its write end is still open in the same process'
like "and what to do" "$out" "Edit $file, then:"
unlike "and nothing of make's own" "$(make check 2>&1)" '\*\*\*|Error'
unlike "nor in its folder" "$(make -C exercises/$second check 2>&1)" '\*\*\*|Error'
make -s -C exercises/$second check > /dev/null 2>&1
isnt "whose status is not 0 either" $? 0
like "still there" "$(make next 2>&1)" 'is not passed yet'

# ---------------------------------------------------------- hints
like "a hint, and what it is for" "$(make hint)" '^Hint 1 of 3: Close the ends$'
like "a second" "$(make hint)" '^Hint 2 of 3'
like "a third, with the ones before" "$(make hint)" 'does not come from'
like "no fourth" "$(make hint)" 'That was the last one'
unlike "no marks of a page" "$(make hint)" '^#|`|\]\('
like "no solution before a pass" "$(make solution 2>&1)" 'not passed yet'
like "unless forced" "$(make solution FORCE=1)" 'why$'
out=$(make solution FORCE=1)
is "first why, then what is other, then the whole" "$(echo "$out" |
	sed -n 's/^Close the ends: why$/why/p; s/^---- .*yours (-).*/other/p
		s/^---- count.c ----$/whole/p' | tr '\n' ' ')" 'why other whole '
like "what is other: hers" "$out" '^-.*// TODO'
like "what is other: ours" "$out" '^\+.*close\(fd\[1\]\)'

# --------------------------------------------- the solution, one line
cp $file "$tmp/mine"
sed 's,^.*// TODO.*$,		if (close(fd[1]) == -1) die("close");,' \
	"$tmp/mine" > $file
is "one line was edited" "$(diff "$tmp/mine" $file | grep -c '^[<>]')" 2
make check > "$tmp/out"
is "and solves it" $? 0
unlike "no warning" "$(cat "$tmp/out")" warning
sed -i 's/^int main/static int unused_a, unused_b;\n&/' $file
like "a pass with warnings says how many" "$(make check 2> /dev/null)" \
	'^Passed, with 2 warnings of the compiler'
sed -i '/unused_a/d' $file
like "that was all" "$(make next 2>&1)" 'all are passed'
like "the bar is full" "$(make)" '^\[#+\] 2 of 2'
like "the list says so" "$(make list)" '^  passed  close-the-ends'
like "the solution may be seen" "$(make solution)" '^Close the ends: why'
unlike "without marks" "$(make solution)" '^//[>|]'
is "progress is plain text" "$(grep -c '^passed ' progress)" 2
echo "passed 99-gone/old 2020-01-01" >> progress
make check EX=first-check > "$tmp/out"
ok "an exercise that is no more stays in it" grep -q 99-gone progress
printf 'passed 01-pi\0\033\n' >> progress
cp progress "$tmp/damaged"
like "a damaged line is told, with its number" "$(make 2>&1)" \
	"^progress:[0-9]+: 'passed 01-pi\?\?' is no line of yours"
ok "to look at it changes nothing" cmp -s progress "$tmp/damaged"
like "before it is written, it is kept as it was" "$(make hint 2>&1)" \
	'kept as progress.damaged-1'
ok "byte for byte" cmp -s progress.damaged-1 "$tmp/damaged"
unlike "from then on nothing is said" "$(make 2>&1)" 'is no line of yours'
is "and what could be read is there" "$(grep -c '^passed ' progress)" 3
cp exercises/order "$tmp/order"
echo '01-pipe/../x' >> exercises/order
like "a damaged path through the exercises ends it, with the line" \
	"$(make list 2>&1)" '^exercises/order:4: "01-pipe/../x" is no exercise'
cp "$tmp/order" exercises/order
like "and does not count" "$(make)" '2 of 2'

# ---------------------------------------------------------- reset
like "reset wants to know which" "$(make reset 2>&1)" 'Which one\?'
like "it asks, or is told YES" "$(make reset EX=close-the-ends 2>&1 < /dev/null)" \
	'YES=1'
out=$(make reset EX=close-the-ends YES=1)
ok "it is as at the start" cmp -s $file "$tmp/mine"
kept=$(echo "$out" | sed -n 's/^Your version is kept in //p')
ok "mine is kept" grep -q 'die("close");$' "$kept"
like "and no longer passed" "$(make)" '1 of 2'
like "once more: nothing to do" "$(make reset EX=close-the-ends YES=1)" already

# ------------------------------------------------------- bad input
like "no such exercise" "$(make check EX=nope 2>&1)" "There is no exercise 'nope'"
for bad in 'a b' '../x' "x'y" '$(id)' '.*'; do
	like "no name at all: $bad" "$(EX=$bad common/course/course check 2>&1)" \
		'is no name of an exercise|There is no exercise'
done
like "no such check" "$(make check EX=first-check ONLY=nope 2>&1)" \
	"there is no check 'nope'"
like "a seed that is none" "$(make check EX=first-check SEED=-1 2>&1)" \
	"SEED '-1' is not a number"
out=$(make check EX=first-check ONLY=usage SEED=5)
like "one check" "$out" '1 of 1 points'
like "which is only a part" "$out" 'That part passes'
echo 'int main(void) { return oops; }' > $file
out=$(make check EX=close-the-ends 2>&1)
like "the compiler's words" "$out" 'count.c:1:25: error'
like "and where to begin" "$out" 'does not compile: the first message'
: > $file
like "an empty file" "$(make check EX=close-the-ends 2>&1)" 'does not compile'
rm $file
like "no file" "$(make check EX=close-the-ends 2>&1)" \
	"is not there; make reset EX=close-the-ends"
make reset EX=close-the-ends YES=1 > "$tmp/out"
ok "reset brings it back" cmp -s $file "$tmp/mine"
like "a lesson's number will do" "$(make check EX=01 2>&1)" "^Close the ends"

# ------------------------------------------------- colours, and none
esc=$(printf '\033')
like "no colour in a file" "$(make check EX=first-check | grep -c "$esc")" '^0$'
if command -v script > /dev/null 2>&1; then
	on_a_terminal()
	{
		script -qec "$1" /dev/null < /dev/null | tr -d '\r'
	}
	TERM=xterm; export TERM
	like "on a terminal there is" \
		"$(on_a_terminal 'make check EX=first-check')" "$esc"
	unlike "not with NO_COLOR" \
		"$(on_a_terminal 'NO_COLOR=1 make check EX=first-check')" "$esc"
	unlike "nor with PLAIN" \
		"$(on_a_terminal 'make check EX=first-check PLAIN=1')" "$esc"
	unlike "nor on a dumb terminal" \
		"$(on_a_terminal 'TERM=dumb make check EX=first-check')" "$esc"
else
	skip "colours" "there is no script; apt-get install bsdutils"
fi
is "nothing is wider than 80 columns" "$({
	make; make list; make help; make check EX=close-the-ends
	make hint EX=close-the-ends; } 2> /dev/null | awk 'length > 80')" ""

# ------------------------------------------------------------ watch
# It is fed by a FIFO that stays open; each check ends in "Waiting for".
mkfifo "$tmp/keys"
rounds() { [ "$(grep -c 'Waiting for' "$tmp/watch")" -ge "$1" ]; }
waits() { grep -q "$1" "$tmp/watch"; }
watches() # NAME WORDS-OF-THE-WAY POLL
{
	make watch EX=first-check POLL="$3" < "$tmp/keys" > "$tmp/watch" 2>&1 &
	exec 7> "$tmp/keys"
	until_true waits "$2"
	ok "watch $1: it says how" waits "$2"
	printf '\n/* changed */\n' >> exercises/$first/greet.c
	until_true rounds 2
	ok "watch $1: it sees a change" rounds 2
	until_true waits2 "$2"
	echo >&7
	until_true rounds 3
	ok "watch $1: Enter checks" rounds 3
	exec 7>&-
	wait $!
	ok "watch $1: the end of its input ends it" true
}
waits2() { [ "$(grep -c "$1" "$tmp/watch")" -ge 2 ]; }
watches "by inotify" 'watching by inotify' ''
watches "by looking" 'looking twice a second: as you asked' 1
like "watch: no such file" "$(build/watch nofile 2>&1)" 'nofile: No such file'
finish
