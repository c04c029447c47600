/*
 * objects.c - the IPC objects of this user: which there are, which are new,
 * and how each is removed
 *
 * System V objects are listed in /proc/sysvipc, POSIX shared memory and
 * named semaphores are files in /dev/shm, POSIX queues are files of the
 * mqueue file system, which need not be mounted.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../experiment.h"
#include "inside.h"

static struct stage_left *add(struct objects *o, enum stage_kind kind, int id)
{
	struct stage_left *x;

	if (o->n == o->size) {
		size_t size = o->size ? 2 * o->size : 32;

		x = realloc(o->v, size * sizeof *x);
		if (!x)
			return NULL;
		o->v = x;
		o->size = size;
	}
	x = &o->v[o->n++];
	memset(x, 0, sizeof *x);
	x->kind = kind;
	x->id = id;
	return x;
}

enum { COLUMNS = 32 };	/* of a table; the widest has 16 */

/* Cut LINE into its words, in place. Returns how many there are. */
static size_t split(char *line, char *word[COLUMNS])
{
	size_t n = 0;

	for (char *w = strtok(line, " \n"); w && n < COLUMNS;
	     w = strtok(NULL, " \n"))
		word[n++] = w;
	return n;
}

/* In which column of table F, which stands at its headings, is the creator's
 * user id? The three tables differ in what comes before it. 0: in none. */
static size_t creator_column(FILE *f)
{
	char line[512], *word[COLUMNS];
	size_t n = fgets(line, sizeof line, f) ? split(line, word) : 0;

	for (size_t i = 0; i < n; i++)
		if (strcmp(word[i], "cuid") == 0)
			return i;
	return 0;
}

/* One of the three tables. Each line begins with key and id. */
static void list_sysv(struct objects *o, enum stage_kind kind,
		      const char *table, const char *noun, const char *cure)
{
	char path[64], line[512], *word[COLUMNS];
	size_t creator;
	FILE *f;

	snprintf(path, sizeof path, "/proc/sysvipc/%s", table);
	f = fopen(path, "re");
	if (!f)
		return;
	creator = creator_column(f);
	while (creator > 1 && fgets(line, sizeof line, f)) {
		struct stage_left *x;

		if (split(line, word) <= creator ||
		    strtoul(word[creator], NULL, 10) != geteuid())
			continue;
		x = add(o, kind, atoi(word[1]));
		if (!x)
			break;
		snprintf(x->name, sizeof x->name, "0x%08x",
			 (unsigned)atoi(word[0]));
		snprintf(x->text, sizeof x->text,
			 "System V %s, id %d, key %s; to remove it: %s",
			 noun, x->id, x->name, cure);
	}
	fclose(f);
}

static void list_shm(struct objects *o)
{
	struct dirent *e;
	DIR *d = opendir("/dev/shm");

	while (d && (e = readdir(d))) {
		struct stage_left *x;
		struct stat st;
		int sem = strncmp(e->d_name, "sem.", 4) == 0;

		if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) ||
		    !S_ISREG(st.st_mode) || st.st_uid != geteuid())
			continue;
		x = add(o, sem ? STAGE_SEM : STAGE_SHM, (int)st.st_ino);
		if (!x)
			break;
		snprintf(x->name, sizeof x->name, "/%.250s",
			 e->d_name + (sem ? 4 : 0));
		snprintf(x->text, sizeof x->text,
			 "%s %s; to remove it: %s(\"%s\")",
			 sem ? "named semaphore" : "shared memory", x->name,
			 sem ? "sem_unlink" : "shm_unlink", x->name);
	}
	if (d)
		closedir(d);
}

/* The queues in FOLDER, a descriptor, which is closed. */
static void list_mq_folder(struct objects *o, int folder)
{
	struct dirent *e;
	DIR *d = folder == -1 ? NULL : fdopendir(folder);

	while (d && (e = readdir(d))) {
		struct stage_left *x;
		struct stat st;

		if (fstatat(dirfd(d), e->d_name, &st, 0) == -1 ||
		    !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
		    !(x = add(o, STAGE_MQ, (int)st.st_ino)))
			continue;
		snprintf(x->name, sizeof x->name, "/%.250s", e->d_name);
		snprintf(x->text, sizeof x->text, "POSIX message queue %s; "
			 "to remove it: mq_unlink(\"%s\")", x->name, x->name);
	}
	if (d)
		closedir(d);
}

/* Nobody mounted the queues. Root may have a mount that is nowhere in the
 * tree of files: fsopen(2) and fsmount(2), Linux 5.2, known by number only
 * to a C library that is older. Returns a folder, or -1. */
static int open_mq_folder(void)
{
	int fs = -1, top = -1, folder = -1;

#ifdef SYS_fsopen
	fs = (int)syscall(SYS_fsopen, "mqueue", 1 /* FSOPEN_CLOEXEC */);
	if (fs != -1 && syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */,
				NULL, NULL, 0) == 0)
		top = (int)syscall(SYS_fsmount, fs, 1 /* FSMOUNT_CLOEXEC */,
				   0);
