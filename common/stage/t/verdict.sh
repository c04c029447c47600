#!/bin/sh
# verdict.sh - how a run ended: stage's status, its sentence, the output
# shellcheck disable=SC2086 # $as is several words, or none
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

# What stage said of the run itself. On a busy machine it may have waited for
# the run of another test before.
told()
{
	grep -v 'isolation\|waiting for another run' "$dir/err"
}

ends()
{
	run $tier "$hostile" exit 0
	is "$at a good end: status" "$status" 0
	like "$at a good end" "$err" "^stage: .*/hostile ended with status 0\$"
	like "$at says its tier" "$err" "^stage: isolation: $kind"

	run $tier "$hostile" exit 0 :: "$hostile" exit 7
	is "$at one program fails: status" "$status" 1
	like "$at the run fails with it" "$err" \
		"^stage: the run ended with status 7\$"

	run $tier "$hostile" segv
	is "$at crash: status" "$status" 1
	like "$at crash" "$err" "hostile was killed by SIGSEGV"

	run $tier "$hostile" kill group 9
	like "$at kills its process group" "$err" "hostile was killed by SIGKILL"
	swept "$at kills its process group"
}

# Who waits for ever is not waited for, and who has a time limit is.
early()
{
	run $tier -e -t 60 "$hostile" pause
	is "$at -e: status" "$status" 1
	like "$at -e: it ends when all wait for ever" "$err" \
		"^stage: the run was still running after ([0-9]|[1-5][0-9])[.]"
	run $tier -e -t 60 "$hostile" pause :: sleep 0.7
	like "$at -e: not before" "$err" "^stage: sleep ended with status 0"
	swept "$at -e"
}

starts()
{
	run $tier "$dir/missing"
	is "$at no such file: status" "$status" 1
	like "$at no such file" "$err" \
		"^stage: the run could not start: $dir/missing: No such file"
	run $tier "$dir/where"
	is "$at not executable: status" "$status" 1
	like "$at not executable" "$err" \
		"could not start: $dir/where: Permission denied"
	run $tier "$hostile" pause :: "$dir/missing"
	like "$at the second does not start" "$err" "could not start: .*No such"
	swept "$at the second does not start"

	run $tier -i "$dir/missing" cat
	is "$at no input file: stage's failure, not the program's" "$status" 2
	like "$at no input file" "$err" \
		"^stage: failed: input $dir/missing: No such file"
	run $tier -d "$dir/missing" cat
	is "$at no folder: stage's failure" "$status" 2
	mkfifo "$dir/fifo"
	run $tier -t 30 -i "$dir/fifo" cat
	is "$at a FIFO without a writer as input" "$status" 0
	rm "$dir/fifo"
	run $tier -i "$dir/stage" cmp - "$dir/stage"
	is "$at the input is the file" "$status" 0
}

bounds()
{
	run $tier "$hostile" spam
	is "$at endless output: status" "$status" 1
	like "$at endless output" "$err" \
		"^stage: the run wrote more than 8192 KiB"
	run $tier "$hostile" bigfile
	like "$at a huge file" "$err" \
		"hostile was killed by SIGXFSZ .*a file grew past the limit"
	swept "$at a huge file"
	run $tier "$hostile" bytes 65536
	is "$at 64 KiB are kept" "$out" "$(printf '%065536d' 0 | tr 0 x)"
	run $tier "$hostile" bytes 65537
	is "$at the rest is counted" "${#out} ${out##*x}" \
		"65550 [1 bytes more]"
	run $tier -n 10 "$hostile" descriptors
	is "$at descriptors" "$out" "7 besides the first three"
	later "0.3 2.0 8.0 32.0" has_its_name timed "$hostile" busy
	is "$at busy: status" "$status" 1
	like "$at busy: the deadline" "$err" \
		"^stage: the run was still running after $deadline s"
	like "$at busy" "$err" "^busy .* is running: it uses the CPU"
	run $tier -t 0.2 "$hostile" stubborn
	like "$at ignores SIGTERM" "$err" "was still running after 0.2 s"
	swept "$at ignores SIGTERM"
}

has_its_name()
{
	printf '%s\n' "$err" | grep -q 'busy (process '
}

