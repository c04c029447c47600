#!/bin/sh
# hostile.sh - a program that aims at its checker does itself no good
cd "$(dirname "$0")/../../.." || exit 1
. common/proof/t/setup

cat > "solutions/$ex/play.c" <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/msg.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include "../../../common/lesson.h"

/* 0: it may do so. */
static int may(long result)
{
	return result == -1 && errno == EPERM;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct iovec here = { &(char){ 0 }, 1 }, there = { argv, 1 };
	pid_t check = getppid();

	if (strcmp(what, "ptrace") == 0)
		return !may(ptrace(PTRACE_ATTACH, check, NULL, NULL));
	if (strcmp(what, "seize") == 0)
		return !may(ptrace(PTRACE_SEIZE, check, NULL, NULL));
	if (strcmp(what, "write") == 0)
		return !may(process_vm_writev(check, &here, 1, &there, 1, 0));
	if (strcmp(what, "gigabytes") == 0) {
		for (int mib = 0; mib < 2048; mib++)
			if (!malloc(1 << 20))
				return 0;
		return 1;
	}
	if (strcmp(what, "files") == 0) {
		for (int n = 0; n < 1024; n++)
			if (dup(0) == -1)
				return 0;
		return 1;
	}
	if (strcmp(what, "told") == 0) {
#if defined __SANITIZE_THREAD__ || defined __SANITIZE_ADDRESS__
		return 1;
#endif
		return 0;
	}
	return 9;
}
END
cat > "exercises/$ex/check.c" <<'END'
#include <sys/msg.h>
#include "../../../common/proof/check.h"

#define REFUSED(name) \
	CHECK(1, #name, #name) \
	{ \
		struct prog p = start("play", #name, NULL); \
		MUST_EXIT(&p, 0); \
	}
REFUSED(ptrace)
REFUSED(seize)
REFUSED(write)
REFUSED(gigabytes)
REFUSED(files)
CHECK(1, "told", "no macro tells of the shaken program")
{
	struct prog p = start_how(&(struct how){ .shake = 1 }, "play", "told",
				  NULL);

	MUST_EXIT(&p, 0);
}
/* Somebody else's, of the same user, once; and one that comes each time. */
CHECK(1, "stranger", "what another one makes meanwhile is not blamed")
{
	if (getenv("ONCE") && mkdir(getenv("ONCE"), 0700) == 0)
		HOLDS(msgget(IPC_PRIVATE, 0600) != -1);
	nothing_left();
}
CHECK(1, "leaves", "what is left each time is")
{
	HOLDS(msgget(IPC_PRIVATE, 0600) != -1);
	nothing_left();
}
END
made
for tier in $tiers; do
	rm -rf "$tmp/once"
	stranger=pass
	[ "$tier" = B ] || stranger=fail	# nobody else can be there
	is "tier $tier: each its verdict" \
		"$(ONCE=$tmp/once; export ONCE; verdicts "$tier")" \
		"ptrace:pass seize:pass write:pass gigabytes:pass files:pass told:pass stranger:$stranger leaves:fail"
done
finish
