/*
 * doctor.c - what this system allows, what a lesson will skip, and the cure
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inside.h"

static int essential_missing;

__attribute__((format(printf, 3, 4)))
static void line(int ok, const char *what, const char *fmt, ...)
{
	va_list ap;

	printf("%-4s %-22s ", ok ? "ok" : "no", what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static int in_path(const char *name)
{
	char path[PATH_MAX];
	const char *p = getenv("PATH");

	while (p && *p) {
		size_t n = strcspn(p, ":");

		snprintf(path, sizeof path, "%.*s/%s", (int)n, p, name);
		if (access(path, X_OK) == 0)
			return 1;
		p += n + (p[n] == ':');
	}
	return 0;
}

static void tool(const char *name, const char *package, const char *use)
{
	if (in_path(name))
		line(1, name, "%s", use);
	else
		line(0, name, "%s; apt-get install %s", use, package);
}

static void nothing(void *arg)
{
	(void)arg;
}

static void check_namespaces(void)
{
	struct stage_plan plan = { .n = 1, .tier = STAGE_PRIVATE };
	struct stage_result *res;

	plan.prog[0].fn = nothing;
	res = stage_run(&plan);
	if (res && res->end == STAGE_EXITED)
		line(1, "private namespaces", "every run gets its own system");
	else
		line(0, "private namespaces", "%s; runs share the system and "
		     "are swept by comparison",
		     res ? res->error : strerror(errno));
	if (res)
		stage_free(res);
}

/* A process that waits until it is killed; its id, or -1. */
static pid_t start_waiting(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

/* May this process look into PID? */
static int may_look(pid_t pid)
{
	char text[STAGE_LINE];

	return proc_read(pid, "syscall", text, sizeof text) > 0;
}

/* May a process that did not start PID look into it? Who asks 'make why' is
 * such a process, and some systems allow it to the ancestors of PID only. */
static int may_others_look(pid_t pid)
{
	int status;
	pid_t other = fork();

	if (other == 0)
		_exit(may_look(pid) ? 0 : 1);
	if (other == -1 || waitpid(other, &status, 0) == -1)
		return 0;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void check_trace(void)
{
	static const char what[] = "look into a process";
	char text[STAGE_LINE] = "";
	struct words why = { text, 0, sizeof text };
	pid_t pid = start_waiting();

	if (pid == -1) {
		line(0, what, "fork: %s", strerror(errno));
		return;
	}
	why_refused(0, &why);
	if (may_others_look(pid))
		line(1, what, "a hang can be explained");
	else if (may_look(pid))
		line(0, what, "a hang in make NN or make check is explained, "
		     "but for make why: %s", text);
	else
		line(0, what, "a hang is reported, not explained: %s", text);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void check_mq(void)
{
	char name[64];
	mqd_t q;

	snprintf(name, sizeof name, "/ipc-doctor.%d", (int)getpid());
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, NULL);
	if (q == (mqd_t)-1) {
		line(0, "POSIX queues", "mq_open: %s; ulimit -q sets how many "
		     "bytes a user's queues may take", strerror(errno));
		return;
	}
	mq_close(q);
	mq_unlink(name);
	line(1, "POSIX queues", access("/dev/mqueue", F_OK) == 0 ?
	     "ls /dev/mqueue lists them" :
	     "to list them: mkdir /dev/mqueue; mount -t mqueue none "
	     "/dev/mqueue");
}

static void check_sysv(void)
{
	int id = msgget(IPC_PRIVATE, 0600);

	if (id == -1) {
		line(0, "System V IPC", "msgget: %s; lessons 03, 06, 08 and "
		     "09 need it", strerror(errno));
		return;
	}
	msgctl(id, IPC_RMID, NULL);
	line(1, "System V IPC", "ipcs lists the objects");
}

static void check_shm(void)
{
	struct statvfs v;
	unsigned long long free_kib;

	if (statvfs("/dev/shm", &v) == -1) {
		line(0, "/dev/shm", "%s; mount -t tmpfs none /dev/shm",
		     strerror(errno));
		return;
	}
	free_kib = (unsigned long long)v.f_bavail * v.f_frsize / 1024;
	if (free_kib < 1024)
		line(0, "/dev/shm", "only %llu KiB are free: writing there "
		     "ends in SIGBUS; ls -l /dev/shm shows what fills it",
		     free_kib);
	else
		line(1, "/dev/shm", "%llu KiB are free", free_kib);
}

static void check_huge_pages(void)
{
	char text[4096], *at;
	long total = 0;
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? 0 : read(fd, text, sizeof text - 1);

	text[n > 0 ? n : 0] = '\0';
	if (fd != -1)
		close(fd);
	at = strstr(text, "HugePages_Total:");
	if (at)
		total = atol(at + 16);
	if (total > 0)
		line(1, "huge pages", "%ld are reserved", total);
	else
		line(0, "huge pages", "none is reserved; lesson 15 says how "
		     "(sysctl vm.nr_hugepages=4, as root)");
}

int stage_doctor(void)
{
	struct utsname u;

	if (uname(&u) == 0)
		printf("     %s %s on %s, %ld CPUs%s\n", u.sysname, u.release,
		       u.machine, sysconf(_SC_NPROCESSORS_ONLN),
		       strstr(u.release, "icrosoft") ? " (WSL)" : "");
	if (access("/proc/self/stat", R_OK) == -1) {
		line(0, "/proc", "not mounted; mount -t proc proc /proc");
		essential_missing = 1;
	}
	check_sysv();
	check_mq();
	check_shm();
	check_namespaces();
	check_trace();
	check_huge_pages();
	tool("strace", "strace", "shows the system calls");
	tool("prove", "perl", "runs the tests");
	tool("valgrind", "valgrind", "checks memory (make memcheck)");
	tool("shellcheck", "shellcheck", "checks scripts (make lint)");
	tool("clang-format", "clang-format", "checks the layout (make lint)");
	tool("socat", "socat", "speaks to the lessons by hand");
	return essential_missing;
}
