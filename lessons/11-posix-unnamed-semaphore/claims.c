/*
 * claims - what the notes say about unnamed POSIX semaphores, executed
 *
 * Ids are rows of docs/claims.tsv; L11-.. are claims of this course.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../common/proof/claim.h"

/* A page that FLAGS (MAP_SHARED or MAP_PRIVATE) shares with children. */
static sem_t *page(int flags)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       flags | MAP_ANONYMOUS, -1, 0);

	HOLDS(p != MAP_FAILED);
	return memset(p, 0x5a, 4096);	/* zeros would be a semaphore of 0 */
}

static int value_of(sem_t *s)
{
	int value = -1;

	HOLDS(sem_getvalue(s, &value) == 0);
	return value;
}

/* Is there memory at S? */
static int is_mapped(sem_t *s)
{
	char *at = (char *)s;
	unsigned char seen;

	at -= (uintptr_t)at % (uintptr_t)sysconf(_SC_PAGESIZE);
	if (mincore(at, 1, &seen) == 0)
		return 1;
	EQUALS(errno, ENOMEM);
	return 0;
}

/* A child that waits on S and ends with status 0 when it has got a unit. */
static pid_t waiter(sem_t *s)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(sem_wait(s) != 0);
	HOLDS(blocks(pid));
	return pid;
}

CLAIM("0-007 0-083 1-437 1-452 4-022",
      "pshared=1 in shared memory: a post in one process wakes another")
{
	sem_t *s = page(MAP_SHARED);
	pid_t pid;

	EQUALS(sem_init(s, 1, 0), 0);
	pid = waiter(s);
	EQUALS(sem_post(s), 0);
	EQUALS(ends(pid), 0);
	EQUALS(value_of(s), 0);
}

CLAIM("0-076 0-083", "pshared=0: the unit crosses, the sleeper sleeps on; one "
      "that comes later takes it")
{
	sem_t *s = page(MAP_SHARED);
	pid_t pid, other;

	EQUALS(sem_init(s, 0, 0), 0);
	pid = waiter(s);
	EQUALS(sem_post(s), 0);
	EQUALS(value_of(s), 1);
	HOLDS(blocks(pid));
	other = fork();
	if (other == 0)			/* it comes later, and need not sleep */
		_exit(sem_wait(s) != 0);
	EQUALS(ends(other), 0);
	EQUALS(value_of(s), 0);
	HOLDS(blocks(pid));
	HOLDS(kill(pid, SIGKILL) == 0 && ends(pid) == 128 + SIGKILL);
}

CLAIM("0-076 1-451",
      "in private memory each process has a semaphore of its own")
{
	static const int flags[] = { MAP_SHARED, MAP_PRIVATE };

	for (int private = 0; private < 2; private++) {
		sem_t *s = page(flags[private]);
		pid_t pid;

		EQUALS(sem_init(s, 1, 5), 0);
		pid = fork();
		if (pid == 0) {
			HOLDS(sem_post(s) == 0);
			_exit(value_of(s));
		}
		EQUALS(ends(pid), 6);
		EQUALS(value_of(s), private ? 5 : 6);
	}
}

static sem_t global;

static void *post_global(void *arg)
{
	(void)arg;
	return sem_post(&global) == 0 ? &global : NULL;
}

CLAIM("0-075", "threads share a semaphore in a global variable")
{
	pthread_t t;
	void *posted;

	EQUALS(sem_init(&global, 0, 0), 0);
	EQUALS(pthread_create(&t, NULL, post_global, NULL), 0);
	EQUALS(sem_wait(&global), 0);
	EQUALS(pthread_join(t, &posted), 0);
	HOLDS(posted == &global);
	EQUALS(value_of(&global), 0);
}

CLAIM("0-082 0-084 1-439 1-449 1-454 1-450 1-453",
      "sem_init(sem, pshared, value) sets the value; 0, or -1 with errno")
{
	static const unsigned values[] = { 0, 3, INT_MAX };
	sem_t *s = page(MAP_SHARED);

	for (int pshared = 0; pshared < 2; pshared++) {
		for (size_t i = 0; i < 3; i++) {
			EQUALS(sem_init(s, pshared, values[i]), 0);
			EQUALS(value_of(s), values[i]);
		}
		FAILS(sem_init(s, pshared, INT_MAX + 1u), EINVAL);
		FAILS(sem_init(s, pshared, UINT_MAX), EINVAL);
		EQUALS(value_of(s), INT_MAX);
	}
	EQUALS(sysconf(_SC_SEM_VALUE_MAX), INT_MAX);
}

