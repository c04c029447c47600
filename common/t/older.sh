#!/bin/sh
# older.sh - do the proofs allow for what an older kernel, or a container, does?
#
# There is only one kernel here, so an older one is played: uname(2) tells an
# old version (setarch --uname-2.6), and calls answer as they did then.
cd "$(dirname "$0")/../.." || exit 1
. common/t/tap.sh

cat > "$tmp/old.c" <<'EOF'
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* It counts ticks, so it ends up to one of them too early. */
int semtimedop(int id, struct sembuf *ops, size_t n, const struct timespec *t)
{
	struct timespec tick, shorter;

	clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
	if (t && t->tv_nsec > tick.tv_nsec) {
		shorter.tv_sec = t->tv_sec;
		shorter.tv_nsec = t->tv_nsec - tick.tv_nsec;
		t = &shorter;
	}
	return (int)syscall(SYS_semtimedop, id, ops, n, t);
}

/* It reserves huge pages, and there are none. */
void *shmat(int id, const void *at, int flags)
{
	(void)id;
	(void)at;
	(void)flags;
	errno = ENOMEM;
	return (void *)-1;
}

/* The inodes of the files go to others: none ends as the first one's. */
int stat(const char *path, struct stat *st)
{
	if (fstatat(AT_FDCWD, path, st, 0) == -1)
		return -1;
	if (path[0] == 'a')
		st->st_ino = 1;
	else if (st->st_ino % 65536 == 1)
		st->st_ino = 2;
	return 0;
}
EOF
"${CC:-cc}" -std=gnu11 -shared -fPIC -o "$tmp/old.so" "$tmp/old.c" || exit 1

# Proof ID of the lesson with number NN, on that kernel.
on_old_kernel() # NN ID
{
	for claims in lessons/"$1"-*/claims; do
		LD_PRELOAD="$tmp/old.so" setarch --uname-2.6 "$claims" "$2"
	done
}

holds_there() # NN ID
{
	unlike "$2 of lesson $1 holds on an older kernel" \
		"$(on_old_kernel "$1" "$2" 2>&1)" '^not ok|^Bail'
}

if setarch --uname-2.6 true 2> /dev/null; then
	holds_there 09 1-337
	holds_there 08 L08-09
	holds_there 15 1-119
	like "L03-03 ends where no inode comes again" \
		"$(on_old_kernel 03 L03-03 2>&1)" \
		'^ok 1 - .*# SKIP of 131072 files .*Linux 5.9'
	is "and leaves nothing" "$(find /dev/shm -maxdepth 1 \
		-name 'ipc-lessons.??????' -user "$(id -u)")" ""
else
	skip "an older kernel" "setarch cannot play one here"
fi

# A container's processes have a seccomp filter from the start.
cat > "$tmp/filtered.c" <<'EOF'
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
	struct sock_filter all[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { .len = 1, .filter = all };

	if (argc < 2 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == -1)
		return 77;
	execv(argv[1], argv + 1);
	return 1;
}
EOF
"${CC:-cc}" -std=gnu11 -o "$tmp/filtered" "$tmp/filtered.c" || exit 1
if "$tmp/filtered" /bin/true; then
	like "L00-01 is shown to who has a filter already" \
		"$("$tmp/filtered" lessons/00-two-processes/claims L00-01 2>&1)" \
		'^ok 1 - [^#]*$'
else
	skip "L00-01 is shown to who has a filter already" \
		"no seccomp filter can be set here"
fi
finish
