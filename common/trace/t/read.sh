#!/bin/sh
# read.sh - lines of strace, whole and broken, become events
cd "$(dirname "$0")/../../.." || exit 1
. common/trace/t/setup

# ------------------------------------------------ two threads in turns
drawn << 'END'
10 1.000000 execve("/bin/a", ["a"], 0x1 /* 3 vars */) = 0 <0.000100>
10 1.001000 set_tid_address(0x7) = 10 <0.000010>
10 1.002000 clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD, exit_signal=0}, 88 <unfinished ...>
11 1.002200 read(5</home/x/f>,  <unfinished ...>
10 1.002300 <... clone3 resumed> => {parent_tid=[11]}, 88) = 11 <0.000300>
10 1.002400 pipe2( <unfinished ...>
11 1.002500 <... read resumed>"a \"quote\", a ) and a }", 99) = 22 <0.000300>
10 1.002600 <... pipe2 resumed>[3<pipe:[7]>, 4<pipe:[7]>], 0) = 0 <0.000200>
11 1.002700 exit(0) = ?
11 1.002800 +++ exited with 0 +++
10 1.003000 write(4<pipe:[7]>, "\33[1m\0\"<unfinished ...>", 24) = 24 <0.000010>
10 1.004000 openat(AT_FDCWD</home/x>, "odd\74name\76", O_RDWR) = 6</home/x/odd\74name\76> <0.000010>
10 1.005000 exit_group(3) = ?
10 1.006000 +++ exited with 3 +++
END
is "it is drawn" $status 0
unlike "every line was understood" "$text" 'not understood'
like "a thread is a lane of its process" "$text" '\| a 10 thread 2'
like "and no fork()" "$text" 'clone\(CLONE_THREAD\) = 11'
like "two calls that interrupt each other: the one" "$text" \
	'read\(5<f>, "a \\"quote\\",.*\.\.\.", 99\) = 22'
like "and the other" "$text" 'pipe2\(\[3, 4\], 0\) = 0'
like "words of strace in data are data" "$text" 'write\(4, "\\33\[1m.*", 24\) = 24'
like "a name of any letters" "$text" 'openat\("odd\\74name\\76", O_RDWR\) ='
like "how it ended" "$text" ': ended with status 3$'

# ------------------------------------------------------ a process is killed
drawn << 'END'
10 1.000000 execve("/bin/a", ["a"], 0x1 /* 3 vars */) = 0 <0.000100>
10 1.001000 getpid() = 10 <0.000010>
10 1.002000 pause( <unfinished ...>
10 1.100000 <... pause resumed>) = ? ERESTARTNOHAND (To be restarted if no handler) <0.098000>
10 1.100100 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=1, si_uid=0} ---
10 1.200000 pause( <unfinished ...>) = ?
10 1.300000 +++ killed by SIGKILL (core dumped) +++
END
unlike "a call without arguments, a killed one" "$text" 'not understood'
like "a signal ends a wait" "$text" '= interrupted  \(waited 98\.0 ms\)'
like "it arrives" "$text" 'SIGUSR1 arrives'
like "an end by a signal" "$text" 'killed by SIGKILL'
like "which the last lines say" "$text" '^[^|]*: killed by SIGKILL'

# ------------------------------------------------- the last line is cut off
printf '%s\n%s\n%s' '10 1.0 execve("/bin/a", ["a"], 0x1) = 0 <0.0001>' \
	'10 1.1 set_tid_address(0x7) = 10 <0.0001>' '10 1.5 read(3<pipe:[7]>, ' > "$tmp/cut"
drawn < "$tmp/cut"
unlike "a line without an end is a call without one" "$text" 'not understood'
like "which waits" "$text" 'read\(3, \.\.\.$'

