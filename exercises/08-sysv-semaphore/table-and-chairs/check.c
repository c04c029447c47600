/*
 * check - what table-and-chairs asks of seat
 *
 * The checker is the waiter: it has tables and chairs put there or taken away,
 * and looks what seat holds meanwhile.
 */
#include <sys/sem.h>
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"

enum { TABLES, CHAIRS };

static char id_text[16];

/* A set with these values; its id as text is the program's argument. */
static int make_room(int tables, int chairs)
{
	int id = semget(IPC_PRIVATE, 2, 0600);

	HOLDS(id != -1);
	HOLDS(semctl(id, TABLES, SETVAL, tables) == 0);
	HOLDS(semctl(id, CHAIRS, SETVAL, chairs) == 0);
	snprintf(id_text, sizeof id_text, "%d", id);
	return id;
}

static int value(int id, int num)
{
	int val = semctl(id, num, GETVAL);

	HOLDS(val != -1);
	return val;
}

static void must_stand(int id, const char *when, int tables, int chairs)
{
	MUST(value(id, TABLES) == tables && value(id, CHAIRS) == chairs,
	     "%s, %d of the tables and %d of the chairs have to be free: it "
	     "is %d and %d",
	     when, tables, chairs, value(id, TABLES), value(id, CHAIRS));
}

/* Guests come, and eat until *MEAL is closed. */
static struct prog seat(const struct how *base, int guests, int *meal)
{
	struct how how = base ? *base : (struct how){ .in = 0 };
	char text[16];
	int s[2];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	*meal = s[0];
	snprintf(text, sizeof text, "%d", guests);
	return start_how(&how, "seat", id_text, text, NULL);
}

static void leave(struct prog *p, int meal, int guests)
{
	char want[64];

	snprintf(want, sizeof want, "seat     | seated: %d\n", guests);
	HOLDS(close(meal) == 0);
	MUST_EXIT(p, 0);
	MUST_SAY(p, want);
}

CHECK(3, "takes", "it has a table and a chair for each guest while they eat")
{
	for (int guests = 1; guests <= 5; guests += 2) {
		int meal, id = make_room(2, 6);
		struct prog p = seat(NULL, guests, &meal);

		MUST(await_lines(&p, 1) && await_blocked(&p),
		     "it ended before the meal did");
		must_stand(id, "while its guests eat", 1, 6 - guests);
		leave(&p, meal, guests);
	}
}

CHECK_AFTER(2, "back", "takes", "after the meal all of it is free again")
{
	int meal, id = make_room(2, 6);
	struct prog p = seat(NULL, 4, &meal);

	MUST(await_lines(&p, 1), "it ended before the meal did");
	leave(&p, meal, 4);
	must_stand(id, "after the meal", 2, 6);
}

/* GUESTS come, and there are so many TABLES and CHAIRS: not enough. Then comes
 * what is missing. */
static void waits(int tables, int chairs, int guests)
{
	int meal, id = make_room(tables, chairs);
	struct prog p = seat(NULL, guests, &meal);

	MUST(await_blocked(&p), "%d tables and %d chairs are free, %d guests "
	     "came, and it ended instead of waiting", tables, chairs, guests);
	MUST(out_lines(&p) == 0, "%d tables and %d chairs are free, and it "
	     "says that %d guests are seated", tables, chairs, guests);
	must_stand(id, "while it waits", tables, chairs);
	MUST_NOT_POLL(&p, "while it waits");
	HOLDS(semctl(id, TABLES, GETNCNT) + semctl(id, CHAIRS, GETNCNT) > 0);
	if (tables == 0) {
		struct sembuf one = { TABLES, 1, 0 };

		HOLDS(semop(id, &one, 1) == 0);
	} else {
		struct sembuf rest = { CHAIRS, (short)(guests - chairs), 0 };

		HOLDS(semop(id, &rest, 1) == 0);
	}
	MUST(await_lines(&p, 1), "all is there now that it waited for, and it "
	     "ended instead of taking it");
	leave(&p, meal, guests);
}

CHECK_AFTER(4, "nothing", "takes", "while it waits for the one, it holds "
	    "nothing of the other")
{
	waits(1, 1, 3);
	waits(1, 0, 1);
	waits(0, 6, 2);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	make_room(1, 4);
	how.in = input_text("soup\n");
	return start_how(&how, "seat", id_text, "2", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "takes", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
