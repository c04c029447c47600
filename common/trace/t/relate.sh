#!/bin/sh
# relate.sh - an arrow only where both calls name the same object
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

pipes='9 1.000700 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.000800 pipe2([5<pipe:[8]>, 6<pipe:[8]>], 0) = 0 <0.000010>'
# Only process 11 has its end for writing.
closed='9 1.01001 close(4<pipe:[7]>) = 0 <0.000010>
10 1.01002 close(4<pipe:[7]>) = 0 <0.000010>'
arrow "a write to the pipe" yes 'read(3<pipe:[7]>, ' '"x", 1) = 1' \
	'write(4<pipe:[7]>, "x", 1) = 1' "$pipes"
arrow "a write to another pipe" no 'read(3<pipe:[7]>, ' '"x", 1) = 1' \
	'write(6<pipe:[8]>, "x", 1) = 1' "$pipes"
arrow "a write that fails" no 'read(3<pipe:[7]>, ' '"x", 1) = 1' \
	'write(4<pipe:[7]>, "x", 1) = -1 EAGAIN (x)' "$pipes"
arrow "a read of the same pipe" no 'read(3<pipe:[7]>, ' '"x", 1) = 1' \
	'read(3<pipe:[7]>, "y", 1) = 1' "$pipes"
arrow "end-of-file by close()" yes 'read(3<pipe:[7]>, ' '"", 1) = 0' \
	'close(4<pipe:[7]>) = 0' "$pipes" "$closed"
arrow "close() of one, while others have it" no 'read(3<pipe:[7]>, ' \
	'"", 1) = 0' 'close(4<pipe:[7]>) = 0' "$pipes"
arrow "close() of the other end" no 'read(3<pipe:[7]>, ' '"", 1) = 0' \
	'close(3<pipe:[7]>) = 0' "$pipes"
arrow "end-of-file by an end" yes 'read(3<pipe:[7]>, ' '"", 1) = 0' \
	'exit_group(0) = ?' "$pipes" "$closed"
arrow "close() of a copy" yes 'read(3<pipe:[7]>, ' '"", 1) = 0' \
	'close(9) = 0' "$pipes" "$closed
11 1.01003 dup2(4<pipe:[7]>, 9) = 9 <0.000010>
11 1.01004 close(4<pipe:[7]>) = 0 <0.000010>"
arrow "close() of what epoll looks at: that keeps nothing open" yes \
	'read(3<pipe:[7]>, ' '"", 1) = 0' 'close(4<pipe:[7]>) = 0' "$pipes" "$closed
11 1.01003 epoll_create1(0) = 9<anon_inode:[eventpoll]> <0.000010>
11 1.01004 epoll_ctl(9<anon_inode:[eventpoll]>, EPOLL_CTL_ADD, 4<pipe:[7]>, {events=EPOLLERR, data={u32=4, u64=4}}) = 0 <0.000010>"
arrow "the last of two who end, the first of whom is not gone yet" yes \
	'read(3<pipe:[7]>, ' '"", 1) = 0' 'exit_group(0) = ?' "$pipes" \
	'10 1.01002 close(4<pipe:[7]>) = 0 <0.000010>
9 1.02 exit_group(0) = ?'
arrow "poll(), of two" yes \
	'poll([{fd=3<pipe:[7]>, events=POLLIN}, {fd=5<pipe:[8]>, events=POLLIN}], 2, -1' \
	') = 1 ([{fd=5, revents=POLLIN}])' 'write(6<pipe:[8]>, "x", 1) = 1' "$pipes"
arrow "poll(), of a write that close() follows" 1.14 \
	'poll([{fd=3<pipe:[7]>, events=POLLIN}], 1, -1' \
	') = 1 ([{fd=3, revents=POLLIN|POLLHUP}])' \
	'close(4<pipe:[7]>) = 0' "$pipes" "$closed" \
	'11 1.140000 write(4<pipe:[7]>, "x", 1) = 1 <0.000010>'
arrow "poll(), of close()" yes 'poll([{fd=3<pipe:[7]>, events=POLLIN}], 1, -1' \
	') = 1 ([{fd=3, revents=POLLHUP}])' 'close(4<pipe:[7]>) = 0' "$pipes" "$closed"
arrow "epoll, of a write that close() follows" 1.14 \
	'epoll_wait(7<anon_inode:[eventpoll]>, ' \
	'[{events=EPOLLIN|EPOLLHUP, data={u32=42, u64=42}}], 9, -1) = 1' \
	'close(4<pipe:[7]>) = 0' "$pipes