#endif
	if (top != -1)
		folder = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top != -1)
		close(top);
	if (fs != -1)
		close(fs);
	return folder;
}

static int is_mounted(const char *type, const char *at)
{
	char line[1024], dir[512], fs[64];
	FILE *f = fopen("/proc/self/mounts", "re");
	int found = 0;

	while (f && !found && fgets(line, sizeof line, f))
		if (sscanf(line, "%*s %511s %63s", dir, fs) == 2)
			found = strcmp(dir, at) == 0 && strcmp(fs, type) == 0;
	if (f)
		fclose(f);
	return found;
}

static void list_mq(struct objects *o, const struct place *p)
{
	static const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int folder;

	if (is_mounted("mqueue", p->mq))
		folder = open(p->mq, flags);
	else if (is_mounted("mqueue", "/dev/mqueue"))
		folder = open("/dev/mqueue", flags);
	else
		folder = open_mq_folder();
	o->no_mq = folder == -1;
	list_mq_folder(o, folder);
}

/* FIFOs and sockets in folder PATH whose name begins with PREFIX. */
static void list_files(struct objects *o, const char *path,
		       const char *prefix)
{
	struct dirent *e;
	DIR *d = opendir(path);

	while (d && (e = readdir(d))) {
		struct stage_left *x;
		struct stat st;
		int fifo;

		if (strncmp(e->d_name, prefix, strlen(prefix)) != 0 ||
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		fifo = S_ISFIFO(st.st_mode);
		if (!fifo && !S_ISSOCK(st.st_mode))
			continue;
		if (st.st_uid != geteuid())
			continue;
		x = add(o, fifo ? STAGE_FIFO : STAGE_SOCKET, (int)st.st_ino);
		if (!x)
			continue;
		snprintf(x->name, sizeof x->name, "%.120s/%.130s", path,
			 e->d_name);
		snprintf(x->text, sizeof x->text, "%s %s; to remove it: "
			 "unlink(\"%s\")", fifo ? "FIFO" : "socket file",
			 x->name, x->name);
	}
	if (d)
		closedir(d);
}

void objects_list(struct objects *o, const struct place *p, const char *dir)
{
	const char *tmp = getenv("TMPDIR");

	memset(o, 0, sizeof *o);
	list_sysv(o, STAGE_QUEUE, "msg", "message queue",
		  "msgctl(id, IPC_RMID, NULL)");
	list_sysv(o, STAGE_SEGMENT, "shm", "shared memory segment",
		  "shmctl(id, IPC_RMID, NULL)");
	list_sysv(o, STAGE_SET, "sem", "semaphore set",
		  "semctl(id, 0, IPC_RMID)");
	list_shm(o);
	list_mq(o, p);
	list_files(o, p->run, "");
	if (dir)
		list_files(o, dir, "");
	list_files(o, tmp && *tmp ? tmp : "/tmp", "ipc-lessons.");
}

void objects_free(struct objects *o)
{
	free(o->v);
	memset(o, 0, sizeof *o);
}

int objects_have(const struct objects *o, const struct stage_left *x)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].kind == x->kind && o->v[i].id == x->id &&
		    strcmp(o->v[i].name, x->name) == 0)
			return 1;
	return 0;
}

static int is_sysv(const struct stage_left *x)
{
	return x->kind == STAGE_QUEUE || x->kind == STAGE_SEGMENT ||
	       x->kind == STAGE_SET;
}

int objects_owned(const struct stage_left *x, uint32_t id)
{
	const char *slash = strrchr(x->name, '/');
	char prefix[OWN_NAME];

	if (is_sysv(x))
		return (key_t)(strtoul(x->name, NULL, 16) & ~0xfUL) ==
		       key_of(id, 0);
	snprintf(prefix, sizeof prefix, "/ipc-lessons.%u.%06x.",
		 (unsigned)geteuid(), (unsigned)id);
	return slash && strncmp(slash, prefix, strlen(prefix)) == 0;
}

int objects_marked(const struct stage_left *x)
{
	const char *slash = strrchr(x->name, '/');

	if (is_sysv(x))
		return strtoul(x->name, NULL, 16) >> 24 == 0x1c;
	return slash && strncmp(slash, "/ipc-lessons.", 13) == 0;
}

static int is_alive(pid_t pid)
{
	return pid > 0 && (kill(pid, 0) == 0 || errno == EPERM);
}

/* Does any process that we may look at map, or have open, inode INO? */
static int is_mapped(unsigned long ino)
{
	struct dirent *e;
	DIR *d = opendir("/proc");
	int found = 0;

	while (d && !found && (e = readdir(d))) {
		char path[300], line[512];
		unsigned long seen;
		FILE *f;

		snprintf(path, sizeof path, "/proc/%s/maps", e->d_name);
		f = fopen(path, "re");
		while (f && !found && fgets(line, sizeof line, f))
			found = strstr(line, "/dev/shm/") &&
				sscanf(line, "%*s %*s %*s %*s %lu", &seen) == 1
				&& seen == ino;
		if (f)
			fclose(f);
	}
	if (d)
		closedir(d);
	return found;
}

