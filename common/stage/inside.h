/*
 * inside.h - what the parts of stage know of each other; nobody else
 * includes it.
 */
#ifndef STAGE_INSIDE_H
#define STAGE_INSIDE_H

#include <limits.h>
#include <signal.h>

#include "../why/proc.h"
#include "../why/why.h"
#include "../why/words.h"
#include "stage.h"

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
 * namespaces, its user id, mounts and loopback. 0, or -1 and a sentence.
 * GUARDED, if it is not NULL, can only be read from there. */
int isolate_flags(void);
int isolate_enter(const struct place *p, const char *guarded, uid_t uid,
		  gid_t gid, char *why, size_t size);
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

#endif