9 1.0009 epoll_create1(0) = 7<anon_inode:[eventpoll]> <0.000010>
9 1.00091 epoll_ctl(7<anon_inode:[eventpoll]>, EPOLL_CTL_ADD, 3<pipe:[7]>, {events=EPOLLIN, data={u32=42, u64=42}}) = 0 <0.000010>" \
	"$closed" '11 1.140000 write(4<pipe:[7]>, "x", 1) = 1 <0.000010>'
arrow "poll(), of the one that it did not return" no \
	'poll([{fd=3<pipe:[7]>, events=POLLIN}, {fd=5<pipe:[8]>, events=POLLIN}], 2, -1' \
	') = 1 ([{fd=5, revents=POLLIN}])' 'write(4<pipe:[7]>, "x", 1) = 1' "$pipes"
arrow "poll(), in time" no 'poll([{fd=3<pipe:[7]>, events=POLLIN}], 1, 100' \
	') = 0 (Timeout)' 'write(4<pipe:[7]>, "x", 1) = 1' "$pipes"
arrow "select()" yes 'pselect6(6, [3<pipe:[7]> 5<pipe:[8]>], NULL, NULL, NULL, NULL' \
	') = 1 (in [5])' 'write(6<pipe:[8]>, "x", 1) = 1' "$pipes"
arrow "epoll" yes 'epoll_wait(7<anon_inode:[eventpoll]>, ' \
	'[{events=EPOLLIN, data={u32=42, u64=42}}], 9, -1) = 1' \
	'write(6<pipe:[8]>, "x", 1) = 1' "$pipes
9 1.0009 epoll_create1(0) = 7<anon_inode:[eventpoll]> <0.000010>
9 1.00091 epoll_ctl(7<anon_inode:[eventpoll]>, EPOLL_CTL_ADD, 5<pipe:[8]>, {events=EPOLLIN, data={u32=42, u64=42}}) = 0 <0.000010>"

ev='9 1.0007 eventfd2(0, 0) = 3<anon_inode:[eventfd]> <0.000010>
9 1.0008 eventfd2(0, 0) = 4<anon_inode:[eventfd]> <0.000010>'
arrow "an eventfd that was inherited" yes 'read(3<anon_inode:[eventfd]>, ' \
	'"\1", 8) = 8' 'write(3<anon_inode:[eventfd]>, "\1", 8) = 8' "$ev"
arrow "another eventfd" no 'read(3<anon_inode:[eventfd]>, ' \
	'"\1", 8) = 8' 'write(4<anon_inode:[eventfd]>, "\1", 8) = 8' "$ev"

arrow "a socket, by its peer" yes 'recvfrom(3<UNIX-STREAM:[21->22]>, ' \
	'"x", 9, 0, NULL, NULL) = 1' 'sendto(4<UNIX-STREAM:[22->21]>, "x", 1, 0, NULL, 0) = 1'
arrow "a socket, by another pair" no 'recvfrom(3<UNIX-STREAM:[21->22]>, ' \
	'"x", 9, 0, NULL, NULL) = 1' 'sendto(4<UNIX-STREAM:[24->23]>, "x", 1, 0, NULL, 0) = 1'
arrow "TCP" yes 'read(3<TCP:[127.0.0.1:5->127.0.0.1:6]>, ' '"x", 9) = 1' \
	'write(4<TCP:[127.0.0.1:6->127.0.0.1:5]>, "x", 1) = 1'
arrow "accept() by connect() to its path" yes 'accept(3<UNIX-STREAM:[9,"/run/s"]>, ' \
	'NULL, NULL) = 5<UNIX-STREAM:[10->11,"/run/s"]>' \
	'connect(4<UNIX-STREAM:[11]>, {sa_family=AF_UNIX, sun_path="/run/s"}, 110) = 0'
arrow "connect() to another path" no 'accept(3<UNIX-STREAM:[9,"/run/s"]>, ' \
	'NULL, NULL) = 5<UNIX-STREAM:[10->11,"/run/s"]>' \
	'connect(4<UNIX-STREAM:[11]>, {sa_family=AF_UNIX, sun_path="/run/t"}, 110) = 0'

server='9 1.0007 listen(3<UNIX-STREAM:[9,"/run/s"]>, 0) = 0 <0.000010>'
connect='connect(4<UNIX-STREAM:[11]>, {sa_family=AF_UNIX, sun_path="/run/s"}, 110'
arrow "connect() to a full queue, by accept()" yes "$connect" ') = 0' \
	'accept(3<UNIX-STREAM:[9,"/run/s"]>, NULL, NULL) = 5<UNIX-STREAM:[10->12,"/run/s"]>' \
	"$server