CLAIM("0-013", "each call changes the value by exactly one")
{
	const struct timespec past = { .tv_sec = 1 };
	sem_t *s = page(MAP_PRIVATE);

	for (int from = 3; from < 3000; from += 1000) {
		EQUALS(sem_init(s, 0, (unsigned)from), 0);
		EQUALS(sem_wait(s), 0);
		EQUALS(value_of(s), from - 1);
		EQUALS(sem_trywait(s), 0);
		EQUALS(value_of(s), from - 2);
		EQUALS(sem_timedwait(s, &past), 0);
		EQUALS(value_of(s), from - 3);
		EQUALS(sem_post(s), 0);
		EQUALS(value_of(s), from - 2);
	}
}

CLAIM("0-095", "sem_post() adds one, up to SEM_VALUE_MAX: then EOVERFLOW")
{
	sem_t s;

	EQUALS(sem_init(&s, 0, INT_MAX - 3), 0);
	for (int value = INT_MAX - 3; value < INT_MAX; value++) {
		EQUALS(value_of(&s), value);
		EQUALS(sem_post(&s), 0);
	}
	EQUALS(value_of(&s), INT_MAX);
	FAILS(sem_post(&s), EOVERFLOW);
	EQUALS(value_of(&s), INT_MAX);
}

/* What lies in the first word of a sem_t for VALUE. In 32 bits glibc keeps the
 * lowest bit of this word for "somebody waits". */
static int as_stored(int value)
{
	return sizeof(void *) == 4 && glibc_version() ? 2 * value : value;
}

/* From here on malloc() finds nothing to give: the heap may not grow, and what
 * it had is taken. */
static void exhaust_memory(void)
{
	const struct rlimit none = { 0, 0 };

	HOLDS(setrlimit(RLIMIT_AS, &none) == 0);
	for (size_t size = 1 << 20; size > 0; )
		if (malloc(size) == NULL)
			size /= 2;
}

CLAIM("0-074 1-436 1-455",
      "memory-based: sem_init() allocates nothing, it fills your memory")
{
	const size_t words = sizeof(sem_t) / sizeof(unsigned);

	for (int pshared = 0; pshared < 2; pshared++) {
		sem_t *s = page(MAP_SHARED);
		unsigned *word = (unsigned *)s;
		pid_t pid;

		memset(s, 0xff, 2 * sizeof *s);
		pid = fork();
		if (pid == 0) {
			exhaust_memory();
			forbid_system_calls();	/* nor does the kernel help */
			_exit(sem_init(s, pshared, 5) != 0);
		}
		EQUALS(ends(pid), 0);
		EQUALS(word[0], as_stored(5));	/* the value comes first */
		EQUALS(word[words], UINT_MAX);	/* and nothing lies behind */

		/* All else of that process is gone, and it is a semaphore. */
		for (int unit = 0; unit < 5; unit++)
			EQUALS(sem_trywait(s), 0);
		FAILS(sem_trywait(s), EAGAIN);
	}
}

/* That sem_destroy() ends it cannot be seen: in glibc and musl it does nothing
 * (L11-06). */
CLAIM("0-086 1-440 1-474", "sem_destroy() ends it; the memory stays yours")
{
	sem_t *s = page(MAP_SHARED);

	EQUALS(sem_init(s, 1, 1), 0);
	EQUALS(value_of(s), 1);
	EQUALS(sem_destroy(s), 0);
	EQUALS(is_mapped(s), 1);
	EQUALS(sem_init(s, 1, 7), 0);	/* the same bytes, used again */
	EQUALS(value_of(s), 7);
	EQUALS(munmap(s, 4096), 0);	/* what gives them back */
	EQUALS(is_mapped(s), 0);
}

CLAIM("0-079 1-432", "an unnamed one has sem_init, sem_wait, sem_post and "
      "sem_destroy, and sem_trywait: EAGAIN without a unit")
{
	sem_t s;

	EQUALS(sem_init(&s, 0, 1), 0);
	EQUALS(sem_wait(&s), 0);
	FAILS(sem_trywait(&s), EAGAIN);
	EQUALS(sem_post(&s), 0);
	EQUALS(value_of(&s), 1);
	EQUALS(sem_destroy(&s), 0);
}

CLAIM("0-080 1-432",
      "a named one has sem_open, sem_wait, sem_post, sem_close, sem_unlink")
{
	sem_t *s = sem_open("/lesson11", O_CREAT | O_EXCL, 0600, 1);

	HOLDS(s != SEM_FAILED);
	EQUALS(sem_wait(s), 0);
	EQUALS(value_of(s), 0);
	EQUALS(sem_post(s), 0);
	EQUALS(value_of(s), 1);
	EQUALS(is_mapped(s), 1);
	EQUALS(sem_close(s), 0);
	EQUALS(is_mapped(s), 0);
	s = sem_open("/lesson11", 0);		/* the name is still there */
	HOLDS(s != SEM_FAILED);
	EQUALS(sem_unlink("/lesson11"), 0);
	HOLDS(sem_open("/lesson11", 0) == SEM_FAILED && errno == ENOENT);
}

