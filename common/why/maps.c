/*
 * maps.c - which mapping of a process holds an address, and who else has it?
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* One line of /proc/PID/maps. */
struct line {
	unsigned long long from, to;
	struct mapping m;	/* its offset is that of FROM */
};

/* "7f12-7f34 rw-s 00001000 00:01 1025 /dev/zero (deleted)": 1 if it is one. */
static int read_line(const char *text, struct line *l)
{
	char perms[8];
	int where = 0;
	int n = sscanf(text, "%llx-%llx %7s %llx %x:%x %llu %n", &l->from,
		       &l->to, perms, &l->m.offset, &l->m.major, &l->m.minor,
		       &l->m.ino, &where);

	if (n < 7)
		return 0;
	l->m.is_shared = perms[3] == 's';
	snprintf(l->m.path, sizeof l->m.path, "%s",
		 where > 0 ? text + where : "");
	l->m.path[strcspn(l->m.path, "\n")] = '\0';
	return 1;
}

static FILE *open_maps(pid_t pid)
{
	char name[64];

	snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
	return fopen(name, "re");
}

int find_mapping(pid_t pid, unsigned long long at, struct mapping *m)
{
	char text[PATH_MAX + 128];
	struct line l;
	FILE *f = open_maps(pid);
	int found = 0;

	if (!f)
		return 0;
	while (!found && fgets(text, sizeof text, f) != NULL) {
		if (!read_line(text, &l))
			continue;
		if (at < l.from || at >= l.to)
			continue;
		found = 1;
		*m = l.m;
		m->offset += at - l.from;
	}
	fclose(f);
	return found;
}

/* Has this line the file of M, where M begins? */
static int is_same(const struct line *l, const struct mapping *m)
{
	return l->m.is_shared && l->m.ino == m->ino &&
	       l->m.major == m->major && l->m.minor == m->minor &&
	       m->offset >= l->m.offset &&
	       m->offset - l->m.offset < l->to - l->from;
}

/* Has PID shared mapping M? -1 with errno if that may not be read. */
static int has_mapping(pid_t pid, const struct mapping *m)
{
	char text[PATH_MAX + 128];
	struct line l;
	FILE *f = open_maps(pid);
	int found = 0;
	int err;

	if (!f)
		return -1;
	errno = 0;
	while (!found && fgets(text, sizeof text, f) != NULL) {
		if (read_line(text, &l))
			found = is_same(&l, m);
	}
	err = errno;
	fclose(f);
	errno = err;
	return !found && err ? -1 : found;
}

size_t map_users(struct seen *s, const struct mapping *m, pid_t **out,
		 size_t *hidden)
{
	size_t n;
	const pid_t *pid = seen_processes(s, &n);
	size_t found = 0;

	*hidden = 0;
	*out = calloc(n + 1, sizeof **out);
	for (size_t i = 0; *out && i < n; i++) {
		int has = has_mapping(pid[i], m);

		if (has == 1)
			(*out)[found++] = pid[i];
		else if (has == -1 && errno != ENOENT && errno != ESRCH)
			(*hidden)++;
	}
	return found;
}

int map_is_in(const struct mapping *m, pid_t pid)
{
	if (!m->is_shared)
		return 0;
	return has_mapping(pid, m) != 0;
}
