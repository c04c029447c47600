#!/bin/sh
# signals.sh - by whose kill() a wait ended: the signal, the sender and what was
# delivered before tell; and which message a queue told of
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

columns=200

row_at() # TIME
{
	printf '%s\n' "$text" | awk -v t="$1" '$2 == t { print $1 }'
}

from_row() # NAME TIME LINE: the arrow into the row that has LINE
{
	like "$1" "$(printf '%s\n' "$text" | grep -E "$3")" "< $(row_at "$2")\$"
}

begin='9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.002000 clone(child_stack=NULL, flags=SIGCHLD) = 11 <0.000010>'
info='si_code=SI_USER, si_pid=9, si_uid=0}'

drawn <<END
$begin
10 1.100000 pause( <unfinished ...>
9 1.150000 kill(10, SIGUSR1) = 0 <0.000010>
9 1.160000 kill(10, SIGUSR2) = 0 <0.000010>
10 1.200000 <... pause resumed>) = ? ERESTARTNOHAND (x) <0.100000>
10 1.200100 --- SIGUSR1 {si_signo=SIGUSR1, $info ---
10 1.200200 --- SIGUSR2 {si_signo=SIGUSR2, $info ---
END
from_row "another signal is not the one" 150.000 'waited 100\.0 ms'
from_row "it has its own" 160.000 'SIGUSR2 arrives'

drawn <<END
$begin
9 1.150000 kill(10, SIGUSR1) = 0 <0.000010>
9 1.160000 kill(11, SIGUSR2) = 0 <0.000010>
9 1.170000 kill(10, SIGUSR1) = 0 <0.000010>
10 1.200000 --- SIGUSR1 {si_signo=SIGUSR1, $info ---
9 1.250000 kill(11, SIGUSR2) = 0 <0.000010>
9 1.260000 kill(10, SIGUSR1) = 0 <0.000010>
10 1.300000 --- SIGUSR1 {si_signo=SIGUSR1, $info ---
END
from_row "a second one is merged with the first" 150.000 ' 200\.000 .*arrives'
from_row "so it does not come later" 260.000 ' 300\.000 .*arrives'

drawn <<END
$begin
10 1.100000 rt_sigtimedwait([USR1],  <unfinished ...>
9 1.150000 kill(10, SIGUSR1) = 0 <0.000010>
9 1.160000 kill(11, SIGUSR2) = 0 <0.000010>
9 1.170000 kill(10, SIGUSR1) = 0 <0.000010>
10 1.200000 <... rt_sigtimedwait resumed>{si_signo=SIGUSR1, $info, NULL, 8) = 10 (SIGUSR1) <0.100000>
10 1.300000 rt_sigtimedwait([USR1],  <unfinished ...>
9 1.350000 kill(10, SIGUSR1) = 0 <0.000010>
10 1.400000 <... rt_sigtimedwait resumed>NULL, NULL, 8) = 10 (SIGUSR1) <0.100000>
END
from_row "of two the first: the second one merges with it" 150.000 \
	'^ +8 .*waited 100\.0 ms'
from_row "one that came before the last delivery is gone" 350.000 \
	'^ +11 .*waited 100\.0 ms'

drawn <<END
$begin
10 1.100000 rt_sigtimedwait([RT_3],  <unfinished ...>
9 1.150000 rt_sigqueueinfo(10, SIGRT_3, {si_signo=SIGRT_3, si_code=SI_QUEUE, si_pid=9, si_uid=0}) = 0 <0.000010>
9 1.155000 kill(11, SIGUSR2) = 0 <0.000010>
9 1.160000 rt_sigqueueinfo(10, SIGRT_3, {si_signo=SIGRT_3, si_code=SI_QUEUE, si_pid=9, si_uid=0}) = 0 <0.000010>
10 1.200000 <... rt_sigtimedwait resumed>{si_signo=SIGRT_3, si_code=SI_QUEUE, si_pid=9, si_uid=0}, NULL, 8) = 35 (SIGRT_3) <0.100000>
END
from_row "a queued signal: the first is for the first wait" 150.000 \
	'^ +8 .*waited 100\.0 ms'
drawn <<END
$begin
9 1.150000 rt_sigqueueinfo(10, SIGRT_3, {si_signo=SIGRT_3, si_code=SI_QUEUE, si_pid=9, si_uid=0}) = 0 <0.000010>
10 1.210000 rt_sigtimedwait([RT_3], {si_signo=SIGRT_3, si_code=SI_QUEUE, si_pid=9, si_uid=0}, NULL, 8) = 35 (SIGRT_3) <0.000010>
9 1.250000 rt_sigqueueinfo(10, SIGRT_3, {si_signo=SIGRT_3, si_code=SI_QUEUE, si_pid=9, si_uid=0}) = 0 <0.000010>
10 1.300000 --- SIGRT_3 {si_signo=SIGRT_3, si_code=SI_QUEUE, si_pid=9, si_uid=0} ---
END
from_row "what a call has taken is not delivered" 250.000 'arrives'

fd='3<anon_inode:[signalfd]>'
usr2='\f\0\0\0\0\0\0\0\0\0\0\0\t\0\0\0\0\0\0\0\0'
child='\21\0\0\0\0\0\0\0\1\0\0\0\v\0\0\0\0\0\0\0\0'
drawn <<END
$begin
10 1.010000 signalfd4(-1, [USR2 CHLD], 8, 0) = $fd <0.000010>
10 1.100000 read($fd,  <unfinished ...>
9 1.150000 kill(10, SIGUSR2) = 0 <0.000010>
9 1.160000 kill(10, SIGUSR1) = 0 <0.000010>
10 1.200000 <... read resumed>"$usr2"..., 128) = 128 <0.100000>
10 1.300000 poll([{fd=$fd, events=POLLIN}], 1, -1 <unfinished ...>
9 1.350000 kill(10, SIGUSR1) = 0 <0.000010>
9 1.360000 kill(10, SIGUSR2) = 0 <0.000010>
10 1.400000 <... poll resumed>) = 1 ([{fd=3, revents=POLLIN}]) <0.100000>
10 1.400100 read($fd, "$usr2"..., 128) = 128 <0.000010>
10 1.500000 read($fd,  <unfinished ...>
11 1.550000 exit_group(0) = ?
9 1.560000 kill(10, SIGUSR1) = 0 <0.000010>
10 1.600000 <... read resumed>"$child"..., 128) = 128 <0.100000>
END
from_row "a signalfd says which one it was" 150.000 '^ +8 .*waited 100\.0 ms'
from_row "poll(): one that it was made for" 360.000 '^ +12 .*waited 100\.0 ms'
from_row "a signalfd: a child that has ended" 550.000 '^ +17 .*waited 100\.0 ms'

# ------------------------------------------------------------- mq_notify()
queue='9 1.000500 mq_open("q", O_RDWR|O_CREAT|O_EXCL, 0600, NULL) = 3</q> <0.000010>'
send='mq_timedsend(3</q>, "x", 1, 0, NULL) = 0 <0.000010>'
notify='mq_notify(3</q>, {sigev_signo=SIGUSR1, sigev_notify=SIGEV_SIGNAL}) = 0 <0.000010>'
told='{si_signo=SIGUSR1, si_code=SI_MESGQ, si_pid=9, si_uid=0}'
# The queue is as QUEUE says; process 10 is told in rt_sigtimedwait().
told() # QUEUE LINES
{
	drawn <<-END
	$(echo "$begin" | head -n 1)
	$1
	$(echo "$begin" | tail -n 2)
	10 1.010000 $notify
	10 1.100000 rt_sigtimedwait([USR1],  <unfinished ...>
	$2
	10 1.200000 <... rt_sigtimedwait resumed>$told, NULL, 8) = 10 (SIGUSR1) <0.100000>
	END
}
told "$queue" "9 1.150000 $send
	11 1.155000 mq_timedreceive(3</q>, \"x\", 8192, NULL, NULL) = 1 <0.000010>
	9 1.160000 $send
	9 1.170000 kill(10, SIGUSR2) = 0 <0.000010>"
from_row "told once: of the first message" 150.000 'waited 100\.0 ms'
told "$queue
	9 1.000600 $send" "9 1.150000 $send
	11 1.151000 mq_timedreceive(3</q>, \"x\", 8192, NULL, NULL) = 1 <0.000010>
	11 1.152000 mq_timedreceive(3</q>, \"x\", 8192, NULL, NULL) = 1 <0.000010>
	9 1.160000 $send"
from_row "not of one that comes to others" 160.000 'waited 100\.0 ms'
told "$queue" "11 1.110000 mq_timedreceive(3</q>,  <unfinished ...>
	9 1.150000 $send
	11 1.151000 kill(11, SIGUSR2) = 0 <0.000010>
	11 1.152000 <... mq_timedreceive resumed>\"x\", 8192, NULL, NULL) = 1 <0.042000>
	9 1.160000 $send" 2> /dev/null
from_row "not of one that somebody waits for" 160.000 'waited 100\.0 ms'
old='9 1.000500 mq_open("q", O_RDWR) = 3</q> <0.000010>'
told "$old" "9 1.150000 $send"
from_row "who knows what was in it: but there is only one" 150.000 \
	'waited 100\.0 ms'
told "$old" "9 1.150000 $send
	11 1.155000 mq_timedreceive(3</q>, \"x\", 8192, NULL, NULL) = 1 <0.000010>
	9 1.160000 $send"
unlike "who knows which of two it was" "$(ends)" 'waited 100\.0 ms'
told "$old
	9 1.000600 mq_getsetattr(3</q>, NULL, {mq_flags=0, mq_maxmsg=10, mq_msgsize=8192, mq_curmsgs=1}) = 0 <0.000010>" \
	"9 1.150000 $send
	11 1.155000 mq_timedreceive(3</q>, \"x\", 8192, NULL, NULL) = 1 <0.000010>
	11 1.156000 mq_timedreceive(3</q>, \"x\", 8192, NULL, NULL) = 1 <0.000010>
	9 1.160000 $send"
from_row "mq_getattr() tells what is in it" 160.000 'waited 100\.0 ms'

# The C library has a thread that waits at a socket. strace takes the socket's
# number, 4, for a signal's.
socket='4<NETLINK:[77]>'
drawn <<END
$(echo "$begin" | head -n 1)
$queue
$(echo "$begin" | tail -n 2)
10 1.010000 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = $socket <0.000010>
10 1.020000 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD}) = 12 <0.000010>
12 1.030000 recvfrom($socket,  <unfinished ...>
10 1.040000 mq_notify(3</q>, {sigev_signo=SIGILL, sigev_notify=SIGEV_THREAD}) = 0 <0.000010>
9 1.150000 $send
11 1.160000 $send
12 1.200000 <... recvfrom resumed>"x", 32, MSG_WAITALL, NULL, NULL) = 32 <0.170000>
END
from_row "SIGEV_THREAD" 150.000 'waited 170\.0 ms'
finish
