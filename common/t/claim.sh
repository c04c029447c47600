#!/bin/sh
# claim.sh - does a proof that fails, hangs, crashes or skips show as such?
set -u
cd "$(dirname "$0")/../.." || exit 1
. common/tap.sh
top=$PWD
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

cat > "$tmp/claims.c" <<'EOF'
#include <signal.h>
#include <unistd.h>
#include "common/claim.h"
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
EOF
"${CC:-cc}" -std=gnu11 -I "$top" -o "$tmp/claims" "$tmp/claims.c" \
	common/claim.c common/claim_main.c build/libstage.a -pthread || exit 1

out=$("$tmp/claims" 9-001 9-002 9-004 9-005 9-006 9-007 9-008 9-009 9-011 \
	9-012 9-013)
is "and the exit status says that one failed" $? 1
like "a true one is ok" "$out" '^ok 1 - 9-001: one is one'
like "a false one names its place" "$out" '^# .*claims.c:5: 1 is 1, not 2'
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
like "the plan counts what was chosen" "$out" '^1\.\.11'

out=$("$tmp/claims" 9-010)
like "a hang is explained" "$out" 'write end is still open in the same process'
is "an unknown id is an error" "$("$tmp/claims" 1-001 2>&1; echo $?)" \
	"claims: no claim has that id; claims -l lists them
2"
is "half an id is no id" "$("$tmp/claims" 9-00 2>/dev/null; echo $?)" 2
is "-l lists ids and sentences" "$("$tmp/claims" -l | sed -n 2p)" \
	"9-002 9-003	one is two"
finish