# Nothing but the keeper's count would hold root's fork bomb, and until it has
# counted the whole machine suffers.
bomb()
{
	if [ "$(id -u)" = 0 ] && [ -z "${as-}" ]; then
		skip "$at fork bomb" "root is not bound by RLIMIT_NPROC; \
it is done as nobody"
		return
	fi
	run $tier "$hostile" bomb
	is "$at fork bomb: status" "$status" 1
	like "$at fork bomb" "$err" "^stage: the run started more than 256 proc"
	swept "$at fork bomb"
}

# kill() that would hit more than its own: nothing in a namespace of one's
# own, a clear end without.
kills()
{
	for whom in all parent parents; do
		run $tier "$hostile" kill $whom 15
		if [ $tier = -A ]; then
			is "$at kill $whom is harmless" "$status $out" \
				"0 it goes on"
		else
			is "$at kill $whom: status" "$status" 1
			like "$at kill $whom" "$err" "killed by SIGSYS \
.*: it called kill\(\) for every process, or for the one that watches it"
		fi
		swept "$at kill $whom"
	done
	run $tier "$hostile" kill all 9
	is "$at SIGKILL for all" "$status" "$([ $tier = -A ]; echo $?)"
}

services()
{
	run $tier -s "$hostile" serve :: "$hostile" exit 0
	is "$at service: status" "$status" 0
	is "$at service: it got SIGTERM" "$out" "ready
bye"
	run $tier -s "$hostile" lines 1 :: "$hostile" exit 0
	is "$at service that SIGTERM ends" "$status" 0
	run $tier -s "$hostile" serve :: "$hostile" exit 3
	is "$at service, and its client fails" "$status" 1
	run $tier -s "$hostile" family :: "$hostile" exit 0
	is "$at service whose child ends a little later" "$status" 0
	run $tier -s -t 0.3 "$hostile" pause :: "$hostile" exit 0
	like "$at service that never is ready" "$err" "was still running"
	is "$at service that never is ready: who waits for it is named" \
		"$(grep -c 'hostile was not started$' "$dir/err")" 1
	for whom in itself child thread clock; do
		run $tier -s "$hostile" late $whom :: "$hostile" exit 0
		is "$at service with a last line to come, by $whom" "$out" \
			"ready
last"
	done
	run $tier -s -t 60 "$hostile" spin :: "$hostile" exit 0
	is "$at service that never sleeps" "$status" 0
}

# The third writes what the first waits for; the second takes its time, and if
# it were not waited for, the third would be heard in between.
in_turn()
{
	mkfifo "$dir/turn"
	run $tier -p -f sh -c "echo first; read word <$dir/turn; echo \$word" \
		:: sh -c "echo second; n=0
			while [ \$n -lt 50000 ]; do n=\$((n + 1)); done
			echo no longer" \
		:: sh -c "echo third; echo last >$dir/turn"
	is "$at in turn: status" "$status" 0
	is "$at in turn: one after the other" "$out" "first
second
no longer
third
last"
	run $tier -f sh -c "echo first; exit 0" :: "$hostile" exit 4 :: \
		sh -c "echo third"
	is "$at in turn: one fails, the next has its turn" "$status $out" \
		"1 first
third"

	run $tier -f sh -c "exit 0" :: "$hostile" exit 0 :: cat
	is "$at in turn, the first says nothing: status" "$status" 1
	is "$at in turn, the first says nothing" \
		"$(told)" \
		"stage: the run ended too early: the first program ended and \
had not printed a line, so the others were not started
stage: sh ended with status 0
stage: $hostile was not started
stage: cat was not started"

	run $tier -f sh -c "exit 3" :: "$hostile" exit 0
	is "$at in turn, the first fails and says nothing" \
		"$(told)" \
		"stage: the run ended with status 3
stage: sh ended with status 3
stage: $hostile was not started"

	# The first ends when the second has begun, and that when the first has.
	run $tier -f sh -c "echo \$\$ >$dir/first; echo first
			read word <$dir/turn; exit 3" \
		:: sh -c "echo go >$dir/turn; read pid <$dir/first
			until ! grep -qsv ') Z' /proc/\$pid/stat; do :; done" \
		:: cat
	is "$at in turn, the first fails: status" "$status" 1
	is "$at in turn, the first fails" "$(told)" \
		"stage: the run ended with status 3
stage: sh ended with status 3
stage: sh ended with status 0
stage: cat was not started"
	rm "$dir/turn" "$dir/first"

	run $tier -f -t 0.3 "$hostile" pause :: "$hostile" exit 0 :: cat
	is "$at in turn, the first hangs: who did not start" \
		"$(grep 'was not started' "$dir/err")" \
		"stage: $hostile was not started
stage: cat was not started"
	like "$at in turn, the first hangs: why" "$err" "^pause \(process"
	run $tier -f -t 0.5 echo first :: "$hostile" pause :: cat
	like "$at in turn, the second hangs" "$err" \
		"hostile was still running after 0.5 s"
	like "$at in turn, the second hangs: the third" "$err" \
		"cat was not started"
	swept "$at in turn, the second hangs"
	run $tier -f -x INT@2:3 echo first :: echo second :: "$hostile" lines 1
	like "$at in turn, -x: the third gets it" "$err" \
		"hostile was killed by SIGINT"
}

