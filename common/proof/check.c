/*
 * check.c - what a check calls, in a process of its own
 *
 * check_main.c runs the checks. What is wrong, this side writes to stderr as
 * marked lines; the student's program never has that descriptor. What it did
 * to which program stands in evidence.h.
 */
#define _GNU_SOURCE
#include "check.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "../shake/shake.h"
#include "../stage/stage.h"
#include "check_inside.h"
#include "evidence.h"

enum {
	OUT_MAX = 8 * 1024 * 1024,	/* bytes one program may write */
	DATA_MAX = 1024 * 1024 * 1024,	/* bytes of its own memory */
	FDS_MAX = 256,
};

const size_t sizes[SIZES] = { 1, 4096, 65536, 65537, 200000 };

/* Where a run whose calls fail lists its calls, and where they stand, in the
 * check's folder. */
#define CALLS_FILE  ".calls"
#define PLACES_FILE ".places"
/* ------------------------------------------- what the programs say
 *
 * Their stderr is a pipe that we empty into our own stdout, which stage keeps.
 * Not that file itself: who opens /dev/stderr for writing opens what it leads
 * to once more, and would cut a file to nothing, with all that stood there.
 * Nobody waits for the end of that pipe.
 */
static int said_pipe[2];	/* 0, 0: not made yet */

static void open_said(void)
{
	const int size = 1024 * 1024;	/* more than we leave in it, ever */

	if (said_pipe[1])
		return;
	HOLDS(pipe2(said_pipe, O_CLOEXEC) == 0);
	HOLDS(fcntl(said_pipe[0], F_SETFL, O_NONBLOCK) == 0);
	fcntl(said_pipe[1], F_SETPIPE_SZ, size);	/* or as it is */
}

/* Keep what has been said by now. */
static void keep_said(void)
{
	char buf[65536];
	ssize_t n;

	while (said_pipe[1] && (n = read(said_pipe[0], buf, sizeof buf)) > 0)
		HOLDS(write(1, buf, (size_t)n) == n);
}

/* Is the pipe of file ST the one that takes what the programs say? */
static int is_said_pipe(const struct stat *st)
{
	struct stat said;

	return said_pipe[1] && fstat(said_pipe[0], &said) == 0 &&
	       said.st_ino == st->st_ino && said.st_dev == st->st_dev;
}

/* ------------------------------------------------------- telling */

/* Does FAULT, in words as of tell_faults(), speak of call number NTH of
 * CALL? */
static int is_hit(const char *fault, const char *call, unsigned nth)
{
	char text[64];

	snprintf(text, sizeof text, " %s() number %u ", call, nth);
	return strstr(fault, text) != NULL;
}

__attribute__((format(printf, 2, 3)))
static void tell(const char *label, const char *fmt, ...)
{
	char text[TOLD];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	for (char *c = text; *c; c++)
		if (*c == '\n' || *c == '\001')
			*c = ' ';	/* one line, and no mark within it */
	fprintf(stderr, "\001%s: %s\n", label, text);
}

/* Where does the call stand that was made to fail? The run says it in a file:
 * "0 close 1 11f3" (SHAKE_PLACES). */
static void find_place(void)
{
	struct evidence_run *run = evidence_guilty();
	char line[128], call[32];
	unsigned long place;
	unsigned nth;
	long in;
	FILE *f;

	if (!run || !run->fault[0] || run->place != 0)
		return;
	f = fopen(PLACES_FILE, "re");
	while (f && fgets(line, sizeof line, f) && run->place == 0)
		if (sscanf(line, "%ld %31s %u %lx", &in, call, &nth,
			   &place) == 4 && is_hit(run->fault, call, nth))
			run->place = place;
	if (f)
		fclose(f);
}

_Noreturn static void wrong(const char *file, int line, const char *text)
{
	find_place();
	keep_said();
	tell("place", "%s:%d", file, line);
	tell("wrong", "%s", text);
	fflush(NULL);
	_exit(CHECK_WRONG);
}

void must_fail(const char *file, int line, const char *fmt, ...)
{
	char text[TOLD];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	wrong(file, line, text);
}

void nothing_left(void)
{
	keep_said();
	evidence_leaver();
	fflush(NULL);
	_exit(CHECK_IF_CLEAN);
}

void no_object_left(void)
{
	keep_said();
	evidence_leaver();
	fflush(NULL);
	_exit(CHECK_IF_NO_OBJECT);
}

/* Write C into BUF (SIZE bytes) as it stands in a string of C. Returns how many
 * characters that takes. */
static size_t escape(char *buf, size_t size, unsigned char c)
{
	switch (c) {
	case '\n':
		return (size_t)snprintf(buf, size, "\\n");
	case '\t':
		return (size_t)snprintf(buf, size, "\\t");
	case '"':
	case '\\':
		return (size_t)snprintf(buf, size, "\\%c", c);
	default:
		if (c >= ' ' && c < 127)
			return (size_t)snprintf(buf, size, "%c", c);
		return (size_t)snprintf(buf, size, "\\x%02x", c);
	}
}