static int ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), m = strlen(tail);

	return n >= m && strcmp(text + n - m, tail) == 0;
}

/* Is descriptor FD of process PID object X? A queue has its name there, and
 * for the rest the inode must be the same. */
static int is_object(const char *pid, const char *fd,
		     const struct stage_left *x)
{
	char path[PATH_MAX], link[PATH_MAX];
	struct stat st;
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%.20s/fd/%.20s", pid, fd);
	n = readlink(path, link, sizeof link - 1);
	if (n <= 0)
		return 0;
	link[n] = '\0';
	if (x->kind == STAGE_MQ)
		return strcmp(link, x->name) == 0;
	return ends_with(link, strrchr(x->name, '/')) &&
	       stat(path, &st) == 0 && (int)st.st_ino == x->id;
}

/* Has any process that we may look at X open? */
static int is_open(const struct stage_left *x)
{
	struct dirent *p, *f;
	DIR *all = opendir("/proc");
	int found = 0;

	while (all && !found && (p = readdir(all))) {
		char path[300];
		DIR *d;

		snprintf(path, sizeof path, "/proc/%s/fd", p->d_name);
		d = opendir(path);
		while (d && !found && (f = readdir(d)))
			found = is_object(p->d_name, f->d_name, x);
		if (d)
			closedir(d);
	}
	if (all)
		closedir(all);
	return found;
}

/* "0000: 2 0 10000 0001 01 4711 ./name": is a socket bound to that file? */
static int is_bound(const struct stage_left *x)
{
	char line[512];
	FILE *f = fopen("/proc/net/unix", "re");
	int found = 0;

	while (f && !found && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = '\0';
		found = ends_with(line, strrchr(x->name, '/'));
	}
	if (f)
		fclose(f);
	return found;
}

/* Processors have one of these or several. */
static int is_semop(long nr)
{
	switch (nr) {
#ifdef SYS_semop
	case SYS_semop:
#endif
#ifdef SYS_semtimedop
	case SYS_semtimedop:
#endif
#ifdef SYS_semtimedop_time64
	case SYS_semtimedop_time64:
#endif
		return 1;
	default:
		return 0;
	}
}

/* Does any process sleep in a call on System V object X? One that nobody
 * has used yet carries no process id, but its owner may wait on it. */
static int is_waited_for(const struct stage_left *x)
{
	struct dirent *p;
	DIR *all = opendir("/proc");
	int found = 0;

	while (all && !found && (p = readdir(all))) {
		char text[256];
		long nr;
		unsigned long long id;

		if (proc_read((pid_t)atoi(p->d_name), "syscall", text,
			      sizeof text) <= 0 ||
		    sscanf(text, "%ld %llx", &nr, &id) != 2 ||
		    (int)id != x->id)
			continue;
		found = x->kind == STAGE_QUEUE ?
			nr == SYS_msgrcv || nr == SYS_msgsnd :
			is_semop(nr);
	}
	if (all)
		closedir(all);
	return found;
}

/* Is one of those who used a semaphore of set X last still alive? */
static int has_live_user(const struct stage_left *x)
{
	int pid;

	for (int num = 0; (pid = semctl(x->id, num, GETPID)) != -1; num++)
		if (is_alive(pid))
			return 1;
	return 0;
}

int objects_busy(const struct stage_left *x)
{
	struct msqid_ds q;
	struct shmid_ds m;

	switch (x->kind) {
	case STAGE_QUEUE:
		return is_waited_for(x) || (msgctl(x->id, IPC_STAT, &q) == 0 &&
		       (is_alive(q.msg_lspid) || is_alive(q.msg_lrpid)));
	case STAGE_SEGMENT:
		return shmctl(x->id, IPC_STAT, &m) == 0 &&
		       (m.shm_nattch > 0 || is_alive(m.shm_cpid));
	case STAGE_SET:
		return has_live_user(x) || is_waited_for(x);
	case STAGE_SHM:
	case STAGE_SEM:
		return is_mapped((unsigned)x->id) || is_open(x);
	case STAGE_MQ:
	case STAGE_FIFO:
		return is_open(x);
	case STAGE_SOCKET:
		return is_bound(x);
	default:
		return 0;
	}
}

int objects_remove(const struct stage_left *x)
{
	switch (x->kind) {
	case STAGE_QUEUE:
		return msgctl(x->id, IPC_RMID, NULL);
	case STAGE_SEGMENT:
		return shmctl(x->id, IPC_RMID, NULL);
	case STAGE_SET:
		return semctl(x->id, 0, IPC_RMID);
	case STAGE_MQ:
		return mq_unlink(x->name);
	case STAGE_SHM:
		return shm_unlink(x->name);
	case STAGE_SEM:
		return sem_unlink(x->name);
	case STAGE_FIFO:
	case STAGE_SOCKET:
		return unlink(x->name);
	case STAGE_PROCESS:
	case STAGE_UNWAITED:
		break;
	}
	return 0;
}
