/*
 * check - what hand-over asks of publish
 *
 * The checker is the reader, an impatient one: it looks at the object all the
 * time, from its first byte on, and takes what is there at the moment when
 * `ready' is set.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/step.h"

enum { SEEDS = 20, MOST = 1024 * 1024 };

struct record {
	uint32_t ready;
	uint32_t size;
	sem_t taken;
	char bytes[];
};

static const size_t header = offsetof(struct record, bytes);
static char name[OWN_NAME];
static char data[MOST + 2];

static void new_name(void)
{
	static int n;
	char what[8];

	snprintf(what, sizeof what, "r%d", n++);
	check_name(name, what);
}

static struct prog publish(const struct how *base, size_t len)
{
	struct how how = base ? *base : (struct how){ .in = 0 };

	how.in = input(data, len);
	return start_how(&how, "publish", name, NULL);
}

/* The object, once it has room for a header. */
static int open_early(const struct prog *p, struct stat *st)
{
	int fd;

	when_it_hangs("there is no object of that name: a reader cannot find "
		      "the record");
	/* Has it ended, is asked before each look: after one it could still do
	 * what is looked for, and then end. */
	for (;;) {
		int ended = has_ended(p);

		fd = shm_open(name, O_RDWR, 0);
		if (fd != -1)
			break;
		MUST(!ended, "it has ended and there was no object %s", name);
		sched_yield();
	}
	when_it_hangs(NULL);
	for (;;) {
		int ended = has_ended(p);

		HOLDS(fstat(fd, st) == 0);
		if (st->st_size >= (off_t)header)
			return fd;
		MUST(!ended, "it has ended, and the object has %ld bytes",
		     (long)st->st_size);
		sched_yield();
	}
}

static struct record *map_early(const struct prog *p, size_t len)
{
	struct stat st;
	int fd = open_early(p, &st);
	size_t size = header + len;
	struct record *r = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
				fd, 0);

	HOLDS(r != MAP_FAILED);
	for (;;) {
		int ended = has_ended(p);	/* as in open_early() */

		if (__atomic_load_n(&r->ready, __ATOMIC_ACQUIRE) != 0)
			break;
		MUST(!ended, "it has ended and 'ready' was never set");
		sched_yield();
	}
	HOLDS(fstat(fd, &st) == 0);
	MUST(st.st_size >= (off_t)size, "'ready' is set and the object has "
	     "%ld bytes, not %zu", (long)st.st_size, size);
	MUST(st.st_size < (off_t)(size + (size_t)sysconf(_SC_PAGESIZE)),
	     "the object has %ld bytes, and a record of %zu needs %zu, or as "
	     "many pages as that takes", (long)st.st_size, len, size);
	MUST(__atomic_load_n(&r->ready, __ATOMIC_RELAXED) == 1, "'ready' is "
	     "%u, not 1", r->ready);
	HOLDS(close(fd) == 0);
	return r;
}

static int is_there(void)
{
	int fd = shm_open(name, O_RDONLY, 0);

	if (fd == -1)
		return 0;
	HOLDS(close(fd) == 0);
	return 1;
}

/* What is there at the very moment when `ready' is set. */
static void take(const struct prog *p, size_t len)
{
	static char got[MOST];
	struct record *r = map_early(p, len);
	uint32_t size = r->size;
	int posts;

	memcpy(got, r->bytes, len);
	HOLDS(sem_getvalue(&r->taken, &posts) == 0);
	MUST(size == len, "'ready' is set and 'size' is %u, not %zu: does it "
	     "come before the rest is stored?", size, len);
	MUST(memcmp(got, data, len) == 0, "'ready' is set and not all of the "
	     "%zu bytes are there yet: whoever sees 1 begins to read", len);
	MUST(posts == 0, "'taken' has the value %d before anybody has taken "
	     "it", posts);
	MUST(await_blocked(p), "it ended before its record was taken");
	MUST_NOT_POLL(p, "while nobody has taken the record");
	MUST(is_there(), "nobody has taken the record yet, and its name has "
	     "gone: how shall a reader find it?");
	HOLDS(sem_post(&r->taken) == 0);
	HOLDS(munmap(r, header + len) == 0);
}

