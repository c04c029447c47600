/*
 * check - what owner-died asks of bank: the checker is the owner that dies
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"
#include "../../../common/proof/single.h"

static struct bank {			/* as in bank.c */
	pthread_mutex_t mutex;
	volatile int in_move;
	volatile long account[2], before[2];
} *bank;

/* A bank that the program has made, with 100 and 50. */
static void open_bank(void)
{
	struct prog p;
	int fd;

	unlink("file");
	p = start("bank", "file", "new", "100", "50", NULL);
	MUST_EXIT(&p, 0);
	fd = open("file", O_RDWR | O_CLOEXEC);
	MUST(fd != -1, "'new' has made no file");
	MUST(lseek(fd, 0, SEEK_END) >= (off_t)sizeof *bank,
	     "the file is too small for the structure");
	bank = mmap(NULL, sizeof *bank, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
	HOLDS(bank != MAP_FAILED);
	HOLDS(close(fd) == 0);
	MUST(bank->account[0] == 100 && bank->account[1] == 50,
	     "the accounts have %ld and %ld, not 100 and 50",
	     bank->account[0], bank->account[1]);
}

static struct prog moves(long amount)
{
	char text[24];

	snprintf(text, sizeof text, "%ld", amount);
	return start("bank", "file", "move", text, NULL);
}

/* Take AMOUNT from the first account; the second has not got it yet. */
static void begin_move(long amount)
{
	bank->before[0] = bank->account[0];
	bank->before[1] = bank->account[1];
	bank->in_move = 1;
	bank->account[0] -= amount;
}

/* A process that locks, begins to move AMOUNT if that is not 0, or even ends
 * the move but for `in_move', and dies. */
static void owner_dies(long amount, int late)
{
	pid_t pid = fork();

	HOLDS(pid != -1);
	if (pid == 0) {
		if (pthread_mutex_lock(&bank->mutex) != 0)
			_exit(1);
		if (amount)
			begin_move(amount);
		if (late)
			bank->account[1] += amount;
		_exit(0);
	}
	MUST(ends(pid) == 0, "another process cannot lock the mutex any more");
}

/* Lock the mutex as another program would. */
static void lock(const char *when)
{
	int err = pthread_mutex_lock(&bank->mutex);

	MUST(err != EOWNERDEAD, "%s the mutex still says EOWNERDEAD", when);
	MUST(err != ENOTRECOVERABLE, "%s the mutex is lost for ever "
	     "(ENOTRECOVERABLE): unlocked before it was made consistent", when);
	MUST(err == 0, "%s the mutex cannot be locked: %s", when,
	     errno_name(err));
}

static void unlock(void)
{
	HOLDS(pthread_mutex_unlock(&bank->mutex) == 0);
}

static void accounts_are(long first, long second)
{
	MUST(bank->account[0] + bank->account[1] == first + second,
	     "the accounts have %ld and %ld, %ld together: they should have "
	     "%ld", bank->account[0], bank->account[1],
	     bank->account[0] + bank->account[1], first + second);
	MUST(bank->account[0] == first, "the accounts have %ld and %ld, not "
	     "%ld and %ld", bank->account[0], bank->account[1], first, second);
}

static void has_moved(struct prog *p, long first, long second)
{
	char want[64];

	snprintf(want, sizeof want, "%ld %ld\n", first, second);
	MUST_EXIT(p, 0);
	accounts_are(first, second);
	MUST_SAY(p, want);
}

CHECK(2, "moves", "it moves the money, and prints both accounts")
{
	long n = 1 + (long)random_below(99);
	struct prog p;

	open_bank();
	p = moves(n);
	has_moved(&p, 100 - n, 50 + n);
	p = moves(-7);
	has_moved(&p, 107 - n, 43 + n);
}

CHECK_AFTER(1, "waits", "moves",
	    "it waits while another process has the mutex")
{
	struct prog p;

	open_bank();
	lock("before any move");
	p = moves(10);
	MUST_SLEEP(&p, "it ended though another process has the mutex");
	accounts_are(100, 50);
	bank->account[0] = 300;
	unlock();
	has_moved(&p, 290, 60);
}

CHECK_AFTER(4, "died", "moves",
	    "the owner died in the middle: the move is undone")
{
	struct prog p;

	open_bank();
	owner_dies(30, 0);
	p = moves(10);
	has_moved(&p, 90, 60);
	open_bank();
	owner_dies(30, 1);
	p = moves(10);
	has_moved(&p, 90, 60);
}

CHECK_AFTER(3, "usable", "died",
	    "after the repair the mutex is as good as new")
{
	struct prog p;

	open_bank();
	for (long i = 1; i <= 3; i++) {
		owner_dies(30, 0);
		p = moves(10);
		has_moved(&p, 100 - 20 * i + 10, 50 + 20 * i - 10);
		lock("after the repair");
		unlock();
		p = moves(10);
		has_moved(&p, 100 - 20 * i, 50 + 20 * i);
	}
}

CHECK_AFTER(1, "whole", "died",
	    "the owner died outside a move: nothing is undone")
{
	struct prog p;

	open_bank();
	p = moves(10);
	has_moved(&p, 90, 60);
	owner_dies(0, 0);
	p = moves(10);
	has_moved(&p, 80, 70);
	lock("there was nothing to undo, and");
	unlock();
	p = moves(10);
	has_moved(&p, 70, 80);
}

CHECK_AFTER(1, "while", "died", "the owner dies while it waits: it is told")
{
	struct prog p;
	pid_t pid;
	int in[2];
	char c;

	open_bank();
	HOLDS(pipe(in) == 0);
	pid = fork();
	HOLDS(pid != -1);
	if (pid == 0) {
		close(in[1]);
		if (pthread_mutex_lock(&bank->mutex) != 0)
			_exit(1);
		begin_move(30);
		_exit(read(in[0], &c, 1) != 0);
	}
	MUST(blocks(pid), "the mutex cannot be locked");
	p = moves(10);
	MUST(await_blocked(&p), "it ended though another process has the "
	     "mutex");
	HOLDS(close(in[1]) == 0);
	EQUALS(ends(pid), 0);
	has_moved(&p, 90, 60);
}

/* Hold a program that moves 10 at its edge number EDGES of a system call; 0 if
 * it has ended. */
static int held_at(struct prog *p, unsigned edges)
{
	struct how how = { .fault = "any:1:stop" };
	int is_held;

	*p = start_how(&how, "bank", "file", "move", "10", NULL);
	is_held = step_begin(p);
	while (is_held && edges-- > 0)
		is_held = step(p);
	return is_held;
}

/* How many edges of system calls does it pass before it touches the bank? */
static unsigned edges_before(void)
{
	const struct bank before = *bank;
	unsigned edges = 0;
	struct prog p;

	if (held_at(&p, 0))
		while (step(&p) && memcmp(&before, bank, sizeof before) == 0)
			edges++;
	end_by(&p, SIGKILL);
	return edges;
}

/* Is in BEFORE what the bank has, but for the mutex? What it has goes there. */
static int is_as(struct bank *before)
{
	const int same = before->in_move == bank->in_move &&
			 before->account[0] == bank->account[0] &&
			 before->account[1] == bank->account[1] &&
			 before->before[0] == bank->before[0] &&
			 before->before[1] == bank->before[1];

	*before = *bank;
	return same;
}

/* The owner died with the move all but done. Who repairs that, and then moves
 * 10, goes on instruction by instruction until the bank has changed N times,
 * and is killed there. 1; 0 if it ends before that. */
static int repairer_dies(unsigned n, unsigned edges)
{
	struct bank before;
	unsigned changes = 0;
	struct prog p;

	owner_dies(30, 1);
	before = *bank;
	if (held_at(&p, edges))
		while (changes < n && single_step(&p))
			changes += !is_as(&before);
	if (changes < n) {
		MUST_EXIT(&p, 0);
		return 0;
	}
	end_by(&p, SIGKILL);
	return 1;
}

/* After each store that changes something, one after the other. Its own move
 * counts if it has come to its end. */
CHECK_AFTER(3, "again", "usable whole while",
	    "who repairs is killed as well, at any moment: the next one "
	    "repairs")
{
	unsigned edges;
	struct bank new_one;

	open_bank();
	new_one = *bank;
	owner_dies(30, 1);
	edges = edges_before();
	*bank = new_one;
	for (unsigned n = 1; repairer_dies(n, edges); n++, *bank = new_one) {
		struct prog p = moves(10);
		long first;

		MUST_EXIT(&p, 0);
		first = bank->account[0];
		MUST(first + bank->account[1] == 150 &&
		     (first == 90 || first == 80),
		     "the owner died in a move of 30, who repaired that was "
		     "killed after its change number %u of the bank, and the "
		     "next one leaves %ld and %ld, not 90 and 60: when may "
		     "in_move become 0, and does the repair stand being done "
		     "twice?",
		     n, first, bank->account[1]);
		lock("after two deaths");
		unlock();
	}
}

static struct prog scene(const struct how *how)
{
	open_bank();
	return start_how(how, "bank", "file", "move", "10", NULL);
}

static struct prog scene_of_death(const struct how *how)
{
	open_bank();
	owner_dies(30, 0);
	return start_how(how, "bank", "file", "move", "10", NULL);
}

static struct prog scene_of_making(const struct how *how)
{
	unlink("other");
	return start_how(how, "bank", "other", "new", "100", "50", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "usable", "a call that fails is noticed, and named")
{
	struct how no_memory = { .fault = "mmap:1:ENOMEM" };
	struct prog p = scene(&no_memory);

	MUST_FAIL_WITH(&p, ENOMEM);
	p = start("bank", "not-there", "move", "10", NULL);
	MUST_FAIL_WITH(&p, ENOENT);
	p = start("bank", "file", "new", "1", "1", NULL);
	MUST_FAIL_WITH(&p, EEXIST);
	MUST_NOTICE(scene);
	MUST_NOTICE(scene_of_death);
	MUST_NOTICE(scene_of_making);
}
