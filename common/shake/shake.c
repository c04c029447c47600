/*
 * shake.c - the runtime that is linked to a shaken program; see shake.h
 *
 * Invariants: what happens depends on the seed and on the sequence of this
 * process's own events, never on time; a program's memory and the results of
 * its calls stay as they are, but for the faults it was told to have.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shake.h"

enum {
	RANGES = 32,		/* shared mappings that we know of */
	FAULTS = 8,
	NAPS = 300,		/* of one process; then it only yields */
	NAP_US = 200,
};

static struct {
	uintptr_t from, to;
	uintptr_t offset;	/* in the object, of its first byte */
} range[RANGES];
static struct {
	char call[24];
	unsigned at, seen;
	int err;
	int stop;		/* after it: "EINTR+stop" */
	long in;		/* the process by its number; -1: in each */
} fault[FAULTS];
static long number;		/* 0; its second child is 2, that one's
				   first child 21 */
static int faults, naps;
static uint32_t state;		/* 0: no shaking */
static uint32_t forks;

static int log_fd = -1, places_fd = -1;

/* What we were told, as NAME=value; begin_hidden() takes it out of the
 * environment. */
static char told[8][512];
static struct shake_report *report;

enum { SHORT = -1, STOP = -2 };	/* faults that are no errno */

/* What stands here is wrapped like all others; the linker gives us the real. */
void *__real_memcpy(void *to, const void *from, size_t n);
void *__real_memset(void *to, int c, size_t n);
void *__real_mmap(void *p, size_t n, int prot, int f, int fd, off_t o);
int __real_fstat(int fd, struct stat *st);

/* ------------------------------------------------------- the seed */

static uint32_t mixed(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352du;
	x ^= x >> 15;
	x *= 0x846ca68bu;
	return (x ^ x >> 16) | 1;
}

static uint32_t chance(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return (state >> 8) % n;
}

/* A third of the events pass; the others let somebody else go first. */
static void disturb(void)
{
	struct timespec nap = { 0, 0 };
	int err = errno;

	if (state == 0)
		return;
	switch (chance(3)) {
	case 0:
		sched_yield();
		break;
	case 1:
		if (naps++ >= NAPS) {
			sched_yield();
			break;
		}
		nap.tv_nsec = 1000L * (1 + (long)chance(NAP_US));
		syscall(SYS_nanosleep, &nap, NULL);
	}
	errno = err;
}

static int errno_of(const char *name)
{
	static const struct { const char *name; int err; } known[] = {
		{ "EINTR", EINTR }, { "EAGAIN", EAGAIN }, { "EIO", EIO },
		{ "ENOMEM", ENOMEM }, { "ENOSPC", ENOSPC },
		{ "EMFILE", EMFILE }, { "ENFILE", ENFILE },
		{ "EACCES", EACCES }, { "EEXIST", EEXIST },
		{ "ENOENT", ENOENT }, { "EINVAL", EINVAL },
		{ "EIDRM", EIDRM }, { "EPIPE", EPIPE }, { "EPERM", EPERM },
		{ "ENOSYS", ENOSYS }, { "ECONNRESET", ECONNRESET },
		{ "EBADF", EBADF }, { "ETIMEDOUT", ETIMEDOUT },
		{ "ECHILD", ECHILD }, { "EFBIG", EFBIG },
		{ "EDQUOT", EDQUOT }, { "short", SHORT },
		{ "stop", STOP },
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].err;
	fprintf(stderr, "shake: SHAKE_FAULT: '%s' is no errno that is known\n",
		name);
	_exit(125);
}

/* "read:2:EINTR,write:1:short@21" */
static void parse_faults(const char *text)
{
	char copy[256], *rest = copy, *one;

	snprintf(copy, sizeof copy, "%s", text);
	while ((one = strsep(&rest, ",")) && faults < FAULTS) {
		char err[16], *plus;

		fault[faults].in = -1;
		if (sscanf(one, "%23[a-z0-9_]:%u:%15[^@]@%ld",
			   fault[faults].call, &fault[faults].at, err,
			   &fault[faults].in) < 3) {
			fprintf(stderr, "shake: SHAKE_FAULT: '%s' is not like "
				"read:2:EINTR\n", one);
			_exit(125);
		}
		plus = strchr(err, '+');
		if (plus)
			*plus = '\0';
		fault[faults].stop = plus != NULL;
		fault[faults++].err = errno_of(err);
	}
}

static int stop_here(void);
static void parse_word(const char *text);

/* The value of SHAKE_NAME, or NULL if it was not set, or is empty. */
static const char *told_of(const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		if (strncmp(told[i], name, len) == 0 && told[i][len] == '=' &&
		    told[i][len + 1])
			return told[i] + len + 1;
	return NULL;
}

/* Take what is ours out of the environment ENV, and its text off the stack, so
 * that the program does not see it: neither by getenv() nor in its /proc. */
static void hide(char **env)
{
	char **keep = env;
	size_t n = 0;

	for (; *env; env++) {
		size_t len = strlen(*env);

		if (strncmp(*env, "SHAKE_", 6) != 0) {
			*keep++ = *env;
			continue;
		}
		if (n < sizeof told / sizeof *told && len < sizeof *told)
			__real_memcpy(told[n++], *env, len + 1);
		__real_memset(*env, 0, len);
	}
	*keep = NULL;
}

/* Where we say which fault has been met: memory that the check shares. */
static void open_report(int fd)
{
	void *at = __real_mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, 0);

	syscall(SYS_close, fd);
	if (at != MAP_FAILED)
		report = at;
}

/* Before anything of the program's own, also its constructors. */
static void begin_hidden(int argc, char **argv, char **env)
{
	(void)argc, (void)argv;
	hide(env);
	if (told_of("SHAKE_REPORT"))
		open_report(atoi(told_of("SHAKE_REPORT")));
}

#ifdef __GLIBC__
__attribute__((section(".preinit_array"), used))
static void (*const first)(int, char **, char **) = begin_hidden;
#endif

