/*
 * evidence.c - see evidence.h
 */
#define _GNU_SOURCE
#include "evidence.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
	unsigned runs, suspect;
	char input[EVIDENCE_TEXT];	/* of the next run */
	char hang[EVIDENCE_TEXT];
	struct evidence_run run[EVIDENCE_RUNS];
} *shared;

__attribute__((constructor)) static void share(void)
{
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("check: mmap");
		_exit(2);
	}
}

/* Where run NUMBER is kept, or has been. */
static struct evidence_run *slot(unsigned number)
{
	return &shared->run[number % EVIDENCE_RUNS];
}

static void copy(char *to, const char *text)
{
	snprintf(to, EVIDENCE_TEXT, "%s", text);
}

void evidence_clear(void)
{
	memset(shared, 0, sizeof *shared);
}

void evidence_input(const char *text)
{
	copy(shared->input, text);
}

struct evidence_run *evidence_begin(size_t said)
{
	struct evidence_run *r;

	evidence_objects();
	shared->suspect = ++shared->runs;
	shared->hang[0] = '\0';
	r = slot(shared->runs);
	memset(r, 0, sizeof *r);
	r->number = shared->runs;
	r->said_from = said;
	copy(r->input, shared->input);
	shared->input[0] = '\0';
	return r;
}

void evidence_end(unsigned number, size_t said)
{
	if (slot(number)->number == number)
		slot(number)->said_to = said;
}

void evidence_suspect(unsigned number)
{
	shared->suspect = number;
}

void evidence_hang(const char *text)
{
	copy(shared->hang, text ? text : "");
}

struct evidence_run *evidence_guilty(void)
{
	struct evidence_run *r = slot(shared->suspect);

	return r->number != 0 && r->number == shared->suspect ? r : NULL;
}

const char *evidence_of_hang(void)
{
	return shared->hang;
}

/* ------------------------------------------------------- objects
 *
 * The check's own process alone knows these; what it tells goes into SHARED.
 */

static struct object {
	char name[300];
	unsigned run;		/* the first after which it was there */
	int was_there, is_there;	/* at the last look, and at this one */
} *objects;
static size_t objects_n;

static void see(const char *kind, const char *name)
{
	char text[sizeof objects->name];
	struct object *more;

	snprintf(text, sizeof text, "%s %.280s", kind, name);
	for (size_t i = 0; i < objects_n; i++)
		if (strcmp(objects[i].name, text) == 0) {
			if (!objects[i].was_there)	/* a new one again */
				objects[i].run = shared->runs;
			objects[i].is_there = 1;
			return;
		}
	more = realloc(objects, (objects_n + 1) * sizeof *objects);
	if (!more)
		return;		/* then the last run is the suspect */
	objects = more;
	more += objects_n++;
	memcpy(more->name, text, sizeof text);
	more->run = shared->runs;
	more->was_there = 0;
	more->is_there = 1;
}

/* The System V objects, which the kernel lists: key and id begin a line. */
static void see_table(const char *kind)
{
	char path[64], line[512], key[32], id[32];
	FILE *f;

	snprintf(path, sizeof path, "/proc/sysvipc/%s", kind);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%31s %31s", key, id) == 2 &&
		    isdigit((unsigned char)*id))
			see(kind, id);
	if (f)
		fclose(f);
}

/* The files of FOLDER; ONLY_IPC: its FIFOs and sockets. */
static void see_folder(const char *folder, int only_ipc)
{
	struct dirent *e;
	struct stat st;
	DIR *d = opendir(folder);

	while (d && (e = readdir(d))) {
		if (*e->d_name == '.')
			continue;
		if (only_ipc && (fstatat(dirfd(d), e->d_name, &st,
					 AT_SYMLINK_NOFOLLOW) == -1 ||
				 (!S_ISFIFO(st.st_mode) &&
				  !S_ISSOCK(st.st_mode))))
			continue;
		see(folder, e->d_name);
	}
	if (d)
		closedir(d);
}

void evidence_objects(void)
{
	for (size_t i = 0; i < objects_n; i++) {
		objects[i].was_there = objects[i].is_there;
		objects[i].is_there = 0;
	}
	see_table("msg");
	see_table("sem");
	see_table("shm");
	see_folder("/dev/shm", 0);
	see_folder("/dev/mqueue", 0);
	see_folder(".", 1);
}

void evidence_leaver(void)
{
	unsigned first = 0;

	evidence_objects();
	for (size_t i = 0; i < objects_n; i++)
		if (objects[i].is_there && objects[i].run != 0 &&
		    (first == 0 || objects[i].run < first))
			first = objects[i].run;
	if (first != 0)
		shared->suspect = first;
}
