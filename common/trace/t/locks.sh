#!/bin/sh
# locks.sh - whose call frees the way for one who waits for a lock: what is held
# tells
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

# HELD are locks that others get first; process 10 waits for WANTED; then come
# LINES. The arrow comes from the call at TIME, or there is none: -.
wait_for() # NAME HELD WANTED TIME LINES
{
	drawn <<-END
	9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
	9 1.000500 openat(AT_FDCWD</home>, "l", O_RDWR) = 3</home/l> <0.000010>
	9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
	9 1.002000 clone(child_stack=NULL, flags=SIGCHLD) = 11 <0.000010>
	10 1.003000 openat(AT_FDCWD</home>, "l", O_RDWR) = 4</home/l> <0.000010>
	11 1.004000 openat(AT_FDCWD</home>, "l", O_RDWR) = 4</home/l> <0.000010>
	$2
	10 1.100000 $3 <unfinished ...>
	$5
	10 1.200000 <... ${3%%(*} resumed>) = 0 <0.100000>
	END
	unlike "$1: understood" "$text" 'not understood'
	if [ "$4" = - ]; then
		unlike "$1: no arrow" "$(ends)" 'waited 100\.0 ms'
	else
		row=$(printf '%s\n' "$text" | awk -v t="$4" '$2 == t { print $1 }')
		like "$1" "$(ends)" "waited 100\\.0 ms\\)  < $row\$"
	fi
}

# The words of fcntl(): process 11 at TIME, or another; TYPE, START and LENGTH.
record() # PID TIME TYPE START LENGTH [COMMAND]
{
	echo "$1 $2 fcntl(4</home/l>, ${6:-F_SETLK}, {l_type=$3," \
		"l_whence=SEEK_SET, l_start=$4, l_len=$5}) = 0 <0.000010>"
}
want='fcntl(4</home/l>, F_SETLKW, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=10}'
wait_for "a record lock, by the unlock of its bytes" \
	"$(record 11 1.01 F_WRLCK 0 100)" "$want" 150.000 \
	"$(record 11 1.15 F_UNLCK 0 10)
	$(record 11 1.16 F_UNLCK 20 10)
	$(record 11 1.17 F_UNLCK 0 0)"
wait_for "the last of two who were in the way" \
	"$(record 9 1.01 F_RDLCK 0 5 | sed 's/(4/(3/')
	$(record 11 1.02 F_RDLCK 5 5)" "$want" 160.000 \
	"$(record 11 1.15 F_UNLCK 0 0)
	$(record 9 1.16 F_UNLCK 0 0 | sed 's/(4/(3/')
	$(record 11 1.17 F_UNLCK 0 0)"
wait_for "a lock for reading in the place of one for writing" \
	"$(record 11 1.01 F_WRLCK 0 10)" \
	"$(echo "$want" | sed s/WRLCK/RDLCK/)" 150.000 \
	"$(record 11 1.15 F_RDLCK 0 10)
	$(record 11 1.16 F_UNLCK 0 10)"
wait_for "who reads is not in the way of who reads" \
	"$(record 11 1.01 F_RDLCK 0 10)" \
	"$(echo "$want" | sed s/WRLCK/RDLCK/)" - \
	"$(record 11 1.15 F_UNLCK 0 10)"
wait_for "other bytes" "$(record 11 1.01 F_WRLCK 10 5)" "$want" - \
	"$(record 11 1.15 F_UNLCK 10 5)"
wait_for "a negative length is what lies before" \
	"$(record 11 1.01 F_WRLCK 15 -7)" "$want" 150.000 \
	"$(record 11 1.15 F_UNLCK 8 1)
	$(record 11 1.15 F_UNLCK 9 1 | sed s/1.15/1.1500001/)
	$(record 11 1.16 F_UNLCK 0 0)"
wait_for "bytes from where the file stands: who knows" \
	"$(record 11 1.01 F_WRLCK 0 10)
	$(record 9 1.02 F_WRLCK 5 5 | sed 's/(4/(3/; s/SEEK_SET/SEEK_CUR/')" \
	"$want" - "$(record 11 1.15 F_UNLCK 0 10)"
