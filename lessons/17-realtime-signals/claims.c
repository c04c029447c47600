/*
 * claims - what the notes say about realtime signals, executed
 *
 * Ids are rows of docs/claims.tsv; L17-.. are claims of this course.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

static void needs_room(void)
{
	struct rlimit limit;

	HOLDS(getrlimit(RLIMIT_SIGPENDING, &limit) == 0);
	if (limit.rlim_cur < 100)
		SKIP("`ulimit -i' lets only %llu signals wait; raise it",
		     (unsigned long long)limit.rlim_cur);
}
CLAIMS_NEED(needs_room)

/* Blocked in each proof: SIGUSR1, SIGUSR2 and all realtime signals. */
static sigset_t set, old;

static void block_all(void)
{
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
		sigaddset(&set, sig);
	HOLDS(sigprocmask(SIG_BLOCK, &set, &old) == 0);
}

static void queue(int sig, int value)
{
	HOLDS(sigqueue(getpid(), sig, (union sigval){ value }) == 0);
}

/* Take one that is pending: its number, or -1. */
static int take(siginfo_t *si)
{
	return sigtimedwait(&set, si, &(struct timespec){ 0, 0 });
}

static int taken(int sig)
{
	siginfo_t si;
	int n = 0;

	while (take(&si) == sig)
		n++;
	EQUALS(errno, EAGAIN);
	return n;
}

static volatile sig_atomic_t value, sender, order[8], runs, code;

static void keep(int sig, siginfo_t *si, void *context)
{
	(void)context;
	value = si->si_value.sival_int;
	sender = si->si_pid;
	code = si->si_code;
	order[runs++ & 7] = sig;
}

static void handle(int sig, const sigset_t *mask)
{
	struct sigaction act = { .sa_sigaction = keep,
				 .sa_flags = SA_SIGINFO };

	if (mask)
		act.sa_mask = *mask;
	HOLDS(sigaction(sig, &act, NULL) == 0);
}

static int open_fd(int flags)
{
	int fd = signalfd(-1, &set, flags);

	HOLDS(fd != -1);
	return fd;
}

