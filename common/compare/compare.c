/*
 * compare - System V against POSIX, in one run, as ratios
 *
 * Times on a shared machine mean little; the ratio of two times that were
 * taken in turns, on the same CPUs, means something. Each figure is the
 * median of ROUNDS rounds; the two sides of a pair alternate.
 *
 * Nothing is named and nothing is left: IPC_PRIVATE objects are removed as
 * soon as they are made or at the end, POSIX ones lie in anonymous memory or
 * are unlinked while open.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <sched.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <time.h>

#include "../lesson.h"

enum { ROUNDS = 9, QUICK = 50000, SLOW = 2000, BYTES = 64 };

static sem_t *posix_sem;		/* two of them, in shared memory */
static int sysv_set = -1, sysv_queue = -1;
static mqd_t posix_queue[2];

static void remove_objects(void)
{
	if (sysv_set != -1)
		semctl(sysv_set, 0, IPC_RMID);
	if (sysv_queue != -1)
		msgctl(sysv_queue, IPC_RMID, NULL);
}

static mqd_t make_mq(const char *what)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = BYTES };
	char name[OWN_NAME];
	mqd_t q;

	own_name(name, what);
	mq_unlink(name);
	q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (q == (mqd_t)-1)
		die("mq_open");
	mq_unlink(name);
	return q;
}

static void make_objects(void)
{
	remove_at_end(remove_objects);
	posix_sem = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (posix_sem == MAP_FAILED)
		die("mmap");
	if (sem_init(&posix_sem[0], 1, 0) || sem_init(&posix_sem[1], 1, 0))
		die("sem_init");
	sysv_set = semget(IPC_PRIVATE, 2, 0600);
	sysv_queue = msgget(IPC_PRIVATE, 0600);
	if (sysv_set == -1 || sysv_queue == -1)
		die("semget, msgget");
	posix_queue[0] = make_mq("there");
	posix_queue[1] = make_mq("back");
}

/* ------------------------------------------- what is measured: one step */

static void posix_op(int which, int n)
{
	if ((n > 0 ? sem_post(&posix_sem[which]) :
		     sem_wait(&posix_sem[which])) == -1)
		die("sem_post, sem_wait");
}

static void sysv_op(int which, int n, int flags)
{
	struct sembuf op = { (unsigned short)which, (short)n, (short)flags };

	if (semop(sysv_set, &op, 1) == -1)
		die("semop");
}

static void sysv_plain(int which, int n)
{
	sysv_op(which, n, 0);
}

static void sysv_undo(int which, int n)
{
	sysv_op(which, n, SEM_UNDO);
}

static void posix_message(int which, int n)
{
	char buf[BYTES] = { 0 };

	if ((n > 0 ? mq_send(posix_queue[which], buf, BYTES, 0) :
		     (int)mq_receive(posix_queue[which], buf, BYTES, NULL)) ==
	    -1)
		die("mq_send, mq_receive");
}

static void sysv_message(int which, int n)
{
	struct {
		long type;
		char text[BYTES];
	} m = { which + 1, { 0 } };

	if ((n > 0 ? msgsnd(sysv_queue, &m, BYTES, 0) :
		     (int)msgrcv(sysv_queue, &m, BYTES, which + 1, 0)) == -1)
		die("msgsnd, msgrcv");
}

typedef void step(int which, int n);

/* -------------------------------------------------------- how, and ratio */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Nobody waits: give one and take it back, QUICK times. */
static double alone(step *s)
{
	double start = now();

	for (int i = 0; i < QUICK; i++) {
		s(0, 1);
		s(0, -1);
	}
	return now() - start;
}

static void pin(size_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
}

/* The two CPUs to use, from those that we may use; equal if it is one. */
static size_t cpus[2];

static void find_cpus(void)
{
	cpu_set_t set;
	int n = 0;

	if (sched_getaffinity(0, sizeof set, &set) == -1)
		die("sched_getaffinity");
	for (size_t i = 0; i < CPU_SETSIZE && n < 2; i++)
		if (CPU_ISSET(i, &set))
			cpus[n++] = i;
	if (n == 1)
		cpus[1] = cpus[0];
}

static size_t partner_cpu;

/* Two processes hand over to each other: there and back, SLOW times. */
static double ping_pong(step *s)
{
	double start;
	pid_t partner = fork();

	if (partner == -1)
		die("fork");
	if (partner == 0) {
		pin(partner_cpu);
		for (int i = 0; i < SLOW; i++) {
			s(0, -1);
			s(1, 1);
		}
		_exit(0);
	}
	start = now();
	for (int i = 0; i < SLOW; i++) {
		s(0, 1);
		s(1, -1);
	}
	start = now() - start;
	if (waitpid(partner, NULL, 0) == -1)
		die("waitpid");
	return start;
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median of the ratios A : B, each from a pair of runs in turn. */
static void ratio(const char *what, double (*how)(step *), step *a, step *b)
{
	double r[ROUNDS];

	how(a);
	how(b);					/* warm up */
	for (int i = 0; i < ROUNDS; i++) {
		double t = how(a);

		r[i] = t / how(b);
	}
	qsort(r, ROUNDS, sizeof *r, ascending);
	printf("%-52s %6.2f   (%.2f to %.2f)\n", what, r[ROUNDS / 2], r[0],
	       r[ROUNDS - 1]);
	fflush(stdout);
}

int main(void)
{
	find_cpus();
	make_objects();
	pin(cpus[0]);
	printf("System V : POSIX, median of %d ratios (lowest to highest)\n",
	       ROUNDS);
	ratio("semaphore, nobody waits", alone, sysv_plain, posix_op);
	ratio("the same with SEM_UNDO", alone, sysv_undo, posix_op);
	ratio("message of 64 bytes, nobody waits", alone, sysv_message,
	      posix_message);
	partner_cpu = cpus[0];
	ratio("semaphore hand-over, one CPU", ping_pong, sysv_plain, posix_op);
	ratio("message hand-over, one CPU", ping_pong, sysv_message,
	      posix_message);
	partner_cpu = cpus[1];
	if (cpus[1] == cpus[0]) {
		puts("two CPUs: skipped, this process may use one only");
		return 0;
	}
	ratio("semaphore hand-over, two CPUs", ping_pong, sysv_plain,
	      posix_op);
	ratio("message hand-over, two CPUs", ping_pong, sysv_message,
	      posix_message);
	return 0;
}
