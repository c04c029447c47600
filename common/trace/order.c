/*
 * order.c - one call at a time, so that each run is the same run
 *
 * Two processes run at once, and strace tells what became of it this time. For
 * a picture that stays, their order has to be made. So each call of the
 * programs is held before it begins (SECCOMP_RET_USER_NOTIF). One is let go
 * when all others are held, asleep or gone, and whatever it wakes runs to its
 * own next call before the next one is let go. The same process goes on until
 * it sleeps, or has made a call after which it has to yield; then it is the
 * turn of the next one, in the order of their beginnings. So it depends on
 * nothing but on what they do.
 *
 * Nothing in the programs is changed, no time passes by plan: it is a run as it
 * could be. Programs that stage starts later join when all others sleep.
 *
 * The programs are started by `trace ORDER_WORD ADDRESS NUMBER PROGRAM...',
 * under strace: it puts the filter on itself, hands its listener to us, and
 * becomes the program. What was let go when goes to a file; straight.c reads
 * it.
 *
 * Who is asleep is told by /proc/N/status: state S, and no change of processor
 * between two looks, which lie so that all were asleep at one moment.
 *
 * Sources: seccomp(2), seccomp_unotify(2), proc(5).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../hold.h"
#include "trace.h"

enum {
	TASKS = 64,
	LOOK_NS = 120000,		/* between two looks at who is busy */
	TERMINAL_LOOKS = 40,		/* so many find all asleep, after a call
					   on a terminal */
	TOGETHER_MS = 10000,		/* programs that start together are
					   there within so long */
};

enum held { RUNS, HELD, GONE };

/* A process or thread of the programs. */
struct one {
	pid_t tid;
	int program;			/* whose it is */
	int listener;
	enum held held;
	int joins;			/* it has not joined the others yet */
	int forks;			/* in vfork(), where it sleeps as D */
	int call;			/* the number of what is held */
	int fd;				/* its first argument */
	int status;			/* /proc/TID/status */
	int children;			/* /proc/TID/task/TID/children */
	long long switches;		/* at the first look */
	uint64_t id;			/* of what is held */
};

static struct one one[TASKS];		/* by program, and then by birth */
static size_t ones;
static int listener[SOURCES];
static size_t listeners, programs, together;
static int64_t first_of_many;		/* when the first of them came */
static int door, record;
static pid_t last;			/* whose call was let go */
static int yields_now;			/* and it has to yield */
static int looks;			/* that must still find all asleep */
static const char *yields;		/* words of known[] */
static pid_t scheduler;
static const struct timespec at_once = { 0, 0 };

static int64_t now_us(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* -------------------------------------------------- in the program to be */

/* Calls that nobody else can notice: they need not be held. */
static const int unheld[] = {
	SYS_rt_sigreturn, SYS_restart_syscall, SYS_brk, SYS_mprotect,
	SYS_pread64, SYS_fstat, SYS_newfstatat, SYS_getrandom, SYS_prlimit64,
	SYS_set_tid_address, SYS_set_robust_list, SYS_rt_sigaction, SYS_getpid,
	SYS_getppid, SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid,
	SYS_getegid, SYS_faccessat, SYS_uname, SYS_prctl, SYS_clock_gettime,
#ifdef SYS_rseq
	SYS_rseq,
#endif
#ifdef SYS_arch_prctl
	SYS_arch_prctl,
#endif
#ifdef SYS_access
	SYS_access,
#endif
};

/* Put the filter on. Returns its listener, or -1. */
static int hold_all(int to)
{
	return hold_calls(unheld, sizeof unheld / sizeof *unheld, to);
}

int order_is_possible(void)
{
	return hold_is_possible();
}

static socklen_t address(struct sockaddr_un *a, const char *name)
{
	memset(a, 0, sizeof *a);
	a->sun_family = AF_UNIX;
	snprintf(a->sun_path + 1, sizeof a->sun_path - 1, "%s", name);
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   strlen(a->sun_path + 1));
}

/* What the program tells the scheduler, with its listener. */
struct hello {
	int program;
	pid_t pid;
};

/* All of them have one processor, and one that is woken does not interrupt
 * another: so a call that wakes somebody in its midst, as exit() does when it
 * closes several descriptors, has an end before that one runs. */