9 1.0008 connect(5<UNIX-STREAM:[12]>, {sa_family=AF_UNIX, sun_path=\"/run/s\"}, 110) = 0 <0.000010>"
drawn <<END
$server
10 1.100000 $connect) = 0 <0.001000>
9 1.100300 accept(3<UNIX-STREAM:[9,"/run/s"]>, NULL, NULL) = 5<UNIX-STREAM:[10->12,"/run/s"]> <0.000010>
END
unlike "connect() to a queue with room waits for nobody" "$text" 'waited'
arrow "connect() of a datagram socket gives nothing, sendto() does" 1.14 \
	'recvfrom(3<UNIX-DGRAM:[9,"/run/s"]>, ' '"x", 9, 0, NULL, NULL) = 1' \
	'close(8) = 0' '' '' \
	'11 1.130000 connect(4<UNIX-DGRAM:[11]>, {sa_family=AF_UNIX, sun_path="/run/s"}, 110) = 0 <0.000010>
11 1.140000 sendto(4<UNIX-DGRAM:[11->9]>, "x", 1, 0, NULL, 0) = 1 <0.000010>'
arrow "a queue, by the type" yes 'msgrcv(6, ' '{mtype=2, mtext="x"}, 9, 2, 0) = 1' \
	'msgsnd(6, {mtype=2, mtext="x"}, 1, 0) = 0'
arrow "a message of another type" no 'msgrcv(6, ' '{mtype=2, mtext="x"}, 9, 2, 0) = 1' \
	'msgsnd(6, {mtype=3, mtext="x"}, 1, 0) = 0'

shared='9 1.0007 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000 <0.000010>'
arrow "a futex in shared memory" yes 'futex(0x7f0000000010, FUTEX_WAIT, 0, NULL' \
	') = 0' 'futex(0x7f0000000010, FUTEX_WAKE, 1) = 1' "$shared"
arrow "another address" no 'futex(0x7f0000000010, FUTEX_WAIT, 0, NULL' \
	') = 0' 'futex(0x7f0000000020, FUTEX_WAKE, 1) = 1' "$shared"
arrow "the same address in memory of its own" no \
	'futex(0x7f0000000010, FUTEX_WAIT_PRIVATE, 0, NULL' \
	') = 0' 'futex(0x7f0000000010, FUTEX_WAKE_PRIVATE, 1) = 1'
arrow "a wake that wakes nobody" no 'futex(0x7f0000000010, FUTEX_WAIT, 0, NULL' \
	') = 0' 'futex(0x7f0000000010, FUTEX_WAKE, 1) = 0' "$shared"
arrow "somebody else who waits" no 'futex(0x7f0000000010, FUTEX_WAIT, 0, NULL' \
	') = 0' 'futex(0x7f0000000010, FUTEX_WAIT, 1, NULL) = -1 EAGAIN (x)' "$shared"

arrow "the child that wait() returns" yes 'wait4(-1, ' 'NULL, 0, NULL) = 11' \
	'exit_group(0) = ?'
arrow "another child" no 'wait4(-1, ' 'NULL, 0, NULL) = 12' 'exit_group(0) = ?'
arrow "open() of a FIFO" yes 'openat(AT_FDCWD</home/x>, "door", O_RDONLY' \
	') = 3</home/x/door>' 'openat(AT_FDCWD</home/x>, "door", O_WRONLY) = 3</home/x/door>'
arrow "open() of it in the same way" no 'openat(AT_FDCWD</home/x>, "door", O_RDONLY' \
	') = 3</home/x/door>' 'openat(AT_FDCWD</home/x>, "door", O_RDONLY) = 3</home/x/door>'

# A wait that somebody else's call cannot have ended: that one began after it.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.100000 read(3<pipe:[7]>,  <unfinished ...>
10 1.150000 dup(4) = 5<pipe:[7]> <0.000010>
9 1.200000 <... read resumed>"x", 1) = 1 <0.100000>
10 1.250000 write(4<pipe:[7]>, "x", 1) = 1 <0.000010>
END
unlike "what comes later ended nothing" "$(ends)" .
# It had begun, but came back only later: with success, or without.
for result in '1' '-1 EPIPE (x)'; do
	drawn <<-END
	9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
	9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
	9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
	9 1.100000 read(3<pipe:[7]>,  <unfinished ...>
	10 1.199900 write(4<pipe:[7]>, "x", 1 <unfinished ...>
	9 1.200000 <... read resumed>"x", 1) = 1 <0.100000>
	10 1.200500 <... write resumed>) = $result <0.000600>
	END
	if [ "$result" = 1 ]; then
		like "a write that comes back later" "$(ends)" .
	else
		unlike "a write that fails later" "$(ends)" .
	fi
