/*
 * run.c - the caller's side: one run at a time, its tier, its keeper
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper.h"

/* The signal that came, and whom to tell. */
static volatile sig_atomic_t caller_stop;
static volatile pid_t caller_keeper;

unsigned deadline_ms(const struct stage_plan *plan)
{
	const char *mul = getenv("STAGE_TIMEOUT_MUL");
	unsigned ms = plan->deadline_ms ? plan->deadline_ms : DEADLINE_MS;
	int times = mul ? atoi(mul) : 1;

	if (times < 1 || times > 1000)
		times = 1;
	if (ms > INT_MAX / (unsigned)times)
		return INT_MAX;
	return ms * (unsigned)times;
}

unsigned stage_patience(unsigned ms)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	double load = 1;

	if (getloadavg(&load, 1) == 1 && cpus > 0)
		load /= (double)cpus;
	return (unsigned)(ms * (load < 1 ? 1 : load > 4 ? 4 : load));
}

uint32_t folder_of(const struct stage_plan *plan)
{
	return folder_id(plan->dir ? plan->dir : ".");
}

void note_error(struct keeper *k, const char *what, const char *name,
		       int err)
{
	struct stage_result *res = &k->sh->res;

	res->end = STAGE_ERROR;
	snprintf(res->error, sizeof res->error, "%s%.300s: %s", what, name,
		 strerror(err));
}

__attribute__((format(printf, 2, 3)))
static void note_sentence(struct keeper *k, const char *fmt, ...)
{
	struct stage_result *res = &k->sh->res;
	va_list ap;

	res->end = STAGE_ERROR;
	va_start(ap, fmt);
	vsnprintf(res->error, sizeof res->error, fmt, ap);
	va_end(ap);
}

static void pass_on(int sig)
{
	caller_stop = sig;
	if (caller_keeper > 0) {
		kill(caller_keeper, SIGTERM);
		kill(caller_keeper, SIGCONT);	/* should it be stopped */
	}
}

static const int passed[] = { SIGINT, SIGTERM, SIGHUP };

/* Who made the socket that FD is connected to? 0: a process that has no number
 * here, since it lives in another pid namespace. */
static pid_t peer_of(int fd)
{
	struct ucred who = { .pid = 0 };
	socklen_t len = sizeof who;

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len);
	return who.pid;
}

/* "stage (process 12) in /home/me/lessons/01-pipe" */
static void describe(const struct proc *p, char *buf, size_t size)
{
	char link[32], folder[300];
	ssize_t n;

	snprintf(link, sizeof link, "/proc/%d/cwd", (int)p->pid);
	n = readlink(link, folder, sizeof folder - 1);
	folder[n > 0 ? n : 0] = '\0';
	snprintf(buf, size, "%s (process %d)%s%s", p->comm, (int)p->pid,
		 n > 0 ? " in " : "", folder);
}

/* We have waited for the run of PID for a while: say so, once. 0; or -1 and WHY
 * (SIZE bytes) if that run is stopped, since we would wait for ever. */
static int tell_wait(pid_t pid, char *why, size_t size)
{
	static pid_t told = -1;
	static int stopped;	/* looks in a row that found it so */
	char text[STAGE_LINE] = "it is in another container";
	struct proc p;
	int is_seen = pid > 0 && proc_get(pid, &p) == 0;

	if (is_seen)
		describe(&p, text, sizeof text);
	stopped = is_seen && p.state == 'T' ? stopped + 1 : 0;
	if (stopped > 1) {	/* not for one that goes on at once */
		snprintf(why, size, "another run of yours has the turn and is "
			 "stopped: %s; continue it: fg in its terminal, or "
			 "kill -CONT %d; then try again", text, (int)pid);
		return -1;
	}
	if (pid != told)
		fprintf(stderr, "stage: waiting for another run of yours to "
			"end: %s\n", text);
	told = pid;
	return 0;
}

enum { PATIENT_MS = 1000 };	/* in a test suite, turns are short */

/* Wait for an event of FD, the connection to the lock's holder, which never
 * accepts it: its end resets it. Or until we are told to stop. 0; or -1 and WHY
 * if there is no sense in waiting. */