static void share_a_cpu(void)
{
	struct sched_param none = { 0 };
	cpu_set_t set;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof set, &set) == -1)
		return;
	while (cpu < CPU_SETSIZE - 1 && !CPU_ISSET((size_t)cpu, &set))
		cpu++;
	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
	sched_setscheduler(0, SCHED_BATCH, &none);
}

int order_become(char **words)
{
	struct sockaddr_un a;
	struct hello h;
	int fd, to, low = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (!words[0] || !words[1] || !words[2])
		return 2;
	share_a_cpu();
	h.program = atoi(words[1]);
	h.pid = getpid();
	to = fcntl(low, F_DUPFD_CLOEXEC, HOLD_FD);
	close(low);
	if (to == -1 || connect(to, (struct sockaddr *)&a,
				address(&a, words[0])) == -1) {
		perror("trace: connect");
		return 2;
	}
	fd = hold_all(to);
	if (fd == -1) {
		perror("trace: seccomp");
		return 2;
	}
	if (hold_send(to, &h, sizeof h, fd) == -1)
		return 2;
	execvp(words[2], words + 2);
	fprintf(stderr, "trace: %s: %s\n", words[2], strerror(errno));
	return 127;
}

/* ----------------------------------------------------- who is doing what */

static struct one *one_of(pid_t tid)
{
	for (size_t i = 0; i < ones; i++)
		if (one[i].tid == tid && one[i].held != GONE)
			return &one[i];
	return NULL;
}

/* One that has ended is its parent's child until that waits for it. */
static int is_known(pid_t tid)
{
	for (size_t i = 0; i < ones; i++)
		if (one[i].tid == tid)
			return 1;
	return 0;
}