CLAIM("0-073", "a named one is found by /name, of at most 251 characters with "
      "glibc, which puts 4 before it, and 255 with musl")
{
	size_t longest = glibc_version() ? 251 : 255;
	char name[300] = "/";
	sem_t *s;

	memset(name + 1, 'x', longest);
	s = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
	HOLDS(s != SEM_FAILED);
	HOLDS(sem_open(name, 0) != SEM_FAILED);
	EQUALS(sem_unlink(name), 0);
	name[longest + 1] = 'x';
	FAILS(sem_open(name, O_CREAT, 0600, 0) == SEM_FAILED ? -1 : 0,
	      ENAMETOOLONG);
	FAILS(sem_open("/a/b", O_CREAT, 0600, 0) == SEM_FAILED ? -1 : 0,
	      EINVAL);
}

CLAIM("1-475", "sem_close() is for named ones: glibc says EINVAL for an "
      "unnamed one")
{
	sem_t *s = page(MAP_PRIVATE), *named;

	if (!glibc_version())
		SKIP("only glibc looks whether it is a named one");
	EQUALS(sem_init(s, 0, 3), 0);
	FAILS(sem_close(s), EINVAL);
	EQUALS(value_of(s), 3);			/* it was a good one, and is */
	named = sem_open("/lesson11", O_CREAT | O_EXCL, 0600, 3);
	HOLDS(named != SEM_FAILED);
	EQUALS(sem_close(named), 0);
	EQUALS(sem_unlink("/lesson11"), 0);
}

/* The first process has made the memory, but not yet called sem_init(). */
CLAIM("0-017", "a peer that comes early finds a semaphore nobody has set up")
{
	int fd = shm_open("/lesson11", O_RDWR | O_CREAT | O_EXCL, 0600);
	int early[2], made[2];
	sem_t *s;
	pid_t peer;
	char c;

	HOLDS(fd != -1 && ftruncate(fd, 4096) == 0);
	HOLDS(pipe(early) == 0 && pipe(made) == 0);
	peer = fork();
	if (peer == 0) {
		int its = shm_open("/lesson11", O_RDWR, 0);

		s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, its,
			 0);
		EQUALS(value_of(s), 0);		/* fresh memory, no unit */
		HOLDS(write(early[1], "x", 1) == 1);
		HOLDS(read(made[0], &c, 1) == 1);
		EQUALS(value_of(s), 3);
		_exit(0);
	}
	HOLDS(read(early[0], &c, 1) == 1);
	s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	EQUALS(sem_init(s, 1, 3), 0);
	HOLDS(write(made[1], "x", 1) == 1);
	EQUALS(ends(peer), 0);
	EQUALS(shm_unlink("/lesson11"), 0);
}

CLAIM("L11-10", "a post before sem_init() is lost: the value is what "
      "sem_init() was given")
{
	sem_t *s = page(MAP_SHARED);
	pid_t early;

	memset(s, 0, sizeof *s);	/* as fresh memory is */
	early = fork();
	if (early == 0)
		_exit(sem_post(s) != 0);
	EQUALS(ends(early), 0);
	EQUALS(value_of(s), 1);
	EQUALS(sem_init(s, 1, 0), 0);
	EQUALS(value_of(s), 0);
	FAILS(sem_trywait(s), EAGAIN);
}

CLAIM("0-029", "it lives as long as its memory: its creator has gone, and "
      "it stays; after shm_unlink() it is there where it is mapped")
{
	pid_t creator = fork();
	sem_t *s;
	int fd;

	if (creator == 0) {
		fd = shm_open("/lesson11", O_RDWR | O_CREAT | O_EXCL, 0600);
		HOLDS(fd != -1 && ftruncate(fd, 4096) == 0);
		s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			 0);
		_exit(sem_init(s, 1, 3) != 0 || sem_wait(s) != 0);
	}
	EQUALS(ends(creator), 0);
	fd = shm_open("/lesson11", O_RDWR, 0);
	HOLDS(fd != -1);
	s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	EQUALS(value_of(s), 2);
	EQUALS(shm_unlink("/lesson11"), 0);
	FAILS(shm_open("/lesson11", O_RDWR, 0), ENOENT);
	EQUALS(sem_post(s), 0);		/* where it is mapped, it is there */
	EQUALS(value_of(s), 3);
}

/* Unrelated: it inherits no memory, it maps what it finds by name. */
CLAIM("1-438", "who can map the memory can post: a child that maps it anew")
{
	int fd = shm_open("/lesson11", O_RDWR | O_CREAT | O_EXCL, 0600);
	pid_t poster, sleeper;
	sem_t *s;

	HOLDS(fd != -1 && ftruncate(fd, 4096) == 0);
	poster = fork();
	if (poster == 0) {			/* has no mapping yet */
		s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
			 shm_open("/lesson11", O_RDWR, 0), 0);
		raise(SIGSTOP);
		_exit(sem_post(s) != 0);
	}
	HOLDS(waitpid(poster, NULL, WUNTRACED) == poster);
	s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	EQUALS(sem_init(s, 1, 0), 0);
	sleeper = waiter(s);
	HOLDS(kill(poster, SIGCONT) == 0);
	EQUALS(ends(poster), 0);
	EQUALS(ends(sleeper), 0);
	EQUALS(shm_unlink("/lesson11"), 0);
}

