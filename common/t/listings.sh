#!/bin/sh
# listings.sh - every C block of the notes stands in the lesson's source, or
# is a list of prototypes that the system's headers agree with
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

# Do the lines of FILE stand, one after the other, in a source of DIR?
# shellcheck disable=SC2046 # no file of a lesson has a blank in its name
stands_in() # FILE DIR
{
	awk 'FNR == NR { want[++n] = $0; next }
	FNR == 1 { at = 0 }
	{ line[FNR] = $0 }
	FNR >= n {
		for (i = 1; i <= n && line[FNR - n + i] == want[i]; i++)
			;
		if (i > n) { found = 1; exit }
	}
	END { exit !found }' "$1" $(ls "$2"/*.c "$2"/experiments/*.c 2> /dev/null)
}

headers='errno fcntl mqueue poll pthread pty sched semaphore signal spawn stdio
	stdlib string termios time unistd utmp sys/epoll sys/eventfd sys/file
	sys/inotify sys/ioctl sys/ipc sys/mman sys/msg sys/resource sys/sem
	sys/shm sys/signalfd sys/socket sys/stat sys/time sys/timerfd
	sys/types sys/uio sys/un sys/wait netinet/in arpa/inet linux/futex'

# Are all the statements of FILE prototypes, as the headers have them?
are_prototypes() # FILE
{
	! grep -q '[{}]' "$1" && grep -q '(.*;' "$1" || return 1
	{
		echo '#define _GNU_SOURCE'
		for h in $headers; do
			echo "#include <$h.h>"
		done
		cat "$1"
	} > "$tmp/try.c"
	${CC:-cc} -fsyntax-only "$tmp/try.c" 2> "$tmp/errors"
}

for dir in $(lessons); do
	for page in $(pages_of "$dir"); do
		cut_blocks c "$page"
		while read -r n line; do
			block=$tmp/blocks/$n
			: > "$tmp/errors"
			stands_in "$block" "$dir" ||
				are_prototypes "$block"
			tap_line $? "$page:$line: $(head -n 1 "$block")"
			sed 's/^/# /' "$tmp/errors"
		done < "$tmp/list"
	done
done
finish
