/*
 * inside.h - what the parts of stage know of each other; nobody else
 * includes it.
 */
#ifndef STAGE_INSIDE_H
#define STAGE_INSIDE_H

#include <limits.h>
#include <signal.h>

#include "stage.h"

#define LENGTH(a) (sizeof (a) / sizeof *(a))

/* What tells stage itself to stop. */
static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };

/* Where one run takes place. */
struct place {
	char top[128];		/* scratch folder, ours alone, locked */
	char run[160];		/* in it: the empty folder of the programs */
	char mq[160];		/* in it: a mount of the queues */
	int lock;		/* holds flock(2) on top while we live */
};

/* place.c: 0, or -1 and a sentence in WHY. Folders of runs that were killed go
 * too. */
int place_make(struct place *p, char *why, size_t size);
void place_remove(struct place *p);

/* isolate.c: give the calling process, which clone() put into new
 * namespaces, its user id, mounts and loopback. 0, or -1 and a sentence. */
int isolate_flags(void);
int isolate_enter(const struct place *p, uid_t uid, gid_t gid, char *why,
		  size_t size);
/* Why clone() failed with ERR where it should make new namespaces, and the
 * cure. */
void isolate_refused(int err, char *why, size_t size);
/* Give up the powers that the user namespace brought. */
void isolate_drop(void);
/* Without namespaces: kill() of all, of KEEPER or of its group ends the
 * caller. */
void isolate_guard(pid_t keeper);

/* lock.c: keep other runs from what ours would take for its own, until
 * unlock(): all of this user; or those of the lesson whose folder has ID. First
 * they wait until no run has the lock. 0, also where locks cannot be had, or
 * told to stop; or -1 and WHY (SIZE bytes) if there is no sense in waiting. */
enum { LOCK_SPACES = 2, LOCK_NAME = 96 };

struct locks {
	const volatile sig_atomic_t *stop;	/* the signal that told us to
						   stop, or 0; NULL: none
						   can, it ends us */
	size_t n;
	int fd[2 * LOCK_SPACES];
};

int lock_all(struct locks *l, char *why, size_t size);
int lock_lesson(struct locks *l, uint32_t id, char *why, size_t size);
void unlock(struct locks *l);

/* proc.c: what /proc says. */
struct proc {
	pid_t pid, ppid;
	char state;		/* R S D T Z ... proc(5) */
	char comm[32];
};

/* All descendants of ROOT. Returns how many; *OUT is malloc()ed, the caller
 * frees it. */
size_t proc_below(pid_t root, struct proc **out);
/* The same without those that have ended, by their ids. */
size_t proc_living(pid_t root, pid_t **out);
int proc_get(pid_t pid, struct proc *p);
int proc_stop_signal(pid_t pid);	/* SIGSTOP and its like, or 0 */
pid_t proc_tracer(pid_t pid);		/* 0: nobody */
/* Read /proc/PID/NAME as a string: its length, or -1 with errno. */
ssize_t proc_read(pid_t pid, const char *name, char *buf, size_t size);
/* Where /proc/PID/fd/FD leads; -1 if there is none. */
int proc_link(pid_t pid, int fd, char *buf, size_t size);
/* 1 if a timer of PID's own may wake it: it has a POSIX timer or a timerfd,
 * or it catches SIGALRM (proc(5), timers and status). */
int proc_timed(pid_t pid);
/* How often PID has gone to sleep (proc(5), status); -1 if it is gone. */
long proc_sleeps(pid_t pid);
/* Has thread TASK of PID ended? The others may go on. */
int proc_has_ended(pid_t pid, pid_t task);
/* The process of which TASK is a thread; TASK itself if that is not known. */
pid_t proc_group(pid_t task);
/* The threads of PID, as proc_living(); /proc knows each by its own id too. */
size_t proc_tasks(pid_t pid, pid_t **out);
int proc_users(uid_t uid);	/* processes of UID that can be seen */

/* objects.c: IPC objects of this user, before and after. */
struct objects {
	size_t n, size;
	struct stage_left *v;
	int no_mq;		/* the POSIX queues could not be listed */
};

void objects_list(struct objects *o, const struct place *p, const char *dir);
void objects_free(struct objects *o);
/* Is object X listed in O? */
int objects_have(const struct objects *o, const struct stage_left *x);
/* Does X carry the name or key of the lesson whose folder has ID (lesson.h)?
 * Of any lesson of this course? */
int objects_owned(const struct stage_left *x, uint32_t id);
int objects_marked(const struct stage_left *x);
/* Does a living process use X? Then it is not ours to remove. */
int objects_busy(const struct stage_left *x);
/* Remove X: 0, or -1 with errno. */
int objects_remove(const struct stage_left *x);

/* look.c: stage_why(), and what it knows of a wait for a signal: that is no
 * deadlock, since anybody may send one, but in a run nobody else does. */
enum waits { IS_GONE = -1, NOT_FOR_EVER, FOR_EVER, FOR_A_SIGNAL };
enum waits look_at(pid_t pid, const pid_t *run, size_t n, char *buf,
		   size_t size);

/* The system calls of this processor, from its headers: list-calls makes the
 * table when stage is built. The last one has no name. */
struct call_name {
	long nr;
	const char *name;
};

extern const struct call_name call_names[];

/* text.c: names, and sentences that are built piece by piece. */
struct words {
	char *buf;
	size_t len, size;
};

__attribute__((format(printf, 2, 3)))
void words_add(struct words *w, const char *fmt, ...);
const char *signal_name(int sig);	/* "SIGPIPE"; static storage */


/* refuse.c: what forbids this process to look into PID, and the cure, without
 * a full stop; PID 0 is any process of this user. */
void why_refused(pid_t pid, struct words *w);
/* Why there is no /proc/PID, as a line. */
void why_not_seen(pid_t pid, struct words *w);

#endif
