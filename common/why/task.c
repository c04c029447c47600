/*
 * task.c - one thread: its state, its system call, its memory
 *
 * /proc/PID/syscall names the call by a number, and its arguments. Programs
 * for 32 and for 64 bits have other numbers for their calls, and other sizes
 * in memory: the head of /proc/PID/exe says which it is (elf(5)).
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64	/* an address is an offset into memory */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inside.h"

int task_get(struct task *t, pid_t pid, pid_t tid)
{
	char name[32];
	char line[512];
	char *comm;
	char *end;

	memset(t, 0, sizeof *t);
	snprintf(name, sizeof name, "task/%d/stat", (int)tid);
	if (proc_read(pid, name, line, sizeof line) <= 0)
		return -1;
	comm = strchr(line, '(');
	end = strrchr(line, ')');
	if (!comm || !end || !end[1])
		return -1;
	*end = '\0';
	t->pid = pid;
	t->tid = tid;
	t->state = end[2];
	snprintf(t->comm, sizeof t->comm, "%s", comm + 1);
	return 0;
}

/* ------------------------------------------------------ its system call */

/* The head of a program's file, as far as both widths have it in common. */
enum { HEAD = 20, MACHINE = 18 };

/* Read HEAD bytes of /proc/PID/exe; all are 0 if that may not be read. */
static void read_head(pid_t pid, unsigned char head[HEAD])
{
	char path[32];
	ssize_t n;
	int fd;

	memset(head, 0, HEAD);
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return;
	n = read(fd, head, HEAD);
	close(fd);
	if (n != HEAD)
		memset(head, 0, HEAD);
}

static int is_same_kind(const unsigned char *a, const unsigned char *b)
{
	return a[EI_CLASS] == b[EI_CLASS] &&
	       memcmp(a + MACHINE, b + MACHINE, 2) == 0;
}

static unsigned machine_of(const unsigned char *head)
{
	return head[MACHINE] | (unsigned)head[MACHINE + 1] << 8;
}

/* The calls of a program that begins with HEAD; NULL if they are not known. A
 * process that does not show its program is taken for one of our own kind. */
static const struct call_name *calls_of(const unsigned char *head)
{
	unsigned char ours[HEAD];

	read_head(getpid(), ours);
	if (head[EI_CLASS] == ELFCLASSNONE)
		return call_names;
	if (is_same_kind(head, ours))
		return call_names;
	if (head[EI_CLASS] == ELFCLASS32 && machine_of(head) == EM_386 &&
	    call_names_i386[0].name)
		return call_names_i386;
	if (head[EI_CLASS] == ELFCLASS64 && machine_of(head) == EM_X86_64 &&
	    call_names_x86_64[0].name)
		return call_names_x86_64;
	return NULL;
}

static const char *name_of_call(const struct call_name *call, long nr)
{
	while (call->name && call->nr != nr)
		call++;
	return call->name;
}

/* "202 0x7f12 0x80 ...": number, arguments. "-1 ..." is a wait outside of any
 * call, and "running" says that it has not come to its sleep yet. */
void task_read_call(struct task *t)
{
	const struct call_name *calls;
	unsigned char head[HEAD];
	char name[32];
	char text[256];
	int n;

	read_head(t->tid, head);
	t->bits = (int)(8 * sizeof(void *));
	if (head[EI_CLASS] == ELFCLASS32)
		t->bits = 32;
	if (head[EI_CLASS] == ELFCLASS64)
		t->bits = 64;
	snprintf(name, sizeof name, "task/%d/syscall", (int)t->tid);
	if (proc_read(t->pid, name, text, sizeof text) <= 0) {
		t->in = TASK_REFUSED;
		return;
	}
	n = sscanf(text, "%ld %llx %llx %llx %llx %llx %llx", &t->nr,
		   &t->arg[0], &t->arg[1], &t->arg[2], &t->arg[3], &t->arg[4],
		   &t->arg[5]);
	if (n < 1) {
		t->in = TASK_RUNS;
		return;
	}
	if (t->nr == -1) {
		t->in = TASK_IN_NONE;
		return;
	}
	calls = calls_of(head);
	if (!calls) {
		t->in = TASK_OTHER_ABI;
		return;
	}
	t->in = TASK_IN_CALL;
	t->name = name_of_call(calls, t->nr);
}

/* ----------------------------------------------------------- its memory */

/* Not by process_vm_readv(), which a container may forbid while this works. */
ssize_t task_peek(const struct task *t, unsigned long long at, void *to,
		  size_t size)
{
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/mem", (int)t->tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return -1;
	n = pread(fd, to, size, (off_t)at);
	close(fd);
	return n;
}

/* The string may end right before a hole. */
void task_string(const struct task *t, unsigned long long at, char *to,
		 size_t size)
{
	ssize_t n = task_peek(t, at, to, size - 1);

	to[n > 0 ? n : 0] = '\0';
}

int task_words(const struct task *t, unsigned long long at,
	       unsigned long long *to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t narrow = 0;
		uint64_t wide = 0;
		int is_wide = t->bits == 64;
		void *word = is_wide ? (void *)&wide : (void *)&narrow;
		size_t size = is_wide ? sizeof wide : sizeof narrow;
		ssize_t got = task_peek(t, at + i * size, word, size);

		if (got != (ssize_t)size)
			return -1;
		to[i] = is_wide ? wide : narrow;
	}
	return 0;
}

/* Is a struct timespec in that call two numbers of 64 bits? */
static int has_wide_time(const struct task *t)
{
	size_t n = t->name ? strlen(t->name) : 0;

	if (t->bits == 64)
		return 1;
	return n > 6 && strcmp(t->name + n - 6, "time64") == 0;
}

int task_time(const struct task *t, unsigned long long at,
	      struct timespec *to)
{
	int64_t wide[2];
	int32_t narrow[2];

	if (has_wide_time(t)) {
		if (task_peek(t, at, wide, sizeof wide) != sizeof wide)
			return -1;
		to->tv_sec = (time_t)wide[0];
		to->tv_nsec = (long)wide[1];
		return 0;
	}
	if (task_peek(t, at, narrow, sizeof narrow) != sizeof narrow)
		return -1;
	to->tv_sec = narrow[0];
	to->tv_nsec = narrow[1];
	return 0;
}

long long task_long(const struct task *t, int i)
{
	if (t->bits == 64)
		return (long long)t->arg[i];
	return (int32_t)t->arg[i];
}
