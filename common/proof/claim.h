/*
 * claim.h - one sentence about IPC, and the proof that runs it
 *
 *	CLAIM("2-038 3-006", "a write of up to PIPE_BUF bytes is atomic")
 *	{
 *		HOLDS(write(fd, page, 4096) == 4096);
 *		FAILS(write(fd, page, 4096), EAGAIN);
 *	}
 *
 * The ids are rows of docs/claims.tsv, or own claims of this course: "L01-02"
 * is the second of lesson 01. Several ids may share one proof.
 *
 * Every proof runs in a process and process group of its own, in an empty
 * folder, with a deadline, in private namespaces where the system allows it.
 * So it may block, crash or leak: the rest is not disturbed, and what it
 * leaves is removed. Link with claim.c, claim_main.c and libstage.a.
 *
 * Who calls whom: claims.c is above the others. It calls claim_main.c, to be on
 * its list, and claim.c, from its proofs. claim_main.c calls stage and, by the
 * pointers on that list, the proofs. claim.c calls none of them: a proof's
 * verdict goes up as the exit status and the last words of its process.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "../experiment.h"

/* One claim. The list is in the order in which the file states them. */
struct claim {
	const char *ids;		/* "2-038 3-006" */
	const char *sentence;
	void (*proof)(void);
	const char *file;
	int line;
	struct claim *next;
};

/* By its exit status a proof's process says what it found; the text follows
 * on stderr, behind a mark, as its last words. A proof that has not come to its
 * end, but calls exit(0) on the way, has proven nothing. */
enum { CLAIM_HELD = 100, CLAIM_BROKEN = 101, CLAIM_SKIPPED = 102 };
#define CLAIM_MARK "\001claim: "

/* claim_add - put C at the end of the list; CLAIM calls it. */
void claim_add(struct claim *c);

/* claim_fail, claim_skip - end the proof's process with that verdict.
 * They must run in the proof's own process or in a child of it. */
_Noreturn __attribute__((format(printf, 3, 4)))
void claim_fail(const char *file, int line, const char *fmt, ...);
_Noreturn __attribute__((format(printf, 1, 2)))
void claim_skip(const char *fmt, ...);

/* claim_traced - from here on this process and its children say where a look
 * of theirs begins and ends that is no part of a proof: common/trace/marks.c.
 * claim_aside and claim_back - the two of them, around what is none; TEXT says
 * what is done meanwhile, or is empty. claim_over - the proof has ended. Only
 * claim_main.c calls these. */
void claim_traced(void);
void claim_aside(const char *text);
void claim_back(void);
void claim_over(void);

/* blocks - 1 when process PID (a child of the proof) sleeps in a system call
 * and stays asleep, with all its threads but the one that asks; 0 when it ends
 * instead. No sleep, no time limit of its own: it asks the kernel until one of
 * the two is so (proc(5), stat and status), and the proof's deadline bounds it.
 * The number of a thread that is not the first means that thread alone. */
int blocks(pid_t pid);

/* is_blocked - the same without waiting: 1 it sleeps and stayed asleep for
 * three looks, 0 it does not, -1 it has ended. */
int is_blocked(pid_t pid);

/* ends - wait for child PID (-1: any): its exit status, or 128 + signal like
 * a shell; -1 with errno if there is no such child. A child that has failed
 * or skipped ends the proof with the same verdict, in the child's words. */
int ends(pid_t pid);

/* become_another_user - this process, root until now, becomes user and group
 * 65534 in no other group, without any privilege, and may still read its own
 * /proc/self (setresuid(2), prctl(2) on PR_SET_DUMPABLE). Skips the proof if
 * the process is not root, or is so in a namespace that knows no second user
 * (user_namespaces(7)). There is no way back, so call it in a child. */
void become_another_user(void);

/* become_ordinary_user - the same for root; an ordinary user stays what it
 * is. From here on permissions, limits and owners bind this process. */
void become_ordinary_user(void);

/* drop_capabilities - give up every capability and keep the user: from here
 * on permission bits bind root as well, as an owner (capabilities(7)). The
 * proof fails if the kernel refuses. */
void drop_capabilities(void);

/* forbid_system_calls - from here on any system call of this process, other
 * than its exit, kills it by SIGSYS (seccomp(2)). For a child of the proof:
 * one that ends with 0 has made none. Skips where there are no filters. */
void forbid_system_calls(void);