__attribute__((constructor(101))) static void begin(void)
{
	const char *seed, *text, *file;

#ifndef __GLIBC__			/* others have no .preinit_array */
	begin_hidden(0, NULL, environ);
#endif
	seed = told_of("SHAKE_SEED");
	text = told_of("SHAKE_FAULT");
	file = told_of("SHAKE_LOG");
	if (seed)
		state = mixed((uint32_t)strtoul(seed, NULL, 10) + 1);
	if (text)
		parse_faults(text);
	for (int i = 0; i < faults; i++)
		if (fault[i].at == 0 && fault[i].err == STOP)
			stop_here();
	parse_word(told_of("SHAKE_WORD"));
	if (file)
		log_fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY |
				      O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	file = told_of("SHAKE_PLACES");
	if (file)
		places_fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY |
					 O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static struct { const char *name; unsigned n; } seen[128];

/* A child counts its own calls. */
static void new_counts(void)
{
	memset(seen, 0, sizeof seen);
	for (int i = 0; i < faults; i++)
		fault[i].seen = 0;
}

/* "21 read 2": process 21 calls it for the second time. MARK follows. */
static void log_call(const char *name, const char *mark)
{
	char line[48];
	size_t i = 0;

	while (seen[i].name && strcmp(seen[i].name, name) != 0)
		i++;
	seen[i].name = name;
	syscall(SYS_write, log_fd, line, (size_t)snprintf(line, sizeof line,
		"%ld %s %u%s\n", number, name, ++seen[i].n, mark));
}

/* The call that comes is one of lesson.h's own (see helpers.awk): a student
 * cannot check it, so it fails for nobody and is in no log. A stop may come
 * before it, as before any other. */
_Thread_local int shake_helper;

/* The program ends: remove_at_end() or atexit() called back. Who fails now can
 * tell nobody, and its status stands. helpers.awk sets it. */
int shake_ending;

static void judge_store(void);

static int stop_after;		/* the fault that is coming: fail_with() */

/* The call fails with ERR. What comes while we are stopped comes between the
 * failure and the program's look at errno, and may change it: that is what
 * this is for. */
static void fail_with(int err)
{
	errno = err;
	if (stop_after) {
		stop_after = 0;
		syscall(SYS_kill, getpid(), SIGSTOP);
	}
}

/* Stop here until somebody sends SIGCONT. What he sends before it is there
 * when the call begins, and not a moment sooner. */
static int stop_here(void)
{
	int err = errno;

	syscall(SYS_kill, getpid(), SIGSTOP);
	errno = err;
	return 0;
}

/* A fault is met by a call of NAME. */
static void tell_hit(const char *name)
{
	const int err = errno;

	if (!report)
		return;
	snprintf(report->call, sizeof report->call, "%s", name);
	report->in_terminal = isatty(STDERR_FILENO);
	__atomic_fetch_add(&report->hits, 1, __ATOMIC_SEQ_CST);
	errno = err;
}

/* Does fault I count this call of NAME? Of a helper only "any" does. */
static int concerns(int i, const char *name, int of_helper)
{
	if (fault[i].in != -1 && fault[i].in != number)
		return 0;
	if (strcmp(fault[i].call, "any") == 0)
		return fault[i].err == STOP || !of_helper;
	return !of_helper && strcmp(fault[i].call, name) == 0;
}

/* The call that comes only asks for better service. */
static _Thread_local int is_wish;

/* The fault that this call of NAME has: an errno, SHORT, or 0. */
static int fault_of(const char *name)
{
	const int of_helper = shake_helper;
	int hit = -1;

	shake_helper = 0;
	judge_store();
	if (log_fd != -1 && !of_helper)
		log_call(name, shake_ending ? " end" : is_wish ? " wish" : "");
	is_wish = 0;
	for (int i = 0; i < faults; i++)	// each of them counts
		if (concerns(i, name, of_helper) &&
		    ++fault[i].seen == fault[i].at)
			hit = i;
	if (hit == -1)
		return 0;
	tell_hit(name);
	stop_after = fault[hit].stop;
	return fault[hit].err == STOP ? stop_here() : fault[hit].err;
}

/* Where in the program a call stands, as addr2line(1) wants it: in a program
 * that may lie anywhere (PIE), from its beginning on. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

static unsigned long place_of(const void *next)
{
	const uintptr_t call = (uintptr_t)next - 1;

	if (__ehdr_start.e_type == ET_EXEC)
		return call;
	return call - (uintptr_t)&__ehdr_start;
}

/* "21 read 2 11f3", behind the call's line in the log. ERR is handed on. */
static int with_place(int err, const char *name, const void *next)
{
	char line[64];
	unsigned n = 0;

	for (size_t i = 0; seen[i].name; i++)
		if (strcmp(seen[i].name, name) == 0)
			n = seen[i].n;
	if (places_fd != -1 && n > 0)
		syscall(SYS_write, places_fd, line, (size_t)snprintf(line,
			sizeof line, "%ld %s %u %lx\n", number, name, n,
			place_of(next)));
	return err;
}

/* From here on each wrapped call also says where it is called from. */
#define fault_of(name) \
	with_place(fault_of(name), name, __builtin_return_address(0))

/* -------------------------------------------- shared mappings */

static void range_add(const void *at, size_t len, uintptr_t offset)
{
	for (size_t i = 0; i < RANGES; i++)
		if (range[i].to == 0) {
			range[i].offset = offset;
			range[i].from = (uintptr_t)at;
			range[i].to = (uintptr_t)at + len;
			return;
		}
}

/* Returns 1 if there was a range that began at AT, else 0. */
static int range_drop(const void *at)
{
	for (size_t i = 0; i < RANGES; i++)
		if (range[i].to != 0 && range[i].from == (uintptr_t)at) {
			range[i].from = range[i].to = 0;
			return 1;
		}
	return 0;
}

static void touch(const volatile void *at)
{
	if (state == 0)
		return;
	for (size_t i = 0; i < RANGES; i++)
		if ((uintptr_t)at >= range[i].from &&
		    (uintptr_t)at < range[i].to) {
			disturb();
			return;
		}
}

/* -------------------------------------------------- the word that publishes
 *
 * Whoever reads the word's new value relies on all that was stored before. So
 * the store of it has to be one that RELEASEs, or to come behind a fence, with
 * no other store to shared memory between the two.
 */
static struct { uintptr_t offset, size; } word;
static int is_fenced;
static struct {
	const volatile unsigned char *at;	/* the word; NULL: nothing */
	const void *from;			/* who stores to it */
} stored;

static int is_zero(const volatile unsigned char *at)
{
	for (uintptr_t i = 0; i < word.size; i++)
		if (at[i] != 0)
			return 0;
	return 1;
}

static void parse_word(const char *text)
{
	unsigned long offset, size;

	if (!text)
		return;
	if (sscanf(text, "%lu:%lu", &offset, &size) != 2 || size == 0) {
		fprintf(stderr, "shake: SHAKE_WORD: '%s' is not like 0:4\n",
			text);
		_exit(125);
	}
	word.offset = offset;
	word.size = size;
}

/* A store is seen before it is done: so look at what it has done when the next
 * thing happens. That the word stays 0 publishes nothing. */
static void judge_store(void)
{
	extern const char __executable_start;

	if (!stored.at)
		return;
	if (report && !is_zero(stored.at)) {
		report->plain_stores++;
		report->stored_at = (uintptr_t)stored.from -
				    (uintptr_t)&__executable_start;
	}
	stored.at = NULL;
}

__attribute__((destructor)) static void judge_last_store(void)
{
	judge_store();
}

/* A store of N bytes to AT comes, by the code at FROM. IS_WEAK: an atomic one,
 * which publishes nothing, but is in nobody's way. */
static void see_store(const volatile void *at, size_t n, const void *from,
		      int is_weak)
{
	const uintptr_t to = (uintptr_t)at;

	if (word.size == 0)
		return;
	judge_store();
	for (size_t i = 0; i < RANGES; i++) {
		uintptr_t begin = range[i].from + word.offset - range[i].offset;

		if (to < range[i].from || to >= range[i].to)
			continue;
		if (to >= begin + word.size || to + n <= begin) {
			if (!is_weak)
				is_fenced = 0;
			return;
		}
		stored.at = (const volatile unsigned char *)begin;
		stored.from = from;
		if (is_fenced || !is_zero(stored.at))
			stored.at = NULL;
		return;
	}
}

/* --------------------------- what -fsanitize=thread calls for memory */

#define ACCESS(name, n) \
	void name(void *at); \
	void name(void *at) { judge_store(); touch(at); }
#define STORE(name, n) \
	void name(void *at); \
	void name(void *at) \
	{ touch(at); \
	  see_store(at, n, __builtin_return_address(0), 0); }
#define ACCESSES(what, kind) \
	what(__tsan_##kind##1, 1) what(__tsan_##kind##2, 2) \
	what(__tsan_##kind##4, 4) what(__tsan_##kind##8, 8) \
	what(__tsan_##kind##16, 16)

ACCESSES(ACCESS, read)
ACCESSES(STORE, write)
ACCESSES(STORE, read_write)
ACCESSES(ACCESS, unaligned_read)
ACCESSES(STORE, unaligned_write)
ACCESSES(STORE, unaligned_read_write)
ACCESSES(ACCESS, volatile_read)
ACCESSES(STORE, volatile_write)
ACCESSES(ACCESS, unaligned_volatile_read)
ACCESSES(STORE, unaligned_volatile_write)

void __tsan_init(void);
void __tsan_init(void) { }
void __tsan_func_entry(void *pc);
void __tsan_func_entry(void *pc) { (void)pc; }
void __tsan_func_exit(void);
void __tsan_func_exit(void) { }
void __tsan_ignore_thread_begin(void);
void __tsan_ignore_thread_begin(void) { }
void __tsan_ignore_thread_end(void);
void __tsan_ignore_thread_end(void) { }
void __tsan_read_range(void *at, size_t n);
void __tsan_read_range(void *at, size_t n) { (void)n; touch(at); }
void __tsan_write_range(void *at, size_t n);
void __tsan_write_range(void *at, size_t n)
{
	touch(at);
	see_store(at, n, __builtin_return_address(0), 0);
}

/* Copying is many accesses: the middle of it is a place where somebody else
 * may come in. gcc calls the C library (wrapped), clang the names below. */
void *__wrap_memcpy(void *to, const void *from, size_t n);
void *__wrap_memcpy(void *to, const void *from, size_t n)
{
	see_store(to, n, __builtin_return_address(0), 0);
	if (state == 0)
		return __real_memcpy(to, from, n);
	touch(from);
	touch(to);
	__real_memcpy(to, from, n / 2);
	touch(to);
	__real_memcpy((char *)to + n / 2, (const char *)from + n / 2,
		      n - n / 2);
	return to;
}

void *__wrap_memset(void *to, int c, size_t n);
void *__wrap_memset(void *to, int c, size_t n)
{
	see_store(to, n, __builtin_return_address(0), 0);
	if (state == 0)
		return __real_memset(to, c, n);
	touch(to);
	__real_memset(to, c, n / 2);
	touch(to);
	__real_memset((char *)to + n / 2, c, n - n / 2);
	return to;
}

char *__wrap_strcpy(char *to, const char *from);
char *__wrap_strcpy(char *to, const char *from)
{
	return __wrap_memcpy(to, from, strlen(from) + 1);
}

/* The two may overlap: not in halves. */
void *__real_memmove(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n);
void *__wrap_memmove(void *to, const void *from, size_t n)
{
	see_store(to, n, __builtin_return_address(0), 0);
	touch(from);
	touch(to);
	return __real_memmove(to, from, n);
}

/* The same with -D_FORTIFY_SOURCE, where the compiler knows that TO has SIZE
 * bytes. */
#define CHECKED(type, name, from) \
	type __wrap___##name##_chk(void *to, from, size_t n, size_t size); \
	type __wrap___##name##_chk(void *to, from, size_t n, size_t size) \
	{ if (n > size) \
		abort(); \
	  return __wrap_##name(to, value, n); }
CHECKED(void *, memcpy, const void *value)
CHECKED(void *, memmove, const void *value)
CHECKED(void *, memset, int value)
char *__wrap___strcpy_chk(char *to, const char *from, size_t size);
char *__wrap___strcpy_chk(char *to, const char *from, size_t size)
{
	if (strlen(from) >= size)
		abort();
	return __wrap_strcpy(to, from);
}

void *__tsan_memcpy(void *to, const void *from, size_t n);
void *__tsan_memcpy(void *to, const void *from, size_t n)
{
	return __wrap_memcpy(to, from, n);
}
void *__tsan_memmove(void *to, const void *from, size_t n);
void *__tsan_memmove(void *to, const void *from, size_t n)
{
	return __wrap_memmove(to, from, n);
}
void *__tsan_memset(void *to, int c, size_t n);
void *__tsan_memset(void *to, int c, size_t n)
{
	return __wrap_memset(to, c, n);
}

/* An atomic store of the order O: what is below RELEASE publishes nothing. */
static void see_atomic(const volatile void *at, size_t n, int o,
		       const void *from)
{
	if (o < __ATOMIC_RELEASE)
		see_store(at, n, from, 1);
	else
		judge_store();
}

/* The compiler gives atomics to us, so we carry them out; ORDER is taken as
 * the strongest. */
#define ATOMICS(bits, type) \
	type __tsan_atomic##bits##_load(const volatile type *p, int o); \
	type __tsan_atomic##bits##_load(const volatile type *p, int o) \
	{ (void)o; touch(p); return __atomic_load_n(p, __ATOMIC_SEQ_CST); } \
	void __tsan_atomic##bits##_store(volatile type *p, type v, int o); \
	void __tsan_atomic##bits##_store(volatile type *p, type v, int o) \
	{ touch(p); \
	  see_atomic(p, bits / 8, o, __builtin_return_address(0)); \
	  __atomic_store_n(p, v, __ATOMIC_SEQ_CST); } \
	ATOMIC_OP(bits, type, exchange, __atomic_exchange_n) \
	ATOMIC_OP(bits, type, fetch_add, __atomic_fetch_add) \
	ATOMIC_OP(bits, type, fetch_sub, __atomic_fetch_sub) \
	ATOMIC_OP(bits, type, fetch_and, __atomic_fetch_and) \
	ATOMIC_OP(bits, type, fetch_or, __atomic_fetch_or) \
	ATOMIC_OP(bits, type, fetch_xor, __atomic_fetch_xor) \
	ATOMIC_OP(bits, type, fetch_nand, __atomic_fetch_nand) \
	ATOMIC_CAS(bits, type, strong) \
	ATOMIC_CAS(bits, type, weak) \
	ATOMIC_CAS_VAL(bits, type)
#define ATOMIC_OP(bits, type, op, builtin) \
	type __tsan_atomic##bits##_##op(volatile type *p, type v, int o); \
	type __tsan_atomic##bits##_##op(volatile type *p, type v, int o) \
	{ touch(p); \
	  see_atomic(p, bits / 8, o, __builtin_return_address(0)); \
	  return builtin(p, v, __ATOMIC_SEQ_CST); }
#define ATOMIC_CAS(bits, type, kind) \
	int __tsan_atomic##bits##_compare_exchange_##kind(volatile type *p, \
		type *want, type v, int o, int f); \
	int __tsan_atomic##bits##_compare_exchange_##kind(volatile type *p, \
		type *want, type v, int o, int f) \
	{ (void)f; touch(p); \
	  see_atomic(p, bits / 8, o, __builtin_return_address(0)); \
	  return __atomic_compare_exchange_n(p, want, v, 0, \
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); }
/* clang's: it returns what was there. */
#define ATOMIC_CAS_VAL(bits, type) \
	type __tsan_atomic##bits##_compare_exchange_val(volatile type *p, \
		type want, type v, int o, int f); \
	type __tsan_atomic##bits##_compare_exchange_val(volatile type *p, \
		type want, type v, int o, int f) \
	{ (void)f; touch(p); \
	  see_atomic(p, bits / 8, o, __builtin_return_address(0)); \
	  __atomic_compare_exchange_n(p, &want, v, 0, \
			__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
	  return want; }

ATOMICS(8, uint8_t)
ATOMICS(16, uint16_t)
ATOMICS(32, uint32_t)
ATOMICS(64, uint64_t)

/* 128 bits: of the processors that we know x86-64 alone has one instruction for
 * it that needs no library. */
#ifdef __x86_64__
#define WIDE __attribute__((target("cx16")))
typedef unsigned __int128 wide;

WIDE static wide swap(volatile wide *p, wide want, wide v)
{
	return __sync_val_compare_and_swap(p, want, v);
}

#define WIDE_OP(op, expr) \
	wide __tsan_atomic128_##op(volatile wide *p, wide v, int o); \
	wide __tsan_atomic128_##op(volatile wide *p, wide v, int o) \
	{ \
		wide old = 0, was; \
		\
		(void)o; \
		touch(p); \
		while ((was = swap(p, old, (expr))) != old) \
			old = was; \
		return old; \
	}
WIDE_OP(exchange, v)
WIDE_OP(fetch_add, old + v)
WIDE_OP(fetch_sub, old - v)
WIDE_OP(fetch_and, old & v)
WIDE_OP(fetch_or, old | v)
WIDE_OP(fetch_xor, old ^ v)
WIDE_OP(fetch_nand, ~(old & v))

wide __tsan_atomic128_load(const volatile wide *p, int o);
wide __tsan_atomic128_load(const volatile wide *p, int o)
{
	(void)o;
	touch(p);
	return swap((volatile wide *)p, 0, 0);
}
void __tsan_atomic128_store(volatile wide *p, wide v, int o);
void __tsan_atomic128_store(volatile wide *p, wide v, int o)
{
	__tsan_atomic128_exchange(p, v, o);
}
wide __tsan_atomic128_compare_exchange_val(volatile wide *p, wide want,
					   wide v, int o, int f);
wide __tsan_atomic128_compare_exchange_val(volatile wide *p, wide want,
					   wide v, int o, int f)
{
	(void)o, (void)f;
	touch(p);
	return swap(p, want, v);
}
#define WIDE_CAS(kind) \
	int __tsan_atomic128_compare_exchange_##kind(volatile wide *p, \
		wide *want, wide v, int o, int f); \
	int __tsan_atomic128_compare_exchange_##kind(volatile wide *p, \
		wide *want, wide v, int o, int f) \
	{ \
		wide wanted = *want; \
		\
		(void)o, (void)f; \
		touch(p); \
		*want = swap(p, wanted, v); \
		return *want == wanted; \
	}
