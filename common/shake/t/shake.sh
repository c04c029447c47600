#!/bin/sh
# shake.sh - does shake find a race each time, accuse nobody, and fail what it
# was told to?
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s -C common/shake > /dev/null || exit 1

# How many of 20 seeds from $1 on print another number than 40. RUN may pin.
wrong_sums() # FIRST HOW
{
	n=0
	for seed in $(seq "$1" $(($1 + 19))); do
		[ "$(SHAKE_SEED=$seed ${run-} "$tmp/counter" "$2")" = 40 ] ||
			n=$((n + 1))
	done
	echo $n
}

# So many runs of 20 seeds: in how many was the race not seen? FULL=1: 20 runs.
runs=5
[ -z "${FULL:-}" ] || runs=20
blind_runs()
{
	blind=0
	for r in $(seq $runs); do
		[ "$(wrong_sums $((r * 100)) race)" -gt 0 ] ||
			blind=$((blind + 1))
	done
	echo $blind
}

ok "the counter is built" common/shake/build \
	common/shake/t/counter.c "$tmp/counter"
ok "the record is built" common/shake/build \
	common/shake/t/record.c "$tmp/record"
is "of $runs runs of 20 seeds each sees the race" "$(blind_runs)" 0
run='taskset -c 0'
if $run true 2> /dev/null; then
	is "and on one processor, too" "$(blind_runs)" 0
	is "there, a locked counter is never accused" \
		"$(wrong_sums 1 lock)" 0
else
	skip "and on one processor, too" "taskset cannot pin here"
fi
run=
is "a locked counter is never accused" "$(wrong_sums 100 lock)" 0
is "without a seed it is the same program" \
	"$("$tmp/counter" lock)" 40

torn()
{
	for seed in $(seq 20); do
		SHAKE_SEED=$seed "$tmp/record" "$1" && continue
		echo torn
		return
	done
	echo whole
}
is "a record that is told of too early is seen torn" "$(torn early)" torn
is "a record that is told of in time is whole" "$(torn right)" whole

# ------------------------------------------------------- faults and the log

fault() # FAULT: of `counter lock'
{
	SHAKE_FAULT=$1 "$tmp/counter" lock > "$tmp/out" 2> "$tmp/err"
}
ok "a call that is told to fail fails" sh -c "! SHAKE_FAULT=sem_init:1:EIO \
	'$tmp/counter' lock"
fault sem_wait:3:EIO@1
is "@1: only process 1 stops, after 2 of 20" "$(cat "$tmp/out")" 22
fault sem_wait:3:EIO
is "without @ each process has the fault" "$(cat "$tmp/out")" 4
# To a file, since a pipe takes up to PIPE_BUF bytes whole.
record() # FAULT WHAT: what is in the file then
{
	SHAKE_FAULT=$1 "$tmp/record" "$2" > "$tmp/out"
	cat "$tmp/out"
}
is "short: the first write() takes half" "$(record write:1:short write)" \
	'abcd4'
is "pwrite() can be short, too" "$(record pwrite:1:short pwrite)" '4'
is "two faults of one call: each counts every call" \
	"$(record write:1:short,write:2:short twice)" 'abcdabcd'
is "a pipe takes 8 bytes, or none" \
	"$(SHAKE_FAULT=write:1:short "$tmp/record" write)" 'abcdefgh8'
is "of 6000 it takes PIPE_BUF at least, of 60000 half" \
	"$(SHAKE_FAULT=write:1:short,write:2:short "$tmp/record" pipe)" \
	'4096 30000'
is "a datagram is whole, the bytes of a stream are not" \
	"$(SHAKE_FAULT=send:1:short,send:2:short "$tmp/record" sockets)" '8 4'
is "an eventfd has 8 bytes" \
	"$(SHAKE_FAULT=write:1:short "$tmp/record" eventfd)" 8
is "close() that fails has closed" \
	"$(SHAKE_FAULT=close:1:EIO "$tmp/record" close)" 'EIO, then EBADF'
is "but for a number that was not open" \
	"$(SHAKE_FAULT=close:1:EBADF "$tmp/record" close)" 'EBADF, then 0'

SHAKE_LOG=$tmp/log "$tmp/counter" lock > /dev/null
is "the log has each call, by process" \
	"$(grep -c '^2 sem_wait ' "$tmp/log")" 20
is "and what the parent calls" \
	"$(grep '^0 ' "$tmp/log" | tr '\n' ';')" \
	'0 mmap 1;0 sem_init 1;0 fork 1;0 fork 2;0 wait 1;0 wait 2;'

bad() # FAULT TEXT
{
	fault "$1"
	is "SHAKE_FAULT=$1: status 125" $? 125
	is "SHAKE_FAULT=$1: one line" "$(wc -l < "$tmp/err")" 1
	like "SHAKE_FAULT=$1: that says why" "$(cat "$tmp/err")" "$2"
}
bad read "'read' is not like read:2:EINTR"
bad read:1:EFOO "'EFOO' is no errno that is known"
bad read:x:EIO "'read:x:EIO' is not like"
finish