static int open_of(pid_t tid, const char *fmt)
{
	char path[64];

	snprintf(path, sizeof path, fmt, (int)tid, (int)tid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void add(pid_t tid, int program, int fd, int joins)
{
	size_t at = ones;

	if (ones == TASKS)
		exit(1);		/* the listeners close: so they end */
	while (at > 0 && one[at - 1].program > program)
		at--;
	memmove(one + at + 1, one + at, (ones - at) * sizeof *one);
	ones++;
	one[at] = (struct one){
		.tid = tid, .program = program, .listener = fd, .joins = joins,
		.status = open_of(tid, "/proc/%d/status"),
		.children = open_of(tid, "/proc/%d/task/%d/children"),
	};
}

static void gone(struct one *o)
{
	o->held = GONE;
	close(o->status);
	close(o->children);
}

static long long number_behind(const char *text, const char *word)
{
	const char *s = strstr(text, word);

	return s ? strtoll(s + strlen(word), NULL, 10) : -1;
}

/* 1: O sleeps, and has not run since the first look; 0: it runs. */
static int sleeps(struct one *o, int is_first)
{
	char text[4096];
	ssize_t n = pread(o->status, text, sizeof text - 1, 0);
	const char *state;
	long long switches;

	if (n <= 0) {
		gone(o);
		return 1;
	}
	text[n] = '\0';
	state = strstr(text, "\nState:\t");
	if (!state)
		return 0;
	state += 8;
	/* First strace takes note of an end (X meanwhile), then the parent is
	 * told. After that it is a zombie without a tracer, at both looks. */
	if (*state == 'Z' && number_behind(text, "\nTracerPid:\t") == 0) {
		if (!is_first)
			gone(o);
		return 1;
	}
	if (*state != 'S' && !(*state == 'D' && o->forks))
		return 0;
	switches = number_behind(text, "\nvoluntary_ctxt_switches:\t") +
		   number_behind(text, "\nnonvoluntary_ctxt_switches:\t");
	if (is_first)
		o->switches = switches;
	return switches == o->switches;
}

static void find_children(const struct one *o)
{
	char text[1024], *s = text;
	ssize_t n = pread(o->children, text, sizeof text - 1, 0);
	int program = o->program, fd = o->listener, joins = o->joins;

	if (n <= 0)
		return;
	text[n] = '\0';
	while (*s) {
		pid_t pid = (pid_t)strtol(s, &s, 10);

		if (pid <= 0)
			return;
		if (!is_known(pid))
			add(pid, program, fd, joins);
		while (*s == ' ')
			s++;
	}
}

/* Is nobody busy? Those who sleep have slept from the first look to the second,
 * and between the two lies a moment at which all did. */
static int are_settled(void)
{
	size_t before = ones;

	for (int look = 0; look < 2; look++)
		for (size_t i = 0; i < ones; i++)
			if (one[i].held == RUNS && !sleeps(&one[i], look == 0))
				return 0;
	for (size_t i = 0; i < ones; i++)
		if (one[i].held != GONE)
			find_children(&one[i]);
	return ones == before;
}

/* Programs that begin together are all there, or none is. */
static int are_together(void)
{
	size_t there = 0;

	for (size_t i = together; i < programs; i++)
		for (size_t k = 0; k < ones; k++)
			if (one[k].program == (int)i) {
				there++;
				break;
			}
	if (there == 0 || there == programs - together)
		return 1;
	if (!first_of_many)
		first_of_many = now_us(CLOCK_MONOTONIC);
	return now_us(CLOCK_MONOTONIC) - first_of_many >
	       TOGETHER_MS * (int64_t)1000;
}

/* --------------------------------------------------------- what comes in */

static void hello(void)
{
	struct hello h;
	struct ucred who;
	socklen_t size = sizeof who;
	int fd = -1, from = accept4(door, NULL, NULL, SOCK_CLOEXEC);

	if (from == -1)
		return;
	/* Anybody may know our address. */
	if (getsockopt(from, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 &&
	    who.uid == geteuid())
		fd = hold_take(from, &h, sizeof h);
	close(from);
	if (fd == -1 || listeners == SOURCES || h.program < 0 ||
	    h.program >= (int)programs)
		return;
	listener[listeners++] = fd;
	add(h.pid, h.program, fd, 1);
}

static void note(pid_t tid, int comes)
{
	struct order_entry e = { now_us(CLOCK_REALTIME), tid, comes };

	if (write(record, &e, sizeof e) != sizeof e)
		exit(1);
}

static void hold(int fd)
{
	struct seccomp_notif n;
	struct one *o;

	memset(&n, 0, sizeof n);
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &n) == -1)
		return;			/* it was killed just now */
	o = one_of((pid_t)n.pid);
	if (!o) {			/* its parent has told nothing yet */
		struct one *parent = NULL;

		for (size_t i = 0; i < ones; i++)
			if (one[i].listener == fd)
				parent = &one[i];
		if (!parent)
			return;
		add((pid_t)n.pid, parent->program, fd, parent->joins);
		o = one_of((pid_t)n.pid);
	}
	note(o->tid, 1);
	o->held = HELD;
	o->id = n.id;
	o->call = n.data.nr;
	o->fd = (int)n.data.args[0];
	o->forks = 0;
#ifdef SYS_vfork
	o->forks = n.data.nr == SYS_vfork;
#endif
	if (n.data.nr == SYS_clone)
		o->forks = (n.data.args[0] & CLONE_VFORK) != 0;
#ifdef SYS_clone3
	o->forks |= n.data.nr == SYS_clone3;
#endif
}

/* Take in what comes within WAIT, or for ever. 0 when trace has shut the door:
 * then the run is over. */
static int take_in(const struct timespec *wait, int end)
{
	struct pollfd p[SOURCES + 2];
	int busy = 1;

	while (busy) {
		size_t n = listeners;

		for (size_t i = 0; i < n; i++)
			p[i] = (struct pollfd){ listener[i], POLLIN, 0 };
		p[n] = (struct pollfd){ door, POLLIN, 0 };
		p[n + 1] = (struct pollfd){ end, POLLIN, 0 };
		if (ppoll(p, (nfds_t)n + 2, wait, NULL) == -1)
			return errno == EINTR;
		if (p[n + 1].revents)
			return 0;
		busy = 0;
		for (size_t i = 0; i < n; i++) {
			if (p[i].revents & POLLIN) {
				hold(p[i].fd);
				busy = 1;
			} else if (p[i].revents) {	/* all have ended */
				close(listener[i]);
				listener[i] = -1;
			}
		}
		if (p[n].revents) {
			hello();
			busy = 1;
		}
		wait = &at_once;
	}
	return 1;
}

/* ------------------------------------------------------------- the order */

static struct one *whose_turn(void)
{
	size_t at = 0;
	int some = 0;

	for (size_t i = 0; i < ones; i++)
		some |= one[i].held == HELD && !one[i].joins;
	for (size_t i = 0; i < ones && !some; i++)
		one[i].joins = 0;
	for (size_t i = 0; i < ones; i++)
		if (one[i].tid == last)
			at = i + (yields_now || one[i].held != HELD);
	for (size_t i = 0; i < ones; i++) {
		struct one *o = &one[(at + i) % ones];

		if (o->held == HELD && !o->joins)
			return o;
	}
	return NULL;
}

/* Calls after which a process may be told to yield. What it says to people is a
 * word of its own. */
static const struct {
	const char *name;
	int number;
} known[] = {
	{ "fcntl", SYS_fcntl }, { "fork", SYS_clone }, { "futex", SYS_futex },
	{ "say", SYS_write }, { "semtimedop", SYS_semtimedop },
	{ "write", SYS_write },
};

enum { KNOWN = sizeof known / sizeof *known };

int order_knows(struct piece name)
{
	for (size_t i = 0; i < KNOWN; i++)
		if (is(name, known[i].name))
			return 1;
	return 0;
}

/* Is what O has as descriptor FD called WORD...? */
static int is_called(const struct one *o, int fd, const char *word)
{
	char path[64], name[32];
	size_t len = strlen(word);
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)o->tid, fd);
	n = readlink(path, name, sizeof name);
	return n >= (ssize_t)len && memcmp(name, word, len) == 0;
}

