/*
 * inject - run a command, and let one system call of one of its programs fail,
 * or interrupt a program at one
 *
 *	inject -p NAME[,NAME...] [-o LOG] [-f CASE] COMMAND [WORD...]
 *
 * Each call of the programs NAME (the file that they are, without its folder)
 * is held before it begins (SECCOMP_RET_USER_NOTIF), counted, and let go. What
 * another program of COMMAND does is not counted. Calls before main() are the
 * loader's and are not counted, either.
 *
 * LOG gets what was counted, a line each, with tabs between:
 *
 *	call WHO CALL N		so often did WHO make this call
 *	no WHO CALL NTH ERROR	what this one cannot return as it was made here:
 *				can.c knows which errors depend on that. Only
 *				without a case
 *	hit			the case came
 *	piped			with EPIPE came SIGPIPE, and nothing keeps it
 *				from ending the process
 *	wild WHO CALL PID	it wanted to signal all processes: it was not
 *				let
 *	spins WHO CALL		it made so many calls that it was killed
 *
 * WHO is NAME.K: the K-th process or thread that is NAME, from 0, as they come
 * to their first call. CASE is WHO:CALL:NTH:WHAT. WHAT is
 *
 *	EINTR, ...	the call does nothing and returns this error
 *	short		a read or write of more than a byte takes a part only
 *	removed		the System V object that it names is removed before it
 *	INT, ...	the process gets this signal when the call begins
 *	PAUSE		it is stopped there, and goes on
 *
 * What is injected is a state that can be: the kernel itself returns such an
 * error, and a call that failed has changed nothing. close() is no such call,
 * since it closes also when it fails: it is refused.
 *
 * The status is that of COMMAND; 125 if inject itself failed.
 *
 * Sources: seccomp(2), seccomp_unotify(2), pidfd_getfd(2), setns(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../hold.h"
#include "../why/inside.h"
#include "can.h"

enum {
	TASKS = 256,
	NUMBERS = 512,			/* of system calls that are counted */
	NAMES = 16,
	NAME_ROOM = 64,
	FAILED = 125,			/* our own status */
	SPINS = 200000,			/* calls of one task */
	PATIENCE_MS = 2000,		/* for a process to stop */
	HALF_MOST = 65536,		/* bytes of a short write */
};

enum deed { NO_DEED, FAIL, SHORT, REMOVE, SIGNAL, PAUSE };

/* What is to happen, to whom, and when. */
static struct {
	char name[NAME_ROOM];
	int which;			/* the K of NAME.K */
	long call;
	int nth;			/* 0: nothing is to happen */
	enum deed deed;
	int number;			/* of the error, or of the signal */
	int is_done;
} plan;

/* A process or thread. */
struct one {
	pid_t tid;
	char name[NAME_ROOM];		/* "" if it is none of ours */
	int which;
	size_t program;			/* the place of the name in names[] */
	int is_loaded;			/* it has come to main() */
	int has_list;			/* set_robust_list() has come */
	int is_new;			/* exec was its last call */
	int calls;
	int count[NUMBERS];
};

static struct one *task[TASKS];
static size_t tasks;
static char names[NAMES][NAME_ROOM];
static int used[NAMES];			/* so many tasks have the name */
static struct handlers handlers[NAMES];
static size_t n_names;
static FILE *record;

_Noreturn static void give_up(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(FAILED);
}

_Noreturn static void refuse(const char *what, const char *text)
{
	fprintf(stderr, "inject: %s '%s'\n", what, text);
	exit(FAILED);
}

/* ------------------------------------------------------------- words */

