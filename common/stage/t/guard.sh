#!/bin/sh
# guard.sh - what a program does to the keeper or leaves in its folder
cd "$(dirname "$0")/../../.." || exit 1
. common/stage/t/setup

cat > "$tmp/aim.c" <<'EOF'
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void dig(int levels, mode_t mode)
{
	for (int i = 0; i < levels; i++) {
		int fd;

		if (mkdir("d", 0700) == -1 || chdir("d") == -1)
			exit(1);
		fd = open("file", O_WRONLY | O_CREAT, 0400);
		close(fd);
	}
	for (int i = 0; i < levels; i++)
		if (chdir("..") == -1 || chmod("d", mode) == -1)
			exit(1);
}

int main(int argc, char **argv)
{
	pid_t keeper = getppid();
	siginfo_t si = { .si_code = SI_QUEUE };
	const char *how = argc > 1 ? argv[1] : "";

	if (strcmp(how, "dig") == 0)
		dig(atoi(argv[2]), (mode_t)strtoul(argv[3], NULL, 8));
	if (strcmp(how, "kill") == 0)
		kill(keeper, SIGSTOP);
	if (strcmp(how, "group") == 0)
		kill(-keeper, SIGSTOP);
	if (strcmp(how, "tkill") == 0)
		syscall(SYS_tkill, keeper, SIGSTOP);
	if (strcmp(how, "tgkill") == 0)
		syscall(SYS_tgkill, keeper, keeper, SIGSTOP);
	if (strcmp(how, "queue") == 0)
		syscall(SYS_rt_sigqueueinfo, keeper, SIGTERM, &si);
	if (strcmp(how, "tgqueue") == 0)
		syscall(SYS_rt_tgsigqueueinfo, keeper, keeper, SIGTERM, &si);
	if (strcmp(how, "pidfd") == 0)
		syscall(SYS_pidfd_open, keeper, 0);
	if (strcmp(how, "itself") == 0) {
		signal(SIGUSR1, SIG_IGN);
		return raise(SIGUSR1) || kill(getpid(), SIGUSR1) ||
		       syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1) ||
		       syscall(SYS_pidfd_open, getpid(), 0) == -1;
	}
	return 0;
}
EOF
${CC:-cc} -w -O1 -o "$tmp/aim" "$tmp/aim.c" || exit 1

case $(uname -m) in
x86_64 | aarch64 | i?86)
	for how in kill group tkill tgkill queue tgqueue pidfd; do
		build/stage -B -t 3 "$tmp/aim" $how > "$tmp/out" 2>&1
		like "$how at the keeper ends the program, not the keeper" \
			"$(cat "$tmp/out")" 'SIGSYS'
	done
	;;
*) skip "the keeper is guarded" "no filter for $(uname -m)" ;;
esac
ok "a signal to itself is the program's own matter" \
	build/stage -B "$tmp/aim" itself

# Nothing stays, whatever rights the program has taken from its folders. Root
# has them all the same, so another user tries it.
mkdir -m 777 "$tmp/t"
as=
[ "$(id -u)" != 0 ] || as="setpriv --reuid=65534 --regid=65534 --clear-groups"
if [ -z "$as" ] || $as true 2> /dev/null; then
	chmod 755 "$tmp"
	cp build/stage "$tmp/stage"
	for mode in 000 100 200 400 500; do
		TMPDIR=$tmp/t $as "$tmp/stage" "$tmp/aim" dig 5 $mode \
			> "$tmp/out" 2>&1
		is "folders of mode $mode go" \
			"$(grep -c 'ended with status 0' "$tmp/out"; ls -A "$tmp/t")" 2
	done
	TMPDIR=$tmp/t $as "$tmp/stage" "$tmp/aim" dig 2000 000 \
		> "$tmp/out" 2>&1
	is "and 2000 of them, each in the one before" \
		"$(grep -c 'ended with status 0' "$tmp/out"; ls -A "$tmp/t")" 2
else
	skip "folders without rights go" "no setpriv here"
fi
finish