static int await_reset(int fd, char *why, size_t size)
{
	const struct timespec patience = { .tv_sec = PATIENT_MS / 1000 };
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	sigset_t block, old;
	int ret = 0;

	sigemptyset(&block);
	for (size_t i = 0; i < LENGTH(passed); i++)
		sigaddset(&block, passed[i]);
	/* Blocked, a signal cannot slip in before ppoll() waits. */
	sigprocmask(SIG_BLOCK, &block, &old);
	while (!caller_stop && ret == 0 &&
	       ppoll(&pfd, 1, &patience, &old) == 0)
		ret = tell_wait(peer_of(fd), why, size);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret;
}

/* Return when the holder of the lock has gone, or we are told to stop; maybe
 * for no reason. 0; or -1 and WHY if there is no sense in waiting. */
static int wait_for_holder(const struct sockaddr_un *a, socklen_t len,
			   char *why, size_t size)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ret = 0;

	if (fd == -1)
		return 0;
	if (connect(fd, (const void *)a, len) == 0)
		ret = await_reset(fd, why, size);
	close(fd);
	return ret;
}

/* An abstract socket name is the lock: it leaves no file, and the kernel
 * drops it when its last holder dies: we, or the keeper if we were killed.
 * Adds it to L. 0, also without a lock; or -1 and WHY. */
static int lock_shared(struct locks *l, const char *name, char *why,
		       size_t size)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *held = getenv("STAGE_LOCKED");
	socklen_t len;

	if (held && strstr(held, name))
		return 0;		/* a run inside our own run */
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			  (size_t)snprintf(a.sun_path + 1,
					   sizeof a.sun_path - 1, "%s", name));
	while (!caller_stop) {
		int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (s == -1)
			return 0;
		if (bind(s, (void *)&a, len) == 0 && listen(s, 64) == 0) {
			l->fd[l->n++] = s;
			return 0;
		}
		close(s);
		if (wait_for_holder(&a, len, why, size) == -1)
			return -1;
	}
	return 0;
}

/* Where objects may meet: the IPC namespace and the folder of shared memory.
 * Sockets' names are kept apart by the network only, which containers may
 * share, so a lock's name says which of these it is about. */
static const char *const spaces[LOCK_SPACES] = {
	"/proc/self/ns/ipc", "/dev/shm"
};

/* The name of lock WHAT in a space; its mark at the end sees to it that one is
 * not found in another. */
static void lock_name(char *name, size_t size, const char *space,
		      const char *what)
{
	struct stat st = { .st_ino = 0 };

	if (stat(space, &st) == -1)
		st.st_ino = 0;
	snprintf(name, size, "ipc-stage.%u.%llx.%llx.%s;",
		 (unsigned)geteuid(), (unsigned long long)st.st_dev,
		 (unsigned long long)st.st_ino, what);
}

/* Lock WHAT in each space, and note the names for runs inside our own. */
static int lock_spaces(struct locks *l, const char *what, char *why,
		       size_t size)
{
	for (size_t i = 0; i < LENGTH(spaces); i++) {
		const char *held = getenv("STAGE_LOCKED");
		char name[LOCK_NAME], all[1024];

		lock_name(name, sizeof name, spaces[i], what);
		if (lock_shared(l, name, why, size) == -1)
			return -1;
		snprintf(all, sizeof all, "%.900s %s", held ? held : "", name);
		setenv("STAGE_LOCKED", all, 1);
	}
	return 0;
}