done

# Two writes that hang for long, and fail: for one who is told at once, and for
# one who is told after that.
for end in 1.108 1.200; do
	drawn <<-END
	9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
	9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
	9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
	9 1.090000 read(3<pipe:[7]>,  <unfinished ...>
	10 1.100000 write(4<pipe:[7]>, "x", 1 <unfinished ...>
	$(awk -v end=$end 'BEGIN {
		read = end " <... read resumed>\"x\", 1) = 1 <0.018000>"
		if (end < 1.12) print "9 " read
		print "10 1.120000 <... write resumed>) = -1 EPIPE (x) <0.020000>"
		if (end > 1.12) print "9 " read }')
	END
	unlike "a write that hangs and fails, told at $end" "$(ends)" .
done

# The end of a child may be told after its parent has been told.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.100000 wait4(-1, NULL, 0, NULL) = 10 <0.000800>
10 1.100900 +++ killed by SIGKILL +++
END
like "the end of a child, told late" "$(ends)" 'waited 0\.8 ms\)  < 5'
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
10 1.050000 exit_group(0) = ?
10 1.050100 +++ exited with 0 +++
9 1.100000 wait4(-1, NULL, 0, NULL) = 10 <0.000800>
END
like "a child that has ended: no wait" "$text" 'wait4\(-1, NULL, 0, NULL\) = 10'
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.100000 openat(AT_FDCWD</home>, "/etc/passwd", O_RDONLY) = 3</etc/passwd> <0.008000>
END
unlike "open() of a file on a disk is no wait, however slow" "$text" waited

# One that hangs, does it, and comes back.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.090000 read(3<pipe:[7]>,  <unfinished ...>
10 1.100000 write(4<pipe:[7]>, "x", 1 <unfinished ...>
9 1.120000 <... read resumed>"x", 1) = 1 <0.030000>
10 1.121000 <... write resumed>) = 1 <0.021000>
END
like "a write that hangs and succeeds" "$(ends)" '  < 5'
is "also in the JSON" "$(grep -c '"ph":"[sf]"' "$out.json")" 2

# A program may run long after it was woken: the first write woke it.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.100000 read(3<pipe:[7]>,  <unfinished ...>
10 1.150000 write(4<pipe:[7]>, "first", 5) = 5 <0.000010>
10 1.160000 write(4<pipe:[7]>, "second", 6) = 6 <0.000010>
9 1.200000 <... read resumed>"firstsecond", 99) = 11 <0.100000>
END
like "of two writes the first has woken it" "$(ends)" '  < 5'
# It found room, so the other has been woken, even if it never comes back.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.100000 read(3<pipe:[7]>,  <unfinished ...>
10 1.110000 write(4<pipe:[7]>, "x", 300000 <unfinished ...>
9 1.120000 <... read resumed>"x", 4096) = 4096 <0.020000>
END
like "a write that never ends" "$(ends)" '  < 5'
is "also in the JSON" "$(grep -c '"ph":"[sf]"' "$out.json")" 2

# One that was slow to come back is not the one for who has read its data and
# waits again.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
10 1.100000 read(3<pipe:[7]>, "one", 9) = 3 <0.010050>
9 1.110000 write(4<pipe:[7]>, "one", 3) = 3 <0.000650>
10 1.110500 read(3<pipe:[7]>, "two", 9) = 3 <0.100000>
9 1.210000 write(4<pipe:[7]>, "two", 3) = 3 <0.000010>
END
like "a slow write, for who waited first" "$(ends)" 'waited 10\.1 ms\)  < 5'
like "and the next one for who waits again" "$(ends)" 'waited 100\.0 ms\)  < 8'

