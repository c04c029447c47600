/*
 * store - puts bytes into a buffer of four slots, or takes them out
 *
 *   ./store NAME put --> [ slot | slot | slot | slot ] --> ./store NAME get N
 *
 *   put		puts in what it reads from stdin
 *   get N	takes N bytes out, and writes them to stdout
 *
 * NAME is a shared memory object with a struct store in it. Several may put
 * and several may get. `./store NAME new' makes it, `./store NAME end' ends it.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

enum { SLOTS = 4 };

struct store {
	sem_t free, filled;	/* slots; free + filled <= SLOTS */
	sem_t mutex;		/* 1: nobody is at the slots */
	unsigned in, out;	/* where to put, where to take; mod SLOTS */
	char slot[SLOTS];
};

static void take(sem_t *s)
{
	if (sem_wait(s) == -1)
		die("sem_wait");
}

static void give(sem_t *s)
{
	if (sem_post(s) == -1)
		die("sem_post");
}

static void put(struct store *st, char c)
{
	take(&st->free);	// sleep with empty hands:
	take(&st->mutex);	// who frees a slot needs the mutex
	st->slot[st->in++ % SLOTS] = c;
	give(&st->mutex);
	give(&st->filled);
}

static char get(struct store *st)
{
	char c;

	take(&st->filled);
	take(&st->mutex);
	c = st->slot[st->out++ % SLOTS];
	give(&st->mutex);
	give(&st->free);
	return c;
}

/* The store called NAME; with O_CREAT a new one. */
static struct store *open_store(const char *name, int flags)
{
	int fd = shm_open(name, O_RDWR | flags, 0600);
	struct store *st;

	if (fd == -1)
		die("shm_open");
	if (flags && ftruncate(fd, sizeof *st) == -1)
		die("ftruncate");
	st = mmap(NULL, sizeof *st, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (st == MAP_FAILED)
		die("mmap");
	if (flags && (sem_init(&st->free, 1, SLOTS) ||
		      sem_init(&st->filled, 1, 0) ||
		      sem_init(&st->mutex, 1, 1)))
		die("sem_init");
	return st;
}

int main(int argc, char **argv)
{
	const char *what = argc >= 3 ? argv[2] : "";
	struct store *st;
	int c;

	if (strcmp(what, "end") == 0)
		return shm_unlink(argv[1]) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	if (!*what)
		quit("usage: ./store NAME new|put|end | ./store NAME get N");
	st = open_store(argv[1], strcmp(what, "new") ? 0 : O_CREAT | O_EXCL);
	if (strcmp(what, "put") == 0)
		while ((c = getchar()) != EOF)
			put(st, (char)c);
	for (int n = argc == 4 ? atoi(argv[3]) : 0; n > 0; n--) {
		char c = get(st);

		if (write(STDOUT_FILENO, &c, 1) != 1)
			die("write");
	}
	return EXIT_SUCCESS;
}