WIDE_CAS(strong)
WIDE_CAS(weak)
#endif

void __tsan_atomic_thread_fence(int o);
void __tsan_atomic_thread_fence(int o)
{
	judge_store();
	if (o >= __ATOMIC_RELEASE)
		is_fenced = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}
void __tsan_atomic_signal_fence(int o);
void __tsan_atomic_signal_fence(int o) { (void)o; }

/* ------------------------------------------------ the wrapped calls
 *
 * The Makefile reads their names from the object file, for the linker. WRAP_AS
 * is for the other names that a CALL has in some C library: for files and times
 * of 64 bits, and for -D_FORTIFY_SOURCE. t/aliases.sh finds them. Who has no
 * such name needs no call of it: so it may be missing (weak).
 */

#define WRAP_BODY(bad, call, name, args) \
	{ \
		int err = fault_of(#call); \
		\
		disturb(); \
		if (err > 0) { \
			fail_with(err); \
			return bad; \
		} \
		return __real_##name args; \
	}
#define WRAP(type, bad, name, params, args) \
	type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params WRAP_BODY(bad, name, name, args)
#define WRAP_AS(type, bad, call, name, params, args) \
	__attribute__((weak)) type __real_##name params; \
	type __wrap_##name params; \
	type __wrap_##name params WRAP_BODY(bad, call, name, args)

/* So much of N bytes moves when a call on FD comes short: half, at least one.
 * All of them where no kernel would take a part: a datagram, the 8 bytes of an
 * eventfd, and up to PIPE_BUF bytes into a pipe (pipe(7)). */
static size_t half_of(const char *call, int fd, size_t n)
{
	const int takes = strstr(call, "write") || strcmp(call, "send") == 0;
	const int err = errno;
	int type = 0;
	socklen_t size = sizeof type;
	struct stat st;

	if (n < 2 || __real_fstat(fd, &st) == -1)
		return n;
	errno = err;
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
	case S_IFCHR:
		return n / 2;
	case S_IFIFO:
		if (!takes)
			return n / 2;
		return n <= PIPE_BUF ? n :
		       n / 2 < PIPE_BUF ? PIPE_BUF : n / 2;
	case S_IFSOCK:
		getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
		errno = err;
		return type == SOCK_STREAM ? n / 2 : n;
	default:
		return n;
	}
}

