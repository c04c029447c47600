#!/bin/sh
# events.sh - files without a name: which one is it, and who else has the same?
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup
waits=$PWD/build/partners
cd "$tmp" || exit 1

act shared-eventfd
says "who has the same eventfd" "^shared-eventfd $p is blocked in read\(\) on \
fd 3, an eventfd whose value is 0; it is open in sharer $p, fd 3, too\.\$"
unlike "another one is not the same" "$said" "stranger"
over
act timer
says "when a timer expires" "^timer $p is blocked in read\(\) on fd 3, a timerfd \
that expires in 4[0-9]{3}\.[0-9] s\.\$"
like "as a number, too" "$("$why" --json "$pid")" '"limit_s": 4[0-9]{3}\.'
over
act unset-timer
says "a timer that is not set" "^unset-timer $p is blocked in poll\(\) on fd 3, \
a timerfd that is not set; it is open in setter $p, fd 3, too\.\$"
over
act signalfd
says "which signals" "^signalfd $p is blocked in read\(\) on fd 3, a signalfd: \
it waits for a signal \(SIGUSR1\)\.\$"
over
act inotify
says "which files are watched" "^inotify $p is blocked in read\(\) on fd 3, an \
inotify instance that watches inode $(stat -c %i .) of device [0-9]+:[0-9]+\.\$"
over
act epoll
says "a set in a set" "^epoll $p is blocked in poll\(\) on fd 3, an epoll \
instance\.\$"
over

act pidfd
says "whose end is awaited" "^pidfd $p is blocked in poll\(\) on fd 3, a pidfd \
of job $p\.\$"
like "what that one does" "$said" "^  job $p is blocked in pause"
over
finish
