#!/bin/sh
# stop.sh - stage itself is told to stop, or killed; two runs at once
# shellcheck disable=SC2086 # $as is several words, or none
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

# The program has made its objects, and a child in another session.
stopped() # SIGNAL STATUS
{
	begin "$hostile" leak hang
	until_true lines 2
	kill -"$1" $pid
	end
	is "$at SIG$1: stage dies of it" "$status" "$2"
	like "$at SIG$1: it says so" "$err" "^stage: the run stopped by SIG$1"
	unlike "$at SIG$1: all was removed" "$err" "left behind: "
	swept "$at SIG$1"
}

# The second of three has its turn; nothing says that the third came.
stopped_in_turn()
{
	begin -f echo first :: "$hostile" leak hang :: "$hostile" exit 0
	until_true lines 2
	kill -INT $pid
	end
	is "$at SIGINT in turn: stage dies of it" "$status" 130
	like "$at SIGINT in turn: it says so" "$err" \
		"^stage: .*hostile stopped by SIGINT"
	like "$at SIGINT in turn: the third" "$err" "hostile was not started"
	swept "$at SIGINT in turn"
}

# SIGHUP that is ignored when stage starts stays ignored.
nohup()
{
	: >"$dir/where"
	$as "$hostile" nohup "$stage" $tier -t 240 "$hostile" await "$dir/go" \
		2>"$dir/err" </dev/null &
	pid=$!
	until_true lines 1
	kill -HUP $pid
	echo >&8
	wait $pid 2>/dev/null
	is "$at SIGHUP under nohup" $? 0
}

# Nobody is left to remove the folder: a later run does, when the last
# process that had it open has gone.
killed()
{
	begin "$hostile" leak hang
	until_true lines 2
	kill -KILL $pid
	end
	is "$at SIGKILL: status" "$status" 137
	until_true no_processes
	folder=$(grep -m 1 ipc-stage "$dir/where")
	ok "$at SIGKILL: there was a folder" test -n "$folder"
	ok "$at SIGKILL: a later run removes it" \
		until_true a_run_removes "${folder%/run}"
	swept "$at SIGKILL"
}

a_run_removes() # FOLDER
{
	run $tier "$hostile" exit 0
	[ ! -e "$1" ]
}

no_processes()
{
	! rest | grep -q process
}

# A reader of our output that goes away is an order to stop, too.
closed()
{
	{
		$as "$stage" $tier -p -t 240 "$hostile" lines 100000
		echo $? >"$dir/held"
	} 2>"$dir/err" | head -n 1 >"$dir/out"
	is "$at stdout is closed: status" "$(cat "$dir/held")" 141
	swept "$at stdout is closed"
}

# In the shared tier a second run waits for the first to end.
turns()
{
	begin "$hostile" await "$dir/go"
	until_true lines 1
	first=$pid
	begin "$hostile" exit 0
	second=$pid
	until_true waits_for_lock $second
	begin "$hostile" leak
	until_true waits_for_lock $pid
	kill -TERM $pid
	end
	is "$at a run that waits for its turn can be stopped" "$status" 143
	is "$at and has not begun" "$(cat "$dir/where")" ""
	echo >&8
	wait $first
	is "$at two at once: the first" $? 0
	wait $second
	is "$at two at once: the second" $? 0
	swept "$at two at once"
}

# Where we may not look into it, that it sleeps has to be enough. One that has
# ended will not come to wait: what it said is looked at afterwards.
waits_for_lock() # PID
{
	kill -0 "$1" 2>/dev/null || return 0
	"$ask" "$1" |
		grep -Eq 'blocked in .* a [A-Za-z ]*socket|waits, .* may not be seen'
}

# Each finds its own objects, no more and no fewer.
pairs() # COUNT
{
	wrong=0
	[ -z "$blind" ] || set -- $(($1 - 1))	# without the POSIX queue
	for _ in 1 2 3 4 5; do
		HOSTILE_TAG=$(($$ + 4000000)). $as "$stage" $tier "$hostile" \
			leak 2>"$dir/held" &
		run $tier "$hostile" leak
		wait
		[ "$(grep -c 'left behind' "$dir/err")" -eq $1 ] &&
			[ "$(grep -c 'left behind' "$dir/held")" -eq $1 ] ||
			wrong=$((wrong + 1))
	done
	HOSTILE_TAG=$(($$ + 4000000)). "$hostile" rm-queues
	is "$at two leak at once, five times: wrong counts" "$wrong" 0
	swept "$at two leak at once"
}

all()
{
	stopped INT 130
	stopped TERM 143
	stopped HUP 129
	stopped_in_turn
	nohup
	killed
	closed
	pairs 8
	[ $tier = -A ] || turns
}

few()
{
	stopped INT 130
	killed
}

each_tier all
as_nobody each_tier few
finish
