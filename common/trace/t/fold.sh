#!/bin/sh
# fold.sh - what repeats is counted; many lanes and many rows have bounds
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

begin='9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 set_tid_address(0x7) = 9 <0.000010>'

# LINES of awk's that print calls at times that go on: t().
made() # AWK
{
	{
		echo "$begin"
		awk 'function t() { return sprintf("%.6f", 1.001 + ++n / 10000) }
		BEGIN { '"$1"' }'
	} > "$tmp/made"
	drawn < "$tmp/made"
}

rows() # the rows of $text
{
	printf '%s\n' "$text" | grep -c '^ *[0-9][0-9]* *[0-9]*\.[0-9]* '
}

made 'for (i = 0; i < 40000; i++) {
	print "9", t(), "poll([{fd=3<pipe:[7]>, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLHUP}]) <0.000010>"
	print "9", t(), "read(3<pipe:[7]>, \"\", 10) = 0 <0.000010>" }'
is "a loop of two calls is two rows" "$(rows)" 3
like "and their number" "$text" '= the 2 rows above come 40000 times$'

made 'for (i = 0; i < 500; i++)
	print "9", t(), "write(4<pipe:[7]>, \"line " i "\", 6) = 6 <0.000010>"'
is "a loop with other data each time" "$(rows)" 2
like "is called alike" "$text" '= the row above comes 500 times, much alike$'

made 'for (i = 0; i < 3; i++)
	print "9", t(), "write(4<pipe:[7]>, \"line " i "\", 6) = 6 <0.000010>"'
is "a few rows that are only alike stay" "$(rows)" 4

made 'for (i = 0; i < 9; i++) {
	print "9", t(), "write(4<pipe:[7]>, \"x\", 1) = 1 <0.000010>"
	print "9", t(), "read(3<pipe:[7]>, \"x\", 1) = 1 <0.000010>"
	if (i == 4) print "9", t(), "close(9) = -1 EBADF (x) <0.000010>" }'
like "a call that fails is no part of it" "$text" 'close\(9\) = -1 EBADF'
is "what is before and behind it is folded" \
	"$(printf '%s\n' "$text" | grep -c 'the 2 rows above')" 2

made 'for (i = 0; i < 8; i++)
	for (k = 1; k <= 8; k++)
		print "9", t(), "write(" k "<pipe:[" k "]>, \"x\", 1) = 1 <0.000010>"'
like "a group of eight" "$text" 'the 8 rows above come 8 times'

# Two loops that do not keep step, and then something else.
made 'print "9", t(), "clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>"
for (i = 0; i < 5000; i++) {
	print "9", t(), "write(4<pipe:[7]>, \"" i "\", 1) = 1 <0.000010>"
	if (i * i % 7 < 3) print "10", t(), "read(5<pipe:[8]>, \"" i "\", 1) = 1 <0.000010>"
	if (i * i % 11 < 3) print "10", t(), "write(6<pipe:[9]>, \"" i "\", 1) = 1 <0.000010>" }
print "9", t(), "read(7<pipe:[1]>, <unfinished ...>"'
ok "two loops out of step are few rows" test "$(rows)" -lt 100
like "the others are counted" "$text" '[0-9]{4} rows more like those around'
like "the end is there" "$text" 'read\(7, \.\.\.'

# ------------------------------------------------------------- bounds
made 'for (i = 0; i < 9000; i++)
	print "9", t(), "write(4<pipe:[" i "]>, \"" i "\", 1) = 1 <0.000010>"'
ok "of very many rows the first and the last are kept" test "$(rows)" -le 3100
like "which is said" "$text" 'rows in the middle are not shown: only the'
like "the last ones" "$text" '^ *900[01] '

made 'for (i = 10; i < 310; i++)
	print "9", t(), "clone(child_stack=NULL, flags=SIGCHLD) = " i " <0.000010>"
for (i = 10; i < 310; i++)
	print i, t(), "read(3<pipe:[" i "]>,  <unfinished ...>"
for (i = 10; i < 310; i++)
	print i, t(), "<... read resumed>\"x\", 1) = 1 <0.300000>"'
is "three hundred lanes" $status 0
like "those without room are told" "$text" '^[0-9]+ lanes have no column here'
like "rows name their lane" "$text" 'a 301: read\(3, \.\.\.'
for width in 60 80 140; do
	is "no line is wider than $width" "$("$trace" -w $width -o "$out" \
		-r "$tmp/strace" | awk -v width=$width 'length > width')" ""
done
is "nor wider than the picture" "$(awk -F'[ "]' '/^<(line|rect|circle)/ {
	for (i = 1; i < NF; i++)
		if ($i ~ /^(x|x1|x2|cx)=$/ && $(i + 1) > 760) print }' \
	"$out.svg")" ""

made 'for (i = 10; i < 110; i++) {
	print "9", t(), "clone(child_stack=NULL, flags=SIGCHLD) = " i " <0.000010>"
	print i, t(), "exit_group(0) = ?"
	print i, t(), "+++ exited with 0 +++" }'
unlike "a lane that has ended gives its column back" "$text" 'have no column'
like "which is the second" "$text" '^ *[0-9]+ +[0-9.]+   o +a 101: exit_group'
finish