enum { QUOTE = 50 };	/* bytes that quote() may fill: it fits a line */

/* N bytes at DATA, of which the first FROM are left out: as C would write them,
 * in quotes, as many as there is room for in BUF (QUOTE bytes). Dots say where
 * there are more. Returns in which column of it byte AT stands, if it is shown
 * or is the first behind the end; else 0. */
static size_t quote(char *buf, const char *data, size_t n, size_t from,
		    size_t at)
{
	const size_t tail = sizeof "\\xff\"...";
	size_t len, column = 0, i;

	len = (size_t)snprintf(buf, QUOTE, "%s\"", from ? "..." : "");
	for (i = from; i < n && len + tail <= QUOTE; i++) {
		column = i == at ? len : column;
		len += escape(buf + len, QUOTE - len, (unsigned char)data[i]);
	}
	column = i == at ? len : column;
	snprintf(buf + len, QUOTE - len, "\"%s", i < n ? "..." : "");
	return column;
}

/* Both, one below the other, and where they begin to differ. */
static void tell_difference(const char *want, size_t m, const char *got,
			    size_t n, size_t at)
{
	char text[QUOTE];
	size_t from = at, before = 0, column;
	int width;

	/* What the two have in common, for a third of the line. */
	while (from > 0 && before < QUOTE / 3)
		before += escape(text, sizeof text, (unsigned char)want[--from]);
	quote(text, want, m, from, at);
	width = snprintf(NULL, 0, "%zu", n > m ? n : m);
	tell("expected", "%*zu bytes: %s", width, m, text);
	column = quote(text, got, n, from, at);
	tell("got", "%*zu bytes: %s", width, n, text);
	if (column > 0)
		tell("differs", "%zu", (size_t)width + strlen(" bytes: ") +
		     column);
}

void must_bytes(const char *file, int line, const char *what,
		const void *got, size_t n, const void *want, size_t m)
{
	const char *g = got, *w = want;
	char text[TOLD];
	size_t at = 0;

	while (at < n && at < m && g[at] == w[at])
		at++;
	if (at == n && at == m)
		return;
	tell_difference(w, m, g, n, at);
	if (at == n && n < m)
		snprintf(text, sizeof text, "%s ends %zu bytes too early, "
			 "after byte %zu", what, m - n, at);
	else if (at == m)
		snprintf(text, sizeof text, "%s has %zu bytes too many, from "
			 "byte %zu on", what, n - m, at);
	else
		snprintf(text, sizeof text, "%s differs, first in byte %zu",
			 what, at);
	wrong(file, line, text);
}

void must_say(const char *file, int line, struct prog *p, const char *text)
{
	char what[64];
	size_t n;
	char *got = out_text(p, &n);

	evidence_suspect(p->run);
	snprintf(what, sizeof what, "the output of %s", p->name);
	must_bytes(file, line, what, got, n, text, strlen(text));
}

/* "was killed by SIGPIPE". What it said is told by check_main.c. */
static void describe(char *buf, size_t size, const struct prog *p, int status)
{
	if (status > 128)
		snprintf(buf, size, "%s was killed by signal %d (%s)", p->name,
			 status - 128, strsignal(status - 128));
	else
		snprintf(buf, size, "%s ended with status %d", p->name,
			 status);
}

/* Whoever sees it first, the limit on a file or the runner's look at what is
 * written: it is told in the same words. */
static void must_not_flood(const char *file, int line, int status)
{
	if (status == 128 + SIGXFSZ)
		must_fail(file, line, "it writes without end");
}

void must_exit(const char *file, int line, struct prog *p, int code)
{
	int status = end_of(p);
	char text[TOLD];

	if (status == code)
		return;
	must_not_flood(file, line, status);
	describe(text, sizeof text, p, status);
	must_fail(file, line, "%s; status %d is right here", text, code);
}

void must_fail_itself(const char *file, int line, struct prog *p)
{
	int status = end_of(p);
	char text[TOLD];

	must_not_flood(file, line, status);
	describe(text, sizeof text, p, status);
	if (status == 0 || status > 127)
		must_fail(file, line, "%s; it has to notice that it cannot do "
			  "its work, say so on stderr and end with status 1",
			  text);
	if (!err_text()[p->err_from])
		must_fail(file, line, "%s, and does not say on stderr why",
			  text);
}

void must_fail_with(const char *file, int line, struct prog *p, int err)
{
	const char *said;

	must_fail_itself(file, line, p);
	said = err_text() + p->err_from;
	if (!strstr(said, errno_name(err)) && !strstr(said, strerror(err)))
		must_fail(file, line, "a call fails with %s (%s), and %s does "
			  "not name that error on stderr",
			  errno_name(err), strerror(err), p->name);
}