# What finds data has not waited, however busy the processor was.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
10 1.050000 write(4<pipe:[7]>, "one", 3) = 3 <0.000010>
9 1.100000 read(3<pipe:[7]>,  <unfinished ...>
10 1.150000 write(4<pipe:[7]>, "two", 3) = 3 <0.000010>
9 1.200000 <... read resumed>"one", 3) = 3 <0.100000>
END
like "a read that finds data is a call" "$text" 'read\(3, "one", 3\) = 3'
unlike "that nobody has ended" "$(ends)" .
# A read that has waited for a moment is told of before the write.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
10 1.050000 read(3<pipe:[7]>, "one", 9) = 3 <0.000200>
9 1.050100 write(4<pipe:[7]>, "one", 3) = 3 <0.000010>
10 1.100000 read(3<pipe:[7]>, "two", 9) = 3 <0.100000>
9 1.150000 write(4<pipe:[7]>, "two", 3) = 3 <0.000010>
END
like "then nothing is left in the pipe" "$(ends)" 'waited 100\.0 ms\)  < 7'
# While a write waits for room, who reads finds data.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 pipe2([3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.050000 write(4<pipe:[7]>, "x", 70000) = 70000 <0.150000>
10 1.100000 read(3<pipe:[7]>, "x", 4096) = 4096 <0.002000>
10 1.103000 read(3<pipe:[7]>, "x", 65904) = 65904 <0.002000>
10 1.300000 read(3<pipe:[7]>, "y", 9) = 1 <0.100000>
9 1.350000 write(4<pipe:[7]>, "y", 1) = 1 <0.000010>
END
unlike "a slow read of a full pipe is a call" "$text" 'waited 2\.0 ms'
like "and behind all of it there is nothing" "$(ends)" 'waited 100\.0 ms'
# Two who wait at one futex: who came first is woken first, but comes back last.
drawn <<END
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.0007 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.001100 clone(child_stack=NULL, flags=SIGCHLD) = 11 <0.000010>
10 1.100000 futex(0x7f0000000010, FUTEX_WAIT, 0, NULL) = 0 <0.200000>
11 1.110000 futex(0x7f0000000010, FUTEX_WAIT, 0, NULL) = 0 <0.100000>
9 1.150000 futex(0x7f0000000010, FUTEX_WAKE, 1) = 1 <0.000010>
9 1.160000 kill(9, 0) = 0 <0.000010>
9 1.170000 futex(0x7f0000000010, FUTEX_WAKE, 1) = 1 <0.000010>
END
like "the first wake is for who came first" "$(ends)" 'waited 200\.0 ms\)  < 6'
like "the second for who came back first" "$(ends)" 'waited 100\.0 ms\)  < 8'
# Two who wait for a message each: the second message is for the second.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.001100 clone(child_stack=NULL, flags=SIGCHLD) = 11 <0.000010>
10 1.100000 msgrcv(6,  <unfinished ...>
11 1.101000 msgrcv(6,  <unfinished ...>
9 1.150000 msgsnd(6, {mtype=2, mtext="x"}, 1, 0) = 0 <0.000010>
9 1.160000 msgsnd(6, {mtype=2, mtext="y"}, 1, 0) = 0 <0.000010>
10 1.200000 <... msgrcv resumed>{mtype=2, mtext="x"}, 9, 2, 0) = 1 <0.100000>
11 1.201000 <... msgrcv resumed>{mtype=2, mtext="y"}, 9, 2, 0) = 1 <0.100000>
END
like "two messages, two who wait: the first" "$(ends)" 'a 2: .*  < 6$'
like "and the second" "$(ends)" 'a 3: .*  < 7$'
# A send that had to wait was done when a receive made room, not when it
# came back.
drawn << 'END'
9 1.000000 execve("/bin/a", ["a"], 0x1) = 0 <0.000100>
9 1.000500 mq_open("q", O_RDWR) = 3</q> <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.100000 mq_timedsend(3</q>, "x", 1, 0, NULL <unfinished ...>
10 1.110000 mq_timedreceive(3</q>, "w", 9, NULL, NULL) = 1 <0.000010>
10 1.120000 mq_timedreceive(3</q>,  <unfinished ...>
9 1.130000 <... mq_timedsend resumed>) = 0 <0.030000>
9 1.140000 mq_timedsend(3</q>, "y", 1, 0, NULL) = 0 <0.000010>
10 1.160000 <... mq_timedreceive resumed>"y", 9, NULL, NULL) = 1 <0.040000>
END
like "a full queue: the receive" "$(ends)" 'waited 30\.0 ms\)  < 5'
like "an empty queue: the send that came then" "$(ends)" 'waited 40\.0 ms\)  < 8'

# ---------------------------------------------- recorded: two conversations
text=$("$trace" -w 200 -o "$out" -r common/trace/t/two-pairs.strace)
printf '%s\n' "$text" > "$tmp/rows"
wrong=$(awk '
	{ n = $1; row[n] = $0 }
	/  < [0-9]+$/ && /= 1, "/ {
		letter = $0
		sub(/.*= 1, "/, "", letter)
		letter = substr(letter, 1, 1)
		if (row[$NF] !~ "write\\([46], \"" letter "\"") print
		seen++
	}
	END { if (!seen) print "no wait at all" }' "$tmp/rows")
is "two pairs talk: each is woken by its own partner" "$wrong" ""
text=$("$trace" -w 200 -o "$out" -r common/trace/t/semaphores.strace)
is "two semaphores in one page: both by their own" "$(ends | grep -c '= 0  (w')" 2
finish
