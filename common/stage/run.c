/*
 * run.c - the caller's side: one run at a time, its tier, its keeper
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
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

static void pass_on(int sig)
{
	caller_stop = sig;
	if (caller_keeper > 0)
		kill(caller_keeper, SIGTERM);
}

static const int passed[] = { SIGINT, SIGTERM, SIGHUP };

/* Return when the holder of the lock has gone, or we are told to stop; maybe
 * for no reason. It never accepts our connection, but its end resets it. */
static void wait_for_holder(const struct sockaddr_un *a, socklen_t len)
{
	struct pollfd pfd = { .events = POLLIN };
	sigset_t block, old;

	pfd.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (pfd.fd == -1)
		return;
	sigemptyset(&block);
	for (size_t i = 0; i < LENGTH(passed); i++)
		sigaddset(&block, passed[i]);
	if (connect(pfd.fd, (const void *)a, len) == 0) {
		/* Blocked, a signal cannot slip in before ppoll() waits. */
		sigprocmask(SIG_BLOCK, &block, &old);
		if (!caller_stop)
			ppoll(&pfd, 1, NULL, &old);
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	close(pfd.fd);
}

/* An abstract socket name is the lock: it leaves no file, and the kernel
 * drops it when its last holder dies: we, or the keeper if we were killed.
 * Returns the lock, or -1 without one. */
static int lock_shared(const char *name)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	const char *held = getenv("STAGE_LOCKED");
	socklen_t len;

	if (held && strstr(held, name))
		return -1;		/* a run inside our own run */
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			  (size_t)snprintf(a.sun_path + 1,
					   sizeof a.sun_path - 1, "%s", name));
	while (!caller_stop) {
		int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (s == -1 || (bind(s, (void *)&a, len) == 0 &&
				listen(s, 64) == 0))
			return s;
		close(s);
		wait_for_holder(&a, len);
	}
	return -1;
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
			snprintf(res->tier_why, sizeof res->tier_why,
				 "new namespaces are not allowed here: %s",
				 strerror(errno));
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

static void lesson_lock(char *name, size_t size, uint32_t id)
{
	snprintf(name, size, "ipc-stage.%u.%06x;", (unsigned)geteuid(),
		 (unsigned)id);
}

int lock_lesson(uint32_t id)
{
	char name[32];

	lesson_lock(name, sizeof name, id);
	return lock_shared(name);
}

/* One shared-tier run of a user at a time, or two of them would take each
 * other's objects for their own. The names of a lesson tell its objects from
 * all others, so in play that is so for its folder only; and while its claims
 * run, the lesson is not played. The names are marked, so that one is not
 * found in another. */
static void take_locks(const struct stage_plan *plan, int lock[2])
{
	const char *held = getenv("STAGE_LOCKED");
	unsigned uid = (unsigned)geteuid();
	char user[32], folder[32], all[256];

	snprintf(user, sizeof user, "ipc-stage.%u;", uid);
	lesson_lock(folder, sizeof folder,
		    plan->play ? folder_of(plan) : own_id());
	lock[0] = plan->play ? -1 : lock_shared(user);
	lock[1] = lock_shared(folder);
	snprintf(all, sizeof all, "%.150s %s %s", held ? held : "",
		 plan->play ? "" : user, folder);
	setenv("STAGE_LOCKED", all, 1);
}

static void run_locked(struct keeper *k)
{
	const char *held = getenv("STAGE_LOCKED");
	char *before = held ? strdup(held) : NULL;
	int lock[2];

	take_locks(k->plan, lock);
	if (caller_stop)
		note_interrupted(k, 0);
	else
		run_keeper(k, STAGE_SHARED);
	for (int i = 0; i < 2; i++)
		if (lock[i] != -1)
			close(lock[i]);
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
	if (k->plan->n < 1 || k->plan->n > STAGE_PROGS) {
		k->sh->res.end = STAGE_ERROR;
		snprintf(k->sh->res.error, sizeof k->sh->res.error,
			 "a run has 1 to %d programs", STAGE_PROGS);
	} else if (place_make(place) == -1) {
		note_error(k, "a folder in ", "/tmp", errno);
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