void must_refuse(const char *file, int line, struct prog *p, int err,
		 const char *(*deed)(void))
{
	const char *done = NULL;
	char text[TOLD];

	snprintf(text, sizeof text, "it has to fail here%s%s, and does not end",
		 err ? " with " : "", err ? errno_name(err) : "");
	evidence_suspect(p->run);
	evidence_hang(text);
	while (!(done = deed()) && !has_ended(p) && is_blocked(p->pid) != 1)
		sched_yield();
	if (!done)
		done = deed();	/* what it did until it slept or ended */
	if (done)
		must_fail(file, line, "it has to fail here%s%s, and %s",
			  err ? " with " : "", err ? errno_name(err) : "",
			  done);
	if (err)
		must_fail_with(file, line, p, err);
	else
		must_fail_itself(file, line, p);
	evidence_hang(NULL);
}

/* ------------------------------------------------------ starting */

/* PATH of file NAME in the folder of this checker. */
static void beside(char *path, size_t size, const char *name)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);

	HOLDS(n > 0);
	path[n] = '\0';
	n = strrchr(path, '/') + 1 - path;
	HOLDS((size_t)snprintf(path + n, size - (size_t)n, "%s", name) <
	      size - (size_t)n);
}

enum { ARGS = 96, REPORT_FD = 4 };

/* What a shaken program tells of its faults, since let_fail() began. The same
 * memory for all that a check starts. */
static struct shake_report *report;
static int report_fd;

static char watched[PATH_MAX];		/* whose stores are looked at */

static void open_report(void)
{
	int fd;

	if (report)
		return;
	fd = memfd_create("report", MFD_CLOEXEC);
	HOLDS(fd != -1);
	report_fd = fcntl(fd, F_DUPFD_CLOEXEC, REPORT_FD + 1);
	HOLDS(report_fd != -1 && close(fd) == 0);
	HOLDS(ftruncate(report_fd, sizeof *report) == 0);
	report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE, MAP_SHARED,
		      report_fd, 0);
	HOLDS(report != MAP_FAILED);
}

/* "./counter a b", as one types it in a shell. */
static void tell_command(char *line, size_t size, char *const *argv,
			 const struct how *how)
{
	const int is_ours = how->env && strncmp(how->env, "SHAKE_", 6) == 0;
	size_t len;

	len = (size_t)snprintf(line, size, "%s%s./",
			       how->env && !is_ours ? how->env : "",
			       how->env && !is_ours ? " " : "");
	for (size_t i = 0; argv[i]; i++) {
		const char *q = *argv[i] && !strpbrk(argv[i], " \t\n'\"$&;|<>"
						     "()*?\\`#~!") ? "" : "'";

		if (len + strlen(argv[i]) + 60 > size)
			break;
		len += (size_t)snprintf(line + len, size - len, "%s%s%s%s",
					i ? " " : "", q, argv[i], q);
	}
	if (how->shake)
		snprintf(line + len, size - len,
			 "  (we slowed it down between its steps)");
}

/* One fault, "close:1:EIO@2", in its parts. 0, or -1 if it is another thing:
 * the program stops there, and no call fails. */
static int parse_fault(const char *one, char *call, unsigned *nth, char *err,
		       long *in)
{
	*in = 0;
	if (sscanf(one, "%23[a-z0-9_]:%u:%15[A-Za-z0-9]", call, nth, err) != 3 ||
	    strcmp(err, "stop") == 0)
		return -1;
	if (strchr(one, '@'))
		*in = strtol(strchr(one, '@') + 1, NULL, 10);
	return 0;
}

/* "we made its close() number 1 fail with EIO": FAULT (shake.h) in words. Of
 * several the program meets one first, and that may be all that it meets. */
static void tell_faults(char *line, size_t size, const char *fault)
{
	char copy[256], call[24], err[16] = "";
	char *rest = copy, *one;
	size_t len = 0;
	unsigned nth;
	long in;

	line[0] = '\0';
	snprintf(copy, sizeof copy, "%s", fault);
	while ((one = strsep(&rest, ",")) && len + 100 < size)
		if (parse_fault(one, call, &nth, err, &in) == 0)
			len += (size_t)snprintf(line + len, size - len,
				"%s %s() number %u ", len == 0 ?
				in > 0 ? "we made its child's" : "we made its" :
				"or its", call, nth);
	if (len > 0 && strcmp(err, "short") == 0)
		snprintf(line + len, size - len, "take only a part");
	else if (len > 0)
		snprintf(line + len, size - len, "fail with %s", err);
}

/* "read:error=EINTR:when=2", of strace, in words. */
static void tell_inject(char *line, size_t size, const char *inject)
{
	const char *error = strstr(inject, "error=");
	const char *when = strstr(inject, "when=");

	line[0] = '\0';
	if (error)
		snprintf(line, size, "we made its %.*s() number %d fail with "
			 "%.*s", (int)strcspn(inject, ":"), inject,
			 when ? atoi(when + 5) : 1,
			 (int)strcspn(error + 6, ":"), error + 6);
}

static int is_shaken(const struct how *how)
{
	return getenv(MEMORY_ENV) || how->word || how->shake || how->fault ||
	       how->log ||
	       (how->env && strncmp(how->env, "SHAKE_", 6) == 0);
}

/* The sanitizers: what is left in memory at the end is no mistake here, and a
 * program that dies of a signal dies of it as elsewhere. With addresses by
 * chance older ones do not find room for themselves. */