# ---------------------------------------------------------- broken lines
{
	cat <<-'END'
	10 1.000000 execve("/bin/a", ["a"], 0x1 /* 3 vars */) = 0 <0.000100>
	this is no line
	10
	10 x
	10 2.000000
	10 2.000000 read(3
	10 2.100000 read(3, "abc
	10 2.200000 <... read resumed>"x", 1) = 1 <0.1>
	10 2.300000 +++ what +++
	10 2.400000 --- SIG
	10 2.450000 +++ superseded by execve in pid  +++
	10 2.500000 WRITE(1)
	-7 2.600000 close(3) = 0
	END
	printf '10 2.7 write(9, "\377\200\0\001", 4) = 4 <0.1>\n'
	printf '10 2.8 '
	head -c 200000 /dev/zero | tr '\0' x
	printf '\n10 2.9 dup(3) = 4 <0.0001>\n'
} > "$tmp/broken"
drawn < "$tmp/broken"
is "broken lines are passed over" $status 0
like "and counted" "$text" '^1[0-9] lines of strace were not understood\.$'
like "what follows is read" "$text" 'dup\(3\) = 4$'
like "bytes that are no letters" "$text" 'write\(9, "'
is "all that is printed can be printed" \
	"$(printf '%s\n' "$text" | LC_ALL=C tr -d '\n\t -~' | wc -c)" 0
is "also in the picture" \
	"$(LC_ALL=C tr -d '\n\t -~' < "$out.svg" | wc -c)" 0
drawn < /dev/null
is "no line at all" $status 0

# -------------------------------------------------- a clock that is set back
drawn << 'END'
10 5.000000 execve("/bin/a", ["a"], 0x1 /* 3 vars */) = 0 <0.000100>
10 4.000000 dup(3) = 4 <0.000010>
10 5.100000 dup(3) = 5 <0.000010>
END
like "a clock that was set back stops nothing" "$text" 'dup\(3\) = 5$'

# ------------------------------------------------------------- before main()
# MAIN begins at pipe2(): LINES before it are the linker's, in several systems.
beginning() # NAME < LINES
{
	{
		echo '9 1.0 execve("/bin/a", ["a"], 0x1) = 0 <0.0001>'
		cat
		echo '9 2.0 openat(AT_FDCWD</>, "/lib/of/mine", O_RDONLY) = 3</lib/of/mine> <0.0001>'
		echo '9 2.1 exit_group(0) = ?'
	} > "$tmp/begin"
	drawn < "$tmp/begin"
	is "before main(): $1" "$(printf '%s\n' "$text" |
		grep -c '^ *[0-9]* *[0-9.]* | ')" 3
	like "and main(): $1" "$text" '^ *2 .*openat\("mine", O_RDONLY\)'
}
beginning "glibc 2.36" << 'END'
9 1.1 openat(AT_FDCWD</>, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3</etc/ld.so.cache> <0.0001>
9 1.2 mmap(NULL, 100, PROT_READ, MAP_PRIVATE, 3</etc/ld.so.cache>, 0) = 0x7f01 <0.0001>
9 1.21 close(3</etc/ld.so.cache>) = 0 <0.0001>
9 1.22 openat(AT_FDCWD</>, "/my/libc.so.6", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory) <0.0001>
9 1.23 openat(AT_FDCWD</>, "/libc.so.6", O_RDONLY|O_CLOEXEC) = 3</libc.so.6> <0.0001>
9 1.24 read(3</libc.so.6>, "\177ELF", 832) = 832 <0.0001>
9 1.3 arch_prctl(0x3001 /* ARCH_??? */, 0x7ff) = -1 EINVAL (Invalid argument) <0.0001>
9 1.31 arch_prctl(ARCH_SET_FS, 0x7f00) = 0 <0.0001>
9 1.4 set_tid_address(0x7f00) = 9 <0.0001>
9 1.5 rseq(0x7f00, 0x20, 0, 0x53053053) = 0 <0.0001>
9 1.6 mprotect(0x7f00, 16384, PROT_READ) = 0 <0.0001>
9 1.7 prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0 <0.0001>
9 1.8 munmap(0x7f01, 100) = 0 <0.0001>
END
beginning "a static program" << 'END'
9 1.31 arch_prctl(ARCH_SET_FS, 0x7f00) = 0 <0.0001>
9 1.4 set_tid_address(0x7f00) = 9 <0.0001>
9 1.5 set_robust_list(0x7f00, 24) = 0 <0.0001>
9 1.6 mprotect(0x7f00, 16384, PROT_READ) = 0 <0.0001>
END
beginning "glibc 2.31, arm64" << 'END'
9 1.1 openat(AT_FDCWD</>, "/etc/ld.so.cache", O_RDONLY|O_CLOEXEC) = 3</etc/ld.so.cache> <0.0001>
9 1.2 mmap(NULL, 100, PROT_READ, MAP_PRIVATE, 3</etc/ld.so.cache>, 0) = 0x7f01 <0.0001>
9 1.21 close(3</etc/ld.so.cache>) = 0 <0.0001>
9 1.6 mprotect(0x7f00, 16384, PROT_READ) = 0 <0.0001>
9 1.8 munmap(0x7f01, 100) = 0 <0.0001>
END
finish
