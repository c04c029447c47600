#!/bin/sh
# semaphores.sh - whose call lets a waiting semop() go on, however late it comes
# back: the values tell
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

arrow "a semaphore" yes 'semop(5, [{sem_num=1, sem_op=-1, sem_flg=0}], 1' ') = 0' \
	'semop(5, [{sem_num=1, sem_op=1, sem_flg=0}], 1) = 0'
arrow "another of the set" no 'semop(5, [{sem_num=1, sem_op=-1, sem_flg=0}], 1' ') = 0' \
	'semop(5, [{sem_num=0, sem_op=1, sem_flg=0}], 1) = 0'
arrow "one that takes, too" no 'semop(5, [{sem_num=1, sem_op=-1, sem_flg=0}], 1' ') = 0' \
	'semop(5, [{sem_num=1, sem_op=-1, sem_flg=0}], 1) = 0'
arrow "a wait for zero" yes 'semop(5, [{sem_num=1, sem_op=0, sem_flg=0}], 1' ') = 0' \
	'semop(5, [{sem_num=1, sem_op=-1, sem_flg=0}], 1) = 0'

# Process 10 wants SEM of a new set whose values are SETVAL; what others do in
# the meantime are LINES. The arrow comes from the call at TIME, or -.
late() # NAME VALUE SEM TIME LINES
{
	drawn <<-END
	9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
	9 1.000500 semget(IPC_PRIVATE, 2, 0600) = 5 <0.000010>
	9 1.000600 semctl(5, 0, SETVAL, $2) = 0 <0.000010>
	9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
	9 1.002000 clone(child_stack=NULL, flags=SIGCHLD) = 11 <0.000010>
	10 1.100000 semop(5, $3, 1 <unfinished ...>
	$5
	10 1.200000 <... semop resumed>) = 0 <0.100000>
	END
	unlike "$1: understood" "$text" 'not understood'
	if [ "$4" = - ]; then
		unlike "$1: no arrow" "$(ends)" 'waited 100\.0 ms'
	else
		row=$(printf '%s\n' "$text" | awk -v t="$4" '$2 == t { print $1 }')
		like "$1" "$(ends)" "waited 100\\.0 ms\\)  < $row\$"
	fi
}
up='[{sem_num=0, sem_op=1, sem_flg=0}]'
down='[{sem_num=0, sem_op=-1, sem_flg=0}]'
zero='[{sem_num=0, sem_op=0, sem_flg=0}]'
other='[{sem_num=1, sem_op=1, sem_flg=0}]'

late "the first of three that add" 0 "$down" 150.000 \
	"9 1.150000 semop(5, $up, 1) = 0 <0.000010>
	11 1.160000 semop(5, $up, 1) = 0 <0.000010>
	9 1.170000 semop(5, $up, 1) = 0 <0.000010>"
late "the third, if it wants three" 0 \
	'[{sem_num=0, sem_op=-3, sem_flg=0}]' 170.000 \
	"9 1.150000 semop(5, $up, 1) = 0 <0.000010>
	11 1.160000 semop(5, $up, 1) = 0 <0.000010>
	9 1.170000 semop(5, $up, 1) = 0 <0.000010>
	9 1.180000 semop(5, $up, 1) = 0 <0.000010>"
late "the one that lacks, of two semaphores" 1 \
	'[{sem_num=0, sem_op=-1, sem_flg=0}, {sem_num=1, sem_op=-1, sem_flg=0}]' \
	160.000 "9 1.150000 semop(5, $up, 1) = 0 <0.000010>
	9 1.160000 semop(5, $other, 1) = 0 <0.000010>
	9 1.170000 semop(5, $up, 1) = 0 <0.000010>"
late "the one that makes it 0, not one that takes later" 2 "$zero" 160.000 \
	"9 1.150000 semop(5, $down, 1) = 0 <0.000010>
	11 1.160000 semop(5, $down, 1) = 0 <0.000010>
	9 1.170000 semop(5, $up, 1) = 0 <0.000010>
	9 1.180000 semop(5, $down, 1) = 0 <0.000010>"
late "SETVAL" 0 "$down" 150.000 "9 1.150000 semctl(5, 0, SETVAL, 0x1) = 0 <0.000010>
	11 1.160000 semop(5, $up, 1) = 0 <0.000010>"
