/*
 * check - what lost-update asks of bank
 *
 * The amounts are all above 0, so each booking that is lost shows in the sum.
 */
#include <fcntl.h>
#include <limits.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "../../../common/proof/check.h"

enum {
	AMOUNTS = 20, SEEDS = 20,
	ALL = 2 * AMOUNTS + 1,		/* of two_files() */
};

static char key[16], file[2][OWN_PATH];
static long last;		/* amount that amounts() has drawn */

/* Each bank in this check gets a key of its own. */
static void new_key(void)
{
	static unsigned tag;

	snprintf(key, sizeof key, "%d", (int)check_key(tag++ % 16));
}

/* AMOUNTS lines into TEXT (16 bytes each): their sum. */
static long amounts(char *text)
{
	long sum = 0, one;
	size_t len = 0;

	for (int i = 0; i < AMOUNTS; i++) {
		one = 1 + (long)random_below(999);
		sum += one;
		len += (size_t)sprintf(text + len, "%ld\n", one);
	}
	last = one;
	return sum;
}

static void put(const char *path, int flags, const char *text)
{
	int fd = open(path, flags | O_WRONLY | O_CLOEXEC, 0600);

	HOLDS(fd != -1);
	HOLDS(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	HOLDS(close(fd) == 0);
}

/* Two files of amounts: what they come to. One amount is more than an int can
 * be, and behind the last one there is no newline. */
static long two_files(void)
{
	const long large = 1 + (long)INT_MAX;
	char text[16 + AMOUNTS * 16];
	size_t n;
	long sum = large;

	for (int i = 0; i < 2; i++) {
		check_path(file[i], i ? "b" : "a");
		n = i == 0 ? (size_t)sprintf(text, "%ld\n", large) : 0;
		sum += amounts(text + n);
		if (i == 1)
			text[strlen(text) - 1] = '\0';
		put(file[i], O_CREAT | O_TRUNC, text);
	}
	return sum;
}

static struct prog start_bank(const struct how *how)
{
	new_key();
	return start_how(how, "bank", key, file[0], file[1], NULL);
}

static void must_balance(struct prog *p, long sum, int bookings)
{
	char want[80];

	snprintf(want, sizeof want, "balance %ld after %d bookings\n", sum,
		 bookings);
	MUST_SAY(p, want);
}

/* To file I, a FIFO, once somebody reads it. */
static long feed(int i)
{
	char text[AMOUNTS * 16];
	long sum = amounts(text);

	put(file[i], 0, text);
	return sum;
}

/* The account itself, when the bank has opened. */
static volatile long *find_account(const struct prog *p)
{
	int id;
	void *at;

	while ((id = shmget((key_t)atol(key), 0, 0)) == -1)
		MUST(!has_ended(p), "it has ended and made no segment with "
		     "the key %s", key);
	at = shmat(id, NULL, SHM_RDONLY);
	HOLDS(at != (void *)-1);
	return at;
}

static void two_fifos(void)
{
	for (int i = 0; i < 2; i++) {
		check_path(file[i], i ? "b" : "a");
		HOLDS(mkfifo(file[i], 0600) == 0);
	}
}

CHECK(2, "both", "two clerks book at the same time, into the segment")
{
	volatile long *balance;
	struct prog p;
	long sum;
	int first;

	two_fifos();
	p = start_bank(NULL);
	/* The first clerk gets one amount, and waits for the next one. */
	first = open(file[0], O_WRONLY | O_CLOEXEC);
	HOLDS(first != -1);
	HOLDS(write(first, "7\n", 2) == 2);
	balance = find_account(&p);
	when_it_hangs("the first clerk has read an amount, and does not book "
		      "it before the next one comes");
	while (*balance != 7)
		MUST(!has_ended(&p), "it has ended, and the balance in its "
		     "segment is %ld, not 7", *balance);
	when_it_hangs("the second clerk does not book, while the first one "
		      "waits for work: they are not at work at the same time");
	sum = 7 + feed(1);
	while (*balance != sum)
		MUST(!has_ended(&p), "it has ended, and the balance in its "
		     "segment is %ld, not %ld", *balance, sum);
	when_it_hangs(NULL);
	HOLDS(close(first) == 0);
	MUST_EXIT(&p, 0);
	must_balance(&p, sum, AMOUNTS + 1);
}

CHECK_AFTER(4, "race", "both", "no booking is lost, whatever the order")
{
	for (unsigned s = 0; s < SEEDS; s++) {
		struct how how = { .shake = check_seed() + 1 + s };
		long sum = two_files(), balance, bookings;
		struct prog p = start_bank(&how);

		MUST_EXIT(&p, 0);
		MUST(sscanf(out_text(&p, NULL), "balance %ld after %ld",
			    &balance, &bookings) == 2,
		     "it does not print \"balance B after N bookings\"");
		MUST(balance == sum || balance != (int)sum, "the balance is "
		     "%ld, not %ld: it is a long, and on its way it has been "
		     "an int", balance, sum);
		MUST(balance != sum - last || bookings != ALL - 1,
		     "the balance is %ld, not %ld: the last amount of the "
		     "second file has not been booked. There is no newline "
		     "behind it", balance, sum);
		MUST(balance == sum, "the balance is %ld, not %ld: a clerk "
		     "stored a sum that he had made from an old balance, and "
		     "wiped out what the other one had booked meanwhile "
		     "(shake seed %u)", balance, sum, how.shake);
		MUST(bookings == ALL, "%ld bookings are counted, not "
		     "%d: both clerks read the same number and both stored "
		     "one more (shake seed %u)", bookings, ALL,
		     how.shake);
		must_balance(&p, sum, ALL);
	}
}

MAY_FAIL("shmctl semctl sem_post pthread_mutex_unlock");

CHECK_AFTER(1, "errors", "both", "a call that fails is noticed and named")
{
	two_files();
	/* lesson.h calls sigaction(); removing at the end has nobody to
	 * tell; whoever fails to give back a lock leaves the other waiting,
	 * if the lock has no SEM_UNDO. */
	MUST_NOTICE(start_bank);
	HOLDS(unlink(file[1]) == 0);
	struct prog p = start_bank(NULL);

	MUST_FAIL(&p);
	no_object_left();
}

/* Both clerks wait for work; the elder is killed there. */
CHECK_AFTER(1, "killed", "both", "a clerk who is killed is noticed")
{
	int fd[2], status;
	struct prog p;
	pid_t clerk;

	two_fifos();
	p = start_bank(NULL);
	for (int i = 0; i < 2; i++) {
		fd[i] = open(file[i], O_WRONLY | O_CLOEXEC);
		HOLDS(fd[i] != -1);
	}
	clerk = first_child(p.pid);
	MUST(clerk > 0, "the bank has no child: its clerks are processes");
	HOLDS(kill(clerk, SIGKILL) == 0);
	HOLDS(close(fd[0]) == 0 && close(fd[1]) == 0);
	status = end_of(&p);
	MUST(status != 0, "a clerk was killed by a signal, and the bank ends "
	     "with status 0, as if all were booked. WEXITSTATUS() means "
	     "something only if WIFEXITED() is true");
}

CHECK_AFTER(1, "usage", "both", "with too few arguments it says what it wants")
{
	struct prog p = start("bank", "77", "a", NULL);

	MUST_FAIL(&p);
}

static int others = -1;		/* another program's segment */

static const char *removed(void)
{
	struct shmid_ds ds;

	return shmctl(others, IPC_STAT, &ds) == 0 ? NULL :
	       "it has removed a segment that it had not made";
}

CHECK_AFTER(1, "taken", "both", "an existing segment is left alone, and named")
{
	struct prog p;

	two_files();
	new_key();
	others = shmget((key_t)atol(key), 4096, IPC_CREAT | 0600);
	HOLDS(others != -1);
	p = start("bank", key, file[0], file[1], NULL);
	MUST_REFUSE(&p, 0, removed);
	MUST(strstr(err_text(), "EEXIST") || strstr(err_text(), "exist"),
	     "it does not say that the segment exists already");
	HOLDS(shmctl(others, IPC_RMID, NULL) == 0);
}

CHECK_AFTER(1, "clean", "both", "nothing is left, also after SIGTERM")
{
	struct prog p;

	two_files();
	p = start_bank(NULL);
	MUST_EXIT(&p, 0);
	HOLDS(unlink(file[0]) == 0 && unlink(file[1]) == 0);
	two_fifos();
	p = start_bank(NULL);
	MUST(await_blocked(&p), "it ended before its clerks did");
	end_by(&p, SIGTERM);
	HOLDS(unlink(file[0]) == 0 && unlink(file[1]) == 0);
	no_object_left();
}
