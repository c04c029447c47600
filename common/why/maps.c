/*
 * maps.c - which mapping of a process holds an address?
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "inside.h"

/* "7f12-7f34 rw-s 00001000 00:01 1025 /dev/zero (deleted)" */
static int is_mapping(const char *line, unsigned long long at,
		      struct mapping *m)
{
	unsigned long long from;
	unsigned long long to;
	unsigned long long offset;
	unsigned major;
	unsigned minor;
	char perms[8];
	int where = 0;
	int n = sscanf(line, "%llx-%llx %7s %llx %x:%x %llu %n", &from, &to,
		       perms, &offset, &major, &minor, &m->ino, &where);

	if (n < 7 || at < from || at >= to)
		return 0;
	m->is_shared = perms[3] == 's';
	m->major = major;
	m->minor = minor;
	m->offset = offset + (at - from);
	snprintf(m->path, sizeof m->path, "%s", where > 0 ? line + where : "");
	return 1;
}

int find_mapping(pid_t pid, unsigned long long at, struct mapping *m)
{
	char name[64];
	char line[PATH_MAX + 128];
	FILE *f;
	int found = 0;

	snprintf(name, sizeof name, "/proc/%d/maps", (int)pid);
	f = fopen(name, "re");
	if (!f)
		return 0;
	while (!found && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		found = is_mapping(line, at, m);
	}
	fclose(f);
	return found;
}