CLAIM("0-085", "a value of 1 stays binary only by good manners")
{
	sem_t *s = page(MAP_SHARED);
	pid_t other;

	EQUALS(sem_init(s, 1, 1), 0);
	other = fork();
	if (other == 0)
		_exit(sem_post(s) != 0);	/* has never waited */
	EQUALS(ends(other), 0);
	EQUALS(value_of(s), 2);
	EQUALS(sem_trywait(s), 0);
	EQUALS(sem_trywait(s), 0);		/* two are inside now */
}

CLAIM("0-085", "a mutex has an owner: another's unlock is EPERM")
{
	pthread_mutex_t *m = (pthread_mutex_t *)page(MAP_SHARED);
	pthread_mutexattr_t a;
	pid_t other;

	EQUALS(pthread_mutexattr_init(&a), 0);
	EQUALS(pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED), 0);
	EQUALS(pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK), 0);
	EQUALS(pthread_mutex_init(m, &a), 0);
	EQUALS(pthread_mutex_lock(m), 0);
	other = fork();
	if (other == 0)
		_exit(pthread_mutex_trylock(m) != EBUSY ||
		      pthread_mutex_unlock(m) != EPERM);
	EQUALS(ends(other), 0);
	EQUALS(pthread_mutex_unlock(m), 0);	/* the owner's own */
}

#define STRICT "-Wall -Werror"

CLAIM("1-430 0-081", "<semaphore.h> is enough for unnamed ones")
{
	static const char body[] = "int f(sem_t *s)\n"
		"{ return sem_init(s, 1, 1) + sem_wait(s) + sem_trywait(s) +\n"
		"sem_post(s) + sem_destroy(s); }\n";
	char source[300];

	HOLDS(!compiles(STRICT, body));
	snprintf(source, sizeof source, "#include <semaphore.h>\n%s", body);
	HOLDS(compiles(STRICT, source));
}

CLAIM("0-081", "sem_open with O_CREAT needs <fcntl.h> too; the <semaphore.h> "
      "of musl brings it along")
{
	static const char body[] = "sem_t *f(void)\n"
		"{ return sem_open(\"/x\", O_CREAT, 0600, 1); }\n";
	char source[300];

	snprintf(source, sizeof source, "#include <semaphore.h>\n%s", body);
	EQUALS(compiles(STRICT, source), glibc_version() == 0);
	snprintf(source, sizeof source,
		 "#include <semaphore.h>\n#include <fcntl.h>\n%s", body);
	HOLDS(compiles(STRICT, source));
}

CLAIM("L11-01", "a holder that dies gives nothing back")
{
	sem_t *s = page(MAP_SHARED);
	pid_t holder;

	EQUALS(sem_init(s, 1, 1), 0);
	holder = fork();
	if (holder == 0) {
		HOLDS(sem_wait(s) == 0);
		raise(SIGKILL);
	}
	EQUALS(ends(holder), 128 + SIGKILL);
	FAILS(sem_trywait(s), EAGAIN);
}

/* ---------------------------------------------------- the bounded buffer */

enum { PLACES = 4 };

struct rack {
	sem_t free_places, wet_plates, turn;
	int next;
	int plate[PLACES];
};

static struct rack *make_rack(unsigned turns)
{
	struct rack *r = (struct rack *)page(MAP_SHARED);

	memset(r, 0, sizeof *r);
	HOLDS(sizeof *r <= 4096);
	EQUALS(sem_init(&r->free_places, 1, PLACES), 0);
	EQUALS(sem_init(&r->wet_plates, 1, 0), 0);
	EQUALS(sem_init(&r->turn, 1, turns), 0);
	return r;
}

/* Put plates 1 to N; with COUNTED, wait for a free place before each. */
static void put_all(struct rack *r, int n, int counted)
{
	for (int plate = 1; plate <= n; plate++) {
		if (counted)
			HOLDS(sem_wait(&r->free_places) == 0);
		r->plate[(plate - 1) % PLACES] = plate;
		HOLDS(sem_post(&r->wet_plates) == 0);
	}
}

static int take_from(struct rack *r, int place)
{
	int plate;

	HOLDS(sem_wait(&r->wet_plates) == 0);
	plate = r->plate[place];
	HOLDS(sem_post(&r->free_places) == 0);
	return plate;
}

