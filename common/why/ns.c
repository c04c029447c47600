/*
 * ns.c - namespaces: what a number that a process knows is called here
 *
 * A process in another pid namespace knows itself and others by numbers of that
 * namespace. The line NSpid of /proc/PID/status tells all numbers of one, from
 * ours to its own (proc(5)).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "inside.h"

int ns_is_ours(pid_t pid, const char *kind)
{
	char path[64];
	struct stat ours;
	struct stat its;

	snprintf(path, sizeof path, "/proc/self/ns/%s", kind);
	if (stat(path, &ours) == -1)
		return -1;
	snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, kind);
	if (stat(path, &its) == -1)
		return -1;
	return ours.st_dev == its.st_dev && ours.st_ino == its.st_ino;
}

/* The number that thread TID of PID has in its own namespace, or 0. */
static pid_t own_number(pid_t pid, pid_t tid)
{
	char name[32];
	char text[4096];
	const char *at;
	const char *end;
	pid_t last = 0;

	snprintf(name, sizeof name, "task/%d/status", (int)tid);
	if (proc_read(pid, name, text, sizeof text) <= 0)
		return 0;
	at = strstr(text, "\nNSpid:");
	if (!at)
		return 0;
	at += strlen("\nNSpid:");
	end = at + strcspn(at, "\n");
	while (at < end) {
		char *next;
		long number = strtol(at, &next, 10);

		if (next == at || next > end)
			break;
		last = (pid_t)number;
		at = next;
	}
	return last;
}

/* A thread of T's own process, by its number in there. */
static pid_t own_thread(const struct task *t, pid_t inside)
{
	pid_t *task;
	size_t n = proc_tasks(t->pid, &task);
	pid_t found = 0;

	for (size_t i = 0; i < n && found == 0; i++)
		if (own_number(t->pid, task[i]) == inside)
			found = task[i];
	free(task);
	return found;
}

pid_t pid_here(const struct task *t, pid_t inside)
{
	if (ns_is_ours(t->pid, "pid") != 0)
		return inside;
	return own_thread(t, inside);
}
