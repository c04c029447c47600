/*
 * check.h - what an exercise asks of a program, with points
 *
 *	CHECK(3, "eof", "it ends when the last writer leaves")
 *	{
 *		struct prog p = start("counter", "a", NULL);
 *
 *		MUST_EXIT(&p, 0);
 *		MUST_SAY(&p, "1 line\n");
 *	}
 *	CHECK_AFTER(2, "clean", "eof", "nothing is left behind")
 *	{
 *		...
 *		nothing_left();
 *	}
 *
 * A check is a claim about the student's program. It runs like a proof: in a
 * process of its own, in an empty folder, with a deadline, in private
 * namespaces where the system allows it (claim.h, stage.h). It starts the
 * program and is its peer. Its verdict is its exit status, which the
 * program cannot write; the program's output goes elsewhere.
 *
 * Of the macros of claim.h a check uses HOLDS, EQUALS and SKIP: HOLDS for
 * what the checker itself needs (if it fails, that is an error of the tool and
 * nobody's zero), MUST for what the student's program owes.
 *
 * Who calls whom: the exercise's check.c is above the others. It calls
 * check_main.c, to be on its list, and check.c and claim.c, from its checks.
 * A page of questions calls answer.c (answer.h), which is above check.c.
 * check_main.c calls stage, evidence.c and, by the pointers on that list, the
 * checks. check.c calls evidence.c, place.c, claim.c and stage, and these
 * nobody. None knows check_main.c: what a check tells goes up as its exit
 * status, marked lines on stderr and the evidence (evidence.h), and the seed
 * comes down in the environment (check_inside.h).
 *
 * Link with answer.c, check.c, check_main.c, claim.c, evidence.c and
 * libstage.a.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "claim.h"

struct check {
	int points;
	const char *id;			/* a word: "eof" */
	const char *needs;		/* ids, or "": see CHECK_AFTER */
	const char *sentence;
	void (*body)(void);
	const char *file;
	int line;
	int verdict;			/* this and the rest: the runner's */
	struct told *told;
	struct check *next;
};

void check_add(struct check *c);

/* CHECK_AFTER is "not checked yet" unless the checks NEEDS have passed. */
#define CHECK(points, id, sentence) CHECK_AFTER(points, id, "", sentence)
#define CHECK_AFTER(points, id, needs, sentence)			\
	CHECK_AT(points, id, needs, sentence,				\
		 CLAIM_JOIN(body_, __LINE__), CLAIM_JOIN(entry_, __LINE__), \
		 CLAIM_JOIN(add_, __LINE__))
#define CHECK_AT(points, id, needs, sentence, body, entry, add)		\
	static void body(void);						\
	static struct check entry = {					\
		points, id, needs, sentence, body, __FILE__, __LINE__,	\
		0, NULL, NULL						\
	};								\
	__attribute__((constructor)) static void add(void)		\
	{								\
		check_add(&entry);					\
	}								\
	static void body(void)

/* One program that start() started. */
struct prog {
	pid_t pid;
	int out;		/* its stdout: a memory file */
	size_t err_from;	/* so much stood on stderr before it began */
	unsigned run;		/* the how-manieth that the check started */
	char name[32];
};

/* How a program is started, where the defaults will not do. */
struct how {
	int in;			/* descriptor for stdin; 0: /dev/null. It is
				   closed here once the program has it */
	int out;		/* descriptor for stdout; 0: kept, out_of() */
	int fd3;		/* this descriptor becomes number 3; 0: none */
	unsigned shake;		/* a seed: run the shaken program (shake.h);
				   0: the plain one */
	const char *fault;	/* "read:2:EINTR": the shaken program, whose
				   second read() fails so (shake.h) */
	unsigned long place;	/* where that call stands, if it is known */
	const char *log;	/* the shaken program lists its calls there */
	const char *word;	/* "0:4": the shaken program; MUST_RELEASE() */
	const char *inject;	/* "read:error=EINTR:when=2": run it under
				   strace -e inject=...; the check is skipped
				   where there is no strace or no ptrace */
	const char *env;	/* "NAME=value" to add; NULL: none. SHAKE_...:
				   to the shaken program (shake.h) */
};

/* start - start the student's program NAME with the arguments that follow,
 * NULL at the end, stdin /dev/null, in a session of its own, in the check's
 * folder. What it says on stderr is kept for err_text() and the log.
 * start_how() is the same with HOW, or the defaults if that is NULL. A failure
 * to start is an error of the tool: neither returns then. */
struct prog start(const char *name, ...) __attribute__((sentinel));
struct prog start_how(const struct how *how, const char *name, ...)
	__attribute__((sentinel));

