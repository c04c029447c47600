#!/bin/sh
# left.sh - what a program leaves behind is named, and then it is gone
# shellcheck disable=SC2086 # $as is several words, or none
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

processes()
{
	run $tier "$hostile" keepsout
	is "$at a child keeps stdout: status" "$status" 1
	is "$at a child keeps stdout: output" "$out" "done"
	like "$at a child keeps stdout: no hang" "$err" \
		"^stage: the run ended with status 0\$"
	like "$at a child keeps stdout" "$err" "^stage: left behind \(now \
removed\): still running: keepsout \(process [0-9]+\)"
	swept "$at a child keeps stdout"

	for act in daemon double; do
		run $tier "$hostile" $act
		is "$at $act: status" "$status" 1
		like "$at $act" "$err" \
			"left behind .*still running: holder \(process [0-9]+"
		swept "$at $act"
	done
	run $tier -f echo first :: "$hostile" daemon :: "$hostile" zombie
	is "$at in turn: what two of them leave is named" \
		"$(grep -c 'left behind' "$dir/err")" 2
	swept "$at in turn"
	run $tier "$hostile" zombie
	is "$at zombie: status" "$status" 1
	like "$at zombie" "$err" "left behind .*: process [0-9]+ \(zombie\) \
ended, and its parent did not wait for it; waitpid"
	run $tier "$hostile" comet
	is "$at comet: status" "$status" 1
	swept "$at comet"
}

# The cure of each kind stands in the sentence.
named()
{
	o=hostile.$$
	for kind in \
		"message queue, .*: msgctl\(id, IPC_RMID, NULL\)" \
		"shared memory segment, .*: shmctl\(id, IPC_RMID, NULL\)" \
		"semaphore set, .*: semctl\(id, 0, IPC_RMID\)" \
		"shared memory /$o.*: shm_unlink\(\"/$o.memory\"\)" \
		"named semaphore /$o.*: sem_unlink\(\"/$o.semaphore\"\)" \
		"FIFO .*: unlink\(\".*/$o.fifo\"\)" \
		"socket file .*: unlink\(\".*/$o.socket\"\)"
	do
		like "$at $1: $kind" "$err" "left behind.*$kind\$"
	done
	kind="POSIX message queue /$o.*: mq_unlink\(\"/$o.queue\"\)"
	if [ "$blind" ]; then
		skip "$at $1: $kind" "nobody mounted /dev/mqueue, and \
this user may not"
	else
		like "$at $1: $kind" "$err" "left behind.*$kind\$"
	fi
}

objects()
{
	run $tier "$hostile" leak
	is "$at leak: status" "$status" 1
	named leak
	swept "$at leak"
	run $tier "$hostile" leak :: "$hostile" segv
	named "leak, and a crash"
	swept "$at leak, and a crash"
}

kept()
{
	mkdir -m 777 "$dir/work"
	run $tier -k -d "$dir/work" "$hostile" leak
	is "$at -k: status" "$status" 1
	like "$at -k" "$err" "^stage: left behind: FIFO"
	ok "$at -k: it is still there" test -p "$dir/work/hostile.$$.fifo"
	if [ $tier = -B ]; then
		like "$at -k: so are the others" "$(rest)" sysvipc/sem
		$as "$hostile" remove
	fi
	rm -rf "$dir/work"
	swept "$at -k"
}

# What a process that is no part of the run makes and uses while it lasts
# stays: in the namespaces it is not seen, without them it is spared. Only
# the file system is shared in both, and there it must use another folder.
others() # [OPTION]
{
	option=${1-}
	mkdir -m 777 "$dir/work" "$dir/run"
	where=$([ "$tier$option" = -A ] && echo run || echo work)
	begin -d "$dir/$where" $option "$hostile" await "$dir/go"
	until_true lines 1
	rm -f "$dir/held"	# an earlier one would say that all is there
	$as "$hostile" hold "$dir/work" \
		<"$dir/end" >"$dir/held" &
	until_true test -s "$dir/held"
	before=$(objects_of_others)
	echo >&8
	end
	is "$at others $option: status" "$status" 0
	unlike "$at others $option: not reported" "$err" "left behind"
	is "$at others $option: untouched" "$(objects_of_others)" "$before"
	is "$at others $option: all were there" "$(echo "$before" | wc -l)" 8
	echo >&9
	wait
	rm -rf "$dir/work" "$dir/run"
	swept "$at others $option"
}

# What carries another lesson's name is that lesson's, in both tiers.
elsewhere()
{
	mkdir -m 777 "$dir/work" "$dir/tmp"
	fifo=$dir/tmp/ipc-lessons.$(id -u).ffffff.left
	export TMPDIR="$dir/tmp"
	begin -d "$dir/work" "$hostile" await "$dir/go"
	until_true lines 1
	mkfifo "$fifo"
	echo >&8
	end
	is "$at elsewhere: status" "$status" 0
	unlike "$at elsewhere: not reported" "$err" "left behind"
	ok "$at elsewhere: untouched" test -p "$fifo"
	unset TMPDIR		# as setup has it
	rm -rf "$dir/tmp" "$dir/work"
	swept "$at elsewhere"
}

objects_of_others()
{
	rest | grep -v -e process -e ipc-stage
	find "$dir/work" -name 'hostile.*'
}

all()
{
	processes
	objects
	kept
	others
	others -p
	elsewhere
}

few()
{
	processes
	objects
	others
}

each_tier all
as_nobody each_tier few
finish
