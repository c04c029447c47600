/*
 * why.h - what does a process wait for, and who could end its wait?
 *
 * why_look() reads all threads of some processes from /proc: which system call
 * each one waits in, on which object, and who else could end that wait. It
 * gives a sentence for each thread, and the same as facts.
 *
 * Nothing is guessed. What this user may not see is said, and counts as
 * somebody unknown who could end the wait.
 *
 * Who calls whom: no file calls one that stands above it.
 *
 *   main.c: circle, follow, output, print, run, look, proc
 *   circle.c: seen, wait, proc, words
 *   follow.c: look, seen
 *   output.c:
 *   print.c:
 *   run.c: children, proc
 *   look.c: calls, frozen, outside, running, refuse, vfork, sigset, task, seen,
 *       wait, proc, words
 *   calls.c: child, disk, futex, open, sleep, sysv, vfork, watch, limit, lock,
 *       fd, signal, posix, task, wait, words
 *   frozen.c: proc, words
 *   outside.c: refuse, watch, fd, children, seen, wait, proc, words
 *   running.c: watch, copy, seen, proc, words
 *   child.c: children, seen, wait, ns, words
 *   disk.c: fd, wait, words
 *   futex.c: mutex, maps, posix, task, wait, ns, proc, words
 *   open.c: lock, task, wait, ns, words
 *   refuse.c: proc, words
 *   sleep.c: limit, task, wait, words
 *   sysv.c: task, wait, ns, words
 *   vfork.c: children, task, wait, words
 *   watch.c: fd, signal, copy, task, seen, wait, words
 *   limit.c: task, words
 *   lock.c: fd, copy, task, holders, seen, wait, proc, words
 *   mutex.c: maps, task, wait, ns, proc, words
 *   fd.c: event, pipe, socket, terminal, posix, seen, wait, proc, words
 *   maps.c: seen
 *   event.c: signal, copy, holders, seen, wait, proc, words
 *   pipe.c: holders, seen, wait, words
 *   socket.c: inet, unix, copy, wait, words
 *   terminal.c: copy, holders, seen, wait, proc, words
 *   inet.c: peer, seen, wait, words
 *   signal.c: children, posix, sigset, task, wait, words
 *   unix.c: copy, peer, task, seen, wait, words
 *   children.c: seen, proc, words
 *   copy.c: proc
 *   peer.c: holders, seen, wait, words
 *   posix.c: holders, seen, wait, proc, words
 *   sigset.c: proc, words
 *   task.c: proc
 *   holders.c: wait, words
 *   seen.c: diag, proc
 *   diag.c: ns
 *   wait.c: proc, words
 *   ns.c: proc, words
 *   proc.c:
 *   words.c:
 *
 * Sources: proc(5), ptrace(2), and the manual page of each system call.
 */
#ifndef WHY_H
#define WHY_H

#include <stdio.h>
#include <sys/types.h>

#include "words.h"

enum {
	WHY_SENTENCE = 2048,	/* bytes of one sentence */
	WHY_OBJECTS = 8,	/* objects of one wait that are listed */
	WHY_ENDERS = 32,	/* who could end one wait, as far as listed */
};

/* For how long does it wait? A wait for a signal is told apart: that is no
 * deadlock, since anybody may send one, but in a run of stage nobody else
 * does. */
enum waits { IS_GONE = -1, NOT_FOR_EVER, FOR_EVER, FOR_A_SIGNAL };

/* What it waits on. */
struct why_object {
	const char *kind;	/* "pipe", "eventfd" ...; a constant */
	int fd;			/* its descriptor of it, or -1 */
	char name[192];		/* the same object has the same name for all,
				   where it has one; "" if none is known */
};

/* Who could end the wait, and by what. */
struct why_ender {
	pid_t pid;		/* a process, */
	pid_t tid;		/* of it this thread; 0: any of them */
	int fd;			/* by this descriptor, or -1 */
	const char *deed;	/* "write to it or close it"; a constant */
};

