#!/bin/sh
# bench.sh - the engine of the benchmark: flags, output, faults, interference
#
# No figure is judged here: a test that asserts a speed would be wrong.
cd "$(dirname "$0")/../../.." || exit 1
. common/t/tap.sh
make -s build/bench || exit 1
make -s -C common/bench broken || exit 1
bench=$PWD/build/bench
broken=$PWD/build/bench-broken

# Processes of ours in the group of a run would show here.
left() # NAME
{
	pgrep -fc "^$1 .*-w 1[123]"
}

too_wide()
{
	expand | awk 'length > 80'
}

# ------------------------------------------------------------------ flags
refuses() # NAME REGEX ARGUMENTS...
{
	name=$1 regex=$2
	shift 2
	out=$("$bench" "$@" 2>&1) && out="it ended with success: $out"
	like "$name" "$out" "$regex"
}
refuses "an unknown facility is refused" "no facility 'pip'" -t -f pip
refuses "an unknown place too" "'here' is no place" -t -p here
refuses "a size of 0" "'0' is no size" -t -s 0
refuses "a size that is too large" "is no size" -t -s 262145
refuses "a size that is no number" "'x' is no size" -t -s x
refuses "a time of 0" "a number of 1 to 3600, not '0'" -t -w 0
refuses "rounds that are too many" "a number of 1 to 31, not '32'" -t -r 32
refuses "rounds that are no number" "a number of 1 to 31, not 'x'" -t -r x
refuses "an unknown kind" "'both' is no kind" -t -k trip,both
refuses "an unknown flag gets the usage" '^  -q ' -Z
refuses "a word that is no flag too" '^  -q ' -t pipe
refuses "a folder that cannot be made" 'ENOENT' -t -o "$tmp/no/such"

# ----------------------------------------------- one tiny run of everything
out=$("$bench" -t -o "$tmp/all" 2> "$tmp/progress")
is "a whole tiny run ends with success" $? 0
is "its table keeps to 80 columns" "$(echo "$out" | too_wide)" ""
like "the progress line estimates the end" "$(cat "$tmp/progress")" \
	'^ *0 % round trips, one CPU +about [0-9]+ s to go'
"$bench" -l | awk '{ print $1 }' | sort > "$tmp/listed"
json=$tmp/all/bench.json
if command -v jq > /dev/null; then
	is "bench.json is JSON" "$(jq -r .schema "$json" 2>&1)" 1
	jq -r '.rows[] | select(.state == "ok") | .facility' "$json" |
		sort -u > "$tmp/measured"
	is "every facility has its row" \
		"$(diff "$tmp/measured" "$tmp/listed" | grep '^>')" ""
	is "no row is void" "$(jq -r '.rows[] | select(.state == "void") |
		.facility + ": " + .why' "$json")" ""
	is "what is skipped says why" "$(jq '[.rows[] |
		select(.state == "skipped" and (.why // "") == "")] | length' \
		"$json")" 0
	is "every figure of a round trip stands beside its limit" "$(jq '[
		.rows[] | select(.kind == "round-trip" and .state == "ok" and
		(.times_limit // 0) <= 0)] | length' "$json")" 0
	is "what was left out as slow is a share" "$(jq '[.rows[] |
		select(.state == "ok" and (.slow < 0 or .slow > 1))] |
		length' "$json")" 0
	is "and none is left out where nothing tells the pace" "$(jq '[
		.rows[] | select(.placement != "one-cpu" and .state == "ok" and
		.slow != 0)] | length' "$json")" 0
	is "a memory's row of 8 bytes stands beside the cache line" "$(jq '[
		.ratios[] | select(.text == "8 B and back : one cache line" and
		.rounds > 0)] | length' "$json")" 1
	if [ "$(getconf _NPROCESSORS_ONLN)" -gt 1 ]; then
		is "who is helped on another CPU is not on one CPU" "$(jq -r '
			.rows[] | select(.facility == "pty" and .placement ==
			"one-cpu") | .state' "$json" | sort -u)" skipped
	else
		skip "who is helped on another CPU" "there is only one CPU"
	fi
	is "every limit was measured" "$(jq -r '.limits[] |
		select(.state != "ok" or .median <= 0) | .name + .why' \
		"$json")" ""
	is "the machine is described" "$(jq -r '.machine | [.kernel, .cpu,
		.libc, .compiler, .flags, .clocksource] | map(select(. == null
		or . == "")) | length' "$json")" 0
	is "nothing spins on one CPU" "$(jq -r '.rows[] | select(.facility ==
		"spinlock" and .kind == "lock-both" and .placement ==
		"one-cpu") | .state' "$json")" skipped
