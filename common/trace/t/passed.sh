#!/bin/sh
# passed.sh - descriptors that come in a message: SCM_RIGHTS
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

a='3<UNIX-STREAM:[21->22]>'
b='4<UNIX-STREAM:[22->21]>'
event='5<anon_inode:[eventfd]>'
rights() # DESCRIPTOR...
{
	printf 'msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, '
	printf 'cmsg_type=SCM_RIGHTS, cmsg_data=[%s]}], ' "$(echo "$@" | sed 's/ /, /g')"
	echo 'msg_controllen=24, msg_flags=0}'
}
message='{msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="y", iov_len=1}], msg_iovlen=1'

# Process 9 makes two eventfds and a pipe; 10 has none of them.
begin="9 1.000000 execve(\"/bin/a\", [\"a\"], 0x1) = 0 <0.000100>
9 1.000500 socketpair(AF_UNIX, SOCK_STREAM, 0, [$a, $b]) = 0 <0.000010>
9 1.001000 clone(child_stack=NULL, flags=SIGCHLD) = 10 <0.000010>
9 1.001100 eventfd2(0, 0) = $event <0.000010>
9 1.001200 eventfd2(0, 0) = 6<anon_inode:[eventfd]> <0.000010>
9 1.001300 pipe2([7<pipe:[7]>, 8<pipe:[7]>], 0) = 0 <0.000010>"

pass() # SENT RECEIVED: lines of a message with this descriptor
{
	echo "9 1.010000 sendmsg($a, $message, $(rights "$1"), 0) = 1 <0.000010>"
	echo "10 1.020000 recvmsg($b, $message, $(rights "$2"), 0) = 1 <0.000010>"
}
waits="9 1.100000 read($event,  <unfinished ...>
10 1.150000 write(7<anon_inode:[eventfd]>, \"\\1\", 8) = 8 <0.000010>
9 1.200000 <... read resumed>\"\\1\", 8) = 8 <0.100000>"

drawn <<END
$begin
$(pass "$event" '7<anon_inode:[eventfd]>')
$waits
END
like "an eventfd that was received" "$(ends)" 'waited 100\.0 ms'
drawn <<END
$begin
$(pass '6<anon_inode:[eventfd]>' '7<anon_inode:[eventfd]>')
$waits
END
unlike "another one" "$(ends)" .
drawn <<END
$begin
9 1.009000 sendmsg($a, $message, $(rights '6<anon_inode:[eventfd]>'), 0) = 1 <0.000010>
10 1.009500 read($b, "y", 1) = 1 <0.000010>
$(pass "$event" '7<anon_inode:[eventfd]>')
$waits
END
like "who does not ask for the first gets the second" "$(ends)" \
	'waited 100\.0 ms'
drawn <<END
$begin
9 1.008000 write($a, "abc", 3) = 3 <0.000010>
9 1.009000 sendmsg($a, $message, $(rights "$event"), 0) = 1 <0.000010>
10 1.009500 read($b, "abc", 3) = 3 <0.000010>
10 1.020000 recvmsg($b, $message, $(rights '7<anon_inode:[eventfd]>'), 0) = 1 <0.000010>
$waits
END
like "what lies before it is read without it" "$(ends)" 'waited 100\.0 ms'

# The sender has closed its own: the pipe has a writer until the other closes.
reader="9 1.030000 close(8<pipe:[7]>) = 0 <0.000010>
9 1.100000 read(7<pipe:[7]>,  <unfinished ...>"
drawn <<END
$begin
$(pass '8<pipe:[7]>' '9<pipe:[7]>')
$reader
10 1.150000 close(9<pipe:[7]>) = 0 <0.000010>
9 1.200000 <... read resumed>"", 1) = 0 <0.100000>
END
like "end-of-file by who has received the last end" "$(ends)" \
	"< $(printf '%s\n' "$text" | awk '$2 == "150.000" { print $1 }')( |\$)"
drawn <<END
$begin
$(pass '8<pipe:[7]>' '9<pipe:[7]>')
$reader
10 1.150000 exit_group(0) = ?
9 1.200000 <... read resumed>"", 1) = 0 <0.100000>
END
like "who has never used it, and ends" "$(ends)" \
	"< $(printf '%s\n' "$text" | awk '$2 == "150.000" { print $1 }')( |\$)"
drawn <<END
$begin
9 1.009000 sendmsg($a, $message, $(rights '8<pipe:[7]>'), 0) = 1 <0.000010>
9 1.009500 close($b) = 0 <0.000010>
$reader
10 1.150000 close($b) = 0 <0.000010>
9 1.200000 <... read resumed>"", 1) = 0 <0.100000>
END
like "one that nobody has received goes with the socket" "$(ends)" \
	"< $(printf '%s\n' "$text" | awk '$2 == "150.000" { print $1 }')( |\$)"
finish
