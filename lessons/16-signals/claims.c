/*
 * claims - what the notes say about signals, executed
 *
 * Ids are rows of docs/claims.tsv; L16-.. are claims of this course.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

/* Volatile: a compiler that sees no handler being called keeps copies. */
static volatile sig_atomic_t runs;

static void count(int sig)
{
	(void)sig;
	runs++;
}

static void handle(int sig, void (*handler)(int), int flags)
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = flags };

	HOLDS(sigaction(sig, &act, NULL) == 0);
}

/* Block SIG, and return the mask of before. */
static sigset_t block(int sig)
{
	sigset_t set, old;

	sigemptyset(&set);
	sigaddset(&set, sig);
	HOLDS(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	return old;
}

static void set_mask(sigset_t mask)
{
	HOLDS(sigprocmask(SIG_SETMASK, &mask, NULL) == 0);
}

static int is_pending(int sig)
{
	sigset_t set;

	HOLDS(sigpending(&set) == 0);
	return sigismember(&set, sig);
}

/* A line of /proc/PID/status, such as "SigBlk:", as 64 bits. */
static int has(FILE *status, const char *field, int sig)
{
	char line[256];

	while (status && fgets(line, sizeof line, status))
		if (strncmp(line, field, strlen(field)) == 0) {
			uint64_t bits = strtoull(line + strlen(field), NULL,
						 16);

			fclose(status);
			return bits >> (sig - 1) & 1;
		}
	claim_fail(__FILE__, __LINE__, "no %s in /proc/PID/status", field);
}

static int execs;

/* The same of a program that a child becomes by exec, after SETUP. */
static int has_after_exec(void (*setup)(void), const char *field, int sig)
{
	pid_t child;
	int fd[2], found;

	execs++;
	HOLDS(pipe(fd) == 0);
	child = fork();
	if (child == 0) {
		dup2(fd[1], STDOUT_FILENO);
		setup();
		execlp("cat", "cat", "/proc/self/status", (char *)NULL);
		_exit(127);
	}
	close(fd[1]);
	found = has(fdopen(fd[0], "r"), field, sig);
	EQUALS(ends(child), 0);
	return found;
}

/* What becomes of a waiting CALL when a handler has run: RESTARTS if it
 * waits again, or the errno with which it ends. */
enum { RESTARTS = 0, NO_ERROR = 200 };
static int heard[2];

/* The number of the signal goes into the pipe: so it was the handler. */
static void tell(int sig)
{
	int err = errno;
	char byte = (char)sig;

	if (write(heard[1], &byte, 1) != 1)
		abort();
	errno = err;
}

/* Wait until CHILD sleeps: how often has it gone to sleep so far? */
static long sleeps_until_now(pid_t child)
{
	const char *field = "voluntary_ctxt_switches:";
	char path[64], line[256];
	long n = -1;
	FILE *f;

	HOLDS(blocks(child));
	snprintf(path, sizeof path, "/proc/%d/status", (int)child);
	f = fopen(path, "r");
	HOLDS(f != NULL);
	while (n == -1 && fgets(line, sizeof line, f))
		if (strncmp(line, field, strlen(field)) == 0)
			n = atol(line + strlen(field));
	fclose(f);
	HOLDS(n != -1);
	return n;
}

/* Was the last handler of after_handler() set with SA_RESTART? */
static char was_asked;

static int after_handler(int flags, int (*call)(void))
{
	pid_t child;
	char byte;
	long before;

	HOLDS(pipe(heard) == 0);
	child = fork();
	if (child == 0) {
		handle(SIGUSR1, tell, flags);
		was_asked = (char)has_restart(SIGUSR1);
		HOLDS(write(heard[1], &was_asked, 1) == 1);
		errno = 0;
		_exit(call() == -1 ? errno : NO_ERROR);
	}
	HOLDS(read(heard[0], &was_asked, 1) == 1);
	before = sleeps_until_now(child);
	HOLDS(kill(child, SIGUSR1) == 0);
	HOLDS(read(heard[0], &byte, 1) == 1);	/* the handler has run */
	EQUALS(byte, SIGUSR1);
	HOLDS(close(heard[0]) == 0 && close(heard[1]) == 0);
	if (!blocks(child))
		return ends(child);
	HOLDS(sleeps_until_now(child) > before);	/* it sleeps again */
	HOLDS(kill(child, SIGKILL) == 0 && ends(child) == 128 + SIGKILL);
	return RESTARTS;
}

/* What becomes of it when the process is stopped and goes on: no handler. */
static int after_stop(int (*call)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(call() == -1 ? errno : NO_ERROR);
	HOLDS(blocks(child));
	HOLDS(kill(child, SIGSTOP) == 0);
	HOLDS(waitpid(child, &status, WUNTRACED) == child);
	HOLDS(WIFSTOPPED(status) && kill(child, SIGCONT) == 0);
	if (!blocks(child))
		return ends(child);
	HOLDS(kill(child, SIGKILL) == 0 && ends(child) == 128 + SIGKILL);
	return RESTARTS;
}

static int calls_tried;

static void restarts_if_asked(int (*call)(void))
{
	calls_tried++;
	EQUALS(after_handler(0, call), EINTR);
	EQUALS(after_handler(SA_RESTART, call), RESTARTS);
}

static void never_restarts(int (*call)(void))
{
	calls_tried++;
	EQUALS(after_handler(0, call), EINTR);
	EQUALS(was_asked, 0);
	EQUALS(after_handler(SA_RESTART, call), EINTR);
	EQUALS(was_asked, 1);
}

/* How long each CALL with a time limit waits, in seconds: an hour, so it is
 * never over, or 0. */
static struct timespec limit = { 3600, 0 };

/* CALL has a time limit: when that is 0, it does not wait. */
static void has_limit(int (*call)(void), int err)
{
	limit.tv_sec = 0;
	FAILS(call(), err);
	limit.tv_sec = 3600;
}

static struct timespec deadline(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += limit.tv_sec;
	return t;
}

/* Does a signal wait for process PID, until it lets it in or goes on? */
static int waits_for(pid_t pid, int sig)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	return has(fopen(path, "r"), "ShdPnd:", sig);
}

static void stop(pid_t child)
{
	int status;

	HOLDS(kill(child, SIGSTOP) == 0);
	HOLDS(waitpid(child, &status, WUNTRACED) == child);
	HOLDS(WIFSTOPPED(status));
}

/* Is PID stopped now? State T in /proc/PID/status, t if it is traced. */
static int is_stopped(pid_t pid)
{
	char path[64], line[256], state = '?';
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	HOLDS(f != NULL);
	while (state == '?' && fgets(line, sizeof line, f))
		sscanf(line, "State: %c", &state);
	fclose(f);
	return state == 'T' || state == 't';
}

static pid_t fork_sleeper(void)
{
	pid_t child = fork();

	HOLDS(child != -1);
	if (child == 0)
		for (;;)
			pause();
	return child;
}

/*
 * The lost signal
 */

CLAIM("L16-01", "forced: a signal between the check and pause() is lost")
{
	int at[2], go[2];
	pid_t child;
	char c;

	HOLDS(pipe(at) == 0 && pipe(go) == 0);
	for (int late = 0; late < 2; late++) {
		child = fork();
		if (child == 0) {
			handle(SIGUSR1, count, SA_RESTART);
			HOLDS(write(at[1], "b", 1) == 1); /* before it */
			HOLDS(read(go[0], &c, 1) == 1);
			while (runs == 0) {
				HOLDS(write(at[1], "a", 1) == 1); /* after it */
				HOLDS(read(go[0], &c, 1) == 1);
				pause();
			}
			_exit((int)runs);
		}
		HOLDS(read(at[0], &c, 1) == 1 && c == 'b');
		if (late) {
			HOLDS(write(go[1], "!", 1) == 1);
			HOLDS(read(at[0], &c, 1) == 1 && c == 'a');
		}
		HOLDS(blocks(child));			/* in the gap */
		HOLDS(kill(child, SIGUSR1) == 0);
		HOLDS(write(go[1], "!", 1) == 1);
		if (!late) {
			EQUALS(ends(child), 1);		/* the check saw it */
			continue;
		}
		HOLDS(blocks(child));			/* though runs is 1 */
		HOLDS(kill(child, SIGUSR1) == 0);	/* a second one ends */
		EQUALS(ends(child), 2);
	}
}