CLAIM("L11-11", "two semaphores: the producer sleeps while all places are "
      "full, one place given back wakes it, and everything comes in its order")
{
	struct rack *r = make_rack(0);
	pid_t washer = fork();

	if (washer == 0) {
		put_all(r, 6, 1);
		_exit(0);
	}
	for (int taken = 0; taken < 2; taken++) {
		HOLDS(blocks(washer));
		EQUALS(value_of(&r->free_places), 0);
		EQUALS(value_of(&r->wet_plates), PLACES);
		EQUALS(take_from(r, taken), taken + 1);
	}
	EQUALS(ends(washer), 0);
	for (int taken = 2; taken < 6; taken++)
		EQUALS(take_from(r, taken % PLACES), taken + 1);
	EQUALS(value_of(&r->free_places), PLACES);
	EQUALS(value_of(&r->wet_plates), 0);
}

CLAIM("L11-11", "the consumer sleeps while the buffer is empty, and a post "
      "wakes it")
{
	struct rack *r = make_rack(0);
	pid_t dryer = fork();

	if (dryer == 0)
		_exit(take_from(r, 0) != 1);
	HOLDS(blocks(dryer));
	put_all(r, 1, 1);
	EQUALS(ends(dryer), 0);
	EQUALS(value_of(&r->wet_plates), 0);
}

CLAIM("L11-12", "a producer that does not count free places overwrites what "
      "nobody has taken")
{
	struct rack *r = make_rack(0);

	put_all(r, PLACES + 1, 0);
	EQUALS(value_of(&r->wet_plates), PLACES + 1);
	EQUALS(take_from(r, 0), PLACES + 1);	/* not 1: that has gone */
	EQUALS(take_from(r, 1), 2);
}

CLAIM("L11-22", "a post before the data: a fast consumer takes what stood "
      "there before")
{
	struct rack *r = make_rack(0);
	pid_t washer = fork();
	int status;

	if (washer == 0) {
		HOLDS(sem_post(&r->wet_plates) == 0);
		raise(SIGSTOP);
		r->plate[0] = 1;
		_exit(0);
	}
	HOLDS(waitpid(washer, &status, WUNTRACED) == washer &&
	      WIFSTOPPED(status));
	EQUALS(take_from(r, 0), 0);
	HOLDS(kill(washer, SIGCONT) == 0);
	EQUALS(ends(washer), 0);
	EQUALS(r->plate[0], 1);
}

/* One that looks where to put, stops there until GO, then puts. */
static void put_slowly(struct rack *r, int plate, int turns)
{
	int place;

	HOLDS(sem_wait(&r->free_places) == 0);
	if (turns)
		HOLDS(sem_wait(&r->turn) == 0);
	place = r->next;
	raise(SIGSTOP);
	r->plate[place] = plate;
	r->next = (place + 1) % PLACES;
	if (turns)
		HOLDS(sem_post(&r->turn) == 0);
	HOLDS(sem_post(&r->wet_plates) == 0);
	_exit(0);
}

static pid_t start_slow(struct rack *r, int plate, int turns)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		put_slowly(r, plate, turns);
	HOLDS(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	return pid;
}

CLAIM("L11-13", "with two producers the counters do not keep them apart: both "
      "use one place")
{
	struct rack *r = make_rack(0);
	pid_t ann = start_slow(r, 10, 0);
	pid_t bob = start_slow(r, 20, 0);

	HOLDS(kill(bob, SIGCONT) == 0);
	EQUALS(ends(bob), 0);
	EQUALS(r->plate[0], 20);
	HOLDS(kill(ann, SIGCONT) == 0);
	EQUALS(ends(ann), 0);
	EQUALS(value_of(&r->wet_plates), 2);
	EQUALS(r->plate[0], 10);		/* 20 has gone */
	EQUALS(r->plate[1], 0);
}

CLAIM("L11-13", "a third semaphore, of value 1, lets one at a time put: "
      "nothing is lost")
{
	struct rack *r = make_rack(1);
	pid_t ann = start_slow(r, 10, 1);
	pid_t bob = fork();
	int status;

	if (bob == 0)
		put_slowly(r, 20, 1);
	HOLDS(blocks(bob));			/* at the turn */
	HOLDS(kill(ann, SIGCONT) == 0);
	EQUALS(ends(ann), 0);
	HOLDS(waitpid(bob, &status, WUNTRACED) == bob && WIFSTOPPED(status));
	HOLDS(kill(bob, SIGCONT) == 0);
	EQUALS(ends(bob), 0);
	EQUALS(value_of(&r->wet_plates), 2);
	EQUALS(r->plate[0], 10);
	EQUALS(r->plate[1], 20);
}

