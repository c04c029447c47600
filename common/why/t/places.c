/*
 * places.c - programs that wait where other namespaces, other users and other
 * processors are: the tests of why run them
 *
 *	places ACT [ARGUMENT]
 *
 * An act may start others, which end with it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/wait.h>

#include "../../lesson.h"

static const char *argument;

_Noreturn static void forever(void)
{
	for (;;)
		pause();
}

/* A child that ends with us, however we end. */
static pid_t fork_child(void)
{
	int ready[2];
	char byte = 'x';
	pid_t pid;

	if (pipe(ready) == -1)
		die("pipe");
	pid = fork();
	if (pid == -1)
		die("fork");
	if (pid > 0) {
		close(ready[1]);
		if (read(ready[0], &byte, 1) == -1)
			die("read");
		close(ready[0]);
		return pid;
	}
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		die("prctl");
	close(ready[0]);
	if (write(ready[1], &byte, 1) == -1)
		_exit(1);
	close(ready[1]);
	return 0;
}

/* ------------------------------------------------------------- System V */

static int removed_id;

static void remove_set(int sig)
{
	(void)sig;
	semctl(removed_id, 0, IPC_RMID);
	_exit(0);
}

static void remove_queue(int sig)
{
	(void)sig;
	msgctl(removed_id, IPC_RMID, NULL);
	_exit(0);
}

static void act_semop(void)
{
	struct sembuf take = { .sem_num = 1, .sem_op = -2 };
	struct sembuf give = { .sem_num = 1, .sem_op = 1 };

	removed_id = semget(IPC_PRIVATE, 2, 0600);
	if (removed_id == -1)
		die("semget");
	signal(SIGTERM, remove_set);
	if (semop(removed_id, &give, 1) == -1)
		die("semop, to give");
	semop(removed_id, &take, 1);
}

struct message {
	long type;
	char text[8];
};

static void act_msgrcv(void)
{
	struct message message = { .type = 3 };

	removed_id = msgget(IPC_PRIVATE, 0600);
	if (removed_id == -1)
		die("msgget");
	signal(SIGTERM, remove_queue);
	if (msgsnd(removed_id, &message, sizeof message.text, 0) == -1)
		die("msgsnd");
	if (msgrcv(removed_id, &message, sizeof message.text, 7, 0) == -1)
		die("msgrcv");
}

/* ---------------------------------------------------------------- POSIX */

/* Its child has it open, too. */
static void act_mqueue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	char name[64];
	char text[8];
	mqd_t queue;

	snprintf(name, sizeof name, "/places.%d", (int)getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (queue == (mqd_t)-1)
		die("mq_open");
	mq_unlink(name);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "sender");
		forever();
	}
	mq_receive(queue, text, sizeof text, NULL);
}

/* Nobody else has it. */
static void act_lonely(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	char name[64];
	char text[8] = "";
	mqd_t queue;

	snprintf(name, sizeof name, "/places.%d", (int)getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (queue == (mqd_t)-1)
		die("mq_open");
	mq_unlink(name);
	mq_send(queue, text, sizeof text, 0);
	mq_send(queue, text, sizeof text, 0);
}

static void act_named(void)
{
	sem_t *sem = sem_open(argument, O_CREAT | O_EXCL, 0600, 0);

	if (sem == SEM_FAILED)
		die("sem_open");
	sem_wait(sem);
}

/* Another process of its own namespace has locked it. */
static void act_mutex(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t *m = mmap(NULL, sizeof *m, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int locked[2];
	char byte = 'x';

	if (m == MAP_FAILED)
		die("mmap");
	if (pipe(locked) == -1)
		die("pipe");
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(m, &attr);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "holder");
		pthread_mutex_lock(m);
		if (write(locked[1], &byte, 1) == -1)
			die("write");
		forever();
	}
	if (read(locked[0], &byte, 1) == -1)
		die("read");
	pthread_mutex_lock(m);
}

/* ------------------------------------------------------ FIFOs, children */

static void act_open(void)
{
	open(argument, O_RDONLY);
}

static void act_read(void)
{
	int fd = open(argument, O_RDWR);
	char byte;

	if (fd == -1)
		die("open");
	if (read(fd, &byte, 1) == -1)
		die("read");
}

static void act_waitpid(void)
{
	pid_t child = fork_child();

	if (child == 0) {
		prctl(PR_SET_NAME, "child");
		forever();
	}
	waitpid(child, NULL, 0);
}

static const struct {
	const char *name;
	void (*play)(void);
} acts[] = {
	{ "semop", act_semop }, { "msgrcv", act_msgrcv },
	{ "mqueue", act_mqueue }, { "lonely", act_lonely },
	{ "named", act_named }, { "mutex", act_mutex }, { "open", act_open },
	{ "read", act_read }, { "waitpid", act_waitpid },
};

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 3)
		quit("usage: places ACT [ARGUMENT]");
	argument = argc == 3 ? argv[2] : "";
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
		if (strcmp(argv[1], acts[i].name) != 0)
			continue;
		prctl(PR_SET_NAME, acts[i].name);
		acts[i].play();
		forever();
	}
	quit("there is no act '%s' in places.c", argv[1]);
}
