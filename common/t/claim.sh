#!/bin/sh
# claim.sh - does a proof that fails, hangs, crashes or skips show as such?
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh
top=$PWD

cat > "$tmp/claims.c" <<'EOF'
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>
#include "common/proof/claim.h"
CLAIM("9-001", "one is one") { EQUALS(1, 1); HOLDS(1 == 1); }
CLAIM("9-002 9-003", "one is two") { EQUALS(1, 2); }
CLAIM("9-004", "nothing is true") { HOLDS(1 == 2); }
CLAIM("9-005", "close fails with EBADF") { FAILS(close(-1), EBADF); }
CLAIM("9-006", "close fails with EINTR") { FAILS(close(-1), EINTR); }
CLAIM("9-007", "close fails at all") { FAILS(close(dup(1)), EBADF); }
CLAIM("9-008", "cannot be shown") { SKIP("no %s here; buy one", "moon"); }
CLAIM("9-009", "crashes") { raise(SIGSEGV); }
CLAIM("9-010", "waits for itself")
{
	int fd[2];
	char c;

	HOLDS(pipe(fd) == 0);
	HOLDS(read(fd[0], &c, 1) == 1);
}
CLAIM("9-011", "a child blocks, another ends")
{
	pid_t a = fork(), b;

	if (a == 0)
		pause();
	HOLDS(blocks(a));
	b = fork();
	if (b == 0)
		_exit(7);
	HOLDS(!blocks(b));
	EQUALS(ends(b), 7);
	HOLDS(kill(a, SIGTERM) == 0);
	EQUALS(ends(a), 128 + SIGTERM);
}
CLAIM("9-012", "a busy child does not count as blocked")
{
	int fd[2];
	char c;
	pid_t busy;

	HOLDS(pipe(fd) == 0);
	busy = fork();
	if (busy == 0) {
		for (volatile long i = 0; i < 20000000; i++)
			;
		_exit(0);
	}
	HOLDS(!blocks(busy));
	(void)c;
}
CLAIM("9-013", "exit(3) is no verdict") { exit(3); }
CLAIM("9-014", "what a child finds false")
{
	if (fork() == 0)
		HOLDS(2 == 3);
	ends(-1);
}
CLAIM("9-015", "what a child cannot show")
{
	if (fork() == 0)
		SKIP("no %s here", "child's play");
	EQUALS(ends(-1), 0);
}
CLAIM("9-016", "a system call that is forbidden kills, an exit does not")
{
	pid_t calls = fork(), ends_only;

	if (calls == 0) {
		forbid_system_calls();
		getppid();
		_exit(0);
	}
	EQUALS(ends(calls), 128 + SIGSYS);
	ends_only = fork();
	if (ends_only == 0) {
		forbid_system_calls();
		_exit(4);
	}
	EQUALS(ends(ends_only), 4);
}
CLAIM("9-017", "the compiler is asked, with these flags")
{
	HOLDS(compiles("", "int x = Y;") == 0);
	HOLDS(compiles("-DY=1", "int x = Y;") == 1);
}
CLAIM("9-018", "nobody is root any more")
{
	become_ordinary_user();
	HOLDS(geteuid() != 0 && access("/proc/self/fd", R_OK) == 0);
	HOLDS(setuid(0) == -1);	// EPERM, or EINVAL where 0 is no user
}
CLAIM("9-019", "without capabilities the mode binds its owner")
{
	int fd = open("f", O_CREAT | O_WRONLY, 0);

	HOLDS(fd != -1);
	drop_capabilities();
	FAILS(open("f", O_RDONLY), EACCES);
}
CLAIM("9-020", "a number is read from its file")
{
	EQUALS(number_in("/proc/sys/kernel/cap_last_cap") > 30, 1);
}
CLAIM("9-021", "a number that is not there")
{
	number_in("/proc/no-such-limit");
}
CLAIM("9-026", "a number that this network namespace does not show")
{
	number_in("/proc/sys/net/core/no-such-limit");
}
CLAIM("9-027", "the version of Linux is known, and what an older one allows")
{
	HOLDS(kernel_version() >= 206);
	HOLDS(early_ns() == 0 || kernel_version() < 601);
}
static void nothing(int sig) { (void)sig; }
CLAIM("9-028", "the flag of a handler is read back")
{
	struct sigaction act = { .sa_handler = nothing, .sa_flags = SA_RESTART };

	EQUALS(has_restart(SIGUSR1), 0);
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	EQUALS(has_restart(SIGUSR1), 1);
	EQUALS(has_restart(SIGUSR2), 0);
	act.sa_flags = SA_NODEFER;
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	EQUALS(has_restart(SIGUSR1), 0);
	act = (struct sigaction){ .sa_handler = SIG_IGN, .sa_flags = SA_RESTART };
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	EQUALS(has_restart(SIGUSR1), 0);
}
CLAIM("9-022", "many descriptors") { needs_descriptors(65); }
CLAIM("9-023", "queues") { needs_queues(); }
CLAIM("9-024", "a long file") { needs_file_size(4097); }
CLAIM("9-025", "shared memory") { needs_shm(); }
EOF
${CC:-cc} -std=gnu11 -I "$top" -o "$tmp/claims" "$tmp/claims.c" \
	common/proof/claim.c common/proof/claim_main.c build/libstage.a -pthread || exit 1

