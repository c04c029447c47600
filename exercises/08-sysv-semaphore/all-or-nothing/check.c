/*
 * check - what all-or-nothing asks of desk
 *
 * The checker is the other process at the desk: it holds a device, and looks
 * what desk holds meanwhile.
 */
#include <sys/sem.h>
#include <sys/socket.h>

#include "../../../common/proof/asleep.h"

enum { SCANNER, PRINTER };

static char id_text[16];

/* A set with these values; its id as text is the program's argument. */
static int make_set(int scanner, int printer)
{
	int id = semget(IPC_PRIVATE, 2, 0600);

	HOLDS(id != -1);
	HOLDS(semctl(id, SCANNER, SETVAL, scanner) == 0);
	HOLDS(semctl(id, PRINTER, SETVAL, printer) == 0);
	snprintf(id_text, sizeof id_text, "%d", id);
	return id;
}

static int value(int id, int num)
{
	int val = semctl(id, num, GETVAL);

	HOLDS(val != -1);
	return val;
}

static void must_be_free(int id)
{
	MUST(value(id, SCANNER) == 1 && value(id, PRINTER) == 1,
	     "after it has ended, the scanner stands at %d and the printer at "
	     "%d; both have to be 1 again", value(id, SCANNER),
	     value(id, PRINTER));
}

/* Let JOB wait for its page, and look what it holds. */
static void holds_both(const char *job)
{
	int s[2], id = make_set(1, 1);
	struct how how = { .fd3 = 0 };
	struct prog p;
	char page[200], want[300];

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	p = start_how(&how, "desk", id_text, job, NULL);
	MUST(await_blocked(&p), "it ended before it had its page");
	MUST(value(id, SCANNER) == 0, "%s waits for its page and does not "
	     "hold the scanner", job);
	MUST(value(id, PRINTER) == 0, "%s waits for its page and does not "
	     "hold the printer", job);
	random_word(page, sizeof page);
	snprintf(want, sizeof want, "desk     | %s: has both\n%s", job, page);
	MUST(send(s[0], page, strlen(page), MSG_NOSIGNAL) ==
	     (ssize_t)strlen(page), "it ended before its input did");
	HOLDS(close(s[0]) == 0);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
	must_be_free(id);
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
}

CHECK(3, "both", "it holds both while it works, and then gives them back")
{
	holds_both("copy");
	holds_both("fax");
}

/* Somebody has TAKEN; JOB comes. Does it hold the other one while it waits? */
static int clings(const char *job, int taken)
{
	int other = taken == PRINTER ? SCANNER : PRINTER, held;
	const char *name = taken == PRINTER ? "printer" : "scanner";
	int id = make_set(taken != SCANNER, taken != PRINTER);
	struct prog p = start("desk", id_text, job, NULL);

	MUST(await_blocked(&p), "%s did not wait for the %s, which somebody "
	     "else had", job, name);
	MUST(out_lines(&p) == 0, "%s says that it has both, but somebody else "
	     "has the %s", job, name);
	MUST_NOT_POLL(&p, "while somebody else has a device");
	held = value(id, other) == 0;
	HOLDS(semop(id, &(struct sembuf){ (unsigned short)taken, 1, 0 }, 1)
	      == 0);
	MUST_EXIT(&p, 0);
	must_be_free(id);
	HOLDS(semctl(id, 0, IPC_RMID) == 0);
	return held;
}

CHECK_AFTER(5, "circle", "both", "a copy and a fax never wait for each other")
{
	static const char *const job[] = { "copy", "fax" };
	static const char *const device[] = { "scanner", "printer" };
	int held[2][2];		/* by the job, and by what it waits for */

	for (int j = 0; j < 2; j++)
		for (int d = SCANNER; d <= PRINTER; d++)
			held[j][d] = clings(job[j], d);
	for (int d = SCANNER; d <= PRINTER; d++)
		MUST(!held[0][d] || !held[1][!d], "while it waits for the %s, "
		     "%s holds the %s; while it waits for the %s, %s holds "
		     "the %s. When they meet, each waits for what the other "
		     "has, for ever", device[d], job[0], device[!d],
		     device[!d], job[1], device[d]);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	make_set(1, 1);
	how.in = input_text("page\n");
	return start_how(&how, "desk", id_text, "copy", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "both", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