/* Argument N is a size, which a short fault halves. */
#define WRAP_IO(call, name, params, args) \
	__attribute__((weak)) ssize_t __real_##name params; \
	ssize_t __wrap_##name params; \
	ssize_t __wrap_##name params \
	{ \
		int err = fault_of(#call); \
		\
		disturb(); \
		if (err > 0) { \
			fail_with(err); \
			return -1; \
		} \
		if (err == SHORT) \
			n = half_of(#call, fd, n); \
		return __real_##name args; \
	}

WRAP_IO(read, read, (int fd, void *buf, size_t n), (fd, buf, n))
WRAP_IO(read, __read, (int fd, void *buf, size_t n), (fd, buf, n))
WRAP_IO(read, __read_chk, (int fd, void *buf, size_t n, size_t size),
	(fd, buf, n, size))
WRAP_IO(write, write, (int fd, const void *buf, size_t n), (fd, buf, n))
WRAP_IO(write, __write, (int fd, const void *buf, size_t n), (fd, buf, n))
WRAP_IO(send, send, (int fd, const void *buf, size_t n, int f),
	(fd, buf, n, f))
WRAP_IO(send, __send, (int fd, const void *buf, size_t n, int f),
	(fd, buf, n, f))
WRAP_IO(recv, recv, (int fd, void *buf, size_t n, int f), (fd, buf, n, f))
WRAP_IO(recv, __recv, (int fd, void *buf, size_t n, int f), (fd, buf, n, f))
WRAP_IO(recv, __recv_chk, (int fd, void *buf, size_t n, size_t size, int f),
	(fd, buf, n, size, f))
WRAP_IO(pwrite, pwrite, (int fd, const void *buf, size_t n, off_t at),
	(fd, buf, n, at))
WRAP_IO(pwrite, pwrite64, (int fd, const void *buf, size_t n, int64_t at),
	(fd, buf, n, at))
WRAP_IO(pwrite, __pwrite64, (int fd, const void *buf, size_t n, int64_t at),
	(fd, buf, n, at))
WRAP_IO(pread, pread, (int fd, void *buf, size_t n, off_t at),
	(fd, buf, n, at))
WRAP_IO(pread, pread64, (int fd, void *buf, size_t n, int64_t at),
	(fd, buf, n, at))
WRAP_IO(pread, __pread64, (int fd, void *buf, size_t n, int64_t at),
	(fd, buf, n, at))
WRAP_IO(pread, __pread_chk, (int fd, void *buf, size_t n, off_t at,
			     size_t size), (fd, buf, n, at, size))
WRAP_IO(pread, __pread64_chk, (int fd, void *buf, size_t n, int64_t at,
			       size_t size), (fd, buf, n, at, size))

WRAP(int, -1, pipe, (int *fd), (fd))
WRAP_AS(int, -1, pipe, __pipe, (int *fd), (fd))
WRAP(int, -1, pipe2, (int *fd, int f), (fd, f))
/* Linux closes before it finds out what went wrong, whatever that is
 * (close(2)): only a number that was not open stays as it was. */
#define WRAP_CLOSE(call, name, type) \
	__attribute__((weak)) int __real_##name(type fd); \
	int __wrap_##name(type fd); \
	int __wrap_##name(type fd) \
	{ \
		int err = fault_of(#call); \
		\
		disturb(); \
		if (err > 0) { \
			if (err != EBADF) \
				__real_##name(fd); \
			fail_with(err); \
			return -1; \
		} \
		return __real_##name(fd); \
	}
WRAP_CLOSE(close, close, int)
WRAP_CLOSE(close, __close, int)
WRAP_CLOSE(mq_close, mq_close, mqd_t)
WRAP(int, -1, dup, (int fd), (fd))
WRAP(int, -1, dup2, (int a, int b), (a, b))
WRAP_AS(int, -1, dup2, __dup2, (int a, int b), (a, b))
WRAP(int, -1, mkfifo, (const char *p, mode_t m), (p, m))
WRAP(int, -1, unlink, (const char *p), (p))
WRAP(int, -1, ftruncate, (int fd, off_t n), (fd, n))
WRAP_AS(int, -1, ftruncate, ftruncate64, (int fd, int64_t n), (fd, n))
WRAP(int, -1, fallocate, (int fd, int f, off_t o, off_t n), (fd, f, o, n))
WRAP_AS(int, -1, fallocate, fallocate64, (int fd, int f, int64_t o,
	int64_t n), (fd, f, o, n))
WRAP(int, err, posix_fallocate, (int fd, off_t o, off_t n), (fd, o, n))
WRAP_AS(int, err, posix_fallocate, posix_fallocate64, (int fd, int64_t o,
	int64_t n), (fd, o, n))
WRAP(int, -1, fstat, (int fd, struct stat *st), (fd, st))
WRAP_AS(int, -1, fstat, fstat64, (int fd, void *st), (fd, st))
WRAP_AS(int, -1, fstat, __fstat64, (int fd, void *st), (fd, st))
WRAP_AS(int, -1, fstat, __fstat64_time64, (int fd, void *st), (fd, st))
WRAP(off_t, -1, lseek, (int fd, off_t n, int from), (fd, n, from))
WRAP_AS(off_t, -1, lseek, __lseek, (int fd, off_t n, int from), (fd, n, from))
WRAP_AS(int64_t, -1, lseek, lseek64, (int fd, int64_t n, int from), (fd, n,
	from))
WRAP_AS(int64_t, -1, lseek, llseek, (int fd, int64_t n, int from), (fd, n,
	from))
WRAP(int, -1, fsync, (int fd), (fd))
WRAP(pid_t, -1, waitpid, (pid_t p, int *s, int f), (p, s, f))
WRAP_AS(pid_t, -1, waitpid, __waitpid, (pid_t p, int *s, int f), (p, s, f))
WRAP(pid_t, -1, wait, (int *s), (s))
WRAP_AS(pid_t, -1, wait, __wait, (int *s), (s))
WRAP(int, -1, kill, (pid_t p, int s), (p, s))
WRAP(int, -1, sigaction, (int s, const struct sigaction *a,
			  struct sigaction *o), (s, a, o))
WRAP_AS(int, -1, sigaction, __sigaction, (int s, const void *a, void *o), (s,
	a, o))

/* signal() fails for no signal that there is: it is never made to. But a stop
 * may come before it, as before a call of a helper. */
typedef void handler(int);
#define WRAP_SIGNAL(name) \
	__attribute__((weak)) handler *__real_##name(int s, handler *fn); \
	handler *__wrap_##name(int s, handler *fn); \
	handler *__wrap_##name(int s, handler *fn) \
	{ \
		shake_helper = 1; \
		(void)fault_of("signal"); \
		disturb(); \
		return __real_##name(s, fn); \
	}
WRAP_SIGNAL(signal)
WRAP_SIGNAL(bsd_signal)
WRAP_SIGNAL(ssignal)

WRAP(int, -1, sigprocmask, (int h, const sigset_t *s, sigset_t *o), (h, s, o))
WRAP(int, -1, sigsuspend, (const sigset_t *s), (s))
WRAP_AS(int, -1, sigsuspend, __sigsuspend, (const sigset_t *s), (s))
WRAP(int, -1, pause, (void), ())
WRAP(int, -1, sigqueue, (pid_t p, int s, union sigval v), (p, s, v))
WRAP(int, -1, sigwaitinfo, (const sigset_t *s, siginfo_t *i), (s, i))
WRAP(int, -1, sigtimedwait, (const sigset_t *s, siginfo_t *i,
			     const struct timespec *t), (s, i, t))
WRAP_AS(int, -1, sigtimedwait, __sigtimedwait, (const sigset_t *s,
	siginfo_t *i, const void *t), (s, i, t))
WRAP_AS(int, -1, sigtimedwait, __sigtimedwait64, (const sigset_t *s,
	siginfo_t *i, const void *t), (s, i, t))
WRAP(int, err, sigwait, (const sigset_t *s, int *n), (s, n))
WRAP(int, -1, signalfd, (int fd, const sigset_t *s, int f), (fd, s, f))
WRAP(int, -1, eventfd, (unsigned n, int f), (n, f))
WRAP(int, -1, timerfd_create, (int c, int f), (c, f))
WRAP(int, -1, timerfd_settime, (int fd, int f, const struct itimerspec *n,
				struct itimerspec *o), (fd, f, n, o))
WRAP_AS(int, -1, timerfd_settime, __timerfd_settime64, (int fd, int f,
	const void *n, void *o), (fd, f, n, o))
WRAP(int, -1, epoll_create1, (int f), (f))
WRAP(int, -1, epoll_ctl, (int e, int o, int fd, struct epoll_event *v),
     (e, o, fd, v))
WRAP(int, -1, epoll_wait, (int e, struct epoll_event *v, int n, int t),
     (e, v, n, t))
WRAP(int, -1, poll, (struct pollfd *p, nfds_t n, int t), (p, n, t))
WRAP_AS(int, -1, poll, __poll, (struct pollfd *p, nfds_t n, int t), (p, n, t))
WRAP_AS(int, -1, poll, __poll_chk, (struct pollfd *p, nfds_t n, int t,
	size_t size), (p, n, t, size))
WRAP(int, -1, ppoll, (struct pollfd *p, nfds_t n, const struct timespec *t,
		      const sigset_t *s), (p, n, t, s))
WRAP_AS(int, -1, ppoll, __ppoll64, (struct pollfd *p, nfds_t n,
	const void *t, const sigset_t *s), (p, n, t, s))
WRAP_AS(int, -1, ppoll, __ppoll_chk, (struct pollfd *p, nfds_t n,
	const void *t, const sigset_t *s, size_t size), (p, n, t, s, size))
WRAP_AS(int, -1, ppoll, __ppoll64_chk, (struct pollfd *p, nfds_t n,
	const void *t, const sigset_t *s, size_t size), (p, n, t, s, size))
WRAP(int, -1, select, (int n, fd_set *r, fd_set *w, fd_set *x,
		       struct timeval *t), (n, r, w, x, t))
WRAP_AS(int, -1, select, __select, (int n, fd_set *r, fd_set *w, fd_set *x,
	void *t), (n, r, w, x, t))
WRAP_AS(int, -1, select, __select64, (int n, fd_set *r, fd_set *w, fd_set *x,
	void *t), (n, r, w, x, t))
WRAP(int, -1, pselect, (int n, fd_set *r, fd_set *w, fd_set *x,
			const struct timespec *t, const sigset_t *s),
     (n, r, w, x, t, s))
WRAP_AS(int, -1, pselect, __pselect64, (int n, fd_set *r, fd_set *w,
	fd_set *x, const void *t, const sigset_t *s), (n, r, w, x, t, s))
WRAP(int, -1, flock, (int fd, int op), (fd, op))
WRAP(int, -1, msgget, (key_t k, int f), (k, f))
WRAP(int, -1, msgsnd, (int q, const void *m, size_t n, int f), (q, m, n, f))
WRAP(ssize_t, -1, msgrcv, (int q, void *m, size_t n, long t, int f),
     (q, m, n, t, f))
WRAP(int, -1, msgctl, (int q, int c, struct msqid_ds *d), (q, c, d))
WRAP_AS(int, -1, msgctl, __msgctl64, (int q, int c, void *d), (q, c, d))
WRAP(int, -1, semget, (key_t k, int n, int f), (k, n, f))
WRAP(int, -1, semop, (int s, struct sembuf *o, size_t n), (s, o, n))
WRAP(int, -1, semtimedop, (int s, struct sembuf *o, size_t n,
			   const struct timespec *t), (s, o, n, t))
WRAP_AS(int, -1, semtimedop, __semtimedop64, (int s, struct sembuf *o,
	size_t n, const void *t), (s, o, n, t))
WRAP(int, -1, shmget, (key_t k, size_t n, int f), (k, n, f))
WRAP(int, -1, shmctl, (int s, int c, struct shmid_ds *d), (s, c, d))
WRAP_AS(int, -1, shmctl, __shmctl64, (int s, int c, void *d), (s, c, d))
WRAP(int, -1, shm_open, (const char *n, int f, mode_t m), (n, f, m))
WRAP(int, -1, shm_unlink, (const char *n), (n))
WRAP(int, -1, msync, (void *p, size_t n, int f), (p, n, f))
WRAP(int, -1, mprotect, (void *p, size_t n, int f), (p, n, f))
WRAP_AS(int, -1, mprotect, __mprotect, (void *p, size_t n, int f), (p, n, f))
WRAP(int, -1, memfd_create, (const char *n, unsigned f), (n, f))
WRAP(int, -1, mq_unlink, (const char *n), (n))
WRAP(int, -1, mq_send, (mqd_t q, const char *m, size_t n, unsigned p),
     (q, m, n, p))
WRAP(ssize_t, -1, mq_receive, (mqd_t q, char *m, size_t n, unsigned *p),
     (q, m, n, p))
WRAP(int, -1, mq_timedsend, (mqd_t q, const char *m, size_t n, unsigned p,
			     const struct timespec *t), (q, m, n, p, t))
WRAP_AS(int, -1, mq_timedsend, __mq_timedsend_time64, (mqd_t q,
	const char *m, size_t n, unsigned p, const void *t), (q, m, n, p, t))
WRAP(ssize_t, -1, mq_timedreceive, (mqd_t q, char *m, size_t n, unsigned *p,
				    const struct timespec *t),
     (q, m, n, p, t))
WRAP_AS(ssize_t, -1, mq_timedreceive, __mq_timedreceive_time64, (mqd_t q,
	char *m, size_t n, unsigned *p, const void *t), (q, m, n, p, t))
WRAP(int, -1, mq_notify, (mqd_t q, const struct sigevent *e), (q, e))
WRAP(int, -1, mq_getattr, (mqd_t q, struct mq_attr *a), (q, a))
WRAP(int, -1, sem_init, (sem_t *s, int p, unsigned v), (s, p, v))
WRAP(int, -1, sem_destroy, (sem_t *s), (s))
WRAP(int, -1, sem_close, (sem_t *s), (s))
WRAP(int, -1, sem_unlink, (const char *n), (n))
WRAP(int, -1, sem_wait, (sem_t *s), (s))
WRAP(int, -1, sem_trywait, (sem_t *s), (s))
WRAP(int, -1, sem_timedwait, (sem_t *s, const struct timespec *t), (s, t))
WRAP_AS(int, -1, sem_timedwait, __sem_timedwait64, (sem_t *s, const void *t),
	(s, t))
WRAP(int, -1, sem_post, (sem_t *s), (s))
WRAP(int, err, pthread_mutex_lock, (pthread_mutex_t *m), (m))
WRAP_AS(int, err, pthread_mutex_lock, __pthread_mutex_lock,
	(pthread_mutex_t *m), (m))
WRAP(int, err, pthread_mutex_unlock, (pthread_mutex_t *m), (m))
WRAP_AS(int, err, pthread_mutex_unlock, __pthread_mutex_unlock,
	(pthread_mutex_t *m), (m))
WRAP(int, err, pthread_cond_wait, (pthread_cond_t *c, pthread_mutex_t *m),
     (c, m))
WRAP(int, err, pthread_mutex_consistent, (pthread_mutex_t *m), (m))
WRAP_AS(int, err, pthread_mutex_consistent, pthread_mutex_consistent_np,
	(pthread_mutex_t *m), (m))
WRAP(int, err, pthread_cond_signal, (pthread_cond_t *c), (c))
WRAP(int, err, pthread_cond_broadcast, (pthread_cond_t *c), (c))
WRAP(int, -1, socket, (int d, int t, int p), (d, t, p))
WRAP_AS(int, -1, socket, __socket, (int d, int t, int p), (d, t, p))
WRAP(int, -1, socketpair, (int d, int t, int p, int *fd), (d, t, p, fd))
WRAP(int, -1, bind, (int fd, const struct sockaddr *a, socklen_t n),
     (fd, a, n))
WRAP(int, -1, listen, (int fd, int n), (fd, n))
WRAP(int, -1, accept, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n))
WRAP(int, -1, connect, (int fd, const struct sockaddr *a, socklen_t n),
     (fd, a, n))
WRAP_AS(int, -1, connect, __connect, (int fd, const struct sockaddr *a,
	socklen_t n), (fd, a, n))
WRAP(ssize_t, -1, sendmsg, (int fd, const struct msghdr *m, int f),
     (fd, m, f))
WRAP_AS(ssize_t, -1, sendmsg, __sendmsg64, (int fd, const void *m, int f),
	(fd, m, f))
WRAP(ssize_t, -1, recvmsg, (int fd, struct msghdr *m, int f), (fd, m, f))
WRAP_AS(ssize_t, -1, recvmsg, __recvmsg64, (int fd, void *m, int f), (fd, m, f))
WRAP(ssize_t, -1, sendto, (int fd, const void *b, size_t n, int f,
			   const struct sockaddr *a, socklen_t l),
     (fd, b, n, f, a, l))
WRAP(ssize_t, -1, recvfrom, (int fd, void *b, size_t n, int f,
			     struct sockaddr *a, socklen_t *l),
     (fd, b, n, f, a, l))
WRAP_AS(ssize_t, -1, recvfrom, __recvfrom_chk, (int fd, void *b, size_t n,
	size_t size, int f, struct sockaddr *a, socklen_t *l), (fd, b, n,
	size, f, a, l))
WRAP(int, -1, posix_openpt, (int f), (f))
WRAP(int, -1, grantpt, (int fd), (fd))
WRAP(int, -1, unlockpt, (int fd), (fd))

/* ------------------------------------------------------ the clocks
 *
 * No faults here: a program need not expect that it cannot tell the time.
 */

/* What the file of SHAKE_CLOCK says: the time of day, or the other one. */
static int told_time(int of_day, struct timespec *t)
{
	const char *file = told_of("SHAKE_CLOCK");
	long long ns[2];
	char text[64];
	ssize_t n = -1;
	int fd;

	if (!file)
		return 0;
	fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		n = syscall(SYS_read, fd, text, sizeof text - 1);
		syscall(SYS_close, fd);
	}
	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%lld %lld", &ns[0], &ns[1]) != 2) {
		fprintf(stderr, "shake: SHAKE_CLOCK: '%s' has no two numbers\n",
			file);
		_exit(125);
	}
	t->tv_sec = (time_t)(ns[of_day] / 1000000000);
	t->tv_nsec = (long)(ns[of_day] % 1000000000);
	return 1;
}