static void look_after_memory(void)
{
	setenv("ASAN_OPTIONS", "detect_leaks=0:handle_segv=0:handle_sigbus=0:"
	       "handle_abort=0:handle_sigill=0:handle_sigfpe=0:"
	       "max_allocation_size_mb=1024:allocator_may_return_null=1:"
	       "detect_stack_use_after_return=1:log_path=stderr", 1);
	setenv("UBSAN_OPTIONS", "print_stacktrace=0:log_path=stderr", 1);
	unsetenv(MEMORY_ENV);
	personality(ADDR_NO_RANDOMIZE);
}

/* Far more than a right program needs, and less than the machine has. A program
 * that a sanitizer watches maps terabytes, of which it uses little. */
static void set_limits(void)
{
	const struct rlimit file = { OUT_MAX, OUT_MAX };
	struct rlimit data, fds;

	setrlimit(RLIMIT_FSIZE, &file);
	if (!getenv(MEMORY_ENV) && getrlimit(RLIMIT_DATA, &data) == 0 &&
	    data.rlim_max > DATA_MAX) {
		data.rlim_cur = data.rlim_max = DATA_MAX;
		setrlimit(RLIMIT_DATA, &data);
	}
	if (getrlimit(RLIMIT_NOFILE, &fds) == 0 && fds.rlim_max > FDS_MAX) {
		fds.rlim_cur = fds.rlim_max = FDS_MAX;
		setrlimit(RLIMIT_NOFILE, &fds);
	}
}

/* Where the low half of a call's first argument is */
#define ARG0 (offsetof(struct seccomp_data, args[0]) +			\
	      (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))

/* No process of the program may look into ours, where the verdict is made, or
 * change it or its limits; nor leave keys, which outlive all processes of its
 * user and count against her. Where there are no filters (seccomp(2)) it goes
 * on without. */
static void forbid_tracing(void)
{
	static const int calls[] = {
		SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
#ifdef SYS_pidfd_getfd
		SYS_pidfd_getfd,
#endif
		SYS_add_key, SYS_request_key, SYS_keyctl,
	};
	enum {
		CALLS = sizeof calls / sizeof *calls,
		ALLOW = CALLS + 4, FORBID = ALLOW + 1,
	};
	struct sock_filter code[FORBID + 1] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog prog = { FORBID + 1, code };

	for (int i = 0; i < CALLS; i++)
		code[1 + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
			BPF_K, (unsigned)calls[i],
			(unsigned char)(FORBID - (1 + i) - 1), 0);
	/* The limits of another process: 0 is its own. */
	code[CALLS + 1] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
		BPF_K, SYS_prlimit64, 0, 2);
	code[CALLS + 2] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		ARG0);
	code[CALLS + 3] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ |
		BPF_K, 0, 0, 1);
	code[ALLOW] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ALLOW);
	code[FORBID] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ERRNO | EPERM);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/* Become the program: descriptors 0, 1, 2, and 3 if wanted, no other. */
_Noreturn static void become(const char *path, char *const *argv,
			     const struct how *how, int out)
{
	const int shaken = is_shaken(how);
	char seed[32];
	int in = how->in ? how->in : open("/dev/null", O_RDONLY);
	int err = dup(said_pipe[1]);

	setsid();
	set_limits();
	if (how->shake) {
		snprintf(seed, sizeof seed, "%u", how->shake);
		setenv("SHAKE_SEED", seed, 1);
	}
	if (how->fault)
		setenv("SHAKE_FAULT", how->fault, 1);
	if (how->log || how->fault)
		setenv("SHAKE_LOG", how->log ? how->log : CALLS_FILE, 1);
	if (how->log || how->fault)
		setenv("SHAKE_PLACES", PLACES_FILE, 1);
	if (how->word)
		setenv("SHAKE_WORD", how->word, 1);
	if (how->env)
		putenv((char *)how->env);
	if (dup2(in, 0) == -1 || dup2(out, 1) == -1 || dup2(err, 2) == -1 ||
	    (how->fd3 && how->fd3 != 3 && dup2(how->fd3, 3) == -1) ||
	    (shaken && dup2(report_fd, REPORT_FD) == -1))
		_exit(126);
	if (!how->fd3)
		close(3);
	else
		fcntl(3, F_SETFD, 0);
	if (shaken)
		setenv("SHAKE_REPORT", "4", 1);
	for (int fd = shaken ? REPORT_FD + 1 : REPORT_FD; fd < 256; fd++)
		close(fd);
	if (!how->inject)		/* strace has to trace */
		forbid_tracing();
	if (getenv(MEMORY_ENV))
		look_after_memory();
	if (how->inject)
		execvp("strace", argv);
	else
		execv(path, argv);
	_exit(126);
}

static int has_ptrace(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 1);
		dup2(null, 2);
		execlp("strace", "strace", "-o", "/dev/null", "true", NULL);
		_exit(127);
	}
	return ends(pid) == 0;
}