/* The number in file PATH; -1 if there is none. */
static long number_in(const char *path)
{
	FILE *f = fopen(path, "re");
	long n = -1;

	if (f && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

/* Which limit on namespaces is 0? NULL: none, so one of them is reached. */
static const char *zero_limit(void)
{
	static const char *const limits[] = {
		"max_user_namespaces", "max_pid_namespaces",
		"max_ipc_namespaces", "max_mnt_namespaces",
		"max_net_namespaces"
	};

	for (size_t i = 0; i < LENGTH(limits); i++) {
		char path[64];

		snprintf(path, sizeof path, "/proc/sys/user/%s", limits[i]);
		if (number_in(path) == 0)
			return limits[i];
	}
	return NULL;
}

static int has_filter(void)
{
	char text[4096];

	return proc_read(getpid(), "status", text, sizeof text) > 0 &&
	       strstr(text, "\nSeccomp:\t2");
}

/* What refuses new namespaces, most likely, and what to do: ERR is the errno of
 * the call that failed. See namespaces(7), user_namespaces(7). */
static void refusal(int err, struct words *w)
{
	const char *limit = zero_limit();
	const int is_root = geteuid() == 0;

	if (err == ENOSPC && limit)
		words_add(w, " (the limit user.%s is 0; as root: sysctl "
			  "user.%s=10000)", limit, limit);
	else if (err == ENOSPC || err == EUSERS)
		words_add(w, " (too many namespaces: a limit in "
			  "/proc/sys/user is reached, or 32 of them lie in "
			  "each other)");
	else if (err == EINVAL || err == ENOSYS)
		words_add(w, " (this kernel was built without them)");
	else if (err != EPERM && err != EACCES)
		return;
	else if (!is_root && number_in("/proc/sys/kernel/"
				       "unprivileged_userns_clone") == 0)
		words_add(w, " (as root: sysctl "
			  "kernel.unprivileged_userns_clone=1)");
	else if (!is_root && number_in("/proc/sys/kernel/apparmor_restrict_"
				       "unprivileged_userns") == 1)
		words_add(w, " (AppArmor refuses; as root: sysctl kernel."
			  "apparmor_restrict_unprivileged_userns=0)");
	else if (has_filter())
		words_add(w, " (the seccomp filter of a container refuses; "
			  "docker run --security-opt seccomp=unconfined%s)",
			  is_root ? " --cap-add=SYS_ADMIN" : "");
	else if (is_root)
		words_add(w, " (this root has no CAP_SYS_ADMIN, as in a "
			  "container)");
	else
		words_add(w, " (in a chroot only root may have them)");
}

static void note_no_namespaces(struct stage_result *res, int err)
{
	struct words w = { res->tier_why, 0, sizeof res->tier_why };

	words_add(&w, "new namespaces are not allowed here: %s",
		  strerror(err));
	refusal(err, &w);
}

/* Fork the keeper into its namespaces, or plainly. Returns its pid or -1. */
static pid_t fork_keeper(struct keeper *k, enum stage_tier tier)
{
	struct stage_result *res = &k->sh->res;
	uid_t uid = getuid();
	gid_t gid = getgid();
	pid_t pid;

	k->caller = tier == STAGE_SHARED ? getpid() : 0;
	res->tier = tier;
	fflush(NULL);
	if (tier == STAGE_SHARED) {
		pid = fork();
	} else {
		/* clone(2) as a system call is a fork() with namespaces. */
		pid = (pid_t)syscall(SYS_clone, isolate_flags() | SIGCHLD,
				     0, 0, 0, 0);
		if (pid == -1)
			note_no_namespaces(res, errno);
	}
	if (pid != 0)
		return pid;
	if (tier == STAGE_PRIVATE &&
	    isolate_enter(k->place, uid, gid, res->tier_why,
			  sizeof res->tier_why) == -1) {
		k->sh->cannot_isolate = 1;
		_exit(1);
	}
	keeper_main(k, &caller_stop);
}

static void wait_keeper(struct keeper *k, pid_t pid)
{
	struct stage_result *res = &k->sh->res;
	int status = 0;

	caller_keeper = pid;
	if (caller_stop)		/* it came before we could pass it */
		kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		;
	caller_keeper = 0;
	if (k->sh->done || k->sh->cannot_isolate)
		return;
	res->end = STAGE_ERROR;
	snprintf(res->error, sizeof res->error, "the keeper died (%s)",
		 WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) :
		 "it exited");
}

/* Told to stop: before the programs began, or when all was swept. */
static void note_interrupted(struct keeper *k, int has_run)
{
	struct stage_result *res = &k->sh->res;

	if (res->end == STAGE_ERROR)
		return;
	res->end = STAGE_INTERRUPTED;
	res->code = caller_stop;
	for (size_t i = 0; i < k->plan->n; i++)
		if (!has_run || res->prog[i].end == STAGE_INTERRUPTED) {
			res->prog[i].end = STAGE_INTERRUPTED;
			res->prog[i].code = caller_stop;
		}
}

static void run_keeper(struct keeper *k, enum stage_tier tier)
{
	pid_t pid = fork_keeper(k, tier);

	if (pid > 0)
		wait_keeper(k, pid);
	else if (tier == STAGE_PRIVATE)
		k->sh->cannot_isolate = 1;
	else
		note_error(k, "fork", "", errno);
	if (caller_stop && !k->sh->cannot_isolate)
		note_interrupted(k, 1);
}

int lock_lesson(struct locks *l, uint32_t id, char *why, size_t size)
{
	char folder[16];

	snprintf(folder, sizeof folder, "%06x", (unsigned)id);
	return lock_spaces(l, folder, why, size);
}

void unlock(struct locks *l)
{
	for (size_t i = 0; i < l->n; i++)
		close(l->fd[i]);
	l->n = 0;
}

/* One shared-tier run of a user at a time, or two of them would take each
 * other's objects for their own. The names of a lesson tell its objects from
 * all others, so in play that is so for its folder only; and while its claims
 * run, the lesson is not played. */
static int take_locks(const struct stage_plan *plan, struct locks *l,
		      char *why, size_t size)
{
	if (!plan->play && lock_spaces(l, "all", why, size) == -1)
		return -1;
	return lock_lesson(l, plan->play ? folder_of(plan) : own_id(), why,
			   size);
}

static void run_locked(struct keeper *k)
{
	const char *held = getenv("STAGE_LOCKED");
	char *before = held ? strdup(held) : NULL;
	struct stage_result *res = &k->sh->res;
	struct locks locks = { .n = 0 };

	if (take_locks(k->plan, &locks, res->error, sizeof res->error) == -1)
		res->end = STAGE_ERROR;
	else if (caller_stop)
		note_interrupted(k, 0);
	else
		run_keeper(k, STAGE_SHARED);
	unlock(&locks);
	if (before)
		setenv("STAGE_LOCKED", before, 1);
	else
		unsetenv("STAGE_LOCKED");
	free(before);
}

static void run_tier(struct keeper *k, enum stage_tier tier)
{
	k->sh->res.tier = tier;
	if (tier == STAGE_SHARED)
		run_locked(k);
	else if (caller_stop)
		note_interrupted(k, 0);
	else
		run_keeper(k, tier);
}

static void run_guarded(struct keeper *k)
{
	static int never_private;	/* learnt from an earlier run */
	enum stage_tier tier = k->plan->tier;
	struct stage_result *res = &k->sh->res;

	if (tier == STAGE_AUTO)
		tier = never_private ? STAGE_SHARED : STAGE_PRIVATE;
	run_tier(k, tier);
	if (k->sh->cannot_isolate && k->plan->tier == STAGE_AUTO) {
		never_private = 1;
		k->sh->cannot_isolate = 0;
		run_tier(k, STAGE_SHARED);
	} else if (k->sh->cannot_isolate) {
		res->end = STAGE_ERROR;
		snprintf(res->error, sizeof res->error, "%s", res->tier_why);
	}
}

/* What opens first must not take the place of a standard descriptor that
 * the caller closed. */
static void fill_standard(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd < 3)
		;
	if (fd >= 3)
		close(fd);
}