static int is_of_day(clockid_t id)
{
	return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE ||
	       id == CLOCK_TAI;
}

/* The clocks of a process's own work go on as they are. */
static int is_told_clock(clockid_t id)
{
	return id != CLOCK_PROCESS_CPUTIME_ID && id != CLOCK_THREAD_CPUTIME_ID;
}

int __real_clock_gettime(clockid_t id, struct timespec *t);
int __wrap_clock_gettime(clockid_t id, struct timespec *t);
int __wrap_clock_gettime(clockid_t id, struct timespec *t)
{
	if (is_told_clock(id) && told_time(is_of_day(id), t))
		return 0;
	return __real_clock_gettime(id, t);
}
int __wrap___clock_gettime(clockid_t id, struct timespec *t);
int __wrap___clock_gettime(clockid_t id, struct timespec *t)
{
	return __wrap_clock_gettime(id, t);
}

int __real_gettimeofday(struct timeval *v, void *zone);
int __wrap_gettimeofday(struct timeval *v, void *zone);
int __wrap_gettimeofday(struct timeval *v, void *zone)
{
	struct timespec t;

	if (!told_time(1, &t))
		return __real_gettimeofday(v, zone);
	v->tv_sec = t.tv_sec;
	v->tv_usec = t.tv_nsec / 1000;
	return 0;
}

