/*
 * check - what who-comes-first asks of pour
 *
 * The checker is the one who came first, and takes its time: it stops between
 * making the set, setting its value and using it, and looks what pour does.
 */
#include <sys/sem.h>
#include <time.h>

#include "../../../common/proof/check.h"

enum { AT_FIRST = 100, MANY_LOOKS = 20000 };

union semun { int val; struct semid_ds *buf; unsigned short *array; };

static key_t key;
static char key_text[16];

/* The key for tank TAG: nobody's yet. */
static void new_key(unsigned tag)
{
	key = check_key(tag);
	snprintf(key_text, sizeof key_text, "%#x", (unsigned)key);
	HOLDS(semget(key, 0, 0) == -1 && errno == ENOENT);
}

static int make_set(void)
{
	int id = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);

	HOLDS(id != -1);
	return id;
}

static void set_value(int id)
{
	HOLDS(semctl(id, 0, SETVAL, AT_FIRST) == 0);
}

static void first_use(int id, int litres)
{
	struct sembuf one = { 0, (short)litres, 0 };

	HOLDS(semop(id, &one, 1) == 0);
}

/* The level in the tank of the key, which is removed then. */
static int level_at_the_end(void)
{
	int id = semget(key, 0, 0), level;

	MUST(id != -1, "it has ended, and there is no set with the key that "
	     "it was given");
	level = semctl(id, 0, GETVAL);
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
	return level;
}

CHECK(2, "alone", "who comes first sets the tank up, the next one pours in too")
{
	struct prog p;
	int level;

	new_key(0);
	p = start("pour", key_text, "5", NULL);
	MUST_EXIT(&p, 0);
	p = start("pour", key_text, "7", NULL);
	MUST_EXIT(&p, 0);
	level = level_at_the_end();
	MUST(level == AT_FIRST + 12, "one after the other pours 5 and 7 into a "
	     "tank with 100; then the level is %d", level);
}

/* How often has it looked at the set since we looked here last? -1 if it has
 * poured. It may be much: it goes on while we wait for the processor. */
static int looks(FILE *log)
{
	char line[64];
	int looked = 0;

	while (fgets(line, sizeof line, log)) {
		if (strstr(line, " semop ") || strstr(line, " semtimedop "))
			return -1;
		looked += strstr(line, " semctl ") != NULL;
	}
	HOLDS(!ferror(log));
	clearerr(log);		/* more may come behind the end of the file */
	return looked;
}

static long long now_ms(void)
{
	struct timespec t;

	HOLDS(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* See P look again and again, so many times MORE, or at least five times if
 * that takes it more than a second. Meanwhile it must not pour, nor give up: a
 * maker may be as slow as he likes. */
static void must_wait(struct prog *p, int id, FILE *log, int more,
		      const char *when)
{
	const long long until = now_ms() + 1500;
	int now = looks(log), all = 0;

	while (now == -1 || all < 5 || (all < more && now_ms() < until)) {
		MUST(semctl(id, 0, GETVAL) % AT_FIRST == 0 && now != -1,
		     "somebody else %s, and it does not wait until that one "
		     "has made the first semop(): what it pours now may be "
		     "lost", when);
		MUST(!has_ended(p), "somebody else %s, and it has ended, after "
		     "%d looks more: it has to wait until that one has made "
		     "the first semop(), however long that takes", when, all);
		sched_yield();
		now = looks(log);
		all += now;
	}
}

CHECK_AFTER(4, "waits", "alone", "it waits until the maker has set the tank up")
{
	struct how how = { .log = "calls" };
	FILE *log = fopen("calls", "w+e");
	struct prog p;
	int id, level;

	HOLDS(log != NULL);
	new_key(1);
	id = make_set();
	p = start_how(&how, "pour", key_text, "5", NULL);
	must_wait(&p, id, log, MANY_LOOKS, "has made the set");
	set_value(id);
	must_wait(&p, id, log, 5, "has made the set and set its value");
	first_use(id, 3);
	MUST_EXIT(&p, 0);
	level = level_at_the_end();
	MUST(level == AT_FIRST + 8, "5 and 3 were poured into a tank with "
	     "100; the level is %d", level);
}

/* With this fault the first semget() says ENOENT: somebody makes the set just
 * between that call and the next one. Who began by making it has failed. */
CHECK_AFTER(2, "between", "alone", "of two who come first, one makes the tank")
{
	struct how how = { .fault = "semget:1:ENOENT" };
	struct prog p;
	int id, level, status;

	new_key(2);
	id = make_set();
	set_value(id);
	first_use(id, 3);
	p = start_how(&how, "pour", key_text, "5", NULL);
	status = end_of(&p);
	level = level_at_the_end();
	MUST(level == AT_FIRST + 3 + (status ? 0 : 5), "when it looked, there "
	     "was no set, and then somebody made one, with 103 litres. It "
	     "takes that one for its own: the level is %d now", level);
}

CHECK_AFTER(2, "many", "waits between", "of ten at the same time nobody's "
	    "litres are lost")
{
	enum { SEEDS = 5, MANY = 10 };

	for (unsigned s = 0; s < SEEDS; s++) {
		struct how how = { .shake = check_seed() + 1 + s };
		struct prog p[MANY];
		int level;

		new_key(3);
		for (int i = 0; i < MANY; i++)
			p[i] = start_how(&how, "pour", key_text, "1", NULL);
		for (int i = 0; i < MANY; i++)
			MUST_EXIT(&p[i], 0);
		level = level_at_the_end();
		MUST(level == AT_FIRST + MANY, "ten poured a litre each into "
		     "a tank with 100, at the same time (seed %u): the level "
		     "is %d", how.shake, level);
	}
}

CHECK_AFTER(1, "gone", "waits", "it does not wait for a set that is removed")
{
	struct how how = { .log = "calls" };
	FILE *log = fopen("calls", "w+e");
	struct prog p;
	int id;

	HOLDS(log != NULL);
	new_key(4);
	id = make_set();
	p = start_how(&how, "pour", key_text, "5", NULL);
	must_wait(&p, id, log, 5, "has made the set");
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
	MUST_FAIL(&p);
}

static unsigned scenes;

static struct prog maker(const struct how *how)
{
	key = check_key(5 + scenes++ % 11);
	snprintf(key_text, sizeof key_text, "%#x", (unsigned)key);
	semctl(semget(key, 0, 0), 0, IPC_RMID);
	return start_how(how, "pour", key_text, "5", NULL);
}

static struct prog joiner(const struct how *how)
{
	int id;

	key = check_key(5 + scenes++ % 11);
	snprintf(key_text, sizeof key_text, "%#x", (unsigned)key);
	semctl(semget(key, 0, 0), 0, IPC_RMID);
	id = make_set();
	set_value(id);
	first_use(id, 1);
	return start_how(how, "pour", key_text, "5", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "alone", "a call that fails is noticed and named")
{
	MUST_NOTICE(maker);
	MUST_NOTICE(joiner);
}
