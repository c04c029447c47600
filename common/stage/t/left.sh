#!/bin/sh
# left.sh - what a program leaves behind is named, and then it is gone
cd "$(dirname "$0")" || exit 1
. ./setup

processes()
{
	run $tier "$hostile" keepsout
	is "$tier a child keeps stdout: status" "$status" 1
	is "$tier a child keeps stdout: output" "$out" "done"
	like "$tier a child keeps stdout: no hang" "$err" \
		"^stage: the run ended with status 0\$"
	like "$tier a child keeps stdout" "$err" "^stage: left behind \(now \
removed\): still running: keepsout \(process [0-9]+\)"
	swept "$tier a child keeps stdout"

	for act in daemon double; do
		run $tier "$hostile" $act
		is "$tier $act: status" "$status" 1
		like "$tier $act" "$err" \
			"left behind .*still running: holder \(process [0-9]+"
		swept "$tier $act"
	done
	run $tier "$hostile" zombie
	is "$tier zombie: status" "$status" 1
	like "$tier zombie" "$err" "left behind .*: process [0-9]+ \(zombie\) \
ended, and its parent did not wait for it; waitpid"
	run $tier "$hostile" comet
	is "$tier comet: status" "$status" 1
	swept "$tier comet"
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
		like "$tier $1: $kind" "$err" "left behind.*$kind\$"
	done
	kind="POSIX message queue /$o.*: mq_unlink\(\"/$o.queue\"\)"
	if echo "$err" | grep -q 'queues cannot be listed'; then
		skip "$tier $1: $kind" "nobody mounted /dev/mqueue, and \
this user may not"
		rm_queue
	else
		like "$tier $1: $kind" "$err" "left behind.*$kind\$"
	fi
}

rm_queue()
{
	"$hostile" rm-queue
}

objects()
{
	run $tier "$hostile" leak
	is "$tier leak: status" "$status" 1
	named leak
	swept "$tier leak"
	run $tier "$hostile" leak :: "$hostile" segv
	named "leak, and a crash"
	swept "$tier leak, and a crash"
}

kept()
{
	mkdir -m 777 "$dir/work"
	run $tier -k -d "$dir/work" "$hostile" leak
	is "$tier -k: status" "$status" 1
	like "$tier -k" "$err" "^stage: left behind: FIFO"
	ok "$tier -k: it is still there" test -p "$dir/work/hostile.$$.fifo"
	if [ $tier = -B ]; then
		like "$tier -k: so are the others" "$(rest)" sysvipc/sem
		$as "$hostile" remove
	fi
	rm -rf "$dir/work"
	swept "$tier -k"
}

# Objects of a process that is no part of the run, made while it lasts.
others()
{
	mkfifo "$dir/go" "$dir/end"
	chmod 666 "$dir/go" "$dir/end"
	: >"$dir/held"
	mkdir -m 777 "$dir/work"
	$as "$stage" $tier -p -d "$dir/work" -t 60 "$hostile" await "$dir/go" \
		:: "$hostile" exit 0 >"$dir/out" 2>&1 &
	run=$!
	until_line waiting "$dir/out" $run
	$as "$hostile" hold "$dir/work" <"$dir/end" >"$dir/held" &
	hold=$!
	exec 9>"$dir/end"
	until_line ready "$dir/held" $hold
	: >"$dir/go"
	wait $run
	is "$tier -p leaves the objects of others" "$? $(rest | wc -l)" "0 7"
	exec 9>&-
	wait $hold
	rm -rf "$dir/go" "$dir/end" "$dir/work"
}

all()
{
	processes
	objects
	kept
}

each_tier all
finish