/* compiles - does the C compiler ($CC, else cc) take SOURCE, a whole file,
 * with FLAGS? 1 or 0; its messages are dropped, nothing is written. Skips
 * where there is no compiler. */
int compiles(const char *flags, const char *source);

/* has_restart - was the handler of signal SIG set with SA_RESTART? 1 or 0, as
 * the kernel has it (sigaction(2)). A proof that says "with SA_RESTART, too"
 * asks, for without the flag it would end in the same way. */
int has_restart(int sig);

/* glibc_version - of the GNU C library that runs: 100 * major + minor, so 236
 * for 2.36 (gnu_get_libc_version(3)); 0 where the C library is another one.
 * For sentences that begin "from glibc 2.39 on". */
int glibc_version(void);

/* kernel_version - of the Linux that runs: 100 * major + minor, so 601 for
 * 6.1 (uname(2)). For sentences that begin "from Linux 6.1 on". */
int kernel_version(void);

/* early_ns - by how many nanoseconds a wait of semtimedop(2) may end too
 * early: from Linux 6.1 on by none. Older kernels count it in ticks of the
 * clock, the first of which is partly over when the wait begins. */
long long early_ns(void);

/* number_in - the number with which file PATH begins, such as a limit in
 * /proc/sys; kernel.shmmax needs all of the bits. Skips, and names the file
 * and the cure, where there is none to read. */
unsigned long long number_in(const char *path);

/* needs_shm, needs_queues, needs_descriptors, needs_file_size - skip the
 * proof, with reason and cure, where the system or a limit does not let it
 * begin: no room in /dev/shm, fewer bytes of POSIX queues (ulimit -q) than the
 * kernel's own limit, fewer than N descriptors (ulimit -n), files that may not
 * have SIZE bytes (ulimit -f). Not for a proof about that very thing. */
void needs_shm(void);
void needs_queues(void);
void needs_descriptors(unsigned long n);
void needs_file_size(unsigned long long size);

/* claim_needs - every proof of this file calls FN first: CLAIMS_NEED. */
void claim_needs(void (*fn)(void));

#define CLAIMS_NEED(fn)							\
	__attribute__((constructor)) static void claims_need(void)	\
	{								\
		claim_needs(fn);					\
	}

#define CLAIM_JOIN2(a, b) a##b
#define CLAIM_JOIN(a, b) CLAIM_JOIN2(a, b)

#define CLAIM(ids, sentence)						\
	CLAIM_AT(ids, sentence, CLAIM_JOIN(proof_, __LINE__),		\
		 CLAIM_JOIN(entry_, __LINE__), CLAIM_JOIN(add_, __LINE__))

#define CLAIM_AT(ids, sentence, proof, entry, add)			\
	static void proof(void);					\
	static struct claim entry = {					\
		ids, sentence, proof, __FILE__, __LINE__, NULL		\
	};								\
	__attribute__((constructor)) static void add(void)		\
	{								\
		claim_add(&entry);					\
	}								\
	static void proof(void)

/* HOLDS - the proof fails here unless EXPR is true. */
#define HOLDS(expr)							\
	do {								\
		if (!(expr))						\
			claim_fail(__FILE__, __LINE__,			\
				   "does not hold: %s (errno: %s)",	\
				   #expr, errno_name(errno));		\
	} while (0)

/* EQUALS - like HOLDS(got == want) for integers, and says both. */
#define EQUALS(got, want)						\
	do {								\
		long long claim_got = (long long)(got);			\
		long long claim_want = (long long)(want);		\
									\
		if (claim_got != claim_want)				\
			claim_fail(__FILE__, __LINE__,			\
				   "%s is %lld, not %lld (errno: %s)",	\
				   #got, claim_got, claim_want,		\
				   errno_name(errno));			\
	} while (0)

/* FAILS - CALL must return -1 (or MAP_FAILED) and set errno to ERR. */
#define FAILS(call, err)						\
	do {								\
		long claim_got;		/* a pointer fits in it */	\
									\
		errno = 0;						\
		claim_got = (long)(call);				\
		if (claim_got != -1)					\
			claim_fail(__FILE__, __LINE__,			\
				   "%s returned %ld, not -1 %s",	\
				   #call, claim_got, #err);		\
		if (errno != (err))					\
			claim_fail(__FILE__, __LINE__,			\
				   "%s failed with %s, not %s",		\
				   #call, errno_name(errno), #err);	\
	} while (0)

/* SKIP - this system cannot show it: say why, and the cure. */
#define SKIP(...) claim_skip(__VA_ARGS__)

#endif