struct why_thread {
	pid_t pid, tid;		/* process, and thread */
	char name[32];		/* of the thread (proc(5), comm) */
	char state;		/* R S D T t Z ...; '-': there is none */
	char call[32];		/* as in a program: "read"; "" if in none */
	enum waits waits;
	int is_open;		/* somebody who is not listed could end its
				   wait, too */
	long sleeps;		/* how often it had gone to sleep before it was
				   looked at (proc(5), status) */
	int depth;		/* 0: it was asked for; else it is one for whom
				   another waits, or for whom that one waits */
	int is_stuck;		/* nothing can happen any more that would end
				   its wait: see why_circles() */
	size_t head;		/* bytes of TEXT that name the thread */
	size_t limit, after;	/* from LIMIT to AFTER it tells of its time
				   limit; both are 0 if it does not */
	size_t hidden;		/* of so many processes it may not be seen
				   whether they could, too */
	double left_s;		/* seconds until its time limit; WHY_NO_LIMIT,
				   or WHY_SOME_LIMIT if not known when */
	size_t n_objects;	/* at most WHY_OBJECTS are listed */
	struct why_object object[WHY_OBJECTS];
	size_t n_enders;	/* at most WHY_ENDERS are listed; if there are
				   more, is_open is set */
	struct why_ender ender[WHY_ENDERS];
	char text[WHY_SENTENCE];	/* the sentence, without a newline */
};

#define WHY_NO_LIMIT (-1.0)
#define WHY_SOME_LIMIT (-2.0)

/* The threads of a process are neighbours, the first one first. Threads that
 * have ended are left out. A process that is not there is one thread, whose
 * WAITS is IS_GONE and whose text says why. */
struct why {
	size_t n, size;
	struct why_thread *thread;
};

/* why_look - look at all threads of the N processes PID. RUN lists M processes
 * among which partners are looked for; M 0 looks at every process that can be
 * seen. Returns what the caller frees with why_free(), or NULL with errno if
 * there is no memory for it. */
struct why *why_look(const pid_t *pid, size_t n, const pid_t *run, size_t m);
void why_free(struct why *why);

/* why_follow - the same, and after them all those for whom they wait, for whom
 * those wait, and so on, as far as it can be told: at most WHY_FOLLOWED more
 * processes. */
enum { WHY_FOLLOWED = 64 };
struct why *why_follow(const pid_t *pid, size_t n, const pid_t *run, size_t m);

/* why_circles - who can wait for ever, since all that could end the wait do so
 * themselves? Sets is_stuck, and adds to W a line for each circle. It looks
 * again at those in it: they have slept since they were looked at, so all of
 * it was so at one moment. */
void why_circles(struct why *why, struct words *w);

/* why_print - WHY as text for people, to F: those that were asked for, and
 * those for whom they wait, as far as these are few.
 * why_json - the same as JSON, whole; why.1 says what stands in it. */
void why_print(FILE *f, const struct why *why, const char *circles);
void why_json(FILE *f, const struct why *why, const char *circles);

/* why_waits - what process PID, which WHY has been asked for, does as a whole:
 * it waits for ever if all its threads do. */
enum waits why_waits(const struct why *why, pid_t pid);

/* why_sentence - write into BUF (SIZE bytes, NUL-terminated) what process PID
 * waits for: a line for each of its threads. RUN and M as above. Returns what
 * why_waits() does; IS_GONE also if there is no memory, with that in BUF. */
enum waits why_sentence(pid_t pid, const pid_t *run, size_t m, char *buf,
			size_t size);

/* why_refused - what forbids this process to look into PID, and the cure,
 * without a full stop; PID 0 is any process of this user.
 * why_not_seen - why there is no /proc/PID. */
void why_refused(pid_t pid, struct words *w);
void why_not_seen(pid_t pid, struct words *w);

#endif
