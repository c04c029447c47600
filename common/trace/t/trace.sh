#!/bin/sh
# trace.sh - the pictures of system calls: who waits, who wakes whom
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh

# What strace says of a reader, and of a writer that lets it wait for 5 ms.
cat > "$tmp/strace" <<'END'
10 1.000000 execve("./reader", ["./reader"], 0x1 /* 3 vars */) = 0 <0.000100>
10 1.000200 openat(AT_FDCWD</tmp>, "/etc/ld.so.cache", O_RDONLY) = 3</etc/ld.so.cache> <0.000010>
10 1.000300 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
10 1.000400 clone(child_stack=NULL, flags=SIGCHLD, child_tidptr=0x7) = 11 <0.000010>
10 1.000500 read(3<pipe:[7]>,  <unfinished ...>
11 1.001000 close(3<pipe:[7]>) = 0 <0.000010>
11 1.005000 write(4<pipe:[7]>, "a long line of text\n", 20) = 20 <0.000010>
10 1.005500 <... read resumed>"a long line of text\n", 99) = 20 <0.005000>
11 1.005600 write(1</dev/null>, "writer   | done\n", 16) = 16 <0.000010>
11 1.005700 write(4<pipe:[7]>, "x", 1) = -1 EAGAIN (Resource temporarily unavailable) <0.000010>
11 1.005800 write(4<pipe:[7]>, "x", 1) = -1 EAGAIN (Resource temporarily unavailable) <0.000010>
10 1.005900 semtimedop(5, [{sem_num=1, sem_op=-1, sem_flg=SEM_UNDO}], 1, NULL <unfinished ...>
11 1.006000 semctl(5, 0, GETVAL) = 0 <0.000010>
10 1.009000 <... semtimedop resumed>) = -1 EAGAIN (Resource temporarily unavailable) <0.003100>
11 1.009100 --- SIGTERM {si_signo=SIGTERM} ---
11 1.009200 +++ killed by SIGTERM +++
END
awk -f common/trace/events.awk "$tmp/strace" | sort -s -n -k 1,1 |
	awk -f common/trace/rows.awk > "$tmp/rows"
text=$(awk -v width=100 -f common/trace/text.awk "$tmp/rows")
like "lanes have the programs' names" "$text" '\| reader 10 .*\| reader 11'
unlike "files of the system are left out" "$text" 'ld.so'
like "a call and its result" "$text" '^ *2 +0\.300 \| pipe2\(\[3, 4\], 0\) = 0'
like "a wait begins" "$text" '^ *4 +0\.500 \| read\(3.* \.\.\.'
like "its lane shows it" "$text" '^ *6 .*\| : +\| write\(4, "a long lin\.\.\.", 20\)'
like "and ends, by the row that ended it" "$text" \
	'^ *7 +5\.500 \| = 20  \(waited 5\.0 ms\)  < 6'
like "what a program says" "$text" '\| says "done"$'
like "the same again is counted" "$text" '= -1 EAGAIN x2'
like "operations of a semaphore are short" "$text" \
	'semtimedop\(5, \[1:-1 SEM_UNDO\]'
like "a time limit is nobody's doing" "$text" '= -1 EAGAIN  \(waited 3\.1 ms\) +\|'
like "a signal" "$text" 'SIGTERM arrives'
like "and the end by it" "$text" 'killed by SIGTERM'
is "no line is wider than it may be" \
	"$(awk -v width=80 -f common/trace/text.awk "$tmp/rows" |
		awk 'length > 80')" ""

svg=$(awk -v name='A & B' -f common/trace/svg.awk "$tmp/rows")
like "SVG: a title" "$svg" '<title>A &amp; B</title>'
is "SVG: a bar for each wait" "$(echo "$svg" | grep -c 'e0a030')" 2
is "SVG: an arrow for each waker" "$(echo "$svg" | grep -c 'url(#tip)')" 1
like "SVG: complete" "$svg" '^</svg>$'

like "no such lesson" "$(make trace-99 2>&1)" "There is no lesson 99"
mkdir "$tmp/bin"
for c in dirname mktemp rm; do
	ln -s "$(command -v $c)" "$tmp/bin"
done
like "without strace: how to get it" \
	"$(PATH=$tmp/bin /bin/sh common/trace/trace lessons/01-pipe 2>&1)" \
	'There is no strace here: apt-get install strace'
if strace -o /dev/null true 2> /dev/null; then
	make -s trace-01 > "$tmp/out" 2>&1
	is "lesson 01 is drawn" $? 0
	like "its reader waits for its writer, or the other way" \
		"$(cat "$tmp/out")" 'wait4\(|read\('
	ok "and its picture is there" test -s build/trace-01.svg
else
	skip "a lesson is drawn" "strace may not trace here"
fi
finish