/* end_of - wait for P to end: its exit status, or 128 + the signal. It waits
 * for ever: the check's deadline bounds it, and says what P waited for.
 * end_by - send SIG to P first. */
int end_of(struct prog *p);
int end_by(struct prog *p, int sig);

/* when_it_hangs - from here on, until the next program is started: if the check
 * does not end, WHAT is said before who waits for whom: "the second clerk has
 * not begun". NULL takes it back. */
void when_it_hangs(const char *what);

/* has_ended - 1 if P has ended (end_of() will not wait), else 0. */
int has_ended(const struct prog *p);

/* out_text - what P has written to stdout until now, *LEN bytes and a NUL
 * (LEN may be NULL). out_lines - how many lines that is. err_text - what all
 * programs of this check have written to stderr. The text stays valid until
 * the check ends; nobody frees it. */
char *out_text(const struct prog *p, size_t *len);
size_t out_lines(const struct prog *p);
char *err_text(void);

/* await_lines - wait until P has written N lines to stdout: 1, or 0 if it
 * ended before. await_blocked - wait until P sleeps in a system call: 1, or 0
 * if it ended before. No sleep: both ask the kernel again and again. */
int await_lines(const struct prog *p, size_t n);
int await_blocked(const struct prog *p);

/* await_stop - wait until P, which was started with a fault like
 * "any:5:stop", has stopped there: 1; 0 if it ended or sleeps in a system
 * call instead. go_on - let it go on. What is sent between the two comes
 * exactly before that call: so a check forces an order that chance would
 * bring once in a million runs. */
int await_stop(const struct prog *p);
void go_on(const struct prog *p);

/* is_ready - 1 if process PID, which has stopped, catches SIG or blocks it, so
 * that SIG does not just kill it; else 0. (In sigwait() it blocks nothing.)
 * last_call - write into BUF (SIZE bytes) the last call in file LOG (struct
 * how): "poll() number 2", the one before which P has stopped. The file is
 * removed: ask when no more is to come. */
int is_ready(pid_t pid, int sig);
void last_call(char *buf, size_t size, const char *log);

/* input - a descriptor from which LEN bytes at DATA can be read: a memory
 * file, so the reader gets them at once and then end-of-file. */
int input(const void *data, size_t len);
int input_text(const char *text);

/* SIZES - where transfers break: 1, PIPE_BUF, the capacity of a pipe, one
 * more, several times as much. */
enum { SIZES = 5 };
extern const size_t sizes[SIZES];

/* seed - of this run: SEED=n on the command line, else drawn by chance; a
 * failure prints it. random_below - 0 to N - 1. random_bytes - fill DATA. All
 * of them the same for the same seed and the same check. */
unsigned check_seed(void);
uint32_t random_below(uint32_t n);
void random_bytes(void *data, size_t len);
/* random_word - fill WORD with LEN - 1 small letters and a NUL. */
void random_word(char *word, size_t len);

/* Names of this check alone: for a POSIX object (OWN_NAME bytes), for a file
 * in the check's folder (OWN_PATH bytes), a System V key. WHAT or TAG (0 to
 * 15) tells several of them apart. */
void check_name(char *name, const char *what);
void check_path(char *path, const char *what);
key_t check_key(unsigned tag);

/* What the kernel says. has_open - how many descriptors of PID lead where FD
 * of this process does, opened for WAY ('r', 'w' or '*'). open_fds - how many
 * descriptors PID has; pipe_fds - how many of them are ends of pipes or FIFOs,
 * opened for WAY, without the stderr that it got from here. children_of - how
 * many children it has, first_child - the id of its eldest. -1 with errno if
 * PID may not be looked at, or has none. */
int has_open(pid_t pid, int fd, char way);
int open_fds(pid_t pid);
int pipe_fds(pid_t pid, char way);
int children_of(pid_t pid);
pid_t first_child(pid_t pid);

/* one_byte_pipe - a pipe from which one read() gets at most one byte of the
 * LEN at DATA: every byte is a packet of its own (pipe(2), O_DIRECT). A child
 * of the check writes them. Returns the read end. */
int one_byte_pipe(const void *data, size_t len);

/* MUST - the student's program owes EXPR; the sentence that follows says what
 * is wrong. */
#define MUST(expr, ...)							\
	do {								\
		if (!(expr))						\
			must_fail(__FILE__, __LINE__, __VA_ARGS__);	\
	} while (0)