/* What is written to a terminal, and that its last one has left it, is handed
 * on by a worker of the kernel's. Nobody can see whether that has still to run.
 * */
static int is_about_terminal(const struct one *o)
{
	int fd = o->call == SYS_exit_group ? 0 : o->fd;

	return (o->call == SYS_write || o->call == SYS_ioctl ||
		o->call == SYS_exit_group) &&
	       (is_called(o, fd, "/dev/pts") || is_called(o, fd, "/dev/ptm"));
}

static int has_to_yield(const struct one *o)
{
	for (size_t i = 0; yields && i < KNOWN; i++) {
		const char *name = known[i].name;

		if (known[i].number != o->call ||
		    !is_among(yields, (struct piece){ name, strlen(name) }))
			continue;
		if (o->call != SYS_write ||
		    is_called(o, o->fd, "/memfd:output") == (*name == 's'))
			return 1;
	}
	return 0;
}

static void let_go(struct one *o)
{
	struct seccomp_notif_resp r = {
		.id = o->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};

	note(o->tid, 0);
	last = o->tid;
	o->held = RUNS;
	looks = is_about_terminal(o) ? TERMINAL_LOOKS : 0;
	yields_now = has_to_yield(o);
	ioctl(o->listener, SECCOMP_IOCTL_NOTIF_SEND, &r);
}

_Noreturn static void schedule(int end)
{
	static const struct timespec soon = { 0, LOOK_NS };
	const struct timespec *wait = NULL;
	int is_idle = 0;

	while (take_in(wait, end)) {
		struct one *next;

		wait = &soon;
		if (!are_together() || !are_settled() || looks-- > 0)
			continue;
		if (!take_in(&at_once, end))
			break;
		next = whose_turn();
		if (next) {
			is_idle = 0;
			let_go(next);
		} else {		/* what now comes, comes from outside */
			if (!is_idle)
				note(0, 0);
			is_idle = 1;
			wait = NULL;
		}
	}
	_exit(0);
}

int order_begin(const char *after, const char *file, size_t n, size_t first,
		char *name, size_t size, int *end)
{
	struct sockaddr_un a;
	int pipe_end[2];

	programs = n;
	together = first;
	yields = after;
	snprintf(name, size, "ipc-lessons-trace-%d", (int)getpid());
	door = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (door == -1 ||
	    bind(door, (struct sockaddr *)&a, address(&a, name)) == -1 ||
	    listen(door, SOURCES) == -1 || pipe2(pipe_end, O_CLOEXEC) == -1)
		return -1;
	record = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (record == -1)
		return -1;
	scheduler = fork();
	if (scheduler == -1)
		return -1;
	if (scheduler == 0) {
		close(pipe_end[1]);
		signal(SIGINT, SIG_IGN);	/* trace tells us the end */
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
		schedule(pipe_end[0]);
	}
	close(pipe_end[0]);
	close(door);
	close(record);
	*end = pipe_end[1];
	return 0;
}

int order_end(int end)
{
	int status;

	close(end);
	while (waitpid(scheduler, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return status == 0 ? 0 : -1;
}