CLAIM("L16-02", "blocked, then sigsuspend(): in the same gap it is not lost")
{
	int checked[2], go[2];
	sigset_t old;
	pid_t child;
	char c;

	HOLDS(pipe(checked) == 0 && pipe(go) == 0);
	child = fork();
	if (child == 0) {
		handle(SIGUSR1, count, 0);
		old = block(SIGUSR1);
		while (runs == 0) {
			HOLDS(write(checked[1], "?", 1) == 1);
			HOLDS(read(go[0], &c, 1) == 1);
			HOLDS(is_pending(SIGUSR1));	/* in the gap */
			FAILS(sigsuspend(&old), EINTR);
		}
		_exit((int)runs);
	}
	HOLDS(read(checked[0], &c, 1) == 1);
	HOLDS(kill(child, SIGUSR1) == 0);
	HOLDS(write(go[1], "!", 1) == 1);
	EQUALS(ends(child), 1);
}

CLAIM("L16-03", "sigsuspend() puts the old mask back before it returns")
{
	sigset_t old = block(SIGUSR1), now;

	handle(SIGUSR1, count, 0);
	HOLDS(raise(SIGUSR1) == 0 && runs == 0);
	FAILS(sigsuspend(&old), EINTR);
	EQUALS(runs, 1);
	HOLDS(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
	for (int sig = 1; sig < SIGRTMIN; sig++)
		EQUALS(sigismember(&now, sig),
		       sig == SIGUSR1 || sigismember(&old, sig));
	HOLDS(raise(SIGUSR1) == 0 && runs == 1);	/* blocked again */
	HOLDS(is_pending(SIGUSR1));
}

CLAIM("L16-04", "ppoll() and pselect() open the gap in one step, too")
{
	sigset_t old = block(SIGUSR1);
	fd_set none;

	FD_ZERO(&none);
	handle(SIGUSR1, count, 0);
	HOLDS(raise(SIGUSR1) == 0 && runs == 0);
	FAILS(ppoll(NULL, 0, NULL, &old), EINTR);
	EQUALS(runs, 1);
	HOLDS(raise(SIGUSR1) == 0 && runs == 1);	/* blocked again */
	FAILS(pselect(0, &none, NULL, NULL, NULL, &old), EINTR);
	EQUALS(runs, 2);
	HOLDS(raise(SIGUSR1) == 0 && runs == 2);
	HOLDS(is_pending(SIGUSR1));
}

CLAIM("L16-05", "sigwaitinfo() takes a blocked signal, and no handler runs")
{
	sigset_t set, old = block(SIGUSR1);
	siginfo_t si;

	handle(SIGUSR1, count, 0);
	HOLDS(raise(SIGUSR1) == 0);
	HOLDS(is_pending(SIGUSR1));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	EQUALS(sigwaitinfo(&set, &si), SIGUSR1);
	HOLDS(!is_pending(SIGUSR1));
	set_mask(old);
	EQUALS(runs, 0);
	HOLDS(raise(SIGUSR1) == 0 && runs == 1);	/* there was one */
}

/* Wait for what is to be read at P, at most MS milliseconds. */
static int poll_one(struct pollfd *p, int ms)
{
	return poll(p, 1, ms);
}

CLAIM("L16-06", "a handler that writes to a pipe wakes poll(), early or late")
{
	struct pollfd p = { .events = POLLIN };
	pid_t child;
	char c;

	HOLDS(pipe(heard) == 0);
	p.fd = heard[0];
	handle(SIGUSR1, tell, 0);
	EQUALS(poll_one(&p, 0), 0);
	HOLDS(raise(SIGUSR1) == 0);		/* in the gap */
	EQUALS(poll_one(&p, -1), 1);
	EQUALS(read(heard[0], &c, 1), 1);
	EQUALS(c, SIGUSR1);			/* the handler wrote it */
	child = fork();
	if (child == 0) {
		FAILS(poll_one(&p, -1), EINTR);	/* once more, as usual: */
		EQUALS(poll_one(&p, -1), 1);
		EQUALS(read(heard[0], &c, 1), 1);
		EQUALS(c, SIGUSR1);
		_exit(0);
	}
	HOLDS(blocks(child));
	HOLDS(kill(child, SIGUSR1) == 0);	/* in poll() */
	EQUALS(ends(child), 0);
}

/*
 * Blocked, pending, merged
 */

/* Send SIG 5 times while it is blocked: how often does its handler run? */
static int runs_of_five(int sig)
{
	sigset_t old = block(sig);

	runs = 0;
	handle(sig, count, 0);
	HOLDS(!is_pending(sig));
	for (int i = 0; i < 5; i++)
		HOLDS(kill(getpid(), sig) == 0);
	HOLDS(is_pending(sig) && runs == 0);
	set_mask(old);
	HOLDS(!is_pending(sig));
	return (int)runs;
}

CLAIM("4-030 L16-07", "standard signals merge: 5 sent while blocked, 1 runs")
{
	EQUALS(runs_of_five(SIGUSR1), 1);
	EQUALS(runs_of_five(SIGTERM), 1);
	EQUALS(runs_of_five(SIGRTMIN), 5);	/* a realtime signal */
}

CLAIM("4-029", "a bare number tells something; a value goes with sigqueue(), "
      "on a standard signal too; realtime ones add queue and order")
{
	struct timespec now = { 0, 0 };
	sigset_t set;
	siginfo_t si;

	block(SIGUSR1);
	block(SIGUSR2);
	block(SIGRTMIN);
	HOLDS(kill(getpid(), SIGUSR2) == 0);
	for (int i = 0; i < 5; i++) {
		union sigval number = { .sival_int = 41 + i };

		HOLDS(sigqueue(getpid(), SIGUSR1, number) == 0);
		HOLDS(sigqueue(getpid(), SIGRTMIN, number) == 0);
	}
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	EQUALS(sigtimedwait(&set, &si, &now), SIGUSR2);
	EQUALS(si.si_code, SI_USER);		/* a bare number */
	sigaddset(&set, SIGUSR1);
	EQUALS(sigtimedwait(&set, &si, &now), SIGUSR1);
	HOLDS(si.si_value.sival_int == 41 && si.si_code == SI_QUEUE);
	FAILS(sigtimedwait(&set, &si, &now), EAGAIN);
	sigaddset(&set, SIGRTMIN);
	for (int i = 0; i < 5; i++) {
		EQUALS(sigtimedwait(&set, &si, &now), SIGRTMIN);
		EQUALS(si.si_value.sival_int, 41 + i);
	}
	FAILS(sigtimedwait(&set, &si, &now), EAGAIN);
}

CLAIM("4-029", "signals synchronise two processes: each waits for the other")
{
	int go = 0, turn[2], turns = 0;
	sigset_t set;
	pid_t child;
	char c;

	block(SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	HOLDS(pipe2(turn, O_NONBLOCK) == 0);
	child = fork();
	for (int i = 0; i < 20; i++)
		if (child == 0) {
			HOLDS(sigwait(&set, &go) == 0);
			HOLDS(read(turn[0], &c, 1) == 1 && c == i);
			turns++;
			HOLDS(kill(getppid(), SIGUSR1) == 0);
		} else {
			c = (char)i;
			HOLDS(write(turn[1], &c, 1) == 1);
			HOLDS(kill(child, SIGUSR1) == 0);
			HOLDS(sigwait(&set, &go) == 0);
			FAILS(read(turn[0], &c, 1), EAGAIN);
		}
	if (child == 0)
		_exit(turns);
	EQUALS(ends(child), 20);
}

CLAIM("L16-08", "SIGCHLD merges as well: one for three children, so loop")
{
	sigset_t old = block(SIGCHLD);
	siginfo_t si;
	int reaped = 0;

	handle(SIGCHLD, count, 0);
	for (int i = 0; i < 3; i++) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		HOLDS(waitid(P_PID, (id_t)child, &si, WEXITED | WNOWAIT) == 0);
		HOLDS(is_pending(SIGCHLD) && runs == 0);
	}
	set_mask(old);
	EQUALS(runs, 1);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		reaped++;
	EQUALS(reaped, 3);
}

CLAIM("L16-09", "unblocking delivers before sigprocmask() returns")
{
	sigset_t old = block(SIGUSR1);

	handle(SIGUSR1, count, 0);
	HOLDS(raise(SIGUSR1) == 0);
	HOLDS(is_pending(SIGUSR1) && runs == 0);
	HOLDS(sigprocmask(SIG_SETMASK, &old, NULL) == 0 && runs == 1);
}

CLAIM("L16-10", "a pending signal that is set to SIG_IGN is thrown away")
{
	sigset_t old = block(SIGUSR1);

	HOLDS(raise(SIGUSR1) == 0 && is_pending(SIGUSR1));
	HOLDS(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	HOLDS(!is_pending(SIGUSR1));
	handle(SIGUSR1, count, 0);
	set_mask(old);
	EQUALS(runs, 0);
	HOLDS(raise(SIGUSR1) == 0 && runs == 1);	/* now it would run */
}

/* SIGTERM takes this action, and for SIGKILL and SIGSTOP it is error ERR. */
static void only_sigterm_takes(void (*handler)(int), int err)
{
	struct sigaction act = { .sa_handler = handler };

	EQUALS(sigaction(SIGTERM, &act, NULL), 0);
	FAILS(sigaction(SIGKILL, &act, NULL), err);
	FAILS(sigaction(SIGSTOP, &act, NULL), err);
}

CLAIM("L16-11", "SIGKILL and SIGSTOP are neither caught, ignored nor blocked")
{
	sigset_t all, now;

	only_sigterm_takes(count, EINVAL);
	HOLDS(raise(SIGTERM) == 0 && runs == 1);	/* caught */
	only_sigterm_takes(SIG_IGN, EINVAL);
	HOLDS(raise(SIGTERM) == 0 && runs == 1);	/* ignored */
	sigfillset(&all);
	EQUALS(sigprocmask(SIG_SETMASK, &all, NULL), 0);	/* no error */
	EQUALS(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	EQUALS(sigismember(&now, SIGTERM), 1);
	EQUALS(sigismember(&now, SIGKILL), 0);
	EQUALS(sigismember(&now, SIGSTOP), 0);
}

/*
 * fork and exec
 */

static void block_and_raise(void)
{
	block(SIGUSR1);
	HOLDS(raise(SIGUSR1) == 0);
}

static void catch_and_ignore(void)
{
	handle(SIGUSR1, count, 0);
	HOLDS(signal(SIGUSR2, SIG_IGN) != SIG_ERR);
}

static void change_nothing(void)
{
}

/* So it is the exec that comes now which changes it. */
static void is_still_caught(void)
{
	EQUALS(has(fopen("/proc/self/status", "r"), "SigCgt:", SIGUSR1), 1);
}

CLAIM("L16-12", "the mask survives fork and exec")
{
	pid_t child;

	EQUALS(has_after_exec(change_nothing, "SigBlk:", SIGUSR1), 0);
	block(SIGUSR1);
	child = fork();
	if (child == 0) {
		HOLDS(raise(SIGUSR1) == 0);
		_exit(is_pending(SIGUSR1) ? 0 : 1);
	}
	EQUALS(ends(child), 0);
	EQUALS(has_after_exec(change_nothing, "SigBlk:", SIGUSR1), 1);
	EQUALS(execs, 2);
}

CLAIM("L16-13", "what is pending survives exec, but a child begins without")
{
	pid_t child;

	block_and_raise();
	HOLDS(is_pending(SIGUSR1));
	child = fork();
	if (child == 0)
		_exit(is_pending(SIGUSR1));
	EQUALS(ends(child), 0);
	EQUALS(has_after_exec(block_and_raise, "SigPnd:", SIGUSR1), 1);
	EQUALS(has_after_exec(change_nothing, "SigPnd:", SIGUSR1), 0);
	EQUALS(execs, 2);
}

CLAIM("L16-14", "exec keeps what is ignored; handlers become the default")
{
	EQUALS(has_after_exec(change_nothing, "SigIgn:", SIGUSR2), 0);
	catch_and_ignore();
	EQUALS(has_after_exec(is_still_caught, "SigIgn:", SIGUSR2), 1);
	EQUALS(has_after_exec(is_still_caught, "SigCgt:", SIGUSR1), 0);
	EQUALS(has_after_exec(is_still_caught, "SigIgn:", SIGUSR1), 0);
	EQUALS(execs, 4);
}

CLAIM("L16-15", "fork keeps handlers")
{
	pid_t child;

	handle(SIGUSR1, count, 0);
	child = fork();
	if (child == 0) {
		HOLDS(raise(SIGUSR1) == 0);
		_exit(runs == 1 ? 0 : 1);
	}
	EQUALS(ends(child), 0);
}

CLAIM("L16-16", "PR_SET_PDEATHSIG: the kernel signals when the parent dies")
{
	pid_t parent, child;
	int fd[2];

	HOLDS(pipe(fd) == 0);
	HOLDS(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);	/* it becomes ours */
	parent = fork();
	if (parent == 0) {
		child = fork();
		if (child == 0) {
			HOLDS(prctl(PR_SET_PDEATHSIG, SIGTERM) == 0);
			HOLDS(write(fd[1], "r", 1) == 1);
			for (;;)
				pause();
		}
		HOLDS(read(fd[0], &(char){ 0 }, 1) == 1);
		HOLDS(blocks(child));		/* it lives, as its parent */
		HOLDS(write(fd[1], &child, sizeof child) == sizeof child);
		_exit(0);
	}
	EQUALS(ends(parent), 0);
	HOLDS(read(fd[0], &child, sizeof child) == sizeof child);
	EQUALS(ends(child), 128 + SIGTERM);
}

/*
 * sigaction and its flags
 */

CLAIM("L16-17", "sigaction() gives the old action; NULL only asks; EINVAL")
{
	const int signals[] = { 1, SIGRTMAX, 0, SIGRTMAX + 1 };
	struct sigaction act = { .sa_handler = count }, old;
	int got;

	HOLDS(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	EQUALS(sigaction(SIGUSR1, &act, &old), 0);
	HOLDS(old.sa_handler == SIG_IGN);
	act.sa_handler = SIG_DFL;
	for (int i = 0; i < 2; i++) {
		EQUALS(sigaction(SIGUSR1, NULL, &old), 0);
		HOLDS(old.sa_handler == count);
	}
	for (int i = 0; i < 4; i++) {
		got = sigaction(signals[i], &act, NULL);
		HOLDS(i < 2 ? got == 0 : got == -1 && errno == EINVAL);
	}
}

CLAIM("L16-18", "signal() of glibc is sigaction() with SA_RESTART")
{
	struct sigaction act, same;

	HOLDS(signal(SIGUSR1, count) != SIG_ERR);
	EQUALS(sigaction(SIGUSR1, NULL, &act), 0);
	HOLDS(act.sa_flags & SA_RESTART);
	HOLDS(act.sa_handler == count);
	handle(SIGUSR2, count, SA_RESTART);
	EQUALS(sigaction(SIGUSR2, NULL, &same), 0);
	HOLDS(same.sa_handler == count);
	EQUALS(act.sa_flags, same.sa_flags);	/* and no other flag */
	FAILS(signal(SIGKILL, count) == SIG_ERR ? -1 : 0, EINVAL);
	FAILS(signal(SIGSTOP, count) == SIG_ERR ? -1 : 0, EINVAL);
}

static volatile sig_atomic_t depth, deepest;

static void nest(int sig)
{
	if (++depth > deepest)
		deepest = depth;
	if (++runs < 3)
		raise(sig);
	depth--;
}

CLAIM("L16-19", "a handler's own signal waits until it returns; SA_NODEFER: "
      "it may interrupt itself")
{
	handle(SIGUSR1, nest, 0);
	HOLDS(raise(SIGUSR1) == 0);
	HOLDS(runs == 3 && deepest == 1);
	runs = 0;
	handle(SIGUSR1, nest, SA_NODEFER);
	HOLDS(raise(SIGUSR1) == 0);
	HOLDS(runs == 3 && deepest == 3);
}

static volatile sig_atomic_t seen_inside;

static void raise_other(int sig)
{
	(void)sig;
	raise(SIGUSR2);
	seen_inside = runs;
}

CLAIM("L16-20", "sa_mask: what else waits while the handler runs")
{
	struct sigaction act = { .sa_handler = raise_other };

	handle(SIGUSR2, count, 0);
	EQUALS(sigaction(SIGUSR1, &act, NULL), 0);
	HOLDS(raise(SIGUSR1) == 0);
	EQUALS(seen_inside, 1);			/* it broke in */
	runs = 0;
	sigaddset(&act.sa_mask, SIGUSR2);
	EQUALS(sigaction(SIGUSR1, &act, NULL), 0);
	HOLDS(raise(SIGUSR1) == 0);
	EQUALS(seen_inside, 0);			/* it waited, */
	EQUALS(runs, 1);			/* and came afterwards */
}

CLAIM("L16-21", "SA_RESETHAND: the handler runs once, then the default")
{
	struct sigaction act;
	pid_t child;

	handle(SIGUSR1, count, (int)SA_RESETHAND);
	HOLDS(raise(SIGUSR1) == 0 && runs == 1);
	EQUALS(sigaction(SIGUSR1, NULL, &act), 0);
	HOLDS(act.sa_handler == SIG_DFL);
	child = fork();
	if (child == 0)
		_exit(raise(SIGUSR1));
	EQUALS(ends(child), 128 + SIGUSR1);
}

static volatile siginfo_t info;

static void keep_info(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	info = *si;
}

CLAIM("L16-22", "SA_SIGINFO: si_pid and si_uid say who, si_code says how")
{
	struct sigaction act = { .sa_sigaction = keep_info,
				 .sa_flags = SA_SIGINFO };
	sigset_t old = block(SIGUSR1);
	pid_t child;

	info.si_uid = getuid() + 1;
	EQUALS(sigaction(SIGUSR1, &act, NULL), 0);
	child = fork();
	if (child == 0)
		_exit(kill(getppid(), SIGUSR1));
	EQUALS(ends(child), 0);
	set_mask(old);
	EQUALS(info.si_pid, child);
	EQUALS(info.si_uid, getuid());
	EQUALS(info.si_code, SI_USER);
	HOLDS(raise(SIGUSR1) == 0);
	EQUALS(info.si_code, SI_TKILL);
	EQUALS(info.si_pid, getpid());
}

CLAIM("L16-23", "SIGCHLD says how the child ended: CLD_EXITED, CLD_KILLED")
{
	struct sigaction act = { .sa_sigaction = keep_info,
				 .sa_flags = SA_SIGINFO };
	sigset_t old = block(SIGCHLD);
	pid_t child;

	EQUALS(sigaction(SIGCHLD, &act, NULL), 0);
	child = fork();
	if (child == 0)
		_exit(7);
	EQUALS(ends(child), 7);
	set_mask(old);
	HOLDS(info.si_code == CLD_EXITED && info.si_status == 7);
	HOLDS(info.si_pid == child);
	old = block(SIGCHLD);
	child = fork();
	if (child == 0)
		_exit(raise(SIGKILL));
	EQUALS(ends(child), 128 + SIGKILL);
	set_mask(old);
	HOLDS(info.si_code == CLD_KILLED && info.si_status == SIGKILL);
	HOLDS(info.si_pid == child);
}

/* A child that lives until the caller writes into a pipe: its status, or -1
 * with errno if there is none. Then it is no zombie, either. */
static int status_of_child(void)
{
	int line[2], status, err;
	pid_t child, waited;

	HOLDS(pipe(line) == 0);
	child = fork();
	HOLDS(child != -1);
	if (child == 0)
		_exit(read(line[0], &(char){ 0 }, 1) == 1 ? 7 : 1);
	EQUALS(waitpid(child, NULL, WNOHANG), 0);	/* it is there */
	HOLDS(write(line[1], "x", 1) == 1);
	waited = wait(&status);
	err = errno;
	FAILS(kill(child, 0), ESRCH);
	errno = err;
	return waited == -1 ? -1 : WEXITSTATUS(status);
}

CLAIM("L16-24", "SA_NOCLDWAIT, or SIGCHLD ignored: no zombie, wait() ECHILD")
{
	EQUALS(status_of_child(), 7);
	handle(SIGCHLD, SIG_DFL, SA_NOCLDWAIT);
	FAILS(status_of_child(), ECHILD);
	handle(SIGCHLD, SIG_DFL, 0);
	EQUALS(status_of_child(), 7);
	handle(SIGCHLD, SIG_IGN, 0);
	FAILS(status_of_child(), ECHILD);
}

CLAIM("L16-25", "SA_NOCLDSTOP: no SIGCHLD when a child is only stopped")
{
	int flags[] = { 0, SA_NOCLDSTOP };
	siginfo_t si;
	sigset_t chld;

	block(SIGCHLD);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	for (int i = 0; i < 2; i++) {
		pid_t child;

		handle(SIGCHLD, count, flags[i]);
		child = fork_sleeper();
		stop(child);
		HOLDS(kill(child, SIGKILL) == 0);
		EQUALS(ends(child), 128 + SIGKILL);
		/* They merge, and the first one stays. */
		EQUALS(sigwaitinfo(&chld, &si), SIGCHLD);
		EQUALS(si.si_code, i == 0 ? CLD_STOPPED : CLD_KILLED);
	}
}

/*
 * What a handler may do
 */

static void spoil_errno(int sig)
{
	(void)sig;
	close(-1);
	runs += errno == EBADF;
}

static void keep_errno(int sig)
{
	int err = errno;

	spoil_errno(sig);
	errno = err;
}

CLAIM("L16-26", "a handler changes errno for those it interrupts, or keeps it")
{
	handle(SIGUSR1, spoil_errno, 0);
	errno = ENOENT;
	raise(SIGUSR1);
	EQUALS(errno, EBADF);
	EQUALS(runs, 1);
	handle(SIGUSR1, keep_errno, 0);
	errno = ENOENT;
	raise(SIGUSR1);
	EQUALS(errno, ENOENT);
	EQUALS(runs, 2);			/* inside it was EBADF */
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void need_lock(int sig)
{
	tell(sig);				/* here it begins */
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
}

CLAIM("L16-27", "a handler that needs a lock its own thread holds never ends")
{
	pid_t child;

	HOLDS(pipe(heard) == 0);
	child = fork();
	if (child == 0) {
		handle(SIGUSR1, need_lock, 0);
		HOLDS(raise(SIGUSR1) == 0);	/* free: it goes well */
		HOLDS(pthread_mutex_lock(&lock) == 0);
		raise(SIGUSR1);			/* as malloc() in malloc() */
		_exit(0);
	}
	for (int i = 0; i < 2; i++)
		HOLDS(read(heard[0], &(char){ 0 }, 1) == 1);
	HOLDS(blocks(child));
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
}

static void use_strtok(int sig)
{
	char own[] = "a b";

	(void)sig;
	strtok(own, " ");
}

CLAIM("L16-28", "strtok() in a handler spoils the strtok() that it interrupts")
{
	char text[] = "one two three";

	handle(SIGUSR1, use_strtok, 0);
	HOLDS(strcmp(strtok(text, " "), "one") == 0);
	HOLDS(raise(SIGUSR1) == 0);
	HOLDS(strtok(NULL, " ") != text + 4);	/* "two" is lost */
}

static volatile struct {
	int length;
	const char *word;
} pair = { 3, "one" };
static volatile sig_atomic_t torn;

static void look(int sig)
{
	(void)sig;
	torn = (size_t)pair.length != strlen(pair.word);
}

CLAIM("L16-29", "a handler sees half of a change, unless it is blocked")
{
	sigset_t old;

	handle(SIGUSR1, look, 0);
	pair.length = 5;
	HOLDS(raise(SIGUSR1) == 0);
	pair.word = "three";
	EQUALS(torn, 1);
	old = block(SIGUSR1);
	pair.length = 3;
	HOLDS(raise(SIGUSR1) == 0);
	HOLDS((size_t)pair.length != strlen(pair.word));	/* half of it */
	pair.word = "two";
	set_mask(old);
	EQUALS(torn, 0);
}

/*
 * Sending, and what signals do by themselves
 */

CLAIM("L16-30", "kill(pid, 0) only asks; a zombie is a process still, and "
      "after wait() there is none: ESRCH")
{
	siginfo_t si;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	HOLDS(waitid(P_PID, (id_t)child, &si, WEXITED | WNOWAIT) == 0);
	EQUALS(kill(child, 0), 0);
	EQUALS(kill(child, SIGRTMAX), 0);	/* and nothing happens */
	FAILS(kill(child, SIGRTMAX + 1), EINVAL);
	EQUALS(ends(child), 0);
	FAILS(kill(child, 0), ESRCH);
	child = fork_sleeper();
	EQUALS(kill(child, 0), 0);
	HOLDS(blocks(child));			/* asked, and still there */
	EQUALS(kill(child, SIGRTMAX), 0);
	EQUALS(ends(child), 128 + SIGRTMAX);
}

CLAIM("L16-31", "who may not: EPERM")
{
	pid_t child = fork();

	if (child == 0) {
		EQUALS(kill(getppid(), 0), 0);	/* as the same user */
		if (geteuid() == 0 && setuid(65534) == 0)
			_exit(kill(getppid(), 0) == -1 ? errno : NO_ERROR + 1);
		_exit(kill(1, 0) == -1 ? errno : NO_ERROR);
	}
	switch (ends(child)) {
	case EPERM: break;
	case NO_ERROR: SKIP("all processes here are this user's; run it "
			    "with -B as an ordinary user");
	default: claim_fail(__FILE__, __LINE__, "not EPERM");
	}
}

/* The signals that the two functions below have sent. */
static sigset_t tried;

static int end_by_default(int sig)
{
	struct rlimit no_core = { 0, 0 };
	pid_t child = fork();

	sigaddset(&tried, sig);
	if (child == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		HOLDS(sig == SIGKILL || signal(sig, SIG_DFL) != SIG_ERR);
		raise(sig);
		_exit(0);
	}
	return ends(child);
}

static void stops_by_default(int sig)
{
	pid_t child = fork();
	int status;

	HOLDS(child != -1);
	sigaddset(&tried, sig);
	if (child == 0) {
		/* In a group without a parent nearby SIGTSTP does nothing. */
		HOLDS(setpgid(0, 0) == 0);
		HOLDS(sig == SIGSTOP || signal(sig, SIG_DFL) != SIG_ERR);
		raise(sig);
		_exit(0);
	}
	HOLDS(waitpid(child, &status, WUNTRACED) == child);
	HOLDS(WIFSTOPPED(status));
	EQUALS(WSTOPSIG(status), sig);
	HOLDS(kill(child, SIGCONT) == 0);
	EQUALS(ends(child), 0);			/* and goes on after it */
}

CLAIM("L16-32", "by default most signals kill, four stop, four do nothing")
{
	static const int kills[] = {
		SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT, SIGBUS, SIGFPE,
		SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM, SIGTERM, SIGTRAP,
		SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGSYS, SIGPWR,
		SIGSTKFLT, SIGKILL,
	};
	static const int stops[] = { SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU };
	static const int nothing[] = { SIGCHLD, SIGURG, SIGWINCH, SIGCONT };

	sigemptyset(&tried);
	for (size_t i = 0; i < sizeof kills / sizeof *kills; i++)
		EQUALS(end_by_default(kills[i]), 128 + kills[i]);
	for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
		stops_by_default(stops[i]);
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		EQUALS(end_by_default(nothing[i]), 0);
	for (int sig = 1; sig <= 31; sig++)	/* all the standard ones */
		HOLDS(sigismember(&tried, sig));
	EQUALS(end_by_default(SIGRTMIN), 128 + SIGRTMIN);
}

CLAIM("L16-33", "a stopped process takes only SIGKILL and SIGCONT at once")
{
	const int others[] = { SIGTERM, SIGINT, SIGUSR2, SIGRTMIN };
	int status;
	pid_t child;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		child = fork_sleeper();
		stop(child);
		HOLDS(kill(child, others[i]) == 0);
		HOLDS(is_stopped(child));
		EQUALS(waits_for(child, others[i]), 1);
		HOLDS(kill(child, SIGCONT) == 0);
		EQUALS(ends(child), 128 + others[i]);
	}
	child = fork_sleeper();
	stop(child);
	HOLDS(kill(child, SIGCONT) == 0);
	HOLDS(waitpid(child, &status, WCONTINUED) == child);
	HOLDS(WIFCONTINUED(status));
	stop(child);
	HOLDS(is_stopped(child));
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);	/* without SIGCONT */
}

CLAIM("L16-34", "die of the signal, and wait() and the shell see which")
{
	static const int signals[] = { SIGTERM, SIGHUP };
	char command[64], byte;
	int status;

	HOLDS(pipe(heard) == 0);
	for (int i = 0; i < 2; i++) {
		int sig = signals[i];
		pid_t child = fork();

		if (child == 0) {
			handle(sig, tell, 0);
			HOLDS(raise(sig) == 0);		/* then clean up */
			HOLDS(signal(sig, SIG_DFL) != SIG_ERR);
			raise(sig);
			_exit(0);
		}
		HOLDS(read(heard[0], &byte, 1) == 1 && byte == sig);
		HOLDS(waitpid(child, &status, 0) == child);
		HOLDS(WIFSIGNALED(status));
		EQUALS(WTERMSIG(status), sig);
		snprintf(command, sizeof command,
			 "sh -c 'kill -%d $$'; exit $?", sig);
		status = system(command);
		HOLDS(WIFEXITED(status));
		EQUALS(WEXITSTATUS(status), 128 + sig);
	}
}

/*
 * EINTR: which calls go on with SA_RESTART, and which never do
 */

static int fd[2], id, file;
static mqd_t queue;

static int call_read(void)
{
	char c;

	return (int)read(fd[0], &c, 1);
}

static int call_write(void)
{
	return (int)write(fd[1], "x", 1);
}

static void fill_pipe(void)
{
	char page[PIPE_BUF] = { 0 };

	HOLDS(pipe2(fd, O_NONBLOCK) == 0);
	while (write(fd[1], page, sizeof page) > 0)
		;
	HOLDS(fcntl(fd[1], F_SETFL, 0) == 0);
}

CLAIM("L16-35", "a pipe: read() and write() are EINTR, or restart if asked")
{
	HOLDS(pipe(fd) == 0);
	restarts_if_asked(call_read);
	fill_pipe();
	restarts_if_asked(call_write);
	EQUALS(calls_tried, 2);
}

static int call_open(void)
{
	return open("fifo", O_RDONLY);
}

CLAIM("L16-36", "open() of a FIFO restarts")
{
	HOLDS(mkfifo("fifo", 0600) == 0);
	restarts_if_asked(call_open);
	EQUALS(calls_tried, 1);
}

static int call_flock(void)
{
	return flock(open("file", O_RDWR), LOCK_EX);
}

static int call_setlkw(void)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(file, F_SETLKW, &all);
}

CLAIM("L16-37", "flock() and fcntl(F_SETLKW) restart")
{
	file = open("file", O_RDWR | O_CREAT, 0600);
	HOLDS(file != -1 && flock(file, LOCK_EX) == 0);
	EQUALS(call_setlkw(), 0);
	restarts_if_asked(call_flock);
	restarts_if_asked(call_setlkw);
	EQUALS(calls_tried, 2);
}

static int call_mq_send(void)
{
	return mq_send(queue, "x", 1, 0);
}

static int call_mq_receive(void)
{
	char c;

	return (int)mq_receive(queue, &c, 1, NULL);
}

static int call_mq_timedreceive(void)
{
	struct timespec t = deadline();
	char c;

	return (int)mq_timedreceive(queue, &c, 1, NULL, &t);
}

static int call_mq_timedsend(void)
{
	struct timespec t = deadline();

	return mq_timedsend(queue, "x", 1, 0, &t);
}

CLAIM("L16-38", "mq_send() and mq_receive() restart, with a deadline too")
{
	struct mq_attr one = { .mq_maxmsg = 1, .mq_msgsize = 1 };

	needs_queues();
	queue = mq_open("/lesson16", O_RDWR | O_CREAT | O_EXCL, 0600, &one);
	if (queue == (mqd_t)-1 && errno == ENOSYS)
		SKIP("no POSIX queues here; CONFIG_POSIX_MQUEUE");
	HOLDS(queue != (mqd_t)-1 && mq_unlink("/lesson16") == 0);
	restarts_if_asked(call_mq_receive);
	has_limit(call_mq_timedreceive, ETIMEDOUT);
	restarts_if_asked(call_mq_timedreceive);
	EQUALS(call_mq_send(), 0);
	restarts_if_asked(call_mq_send);
	has_limit(call_mq_timedsend, ETIMEDOUT);
	restarts_if_asked(call_mq_timedsend);
	EQUALS(calls_tried, 4);
}

static sem_t *sem;

static int call_sem_wait(void)
{
	return sem_wait(sem);
}

static int call_sem_timedwait(void)
{
	struct timespec t = deadline();

	return sem_timedwait(sem, &t);
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	HOLDS(p != MAP_FAILED);
	return p;
}

CLAIM("1-469", "sem_wait(): EINTR without SA_RESTART, restarts with it")
{
	sem = shared(sizeof *sem);
	HOLDS(sem_init(sem, 1, 0) == 0);
	restarts_if_asked(call_sem_wait);
	EQUALS(calls_tried, 1);
}

CLAIM("1-469", "sem_timedwait(): EINTR even with SA_RESTART with glibc; with "
      "musl it goes on where every handler has that flag")
{
	sem = shared(sizeof *sem);
	HOLDS(sem_init(sem, 1, 0) == 0);
	has_limit(call_sem_timedwait, ETIMEDOUT);
	EQUALS(after_handler(0, call_sem_timedwait), EINTR);
	EQUALS(after_handler(SA_RESTART, call_sem_timedwait),
	       glibc_version() ? EINTR : RESTARTS);
	EQUALS(was_asked, 1);
}

static int call_msgsnd(void)
{
	struct { long type; char text[4096]; } m = { .type = 1 };

	while (msgsnd(id, &m, sizeof m.text, 0) == 0)
		;			/* until it is full and waits */
	return -1;
}

static int call_msgrcv(void)
{
	struct { long type; char text[1]; } m;

	return (int)msgrcv(id, &m, sizeof m.text, 2, 0);
}

CLAIM("L16-39", "msgsnd() and msgrcv() never restart")
{
	id = msgget(IPC_PRIVATE, 0600);
	HOLDS(id != -1);
	never_restarts(call_msgrcv);
	never_restarts(call_msgsnd);
	EQUALS(calls_tried, 2);
	EQUALS(msgctl(id, IPC_RMID, NULL), 0);
}

static int call_semop(void)
{
	return semop(id, &(struct sembuf){ 0, 0, 0 }, 1);
}

static int call_semtimedop(void)
{
	return semtimedop(id, &(struct sembuf){ 0, 0, 0 }, 1, &limit);
}

static void make_set(void)
{
	id = semget(IPC_PRIVATE, 1, 0600);
	HOLDS(id != -1 && semctl(id, 0, SETVAL, 1) == 0);
}

CLAIM("L16-40 1-332", "semop() and semtimedop() never restart")
{
	make_set();
	never_restarts(call_semop);
	has_limit(call_semtimedop, EAGAIN);
	never_restarts(call_semtimedop);
	EQUALS(calls_tried, 2);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
}

CLAIM("1-332 1-333 1-334", "waiting for zero: a caught signal gives -1 EINTR, "
      "nobody waits any more, the value is as it was")
{
	pid_t child;

	make_set();
	child = fork();
	if (child == 0) {
		handle(SIGUSR1, count, 0);
		_exit(call_semop() == -1 ? errno : NO_ERROR);
	}
	HOLDS(blocks(child));
	EQUALS(semctl(id, 0, GETZCNT), 1);
	EQUALS(semctl(id, 0, GETNCNT), 0);
	HOLDS(kill(child, SIGUSR1) == 0);
	EQUALS(ends(child), EINTR);
	EQUALS(semctl(id, 0, GETZCNT), 0);
	EQUALS(semctl(id, 0, GETVAL), 1);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
}

/* A child in process group GROUP, or in one of its own if that is 0. */
static pid_t fork_semop(pid_t group)
{
	pid_t child = fork();

	if (child == 0) {
		HOLDS(setpgid(0, group) == 0);
		_exit(call_semop() == -1 ? errno : NO_ERROR);
	}
	HOLDS(blocks(child));
	return child;
}

CLAIM("1-332", "waiting for zero: an ignored signal wakes nobody, a fatal one "
      "kills; SIGSTOP and SIGCONT give EINTR without a handler")
{
	pid_t ignores, catches;

	make_set();
	HOLDS(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
	ignores = fork_semop(0);
	handle(SIGUSR1, count, 0);
	catches = fork_semop(ignores);
	EQUALS(semctl(id, 0, GETZCNT), 2);
	HOLDS(kill(-ignores, SIGUSR1) == 0);	/* it goes to both */
	EQUALS(ends(catches), EINTR);
	HOLDS(blocks(ignores));
	EQUALS(semctl(id, 0, GETZCNT), 1);
	HOLDS(kill(ignores, SIGKILL) == 0);
	EQUALS(ends(ignores), 128 + SIGKILL);
	EQUALS(semctl(id, 0, GETZCNT), 0);
	EQUALS(after_stop(call_semop), EINTR);
	EQUALS(semctl(id, 0, IPC_RMID), 0);
}

static int call_poll(void)
{
	return poll(NULL, 0, -1);
}

static int call_ppoll(void)
{
	return ppoll(NULL, 0, NULL, NULL);
}

static int call_select(void)
{
	return select(0, NULL, NULL, NULL, NULL);
}

static int call_pselect(void)
{
	return pselect(0, NULL, NULL, NULL, NULL, NULL);
}

static int call_epoll_wait(void)
{
	struct epoll_event e;

	return epoll_wait(file, &e, 1, -1);
}

CLAIM("L16-41", "poll(), select(), epoll_wait() and the like: EINTR, always")
{
	file = epoll_create1(0);
	HOLDS(file != -1);
	never_restarts(call_poll);
	never_restarts(call_ppoll);
	never_restarts(call_select);
	never_restarts(call_pselect);
	never_restarts(call_epoll_wait);
	EQUALS(calls_tried, 5);
}

static int call_nanosleep(void)
{
	return nanosleep(&limit, NULL);
}

static int call_clock_nanosleep(void)
{
	errno = clock_nanosleep(CLOCK_MONOTONIC, 0, &limit, NULL);
	return errno ? -1 : 0;
}

CLAIM("L16-42", "nanosleep() and clock_nanosleep(): EINTR, always")
{
	never_restarts(call_nanosleep);
	never_restarts(call_clock_nanosleep);
	EQUALS(calls_tried, 2);
}

static sigset_t some;

static int call_sigsuspend(void)
{
	return sigsuspend(&some);
}

static int call_sigwaitinfo(void)
{
	return sigwaitinfo(&some, NULL);
}

static int call_sigtimedwait(void)
{
	return sigtimedwait(&some, NULL, &limit);
}

static int call_pause(void)
{
	return pause();
}

CLAIM("L16-43", "pause(), sigsuspend(), sigwaitinfo(), sigtimedwait(): EINTR, "
      "always")
{
	sigemptyset(&some);
	never_restarts(call_pause);
	never_restarts(call_sigsuspend);
	sigaddset(&some, SIGUSR2);
	never_restarts(call_sigwaitinfo);
	has_limit(call_sigtimedwait, EAGAIN);
	never_restarts(call_sigtimedwait);
	EQUALS(calls_tried, 4);
}

static const struct sockaddr_un address = { AF_UNIX, "socket" };

static int call_accept(void)
{
	return accept(file, NULL, NULL);
}

static int caller;

static int call_connect(void)
{
	return connect(caller, (const void *)&address, sizeof address);
}

static int call_recv(void)
{
	char c;

	return (int)recv(fd[0], &c, 1, 0);
}

static int call_send(void)
{
	return (int)send(fd[1], "x", 1, 0);
}

static void fill_socket(void)
{
	char page[4096] = { 0 };

	while (send(fd[1], page, sizeof page, MSG_DONTWAIT) > 0)
		;
	EQUALS(errno, EAGAIN);
}

/* The one place in the queue of those who wait for accept(). */
static void take_the_place(void)
{
	int first = socket(AF_UNIX, SOCK_STREAM, 0);

	HOLDS(connect(first, (const void *)&address, sizeof address) == 0);
}

static void listen_at_address(void)
{
	file = socket(AF_UNIX, SOCK_STREAM, 0);
	HOLDS(bind(file, (const void *)&address, sizeof address) == 0);
	HOLDS(listen(file, 0) == 0);
	caller = socket(AF_UNIX, SOCK_STREAM, 0);
	HOLDS(caller != -1);
}

CLAIM("L16-44", "accept(), connect(), recv(), send(): EINTR, or they restart")
{
	listen_at_address();
	restarts_if_asked(call_accept);
	take_the_place();
	restarts_if_asked(call_connect);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	restarts_if_asked(call_recv);
	fill_socket();
	restarts_if_asked(call_send);
	EQUALS(calls_tried, 4);
}

static void with_timeout(int s, int option)
{
	struct timeval t = { 3600, 0 };

	HOLDS(setsockopt(s, SOL_SOCKET, option, &t, sizeof t) == 0);
}

CLAIM("L16-45", "with SO_RCVTIMEO or SO_SNDTIMEO they never restart")
{
	listen_at_address();
	with_timeout(file, SO_RCVTIMEO);
	never_restarts(call_accept);
	take_the_place();
	with_timeout(caller, SO_SNDTIMEO);
	never_restarts(call_connect);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	with_timeout(fd[0], SO_RCVTIMEO);
	never_restarts(call_recv);
	with_timeout(fd[1], SO_SNDTIMEO);
	fill_socket();
	never_restarts(call_send);
	EQUALS(calls_tried, 4);
}

static int call_waitpid(void)
{
	return waitpid(fork_sleeper(), NULL, 0);
}

static int call_eventfd(void)
{
	uint64_t n;

	return (int)read(file, &n, sizeof n);
}

CLAIM("L16-46", "waitpid() and read() of an eventfd: EINTR, or they restart")
{
	restarts_if_asked(call_waitpid);
	file = eventfd(0, 0);
	HOLDS(file != -1);
	restarts_if_asked(call_eventfd);
	EQUALS(calls_tried, 2);
}

static pthread_mutex_t *mutex;

static int call_mutex_lock(void)
{
	errno = pthread_mutex_lock(mutex);
	return errno ? -1 : 0;
}

CLAIM("L16-47", "pthread_mutex_lock() goes on even without SA_RESTART")
{
	pthread_mutexattr_t a;

	mutex = shared(sizeof *mutex);
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	HOLDS(pthread_mutex_init(mutex, &a) == 0);
	EQUALS(call_mutex_lock(), 0);
	EQUALS(after_handler(0, call_mutex_lock), RESTARTS);
	EQUALS(was_asked, 0);
	EQUALS(after_handler(SA_RESTART, call_mutex_lock), RESTARTS);
	EQUALS(was_asked, 1);
}

CLAIM("L16-48", "stopped and continued: epoll_wait(), sigwaitinfo() and reads "
      "with a time limit give EINTR; read(), poll(), sem_wait(), waitpid(), "
      "pause() and sigsuspend() go on")
{
	sigemptyset(&some);
	sigaddset(&some, SIGUSR2);
	file = epoll_create1(0);
	sem = shared(sizeof *sem);
	HOLDS(sem_init(sem, 1, 0) == 0 && pipe(fd) == 0);
	EQUALS(after_stop(call_read), RESTARTS);
	EQUALS(after_stop(call_poll), RESTARTS);
	EQUALS(after_stop(call_select), RESTARTS);
	EQUALS(after_stop(call_sem_wait), RESTARTS);
	EQUALS(after_stop(call_sem_timedwait), RESTARTS);
	EQUALS(after_stop(call_nanosleep), RESTARTS);
	EQUALS(after_stop(call_pause), RESTARTS);
	EQUALS(after_stop(call_sigsuspend), RESTARTS);
	EQUALS(after_stop(call_waitpid), RESTARTS);
	EQUALS(after_stop(call_epoll_wait), EINTR);
	EQUALS(after_stop(call_sigwaitinfo), EINTR);
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	with_timeout(fd[0], SO_RCVTIMEO);
	EQUALS(after_stop(call_read), EINTR);
}

static int call_big_write(void)
{
	static char big[200000];
	ssize_t n = write(fd[1], big, sizeof big);

	if (n == 65536)
		_exit(101);
	return (int)n;
}

CLAIM("L16-49", "a write that has done a part returns the part, not EINTR")
{
	HOLDS(pipe(fd) == 0);
	if (fcntl(fd[1], F_GETPIPE_SZ) != 65536)
		SKIP("this user has too many pipes open for a whole one; "
		     "see /proc/sys/fs/pipe-user-pages-soft");
	EQUALS(after_handler(0, call_big_write), 101);
}

static int call_remaining(void)
{
	struct timespec left = { 0, 0 };

	if (nanosleep(&limit, &left) == -1 && errno == EINTR)
		/* Less than was asked for, if only by the time to get here. */
		_exit(left.tv_sec > 3000 && left.tv_sec < 3600 ? 102 : 103);
	return 0;
}

CLAIM("L16-50", "nanosleep() says how much of the time is left")
{
	EQUALS(after_handler(0, call_remaining), 102);
}

/*
 * What the pair and the experiments rest on
 */

/* Wait for what is to be read at P, and let in what MASK lets in. */
static int ppoll_one(struct pollfd *p, const sigset_t *mask)
{
	return ppoll(p, 1, NULL, mask);
}

CLAIM("L16-51", "ppoll() looks at the input first: while there is some, it "
      "lets no signal in")
{
	struct pollfd p = { .events = POLLIN };
	sigset_t old = block(SIGUSR1);
	char c;

	HOLDS(pipe(fd) == 0);
	p.fd = fd[0];
	handle(SIGUSR1, count, 0);
	HOLDS(write(fd[1], "x", 1) == 1);
	HOLDS(raise(SIGUSR1) == 0);
	EQUALS(ppoll_one(&p, &old), 1);
	HOLDS(runs == 0 && is_pending(SIGUSR1));
	HOLDS(read(fd[0], &c, 1) == 1);
	FAILS(ppoll_one(&p, &old), EINTR);	/* no input: it comes in */
	EQUALS(runs, 1);
}

static volatile sig_atomic_t ran_in;		/* a thread's number */
static volatile sig_atomic_t sent_by;		/* si_code */

static void note_thread(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	ran_in = (sig_atomic_t)gettid();
	sent_by = si->si_code;
}

static void handle_and_note(int sig)
{
	struct sigaction act = { .sa_sigaction = note_thread,
				 .sa_flags = SA_SIGINFO };

	HOLDS(sigaction(sig, &act, NULL) == 0);
}

static int go[2], thread_id, masked;

/* A thread that lets SIGUSR1 in, says so, and waits for the end of a pipe. */
static void *let_in(void *unused)
{
	sigset_t set;
	char c;

	HOLDS(pthread_sigmask(SIG_SETMASK, NULL, &set) == 0);
	masked = sigismember(&set, SIGUSR1);
	thread_id = (int)gettid();
	sigemptyset(&set);
	HOLDS(pthread_sigmask(SIG_SETMASK, &set, NULL) == 0);
	HOLDS(write(heard[1], "x", 1) == 1);
	while (read(go[0], &c, 1) == -1)
		HOLDS(errno == EINTR);
	return unused;
}

static pthread_t start_thread(void)
{
	pthread_t thread;
	char c;

	HOLDS(pipe(heard) == 0 && pipe(go) == 0);
	HOLDS(pthread_create(&thread, NULL, let_in, NULL) == 0);
	HOLDS(read(heard[0], &c, 1) == 1);
	return thread;
}

CLAIM("L16-52", "each thread has a mask of its own, at first its creator's; a "
      "signal to the process goes to a thread that lets it in")
{
	pthread_t thread;

	handle_and_note(SIGUSR1);
	block(SIGUSR1);
	thread = start_thread();
	EQUALS(masked, 1);			/* inherited */
	HOLDS(thread_id != getpid());
	HOLDS(kill(getpid(), SIGUSR1) == 0);
	HOLDS(write(go[1], "x", 1) == 1);
	HOLDS(pthread_join(thread, NULL) == 0);
	EQUALS(ran_in, thread_id);
	EQUALS(sent_by, SI_USER);		/* to the process */
	HOLDS(!is_pending(SIGUSR1));
}

CLAIM("L16-53", "pthread_kill() reaches one thread, whoever else lets it in")
{
	pthread_t thread;

	handle_and_note(SIGUSR1);
	thread = start_thread();
	HOLDS(pthread_kill(pthread_self(), SIGUSR1) == 0);
	EQUALS(ran_in, getpid());
	EQUALS(sent_by, SI_TKILL);
	HOLDS(pthread_kill(thread, SIGUSR1) == 0);
	HOLDS(write(go[1], "x", 1) == 1);
	HOLDS(pthread_join(thread, NULL) == 0);
	EQUALS(ran_in, thread_id);
}

/* A child asks for SIGKILL before its parent has gone, or after that. What it
 * tells when its parent has gone: 'o' another parent, 'p' still the same one;
 * 0 nothing, for it is dead. */
static char child_tells(int asks_before)
{
	pid_t parent, middle;
	int told[2], asked[2], gone[2];
	char answer = 0;

	HOLDS(pipe(told) == 0 && pipe(asked) == 0 && pipe(gone) == 0);
	parent = fork();
	if (parent == 0) {
		middle = getpid();
		if (fork() == 0) {
			if (!asks_before)
				HOLDS(read(gone[0], &answer, 1) == 1);
			HOLDS(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
			HOLDS(write(asked[1], "x", 1) == 1);
			if (asks_before)
				HOLDS(read(gone[0], &answer, 1) == 1);
			answer = getppid() == middle ? 'p' : 'o';
			HOLDS(write(told[1], &answer, 1) == 1);
			_exit(0);
		}
		if (asks_before)
			HOLDS(read(asked[0], &answer, 1) == 1);
		_exit(0);
	}
	HOLDS(close(told[1]) == 0);
	EQUALS(ends(parent), 0);
	HOLDS(write(gone[1], "x", 1) == 1);
	HOLDS(read(told[0], &answer, 1) != -1);
	HOLDS(close(told[0]) == 0);
	return answer;
}

CLAIM("L16-54", "PR_SET_PDEATHSIG comes too late if the parent has gone "
      "before: so look at getppid() after it")
{
	for (int asks_before = 1; asks_before >= 0; asks_before--)
		EQUALS(child_tells(asks_before), asks_before ? 0 : 'o');
}

static int with_pdeathsig;

static void *start_and_end(void *child)
{
	*(pid_t *)child = fork();
	if (*(pid_t *)child == 0) {
		if (with_pdeathsig)
			HOLDS(prctl(PR_SET_PDEATHSIG, SIGTERM) == 0);
		HOLDS(write(heard[1], "x", 1) == 1);
		for (;;)
			pause();
	}
	HOLDS(read(heard[0], &(char){ 0 }, 1) == 1);
	HOLDS(blocks(*(pid_t *)child));		/* it lives, as this thread */
	return NULL;
}

CLAIM("L16-55", "PR_SET_PDEATHSIG: the parent is the thread that called "
      "fork(); its end alone sends the signal")
{
	pthread_t thread;
	pid_t child;

	for (with_pdeathsig = 0; with_pdeathsig <= 1; with_pdeathsig++) {
		HOLDS(pipe(heard) == 0);
		HOLDS(pthread_create(&thread, NULL, start_and_end, &child) ==
		      0);
		HOLDS(pthread_join(thread, NULL) == 0);
		HOLDS(child > 0);
		if (with_pdeathsig) {
			EQUALS(ends(child), 128 + SIGTERM);
			continue;
		}
		HOLDS(blocks(child));
		HOLDS(kill(child, SIGKILL) == 0);
		EQUALS(ends(child), 128 + SIGKILL);
	}
}

static int die_of_sigterm(void *unused)
{
	(void)unused;
	signal(SIGTERM, SIG_DFL);
	raise(SIGTERM);
	return getpid() == 1 ? 7 : 8;
}

static int wait_for_byte(void *unused)
{
	char c;

	(void)unused;
	signal(SIGTERM, SIG_DFL);
	return read(fd[0], &c, 1) == 1 ? 7 : 8;
}

CLAIM("L16-56", "process 1 of a pid namespace does not die of a SIGTERM that "
      "it does not catch, its own or from outside; SIGKILL from outside kills")
{
	static char stack[64 * 1024] __attribute__((aligned(16)));
	int flags = CLONE_NEWPID | SIGCHLD;
	pid_t child, beside;

	child = clone(die_of_sigterm, stack + sizeof stack, SIGCHLD, NULL);
	HOLDS(child != -1);
	EQUALS(ends(child), 128 + SIGTERM);
	child = clone(die_of_sigterm, stack + sizeof stack, flags, NULL);
	if (child == -1) {
		flags |= CLONE_NEWUSER;
		child = clone(die_of_sigterm, stack + sizeof stack, flags,
			      NULL);
	}
	if (child == -1)
		SKIP("this user may make no pid namespace; run it as root");
	EQUALS(ends(child), 7);
	HOLDS(pipe(fd) == 0);
	child = clone(wait_for_byte, stack + sizeof stack, flags, NULL);
	HOLDS(child > 0 && blocks(child));
	/* The same program, but not process 1. */
	beside = clone(wait_for_byte, stack + sizeof stack, SIGCHLD, NULL);
	HOLDS(beside > 0 && blocks(beside));
	HOLDS(setpgid(child, 0) == 0 && setpgid(beside, child) == 0);
	HOLDS(kill(-child, SIGTERM) == 0);	/* to both */
	EQUALS(ends(beside), 128 + SIGTERM);
	HOLDS(blocks(child));			/* it lives, */
	HOLDS(write(fd[1], "x", 1) == 1);
	EQUALS(ends(child), 7);			/* and goes on */
	child = clone(wait_for_byte, stack + sizeof stack, flags, NULL);
	HOLDS(child > 0 && blocks(child));
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
}

static void at_exit(void)
{
	HOLDS(write(heard[1], "a", 1) == 1);
}

/* How many bytes a child leaves: one in a buffer of stdio, one by atexit(). */
static ssize_t left_by(int sig, int status)
{
	pid_t child;
	char text[8];
	FILE *f;
	ssize_t n;

	HOLDS(pipe(heard) == 0);
	child = fork();
	if (child == 0) {
		f = fdopen(heard[1], "w");
		HOLDS(f && fputc('b', f) == 'b' && atexit(at_exit) == 0);
		if (sig)
			raise(sig);
		exit(0);
	}
	EQUALS(ends(child), status);
	HOLDS(close(heard[1]) == 0);
	n = read(heard[0], text, sizeof text);
	HOLDS(close(heard[0]) == 0);
	return n;
}

CLAIM("L16-57", "who dies of a signal runs no atexit() function and flushes no "
      "buffer; exit() does both")
{
	for (int dies = 0; dies <= 1; dies++) {
		int sig = dies ? SIGTERM : 0;

		EQUALS(left_by(sig, dies ? 128 + sig : 0), dies ? 0 : 2);
	}
}

static sigset_t inherited;

static int sleep_in_inherited_mask(void)
{
	return sigsuspend(&inherited);
}

CLAIM("L16-58", "sigsuspend() with an inherited mask that blocks SIGTERM never "
      "hears it; take it out of the mask with sigdelset()")
{
	pid_t child;

	HOLDS(sigprocmask(SIG_BLOCK, NULL, &inherited) == 0);
	sigaddset(&inherited, SIGTERM);
	set_mask(inherited);			/* whoever starts us did so */
	child = fork();
	if (child == 0) {
		handle(SIGTERM, count, 0);
		_exit(sleep_in_inherited_mask() == -1 ? errno : NO_ERROR);
	}
	HOLDS(blocks(child));
	HOLDS(kill(child, SIGTERM) == 0);
	HOLDS(blocks(child));			/* deaf */
	EQUALS(waits_for(child, SIGTERM), 1);
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(ends(child), 128 + SIGKILL);
	handle(SIGTERM, count, 0);
	HOLDS(raise(SIGTERM) == 0);
	sigdelset(&inherited, SIGTERM);
	FAILS(sleep_in_inherited_mask(), EINTR);
	EQUALS(runs, 1);
}

static volatile sig_atomic_t hups, terms;

static void note_both(int sig)
{
	if (sig == SIGHUP)
		hups++;
	if (sig == SIGTERM)
		terms++;
}

CLAIM("L16-59", "of two different signals none is lost: each waits, and each "
      "runs its handler")
{
	sigset_t old = block(SIGHUP);

	block(SIGTERM);
	handle(SIGHUP, note_both, 0);
	handle(SIGTERM, note_both, 0);
	HOLDS(kill(getpid(), SIGTERM) == 0 && kill(getpid(), SIGHUP) == 0);
	HOLDS(is_pending(SIGHUP) && is_pending(SIGTERM));
	HOLDS(hups == 0 && terms == 0);
	while (hups + terms < 2)
		FAILS(sigsuspend(&old), EINTR);
	HOLDS(hups == 1 && terms == 1);
}

static long long ms_since(struct timespec begin)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - begin.tv_sec) * 1000LL +
	       (now.tv_nsec - begin.tv_nsec) / 1000000;
}

CLAIM("L16-60", "a child's end within a time limit: hold SIGCHLD back, and "
      "sigtimedwait() takes it, or is EAGAIN when the time is over")
{
	struct timespec ms50 = { 0, 50 * 1000 * 1000 }, begin;
	siginfo_t si;
	sigset_t chld;
	pid_t child;

	block(SIGCHLD);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	child = fork_sleeper();
	clock_gettime(CLOCK_MONOTONIC, &begin);
	FAILS(sigtimedwait(&chld, NULL, &ms50), EAGAIN);
	HOLDS(ms_since(begin) >= 49);		/* it has waited so long */
	HOLDS(kill(child, SIGKILL) == 0);
	EQUALS(sigtimedwait(&chld, &si, &limit), SIGCHLD);
	HOLDS(si.si_code == CLD_KILLED && si.si_pid == child);
	EQUALS(ends(child), 128 + SIGKILL);
}

CLAIM("L16-61", "pread() reads from a place in a file; a pipe, a socket and a "
      "terminal have none: ESPIPE")
{
	char c[3];
	int master;

	file = open("menu", O_RDWR | O_CREAT, 0600);
	HOLDS(file != -1 && write(file, "abc", 3) == 3);
	for (int place = 2; place >= 0; place--) {
		EQUALS(pread(file, c, 1, place), 1);
		EQUALS(c[0], 'a' + place);
	}
	HOLDS(pipe(fd) == 0 && write(fd[1], "x", 1) == 1);
	FAILS(pread(fd[0], c, 1, 0), ESPIPE);
	EQUALS(read(fd[0], c, 1), 1);		/* to be had without one */
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == 0);
	HOLDS(write(fd[1], "x", 1) == 1);
	FAILS(pread(fd[0], c, 1, 0), ESPIPE);
	EQUALS(read(fd[0], c, 1), 1);
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master == -1)
		SKIP("no terminal to be had here; as root: "
		     "mount -t devpts none /dev/pts");
	HOLDS(grantpt(master) == 0 && unlockpt(master) == 0);
	file = open(ptsname(master), O_RDWR | O_NOCTTY);
	HOLDS(file != -1);
	FAILS(pread(file, c, 1, 0), ESPIPE);
}

CLAIM("L16-62", "sigprocmask() with an unknown first argument: EINVAL")
{
	const int hows[] = { SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK, -1,
			     SIG_SETMASK + 1 };
	sigset_t set;
	int got;

	sigemptyset(&set);
	for (int i = 0; i < 5; i++) {
		got = sigprocmask(hows[i], &set, NULL);
		HOLDS(i < 3 ? got == 0 : got == -1 && errno == EINVAL);
	}
}

CLAIM("L16-63", "pthread_kill() returns EINVAL if there is no such signal, "
      "pthread_sigmask() if there is no such how")
{
	sigset_t set;

	HOLDS(sigemptyset(&set) == 0);
	EQUALS(pthread_kill(pthread_self(), 9999), EINVAL);
	EQUALS(pthread_kill(pthread_self(), 0), 0);
	EQUALS(pthread_sigmask(9999, &set, NULL), EINVAL);
	EQUALS(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
}