int __wrap___gettimeofday(struct timeval *v, void *zone);
int __wrap___gettimeofday(struct timeval *v, void *zone)
{
	return __wrap_gettimeofday(v, zone);
}

int __real_timespec_get(struct timespec *t, int base);
int __wrap_timespec_get(struct timespec *t, int base);
int __wrap_timespec_get(struct timespec *t, int base)
{
	return base == TIME_UTC && told_time(1, t) ?
	       base : __real_timespec_get(t, base);
}

time_t __real_time(time_t *at);
time_t __wrap_time(time_t *at);
time_t __wrap_time(time_t *at)
{
	struct timespec t;

	if (!told_time(1, &t))
		return __real_time(at);
	if (at)
		*at = t.tv_sec;
	return t.tv_sec;
}

/* ---------------------------------------------------- at the end
 *
 * What is registered last is called first: so each call of ours is the turn
 * of the last one that is left.
 */
static void (*at_end[32])(void);
static size_t ends;

static void end_next(void)
{
	shake_ending = 1;
	at_end[--ends]();
}

int __real_atexit(void (*fn)(void));
int __wrap_atexit(void (*fn)(void));
int __wrap_atexit(void (*fn)(void))
{
	if (ends == sizeof at_end / sizeof *at_end)
		return __real_atexit(fn);
	if (__real_atexit(end_next) != 0)
		return -1;
	at_end[ends++] = fn;
	return 0;
}