signals()
{
	run $tier -x INT@2 "$hostile" lines 2
	like "$at -x" "$err" "^stage: the run was killed by SIGINT"
	is "$at -x: after the line" "$out" "line 1
line 2"
	run $tier -p -x TERM@3 "$hostile" lines 3
	like "$at -p -x" "$err" "^stage: the run was killed by SIGTERM"
	run $tier -x TERM@1:2 "$hostile" exit 0 :: "$hostile" lines 1
	like "$at -x SIG@LINE:PROGRAM" "$err" "hostile was killed by SIGTERM"
	run $tier -x TERM@1 "$hostile" family deaf
	like "$at -x: who survives is left" "$err" "still running: holder"
	run $tier -x USR1@0 "$hostile" pause
	like "$at -x at once" "$err" "killed by SIGUSR1"
	run $tier -x TERM@1:lines sh -c '"$0" lines 1; echo $?' "$hostile"
	is "$at -x SIG@LINE:NAME: that process alone" "$out" "line 1
143"
	run $tier -x PAUSE@1 sh -c \
		'trap "exit 7" CONT; echo up; while :; do :; done'
	like "$at -x PAUSE: it is continued" "$err" "sh ended with status 7"
	run $tier -x PAUSE@1 sh -c \
		'echo up; for i in 1 2 3 4 5 6 7 8 9; do echo $i; done'
	is "$at -x PAUSE: all goes on" "$status, $(grep -c . "$dir/out")" "0, 10"
}

# What whoever starts stage may have done to it.
surroundings()
{
	$as "$hostile" deaf "$stage" $tier -t 30 "$hostile" exit 4 2>"$dir/err"
	like "$at SIGCHLD ignored by the caller" "$(cat "$dir/err")" \
		"ended with status 4"
	$as "$stage" $tier -i "$dir/where" sh -c 'ls -l /proc/self/fd >&2
		exit 5' <&- >&- 2>"$dir/err"
	is "$at standard descriptors closed" "$?" 1
	like "$at standard descriptors closed: stdin" "$(cat "$dir/err")" \
		" 0 -> $dir/where"
	(trap '' INT && $as "$stage" $tier -x INT@1 "$hostile" lines 1) \
		>"$dir/out" 2>"$dir/err"
	like "$at SIGINT ignored by the caller" "$(cat "$dir/err")" \
		"killed by SIGINT"
	$as "$stage" $tier -p -x TERM@1 "$hostile" lines 1 <&- >&- 2>&-
	is "$at all three closed" $? 1
	run $tier -d "$dir" pwd
	is "$at -d" "$out" "$dir"
	STAGE_TIMEOUT_MUL=3 run $tier -t 0.1 "$hostile" pause
	like "$at STAGE_TIMEOUT_MUL" "$err" "after 0.3 s"
}

# A folder that the user may not even read.
nowhere()
{
	mkdir -m 700 "$dir/private"
	(cd "$dir/private" && $as "$stage" $tier pwd) >"$dir/out" 2>&1
	is "$at started in a folder that is closed to us" "$?" 0
	like "$at its own folder is elsewhere" "$(cat "$dir/out")" "^/tmp/ipc-"
	rmdir "$dir/private"
	(cd "$dir" && $as "$stage" $tier ./hostile exit 3) 2>"$dir/err"
	like "$at a program in our folder" "$(cat "$dir/err")" "with status 3"
}

all()
{
	kind=$([ $tier = -A ] && echo private || echo shared)
	ends
	early
	starts
	bounds
	bomb
	kills
	services
	in_turn
	signals
	surroundings
}

few()
{
	kind=$([ $tier = -A ] && echo private || echo shared)
	ends
	bomb
	kills
	nowhere
}

each_tier all
as_nobody each_tier few
finish