CLAIM("L11-14", "waitpid() with WNOHANG returns 0 for a child that runs, "
      "sleeps or is stopped, and its id once it has been killed")
{
	sem_t *s = page(MAP_SHARED), *turns = page(MAP_SHARED);
	pid_t pid;
	int status;

	EQUALS(sem_init(s, 1, 0), 0);
	EQUALS(sem_init(turns, 1, 0), 0);
	FAILS(sem_trywait(turns), EAGAIN);
	pid = fork();
	if (pid == 0) {
		while (sem_trywait(s) == -1)
			sem_post(turns);	/* it runs, and never sleeps */
		sem_wait(s);
		_exit(1);
	}
	EQUALS(sem_wait(turns), 0);
	EQUALS(waitpid(pid, &status, WNOHANG), 0);
	EQUALS(is_blocked(pid), 0);
	EQUALS(sem_post(s), 0);
	HOLDS(blocks(pid));
	EQUALS(value_of(s), 0);
	EQUALS(waitpid(pid, &status, WNOHANG), 0);
	HOLDS(kill(pid, SIGSTOP) == 0);
	HOLDS(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 },
		     WSTOPPED | WNOWAIT) == 0);
	EQUALS(waitpid(pid, &status, WNOHANG), 0);
	EQUALS(waitpid(pid, &status, WNOHANG | WUNTRACED), pid);
	HOLDS(WIFSTOPPED(status));
	HOLDS(kill(pid, SIGKILL) == 0);
	HOLDS(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 },
		     WEXITED | WNOWAIT) == 0);
	EQUALS(waitpid(pid, &status, WNOHANG), pid);
	HOLDS(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

CLAIM("L11-15", "memory of memfd_create() has no name in /dev/shm, its "
      "descriptor stays open in exec(), and who maps it has the same semaphore")
{
	const char *name = "/dev/shm/lesson11";
	int fd = memfd_create("lesson11", 0);
	pid_t other;
	sem_t *s;

	HOLDS(fd != -1 && ftruncate(fd, 4096) == 0);
	FAILS(access(name, F_OK), ENOENT);
	HOLDS(shm_open("/lesson11", O_RDWR | O_CREAT, 0600) != -1);
	EQUALS(access(name, F_OK), 0);		/* this one has */
	EQUALS(shm_unlink("/lesson11"), 0);
	EQUALS(fcntl(fd, F_GETFD), 0);		/* no FD_CLOEXEC */
	EQUALS(fcntl(memfd_create("lesson11", MFD_CLOEXEC), F_GETFD),
	       FD_CLOEXEC);
	other = fork();
	if (other == 0) {			/* has no mapping yet */
		s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		raise(SIGSTOP);
		_exit(sem_post(s) != 0);
	}
	HOLDS(waitpid(other, NULL, WUNTRACED) == other);
	s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	EQUALS(sem_init(s, 1, 2), 0);
	HOLDS(kill(other, SIGCONT) == 0);
	EQUALS(ends(other), 0);
	EQUALS(value_of(s), 3);
}

/* -------------------------------------------------------- one and many */

CLAIM("L11-16", "two sleep, and one post wakes one of them")
{
	sem_t *s = page(MAP_SHARED);
	pid_t a, b, woken;
	int status;

	EQUALS(sem_init(s, 1, 0), 0);
	a = waiter(s);
	b = waiter(s);
	EQUALS(sem_post(s), 0);
	woken = wait(&status);
	HOLDS((woken == a || woken == b) && status == 0);
	HOLDS(blocks(woken == a ? b : a));
	EQUALS(value_of(s), 0);
	EQUALS(sem_post(s), 0);			/* another one for the other */
	EQUALS(ends(-1), 0);
}

CLAIM("L11-17", "a post that nobody waits for is not lost: the next two waits "
      "do not sleep after two posts, the third does")
{
	sem_t *s = page(MAP_SHARED);
	pid_t late;

	EQUALS(sem_init(s, 1, 0), 0);
	for (int posts = 0; posts < 2; posts++) {
		EQUALS(value_of(s), posts);
		EQUALS(sem_post(s), 0);
	}
	EQUALS(value_of(s), 2);
	late = fork();
	if (late == 0) {
		HOLDS(sem_wait(s) == 0);
		HOLDS(sem_wait(s) == 0);
		_exit(0);
	}
	EQUALS(ends(late), 0);
	HOLDS(waiter(s) > 0);			/* it blocks */
}

CLAIM("L11-18", "a copy of a sem_t is another semaphore: a post to it wakes "
      "nobody at the original")
{
	sem_t *s = page(MAP_SHARED);
	sem_t *copy = page(MAP_SHARED);
	pid_t pid;

	EQUALS(sem_init(s, 1, 2), 0);
	memcpy(copy, s, sizeof *copy);
	EQUALS(sem_trywait(s), 0);
	EQUALS(sem_trywait(s), 0);
	pid = waiter(s);
	EQUALS(sem_post(copy), 0);
	HOLDS(blocks(pid));
	EQUALS(value_of(s), 0);
	EQUALS(value_of(copy), 2 + 1);
	EQUALS(sem_post(s), 0);
	EQUALS(ends(pid), 0);
}

CLAIM("L11-19", "a waiter that is killed takes no unit with it")
{
	sem_t *s = page(MAP_SHARED);
	pid_t pid, other;

	EQUALS(sem_init(s, 1, 0), 0);
	pid = waiter(s);
	other = waiter(s);
	HOLDS(kill(pid, SIGKILL) == 0);
	EQUALS(ends(pid), 128 + SIGKILL);
	HOLDS(blocks(other));
	EQUALS(sem_post(s), 0);
	EQUALS(ends(other), 0);		/* the unit is there for the other */
	EQUALS(value_of(s), 0);
}

/* The sentence is about these two libraries; POSIX leaves it open. */
CLAIM("L11-06", "sem_destroy() of glibc and musl looks at nothing: it returns "
      "0 also for bytes that are no semaphore, and while somebody waits")
{
	sem_t *waited_for = page(MAP_SHARED);
	pid_t pid;
	sem_t s;

	memset(&s, 0, sizeof s);
	EQUALS(sem_destroy(&s), 0);
	memset(&s, 0xff, sizeof s);
	EQUALS(sem_destroy(&s), 0);

	EQUALS(sem_init(waited_for, 1, 0), 0);
	pid = waiter(waited_for);
	EQUALS(sem_destroy(waited_for), 0);
	HOLDS(blocks(pid));
	EQUALS(sem_post(waited_for), 0);	/* it did wait there */
	EQUALS(ends(pid), 0);
}

CLAIM("L11-08", "a wait that finds a unit and a post that finds no sleeper "
      "make no system call")
{
	sem_t *s = page(MAP_SHARED);
	pid_t pid;

	for (unsigned units = 0; units < 2; units++) {
		EQUALS(sem_init(s, 1, units), 0);
		pid = fork();
		if (pid == 0) {
			forbid_system_calls();
			_exit(sem_wait(s) != 0 || sem_post(s) != 0);
		}
		/* Without a unit it does make one. */
		EQUALS(ends(pid), units ? 0 : 128 + SIGSYS);
		EQUALS(value_of(s), units);
	}

	/* So does a post that finds a sleeper. */
	EQUALS(sem_init(s, 1, 0), 0);
	waiter(s);
	pid = fork();
	if (pid == 0) {
		forbid_system_calls();
		_exit(sem_post(s) != 0);
	}
	EQUALS(ends(pid), 128 + SIGSYS);
}

CLAIM("L11-02", "sem_timedwait() takes a point in time, not a duration")
{
	struct timespec past = { .tv_sec = 1000000 };	/* in January 1970 */
	struct timespec until, now;
	sem_t *s = page(MAP_PRIVATE);

	EQUALS(sem_init(s, 0, 0), 0);
	FAILS(sem_timedwait(s, &past), ETIMEDOUT);	/* not in 11 days */
	HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0);
	until.tv_sec = now.tv_sec + 1;
	until.tv_nsec = 0;
	HOLDS(now.tv_sec < until.tv_sec);	/* this one is to come */
	FAILS(sem_timedwait(s, &until), ETIMEDOUT);
	HOLDS(clock_gettime(CLOCK_REALTIME, &now) == 0);
	HOLDS(now.tv_sec >= until.tv_sec);	/* and not before it */
	EQUALS(sem_post(s), 0);
	EQUALS(sem_timedwait(s, &past), 0);	/* a unit is there */
}