static void must_be_gone(void)
{
	MUST(shm_open(name, O_RDONLY, 0) == -1, "the object is still there "
	     "after it was taken");
}

CHECK(3, "record", "a record is published, taken, and then unlinked")
{
	struct prog p;

	random_bytes(data, 100);
	new_name();
	p = publish(NULL, 100);
	take(&p, 100);
	MUST_EXIT(&p, 0);
	must_be_gone();
}

CHECK_AFTER(4, "complete", "record", "when 'ready' is set, all the rest is "
	    "there")
{
	for (unsigned s = 0; s < SEEDS; s++) {
		struct how how = { .shake = check_seed() + 1 + s,
				   .word = "0:4" };	/* `ready' */
		size_t len = 1 + random_below(20000);
		struct prog p;

		random_bytes(data, len);
		for (size_t i = 0; i < len; i++)
			data[i] |= 1;		/* a zero is not there yet */
		new_name();
		p = publish(&how, len);
		take(&p, len);
		MUST_EXIT(&p, 0);
		MUST_RELEASE("ready");
	}
}

CHECK_AFTER(2, "sizes", "complete", "from no byte to 1 MiB, each one arrives")
{
	const size_t more[] = { 0, MOST - 1, MOST };
	struct prog p;

	random_bytes(data, MOST);
	for (size_t i = 0; i < SIZES + 3; i++) {
		size_t len = i < SIZES ? sizes[i] : more[i - SIZES];

		new_name();
		p = publish(NULL, len);
		take(&p, len);
		MUST_EXIT(&p, 0);
		must_be_gone();
	}
	new_name();
	p = publish(NULL, MOST + 1);
	MUST_FAIL(&p);
}

static const unsigned char *others;	/* another program's, all zero */

static const char *used(void)
{
	struct stat st;
	int fd = shm_open(name, O_RDONLY, 0);

	if (fd == -1)
		return "it has unlinked a name that it had not made";
	HOLDS(fstat(fd, &st) == 0 && close(fd) == 0);
	if (st.st_size != 4096)
		return "it gave another size to an object that it had not made";
	for (size_t i = 0; i < 4096; i++)
		if (others[i] != 0)
			return "it wrote into an object that it had not made: "
			       "O_EXCL tells the two apart";
	return NULL;
}

CHECK_AFTER(1, "taken", "record", "an object of that name is left alone")
{
	struct prog p;
	int fd;

	new_name();
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd != -1);
	HOLDS(ftruncate(fd, 4096) == 0);
	others = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	HOLDS(others != MAP_FAILED);
	p = publish(NULL, 10);
	MUST_REFUSE(&p, 0, used);
	HOLDS(shm_unlink(name) == 0);
}

