#!/bin/sh
# sockets.sh - sockets: which one, who has its other end, what is in the queues
cd "$(dirname "$0")/../../.." || exit 1
. common/why/t/setup
waits=$PWD/build/partners
cd "$tmp" || exit 1
fd='fd [0-9]+'

act stream-read
says "who could write" "^stream-read $p is blocked in read\(\) on $fd, a Unix \
stream socket; its peer is open in silent $p, $fd\.\$"
like "what that one does" "$said" "^  silent $p is blocked in pause"
over
act stream-write
says "who could read" "^stream-write $p is blocked in write\(\) on $fd, a Unix \
stream socket that is full; its peer is open in deaf $p, $fd\.\$"
over
act both-write
says "both write" "^A circle: both-write $p waits for other $p to read from the \
socket or close it; other $p waits for both-write $p to read from the socket or \
close it\. Nobody else"
over
act time-limit
says "a time limit of the socket" "^time-limit $p is blocked in read\(\) on \
$fd, a Unix seqpacket socket; its peer is open in the same process, $fd; it \
waits for 5000 s at most \(SO_RCVTIMEO\)\.\$"
unlike "so nobody is stuck" "$said" '^A circle|^Nobody'
over
act poll-pair
says "poll() on a socket" "^poll-pair $p is blocked in poll\(\) on $fd, a Unix \
stream socket; its peer is open in silent $p, $fd\.\$"
over

act in-message
says "the other end is in a message" "^in-message $p is blocked in read\(\) on \
$fd, a Unix stream socket; nobody who can be seen has its peer open; it was made by \
in-message $p\.\$"
unlike "who receives it may end the wait" "$said" '^A circle|^Nobody can'
over

act accept
says "accept()" "^accept $p is blocked in accept\(\) on $fd, the Unix stream \
socket door, which listens: nobody has connected\.\$"
over
act backlog
says "connect() to a full queue" "^backlog $p is blocked in connect\(\) on \
$fd, a Unix stream socket: the queue of busy is full \(2 wait; the limit is 1\); \
the listener is open in server $p, $fd\.\$"
over
act queued
says "nobody has accepted" "^queued $p is blocked in read\(\) on $fd, a Unix \
stream socket whose connection to idle nobody has accepted yet; the listener is \
open in server $p, $fd\.\$"
over
act served
says "who accepted it" "^served $p is blocked in read\(\) on $fd, a Unix \
stream socket connected to served; its peer is open in worker $p, $fd\.\$"
over

act log
says "datagrams: whose queue is full" "^log $p is blocked in send\(\) on $fd, a \
Unix datagram socket: the queue of log is full; its receiver is open in logger \
$p, $fd\.\$"
over
act send-to
says "the same without a connection" "^send-to $p is blocked in send\(\) on \
$fd, a Unix datagram socket: the queue of @why-[0-9]+ is full; its receiver is open in \
logger $p, $fd\.\$"
over
act nameless
says "a socket that nobody can reach" "^nameless $p is blocked in read\(\) on \
$fd, a Unix datagram socket: it has neither a name nor a peer, so nobody can \
send to it\.\$"
over
act receiver
says "a name without a file" "^receiver $p is blocked in read\(\) on $fd, the \
Unix datagram socket @why-[0-9]+: anybody may send to it\.\$"
over

at='127\.0\.0\.1:[0-9]+'
act tcp-read
says "TCP: who could write" "^tcp-read $p is blocked in read\(\) on $fd, a TCP \
socket from $at to $at; its peer is open in silent $p, $fd\.\$"
over
act tcp-mapped
says "IPv4 here, IPv6 there" "^tcp-mapped $p is blocked in read\(\) on $fd, a \
TCP socket from $at to $at; its peer is open in silent $p, $fd\.\$"
over
act tcp-write
says "TCP: who could read" "^tcp-write $p is blocked in write\(\) on $fd, a TCP \
socket from $at to $at, which is full: its peer has not received [1-9][0-9]* \
bytes, and has not read [1-9][0-9]*; its peer is open in deaf $p, $fd\.\$"
over
act tcp-both
says "TCP: both write" "^A circle: tcp-both $p waits for other $p to read from \
the socket or close it; other $p waits for tcp-both $p to read from the socket \
or close it\. Nobody else"
over
act tcp-gives-up
says "TCP: both write, with a limit" "^  other $p is blocked in write\(\) on \
$fd, a TCP socket from $at to $at, which is full"
is "that may end it" \
	"$("$why" --json "$pid" | grep -c '"others_could": false')" 0
over
act tcp-accept
says "TCP: accept()" "^tcp-accept $p is blocked in accept\(\) on $fd, the TCP \
socket $at, which listens: nobody has connected\.\$"
over
act tcp-queued
says "TCP: nobody has accepted" "^tcp-queued $p is blocked in read\(\) on $fd, \
a TCP socket from $at to $at; nobody has accepted its connection yet; the \
listener is open in server $p, $fd\.\$"
over
act tcp-backlog
says "TCP: a full queue" "^tcp-backlog $p is blocked in connect\(\) on $fd, a \
TCP socket from $at to $at: $at has not answered; the queue there is full \(1 \
wait; the limit is 0\); the listener is open in server $p, $fd\.\$"
over
act udp
says "UDP" "^udp $p is blocked in read\(\) on $fd, the UDP socket $at: anybody \
may send to it\.\$"
over
act udp-peer
says "UDP with a peer" "^udp-peer $p is blocked in read\(\) on $fd, a UDP \
socket from $at to $at: only from there it receives; its peer is open in the \
same process, $fd\.\$"
over
act netlink
says "what is no socket of processes" "^netlink $p is blocked in read\(\) on \
$fd, a netlink socket: the kernel, or"
over

if unshare -n true 2> /dev/null; then
	act elsewhere
	says "in another network namespace" "^elsewhere $p is blocked in \
connect\(\) on $fd, a Unix stream socket: the queue of busy is full \(2 wait; \
the limit is 1\); the listener is open in server $p, $fd\.\$"
	over
else
	skip "in another network namespace" "no unshare -n here"
fi
# Who may not enter another network namespace reads its lists. They do not say
# who the peer is.
other='setpriv --reuid=65534 --regid=65534 --clear-groups'
if [ "$(id -u)" -ne 0 ] || ! $other unshare -Un true 2> /dev/null; then
	skip "what its lists tell" "no setpriv or unshare -U here"
else
	mkdir open
	chmod 755 .
	chmod 777 open
	cp "$why" "$waits" open
	cd open || exit 1
	why="$PWD/as-other"
	printf '#!/bin/sh\nexec %s ./why "$@"\n' "$other" > as-other
	chmod 755 as-other
	$other unshare -Un ./partners accept &
	pid=$!
	says "a listener, by its lists" "^accept $p is blocked in accept\(\) on \
$fd, the Unix stream socket door, which listens\.\$"
	over
	$other unshare -Un ./partners stream-write &
	pid=$!
	says "a peer, by its lists" "^stream-write $p is blocked in write\(\) on \
$fd, a Unix stream socket that is full; who its peer is cannot be seen\.\$"
	unlike "so nobody is stuck" "$said" '^A circle|^Nobody'
	over
fi
finish