static sem_t *handled;		/* one unit for each time the handler ran */

static void on_signal(int sig)
{
	(void)sig;
	sem_post(handled);
}

static void handle_usr1(int flags)
{
	struct sigaction act = { .sa_handler = on_signal, .sa_flags = flags };

	handled = page(MAP_SHARED);
	EQUALS(sem_init(handled, 1, 0), 0);
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	HOLDS(sigaction(SIGUSR1, NULL, &act) == 0);
	EQUALS(act.sa_flags & SA_RESTART, flags);
}

CLAIM("L11-03", "sem_wait() restarts after a handler with SA_RESTART only")
{
	sem_t *s = page(MAP_SHARED);
	pid_t pid;

	EQUALS(sem_init(s, 1, 0), 0);
	handle_usr1(0);
	pid = fork();
	if (pid == 0)
		_exit(sem_wait(s) == -1 && errno == EINTR ? 0 : 1);
	HOLDS(blocks(pid) && kill(pid, SIGUSR1) == 0);
	EQUALS(ends(pid), 0);
	EQUALS(value_of(handled), 1);

	handle_usr1(SA_RESTART);
	pid = waiter(s);
	HOLDS(kill(pid, SIGUSR1) == 0);
	EQUALS(sem_wait(handled), 0);
	HOLDS(blocks(pid));
	EQUALS(value_of(handled), 0);
	EQUALS(sem_post(s), 0);
	EQUALS(ends(pid), 0);
}

static struct timespec in_a_minute(void)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_REALTIME, &t) == 0);
	t.tv_sec += 60;
	return t;
}