/* argv of "strace ... PATH ARGS", in NEW (ARGS + 8 places). */
static void under_strace(char **new, const char *inject, char *path,
			 char **argv)
{
	static char rule[128], trace[64] = "trace=";
	size_t n = 0;

	if (!has_ptrace())
		SKIP("strace cannot trace here; install strace, or allow "
		     "ptrace");
	snprintf(rule, sizeof rule, "inject=%s", inject);
	strncat(trace, inject, strcspn(inject, ":") < 50 ?
		strcspn(inject, ":") : 50);
	char *head[] = { "strace", "-f", "-qq", "-o", "/dev/null", "-e", trace,
			 "-e", rule, path };

	for (size_t i = 0; i < sizeof head / sizeof *head; i++)
		new[n++] = head[i];
	for (size_t i = 1; argv[i - 1]; i++)
		new[n++] = argv[i];
}

/* The file of program NAME that HOW asks for: the one that is looked after, the
 * one whose calls fail, or the plain one. */
static void name_file(char *file, size_t size, const char *name,
		      const struct how *how)
{
	snprintf(file, size, "%s%s", name,
		 getenv(MEMORY_ENV) ? ".memory" :
		 is_shaken(how) ? ".shaken" : "");
}

/* The program of the student's that HOW asks for: PATH of NAME, or of the same
 * with every call that shake.h can disturb. */
static void find_program(char *path, size_t size, const char *name,
			 const struct how *how)
{
	char file[48];

	name_file(file, sizeof file, name, how);
	beside(path, size, file);
	HOLDS(access(path, X_OK) == 0);
}

/* A memory file that takes what a program and its children write, each line
 * behind the last. */
static int memory_file(void)
{
	int fd = memfd_create("stdout", MFD_CLOEXEC);

	HOLDS(fd != -1);
	HOLDS(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_APPEND) == 0);
	return fd;
}

/* How much all programs have said on stderr by now. */
static size_t err_size(void)
{
	struct stat st;

	keep_said();
	HOLDS(fstat(1, &st) == 0);
	return (size_t)st.st_size;
}

/* The evidence: what is started, and what we do to it. Returns its number. */
static unsigned tell_run(const struct prog *p, char *const *argv,
			 const struct how *how)
{
	struct evidence_run *run = evidence_begin(p->err_from);

	tell_command(run->command, sizeof run->command, argv, how);
	if (how->fault)
		tell_faults(run->fault, sizeof run->fault, how->fault);
	if (how->inject)
		tell_inject(run->fault, sizeof run->fault, how->inject);
	name_file(run->program, sizeof run->program, p->name, how);
	run->place = how->place;
	return run->number;
}

static struct prog launch(const struct how *how, const char *name,
			  va_list ap)
{
	static const struct how plain;
	char *argv[ARGS + 1] = { (char *)name }, *traced[ARGS + 12];
	char path[PATH_MAX];
	struct prog p = { 0 };
	int out;
	size_t n = 1;

	how = how ? how : &plain;
	while ((argv[n] = va_arg(ap, char *)))
		HOLDS(n++ < ARGS);
	find_program(path, sizeof path, name, how);
	if (how->inject)
		under_strace(traced, how->inject, path, argv);

	snprintf(p.name, sizeof p.name, "%s", name);
	out = how->out ? how->out : memory_file();
	p.out = how->out ? -1 : out;	/* where out_text() finds it */
	open_said();
	p.err_from = err_size();
	unlink(CALLS_FILE);
	unlink(PLACES_FILE);
	p.run = tell_run(&p, argv, how);
	fflush(NULL);
	if (is_shaken(how))
		open_report();
	if (how->word) {
		report->plain_stores = 0;
		snprintf(watched, sizeof watched, "%s", path);
	}
	p.pid = fork();
	if (p.pid == 0)
		become(path, how->inject ? traced : argv, how, out);
	HOLDS(p.pid != -1);
	if (how->in)
		close(how->in);
	return p;
}

struct prog start(const char *name, ...)
{
	struct prog p;
	va_list ap;

	va_start(ap, name);
	p = launch(NULL, name, ap);
	va_end(ap);
	return p;
}

struct prog start_how(const struct how *how, const char *name, ...)
{
	struct prog p;
	va_list ap;

	va_start(ap, name);
	p = launch(how, name, ap);
	va_end(ap);
	return p;
}

/* Until P ends, keep what is said: a pipe that is full would stop it. Without a
 * pidfd (Linux 5.3) look from time to time. */