late "one that is first in the queue takes it" 0 "$down" 150.000 \
	"11 1.110000 semop(5, $down, 1 <unfinished ...>
	9 1.150000 semop(5, $up, 1) = 0 <0.000010>
	9 1.160000 semop(5, $up, 1) = 0 <0.000010>
	11 1.190000 <... semop resumed>) = 0 <0.080000>"
like "and the second in the queue the next, in the same row" "$(ends)" \
	'waited 80\.0 ms\)  < '"$(printf '%s\n' "$text" |
		awk '$2 == "150.000" { print $1 }')"
like "which is there twice" "$text" 'semop\(5, \[0:1\], 1\) = 0 x2$'
twice="9 1.150000 semop(5, $up, 1) = 0 <0.000010>
	9 1.151000 semop(5, $up, 1) = 0 <0.000010>
	9 1.152000 semop(5, $other, 1) = 0 <0.000010>"
late "one that is folded into one that is folded" 0 \
	'[{sem_num=0, sem_op=-6, sem_flg=0}]' 150.000 "$twice
	$(echo "$twice" | sed 's/1\.15/1.16/')
	$(echo "$twice" | sed 's/1\.15/1.17/')"
late "one who waits, in two steps, lets others go on" 0 "$down" 140.000 \
	"11 1.140000 semop(5, [{sem_num=1, sem_op=-1, sem_flg=0}, {sem_num=0, sem_op=1, sem_flg=0}], 2 <unfinished ...>
	9 1.150000 semop(5, $other, 1) = 0 <0.000010>
	9 1.160000 semop(5, $up, 1) = 0 <0.000010>
	11 1.190000 <... semop resumed>) = 0 <0.050000>"
late "who finds it there waits for nobody" 1 "$down" - \
	"9 1.150000 semop(5, $up, 1) = 0 <0.000010>"
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 semget(IPC_PRIVATE, 1, 0600) = 5 <0.000010>
9 1.000600 semctl(5, 0, SETVAL, 0x1) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.002000 clone(child_stack=NULL, flags=SIGCHLD) = 11 <0.000010>
11 1.003000 semop(5, [{sem_num=0, sem_op=-1, sem_flg=SEM_UNDO}], 1) = 0 <0.000010>
10 1.100000 semop(5, [{sem_num=0, sem_op=-1, sem_flg=0}], 1 <unfinished ...>
11 1.150000 exit_group(0) = ?
11 1.150100 +++ exited with 0 +++
9 1.160000 semop(5, [{sem_num=0, sem_op=1, sem_flg=0}], 1) = 0 <0.000010>
10 1.200000 <... semop resumed>) = 0 <0.100000>
END
like "SEM_UNDO, by the end of a process" "$(ends)" \
	"< $(printf '%s\n' "$text" | awk '$2 == "150.000" { print $1 }')\$"

# A set that was there before: nobody knows its values.
old() # NAME yes|no SEM LINES
{
	drawn <<-END
	9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
	9 1.000500 semget(0x7, 2, 0600) = 5 <0.000010>
	9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
	10 1.100000 semop(5, $3, 1 <unfinished ...>
	$4
	10 1.200000 <... semop resumed>) = 0 <0.100000>
	END
	if [ "$2" = yes ]; then
		like "$1: the first" "$(ends)" \
			"< $(printf '%s\n' "$text" | awk '$2 == "150.000" { print $1 }')\$"
	else
		unlike "$1: no arrow" "$(ends)" 'waited 100\.0 ms'
	fi
}
old "who waits for one finds 0" yes "$down" \
	"9 1.150000 semop(5, $up, 1) = 0 <0.000010>
	11 1.160000 semop(5, $up, 1) = 0 <0.000010>"
two='[{sem_num=0, sem_op=-1, sem_flg=0}, {sem_num=1, sem_op=-1, sem_flg=0}]'
old "of two values nobody knows which lacked, but one alone added" yes "$two" \
	"9 1.150000 semop(5, $up, 1) = 0 <0.000010>"
old "two added" no "$two" "9 1.150000 semop(5, $up, 1) = 0 <0.000010>
	9 1.160000 semop(5, $other, 1) = 0 <0.000010>"
finish
