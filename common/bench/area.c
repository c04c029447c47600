/* area.c - memory in common, made in the three ways of the course */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#include "../lesson.h"
#include "bench.h"

static void *map(int fd, size_t size)
{
	void *p = MAP_FAILED;

	if (fd != -1 && ftruncate(fd, (off_t)size) == 0)
		p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_POPULATE, fd, 0);
	if (fd != -1)
		close(fd);
	return p == MAP_FAILED ? NULL : p;
}

static void *map_anon(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Removed at once: the memory stays as long as somebody has it attached. */
static void *attach_sysv(size_t size)
{
	int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
	void *p;

	if (id == -1)
		return NULL;
	p = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	return p == (void *)-1 ? NULL : p;
}

static void *map_posix(size_t size)
{
	char name[OWN_NAME], what[32];
	int fd;

	snprintf(what, sizeof what, "bench%d", (int)getpid());
	own_name(name, what);
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	shm_unlink(name);
	return map(fd, size);
}

static void *map_file(size_t size)
{
	char path[OWN_PATH];
	int fd;

	own_path(path, "bench-area.XXXXXX");
	fd = mkstemp(path);
	if (fd != -1)
		unlink(path);
	return map(fd, size);
}

void *area_make(enum area kind, size_t size)
{
	static void *(*const make[])(size_t) = {
		[AREA_ANON] = map_anon, [AREA_SYSV] = attach_sysv,
		[AREA_POSIX] = map_posix, [AREA_FILE] = map_file,
	};
	void *p = make[kind](size);

	/* Touch each page now, not while the clock runs. */
	if (p)
		memset(p, 0, size);
	return p;
}