static long number_of_call(const char *name)
{
	for (const struct call_name *c = call_names; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return (long)c->nr;
	return -1;
}

static const char *name_of_call(long number)
{
	for (const struct call_name *c = call_names; c->name; c++)
		if ((long)c->nr == number)
			return c->name;
	return "?";
}

static int number_of_error(const char *name)
{
	for (int e = 1; e < 134; e++) {
		const char *known = strerrorname_np(e);

		if (known && strcmp(known, name) == 0)
			return e;
	}
	return 0;
}

static int number_of_signal(const char *name)
{
	for (int s = 1; s < 32; s++) {
		const char *known = sigabbrev_np(s);

		if (known && strcmp(known, name) == 0)
			return s;
	}
	return 0;
}

static void read_deed(const char *word)
{
	if (strcmp(word, "short") == 0) {
		plan.deed = SHORT;
	} else if (strcmp(word, "removed") == 0) {
		plan.deed = REMOVE;
	} else if (strcmp(word, "PAUSE") == 0) {
		plan.deed = PAUSE;
	} else if (number_of_error(word)) {
		plan.deed = FAIL;
		plan.number = number_of_error(word);
	} else if (number_of_signal(word)) {
		plan.deed = SIGNAL;
		plan.number = number_of_signal(word);
	} else {
		refuse("no error, signal or deed is called", word);
	}
}

/* WHO:CALL:NTH:WHAT */
static void read_case(const char *text)
{
	char who[NAME_ROOM], call[NAME_ROOM], what[NAME_ROOM];
	char *dot;
	int end = 0;

	if (sscanf(text, "%63[^:]:%63[^:]:%d:%63[^:]%n", who, call, &plan.nth,
		   what, &end) != 4 || text[end] || plan.nth < 1)
		refuse("a case is WHO:CALL:NTH:WHAT, and not", text);
	dot = strrchr(who, '.');
	if (!dot)
		refuse("WHO is NAME.NUMBER, and not", who);
	*dot = '\0';
	plan.which = atoi(dot + 1);
	snprintf(plan.name, sizeof plan.name, "%s", who);
	plan.call = number_of_call(call);
	if (plan.call < 0 || plan.call >= NUMBERS)
		refuse("no system call is called", call);
	read_deed(what);
	if (plan.deed == FAIL && plan.call == SYS_close)
		refuse("close() closes also when it fails, so this cannot be:",
		       text);
}

static void read_names(char *text)
{
	char *rest = text, *name;

	while ((name = strsep(&rest, ","))) {
		if (n_names == NAMES || strlen(name) >= NAME_ROOM || !*name)
			refuse("too many or too long names:", name);
		snprintf(names[n_names], NAME_ROOM, "%s", name);
		n_names++;
	}
}

/* ------------------------------------------------ in the command to be */

/* Calls that can neither fail nor wait, and do nothing to anybody. */
static const int unheld[] = {
	SYS_rt_sigreturn, SYS_restart_syscall, SYS_getpid, SYS_getppid,
	SYS_gettid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
	SYS_clock_gettime, SYS_exit, SYS_exit_group, SYS_sched_yield,
#ifdef SYS_rseq
	SYS_rseq,
#endif
};

_Noreturn static void become(char **words, int low)
{
	int to = fcntl(low, F_DUPFD_CLOEXEC, HOLD_FD);
	char letter = 'f';
	int fd = -1;

	if (to != -1)
		fd = hold_calls(unheld, sizeof unheld / sizeof *unheld, to);
	if (fd == -1 || hold_send(to, &letter, 1, fd) == -1) {
		perror("inject: seccomp");
		_exit(FAILED);
	}
	execvp(words[0], words);
	fprintf(stderr, "inject: %s: %s\n", words[0], strerror(errno));
	_exit(FAILED);
}

/* ---------------------------------------------------------- who is it? */

static struct one *find(pid_t tid)
{
	for (size_t i = 0; i < tasks; i++)
		if (task[i]->tid == tid)
			return task[i];
	return NULL;
}

/* The name of what T runs, if it is one of ours. */
static void learn_name(struct one *t)
{
	char path[64], exe[4096];
	const char *base;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/exe", (int)t->tid);
	n = readlink(path, exe, sizeof exe - 1);
	t->name[0] = '\0';
	if (n <= 0)
		return;
	exe[n] = '\0';
	base = strrchr(exe, '/');
	base = base ? base + 1 : exe;
	for (size_t i = 0; i < n_names; i++)
		if (strcmp(names[i], base) == 0) {
			memcpy(t->name, names[i], sizeof t->name);
			t->which = used[i]++;
			t->program = i;
		}
}

static struct one *add(pid_t tid)
{
	struct one *t;

	if (tasks == TASKS)
		return NULL;
	t = calloc(1, sizeof *t);
	if (!t)
		give_up("calloc");
	t->tid = tid;
	task[tasks++] = t;
	learn_name(t);
	return t;
}

/* A process that has become another program is a new one here. One that fork()
 * made has come to main() already: its first call is none of exec's. NULL:
 * there are too many. */
static struct one *one_of(pid_t tid, long call)
{
	struct one *t = find(tid);

	if (!t) {
		t = add(tid);
		if (t)
			t->is_loaded = call != SYS_brk && call != SYS_execve;
	} else if (t->is_new && call == SYS_brk) {
		t->tid = 0;
		t = add(tid);
	} else if (t->is_new) {
		t->is_new = 0;		/* exec has failed */
	}
	if (t && (call == SYS_execve || call == SYS_execveat))
		t->is_new = 1;
	return t;
}

/* The loader's last deeds: set_robust_list(), and then it unmaps the list of
 * libraries. */
static int is_in_main(struct one *t, long call)
{
	if (t->is_loaded)
		return 1;
	if (call == SYS_set_robust_list)
		t->has_list = 1;
	if (call == SYS_munmap && t->has_list)
		t->is_loaded = 1;
	return 0;
}

/* ------------------------------------------------------------- deeds */

static int state_of(pid_t tid)
{
	char path[64], text[512];
	const char *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return 0;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	end = strrchr(text, ')');
	return end ? end[2] : 0;
}

static void go_on_when_stopped(pid_t tid)
{
	static const struct timespec moment = { 0, 1000000 };

	for (int ms = 0; ms < PATIENCE_MS; ms++) {
		int state = state_of(tid);

		if (state == 'T' || state == 0 || state == 'Z')
			break;
		nanosleep(&moment, NULL);
	}
	kill(tid, SIGCONT);
}

static void remove_object(long call, int id)
{
	switch (call) {
	case SYS_msgsnd:
	case SYS_msgrcv:
		msgctl(id, IPC_RMID, NULL);
		break;
	case SYS_semop:
	case SYS_semtimedop:
	case SYS_semctl:
		semctl(id, 0, IPC_RMID);
		break;
	case SYS_shmat:
		shmctl(id, IPC_RMID, NULL);
		break;
	default:
		break;
	}
}

/* In the IPC namespace of TID, which is another one in stage's private tier. */
static void remove_there(const struct seccomp_notif *n)
{
	char path[64];
	pid_t helper = fork();
	int fd;

	if (helper == -1)
		give_up("fork");
	if (helper == 0) {
		snprintf(path, sizeof path, "/proc/%d/ns/ipc", (int)n->pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd != -1 && setns(fd, CLONE_NEWIPC) == 0)
			remove_object(n->data.nr, (int)n->data.args[0]);
		_exit(0);
	}
	waitpid(helper, NULL, 0);
}

static int is_ready(int fd, short way)
{
	struct pollfd p = { fd, way, 0 };

	return poll(&p, 1, 0) == 1 && (p.revents & way);
}

/* Write the first half for it. What it returns, or -2: not possible. */
static ssize_t write_half(const struct seccomp_notif *n, int fd)
{
	static char bytes[HALF_MOST];
	size_t half = (size_t)n->data.args[2] / 2;
	struct iovec here = { bytes, half };
	struct iovec there = { (void *)(uintptr_t)n->data.args[1], half };

	if (half == 0 || half > sizeof bytes || !is_ready(fd, POLLOUT) ||
	    process_vm_readv((pid_t)n->pid, &here, 1, &there, 1, 0) !=
	    (ssize_t)half)
		return -2;
	return write(fd, bytes, half);
}

/* Read one byte for it. */
static ssize_t read_one(const struct seccomp_notif *n, int fd)
{
	char byte;
	struct iovec here = { &byte, 1 };
	struct iovec there = { (void *)(uintptr_t)n->data.args[1], 1 };
	ssize_t got;

	if (n->data.args[2] < 2 || !is_ready(fd, POLLIN))
		return -2;
	got = read(fd, &byte, 1);
	if (got == 1 &&
	    process_vm_writev((pid_t)n->pid, &here, 1, &there, 1, 0) != 1)
		give_up("process_vm_writev");
	return got;
}

/* Its own descriptor, as a copy here. */
static int its_fd(const struct seccomp_notif *n)
{
	int pidfd = (int)syscall(SYS_pidfd_open, n->pid, 0);
	int fd;

	if (pidfd == -1)
		return -1;
	fd = (int)syscall(SYS_pidfd_getfd, pidfd, (int)n->data.args[0], 0);
	close(pidfd);
	return fd;
}

/* 1: done, and R says what the call returns; 0: it cannot be short. */
static int make_short(const struct one *t, const struct seccomp_notif *n,
		      struct seccomp_notif_resp *r)
{
	ssize_t got = -2;
	int fd = its_fd(n);

	if (fd == -1)
		return 0;
	if (can_be_short(&handlers[t->program], n, fd)) {
		long call = n->data.nr;

		if (call == SYS_write)
			got = write_half(n, fd);
		else if (call == SYS_read)
			got = read_one(n, fd);
	}
	if (got >= 0) {
		r->val = got;
		r->flags = 0;
	} else if (got == -1) {
		r->error = -errno;
		r->flags = 0;
	}
	close(fd);
	return got != -2;
}

static int is_the_case(const struct one *t, long call)
{
	return plan.nth && !plan.is_done && call == plan.call &&
	       t->count[call] == plan.nth && t->which == plan.which &&
	       strcmp(t->name, plan.name) == 0;
}

static void hit(void)
{
	plan.is_done = 1;
	fprintf(record, "hit\n");
}

/* The kernel sends SIGPIPE with EPIPE, if it is not told not to. */
static int comes_with_signal(const struct seccomp_notif *n)
{
	switch (n->data.nr) {
	case SYS_sendto:
		return !((int)n->data.args[3] & MSG_NOSIGNAL);
	case SYS_sendmsg:
		return !((int)n->data.args[2] & MSG_NOSIGNAL);
	default:
		return 1;
	}
}

/* What comes before the answer */
static void act(const struct one *t, const struct seccomp_notif *n,
		struct seccomp_notif_resp *r)
{
	switch (plan.deed) {
	case FAIL:
		if (!can_fail(&handlers[t->program], n, plan.number))
			return;
		r->error = -plan.number;
		r->flags = 0;
		if (plan.number == EPIPE && comes_with_signal(n)) {
			if (can_end_by(n, SIGPIPE))
				fprintf(record, "piped\n");
			kill((pid_t)n->pid, SIGPIPE);
		}
		break;
	case SHORT:
		if (!make_short(t, n, r))
			return;
		break;
	case REMOVE:
		remove_there(n);
		break;
	case SIGNAL:
		kill((pid_t)n->pid, plan.number);
		break;
	case PAUSE:
		kill((pid_t)n->pid, SIGSTOP);
		break;
	case NO_DEED:
		return;
	}
	hit();
}

/* Would this call signal somebody who is no part of the command? All of its
 * processes have made a call before. What the numbers are inside of another
 * pid namespace is the kernel's to know: there nobody else can be met. */
static int is_wild(const struct one *t, const struct seccomp_notif *n)
{
	if (n->data.nr != SYS_kill || (int)n->data.args[1] == 0)
		return 0;
	if ((int)n->data.args[0] != -1)
		return 0;
	fprintf(record, "wild\t%s.%d\tkill\t-1\n", t->name, t->which);
	return 1;
}

static void put_if_whole(const struct one *t, const struct seccomp_notif *n)
{
	int fd = its_fd(n);

	if (fd == -1)
		return;
	if (!can_be_short(&handlers[t->program], n, fd))
		fprintf(record, "no\t%s.%d\t%s\t%d\tshort\n", t->name,
			t->which, name_of_call(n->data.nr),
			t->count[n->data.nr]);
	close(fd);
}

static void put_what_cannot_be(const struct one *t,
			       const struct seccomp_notif *n)
{
	for (const int *e = can_be_asked; *e; e++)
		if (!can_fail(&handlers[t->program], n, *e))
			fprintf(record, "no\t%s.%d\t%s\t%d\t%s\n", t->name,
				t->which, name_of_call(n->data.nr),
				t->count[n->data.nr], strerrorname_np(*e));
	if (n->data.nr == SYS_read || n->data.nr == SYS_write)
		put_if_whole(t, n);
}

static void answer(int listener, const struct seccomp_notif *n)
{
	struct seccomp_notif_resp r = {
		.id = n->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};
	long call = n->data.nr;
	struct one *t = one_of((pid_t)n->pid, call);
	int pauses = 0;

	if (t && t->name[0] && is_in_main(t, call) && call >= 0 &&
	    call < NUMBERS) {
		t->count[call]++;
		t->calls++;
		if (call == SYS_rt_sigaction)
			can_learn(&handlers[t->program], n);
		if (plan.nth == 0)
			put_what_cannot_be(t, n);
		if (is_wild(t, n)) {
			r.error = -EPERM;
			r.flags = 0;
		}
		if (is_the_case(t, call)) {
			act(t, n, &r);
			pauses = plan.deed == PAUSE;
			if (plan.deed == SIGNAL && plan.number == SIGKILL)
				return;	/* it does not make this call */
		}
		if (t->calls == SPINS) {
			fprintf(record, "spins\t%s.%d\t%s\n", t->name,
				t->which, name_of_call(call));
			kill((pid_t)n->pid, SIGKILL);
		}
	}
	/* Whoever was killed meanwhile wants no answer. */
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r) == -1 &&
	    errno != ENOENT)
		give_up("SECCOMP_IOCTL_NOTIF_SEND");
	if (pauses)
		go_on_when_stopped((pid_t)n->pid);
}

