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

# Can the statements of FILE be prototypes? Whether the headers agree is asked of
# all blocks at once: the compiler names the page and the line that is wrong.
like_prototypes() # FILE
{
	! grep -q '[{}]' "$1" && grep -q '(.*;' "$1"
}

{
	echo '#define _GNU_SOURCE'
	for h in $headers; do
		echo "#include <$h.h>"
	done
} > "$tmp/try.c"
: > "$tmp/found"
for dir in $(lessons); do
	for readme in $(pages_of "$dir"); do
		cut_blocks c "$readme"
		while read -r n line; do
			block=$tmp/blocks/$n
			last=$line
			how=wrong
			if stands_in "$block" "$dir"; then
				how=right
			elif like_prototypes "$block"; then
				how=asked
				last=$((line + $(wc -l < "$block")))
				echo "#line $((line + 1)) \"$readme\""
				cat "$block"
			fi >> "$tmp/try.c"
			printf '%s\t' "$how" "$readme" "$line" "$last" >> "$tmp/found"
			head -n 1 "$block" >> "$tmp/found"
		done < "$tmp/list"
	done
done
${CC:-cc} -fsyntax-only "$tmp/try.c" 2> "$tmp/errors"
compiles=$?

tab=$(printf '\t')
told=0
while IFS=$tab read -r how readme line last text; do
	: > "$tmp/said"
	[ "$how" != asked ] ||
		awk -F: -v page="$readme" -v from="$line" -v to="$last" '
			$1 == page && from <= $2 + 0 && $2 + 0 <= to &&
				/: error: / { print "# " $0 }' "$tmp/errors" \
			> "$tmp/said"
	[ "$how" != wrong ] && [ ! -s "$tmp/said" ]
	tap_line $? "$readme:$line: $text"
	cat "$tmp/said"
	[ ! -s "$tmp/said" ] || told=1
done < "$tmp/found"
[ $compiles = 0 ] || [ $told = 1 ] ||
	is "the headers of this system are all there" "$(cat "$tmp/errors")" ""
finish
