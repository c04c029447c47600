/*
 * check - what wait-your-turn asks of turn
 *
 * The checker has the same semaphore open: it takes the place, gives it back,
 * and looks how many units are left.
 */
#include <fcntl.h>
#include <semaphore.h>
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"

static char name[OWN_NAME];
static sem_t *place;
static int door;			/* our end of its stdin */

static void make_room(const char *what, unsigned units)
{
	check_name(name, what);
	place = sem_open(name, O_CREAT | O_EXCL, 0600, units);
	HOLDS(place != SEM_FAILED);
}

static int units(void)
{
	int value;

	HOLDS(sem_getvalue(place, &value) == 0);
	return value;
}

static struct prog comes(void)
{
	struct how how = { .fd3 = 0 };
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	door = s[0];
	return start_how(&how, "turn", name, NULL);
}

/* It has its line, and may come out. */
static void call_out(struct prog *p)
{
	HOLDS(send(door, "\n", 1, MSG_NOSIGNAL) == 1);
	HOLDS(close(door) == 0);
	MUST_EXIT(p, 0);
	MUST_SAY(p, "turn     | inside\nturn     | outside\n");
}

CHECK(2, "takes", "who is inside has the unit")
{
	struct prog p;

	make_room("takes", 1);
	p = comes();
	MUST(await_blocked(&p), "it ended before its line came");
	MUST(out_lines(&p) == 1, "the place was free, and it has not gone in");
	MUST(units() == 0, "it is inside, and the semaphore stands at %d, not "
	     "at 0: the next one would go in, too", units());
	call_out(&p);
	HOLDS(sem_unlink(name) == 0);
}

CHECK_AFTER(3, "sleeps", "takes", "if the place is taken, it sleeps until it "
	    "is free")
{
	struct prog p;

	make_room("sleeps", 0);
	p = comes();
	MUST(await_blocked(&p), "the place was taken, and it ended, instead of "
	     "waiting");
	MUST(out_lines(&p) == 0, "the place was taken, and it went in");
	MUST_STAY_ASLEEP(p.pid, "while the place is taken");
	HOLDS(sem_post(place) == 0);
	MUST(await_lines(&p, 1) && await_blocked(&p), "the place was given "
	     "back, and it ended");
	MUST(units() == 0, "it was woken, and went in, and the semaphore "
	     "stands at %d, not at 0", units());
	call_out(&p);
	HOLDS(sem_unlink(name) == 0);
}

CHECK_AFTER(2, "gives", "takes", "who comes out gives the unit back")
{
	struct prog p;

	make_room("gives", 1);
	for (int i = 0; i < 3; i++) {
		p = comes();
		MUST(await_blocked(&p), "it ended before its line came");
		call_out(&p);
		MUST(units() == 1, "it has come out, and the semaphore stands "
		     "at %d, not at 1: %s", units(), units() == 0 ?
		     "nobody can go in any more" : "there is one place, and "
		     "so many may go in now");
	}
	HOLDS(sem_unlink(name) == 0);
	nothing_left();
}

static unsigned scenes;

static struct prog scene(const struct how *base)
{
	struct how how = *base;
	char what[16];

	snprintf(what, sizeof what, "e%u", scenes++);
	make_room(what, 1);
	how.in = input_text("\n");
	return start_how(&how, "turn", name, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "takes", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