static void supervise(int listener)
{
	struct pollfd p = { listener, POLLIN, 0 };

	for (;;) {
		struct seccomp_notif n;

		if (poll(&p, 1, -1) == -1) {
			if (errno == EINTR)
				continue;
			give_up("poll");
		}
		if (!(p.revents & POLLIN))
			return;		/* all have ended */
		memset(&n, 0, sizeof n);
		if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &n) == 0)
			answer(listener, &n);
		else if (errno != ENOENT && errno != EINTR)
			give_up("SECCOMP_IOCTL_NOTIF_RECV");
	}
}

static void put_counts(void)
{
	for (size_t i = 0; i < tasks; i++)
		for (long c = 0; c < NUMBERS; c++)
			if (task[i]->name[0] && task[i]->count[c])
				fprintf(record, "call\t%s.%d\t%s\t%d\n",
					task[i]->name, task[i]->which,
					name_of_call(c), task[i]->count[c]);
}

int main(int argc, char **argv)
{
	const char *log = "/dev/null";
	int ends[2], listener, opt, status;
	char letter;
	pid_t child;

	while ((opt = getopt(argc, argv, "+p:o:f:")) != -1)
		switch (opt) {
		case 'p': read_names(optarg); break;
		case 'o': log = optarg; break;
		case 'f': read_case(optarg); break;
		default: exit(FAILED);
		}
	if (n_names == 0 || optind == argc) {
		fprintf(stderr, "usage: inject -p NAME[,NAME...] [-o LOG] "
			"[-f WHO:CALL:NTH:WHAT] COMMAND [WORD...]\n");
		exit(FAILED);
	}
	record = fopen(log, "we");
	if (!record)
		give_up(log);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		give_up("socketpair");
	child = fork();
	if (child == -1)
		give_up("fork");
	if (child == 0)
		become(argv + optind, ends[1]);
	close(ends[1]);
	listener = hold_take(ends[0], &letter, 1);
	if (listener != -1)
		supervise(listener);
	if (waitpid(child, &status, 0) == -1)
		give_up("waitpid");
	put_counts();
	if (fclose(record) == EOF)
		give_up(log);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	       128 + WTERMSIG(status);
}
