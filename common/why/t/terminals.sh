#!/bin/sh
# terminals.sh - terminals: what a reader waits for, and who has the other side
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup
waits=$PWD/build/partners
cd "$tmp" || exit 1
fd='fd [0-9]+'
pts='/dev/pts/[0-9]+'
ptmx='/dev/(pts/)?ptmx'

act screen
says "a line is awaited" "^screen $p is blocked in read\(\) on $fd, $pts: it \
waits for a whole line; its other side is open in screen $p, $fd\.\$"
over
act key
says "a key is awaited" "^key $p is blocked in read\(\) on $fd, $pts: it waits \
for a key; its other side is open in the same process, $fd\.\$"
over
act typing
says "the master waits for a program" "^typing $p is blocked in read\(\) on \
$fd, $ptmx, the master of $pts; its other side is open in program $p, $fd\.\$"
over
act paste
says "both sides write: the master" "^paste $p is blocked in write\(\) on $fd, \
$ptmx, the master of $pts; its other side is open in program $p, $fd, which has \
not read [1-9][0-9]* bytes\.\$"
like "both sides write: the program" "$said" "^  program $p is blocked in \
write\(\) on $fd, $pts; its other side is open in paste $p, $fd, which has not \
read [1-9][0-9]* bytes\.\$"
unlike "others may open the terminal" "$said" '^A circle|^Nobody'
over
act stopped
says "the output is stopped" "^stopped $p is blocked in write\(\) on $fd, \
$pts; its other side is open in the same process, $fd; the output is stopped by \
Ctrl-S, until Ctrl-Q, or by tcflow\(\)\.\$"
over
act own
says "/dev/tty" "^own $p is blocked in read\(\) on $fd, /dev/tty, which is \
$pts: it waits for a whole line; its other side is open in the same process, \
$fd\.\$"
over

job=
child_of_act()
{
	job=$(tr -d ' ' < "/proc/$pid/task/$pid/children")
	[ -n "$job" ] && grep -q '^[0-9]* ([^)]*) T' "/proc/$job/stat"
}
act background
until_true child_of_act
said=$("$why" "$job")
if grep -q ' 21$' "/proc/$job/stat"; then
	like "a job in the background reads" "$said" "^job $p is stopped by \
SIGTTIN: in the background it may not read its terminal; fg in its shell"
else
	skip "a job in the background reads" \
		"this kernel does not tell what stopped it"
fi
over
finish