/* The same for times of 64 bits where long has 32. */
struct timespec64 { int64_t sec; int32_t nsec, pad; };

__attribute__((weak))
int __real___clock_gettime64(clockid_t id, struct timespec64 *t);
int __wrap___clock_gettime64(clockid_t id, struct timespec64 *t);
int __wrap___clock_gettime64(clockid_t id, struct timespec64 *t)
{
	struct timespec told_at;

	if (is_told_clock(id) && told_time(is_of_day(id), &told_at)) {
		*t = (struct timespec64){ told_at.tv_sec,
					  (int32_t)told_at.tv_nsec, 0 };
		return 0;
	}
	return __real___clock_gettime64(id, t);
}

__attribute__((weak))
int __real___gettimeofday64(int64_t v[2], void *zone);
int __wrap___gettimeofday64(int64_t v[2], void *zone);
int __wrap___gettimeofday64(int64_t v[2], void *zone)
{
	struct timespec t;

	if (!told_time(1, &t))
		return __real___gettimeofday64(v, zone);
	v[0] = t.tv_sec;
	v[1] = t.tv_nsec / 1000;
	return 0;
}

__attribute__((weak)) int __real___timespec_get64(struct timespec64 *t, int b);
int __wrap___timespec_get64(struct timespec64 *t, int base);
int __wrap___timespec_get64(struct timespec64 *t, int base)
{
	if (base != TIME_UTC || !told_of("SHAKE_CLOCK"))
		return __real___timespec_get64(t, base);
	__wrap___clock_gettime64(CLOCK_REALTIME, t);
	return base;
}

__attribute__((weak)) int64_t __real___time64(int64_t *at);
int64_t __wrap___time64(int64_t *at);
int64_t __wrap___time64(int64_t *at)
{
	struct timespec t;

	if (!told_time(1, &t))
		return __real___time64(at);
	if (at)
		*at = t.tv_sec;
	return t.tv_sec;
}

/* A child takes its own way from the seed: by the how-manieth it is. */
pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	int err = fault_of("fork");
	pid_t pid;

	if (err > 0) {
		fail_with(err);
		return -1;
	}
	forks++;
	pid = __real_fork();
	if (pid == 0) {
		number = number * 10 + (long)forks;
		state = state ? mixed(state + forks) : 0;
		forks = 0;
		new_counts();
	}
	disturb();
	return pid;
}

pid_t __wrap___fork(void);
pid_t __wrap___fork(void) { return __wrap_fork(); }

/* A mapping is of whole pages: what stands behind the bytes that were asked for
 * can be used, by luck, until one more is asked for. AddressSanitizer, where it
 * is there, tells of it. */
__attribute__((weak)) void __asan_poison_memory_region(const volatile void *p,
						       size_t n);
__attribute__((weak)) void __asan_unpoison_memory_region(
	const volatile void *p, size_t n);

static size_t whole_pages(size_t n)
{
	size_t page = (size_t)sysconf(_SC_PAGE_SIZE);

	return (n + page - 1) / page * page;
}

static void open_tail(void *p, size_t n)
{
	if (__asan_unpoison_memory_region)
		__asan_unpoison_memory_region(p, whole_pages(n));
}