CHECK_AFTER(1, "short", "record", "bytes that come one at a time are all there")
{
	struct how how = { .in = 0 };
	struct prog p;

	random_bytes(data, 300);
	new_name();
	how.in = one_byte_pipe(data, 300);
	p = start_how(&how, "publish", name, NULL);
	take(&p, 300);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(1, "take", "record", "its own 'take' gets the record as well")
{
	struct how how = { .fault = "sem_post:1:EIO" };
	struct prog p, taker;
	struct stat st;

	random_word(data, 1001);
	for (size_t len = 0; len <= 1000; len += 1000) {
		new_name();
		p = publish(NULL, len);
		HOLDS(close(open_early(&p, &st)) == 0);
		taker = start("publish", name, "take", NULL);
		MUST_EXIT(&taker, 0);
		MUST_EXIT(&p, 0);
		MUST_SAY(&taker, len ? data : "");
	}
	new_name();
	p = publish(NULL, 10);
	HOLDS(close(open_early(&p, &st)) == 0);
	taker = start_how(&how, "publish", name, "take", NULL);
	MUST_FAIL(&taker);
	end_by(&p, SIGTERM);
}

/* Take a record without a verdict: it may never be ready. */
static void take_quietly(pid_t publisher)
{
	struct stat st = { .st_size = 0 };
	struct record *r;
	int fd = -1;

	while (fd == -1 || fstat(fd, &st) == -1 || st.st_size < 100) {
		if (kill(publisher, 0) == -1)
			_exit(0);
		if (fd == -1)
			fd = shm_open(name, O_RDWR, 0);
		sched_yield();
	}
	r = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	while (r != MAP_FAILED && kill(publisher, 0) == 0)
		if (__atomic_load_n(&r->ready, __ATOMIC_ACQUIRE) == 1) {
			sem_post(&r->taken);
			break;
		}
	_exit(0);
}

static struct prog scene(const struct how *how)
{
	struct prog p;

	new_name();
	p = publish(how, 100);
	if (fork() == 0)
		take_quietly(p.pid);
	return p;
}

MAY_FAIL("close munmap sem_destroy shm_unlink");

CHECK_AFTER(1, "errors", "record", "a call that fails is noticed and named")
{
	struct prog p;

	random_bytes(data, 100);
	MUST_NOTICE(scene);
	p = start("publish", NULL);
	MUST_FAIL(&p);
	p = start("publish", "no/name", NULL);
	MUST_FAIL(&p);
	no_object_left();
}

CHECK_AFTER(1, "clean", "record", "nothing is left, also after SIGTERM")
{
	struct prog p;

	new_name();
	p = publish(NULL, 10);
	map_early(&p, 10);
	MUST(await_blocked(&p), "it does not wait until it was taken");
	end_by(&p, SIGTERM);
	nothing_left();
}

/* A run that is held where a signal shall come. */
static struct prog to_be_held(void)
{
	const struct how how = { .fault = "any:1:stop" };

	if (is_there())
		shm_unlink(name);
	return publish(&how, 10);
}

static int next_signal(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	static unsigned n;

	return signals[n++ % 3];
}

/* P is held, a signal comes, and P has to end without an object. Had it one a
 * step BEFORE, has it one NOW? */
static void ends_there(struct prog *p, int before, int now)
{
	const int sig = next_signal();

	HOLDS(kill(p->pid, sig) == 0);
	step_end(p);
	MUST(!sleeps_on(p), "we held it between two of its steps, sent it "
	     "signal %d (%s), and let it go on: now it sleeps, and does not "
	     "end. Does it look at a flag, and then wait?", sig,
	     strsignal(sig));
	end_of(p);
	MUST(!is_there(), "a signal came %s: it has ended, and its object "
	     "stays", before && now ? "between two of its steps" :
	     "when the object had just been made, and it did not know that "
	     "yet");
}

/* The same, beside an object of that name that is another's. */
static void leaves_it(struct prog *p, int before, int now)
{
	HOLDS(before && now);
	HOLDS(kill(p->pid, next_signal()) == 0);
	step_end(p);
	end_of(p);
	MUST(is_there(), "an object of that name was there already. A signal "
	     "came while it tried to make its own, and it has unlinked the "
	     "other one");
}

static struct prog held_beside_another(void)
{
	const struct how how = { .fault = "any:1:stop" };

	return publish(&how, 10);
}

CHECK_AFTER(3, "moment", "clean taken", "whenever a signal comes, its own "
	    "object goes, and no other")
{
	int fd;

	new_name();
	step_everywhere(to_be_held, is_there, ends_there);
	new_name();
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd != -1);
	step_everywhere(held_beside_another, is_there, leaves_it);
	HOLDS(shm_unlink(name) == 0);
}