static void follow(const struct prog *p)
{
	int fd = (int)syscall(SYS_pidfd_open, p->pid, 0);
	struct pollfd wait[] = {
		{ .fd = said_pipe[0], .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	while (!has_ended(p)) {
		if (poll(wait, 2, fd == -1 ? 10 : -1) == -1)
			HOLDS(errno == EINTR);
		keep_said();
	}
	if (fd != -1)
		close(fd);
}

int end_of(struct prog *p)
{
	int status;

	evidence_suspect(p->run);
	follow(p);
	status = ends(p->pid);
	HOLDS(status != -1);
	evidence_end(p->run, err_size());
	return status;
}

int end_by(struct prog *p, int sig)
{
	HOLDS(kill(p->pid, sig) == 0);
	return end_of(p);
}

void when_it_hangs(const char *what)
{
	evidence_hang(what);
}

int has_ended(const struct prog *p)
{
	siginfo_t si = { 0 };

	HOLDS(waitid(P_PID, (id_t)p->pid, &si,
		     WEXITED | WNOHANG | WNOWAIT) == 0);
	return si.si_pid == p->pid;
}

/* All of file FD, *LEN bytes and a NUL. */
static char *whole(int fd, size_t *len)
{
	struct stat st;
	size_t n = 0;
	char *text;

	HOLDS(fstat(fd, &st) == 0);
	text = malloc((size_t)st.st_size + 1);
	HOLDS(text != NULL);
	while (n < (size_t)st.st_size) {
		ssize_t r = pread(fd, text + n, (size_t)st.st_size - n,
				  (off_t)n);

		HOLDS(r >= 0);
		if (r == 0)
			break;
		n += (size_t)r;
	}
	text[n] = '\0';
	if (len)
		*len = n;
	return text;
}

char *out_text(const struct prog *p, size_t *len)
{
	HOLDS(p->out != -1);
	return whole(p->out, len);
}

char *err_text(void)
{
	keep_said();
	return whole(1, NULL);
}

size_t out_lines(const struct prog *p)
{
	size_t len, lines = 0;
	char *text = out_text(p, &len);

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	free(text);
	return lines;
}

int await_lines(const struct prog *p, size_t n)
{
	evidence_suspect(p->run);
	while (out_lines(p) < n) {
		if (has_ended(p))
			return out_lines(p) >= n;
		sched_yield();
	}
	return 1;
}

int await_blocked(const struct prog *p)
{
	evidence_suspect(p->run);
	return !has_ended(p) && blocks(p->pid);
}

int await_stop(const struct prog *p)
{
	for (;;) {
		siginfo_t si = { 0 };

		HOLDS(waitid(P_PID, (id_t)p->pid, &si, WEXITED | WSTOPPED |
			     WNOHANG | WNOWAIT) == 0);
		if (si.si_pid == p->pid)
			return si.si_code == CLD_STOPPED;
		if (is_blocked(p->pid) == 1)
			return 0;
		sched_yield();
	}
}

void go_on(const struct prog *p)
{
	HOLDS(kill(p->pid, SIGCONT) == 0);
}

int is_ready(pid_t pid, int sig)
{
	char path[32], line[128];
	unsigned long long set, all = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	HOLDS(f != NULL);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "SigCgt: %llx", &set) == 1 ||
		    sscanf(line, "SigBlk: %llx", &set) == 1)
			all |= set;
	fclose(f);
	return all >> (sig - 1) & 1;
}

void last_call(char *buf, size_t size, const char *log)
{
	FILE *f = fopen(log, "re");
	char line[64], name[32] = "";
	unsigned nth = 0;

	while (f && fgets(line, sizeof line, f))
		sscanf(line, "%*d %31s %u", name, &nth);
	if (f)
		fclose(f);
	HOLDS(unlink(log) == 0 || errno == ENOENT);
	snprintf(buf, size, "%s() number %u", name, nth);
}

/* ------------------------------------------------ every call fails */

static const char *except;	/* MAY_FAIL; NULL: it was not said */

void may_fail(const char *calls)
{
	except = calls;
}

/* "`close()`, `munmap()`" of "close munmap" */
static void list_calls(char *buf, size_t size, const char *calls)
{
	size_t len = 0;

	while (*calls) {
		int n = (int)strcspn(calls, " ");

		len += (size_t)snprintf(buf + len, size - len, "%s`%.*s()`",
					len ? ", " : "", n, calls);
		calls += n;
		calls += strspn(calls, " ");
	}
}

int how_noticed(char *buf, size_t size)
{
	char calls[512] = "";

	if (!except)
		return 0;
	list_calls(calls, sizeof calls, except);
	snprintf(buf, size, "`errors`: the checker lets your calls fail, one "
		 "in each run. The program has to say on stderr which call "
		 "failed, or with which error, and to end with a status that "
		 "is not 0. %s%s. In each exercise you need not look at a "
		 "mere wish (`F_SETPIPE_SZ`, most advice of `madvise()`), nor "
		 "at what a function of `atexit()` or `remove_at_end()` calls. "
		 "The program may be slow, as long as it gets on.",
		 *calls ? "Only these may fail unnoticed: " :
		 "None of them may fail unnoticed", calls);
	return 1;
}

