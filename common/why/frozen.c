/*
 * frozen.c - a control group that is frozen: none of its processes goes on
 *
 * "docker pause" and "systemctl freeze" do that. /proc/PID/stat shows state S
 * or D, and /proc/PID/syscall the call that it was in, if any: it would be said
 * to wait for a partner. See cgroups(7), and in the kernel's documentation
 * "Control Group v2", cgroup.events.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inside.h"

static int file_has(const char *path, const char *word)
{
	char text[256];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return 0;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strstr(text, word) != NULL;
}

/* Version 2 is mounted alone, or beside version 1. */
static const char *const folders[] = { "/sys/fs/cgroup",
				       "/sys/fs/cgroup/unified" };

/* LINE, "0::/user.slice" or "4:freezer:/box", tells of a frozen group: then SAY
 * what lets it go on. */
static int is_frozen(const char *line, char *say, size_t size)
{
	const char *group = strrchr(line, ':');
	char path[PATH_MAX];

	if (!group)
		return 0;
	group++;
	if (strstr(line, ":freezer:")) {
		snprintf(path, sizeof path,
			 "/sys/fs/cgroup/freezer%s/freezer.state", group);
		snprintf(say, size, "echo THAWED > %.150s", path);
		return file_has(path, "FROZEN");
	}
	if (strncmp(line, "0::", 3) != 0)
		return 0;
	for (size_t i = 0; i < LENGTH(folders); i++) {
		snprintf(path, sizeof path, "%s%s/cgroup.events", folders[i],
			 group);
		snprintf(say, size, "echo 0 > %s%.150s/cgroup.freeze",
			 folders[i], group);
		if (file_has(path, "frozen 1"))
			return 1;
	}
	return 0;
}

int frozen_tell(struct wait *w)
{
	char text[4096];
	char say[256];
	char *next = text;
	char *line;

	if (proc_read(w->task.pid, "cgroup", text, sizeof text) <= 0)
		return 0;
	while ((line = strsep(&next, "\n")) != NULL) {
		if (!is_frozen(line, say, sizeof say))
			continue;
		words_add(&w->words, "is frozen with its control group "
			  "(docker pause, systemctl freeze); as root: %s",
			  say);
		return 1;
	}
	return 0;
}