static void run_in_place(struct keeper *k, struct place *place)
{
	const char *trouble = proc_trouble();

	if (k->plan->n < 1 || k->plan->n > STAGE_PROGS) {
		note_sentence(k, "a run has 1 to %d programs", STAGE_PROGS);
	} else if (trouble) {
		note_sentence(k, "%s", trouble);
	} else if (place_make(place, k->sh->res.error,
			      sizeof k->sh->res.error) == -1) {
		k->sh->res.end = STAGE_ERROR;
	} else {
		k->users = proc_users(getuid());
		run_guarded(k);
		place_remove(place);
	}
}

struct stage_result *stage_run(const struct stage_plan *plan)
{
	struct sigaction act = { .sa_handler = pass_on }, old[3];
	struct place place = { .lock = -1 };
	struct keeper k = { .plan = plan, .place = &place };

	k.sh = mmap(NULL, sizeof *k.sh, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (k.sh == MAP_FAILED)
		return NULL;
	fill_standard();
	caller_stop = 0;
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < LENGTH(passed); i++) {
		sigaction(passed[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)	/* nohup stays nohup */
			sigaction(passed[i], &act, NULL);
	}
	run_in_place(&k, &place);
	for (size_t i = 0; i < LENGTH(passed); i++)
		sigaction(passed[i], &old[i], NULL);
	return &k.sh->res;
}

void stage_free(struct stage_result *res)
{
	munmap((struct shared *)(void *)res, sizeof(struct shared));
}