out=$("$tmp/claims" 9-001 9-002 9-004 9-005 9-006 9-007 9-008 9-009 9-011 \
	9-012 9-013 9-014 9-015 9-016 9-017 9-018 9-019 9-020 9-021)
is "and the exit status says that one failed" $? 1
like "a true one is ok" "$out" '^ok 1 - 9-001: one is one'
like "a false one names its place" "$out" '^# .*claims.c:6: 1 is 1, not 2'
like "and its ids" "$out" '^not ok 2 - 9-002 9-003: one is two'
like "HOLDS shows the expression" "$out" 'does not hold: 1 == 2'
like "FAILS takes the right errno" "$out" '^ok 4 - 9-005'
like "FAILS names the wrong one" "$out" 'failed with EBADF, not EINTR'
like "FAILS sees a success" "$out" 'returned 0, not -1 EBADF'
like "a skip has its reason" "$out" \
	'^ok 7 - .*# SKIP no moon here; buy one'
like "a crash is a failure, by name" "$out" 'killed by SIGSEGV'
like "blocks() and ends() ask the kernel" "$out" '^ok 9 - 9-011'
like "blocks() is not fooled by work" "$out" '^ok 10 - 9-012'
like "a strange exit status is a failure" "$out" '^not ok 11 - 9-013'
like "a child's failure is the proof's, in its words" "$out" \
	'claims.c:[0-9]+: does not hold: 2 == 3'
like "and the ids are the proof's" "$out" '^not ok 12 - 9-014'
like "so is a child's skip" "$out" "^ok 13 - 9-015.*# SKIP no child's play here"
like "forbid_system_calls() forbids all but the end" "$out" '^ok 14 - 9-016'
like "compiles() asks the compiler" "$out" '^ok 15 - 9-017'
like "become_ordinary_user() leaves no way back" "$out" '^ok 16 - 9-018'
like "drop_capabilities() leaves the mode alone" "$out" '^ok 17 - 9-019'
like "number_in() reads it" "$out" '^ok 18 - 9-020.*file$'
like "or names the file" "$out" '^ok 19 - .*# SKIP /proc/no-such-limit'
like "of the network it says that a namespace may hide it" \
	"$("$tmp/claims" 9-026)" \
	'# SKIP /proc/sys/net/core/no-such-limit is not shown in this network'
like "kernel_version() and early_ns() agree" "$("$tmp/claims" 9-027)" '^ok 1'
like "has_restart() asks for the flag of a handler" "$("$tmp/claims" 9-028)" \
	'^ok 1'
like "the plan counts what was chosen" "$out" '^1\.\.19'

out=$("$tmp/claims" 9-010)
like "a hang is explained" "$out" 'write end is still open in the same process'
is "an unknown id is an error" "$("$tmp/claims" 1-001 2>&1; echo $?)" \
	"claims: no claim has that id; claims -l lists them
2"
is "half an id is no id" "$("$tmp/claims" 9-00 2>/dev/null; echo $?)" 2
# What a limit keeps from beginning is skipped, with the limit's name.
out=$(prlimit --nofile=64 --msgqueue=0 --fsize=4096 \
	"$tmp/claims" 9-022 9-023 9-024 2>&1)
is "too low limits are no failure" $? 0
like "of descriptors" "$out" '^ok 1 - .*# SKIP .ulimit -n. allows 64 '
like "of queues" "$out" '^ok 2 - .*# SKIP .ulimit -q. allows 0 bytes'
like "of files" "$out" '^ok 3 - .*# SKIP .ulimit -f. allows files of 4 KiB'
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
	# shellcheck disable=SC2016 # the inner shell's own
	out=$(unshare --mount sh -c 'mount -t tmpfs -o ro none /dev/shm &&
		"$1" -B 9-025' sh "$tmp/claims" 2>&1)
	like "and a /dev/shm that is read-only" "$out" \
		'^ok 1 - .*# SKIP nobody may write to /dev/shm; .*remount,rw'
else
	skip "and a /dev/shm that is read-only" "only root can mount it so"
fi
is "-l lists ids and sentences" "$("$tmp/claims" -l | sed -n 2p)" \
	"9-002 9-003	one is two"
finish
