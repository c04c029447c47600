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
#include <linux/fuse.h>
#include <mqueue.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
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
static mqd_t make_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	char name[64];
	mqd_t queue;

	snprintf(name, sizeof name, "/places.%d", (int)getpid());
	queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
	if (queue == (mqd_t)-1)
		die("mq_open");
	mq_unlink(name);
	return queue;
}

static void act_mqueue(void)
{
	mqd_t queue = make_queue();
	char text[8];

	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "sender");
		forever();
	}
	mq_receive(queue, text, sizeof text, NULL);
}

/* Nobody else has it. */
static void act_lonely(void)
{
	mqd_t queue = make_queue();
	char text[8] = "";

	mq_send(queue, text, sizeof text, 0);
	mq_send(queue, text, sizeof text, 0);
}

/* Be told of a message, and wait for that. */
static void wait_for_notice(mqd_t queue)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGUSR1 };
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (mq_notify(queue, &event) == -1)
		die("mq_notify");
	if (*argument == '1') {
		mq_send(queue, "12345678", 8, 0);
		sigwait(&set, &sig);
	}
	sigwait(&set, &sig);
}

/* It is told once: with argument 1, of a message that it has not taken. */
static void act_notice(void)
{
	mqd_t queue = make_queue();

	wait_for_notice(queue);
}

/* A message is there before it asks to be told. */
static void act_late(void)
{
	mqd_t queue = make_queue();

	mq_send(queue, "12345678", 8, 0);
	wait_for_notice(queue);
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

/* ------------------------------------------------ locks, states, threads */

static void act_lock(void)
{
	int fd = open(argument, O_RDWR | O_CREAT, 0600);
	int locked[2];
	char byte = 'x';

	if (fd == -1)
		die("open");
	if (pipe(locked) == -1)
		die("pipe");
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "holder");
		fd = open(argument, O_RDWR);
		flock(fd, LOCK_EX);
		if (write(locked[1], &byte, 1) == -1)
			die("write");
		forever();
	}
	if (read(locked[0], &byte, 1) == -1)
		die("read");
	flock(fd, LOCK_EX);
}

/* Nobody else has either end. */
static void act_pipe(void)
{
	int end[2];
	char byte;

	if (pipe2(end, O_CLOEXEC) == -1)
		die("pipe");
	if (read(end[0], &byte, 1) == -1)
		die("read");
}

/* Two that it may be */
static void act_pipes(void)
{
	int end[2];

	if (pipe2(end, O_CLOEXEC) == -1)
		die("pipe");
	act_pipe();
}

static void act_two_ended(void)
{
	for (int i = 0; i < 2; i++) {
		siginfo_t info;
		pid_t child = fork();

		if (child == -1)
			die("fork");
		if (child == 0)
			_exit(0);
		waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	}
	forever();
}

static void *end_at_once(void *unused)
{
	return unused;
}

/* Its threads come and go. */
static void act_churn(void)
{
	for (;;) {
		pthread_t thread[8];

		for (int i = 0; i < 8; i++)
			if (pthread_create(&thread[i], NULL, end_at_once, NULL))
				quit("pthread_create failed");
		for (int i = 0; i < 8; i++)
			pthread_join(thread[i], NULL);
	}
}

/* Its children come and go. */
static void act_births(void)
{
	for (;;) {
		pid_t child = fork();

		if (child == 0)
			_exit(0);
		if (child > 0)
			waitpid(child, NULL, 0);
	}
}

static void *sleep_there(void *unused)
{
	forever();
	return unused;
}

static void act_thousand(void)
{
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 1 << 16);
	for (int i = 0; i < 1000; i++) {
		pthread_t thread;

		if (pthread_create(&thread, &small, sleep_there, NULL))
			quit("pthread_create failed");
	}
	for (int i = 0; i < 1000; i++)
		if (dup(STDERR_FILENO) == -1)
			die("dup");
	prctl(PR_SET_NAME, "all-there");
}

/* --------------------------------------- a file system that does not answer */

struct init_answer {
	struct fuse_out_header head;
	struct fuse_init_out init;
};

static void answer_init(int fd, const struct fuse_in_header *head)
{
	const struct fuse_init_in *init = (const void *)(head + 1);
	struct init_answer answer;

	memset(&answer, 0, sizeof answer);
	answer.head.len = sizeof answer;
	answer.head.unique = head->unique;
	answer.init.major = FUSE_KERNEL_VERSION;
	answer.init.minor = init->minor;
	answer.init.max_write = 65536;
	if (write(fd, &answer, sizeof answer) == -1)
		die("write to /dev/fuse");
}

union request {
	struct fuse_in_header head;
	char bytes[70000];
};

/* Mounted on the folder of its argument, for itself and what it starts. */
static void act_fuse(void)
{
	static union request request;
	char options[100];
	char path[200];
	int fd = open("/dev/fuse", O_RDWR);

	if (fd == -1)
		die("open /dev/fuse");
	snprintf(options, sizeof options,
		 "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	snprintf(path, sizeof path, "%s/file", argument);
	if (mount("places", argument, "fuse", 0, options) == -1)
		die("mount");
	if (read(fd, &request, sizeof request) == -1)
		die("read of /dev/fuse");
	answer_init(fd, &request.head);
	if (fork_child() == 0) {
		close(fd);
		prctl(PR_SET_NAME, "client");
		open(path, O_RDONLY);
		_exit(1);
	}
	forever();
}

static const struct {
	const char *name;
	void (*play)(void);
} acts[] = {
	{ "semop", act_semop }, { "msgrcv", act_msgrcv },
	{ "mqueue", act_mqueue }, { "lonely", act_lonely },
	{ "notice", act_notice }, { "late", act_late },
	{ "named", act_named }, { "mutex", act_mutex }, { "open", act_open },
	{ "read", act_read }, { "waitpid", act_waitpid },
	{ "lock", act_lock }, { "pipe", act_pipe }, { "pipes", act_pipes },
	{ "two-ended", act_two_ended }, { "churn", act_churn },
	{ "births", act_births }, { "thousand", act_thousand },
	{ "fuse", act_fuse },
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