CLAIM("L11-07", "sem_timedwait() ends with EINTR after a handler; with glibc "
      "also if it has SA_RESTART")
{
	struct timespec until = in_a_minute();
	sem_t *s = page(MAP_SHARED);

	EQUALS(sem_init(s, 1, 0), 0);
	for (int i = 0; i < (glibc_version() ? 2 : 1); i++) {
		pid_t pid;

		handle_usr1(i == 0 ? 0 : SA_RESTART);
		pid = fork();
		if (pid == 0)
			_exit(sem_timedwait(s, &until) == -1 && errno == EINTR ?
			      0 : 1);
		HOLDS(blocks(pid) && kill(pid, SIGUSR1) == 0);
		EQUALS(ends(pid), 0);
		if (i == 0)
			continue;
		pid = waiter(s);	/* sem_wait() does restart */
		EQUALS(sem_wait(handled), 0);
		HOLDS(kill(pid, SIGUSR1) == 0);
		EQUALS(sem_wait(handled), 0);
		HOLDS(blocks(pid));
		EQUALS(value_of(handled), 0);
	}
}

CLAIM("L11-21", "sem_timedwait() with nanoseconds below 0, or 1000000000 and "
      "more, is EINVAL if it would have to sleep")
{
	static const struct {
		long nsec;
		int error;
	} tries[] = {
		{ LONG_MIN, EINVAL }, { -1, EINVAL }, { 0, ETIMEDOUT },
		{ 999999999, ETIMEDOUT }, { 1000000000, EINVAL },
		{ LONG_MAX, EINVAL },
	};
	sem_t *s = page(MAP_PRIVATE);

	EQUALS(sem_init(s, 0, 0), 0);
	for (size_t i = 0; i < 6; i++) {
		struct timespec past = { .tv_sec = 1,
					 .tv_nsec = tries[i].nsec };

		FAILS(sem_timedwait(s, &past), tries[i].error);
	}
}

static sem_t *posted_by_handler;
static volatile pid_t *who_has_posted;	/* shared: the handler's process */

static void post_it(int sig)
{
	(void)sig;
	*who_has_posted = getpid();
	sem_post(posted_by_handler);
}

CLAIM("L11-20", "a signal handler may sem_post(): here it wakes its own wait")
{
	struct sigaction act = { .sa_handler = post_it,
				 .sa_flags = SA_RESTART };
	pid_t pid;

	posted_by_handler = page(MAP_SHARED);
	EQUALS(sem_init(posted_by_handler, 1, 0), 0);
	HOLDS(sigaction(SIGUSR1, &act, NULL) == 0);
	who_has_posted = (pid_t *)page(MAP_SHARED);
	pid = waiter(posted_by_handler);
	HOLDS(kill(pid, SIGUSR1) == 0);
	EQUALS(ends(pid), 0);
	EQUALS(*who_has_posted, pid);		/* the sleeper itself */
	EQUALS(value_of(posted_by_handler), 0);
}

CLAIM("L11-09", "a stop and a continue, as by Ctrl-Z and fg, end neither "
      "sem_wait() nor sem_timedwait()")
{
	struct timespec until = in_a_minute();
	sem_t *s = page(MAP_SHARED);

	EQUALS(sem_init(s, 1, 0), 0);
	for (int timed = 0; timed <= 1; timed++) {
		pid_t pid = fork();
		int status;

		if (pid == 0)
			_exit((timed ? sem_timedwait(s, &until) :
			       sem_wait(s)) != 0);
		HOLDS(blocks(pid) && kill(pid, SIGSTOP) == 0);
		HOLDS(waitpid(pid, &status, WUNTRACED) == pid &&
		      WIFSTOPPED(status));
		HOLDS(kill(pid, SIGCONT) == 0 && blocks(pid));
		EQUALS(sem_post(s), 0);
		EQUALS(ends(pid), 0);
	}
}

CLAIM("L11-04", "a sem_t has 32 bytes on 64-bit Linux")
{
	if (sizeof(long) != 8)
		SKIP("this is no 64-bit system");
	EQUALS(sizeof(sem_t), 32);
}

/* A real peer: od knows nothing of semaphores. */
CLAIM("L11-05", "in shared memory any file tool reads its value; twice the "
      "value, where glibc is built for 32 bits")
{
	char look[80];
	int fd = shm_open("/lesson11", O_RDWR | O_CREAT | O_EXCL, 0600);
	sem_t *s;

	HOLDS(fd != -1 && ftruncate(fd, 4096) == 0);
	s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	EQUALS(sem_init(s, 1, 41), 0);
	EQUALS(sem_post(s), 0);
	snprintf(look, sizeof look,
		 "od -A n -t d4 -N 4 /dev/shm/lesson11 | grep -qw %d",
		 as_stored(42));
	EQUALS(system(look), 0);
	EQUALS(shm_unlink("/lesson11"), 0);
}
