#!/bin/sh
# trace.sh - the pictures of system calls: who waits, who wakes whom
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

# ------------------------------------------------------------- two processes
# A reader, and a writer that lets it wait for 5 ms.
drawn << 'END'
10 1.000000 execve("./reader", ["./reader"], 0x1 /* 3 vars */) = 0 <0.000100>
10 1.000200 openat(AT_FDCWD</tmp>, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3</etc/ld.so.cache> <0.000010>
10 1.000300 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
10 1.000400 clone(child_stack=NULL, flags=SIGCHLD, child_tidptr=0x7) = 11 <0.000010>
10 1.000500 read(3<pipe:[7]>,  <unfinished ...>
11 1.001000 close(3<pipe:[7]>) = 0 <0.000010>
11 1.015000 write(4<pipe:[7]>, "a long line of text\n", 20) = 20 <0.000010>
10 1.015500 <... read resumed>"a long line of text\n", 99) = 20 <0.015000>
11 1.015600 write(1</memfd:output (deleted)>, "writer   | done\n", 16) = 16 <0.000010>
11 1.015700 write(4<pipe:[7]>, "x", 1) = -1 EAGAIN (Resource temporarily unavailable) <0.000010>
11 1.015800 write(4<pipe:[7]>, "x", 1) = -1 EAGAIN (Resource temporarily unavailable) <0.000010>
10 1.015900 semtimedop(5, [{sem_num=1, sem_op=-1, sem_flg=SEM_UNDO}], 1, NULL <unfinished ...>
11 1.016000 semctl(5, 0, GETVAL) = 0 <0.000010>
10 1.029000 <... semtimedop resumed>) = -1 EAGAIN (Resource temporarily unavailable) <0.013100>
11 1.029100 --- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=1, si_uid=0} ---
11 1.029200 +++ killed by SIGTERM +++
END
is "a recorded trace is drawn" $status 0
like "lanes have the programs' names" "$text" '\| reader 10 .*\| reader 11'
unlike "what runs before main() is left out" "$text" 'ld.so'
like "a call and its result" "$text" '^ *2 +0\.300 \| pipe2\(\[3, 4\], 0\) = 0'
like "a wait begins, with what it knows then" "$text" \
	'^ *4 +0\.500 \| read\(3, \.\.\. '
like "its lane shows it" "$text" '^ *6 .*\| : +\| write\(4, "a long lin\.\.\.", 20\)'
like "and ends, with what it brought" "$text" \
	'^ *7 +15\.500 \| = 20, "a long lin\.\.\."  \(waited 15\.0 ms\)'
like "and by the row that ended it" "$text" '^ *\|   < 6 '
like "what a program says" "$text" '\| says "done"$'
like "the same again is counted" "$text" '= -1 EAGAIN x2'
like "operations of a semaphore are short" "$text" \
	'semtimedop\(5, \[1:-1 SEM_UNDO\]'
unlike "a time limit is nobody's doing" "$text" '= -1 EAGAIN  \(waited.*<'
like "a signal" "$text" 'SIGTERM arrives'
like "and the end by it" "$text" 'killed by SIGTERM'
like "the legend" "$text" '^:  waits in a call .*x3  so often'
is "no line is wider than it may be" "$("$trace" -w 80 -o "$out" \
	-r "$tmp/strace" | awk 'length > 80')" ""

# ------------------------------------------------------------------- pictures
is "SVG: a bar for each wait" "$(grep -c 'class="b"' "$out.svg")" 2
is "SVG: an arrow for each waker" "$(grep -c 'url(#tip)' "$out.svg")" 1
like "SVG: complete" "$(cat "$out.svg")" '^</svg>$'
like "SVG: a text alternative" "$(cat "$out.svg")" \
	'<desc id="desc">2 lanes from top to bottom in time, 14 rows: .* 2 waits'
like "SVG: which says who ends whose wait" "$(cat "$out.svg")" \
	'reader 10 waits no longer in read\(3, \.\.\.: = 20, .*, for reader 11 calls write\(4, '
title='A & B'
cp "$tmp/strace" "$tmp/again"
drawn < "$tmp/again"
title=
like "SVG: a title of any letters" "$(cat "$out.svg")" \
	'<title id="title">A &amp; B</title>'

# ---------------------------------------------------------------- the command
like "no such lesson" "$(make trace-99 2>&1)" "There is no lesson 99"
like "no such experiment" "$(make trace-01-moon 2>&1)" \
	"has no experiment of that name; it has: .*01-torn"
like "no program" "$("$trace" 2>&1)" "^trace: name a program to trace; 'trace -h'"
like "no command" "$(make trace 2>&1)" "^Which programs\? make trace CMD="
like "a file that is not there" "$("$trace" -r no/such 2>&1)" \
	'^trace: no/such cannot be read: No such file'
mkdir "$tmp/bin"
like "without strace: how to get it" "$(PATH=$tmp/bin "$trace" true 2>&1)" \
	'^There is no strace here: apt-get install strace'
if strace -o /dev/null true 2> /dev/null; then
	make -s trace-01 > "$tmp/said" 2>&1
	is "lesson 01 is drawn" $? 0
	like "its reader waits for its writer, or the other way" \
		"$(cat "$tmp/said")" 'wait4\(|read\('
	ok "and its picture is there" test -s build/trace-01.svg
	like "an experiment" "$(make -s trace-01-ends 2>&1)" \
		'^drawn: build/trace-01-ends.svg'
	like "any programs" "$(make -s trace CMD='echo a | cat' 2>&1)" \
		'write\(1, "a\\n", 2\) = 2$'
	like "a program that is not there" "$("$trace" no-such-program 2>&1)" \
		"^trace: .*no-such-program"
else
	skip "a lesson is drawn" "strace may not trace here"
fi
finish