/* MUST_EXIT - P ends with exit status CODE. MUST_FAIL - it ends by itself
 * with a status from 1 to 127, and says why on stderr. MUST_FAIL_WITH - and
 * names the error: ERR is ENOENT, and "ENOENT" or what strerror() makes of it
 * stands on stderr. */
#define MUST_EXIT(p, code) must_exit(__FILE__, __LINE__, p, code)
#define MUST_FAIL(p) must_fail_itself(__FILE__, __LINE__, p)
#define MUST_FAIL_WITH(p, err) must_fail_with(__FILE__, __LINE__, p, err)

/* MUST_REFUSE - the same, where P has to refuse and a beginner's goes on. DEED
 * looks at what P has done, again and again until P ends or sleeps: it returns
 * NULL, or what is wrong: "it made a file where no FIFO was". So the student is
 * told of that, and not of a wait that follows from it. ERR 0: any error. */
#define MUST_REFUSE(p, err, deed)					\
	must_refuse(__FILE__, __LINE__, p, err, deed)

/* MUST_SAY - P's stdout is TEXT, exactly. MUST_BYTES - GOT (N bytes) is WANT
 * (M bytes); WHAT names it: "the far end". The first difference is shown. */
#define MUST_SAY(p, text) must_say(__FILE__, __LINE__, p, text)
#define MUST_BYTES(what, got, n, want, m)				\
	must_bytes(__FILE__, __LINE__, what, got, n, want, m)

/* MUST_NOTICE - every call that can fail is checked. SCENE starts the program
 * with the struct how that it gets (it may add `in', `out' or `fd3', and has
 * to be the peer that the program needs) and returns it; it must not judge.
 * The first scene learns which calls the program makes, of those that shake.c
 * wraps, and has to end with status 0. Then each of them fails once, with EIO:
 * the program has to name the call or the error on stderr, as perror() or
 * strerror() do, and to end, not with 0: a call whose check is missing shows
 * by the error of the next one. A program that did not come to the call this
 * time is not judged. A call that is a mere wish, or that is made at the
 * program's end (shake.h), may fail, and so may those that MAY_FAIL() names.
 * Names of objects have to be new in each scene. To follow with
 * no_object_left() is a good idea. */
#define MUST_NOTICE(scene) must_notice(__FILE__, __LINE__, scene, "")

/* MUST_NOTICE_BUT - the same without the runs in which CALLS fail: those are
 * for another check to make. */
#define MUST_NOTICE_BUT(scene, calls) \
	must_notice(__FILE__, __LINE__, scene, calls)

/* MAY_FAIL - before the checks that use MUST_NOTICE, once: CALLS, by blanks,
 * may fail unnoticed in this exercise; "" if none may. "check -l" says it, and
 * so does the README: common/course/dev-check compares the two. */
#define MAY_FAIL(calls)							\
	__attribute__((constructor)) static void add_may_fail(void)	\
	{								\
		may_fail(calls);					\
	}								\
	struct check	/* so that a semicolon may follow */
void may_fail(const char *calls);

/* how_noticed - what MUST_NOTICE asks for, as a student is told it, in BUF
 * (SIZE bytes): 1; 0 if this exercise does not use it. */
int how_noticed(char *buf, size_t size);

/* MUST_RELEASE - in the run that was started with `word', an offset in a shared
 * object and a size, that word, NAME, was not stored by a plain store or a weak
 * one: other processors might see it before the rest. A store behind a fence is
 * right. Nothing is said of any other word. */
#define MUST_RELEASE(name) must_release(__FILE__, __LINE__, name)

_Noreturn __attribute__((format(printf, 3, 4)))
void must_fail(const char *file, int line, const char *fmt, ...);
void must_exit(const char *file, int line, struct prog *p, int code);
void must_fail_itself(const char *file, int line, struct prog *p);
void must_fail_with(const char *file, int line, struct prog *p, int err);
void must_refuse(const char *file, int line, struct prog *p, int err,
		 const char *(*deed)(void));
void must_notice(const char *file, int line,
		 struct prog (*scene)(const struct how *how), const char *but);
void must_release(const char *file, int line, const char *name);
void must_say(const char *file, int line, struct prog *p, const char *text);
void must_bytes(const char *file, int line, const char *what,
		const void *got, size_t n, const void *want, size_t m);

/* nothing_left - end the check here: it passes if nothing is left, no object,
 * no process still running, none that nobody waited for. What the check
 * itself made it must have removed before. */
_Noreturn void nothing_left(void);

/* no_object_left - the same, but for processes: for runs that were made to
 * fail, where a child may see the end of its parent a moment later. */
_Noreturn void no_object_left(void);

#endif