wait_for "close() of any descriptor of the file" \
	"$(record 11 1.01 F_WRLCK 0 10)" "$want" 150.000 \
	"11 1.150000 close(3</home/l>) = 0 <0.000010>
	11 1.160000 close(4</home/l>) = 0 <0.000010>"
wait_for "the end of a process" "$(record 11 1.01 F_WRLCK 0 10)" "$want" \
	150.000 "11 1.150000 exit_group(0) = ?
	11 1.150100 +++ exited with 0 +++
	$(record 9 1.16 F_UNLCK 0 0 | sed 's/(4/(3/')"
wait_for "close() does not take an open file description's lock, while one is left" \
	"$(record 11 1.01 F_WRLCK 0 10 F_OFD_SETLK)
	11 1.020000 dup(4</home/l>) = 5</home/l> <0.000010>" "$want" 160.000 \
	"11 1.150000 close(4</home/l>) = 0 <0.000010>
	11 1.160000 close(5</home/l>) = 0 <0.000010>"
wait_for "an end that is told later" \
	"$(record 11 1.01 F_WRLCK 0 10)" "$want" - ""
cat "$tmp/strace" - > "$tmp/more" <<'END'
11 1.201000 +++ killed by SIGKILL +++
END
drawn < "$tmp/more"
like "an end that is told after the other has gone on" "$(ends)" \
	"< $(printf '%s\n' "$text" | awk '$2 == "201.000" { print $1 }')\$"

sed -i 's/^10 1.2000/10 1.1020/' "$tmp/more"
sed -i '/^11 1.201/s/1.201/1.103/' "$tmp/more"
drawn < "$tmp/more"
like "also a short wait for it is one" "$(ends)" 'waited 2\.0 ms\)  < '

flock='flock(4</home/l>, LOCK_EX'
wait_for "flock() by its unlock" \
	'11 1.010000 flock(4</home/l>, LOCK_EX) = 0 <0.000010>' "$flock" 150.000 \
	'11 1.150000 flock(4</home/l>, LOCK_UN) = 0 <0.000010>
	11 1.160000 flock(4</home/l>, LOCK_UN) = 0 <0.000010>'
wait_for "flock() by the last of two who read" \
	'11 1.010000 flock(4</home/l>, LOCK_SH) = 0 <0.000010>
	9 1.020000 flock(3</home/l>, LOCK_SH) = 0 <0.000010>' "$flock" 160.000 \
	'11 1.150000 flock(4</home/l>, LOCK_UN) = 0 <0.000010>
	9 1.160000 flock(3</home/l>, LOCK_UN) = 0 <0.000010>
	11 1.170000 close(4</home/l>) = 0 <0.000010>'
wait_for "flock(): close() of a copy is none, the last one is" \
	'9 1.010000 flock(3</home/l>, LOCK_EX) = 0 <0.000010>
	10 1.020000 close(3</home/l>) = 0 <0.000010>' "$flock" 160.000 \
	'9 1.150000 close(3</home/l>) = 0 <0.000010>
	11 1.160000 close(3</home/l>) = 0 <0.000010>
	11 1.170000 close(4</home/l>) = 0 <0.000010>'
wait_for "flock() of another file" \
	'11 1.010000 openat(AT_FDCWD</home>, "m", O_RDWR) = 5</home/m> <0.000010>
	11 1.020000 flock(5</home/m>, LOCK_EX) = 0 <0.000010>' "$flock" - \
	'11 1.150000 flock(5</home/m>, LOCK_UN) = 0 <0.000010>'
wait_for "whose lock changes its kind gives it up first" \
	'11 1.010000 flock(4</home/l>, LOCK_SH) = 0 <0.000010>
	9 1.020000 flock(3</home/l>, LOCK_SH) = 0 <0.000010>' "$flock" 160.000 \
	'11 1.150000 flock(4</home/l>, LOCK_EX|LOCK_NB) = -1 EAGAIN (x) <0.000010>
	9 1.160000 flock(3</home/l>, LOCK_UN) = 0 <0.000010>'
finish
