#!/bin/sh
# verdict.sh - how a run ended: stage's status, its sentence, the output
cd "$(dirname "$0")" || exit 1
. ./setup

ends()
{
	run $tier "$hostile" exit 0
	is "$tier a good end: status" "$status" 0
	like "$tier a good end" "$err" "^stage: .*/hostile ended with status 0\$"
	like "$tier says its tier" "$err" "^stage: isolation: $kind"

	run $tier "$hostile" exit 0 :: "$hostile" exit 7
	is "$tier one program fails: status" "$status" 1
	like "$tier the run fails with it" "$err" \
		"^stage: the run ended with status 7\$"

	run $tier "$hostile" segv
	is "$tier crash: status" "$status" 1
	like "$tier crash" "$err" "hostile killed by SIGSEGV"

	run $tier "$hostile" kill group 9
	like "$tier kills its process group" "$err" "hostile killed by SIGKILL"
	swept "$tier kills its process group"
}

starts()
{
	run $tier "$dir/missing"
	is "$tier no such file: status" "$status" 1
	like "$tier no such file" "$err" \
		"^stage: the run could not start: $dir/missing: No such file"
	run $tier "$dir/where"
	is "$tier not executable: status" "$status" 1
	like "$tier not executable" "$err" \
		"could not start: $dir/where: Permission denied"
	run $tier "$hostile" pause :: "$dir/missing"
	like "$tier the second does not start" "$err" "could not start: .*No such"
	swept "$tier the second does not start"

	run $tier -i "$dir/missing" cat
	is "$tier no input file: stage's failure, not the program's" "$status" 2
	like "$tier no input file" "$err" \
		"stage failed: input $dir/missing: No such file"
	run $tier -d "$dir/missing" cat
	is "$tier no folder: stage's failure" "$status" 2
	mkfifo "$dir/fifo"
	run $tier -t 5 -i "$dir/fifo" cat
	is "$tier a FIFO without a writer as input" "$status" 0
	rm "$dir/fifo"
	run $tier -i "$dir/stage" cmp - "$dir/stage"
	is "$tier the input is the file" "$status" 0
}

bounds()
{
	run $tier "$hostile" spam
	is "$tier endless output: status" "$status" 1
	like "$tier endless output" "$err" "^stage: the run wrote more than 8192 KiB"
	run $tier "$hostile" bigfile
	like "$tier a huge file" "$err" \
		"hostile killed by SIGXFSZ .*a file grew past the limit"
	swept "$tier a huge file"
	run $tier "$hostile" bytes 65536
	is "$tier 64 KiB are kept" "$out" "$(printf '%065536d' 0 | tr 0 x)"
	run $tier "$hostile" bytes 65537
	is "$tier the rest is counted" "${#out} ${out##*x}" \
		"65552 [1 bytes more]"
	run $tier -n 10 "$hostile" descriptors
	is "$tier descriptors" "$out" "7 besides the first three"
	run $tier -t 0.3 "$hostile" busy
	is "$tier busy: status" "$status" 1
	like "$tier busy: the deadline" "$err" \
		"^stage: the run was still running after 0.3 s"
	like "$tier busy" "$err" "^busy .* is running: it uses the CPU"
	run $tier -t 0.2 "$hostile" stubborn
	like "$tier ignores SIGTERM" "$err" "was still running after 0.2 s"
	swept "$tier ignores SIGTERM"
}

# As root the shared tier has nothing to hold a fork bomb but the keeper.
bomb()
{
	if [ "$tier$(id -u)" = -B0 ]; then
		skip "$tier fork bomb" "root is not bound by RLIMIT_NPROC; \
user.sh does it as nobody"
		return
	fi
	run $tier "$hostile" bomb
	is "$tier fork bomb: status" "$status" 1
	like "$tier fork bomb" "$err" "^stage: the run started more than 256 proc"
	swept "$tier fork bomb"
}

# kill() that would hit more than its own: nothing in a namespace of one's
# own, a clear end without.
kills()
{
	for whom in all parent parents; do
		run $tier "$hostile" kill $whom 15
		if [ $tier = -A ]; then
			is "$tier kill $whom is harmless" "$status $out" \
				"0 it goes on"
		else
			is "$tier kill $whom: status" "$status" 1
			like "$tier kill $whom" "$err" "killed by SIGSYS \
.*: it called kill\(\) for every process, or for the one that watches it"
		fi
		swept "$tier kill $whom"
	done
	run $tier "$hostile" kill all 9
	is "$tier SIGKILL for all" "$status" "$([ $tier = -A ]; echo $?)"
}

services()
{
	run $tier -s "$hostile" serve :: "$hostile" exit 0
	is "$tier service: status" "$status" 0
	is "$tier service: it got SIGTERM" "$out" "ready
bye"
	run $tier -s "$hostile" lines 1 :: "$hostile" exit 0
	is "$tier service that SIGTERM ends" "$status" 0
	run $tier -s "$hostile" serve :: "$hostile" exit 3
	is "$tier service, and its client fails" "$status" 1
	run $tier -s -t 0.3 "$hostile" pause :: "$hostile" exit 0
	like "$tier service that never is ready" "$err" "was still running"
}

signals()
{
	run $tier -x INT@2 "$hostile" lines 2
	like "$tier -x" "$err" "^stage: the run killed by SIGINT"
	is "$tier -x: after the line" "$out" "line 1
line 2"
	run $tier -p -x TERM@3 "$hostile" lines 3
	like "$tier -p -x" "$err" "^stage: the run killed by SIGTERM"
	run $tier -x TERM@1:2 "$hostile" exit 0 :: "$hostile" lines 1
	like "$tier -x SIG@LINE:PROGRAM" "$err" "hostile killed by SIGTERM"
	run $tier -x USR1@0 "$hostile" pause
	like "$tier -x at once" "$err" "killed by SIGUSR1"
}

# What whoever starts stage may have done to it.
surroundings()
{
	$as "$hostile" deaf "$stage" $tier -t 5 "$hostile" exit 4 2>"$dir/err"
	like "$tier SIGCHLD ignored by the caller" "$(cat "$dir/err")" \
		"ended with status 4"
	$as "$stage" $tier -i "$dir/where" sh -c 'ls -l /proc/self/fd >&2
		exit 5' <&- >&- 2>"$dir/err"
	is "$tier standard descriptors closed" "$?" 1
	like "$tier standard descriptors closed: stdin" "$(cat "$dir/err")" \
		" 0 -> $dir/where"
	$as "$stage" $tier "$hostile" exit 0 <&- >&- 2>&-
	is "$tier all three closed" $? 0
	run $tier -d "$dir" pwd
	is "$tier -d" "$out" "$dir"
	STAGE_TIMEOUT_MUL=3 run $tier -t 0.1 "$hostile" pause
	like "$tier STAGE_TIMEOUT_MUL" "$err" "after 0.3 s"
}

all()
{
	kind=$([ $tier = -A ] && echo private || echo shared)
	ends
	starts
	bounds
	bomb
	kills
	services
	signals
	surroundings
}

each_tier all
finish
