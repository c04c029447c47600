/*
 * box - a box for one text, which lies in a file that all have mapped
 *
 *   put --> [ mutex | changed | full | text ] --> take
 *           waits while full                      waits while empty
 *
 *   ./box FILE new		makes it, empty
 *   ./box FILE put TEXT	and, in another terminal:  ./box FILE take
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

struct box {
	pthread_mutex_t mutex;
	pthread_cond_t changed;		/* `full' is another one now */
	int full;
	char text[64];
};

/* These calls return the error. */
static void must(int err, const char *call)
{
	if (err)
		quit("%s: %s", call, errno_name(err));
}

static void make(struct box *b)
{
	pthread_mutexattr_t ma;
	pthread_condattr_t ca;

	if (pthread_mutexattr_init(&ma) || pthread_condattr_init(&ca) ||
	    pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED) ||
	    pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED) ||
	    pthread_mutex_init(&b->mutex, &ma) ||
	    pthread_cond_init(&b->changed, &ca))
		quit("the box cannot be made");
}

/* Wait until `full' is FULL, and return with the mutex locked. */
static void lock_when(struct box *b, int full)
{
	must(pthread_mutex_lock(&b->mutex), "lock");
//> solution
	// Look again after each wake-up: it may be for another one, or for
	// nothing, and between it and us somebody may have been faster.
	while (b->full != full)
//> starter
//|	// TODO: this is wrong now and then: an empty text is taken, or a
//|	// text is written over.
//|	if (b->full != full)
//> end
		must(pthread_cond_wait(&b->changed, &b->mutex), "wait");
}

static void unlock(struct box *b, int full)
{
	b->full = full;
	must(pthread_cond_broadcast(&b->changed), "broadcast");
	must(pthread_mutex_unlock(&b->mutex), "unlock");
}

int main(int argc, char **argv)
{
	char verb = argc > 2 ? *argv[2] : '?';
	int fd;
	struct box *b;

	if (argc != (verb == 'p' ? 4 : 3) || !strchr("npt", verb))
		quit("usage: ./box FILE new, put TEXT, or take");
	fd = open(argv[1], O_RDWR | (verb == 'n' ? O_CREAT | O_EXCL : 0), 0600);
	if (fd == -1)
		die(argv[1]);
	if (verb == 'n' && ftruncate(fd, sizeof *b) == -1)
		die("ftruncate");
	b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (b == MAP_FAILED)
		die("mmap");
	if (verb == 'n') {
		make(b);
	} else if (verb == 'p') {
		lock_when(b, 0);
		snprintf(b->text, sizeof b->text, "%s", argv[3]);
		unlock(b, 1);
	} else {
		lock_when(b, 1);
		puts(b->text);
		memset(b->text, 0, sizeof b->text);
		unlock(b, 0);
	}
	return EXIT_SUCCESS;
}