static int is_named(const char *call, const char *names)
{
	size_t len = strlen(call);
	const char *at = names;

	while ((at = strstr(at, call))) {
		if ((at == names || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return 1;
		at += len;
	}
	return 0;
}

/* Does LINE stand in FILE's text before it? A call that several processes
 * make is listed once for each. */
static int is_repeated(const char *text, const char *line)
{
	size_t len = strcspn(line, "\n") + 1;

	for (const char *at = text; at < line; at += strcspn(at, "\n") + 1)
		if (strncmp(at, line, len) == 0)
			return 1;
	return 0;
}

/* Does NAME stand in TEXT as a word of C? */
static int says(const char *text, const char *name)
{
	const size_t len = strlen(name);
	const char *at = text;

	while ((at = strstr(at, name))) {
		char before = at == text ? ' ' : at[-1];

		if (!isalnum((unsigned char)before) && before != '_' &&
		    !isalnum((unsigned char)at[len]) && at[len] != '_')
			return 1;
		at += len;
	}
	return 0;
}

/* Does TEXT name the failed CALL, or its error? The calls of threads return
 * the error's number, so whatever is said of them is their name. */
static int is_told(const char *text, const char *call)
{
	return *text && (strncmp(call, "pthread_", 8) == 0 ||
			 says(text, call) || strstr(text, "EIO") ||
			 strstr(text, strerror(EIO)));
}

/* One call that the program makes, and where. */
struct call {
	char name[32];
	unsigned nth;
	long in;		/* the process by its number (shake.h) */
	unsigned long place;	/* 0: unknown */
};

/* CALL fails in one more scene. What is wrong begins with that: evidence.h. */
static void let_fail(const char *file, int line,
		     struct prog (*scene)(const struct how *how),
		     const struct call *call)
{
	char fault[64], text[TOLD];
	struct how how = { .fault = fault, .place = call->place };
	const char *said, *screen = "";
	size_t before;
	struct prog p;
	int status;

	snprintf(fault, sizeof fault, "%s:%u:EIO@%ld", call->name, call->nth,
		 call->in);
	before = err_size();
	open_report();
	report->hits = 0;
	p = scene(&how);
	status = end_of(&p);
	if (report->hits == 0)
		return;		/* this time it made fewer calls of these */
	describe(text, sizeof text, &p, status);
	said = err_text() + before;
	/* Its stderr was a terminal of its own: that may end in its stdout. */
	if (report->in_terminal && p.out != -1)
		screen = out_text(&p, NULL);
	if (status == 0)
		must_fail(file, line, "it ends with status 0, as if nothing "
			  "were wrong");
	if (!*said && !*screen)
		must_fail(file, line, "%s, and nothing on stderr says why",
			  text);
	if (!is_told(said, call->name) && !is_told(screen, call->name))
		must_fail(file, line, "what it says on stderr names neither "
			  "that call nor its error, EIO (%s)", strerror(EIO));
}

/* Where CALL stands, by the PLACES of a run without a fault. */
static unsigned long place_of(const char *places, const struct call *call)
{
	char line[96];
	const char *at;

	snprintf(line, sizeof line, "%ld %s %u ", call->in, call->name,
		 call->nth);
	at = strstr(places, line);
	return at ? strtoul(at + strlen(line), NULL, 16) : 0;
}

/* All of the file PATH, which is removed; NULL if there is none. */
static char *take_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text;

	if (fd == -1)
		return NULL;
	text = whole(fd, NULL);
	close(fd);
	HOLDS(unlink(path) == 0);
	return text;
}

void must_notice(const char *file, int line,
		 struct prog (*scene)(const struct how *how), const char *but)
{
	char path[] = "calls", mark[8];
	struct how how = { .log = path };
	struct prog p = scene(&how);
	int status = end_of(&p);
	char *text, *places;
	struct call call;

	HOLDS(except != NULL);
	if (status != 0)
		must_fail(file, line, "%s ends with status %d where nothing "
			  "is wrong", p.name, status);
	text = take_file(path);
	places = take_file(PLACES_FILE);
	if (!text)
		must_fail(file, line, "%s makes no call at all", p.name);
	for (char *at = text; *at; at += strcspn(at, "\n") + 1)
		if (!is_repeated(text, at) &&
		    sscanf(at, "%ld %31s %u%7[ a-z]", &call.in, call.name,
			   &call.nth, mark) == 3 &&
		    call.nth <= 4 && !is_named(call.name, except) &&
		    !is_named(call.name, but)) {
			call.place = places ? place_of(places, &call) : 0;
			let_fail(file, line, scene, &call);
		}
	free(places);
	free(text);
}

void must_release(const char *file, int line, const char *name)
{
	char place[128];
	int is_known;

	HOLDS(report != NULL);
	if (report->plain_stores == 0)
		return;
	/* STORED_AT is where the call of it returns: it stands before that. */
	is_known = place_of_code(watched, report->stored_at - 1, place,
				 sizeof place) == 0;
	must_fail(file, line, "it stores '%s' by a plain store, or by one that "
		  "is weaker than RELEASE%s%s%s: the compiler and the "
		  "processor may do that before the stores that stand above "
		  "it, so who sees it may not see them", name,
		  is_known ? " (" : "", is_known ? place : "",
		  is_known ? ")" : "");
}

/* --------------------------------------------- input and chance */

int input(const void *data, size_t len)
{
	int fd = memfd_create("stdin", MFD_CLOEXEC);
	char shown[QUOTE], text[TOLD];

	HOLDS(fd != -1);
	for (size_t done = 0; done < len; ) {
		ssize_t n = write(fd, (const char *)data + done, len - done);

		HOLDS(n > 0);
		done += (size_t)n;
	}
	HOLDS(lseek(fd, 0, SEEK_SET) == 0);
	quote(shown, data, len, 0, 0);
	snprintf(text, sizeof text, "%zu bytes: %s", len, shown);
	evidence_input(text);
	return fd;
}

int input_text(const char *text)
{
	return input(text, strlen(text));
}

int one_byte_pipe(const void *data, size_t len)
{
	const char *bytes = data;
	char text[TOLD];
	int fd[2];
	pid_t pid;

	HOLDS(pipe2(fd, O_CLOEXEC | O_DIRECT) == 0);
	snprintf(text, sizeof text, "%zu bytes, one at a time", len);
	evidence_input(text);
	pid = fork();
	HOLDS(pid != -1);
	if (pid == 0) {
		/* The program may leave early: that is its business. */
		signal(SIGPIPE, SIG_DFL);
		close(fd[0]);
		for (size_t i = 0; i < len; i++)
			if (write(fd[1], bytes + i, 1) != 1)
				break;
		_exit(0);
	}
	close(fd[1]);
	return fd[0];
}

unsigned check_seed(void)
{
	return (unsigned)strtoul(getenv(SEED_ENV), NULL, 10);
}

/* xorshift32 never leaves 0, so it must not begin there. */
static uint32_t next_random(void)
{
	static uint32_t state;

	if (state == 0)
		state = (check_seed() * 2654435761u) | 1;
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

uint32_t random_below(uint32_t n)
{
	return next_random() % n;
}

void random_bytes(void *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((unsigned char *)data)[i] = (unsigned char)(next_random() >>
							     8);
}

void random_word(char *word, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++)
		word[i] = (char)('a' + random_below(26));
	word[len - 1] = '\0';
}

/* --------------------------------------------------------- names */

void check_name(char *name, const char *what)
{
	char own[30];

	snprintf(own, sizeof own, "%.16s.%d", what, (int)getpid());
	own_name(name, own);
}

void check_path(char *path, const char *what)
{
	own_path(path, what);
}

key_t check_key(unsigned tag)
{
	return own_key(tag);
}

/* ------------------------------------------------- what /proc says */

/* Is descriptor FD of PID opened for reading, for writing? Its flags stand in
 * octal in fdinfo (proc(5)). */
static int opened_for(pid_t pid, const char *fd, char way)
{
	char path[300], line[128];
	unsigned flags = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fdinfo/%s", (int)pid, fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "flags: %o", &flags) == 1)
			break;
	if (f)
		fclose(f);
	flags &= O_ACCMODE;
	return way == '*' || flags == O_RDWR ||
	       flags == (way == 'r' ? O_RDONLY : O_WRONLY);
}

/* Which descriptors count_fds() counts: all; those that lead where FILE does;
 * ends of pipes. */
enum which { ALL, SAME, PIPES };

static int count_fds(pid_t pid, enum which which, const struct stat *file,
		     char way)
{
	char path[300];
	struct dirent *e;
	struct stat st;
	int n = 0;
	DIR *d;

	snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
	d = opendir(path);
	if (!d)
		return -1;
	while ((e = readdir(d))) {
		if (!isdigit((unsigned char)*e->d_name))
			continue;
		snprintf(path, sizeof path, "/proc/%d/fd/%s", (int)pid,
			 e->d_name);
		if (which == ALL)
			n++;
		else if (stat(path, &st) == 0 &&
			 (which == PIPES ? S_ISFIFO(st.st_mode) &&
					   !is_said_pipe(&st) :
			  st.st_ino == file->st_ino &&
			  st.st_dev == file->st_dev))
			n += opened_for(pid, e->d_name, way);
	}
	closedir(d);
	return n;
}

int has_open(pid_t pid, int fd, char way)
{
	struct stat st;

	HOLDS(fstat(fd, &st) == 0);
	return count_fds(pid, SAME, &st, way);
}

int open_fds(pid_t pid)
{
	return count_fds(pid, ALL, NULL, '*');
}

int pipe_fds(pid_t pid, char way)
{
	return count_fds(pid, PIPES, NULL, way);
}

/* The children of PID: how many, and the first of them. Without the kernel's
 * own list (CONFIG_PROC_CHILDREN) it is an error of the tool. */
static int children(pid_t pid, pid_t *eldest)
{
	char path[64], line[4096], *at = line;
	int n = 0;
	long child;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid,
		 (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	*eldest = -1;
	if (fgets(line, sizeof line, f))
		while ((child = strtol(at, &at, 10)) > 0)
			if (n++ == 0)
				*eldest = (pid_t)child;
	fclose(f);
	return n;
}

int children_of(pid_t pid)
{
	pid_t eldest;

	return children(pid, &eldest);
}

pid_t first_child(pid_t pid)
{
	pid_t eldest = -1;

	children(pid, &eldest);
	return eldest;
}
