/*
 * again - a barrier that is used twice: who sets the counter back, and when?
 *
 *   Fast and Slow pass gate 1, then gate 2. Slow is slow between its arrival at
 *   a gate and its wait there: any process can lose its turn on the processor
 *   at that place.
 *
 * Watch: in the wrong way Fast passes both gates while Slow still stands at the
 * first one. In the right way Fast waits for Slow at gate 2.
 *
 * Try: set SEMAPHORES to 2. What happens in the right way, and who waits for
 * whom? End it with Ctrl-C.
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { SEMAPHORES = 3 };	// the wrong way uses only the first one
enum { PROCESSES = 2 };		// Fast and Slow
enum { GATES = 2 };

static int set;

static void remove_set(void)
{
	semctl(set, 0, IPC_RMID);
}

static void make_set(void)
{
	hold_signals();
	// No key is needed: our child inherits the id.
	set = semget(IPC_PRIVATE, SEMAPHORES, 0600);
	if (set == -1)
		die("semget");
	remove_at_end(remove_set);
	let_signals();
}

/* semctl() may take a fourth argument. No header defines its type, so we do.
 * SETVAL uses val, SETALL array, IPC_STAT buf (semctl(2)). */
union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
};

/* Two are missing at gate 1. The other semaphores count nothing yet. */
static void all_are_missing(void)
{
	unsigned short values[SEMAPHORES] = { PROCESSES };
	union semun arg = { .array = values };

	if (semctl(set, 0, SETALL, arg) == -1)
		die("semctl SETALL");
}

static void add(unsigned short semaphore, short amount)
{
	struct sembuf operation = { .sem_num = semaphore, .sem_op = amount };

	if (semop(set, &operation, 1) == -1)
		die("semop, add");
}

static void wait_for_zero(unsigned short semaphore)
{
	struct sembuf until_zero = { .sem_num = semaphore, .sem_op = 0 };

	while (semop(set, &until_zero, 1) == -1) {
		if (errno != EINTR)
			die("semop, wait for zero");
	}
}

/* Is the semaphore zero now? It does not wait. */
static int is_zero(unsigned short semaphore)
{
	struct sembuf look = {
		.sem_num = semaphore,
		.sem_op = 0,
		.sem_flg = IPC_NOWAIT,
	};

	if (semop(set, &look, 1) == 0)
		return 1;
	if (errno != EAGAIN)
		die("semop, look");
	return 0;
}

/* The semaphore that counts how many are missing at GATE: gate 1 has counter 0,
 * gate 2 has counter 1, gate 3 has counter 2, gate 4 has counter 0 again. */
static unsigned short counter_of(int gate)
{
	return (unsigned short)((gate - 1) % SEMAPHORES);
}

/* Arrive at GATE: take 1 from its counter and add 1 to the counter of the next
 * gate, in one step. With two processes the counters are:
 *
 *				counter 0	counter 1	counter 2
 *	at the beginning	2		0		0
 *	one is at gate 1	1		1		0
 *	both are at gate 1	0: open		2		0
 *	one is at gate 2	0: open		1		1
 *	both are at gate 2	0: open		0: open		2
 *	one is at gate 3	1		0: open		1
 *
 * Counter 0 goes up again when somebody arrives at gate 3. That process has
 * passed gate 2, so both had arrived at gate 2, so both had passed gate 1. So
 * however late the slow one looks at counter 0, it is still zero. */
static void arrive_by_turns(int gate)
{
	struct sembuf both[] = {
		{ .sem_num = counter_of(gate), .sem_op = -1 },
		{ .sem_num = counter_of(gate + 1), .sem_op = 1 },
	};

	if (semop(set, both, 2) == -1)
		die("semop, arrive");
}

/* WRONG: each one adds its 1 again as soon as it has passed. */
static void fast_adds_again(void)
{
	for (int gate = 1; gate <= GATES; gate++) {
		add(0, -1);
		wait_for_zero(0);
		say("wrong: Fast has passed gate %d", gate);
		add(0, 1);
	}
}

static void fast_turns(void)
{
	for (int gate = 1; gate <= GATES; gate++) {
		unsigned short counter = counter_of(gate);

		arrive_by_turns(gate);
		wait_for_zero(counter);
		say("right: Fast has passed gate %d", gate);
	}
}

static pid_t start_fast(void (*way)(void))
{
	pid_t parent = getpid();
	pid_t fast = fork();

	if (fast == -1)
		die("fork");
	if (fast == 0) {
		// If the parent is killed, nobody else arrives at the gates.
		if (!end_with_parent(parent))
			die("end_with_parent");
		way();
		exit(EXIT_SUCCESS);
	}
	// When it sleeps, it has arrived, and waits for Slow.
	if (!wait_until_asleep(fast))
		quit("Fast has ended, but it should wait");
	return fast;
}

static void see_it_end(pid_t fast)
{
	int status;

	if (waitpid(fast, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("Fast has failed");
}

static void wrong_way(void)
{
	pid_t fast;

	all_are_missing();
	fast = start_fast(fast_adds_again);

	// We are Slow. Fast waits at gate 1, and we arrive as the last one.
	// But before we come to our wait, Fast runs through both gates. The
	// counter:
	//	we arrive	1 - 1 = 0	Fast passes gate 1
	//	Fast adds 1	0 + 1 = 1
	//	Fast arrives	1 - 1 = 0	Fast passes gate 2
	//	Fast adds 1	0 + 1 = 1	now it stays 1
	add(0, -1);
	see_it_end(fast);

	// A wait would never end now. So we only look.
	if (is_zero(0))
		say("wrong: Slow has passed gate 1");
	else
		say("wrong: Slow would wait at gate 1 for ever: it missed the"
		    " zero");
}

static void right_way(void)
{
	unsigned short gate_1 = counter_of(1);
	unsigned short gate_2 = counter_of(2);
	pid_t fast;

	all_are_missing();
	fast = start_fast(fast_turns);

	// As before, Fast runs between our arrival and our wait. But now it
	// comes only to gate 2, and sleeps there.
	arrive_by_turns(1);
	wait_until_asleep(fast);
	wait_for_zero(gate_1);
	say("right: Slow has passed gate 1");

	arrive_by_turns(2);
	see_it_end(fast);
	wait_for_zero(gate_2);
	say("right: Slow has passed gate 2");
}

int main(void)
{
	make_set();
	wrong_way();
	right_way();
	return EXIT_SUCCESS;
}