static void close_tail(void *p, size_t n)
{
	open_tail(p, n);
	if (__asan_poison_memory_region)
		__asan_poison_memory_region((char *)p + n, whole_pages(n) - n);
}

#define WRAP_MMAP(name, offset) \
	__attribute__((weak)) void *__real_##name(void *p, size_t n, int prot, \
						  int f, int fd, offset o); \
	void *__wrap_##name(void *p, size_t n, int prot, int f, int fd, \
			    offset o); \
	void *__wrap_##name(void *p, size_t n, int prot, int f, int fd, \
			    offset o) \
	{ \
		int err = fault_of("mmap"); \
		void *at; \
		\
		if (err > 0) { \
			fail_with(err); \
			return MAP_FAILED; \
		} \
		at = __real_##name(p, n, prot, f, fd, o); \
		if (at != MAP_FAILED) \
			close_tail(at, n); \
		if (at != MAP_FAILED && (f & MAP_TYPE) != MAP_PRIVATE) \
			range_add(at, n, (uintptr_t)o); \
		return at; \
	}
WRAP_MMAP(mmap, off_t)
WRAP_MMAP(__mmap, off_t)
WRAP_MMAP(mmap64, int64_t)

int __real_munmap(void *p, size_t n);
int __wrap_munmap(void *p, size_t n);
int __wrap_munmap(void *p, size_t n)
{
	int err = fault_of("munmap");

	if (err > 0) {
		fail_with(err);
		return -1;
	}
	range_drop(p);
	open_tail(p, n);
	return __real_munmap(p, n);
}

int __wrap___munmap(void *p, size_t n);
int __wrap___munmap(void *p, size_t n) { return __wrap_munmap(p, n); }

void *__real_mremap(void *p, size_t n, size_t to, int f, ...);
void *__wrap_mremap(void *p, size_t n, size_t to, int f, ...);
void *__wrap_mremap(void *p, size_t n, size_t to, int f, ...)
{
	int err = fault_of("mremap");
	va_list ap;
	void *at;

	va_start(ap, f);
	at = va_arg(ap, void *);
	va_end(ap);
	if (err > 0) {
		errno = err;
		return MAP_FAILED;
	}
	open_tail(p, n);
	at = __real_mremap(p, n, to, f, at);
	close_tail(at == MAP_FAILED ? p : at, at == MAP_FAILED ? n : to);
	if (at != MAP_FAILED && range_drop(p))
		range_add(at, to, 0);
	return at;
}

void *__real_shmat(int id, const void *p, int f);
void *__wrap_shmat(int id, const void *p, int f);
void *__wrap_shmat(int id, const void *p, int f)
{
	int err = fault_of("shmat");
	struct shmid_ds ds;
	void *at;

	if (err > 0) {
		fail_with(err);
		return (void *)-1;
	}
	at = __real_shmat(id, p, f);
	if (at != (void *)-1 && __real_shmctl(id, IPC_STAT, &ds) == 0)
		range_add(at, ds.shm_segsz, 0);
	return at;
}

int __real_shmdt(const void *p);
int __wrap_shmdt(const void *p);
int __wrap_shmdt(const void *p)
{
	int err = fault_of("shmdt");

	if (err > 0) {
		fail_with(err);
		return -1;
	}
	range_drop(p);
	return __real_shmdt(p);
}

/* Calls with arguments that may be missing: take them even so; what the
 * caller did not pass, the call does not look at. */
#define WRAP_MODE(type, bad, call, name) \
	__attribute__((weak)) type __real_##name(const char *p, int f, ...); \
	type __wrap_##name(const char *p, int f, ...); \
	type __wrap_##name(const char *p, int f, ...) \
	{ \
		int err = fault_of(#call); \
		va_list ap; \
		long a, b; \
		\
		va_start(ap, f); \
		a = va_arg(ap, long); \
		b = va_arg(ap, long); \
		va_end(ap); \
		disturb(); \
		if (err > 0) { \
			fail_with(err); \
			return bad; \
		} \
		return __real_##name(p, f, a, b); \
	}

WRAP_MODE(int, -1, open, open)
WRAP_MODE(int, -1, open, __open)
WRAP_MODE(int, -1, open, open64)
WRAP_MODE(int, -1, open, __open64)
WRAP_AS(int, -1, open, __open_2, (const char *p, int f), (p, f))
WRAP_AS(int, -1, open, __open64_2, (const char *p, int f), (p, f))
WRAP_MODE(mqd_t, (mqd_t)-1, mq_open, mq_open)
WRAP_AS(mqd_t, (mqd_t)-1, mq_open, __mq_open_2, (const char *p, int f), (p, f))
WRAP_MODE(sem_t *, SEM_FAILED, sem_open, sem_open)

/* What a program may ask for without looking whether it gets it. The others
 * change what it will find in its memory. */
static int is_mere_advice(int advice)
{
	switch (advice) {
	case MADV_NORMAL: case MADV_RANDOM: case MADV_SEQUENTIAL:
	case MADV_WILLNEED: case MADV_HUGEPAGE: case MADV_NOHUGEPAGE:
	case MADV_MERGEABLE: case MADV_UNMERGEABLE:
	case 20 /* MADV_COLD, Linux 5.4 */: case 21 /* MADV_PAGEOUT */:
	case 25 /* MADV_COLLAPSE, Linux 6.1 */:
		return 1;
	default:
		return 0;
	}
}

#define WRAP_MADVISE(name) \
	__attribute__((weak)) int __real_##name(void *p, size_t n, int a); \
	int __wrap_##name(void *p, size_t n, int a); \
	int __wrap_##name(void *p, size_t n, int a) \
	{ \
		int err; \
		\
		is_wish = is_mere_advice(a); \
		err = fault_of("madvise"); \
		disturb(); \
		if (err > 0) { \
			fail_with(err); \
			return -1; \
		} \
		return __real_##name(p, n, a); \
	}
WRAP_MADVISE(madvise)
WRAP_MADVISE(__madvise)

#define WRAP_FCNTL(name) \
	__attribute__((weak)) int __real_##name(int fd, int c, ...); \
	int __wrap_##name(int fd, int c, ...); \
	int __wrap_##name(int fd, int c, ...) \
	{ \
		va_list ap; \
		long a; \
		int err; \
		\
		is_wish = c == F_SETPIPE_SZ; \
		err = fault_of("fcntl"); \
		va_start(ap, c); \
		a = va_arg(ap, long); \
		va_end(ap); \
		disturb(); \
		if (err > 0) { \
			fail_with(err); \
			return -1; \
		} \
		return __real_##name(fd, c, a); \
	}
WRAP_FCNTL(fcntl)
WRAP_FCNTL(__fcntl)
WRAP_FCNTL(fcntl64)
WRAP_FCNTL(__fcntl_time64)

#define WRAP_SEMCTL(name) \
	__attribute__((weak)) int __real_##name(int s, int n, int c, ...); \
	int __wrap_##name(int s, int n, int c, ...); \
	int __wrap_##name(int s, int n, int c, ...) \
	{ \
		int err = fault_of("semctl"); \
		va_list ap; \
		long a; \
		\
		va_start(ap, c); \
		a = va_arg(ap, long); \
		va_end(ap); \
		disturb(); \
		if (err > 0) { \
			fail_with(err); \
			return -1; \
		} \
		return __real_##name(s, n, c, a); \
	}
WRAP_SEMCTL(semctl)
WRAP_SEMCTL(__semctl64)