CLAIM("0-010", "a signal carries a payload, and says who sent it")
{
	pid_t child;

	block_all();
	handle(SIGRTMIN + 2, NULL);
	child = fork();
	if (child == 0)
		_exit(sigqueue(getppid(), SIGRTMIN + 2,
			       (union sigval){ 7 }) != 0);
	EQUALS(ends(child), 0);
	HOLDS(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	EQUALS(value, 7);
	EQUALS(sender, child);
	EQUALS(code, SI_QUEUE);
}

CLAIM("0-010 L17-01", "the payload is union sigval: an int or a pointer, "
      "8 bytes on a 64-bit system, and all of them arrive")
{
	const uintptr_t bytes = (uintptr_t)0x8899aabbccddeeffull;
	union sigval whole = { .sival_ptr = (void *)bytes };
	siginfo_t si;

	EQUALS(sizeof(union sigval), sizeof(void *));
	EQUALS(sizeof whole.sival_int, sizeof(int));
	block_all();
	HOLDS(sigqueue(getpid(), SIGRTMIN, whole) == 0);
	queue(SIGRTMIN, INT_MIN);
	EQUALS(take(&si), SIGRTMIN);
	EQUALS((uintptr_t)si.si_value.sival_ptr, bytes);
	EQUALS(take(&si), SIGRTMIN);
	EQUALS(si.si_value.sival_int, INT_MIN);
}

CLAIM("L17-02", "a pointer means nothing to another process: the same value, "
      "another memory")
{
	static int mine = 1;
	siginfo_t si;
	pid_t child;

	block_all();
	child = fork();
	if (child == 0) {
		mine = 2;
		HOLDS(sigqueue(getppid(), SIGRTMIN, (union sigval){
			       .sival_ptr = &mine }) == 0);
		_exit(mine);
	}
	EQUALS(ends(child), 2);			/* what the sender has there */
	EQUALS(take(&si), SIGRTMIN);
	HOLDS(si.si_value.sival_ptr == &mine);
	EQUALS(*(int *)si.si_value.sival_ptr, 1);
}

CLAIM("4-031 L17-03", "5 standard signals: 1 arrives; 5 realtime ones: 5")
{
	int sig, standard = 0, realtime = 0;
	siginfo_t si;

	block_all();
	for (int i = 0; i < 5; i++) {
		queue(SIGUSR1, i);
		queue(SIGRTMIN, i);
	}
	while ((sig = take(&si)) != -1) {
		standard += sig == SIGUSR1;
		realtime += sig == SIGRTMIN;
	}
	EQUALS(errno, EAGAIN);
	EQUALS(standard, 1);
	EQUALS(realtime, 5);
}

CLAIM("4-031 L17-04", "the lowest number first, and of one number the first "
      "sent")
{
	static const int sent[] = { 3, 1, 3, 0 }, come[] = { 0, 1, 3, 3 };
	static const int values[] = { 3, 1, 0, 2 };
	siginfo_t si;

	block_all();
	for (int i = 0; i < 4; i++)
		queue(SIGRTMIN + sent[i], i);
	for (int i = 0; i < 4; i++) {
		EQUALS(take(&si), SIGRTMIN + come[i]);
		EQUALS(si.si_value.sival_int, values[i]);
	}
}

CLAIM("L17-05", "on Linux a standard signal comes before any realtime one")
{
	const int sent[] = { SIGRTMIN, SIGRTMAX, SIGUSR2, SIGUSR1 };
	const int come[] = { SIGUSR1, SIGUSR2, SIGRTMIN, SIGRTMAX };
	const int values[] = { 3, 2, 0, 1 };
	siginfo_t si;

	block_all();
	for (int i = 0; i < 4; i++)
		queue(sent[i], i);
	for (int i = 0; i < 4; i++) {
		EQUALS(take(&si), come[i]);
		EQUALS(si.si_value.sival_int, values[i]);
	}
}

CLAIM("L17-37", "a child sends reports and ends: SIGCHLD comes before the "
      "reports, and all of them wait by then")
{
	sigset_t wanted;
	siginfo_t si;
	pid_t child;

	HOLDS(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGRTMIN);
	sigaddset(&wanted, SIGCHLD);
	HOLDS(sigprocmask(SIG_BLOCK, &wanted, NULL) == 0);
	child = fork();
	if (child == 0) {
		for (int i = 1; i <= 3; i++)
			if (sigqueue(getppid(), SIGRTMIN, (union sigval){ i }))
				_exit(1);
		_exit(0);
	}
	EQUALS(ends(child), 0);
	EQUALS(sigwaitinfo(&wanted, &si), SIGCHLD);
	for (int i = 1; i <= 3; i++) {
		EQUALS(sigwaitinfo(&wanted, &si), SIGRTMIN);
		EQUALS(si.si_value.sival_int, i);
	}
}

CLAIM("L17-06", "handlers run lowest first only if each one blocks the others")
{
	block_all();
	for (int i = 2; i >= 0; i--) {
		handle(SIGRTMIN + i, &set);
		queue(SIGRTMIN + i, i);
	}
	EQUALS(runs, 0);			/* all three wait */
	HOLDS(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	EQUALS(runs, 3);
	for (int i = 0; i < 3; i++)
		EQUALS(order[i], SIGRTMIN + i);
}

CLAIM("L17-07", "otherwise each one is interrupted by the next before its "
      "first line: the highest number's runs first")
{
	block_all();
	for (int i = 0; i < 3; i++) {
		handle(SIGRTMIN + i, NULL);
		queue(SIGRTMIN + i, i);
	}
	EQUALS(runs, 0);
	HOLDS(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	EQUALS(runs, 3);
#if !defined(__x86_64__) && !defined(__i386__)
	if (order[0] == SIGRTMIN)
		SKIP("this processor's kernel starts one handler at a time; "
		     "rely on no order without sa_mask");
#endif
	for (int i = 0; i < 3; i++)
		EQUALS(order[i], SIGRTMIN + 2 - i);
}

CLAIM("L17-08", "a standard signal carries a payload too: the first one's")
{
	siginfo_t si;

	block_all();
	for (int i = 41; i <= 42; i++) {
		queue(SIGUSR1, i);
		queue(SIGRTMIN, i);
	}
	EQUALS(take(&si), SIGUSR1);
	EQUALS(si.si_value.sival_int, 41);
	EQUALS(si.si_code, SI_QUEUE);
	for (int i = 41; i <= 42; i++) {	/* no second SIGUSR1 */
		EQUALS(take(&si), SIGRTMIN);
		EQUALS(si.si_value.sival_int, i);
	}
}

CLAIM("L17-09", "si_code: SI_QUEUE by sigqueue(), SI_USER by kill(); si_pid")
{
	siginfo_t si;
	pid_t child;

	block_all();
	child = fork();
	if (child == 0)
		_exit(sigqueue(getppid(), SIGRTMIN, (union sigval){ 1 }) ||
		      kill(getppid(), SIGRTMIN));
	EQUALS(ends(child), 0);
	EQUALS(take(&si), SIGRTMIN);
	HOLDS(si.si_code == SI_QUEUE && si.si_pid == child);
	EQUALS(si.si_uid, getuid());
	EQUALS(take(&si), SIGRTMIN);
	HOLDS(si.si_code == SI_USER && si.si_pid == child);
}

CLAIM("L17-10", "kill() of a realtime signal queues as well")
{
	siginfo_t si;

	block_all();
	for (int i = 0; i < 5; i++)
		HOLDS(kill(getpid(), SIGRTMIN) == 0);
	for (int i = 0; i < 5; i++) {
		EQUALS(take(&si), SIGRTMIN);
		EQUALS(si.si_code, SI_USER);	/* by kill() */
	}
	FAILS(take(&si), EAGAIN);
}

CLAIM("L17-11", "SIGRTMIN is 34 and SIGRTMAX 64 under glibc, which keeps 32 "
      "and 33 for itself")
{
	struct sigaction act = { .sa_handler = SIG_IGN };
	int got;

#ifndef __GLIBC__
	SKIP("this is not glibc; its SIGRTMIN is %d", SIGRTMIN);
#endif
	EQUALS(SIGRTMIN, 34);
	EQUALS(SIGRTMAX, 64);
	for (int sig = 32; sig <= 65; sig++) {
		/* The kernel knows 32 and 33, and none above 64. */
		EQUALS(syscall(SYS_rt_sigaction, sig, NULL, NULL, 8),
		       sig <= 64 ? 0 : -1);
		got = sigaction(sig, &act, NULL);
		EQUALS(got == 0 ? 0 : errno,
		       sig >= 34 && sig <= 64 ? 0 : EINVAL);
	}
}

CLAIM("L17-51", "SIGRTMIN is no constant: case SIGRTMIN does not compile")
{
	static const char source[] =
		"#include <signal.h>\n"
		"int f(int sig) { switch (sig) { case %s: return 1; } "
		"return 0; }\n";
	char text[256];

	snprintf(text, sizeof text, source, "SIGUSR1");
	EQUALS(compiles("-D_GNU_SOURCE", text), 1);
	snprintf(text, sizeof text, source, "SIGRTMIN");
	EQUALS(compiles("-D_GNU_SOURCE", text), 0);
}

CLAIM("L17-12", "a realtime signal without a handler kills")
{
	pid_t child;

	for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++) {
		child = fork();
		if (child == 0)
			_exit(raise(sig));
		EQUALS(ends(child), 128 + sig);
		handle(sig, NULL);
		HOLDS(raise(sig) == 0);		/* with one it does not */
		EQUALS(order[(runs - 1) & 7], sig);
	}
}

/*
 * Limits
 */

#define OTHERS "signals of others of this user came or went; run it again"

/* SigQ of /proc/self/status: pending now for this user, and the limit. */
static void pending_of_user(long long *pending, long long *limit)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[256];
	int found = 0;

	HOLDS(f != NULL);
	while (found != 2 && fgets(line, sizeof line, f))
		found = sscanf(line, "SigQ: %lld/%lld", pending, limit);
	fclose(f);
	EQUALS(found, 2);
}

/* 1 if nobody else's signals count from now on: from Linux 5.14 on a new user
 * namespace counts its own. Else others of this user may come and go. */
static int count_alone(void)
{
	return unshare(CLONE_NEWUSER) == 0 && kernel_version() >= 514;
}

/* Leave room for MORE, and queue until it fails: how many went in. If others
 * count as well, it need not be MORE. */
static int fill(int more)
{
	struct rlimit few;
	long long now, limit;
	int n = 0;

	pending_of_user(&now, &limit);
	few.rlim_cur = few.rlim_max = (rlim_t)now + (rlim_t)more;
	HOLDS(setrlimit(RLIMIT_SIGPENDING, &few) == 0);
	errno = 0;
	while (n < 10000 &&
	       sigqueue(getpid(), SIGRTMIN, (union sigval){ n }) == 0)
		n++;
	EQUALS(errno, EAGAIN);
	return n;
}

CLAIM("4-031 L17-13", "RLIMIT_SIGPENDING bounds what a user has pending: "
      "sigqueue() gives EAGAIN")
{
	const union sigval nine = { 9 };
	int n, status, alone = count_alone();
	siginfo_t si;
	pid_t other;

	block_all();
	n = fill(3);
	if (n != 3 && !alone)
		SKIP(OTHERS);
	EQUALS(n, 3);
	FAILS(sigqueue(getpid(), SIGRTMIN, nine), EAGAIN);
	other = fork();
	if (other == 0)
		_exit(sigwaitinfo(&set, &si) == SIGRTMIN ?
		      si.si_value.sival_int : 1);
	/* Nothing waits for this process. It is the user who has too many. */
	HOLDS(blocks(other));
	FAILS(sigqueue(other, SIGRTMIN, nine), EAGAIN);
	EQUALS(taken(SIGRTMIN), n);
	status = sigqueue(other, SIGRTMIN, nine);
	if (status == -1 && !alone)
		SKIP(OTHERS);
	EQUALS(status, 0);
	EQUALS(ends(other), 9);
}

static void kill_myself_five_times(void)
{
	for (int i = 0; i < 5; i++)
		HOLDS(kill(getpid(), SIGRTMIN) == 0);
}

CLAIM("L17-14", "when it is full, kill() still succeeds, but merges: of many "
      "one more arrives, and it does not say who sent it")
{
	int n, alone = count_alone();
	siginfo_t si;

	block_all();
	kill_myself_five_times();
	EQUALS(taken(SIGRTMIN), 5);
	n = fill(0);
	if (n != 0 && !alone)
		SKIP(OTHERS);
	EQUALS(n, 0);
	kill_myself_five_times();
	EQUALS(take(&si), SIGRTMIN);
	if (si.si_pid != 0 && !alone)
		SKIP(OTHERS);		/* there was room again */
	EQUALS(si.si_pid, 0);
	FAILS(take(&si), EAGAIN);
}

CLAIM("L17-15", "/proc/PID/status shows it: SigQ, pending and limit")
{
	long long pending = -1, most = -1;
	int alone = count_alone();
	struct rlimit limit;

	block_all();
	for (int i = 0; i < 4; i++)
		queue(SIGRTMIN, i);
	HOLDS(getrlimit(RLIMIT_SIGPENDING, &limit) == 0);
	limit.rlim_cur--;		/* a number that nobody else has */
	HOLDS(setrlimit(RLIMIT_SIGPENDING, &limit) == 0);
	pending_of_user(&pending, &most);
	HOLDS(alone ? pending == 4 : pending >= 4);
	HOLDS((rlim_t)most == limit.rlim_cur);
}

CLAIM("L17-38", "when it is full, sigqueue() of a standard signal returns 0; "
      "the signal comes, but its value and its sender are lost")
{
	struct rlimit none = { 0, 0 };
	siginfo_t si;

	block_all();
	queue(SIGUSR1, 41);
	EQUALS(take(&si), SIGUSR1);
	EQUALS(si.si_value.sival_int, 41);
	HOLDS(setrlimit(RLIMIT_SIGPENDING, &none) == 0);
	queue(SIGUSR1, 42);
	EQUALS(take(&si), SIGUSR1);
	EQUALS(si.si_value.sival_int, 0);
	EQUALS(si.si_code, SI_USER);
	EQUALS(si.si_pid, 0);
}

CLAIM("L17-39", "the receiver's limit counts, not the sender's: EAGAIN")
{
	struct rlimit none = { 0, 0 };
	union sigval seven = { 7 };
	siginfo_t si;
	int told[2];
	pid_t child;

	HOLDS(pipe(told) == 0);
	block_all();
	child = fork();
	if (child == 0) {
		HOLDS(setrlimit(RLIMIT_SIGPENDING, &none) == 0);
		EQUALS(sigqueue(getppid(), SIGRTMIN, seven), 0);
		HOLDS(write(told[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	HOLDS(read(told[0], &(char){ 0 }, 1) == 1);
	EQUALS(take(&si), SIGRTMIN);
	EQUALS(si.si_value.sival_int, 7);
	FAILS(sigqueue(child, SIGRTMIN, seven), EAGAIN);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
}

/*
 * Taking them without a handler
 */

static long long now_ns(void)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

CLAIM("L17-16", "sigtimedwait() gives EAGAIN when the time is over, not "
      "before; a time of 0 only looks; a wrong one is EINVAL")
{
	struct timespec ms = { 0, 20 * 1000000 }, edge = { 60, 0 };
	struct itimerval never = { .it_value.tv_usec = 0 };
	struct itimerval often = { .it_value.tv_usec = 10000,
				   .it_interval.tv_usec = 10000 };
	long long begin;

	block_all();
	handle(SIGALRM, NULL);			/* it ends whatever waits */
	HOLDS(setitimer(ITIMER_REAL, &often, NULL) == 0);
	FAILS(sigtimedwait(&set, NULL, &edge), EINTR);
	FAILS(take(NULL), EAGAIN);		/* so this does not wait */
	HOLDS(setitimer(ITIMER_REAL, &never, NULL) == 0);
	begin = now_ns();
	FAILS(sigtimedwait(&set, NULL, &ms), EAGAIN);
	HOLDS(now_ns() - begin >= 20 * 1000000);
	queue(SIGRTMIN, 1);
	edge = (struct timespec){ 0, 999999999 };
	edge.tv_nsec++;
	FAILS(sigtimedwait(&set, NULL, &edge), EINVAL);
	edge.tv_nsec = -1;
	FAILS(sigtimedwait(&set, NULL, &edge), EINVAL);
	edge = (struct timespec){ -1, 0 };
	FAILS(sigtimedwait(&set, NULL, &edge), EINVAL);
	edge = (struct timespec){ 0, 999999999 };
	EQUALS(sigtimedwait(&set, NULL, &edge), SIGRTMIN);
}

CLAIM("L17-17", "sigwaitinfo() waits until one comes, and returns its number")
{
	siginfo_t si;
	pid_t child;

	block_all();
	child = fork();
	if (child == 0)
		_exit(sigwaitinfo(&set, &si) == SIGRTMIN + 1 ?
		      si.si_value.sival_int : 1);
	HOLDS(blocks(child));
	HOLDS(sigqueue(child, SIGRTMIN + 1, (union sigval){ 77 }) == 0);
	EQUALS(ends(child), 77);
}

CLAIM("L17-18", "one that is not blocked does not wait to be taken: it kills")
{
	siginfo_t si;
	pid_t child;

	block_all();
	child = fork();
	if (child == 0) {
		HOLDS(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
		raise(SIGRTMIN);		/* too early for: */
		_exit(sigwaitinfo(&set, &si) != SIGRTMIN);
	}
	EQUALS(ends(child), 128 + SIGRTMIN);
}

CLAIM("L17-19", "a blocked one is kept even if it is ignored, and can be taken")
{
	struct sigaction now;

	block_all();
	HOLDS(signal(SIGRTMIN, SIG_IGN) != SIG_ERR);
	queue(SIGRTMIN, 1);
	HOLDS(sigaction(SIGRTMIN, NULL, &now) == 0);
	HOLDS(now.sa_handler == SIG_IGN);
	EQUALS(taken(SIGRTMIN), 1);
}

/* A child ends while SIGCHLD is blocked, with this action for it: does the
 * signal wait? 1 or 0 */
static int sigchld_waits(void (*action)(int))
{
	sigset_t only;
	siginfo_t si;

	sigemptyset(&only);
	sigaddset(&only, SIGCHLD);
	HOLDS(sigprocmask(SIG_BLOCK, &only, NULL) == 0);
	HOLDS(signal(SIGCHLD, action) != SIG_ERR);
	if (fork() == 0)
		_exit(0);
	ends(-1);	/* also where no zombie stays: ECHILD */
	if (sigtimedwait(&only, &si, &(struct timespec){ 0, 0 }) == SIGCHLD)
		return 1;
	EQUALS(errno, EAGAIN);
	return 0;
}

CLAIM("L17-46", "a blocked SIGCHLD waits if its action is SIG_DFL; if it is "
      "SIG_IGN, the end of a child sends none, and exec keeps SIG_IGN")
{
	/* The bit of signal 17, SIGCHLD, in a hexadecimal number */
	static const char ignored[] = "^SigIgn:.*[13579bdf][0-9a-f]{4}$";

	EQUALS(SIGCHLD, 17);
	for (int i = 1; i >= 0; i--)
		EQUALS(sigchld_waits(i ? SIG_IGN : SIG_DFL), !i);
	for (int i = 0; i <= 1; i++) {
		pid_t child = fork();

		if (child == 0) {
			signal(SIGCHLD, i ? SIG_IGN : SIG_DFL);
			execlp("grep", "grep", "-qE", ignored,
			       "/proc/self/status", (char *)NULL);
			_exit(127);
		}
		EQUALS(ends(child), i ? 0 : 1);
	}
}

CLAIM("L17-20", "sigwait() returns 0 and stores the number; a handler of "
      "another signal does not end it")
{
	pid_t child;
	int told[2], sig = 0;

	HOLDS(pipe(told) == 0);
	child = fork();
	if (child == 0) {
		block_all();
		handle(SIGHUP, NULL);		/* not in the set */
		HOLDS(write(told[1], "x", 1) == 1);
		EQUALS(sigwait(&set, &sig), 0);
		EQUALS(runs, 1);
		_exit(sig == SIGRTMIN + 1 ? 0 : 1);
	}
	HOLDS(read(told[0], &(char){ 0 }, 1) == 1);
	HOLDS(blocks(child));
	HOLDS(kill(child, SIGHUP) == 0);
	HOLDS(blocks(child));
	HOLDS(kill(child, SIGRTMIN + 1) == 0);
	EQUALS(ends(child), 0);
}

/* A child waits for SIG alone, and gets it: how it ends. */
static int waits_for(int sig)
{
	sigset_t only;
	pid_t child = fork();

	if (child == 0) {
		sigemptyset(&only);
		sigaddset(&only, sig);
		HOLDS(sigprocmask(SIG_BLOCK, &only, NULL) == 0);
		_exit(sigwaitinfo(&only, NULL));
	}
	HOLDS(blocks(child));
	HOLDS(kill(child, sig) == 0);
	return ends(child);
}

CLAIM("L17-21", "SIGKILL cannot be waited for: the set may name it in vain")
{
	EQUALS(waits_for(SIGTERM), SIGTERM);
	EQUALS(waits_for(SIGKILL), 128 + SIGKILL);
}

CLAIM("L17-22", "exec keeps the mask, and every signal that waits with its "
      "value")
{
	struct __ptrace_peeksiginfo_args all = {
		.off = 0, .flags = PTRACE_PEEKSIGINFO_SHARED, .nr = 8 };
	siginfo_t waits[8];
	sigset_t mask = { 0 };
	int status;
	pid_t child = fork();

	if (child == 0) {
		block_all();
		for (int i = 0; i < 3; i++)
			queue(SIGRTMIN, 10 + i);
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1)
			SKIP("ptrace() is not allowed here (%s)",
			     errno_name(errno));
		execlp("true", "true", (char *)NULL);
		_exit(127);
	}
	/* The new program stops at its first instruction. */
	EQUALS(waitpid(child, &status, 0), child);
	if (!WIFSTOPPED(status)) {
		if (WEXITSTATUS(status) == CLAIM_SKIPPED)
			SKIP("ptrace() is not allowed here");
		claim_fail(__FILE__, __LINE__, "the child has ended");
	}
	EQUALS(WSTOPSIG(status), SIGTRAP);
	EQUALS(ptrace(PTRACE_PEEKSIGINFO, child, &all, waits), 3);
	for (int i = 0; i < 3; i++) {
		EQUALS(waits[i].si_signo, SIGRTMIN);
		EQUALS(waits[i].si_value.sival_int, 10 + i);
	}
	HOLDS(ptrace(PTRACE_GETSIGMASK, child, (void *)8, &mask) == 0);
	EQUALS(sigismember(&mask, SIGRTMIN), 1);
	EQUALS(sigismember(&mask, SIGHUP), 0);
	HOLDS(ptrace(PTRACE_CONT, child, NULL, NULL) == 0);
	EQUALS(ends(child), 0);
}

CLAIM("L17-23", "a child of fork begins with an empty queue")
{
	pid_t child;

	block_all();
	queue(SIGRTMIN, 1);
	child = fork();
	if (child == 0) {
		queue(SIGRTMIN, 2);
		_exit(taken(SIGRTMIN));
	}
	EQUALS(ends(child), 1);			/* its own */
	EQUALS(taken(SIGRTMIN), 1);
}

/*
 * signalfd
 */

CLAIM("L17-24", "signalfd: each signal is a struct of 128 bytes, and a read() "
      "brings as many as are there and fit, never a part of one")
{
	struct signalfd_siginfo si[4];
	int fd;

	block_all();
	fd = open_fd(0);
	EQUALS(sizeof *si, 128);
	for (int i = 0; i < 6; i++)
		queue(SIGRTMIN, 10 + i);
	EQUALS(read(fd, si, sizeof si), 4 * sizeof *si);
	for (int i = 0; i < 4; i++)
		EQUALS(si[i].ssi_int, 10 + i);
	EQUALS(read(fd, si, 2 * sizeof *si - 1), sizeof *si);	/* no part */
	EQUALS(si[0].ssi_int, 14);
	EQUALS(read(fd, si, sizeof si), sizeof *si);
	EQUALS(si[0].ssi_int, 15);
}

CLAIM("L17-25", "ssi_signo, ssi_code, ssi_pid, ssi_uid, ssi_int, ssi_ptr")
{
	const uintptr_t bytes = (uintptr_t)0x1122334455667788ull;
	union sigval whole = { .sival_ptr = (void *)bytes };
	struct signalfd_siginfo si;
	pid_t child;
	int fd;

	memset(&si, 0xff, sizeof si);
	block_all();
	fd = open_fd(0);
	child = fork();
	if (child == 0)
		_exit(sigqueue(getppid(), SIGRTMIN + 3, whole) != 0);
	EQUALS(ends(child), 0);
	EQUALS(read(fd, &si, sizeof si), sizeof si);
	EQUALS(si.ssi_signo, SIGRTMIN + 3);
	EQUALS(si.ssi_code, SI_QUEUE);
	EQUALS(si.ssi_pid, child);
	EQUALS(si.ssi_uid, getuid());
	EQUALS(si.ssi_int, whole.sival_int);
	EQUALS((uintptr_t)si.ssi_ptr, bytes);
}

CLAIM("L17-26", "SFD_NONBLOCK: EAGAIN when none is there; too small a buffer: "
      "EINVAL; SFD_CLOEXEC")
{
	struct signalfd_siginfo si;
	int fd;

	block_all();
	fd = open_fd(SFD_NONBLOCK | SFD_CLOEXEC);
	FAILS(read(fd, &si, sizeof si), EAGAIN);
	queue(SIGRTMIN, 1);
	FAILS(read(fd, &si, sizeof si - 1), EINVAL);
	EQUALS(read(fd, &si, sizeof si), sizeof si);	/* it was not lost */
	EQUALS(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

/* Is there something to be read at P, now? */
static int poll_one(struct pollfd *p)
{
	return poll(p, 1, 0);
}

CLAIM("L17-27", "poll() says when there is something to read")
{
	struct pollfd p = { .events = POLLIN };

	block_all();
	p.fd = open_fd(0);
	EQUALS(poll_one(&p), 0);
	queue(SIGUSR1, 1);
	EQUALS(poll_one(&p), 1);
	EQUALS(p.revents, POLLIN);
	EQUALS(taken(SIGUSR1), 1);		/* taken another way */
	EQUALS(poll_one(&p), 0);
}

CLAIM("L17-28", "read() waits for the next one")
{
	struct signalfd_siginfo si;
	pid_t child;
	int fd;

	block_all();
	fd = open_fd(0);
	child = fork();
	if (child == 0)
		_exit(read(fd, &si, sizeof si) == sizeof si ? si.ssi_int : 1);
	HOLDS(blocks(child));
	HOLDS(sigqueue(child, SIGRTMIN, (union sigval){ 55 }) == 0);
	EQUALS(ends(child), 55);
}

CLAIM("L17-29", "a child reads its own signals from the fd it inherited")
{
	struct signalfd_siginfo si;
	pid_t child;
	int fd;

	block_all();
	fd = open_fd(SFD_NONBLOCK);
	queue(SIGRTMIN, 1);
	child = fork();
	if (child == 0) {
		FAILS(read(fd, &si, sizeof si), EAGAIN);
		queue(SIGRTMIN, 2);
		HOLDS(read(fd, &si, sizeof si) == sizeof si);
		_exit(si.ssi_int == 2 ? 0 : 1);
	}
	EQUALS(ends(child), 0);
	EQUALS(read(fd, &si, sizeof si), sizeof si);
	EQUALS(si.ssi_int, 1);
}

CLAIM("L17-30", "without blocking, the handler takes it, and the fd is empty")
{
	struct signalfd_siginfo si;
	int fd;

	block_all();
	fd = open_fd(SFD_NONBLOCK);
	handle(SIGRTMIN, NULL);
	queue(SIGRTMIN, 1);
	EQUALS(read(fd, &si, sizeof si), sizeof si);	/* blocked */
	EQUALS(runs, 0);
	HOLDS(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	queue(SIGRTMIN, 1);
	EQUALS(runs, 1);
	FAILS(read(fd, &si, sizeof si), EAGAIN);
}

/* The signals of signalfd FD, as fdinfo has them: proc(5). */
static unsigned long long mask_of(int fd)
{
	unsigned long long mask = 0;
	char path[64], line[128];
	int found = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	HOLDS(f != NULL);
	while (!found && fgets(line, sizeof line, f))
		found = sscanf(line, "sigmask: %llx", &mask) == 1;
	fclose(f);
	HOLDS(found);
	return mask;
}

CLAIM("L17-31", "signalfd(fd, set): another set for the same descriptor; "
      "SIGKILL in it is passed over; EINVAL no signalfd or an unknown flag, "
      "EBADF not open, EMFILE none is free")
{
	struct signalfd_siginfo si;
	sigset_t other;
	int fd;

	block_all();
	fd = open_fd(SFD_NONBLOCK);
	sigemptyset(&other);
	sigaddset(&other, SIGUSR2);
	sigaddset(&other, SIGKILL);
	sigaddset(&other, SIGSTOP);
	EQUALS(signalfd(fd, &other, 0), fd);
	HOLDS(sigismember(&other, SIGKILL) && sigismember(&other, SIGSTOP));
	EQUALS(mask_of(fd), 1ull << (SIGUSR2 - 1));
	queue(SIGUSR1, 1);
	FAILS(read(fd, &si, sizeof si), EAGAIN);
	EQUALS(taken(SIGUSR1), 1);		/* it was there */
	queue(SIGUSR2, 2);
	EQUALS(read(fd, &si, sizeof si), sizeof si);
	EQUALS(si.ssi_signo, SIGUSR2);
	FAILS(signalfd(0, &other, 0), EINVAL);	/* no signalfd */
	FAILS(signalfd(999, &other, 0), EBADF);
	FAILS(signalfd(-1, &other, 1), EINVAL);	/* no such flag */
	HOLDS(signalfd(-1, &other, 0) != -1);
	HOLDS(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 0, 0 }) == 0);
	FAILS(signalfd(-1, &other, 0), EMFILE);
}

CLAIM("L17-44", "parent and child share the set of the descriptor: the child's "
      "signalfd(fd, other) changes the parent's; the signal still waits")
{
	struct signalfd_siginfo si;
	sigset_t other;
	pid_t child;
	int fd;

	block_all();
	fd = open_fd(SFD_NONBLOCK);
	sigemptyset(&other);
	sigaddset(&other, SIGUSR2);
	for (int own = 1; own >= 0; own--) {
		queue(SIGRTMIN, 1);
		child = fork();
		if (child == 0)
			_exit(signalfd(own ? -1 : fd, &other, 0) == -1);
		EQUALS(ends(child), 0);
		if (own)
			EQUALS(read(fd, &si, sizeof si), sizeof si);
	}
	FAILS(read(fd, &si, sizeof si), EAGAIN);
	EQUALS(taken(SIGRTMIN), 1);
}

CLAIM("L17-45", "epoll tells of the signals of the process that has added the "
      "descriptor: after fork() the child needs a set of its own")
{
	struct epoll_event what = { .events = EPOLLIN }, got;
	struct signalfd_siginfo si;
	pid_t child;
	int fd, epoll, own;

	block_all();
	fd = open_fd(SFD_NONBLOCK);
	epoll = epoll_create1(0);
	HOLDS(epoll != -1);
	HOLDS(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &what) == 0);
	child = fork();
	if (child == 0) {
		queue(SIGRTMIN, 1);
		EQUALS(epoll_wait(epoll, &got, 1, 0), 0);
		own = epoll_create1(0);
		HOLDS(own != -1);
		HOLDS(epoll_ctl(own, EPOLL_CTL_ADD, fd, &what) == 0);
		EQUALS(epoll_wait(own, &got, 1, 0), 1);
		EQUALS(read(fd, &si, sizeof si), sizeof si);
		_exit(0);
	}
	EQUALS(ends(child), 0);
	queue(SIGRTMIN, 1);
	EQUALS(epoll_wait(epoll, &got, 1, 0), 1);
}

/* In a child: read one signal from a signalfd that sleeps. Says over a pipe
 * that it is about to. Exits with the value and 10 for each handler that has
 * run, or with 100 + errno. */
static pid_t start_reader(int flags)
{
	struct sigaction act = { .sa_sigaction = keep,
				 .sa_flags = SA_SIGINFO | flags };
	struct signalfd_siginfo si;
	int told[2];
	pid_t child;
	int fd;

	HOLDS(pipe(told) == 0);
	child = fork();
	if (child == 0) {
		block_all();
		HOLDS(sigaction(SIGHUP, &act, NULL) == 0);
		fd = open_fd(0);
		HOLDS(write(told[1], "x", 1) == 1);
		if (read(fd, &si, sizeof si) == -1)
			_exit(100 + errno);
		_exit(si.ssi_int + 10 * runs);
	}
	HOLDS(read(told[0], &(char){ 0 }, 1) == 1);
	HOLDS(blocks(child));
	return child;
}

CLAIM("L17-47", "a stop and a continue do not end the read() of a signalfd")
{
	union sigval seven = { 7 };
	pid_t child = start_reader(0);
	int status;

	HOLDS(kill(child, SIGSTOP) == 0);
	EQUALS(waitpid(child, &status, WUNTRACED), child);
	HOLDS(WIFSTOPPED(status));
	HOLDS(kill(child, SIGCONT) == 0);
	EQUALS(waitpid(child, &status, WCONTINUED), child);
	HOLDS(WIFCONTINUED(status));
	HOLDS(blocks(child));
	HOLDS(sigqueue(child, SIGRTMIN, seven) == 0);
	EQUALS(ends(child), 7);
}

CLAIM("L17-50", "a handler ends the read() of a signalfd with EINTR; with "
      "SA_RESTART it goes on")
{
	union sigval seven = { 7 };
	pid_t child = start_reader(0);

	HOLDS(kill(child, SIGHUP) == 0);
	EQUALS(ends(child), 100 + EINTR);
	child = start_reader(SA_RESTART);
	HOLDS(kill(child, SIGHUP) == 0);
	HOLDS(blocks(child));
	HOLDS(sigqueue(child, SIGRTMIN, seven) == 0);
	EQUALS(ends(child), 17);
}

CLAIM("L17-48", "sigqueue() does not wait for a receiver that is stopped: its "
      "signals wait, all of them")
{
	union sigval number = { 0 };
	siginfo_t si;
	pid_t child;
	int status;

	block_all();
	child = fork();
	if (child == 0) {
		raise(SIGSTOP);
		for (int i = 1; i <= 3; i++) {
			EQUALS(take(&si), SIGRTMIN);
			EQUALS(si.si_value.sival_int, i);
		}
		_exit(0);
	}
	EQUALS(waitpid(child, &status, WUNTRACED), child);
	HOLDS(WIFSTOPPED(status));
	for (int i = 1; i <= 3; i++) {
		number.sival_int = i;
		EQUALS(sigqueue(child, SIGRTMIN, number), 0);
	}
	HOLDS(kill(child, SIGCONT) == 0);
	EQUALS(ends(child), 0);
}

CLAIM("L17-49", "SIGCHLD comes for a stop and a continue, too: then waitpid() "
      "with WNOHANG returns 0")
{
	sigset_t only;
	siginfo_t si;
	int status;
	pid_t child;

	sigemptyset(&only);
	sigaddset(&only, SIGCHLD);
	HOLDS(sigprocmask(SIG_BLOCK, &only, NULL) == 0);
	HOLDS(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
	child = fork();
	if (child == 0)
		for (;;)
			pause();
	HOLDS(kill(child, SIGSTOP) == 0);
	EQUALS(sigwaitinfo(&only, &si), SIGCHLD);
	EQUALS(si.si_code, CLD_STOPPED);
	EQUALS(waitpid(child, &status, WNOHANG), 0);
	HOLDS(kill(child, SIGCONT) == 0);
	EQUALS(sigwaitinfo(&only, &si), SIGCHLD);
	EQUALS(si.si_code, CLD_CONTINUED);
	EQUALS(waitpid(child, &status, WNOHANG), 0);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(sigwaitinfo(&only, &si), SIGCHLD);
	EQUALS(waitpid(child, &status, WNOHANG), child);
	HOLDS(WIFSIGNALED(status));
}

/*
 * Threads
 */

static int thread_runs[2], thread_go[2], thread_fd;

static void *only_sleep(void *arg)
{
	HOLDS(write(thread_runs[1], "x", 1) == 1);
	for (;;)
		pause();
	return arg;
}

/* Read the signalfd once, when told to: the value, or -errno. */
static void *read_once(void *arg)
{
	struct signalfd_siginfo si;
	ssize_t n;

	HOLDS(write(thread_runs[1], "x", 1) == 1);
	HOLDS(read(thread_go[0], &(char){ 0 }, 1) == 1);
	n = read(thread_fd, &si, sizeof si);
	*(int *)arg = n == -1 ? -errno : si.ssi_int;
	return NULL;
}

static pthread_t start_thread(void *(*what)(void *), void *arg)
{
	pthread_t thread;

	HOLDS(pipe(thread_runs) == 0 && pipe(thread_go) == 0);
	EQUALS(pthread_create(&thread, NULL, what, arg), 0);
	HOLDS(read(thread_runs[0], &(char){ 0 }, 1) == 1);
	return thread;
}

CLAIM("L17-41", "a signal to the process goes to a thread that does not block "
      "it, and kills there, though another thread has a signalfd for it")
{
	struct signalfd_siginfo si;
	pid_t child;
	int fd;

	for (int blocked_first = 0; blocked_first <= 1; blocked_first++) {
		child = fork();
		if (child == 0) {
			if (blocked_first)
				block_all();
			start_thread(only_sleep, NULL);
			block_all();
			HOLDS(sigprocmask(SIG_BLOCK, NULL, &old) == 0);
			HOLDS(sigismember(&old, SIGRTMIN));
			fd = open_fd(0);
			queue(SIGRTMIN, 7);
			_exit(read(fd, &si, sizeof si) == sizeof si ?
			      si.ssi_int : 1);
		}
		EQUALS(ends(child), blocked_first ? 7 : 128 + SIGRTMIN);
	}
}

CLAIM("L17-42", "if all threads block it, it waits, and whichever thread reads "
      "the signalfd first takes it")
{
	struct signalfd_siginfo si;
	pthread_t thread;
	int got = 0;

	block_all();
	thread_fd = open_fd(SFD_NONBLOCK);
	thread = start_thread(read_once, &got);
	queue(SIGRTMIN, 7);
	HOLDS(write(thread_go[1], "x", 1) == 1);
	EQUALS(pthread_join(thread, NULL), 0);
	EQUALS(got, 7);
	FAILS(read(thread_fd, &si, sizeof si), EAGAIN);

	thread = start_thread(read_once, &got);
	queue(SIGRTMIN, 8);
	EQUALS(read(thread_fd, &si, sizeof si), sizeof si);
	EQUALS(si.ssi_int, 8);
	HOLDS(write(thread_go[1], "x", 1) == 1);
	EQUALS(pthread_join(thread, NULL), 0);
	EQUALS(got, -EAGAIN);
}

CLAIM("L17-43", "a signal that was sent to one thread waits for that thread: "
      "another one does not read it from the same signalfd (EAGAIN)")
{
	struct signalfd_siginfo si;
	pthread_t thread;
	int got = -1;

	block_all();
	thread_fd = open_fd(SFD_NONBLOCK);
	thread = start_thread(read_once, &got);
	EQUALS(pthread_kill(thread, SIGRTMIN), 0);
	FAILS(read(thread_fd, &si, sizeof si), EAGAIN);
	HOLDS(write(thread_go[1], "x", 1) == 1);
	EQUALS(pthread_join(thread, NULL), 0);
	EQUALS(got, 0);			/* it brings no value */

#ifdef __GLIBC__
	thread = start_thread(read_once, &got);
	EQUALS(pthread_sigqueue(thread, SIGRTMIN, (union sigval){ 5 }), 0);
	FAILS(read(thread_fd, &si, sizeof si), EAGAIN);
	HOLDS(write(thread_go[1], "x", 1) == 1);
	EQUALS(pthread_join(thread, NULL), 0);
	EQUALS(got, 5);
#endif
}

/*
 * Sending
 */

CLAIM("L17-40", "with SI_QUEUE si_pid and si_uid are what the sender has "
      "written there; with SI_USER it cannot lie: EPERM")
{
	siginfo_t lie = { .si_code = SI_QUEUE }, si;
	pid_t child;

	block_all();
	lie.si_pid = 1;
	lie.si_uid = 4711;
	child = fork();
	if (child == 0) {
		EQUALS(syscall(SYS_rt_sigqueueinfo, getppid(), SIGRTMIN, &lie),
		       0);
		lie.si_code = SI_USER;
		FAILS(syscall(SYS_rt_sigqueueinfo, getppid(), SIGRTMIN, &lie),
		      EPERM);
		_exit(0);
	}
	EQUALS(ends(child), 0);
	EQUALS(take(&si), SIGRTMIN);
	EQUALS(si.si_code, SI_QUEUE);
	EQUALS(si.si_pid, 1);
	EQUALS(si.si_uid, 4711);
	FAILS(take(&si), EAGAIN);
}

CLAIM("L17-32", "sigqueue() with 0 sends nothing and asks: 0 for a zombie, "
      "ESRCH when nobody has the number, EINVAL no such signal")
{
	const union sigval none = { 0 };
	siginfo_t si;
	pid_t child = fork();

	if (child == 0)
		for (;;)
			pause();
	EQUALS(sigqueue(child, 0, none), 0);
	HOLDS(blocks(child));			/* it has heard nothing */
	EQUALS(sigqueue(child, SIGRTMAX, none), 0);
	HOLDS(waitid(P_PID, (id_t)child, &si, WEXITED | WNOWAIT) == 0);
	EQUALS(sigqueue(child, 0, none), 0);
	FAILS(sigqueue(child, SIGRTMAX + 1, none), EINVAL);
	EQUALS(ends(child), 128 + SIGRTMAX);
	FAILS(sigqueue(child, 0, none), ESRCH);
}

CLAIM("L17-33", "one process only: a process group, as for kill(), is ESRCH")
{
	const union sigval none = { 0 };

	EQUALS(getpgrp(), getpid());
	FAILS(sigqueue(-getpgrp(), 0, none), ESRCH);
	EQUALS(kill(-getpgrp(), 0), 0);
	EQUALS(sigqueue(getpgrp(), 0, none), 0);	/* the process */
}

CLAIM("L17-34", "who may not: EPERM")
{
	union sigval none = { 0 };
	pid_t child = fork();

	if (child == 0) {
		EQUALS(sigqueue(getppid(), 0, none), 0);
		if (geteuid() == 0 && setuid(65534) == 0)
			_exit(sigqueue(getppid(), 0, none) ? errno : 200);
		_exit(sigqueue(1, 0, none) ? errno : 0);
	}
	switch (ends(child)) {
	case EPERM: break;
	case 0: SKIP("all processes here are this user's; run it with -B "
		     "as an ordinary user");
	default: claim_fail(__FILE__, __LINE__, "not EPERM");
	}
}

CLAIM("L17-35", "a timer sends a value too: SI_TIMER; if it runs out again "
      "while its signal waits, si_overrun counts that")
{
	struct sigevent how = { .sigev_notify = SIGEV_SIGNAL,
				.sigev_signo = SIGRTMIN,
				.sigev_value.sival_int = 31 };
	struct itimerspec once = { .it_value = { 0, 1 } };
	struct itimerspec often = { .it_value = { 0, 1 },
				    .it_interval = { 0, 1000000 } };
	long long begin;
	siginfo_t si;
	timer_t t;

	block_all();
	EQUALS(timer_create(CLOCK_MONOTONIC, &how, &t), 0);
	EQUALS(timer_settime(t, 0, &once, NULL), 0);
	EQUALS(sigwaitinfo(&set, &si), SIGRTMIN);
	EQUALS(si.si_code, SI_TIMER);
	EQUALS(si.si_value.sival_int, 31);
	EQUALS(si.si_overrun, 0);
	EQUALS(timer_settime(t, 0, &often, NULL), 0);
	for (begin = now_ns(); now_ns() - begin < 10 * 1000000; )
		;
	EQUALS(sigwaitinfo(&set, &si), SIGRTMIN);
	HOLDS(si.si_overrun >= 5);
	EQUALS(timer_delete(t), 0);
}

CLAIM("L17-36", "a pidfd names the process itself: once it is reaped, ESRCH "
      "for ever, whoever gets its number")
{
	const char *last = "/proc/sys/kernel/ns_last_pid";
	pid_t child = fork(), heir;
	FILE *f;
	long fd;

	if (child == 0)
		for (;;)
			pause();
	fd = syscall(SYS_pidfd_open, child, 0);
	if (fd == -1 && errno == ENOSYS)
		SKIP("no pidfd here; Linux 5.3 and later have it");
	HOLDS(fd != -1);
	EQUALS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0), 0);
	EQUALS(ends(child), 128 + SIGTERM);
	FAILS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0), ESRCH);

	/* The next process gets the same number, if nobody else is as quick. */
	for (int tries = 0; tries < 100; tries++) {
		f = fopen(last, "we");
		if (!f || fprintf(f, "%d", child - 1) < 0 || fclose(f) == EOF)
			SKIP("nobody may choose a process id here (%s); as root"
			     " in a pid namespace: unshare -pf --mount-proc",
			     errno_name(errno));
		heir = fork();
		if (heir == 0)
			for (;;)
				pause();
		if (heir == child)
			FAILS(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL,
				      0), ESRCH);
		HOLDS(blocks(heir));		/* it has heard nothing */
		HOLDS(kill(heir, SIGKILL) == 0);
		EQUALS(ends(heir), 128 + SIGKILL);
		if (heir == child)
			return;
	}
	SKIP("others start processes all the time here; run it again");
}