else
	skip "bench.json" "there is no jq here: apt-get install jq"
fi
if command -v gnuplot > /dev/null; then
	for f in latency throughput; do
		like "$f.svg is a picture with a limit in it" \
			"$(cat "$tmp/all/$f.svg")" '<svg'
	done
else
	like "without gnuplot the plots are skipped, with the cure" "$out" \
		'^Plots: skipped, .*apt-get install gnuplot'
fi
mkdir "$tmp/bin"
out=$(PATH=$tmp/bin "$bench" -t -f pipe -o "$tmp/plain" 2>&1)
like "no gnuplot in PATH is said, with the cure" "$out" \
	'^Plots: skipped, .*apt-get install gnuplot'

# ------------------------------------------------------------- placements
cpu=$(taskset -cp $$ | sed 's/.*: //; s/[-,].*//')
out=$(taskset -c "$cpu" "$bench" -t -f pipe,spinlock 2>&1)
like "with one CPU the tables of two are skipped, with the reason" "$out" \
	'^Two CPUs: skipped, the affinity mask has one'
unlike "and nothing is measured there" "$out" 'two CPUs, who'

# ----------------------------------------------------------------- faults
run_broken()
{
	out=$("$broken" -t -w "$deadline" -s 256 -p one -o "$tmp/bad" 2>&1)
	status=$?
}
# If more than three rows hang, the machine stood still.
three_hang()
{
	[ "$(echo "$out" | grep -c 'VOID: hangs')" -le 3 ]
}
later "2 8 32" three_hang run_broken
is "a void row makes the whole end with status 1" "$status" 1
is "reasons keep to 80 columns" "$(echo "$out" | too_wide)" ""
void() # NAME FACILITY REGEX [KIND]
{
	like "$1" "$(jq -r --arg f "$2" --arg k "${4:-round-trip}" '.rows[] |
		select(.facility == $f and .kind == $k) |
		.state + ": " + (.why // "")' "$tmp/bad/bench.json")" "$3"
}
if command -v jq > /dev/null; then
	void "what works is measured beside it" good '^ok'
	void "one wrong bit voids" one-bit '^void: the payload .* damaged'
	void "in a stream also late, while the clock runs" late-bit \
		'^void: the payload .* damaged' stream
	void "a wrong last byte voids, while the clock runs" last-byte \
		'^void: the payload'
	void "a message that comes twice voids" twice \
		'^void: .*message 12 came in place of 13'
	void "a stream that loses a message is void" lose \
		'^void: .*message 13 came in place of 12' stream
	void "a round that loses one hangs, and is explained" lose \
		'^void: hangs .* blocked in read'
	void "who hangs is named" hang '^void: hangs .* blocked in pause'
	void "a crash is named" crash '^void: killed by signal 11'
	void "the other side's death too" pong-dies \
		'^void: the other side was killed by signal 9'
	void "a refusal is a skip, with its reason" refused \
		'^skipped: this system has no such thing'
fi
is "no process of a broken run is left" "$(pgrep -fc "^$broken -t -w ")" 0
out=$("$broken" -q -f open-lock -p one,sleep 2>&1)
like "a lock that lets two in is found" "$out" \
	'VOID: the lock let two in'

# ----------------------------------------------------------- interference
taskset -c "$cpu" sh -c 'while :; do :; done' &
busy=$!
"$bench" -q -f pipe -p one -s 64 -o "$tmp/busy" > "$tmp/busy.out" 2>&1
kill $busy
wait $busy 2> /dev/null
like "a busy neighbour on the CPU is noticed" "$(cat "$tmp/busy.out")" \
	'^! Others ran during most rounds of [0-9]+ of'
like "and how much it took" "$(cat "$tmp/busy.out")" \
	'^Other processes used [1-9][0-9]* % of the two CPUs'

# --------------------------------------------------------- nothing is left
out=$(build/stage -t 60 "$bench" -t -f \
	fifo,sysv-queue,posix-queue,sysv-shm-sem,posix-named-sem,file-sem \
	2>&1 > /dev/null)
unlike "stage finds nothing left" "$out" 'left|remove' 
for sig in INT TERM; do
	timeout -s $sig 0.5 "$bench" -w 11 -f sysv-queue,fifo > /dev/null 2>&1
	is "SIG$sig leaves no process" "$(left "$bench")" 0
done
named_or_ended()
{
	[ "$(ls "$tmp/own")" ] || ! kill -0 $main 2> /dev/null
}
# While a FIFO has its name, for the tracer keeps it: a signal to the engine,
# then one to the side that makes it, right behind mkfifo().
mkdir "$tmp/own"
if strace -o /dev/null true 2> /dev/null; then
	TMPDIR=$tmp/own strace -D -f -qq -o /dev/null \
		-e inject=/^unlink:delay_enter=500000 \
		"$bench" -w 13 -f fifo -p one > /dev/null 2>&1 &
	main=$!
	until_true named_or_ended
	kill -TERM $main
	wait $main
	is "SIGTERM while a FIFO has its name: it is removed" \
		"$? $(left "$bench") $(ls "$tmp/own")" "130 0 "
	out=$(TMPDIR=$tmp/own strace -D -f -qq -o /dev/null \
		-e 'inject=/^mknod:signal=SIGTERM' "$bench" -t -f fifo \
		-p one 2> /dev/null)
	like "SIGTERM behind mkfifo(), to the side alone, is told" "$out" \
		'VOID: killed by signal 15'
	is "and leaves no FIFO" "$(ls "$tmp/own")" ""
else
	skip "signals while an object is made" \
		"no strace, or it may not trace: apt-get install strace"
fi
"$bench" -f pipe -w 12 > /dev/null 2>&1 &
main=$!
has_a_child()
{
	[ "$(ps -o pid= --ppid $main)" ]
}
none_is_left()
{
	[ "$(left "$bench")" = 0 ]
}
until_true has_a_child
{ kill -KILL $main && wait $main; } 2> /dev/null
ok "SIGKILL leaves no process" until_true none_is_left # PDEATHSIG is on its way

# ------------------------------------------------------------- not as root
if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --clear-groups \
	test -x "$bench" 2> /dev/null; then
	out=$(setpriv --reuid 65534 --clear-groups "$bench" -t -p one -s 65536 \
		-f pipe,sysv-queue,posix-queue 2>&1)
	like "without root the system's limits hold, and are named" "$out" \
		'^System V queue +skipped: kernel.msgmax is 8192'
	like "those of POSIX queues too" "$out" \
		'^POSIX queue +skipped: fs.mqueue.msgsize_max'
	unlike "and that makes no row void" "$out" VOID
	unlike "there stage finds nothing left either" "$(build/stage -t 60 \
		setpriv --reuid 65534 --clear-groups "$bench" -t -p one -f \
		sysv-queue,posix-queue,sysv-shm-sem,sysv-sem,fifo 2>&1)" \
		'left|remove|VOID'
else
	skip "without root" "this is not root, or others cannot read the course"
fi
finish
