/*
 * clean.c - "stage clean": remove what a lesson has left
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../experiment.h"
#include "inside.h"

/* Remove the objects of the lesson whose folder has ID, and say so. P is where
 * the queues may be mounted. Returns how many. */
static int remove_owned(uint32_t id, const struct place *p)
{
	struct objects o;
	int n = 0;

	objects_list(&o, p, NULL);
	for (size_t i = 0; i < o.n; i++) {
		struct stage_left *x = &o.v[i];

		if (!objects_owned(x, id) || objects_remove(x) == -1)
			continue;
		*strchr(x->text, ';') = '\0';
		printf("removed %s\n", x->text);
		n++;
	}
	objects_free(&o);
	return n;
}

int stage_clean(const char *dir)
{
	struct locks locks = { .stop = NULL };
	const char *trouble = proc_trouble();
	char why[STAGE_LINE];
	struct place p;
	int n;

	if (trouble) {
		fprintf(stderr, "stage: %s\n", trouble);
		return -1;
	}
	if (access(dir, F_OK) == -1) {
		fprintf(stderr, "stage: clean: %s: %s\n", dir,
			strerror(errno));
		return -1;
	}
	if (place_make(&p, why, sizeof why) == -1) {
		fprintf(stderr, "stage: %s\n", why);
		return -1;
	}
	/* Not while it is played. */
	if (lock_lesson(&locks, folder_id(dir), why, sizeof why) == -1) {
		fprintf(stderr, "stage: %s\n", why);
		place_remove(&p);
		return -1;
	}
	n = remove_owned(folder_id(dir), &p);
	unlock(&locks);
	place_remove(&p);
	return n;
}
