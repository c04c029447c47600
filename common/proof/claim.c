/*
 * claim.c - what a proof or a check calls, in a process of its own
 *
 * claim_main.c runs claims; check.c runs the checks of an exercise.
 */
#define _GNU_SOURCE
#include "claim.h"

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif
#include <dirent.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Who told a verdict last, seen by all who were forked here, and by no
 * program that they execute: its exit status is only a number. */
static struct {
	pid_t pid;
	int status;
} *told;

__attribute__((constructor)) static void share_told(void)
{
	told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* A call that fails, and changes nothing: trace knows it. */
static int is_traced;

static void mark(const char *word, const char *text)
{
	const int err = errno;
	char line[128];

	if (!is_traced)
		return;
	snprintf(line, sizeof line, "proof: %s%s%s", word, *text ? " " : "",
		 text);
	if (write(-1, line, strlen(line)) == -1)
		errno = err;
}

void claim_traced(void)
{
	is_traced = 1;
}

void claim_aside(const char *text)
{
	mark("aside", text);
}

void claim_back(void)
{
	mark("back", "");
}

void claim_over(void)
{
	mark("over", "");
}

_Noreturn static void verdict(int status, const char *where, const char *text)
{
	claim_aside("");
	fprintf(stderr, CLAIM_MARK "%s%s\n", where, text);
	fflush(NULL);
	if (told != MAP_FAILED) {
		told->pid = getpid();
		told->status = status;
	}
	_exit(status);
}

void claim_fail(const char *file, int line, const char *fmt, ...)
{
	char text[512], where[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(where, sizeof where, "%s:%d: ", file, line);
	verdict(CLAIM_BROKEN, where, text);
}

void claim_skip(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	verdict(CLAIM_SKIPPED, "", text);
}

/* All of file NAME of thread TASK of process PID, as a string: 1, or 0. */
static int read_of(pid_t pid, pid_t task, const char *name, char *buf,
		   size_t size)
{
	char path[64];
	size_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/%s", (int)pid, (int)task,
		 name);
	f = fopen(path, "re");
	if (!f)
		return 0;
	n = fread(buf, 1, size - 1, f);
	buf[n] = '\0';
	fclose(f);
	return n > 0;
}

/* Voluntary context switches: a thread that woke and slept again in the
 * meantime has more of them. */
static long switches(pid_t pid, pid_t task)
{
	static const char label[] = "\nvoluntary_ctxt_switches:";
	char text[4096];
	const char *at = NULL;

	if (read_of(pid, task, "status", text, sizeof text))
		at = strstr(text, label);
	return at ? atol(at + strlen(label)) : 0;
}

/* Does descriptor FD of PID lead to a pipe or a socket? */
static int is_channel(pid_t pid, unsigned long long fd)
{
	char path[64], link[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/fd/%llu", (int)pid, fd);
	n = readlink(path, link, sizeof link - 1);
	link[n > 0 ? n : 0] = '\0';
	return strncmp(link, "pipe:", 5) == 0 ||
	       strncmp(link, "socket:", 7) == 0;
}

/* Is the first argument of system call NR a descriptor that it reads or writes?
 * The 0 of brk(0), mmap(NULL) or exit_group(0) is none. */
static int is_transfer(long nr)
{
	static const long transfers[] = {
		SYS_read, SYS_readv, SYS_write, SYS_writev, SYS_splice, SYS_tee,
		SYS_vmsplice, SYS_sendfile, SYS_recvfrom, SYS_recvmsg,
		SYS_sendto, SYS_sendmsg
	};

	for (size_t i = 0; i < sizeof transfers / sizeof *transfers; i++)
		if (nr == transfers[i])
			return 1;
	return 0;
}

/* Whoever takes from a pipe that somebody else fills by splice() waits in
 * state D, as for a disk: but what a pipe waits for is a partner. */
static int waits_for_partner(pid_t pid, pid_t task)
{
	unsigned long long fd;
	char text[256];
	long nr;

	return read_of(pid, task, "syscall", text, sizeof text) &&
	       sscanf(text, "%ld %llx", &nr, &fd) == 2 && is_transfer(nr) &&
	       is_channel(pid, fd);
}

enum { ENDED = -1, AWAKE = 0, ASLEEP = 1 };

/* Thread TASK of PID: does it sleep in a system call? */
static int look_at_task(pid_t pid, pid_t task)
{
	char line[512], *end;

	end = read_of(pid, task, "stat", line, sizeof line) ?
	      strrchr(line, ')') : NULL;
	if (!end || strchr("ZX", end[2]))
		return ENDED;
	if (end[2] == 'D')
		return waits_for_partner(pid, task) ? ASLEEP : AWAKE;
	return end[2] == 'S' ? ASLEEP : AWAKE;
}

/* Where the threads of PID are listed. The number may also be that of a thread,
 * which is then looked at alone: NULL. */
static DIR *tasks_of(pid_t pid)
{
	char path[32], text[4096];
	const char *at = NULL;

	if (read_of(pid, pid, "status", text, sizeof text))
		at = strstr(text, "\nTgid:");
	if (at && atoi(at + 6) != (int)pid)
		return NULL;
	snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	return opendir(path);
}

/* A process sleeps when all its threads do. Adds up how often they have gone
 * to sleep. SURE: ask also whether one has only lost its CPU on the way. */
static int look_at_all(pid_t pid, long *sleeps, int sure)
{
	DIR *tasks = tasks_of(pid);
	struct dirent *e;
	int found = ENDED;

	*sleeps = 0;
	if (!tasks) {
		*sleeps = switches(pid, pid);
		found = is_asleep(pid);
		return sure && found == ASLEEP ? !is_runnable(pid) : found;
	}
	while (found != AWAKE && (e = readdir(tasks))) {
		pid_t task = (pid_t)atoi(e->d_name);
		int state = task > 0 ? look_at_task(pid, task) : ENDED;

		/* One thread has ended, or is the one that asks: what do the
		 * others do? */
		if (state == ENDED || task == (pid_t)syscall(SYS_gettid))
			continue;
		found = state;
		*sleeps += switches(pid, task);
		if (sure && found == ASLEEP && is_runnable(task))
			found = AWAKE;
	}
	closedir(tasks);
	return found;
}

static int stays_asleep(pid_t pid)
{
	long before, now;
	int state;

	is_asleep(pid);		/* ends the proof where /proc shows nothing */
	state = look_at_all(pid, &before, 0);
	for (int look = 0; look < 3 && state == ASLEEP; look++) {
		sched_yield();
		state = look_at_all(pid, &now, look == 2);
		if (state == ASLEEP && now != before)
			return 0;
	}
	return state;
}

int is_blocked(pid_t pid)
{
	int blocked;

	claim_aside("");
	blocked = stays_asleep(pid);
	claim_back();
	return blocked;
}

int blocks(pid_t pid)
{
	char text[64];
	int blocked;

	snprintf(text, sizeof text, "waits until %d sleeps or ends", (int)pid);
	claim_aside(text);
	while ((blocked = stays_asleep(pid)) == 0)
		sched_yield();
	claim_back();
	return blocked == 1;
}

int ends(pid_t pid)
{
	int status;

	pid = waitpid(pid, &status, 0);
	if (pid == -1)
		return -1;
	if (!WIFEXITED(status))
		return 128 + WTERMSIG(status);
	status = WEXITSTATUS(status);
	if (told != MAP_FAILED && told->pid == pid && told->status == status)
		_exit(status);			/* its words are on stderr */
	return status;
}

/* -------------------------------------------- what a proof may become */

void become_another_user(void)
{
	const id_t other = 65534;

	if (geteuid() != 0)
		SKIP("only root can become another user; run it as root");
	if (setgroups(0, NULL) == -1 ||
	    setresgid(other, other, other) == -1 ||
	    setresuid(other, other, other) == -1)
		SKIP("this root cannot become another user (%s); run it as "
		     "root of the system", errno_name(errno));
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

void become_ordinary_user(void)
{
	if (geteuid() == 0)
		become_another_user();
}

void drop_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct none[2];

	memset(none, 0, sizeof none);
	EQUALS(syscall(SYS_capset, &head, none), 0);
}

void forbid_system_calls(void)
{
	struct sock_filter only_exit[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog prog = { 5, only_exit };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == -1)
		SKIP("no seccomp filter can be set here (%s); the kernel "
		     "needs CONFIG_SECCOMP_FILTER, and a container must not "
		     "forbid it", errno_name(errno));
}

int compiles(const char *flags, const char *source)
{
	void (*old)(int);
	char cmd[256];
	int status = 0;
	FILE *cc;

	snprintf(cmd, sizeof cmd, "${CC:-cc} %s -fsyntax-only -x c - "
		 "2> /dev/null", flags);
	old = signal(SIGPIPE, SIG_IGN);	/* it may end before it has read */
	cc = popen(cmd, "w");
	if (cc) {
		fputs(source, cc);
		status = pclose(cc);
	}
	signal(SIGPIPE, old);
	if (!cc || (WIFEXITED(status) && WEXITSTATUS(status) == 127))
		SKIP("no C compiler here; set CC, or: apt-get install gcc "
		     "libc6-dev");
	return status == 0;
}

int has_restart(int sig)
{
	struct sigaction now;

	HOLDS(sigaction(sig, NULL, &now) == 0);
	return now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN &&
	       (now.sa_flags & SA_RESTART) != 0;
}

int glibc_version(void)
{
#ifdef __GLIBC__
	int major = 0, minor = 0;

	sscanf(gnu_get_libc_version(), "%d.%d", &major, &minor);
	return 100 * major + minor;
#else
	return 0;
#endif
}

int kernel_version(void)
{
	int major = 0, minor = 0;
	struct utsname u;

	HOLDS(uname(&u) == 0);
	sscanf(u.release, "%d.%d", &major, &minor);
	return 100 * major + minor;
}

long long early_ns(void)
{
	struct timespec tick;

	if (kernel_version() >= 601)
		return 0;
	HOLDS(clock_getres(CLOCK_MONOTONIC_COARSE, &tick) == 0);
	return tick.tv_nsec;
}

unsigned long long number_in(const char *path)
{
	const char *net = "/proc/sys/net/";
	FILE *f = fopen(path, "re");
	unsigned long long n;

	if (!f && errno == ENOENT && access(net, X_OK) == 0 &&
	    strncmp(path, net, strlen(net)) == 0)
		SKIP("%s is not shown in this network namespace; Linux 6.2 "
		     "and later show more; or run this proof without one: "
		     "claims -B", path);
	if (!f || fscanf(f, "%llu", &n) != 1)
		SKIP("%s cannot be read here (%s)", path, errno_name(errno));
	fclose(f);
	return n;
}

/* ------------------------------------------------- what a proof needs */

void needs_shm(void)
{
	const char *trouble = shm_trouble();

	if (trouble)
		SKIP("%s", trouble);
}

void needs_queues(void)
{
	const rlim_t usual = 819200;	/* MQ_BYTES_MAX of the kernel */
	struct rlimit r;

	if (getrlimit(RLIMIT_MSGQUEUE, &r) == 0 && r.rlim_cur < usual)
		SKIP("`ulimit -q' allows %llu bytes of POSIX queues, not "
		     "%llu; as root: prlimit --msgqueue=%llu --pid "
		     "PID-OF-YOUR-SHELL", (unsigned long long)r.rlim_cur,
		     (unsigned long long)usual, (unsigned long long)usual);
}

void needs_descriptors(unsigned long n)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < n)
		SKIP("`ulimit -n' allows %llu descriptors, and this needs "
		     "%lu; a new shell may have more",
		     (unsigned long long)r.rlim_cur, n);
}

void needs_file_size(unsigned long long size)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_FSIZE, &r) == 0 && r.rlim_cur < size)
		SKIP("`ulimit -f' allows files of %llu KiB, and this needs "
		     "%llu; a new shell may allow more",
		     (unsigned long long)r.rlim_cur / 1024, size / 1024);
}
