/*
 * follow.c - who waits for whom, and for whom does that one wait?
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "inside.h"

enum { MANY = 16 };	/* who waits for one of more than so many is not
			   followed: a server with its clients */

static int is_looked_at(const struct why *why, pid_t pid)
{
	for (size_t i = 0; i < why->n; i++)
		if (why->thread[i].pid == pid)
			return 1;
	return 0;
}

/* Look at those for whom thread I waits. DEPTH is theirs. */
static int follow(struct why *why, struct seen *seen, size_t i, int depth,
		  size_t *left)
{
	int status = 0;

	if (why->thread[i].n_enders > MANY)
		return 0;
	for (size_t e = 0; e < why->thread[i].n_enders && status == 0; e++) {
		pid_t pid = why->thread[i].ender[e].pid;
		size_t before = why->n;

		/* Who looks is no part of it. */
		if (*left == 0 || pid == getpid())
			continue;
		if (is_looked_at(why, pid))
			continue;
		(*left)--;
		status = look_add(why, seen, pid);
		for (size_t k = before; k < why->n; k++)
			why->thread[k].depth = depth;
	}
	return status;
}

struct why *why_follow(const pid_t *pid, size_t n, const pid_t *run, size_t m)
{
	struct why *why = why_look(pid, n, run, m);
	struct seen *seen = seen_begin(run, m);
	size_t left = WHY_FOLLOWED;
	int status = why && seen ? 0 : -1;

	/* There come more behind, as long as there is somebody new. */
	for (size_t i = 0; status == 0 && i < why->n; i++)
		status = follow(why, seen, i, why->thread[i].depth + 1, &left);
	seen_end(seen);
	if (status == 0)
		return why;
	why_free(why);
	errno = ENOMEM;
	return NULL;
}
