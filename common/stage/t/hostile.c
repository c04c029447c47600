/*
 * hostile.c - programs that misbehave, each in one way: the tests of stage
 * run them
 *
 *	hostile ACT [ARG...]
 *
 * Every object carries $HOSTILE_TAG, a number that the test chooses, so that
 * a test can tell what its own run left from the objects of others. A process
 * takes the name of its act; its partner, where it needs one, is "holder".
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "../../experiment.h"

/* ------------------------------------------------------------- helpers */

static long tag(void)
{
	const char *text = getenv("HOSTILE_TAG");

	return text ? atol(text) : 0;
}

static key_t key(int n)
{
	return (key_t)(tag() << 8 | n);
}

static const char *name(const char *what)
{
	static char text[64];

	snprintf(text, sizeof text, "/hostile.%ld.%s", tag(), what);
	return text;
}

_Noreturn static void forever(void)
{
	for (;;)
		pause();
}

static pid_t fork_or_die(void)
{
	pid_t pid = fork();

	if (pid == -1)
		die("fork");
	return pid;
}

/* In a run, add its scratch folder, which is $TMPDIR there, to the file that
 * the test names. */
static void say_where(void)
{
	const char *log = getenv("HOSTILE_WHERE"), *dir = getenv("TMPDIR");
	FILE *f = log && dir ? fopen(log, "a") : NULL;

	if (!f)
		return;
	fprintf(f, "%s\n", dir);
	fclose(f);
}

/* A partner, which must get somewhere before the act goes on. Who waits for it
 * is called "gate" meanwhile: it is not yet where the act leads it. */
static int gate;

static pid_t fork_holder(void)
{
	pid_t pid;

	gate = eventfd(0, 0);
	if (gate == -1)
		die("eventfd");
	pid = fork_or_die();
	if (pid == 0)
		prctl(PR_SET_NAME, "holder");
	return pid;
}

static void open_gate(void)
{
	if (eventfd_write(gate, 1) == -1)
		die("eventfd_write");
}

static void pass_gate(void)
{
	char act[16];
	eventfd_t n;

	prctl(PR_GET_NAME, act);
	prctl(PR_SET_NAME, "gate");
	if (eventfd_read(gate, &n) == -1)
		die("eventfd_read");
	prctl(PR_SET_NAME, act);
}

static void *shared_memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

/* ------------------------------------------------------- ends and limits */

static int act_exit(char **arg)
{
	return atoi(arg[0]);
}

static int act_segv(char **arg)
{
	volatile int *volatile nowhere = NULL;

	(void)arg;
	return *nowhere;	/* cppcheck-suppress nullPointer */
}

static int act_bytes(char **arg)
{
	for (long n = atol(arg[0]); n > 0; n--)
		putchar('x');
	return 0;
}

static int act_spam(char **arg)
{
	static char page[4096];

	(void)arg;
	for (;;)
		if (write(1, page, sizeof page) == -1)
			die("write");
}

static int act_bigfile(char **arg)
{
	static char mib[1 << 20];
	int fd = open("big", O_WRONLY | O_CREAT, 0600);

	(void)arg;
	for (int i = 0; i < 1024; i++)
		if (write(fd, mib, sizeof mib) == -1)
			die("write");
	return 0;
}

static int act_bomb(char **arg)
{
	int go_on = 1;

	(void)arg;
	while (go_on)
		if (fork() == -1)
			sched_yield();
	return 0;
}

static int act_comet(char **arg)
{
	(void)arg;
	for (;;) {
		if (fork_or_die() > 0)
			_exit(0);
		setsid();
	}
}

static int act_stop(char **arg)
{
	(void)arg;
	raise(SIGSTOP);
	return 0;
}

/* Hold it, as a debugger does. */
static int act_traced(char **arg)
{
	pid_t child;

	(void)arg;
	child = fork_holder();
	if (child == 0) {
		open_gate();
		forever();
	}
	pass_gate();
	if (ptrace(PTRACE_SEIZE, child, 0, 0) == -1)
		die("ptrace");
	if (ptrace(PTRACE_INTERRUPT, child, 0, 0) == -1)
		die("ptrace");
	forever();
}

/* Make calls without an end. */
static int act_calls(char **arg)
{
	volatile int go_on = 1;

	(void)arg;
	while (go_on)
		if (close(-1) == 0)
			die("close");
	return 0;
}

static int act_busy(char **arg)
{
	volatile int go_on = 1;

	(void)arg;
	while (go_on)
		;
	return 0;
}

static int act_stubborn(char **arg)
{
	(void)arg;
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	forever();
}

/* Two children ignore what we ignore: one is stopped, in our group, and one
 * has a session of its own. */
static int act_fortress(char **arg)
{
	(void)arg;
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (fork_holder() == 0) {
		open_gate();
		raise(SIGSTOP);
		forever();
	}
	pass_gate();
	if (fork_holder() == 0) {
		setsid();
		open_gate();
		forever();
	}
	pass_gate();
	say_where();
	forever();
}

static int act_look(char **arg)
{
	printf("%d\n", is_asleep(atoi(arg[0])));
	return 0;
}

static int act_orphan(char **arg)
{
	(void)arg;
	return end_with_parent(0);
}

static int act_kill(char **arg)
{
	int sig = arg[1] ? atoi(arg[1]) : SIGTERM;
	pid_t child = fork_or_die();

	if (child == 0)
		forever();
	if (strcmp(arg[0], "all") == 0)
		kill(-1, sig);
	else if (strcmp(arg[0], "group") == 0)
		kill(0, sig);
	else if (strcmp(arg[0], "parent") == 0)
		kill(getppid(), sig);
	else
		kill(-getpgid(getppid()), sig);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	puts("it goes on");
	return 0;
}

static int act_descriptors(char **arg)
{
	int n = 0;

	(void)arg;
	while (n < 100000 && dup(0) != -1)
		n++;
	printf("%d besides the first three\n", n);
	return 0;
}

/* ------------------------------------------------------ lines and services */

static int act_lines(char **arg)
{
	for (int i = 1; i <= atoi(arg[0]); i++) {
		printf("line %d\n", i);
		fflush(stdout);
	}
	forever();
}

static int act_serve(char **arg)
{
	sigset_t set;
	int sig;

	(void)arg;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	puts("ready");
	fflush(stdout);
	sigwait(&set, &sig);
	puts("bye");
	return 0;
}

/* Work for MS milliseconds, by its own clock: a busy machine may not hurry. */
static void work(int ms)
{
	clock_t until = clock() + CLOCKS_PER_SEC / 1000 * ms;

	while (clock() < until)
		;
}

static void *work_in_thread(void *unused)
{
	work(200);
	return unused;
}

static void work_for(const char *whom)
{
	pthread_t thread;

	if (strcmp(whom, "itself") == 0) {
		work(200);
	} else if (strcmp(whom, "clock") == 0) {
		/* Not to make an order: that time alone wakes it is the act. */
		usleep(200 * 1000);
	} else if (strcmp(whom, "child") == 0) {
		if (fork_or_die() == 0) {
			work(200);
			_exit(0);
		}
		wait(NULL);
	} else if (strcmp(whom, "thread") == 0) {
		pthread_create(&thread, NULL, work_in_thread, NULL);
		pthread_join(thread, NULL);
	}
}

static int act_late(char **arg)
{
	puts("ready");
	fflush(stdout);
	work_for(arg[0]);
	puts("last");
	fflush(stdout);
	forever();
}

static int act_spin(char **arg)
{
	(void)arg;
	puts("ready");
	fflush(stdout);
	for (;;)
		work(1000);
	return 0;
}

static void work_on(int sig)
{
	(void)sig;
	work(50);
	_exit(0);
}

static int act_family(char **arg)
{
	if (fork_holder() == 0) {
		signal(SIGTERM, arg[0] ? SIG_IGN : work_on);
		open_gate();
		forever();
	}
	pass_gate();
	puts("ready");
	fflush(stdout);
	forever();
}

static int act_await(char **arg)
{
	int fd = open(arg[0], O_RDONLY);
	char c;

	if (fd == -1 || read(fd, &c, 1) == -1)
		die("open");
	return 0;
}

/* --------------------------------------------- processes that are left */

static int act_keepsout(char **arg)
{
	(void)arg;
	if (fork_or_die() == 0)
		forever();
	puts("done");
	return 0;
}

static int act_daemon(char **arg)
{
	(void)arg;
	if (fork_holder() == 0) {
		setsid();
		if (chdir("/") == -1)
			die("chdir");
		open_gate();
		for (int fd = 0; fd < 10; fd++)
			close(fd);
		forever();
	}
	pass_gate();
	return 0;
}

static int act_double(char **arg)
{
	pid_t child = fork_holder();

	(void)arg;
	if (child == 0) {
		if (fork_or_die() > 0)
			_exit(0);
		setsid();
		open_gate();
		forever();
	}
	waitpid(child, NULL, 0);
	pass_gate();
	return 0;
}

static int act_zombie(char **arg)
{
	siginfo_t si;
	pid_t child = fork_or_die();

	(void)arg;
	if (child == 0)
		_exit(0);
	return waitid(P_PID, (id_t)child, &si, WEXITED | WNOWAIT);
}

/* ----------------------------------------------- objects that are left */

static void make_sysv(void)
{
	int q = msgget(key(1), IPC_CREAT | 0600);
	struct { long type; } msg = { 1 };

	if (q == -1 || msgsnd(q, &msg, 0, 0) == -1)
		die("msgget");
	if (shmat(shmget(key(2), 4096, IPC_CREAT | 0600), NULL, 0) ==
	    (void *)-1)
		die("shmget");
	if (semctl(semget(key(3), 1, IPC_CREAT | 0600), 0, SETVAL, 1) == -1)
		die("semget");
}

static void make_posix(void)
{
	int fd = shm_open(name("memory"), O_RDWR | O_CREAT, 0600);

	if (fd == -1)
		die("shm_open");
	if (mq_open(name("queue"), O_RDWR | O_CREAT, 0600, NULL) == (mqd_t)-1)
		die("mq_open");
	if (sem_open(name("semaphore"), O_CREAT, 0600, 0) == SEM_FAILED)
		die("sem_open");
}

static void make_files(const char *dir)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	char path[108];

	snprintf(a.sun_path, sizeof a.sun_path, "%.40s%s", dir,
		 name("socket"));
	if (bind(s, (void *)&a, sizeof a) == -1)
		die("bind");
	snprintf(path, sizeof path, "%.40s%s", dir, name("fifo"));
	if (mkfifo(path, 0600) == -1 || open(path, O_RDWR) == -1)
		die("mkfifo");
}

static int act_leak(char **arg)
{
	make_sysv();
	make_posix();
	make_files(".");
	if (!arg[0])
		return 0;
	say_where();
	if (fork_or_die() == 0)
		setsid();
	forever();
}

/* Each name of a queue that an act may make. */
static const char *const queues[] = { "queue", "empty", "timed" };

static void remove_queues(void)
{
	for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
		mq_unlink(name(queues[i]));
}

static void remove_all(void)
{
	msgctl(msgget(key(1), 0), IPC_RMID, NULL);
	shmctl(shmget(key(2), 0, 0), IPC_RMID, NULL);
	semctl(semget(key(3), 0, 0), 0, IPC_RMID);
	shm_unlink(name("memory"));
	sem_unlink(name("semaphore"));
	remove_queues();
}

static int act_hold(char **arg)
{
	char c;

	remove_at_end(remove_all);
	make_sysv();
	make_posix();
	make_files(arg[0]);
	puts("ready");
	fflush(stdout);
	return read(0, &c, 1) != 1;
}

static int act_remove(char **arg)
{
	(void)arg;
	remove_all();
	return 0;
}

static int act_rm_queues(char **arg)
{
	(void)arg;
	remove_queues();
	return 0;
}

static int act_has_queue(char **arg)
{
	(void)arg;
	for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
		if (mq_open(name(queues[i]), O_RDONLY) != (mqd_t)-1)
			return 0;
	return 1;
}

/* ------------------------------------------------------ ways to hang */

static int act_selfpipe(char **arg)
{
	int fd[2];
	char c;

	(void)arg;
	if (pipe(fd) == -1)
		die("pipe");
	return (int)read(fd[0], &c, 1);
}

static int act_poll(char **arg)
{
	struct pollfd p[2] = { { .fd = -1 }, { .events = POLLIN } };
	int fd[2];

	(void)arg;
	if (pipe(fd) == -1)
		die("pipe");
	p[1].fd = fd[0];
	return poll(p, 2, -1);
}

static int act_semop(char **arg)
{
	struct sembuf op = { 0, (short)atoi(arg[0]), 0 };
	int id = semget(key(op.sem_op ? 4 : 5), 1, IPC_CREAT | 0600);

	if (id == -1 || semctl(id, 0, SETVAL, op.sem_op ? 0 : 1) == -1)
		die("semget");
	return semop(id, &op, 1);
}

static int act_msgrcv(char **arg)
{
	struct { long type; char text[8]; } msg;
	int id = msgget(key(6), IPC_CREAT | 0600);

	(void)arg;
	return (int)msgrcv(id, &msg, sizeof msg.text, 7, 0);
}

static int act_msgsnd(char **arg)
{
	struct { long type; char text[1024]; } msg = { 1, "" };
	int id = msgget(key(7), IPC_CREAT | 0600);

	(void)arg;
	while (msgsnd(id, &msg, sizeof msg.text, 0) == 0)
		;
	return 1;
}

static int act_mqueue(char **arg)
{
	struct mq_attr a = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	mqd_t q = mq_open(name("empty"), O_RDWR | O_CREAT, 0600, &a);
	char text[8];

	(void)arg;
	if (q == (mqd_t)-1)
		die("mq_open");
	return (int)mq_receive(q, text, sizeof text, NULL);
}

static int act_unnamed(char **arg)
{
	sem_t *sem = shared_memory(sizeof *sem);

	(void)arg;
	sem_init(sem, 1, 0);
	return sem_wait(sem);
}

static int act_named(char **arg)
{
	sem_t *sem = sem_open(name("named"), O_CREAT, 0600, 0);

	(void)arg;
	if (sem == SEM_FAILED)
		die("sem_open");
	return sem_wait(sem);
}

static int act_mutex(char **arg)
{
	pthread_mutex_t *m = shared_memory(sizeof *m);
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	if (arg[0])
		pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(m, &a);
	if (fork_holder() == 0) {
		pthread_mutex_lock(m);
		open_gate();
		forever();
	}
	pass_gate();
	return pthread_mutex_lock(m);
}

static int act_flock(char **arg)
{
	(void)arg;
	if (fork_holder() == 0) {
		flock(open("locked", O_RDWR | O_CREAT, 0600), LOCK_EX);
		open_gate();
		forever();
	}
	pass_gate();
	return flock(open("locked", O_RDWR), LOCK_EX);
}

static int act_fcntl(char **arg)
{
	struct flock whole = { .l_type = F_WRLCK };
	int fd = open("record", O_RDWR | O_CREAT, 0600);

	(void)arg;
	if (fork_holder() == 0) {
		fcntl(fd, F_SETLK, &whole);
		open_gate();
		forever();
	}
	pass_gate();
	return fcntl(fd, F_SETLKW, &whole);
}

static int act_fifo(char **arg)
{
	(void)arg;
	if (mkfifo("lonely", 0600) == -1)
		die("mkfifo");
	return open("lonely", O_RDONLY);
}

static int act_socket(char **arg)
{
	int fd[2];
	char c;

	(void)arg;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
		die("socketpair");
	return (int)read(fd[0], &c, 1);
}

/* Nobody adds to it; or, with ARG, nobody takes from it, and it is full. */
static int act_eventfd(char **arg)
{
	int fd = eventfd(0, 0);
	eventfd_t n;

	if (fd == -1)
		die("eventfd");
	if (!arg[0])
		return eventfd_read(fd, &n);
	if (eventfd_write(fd, UINT64_MAX - 1) == -1)
		die("eventfd_write");
	return eventfd_write(fd, 1);
}

static int act_wait(char **arg)
{
	(void)arg;
	if (fork_holder() == 0)
		forever();
	return wait(NULL);
}

/* ------------------------------------------ calls that few programs make */

/* A pipe of its own, which nobody else reads or writes. */
static int own_pipe[2];

static void make_own_pipe(void)
{
	if (pipe(own_pipe) == -1)
		die("pipe");
}

static void fill_own_pipe(void)
{
	static char page[4096];

	make_own_pipe();
	fcntl(own_pipe[1], F_SETFL, O_NONBLOCK);
	while (write(own_pipe[1], page, sizeof page) > 0)
		;
	fcntl(own_pipe[1], F_SETFL, 0);
}

static char one_byte[1];
static struct iovec one_byte_at = { one_byte, 1 };

static void call_readv(void)
{
	make_own_pipe();
	if (readv(own_pipe[0], &one_byte_at, 1) == -1)
		die("readv");
}

static void call_preadv2(void)
{
	make_own_pipe();
	if (preadv2(own_pipe[0], &one_byte_at, 1, -1, 0) == -1)
		die("preadv2");
}

static void call_writev(void)
{
	fill_own_pipe();
	if (writev(own_pipe[1], &one_byte_at, 1) == -1)
		die("writev");
}

static void call_vmsplice(void)
{
	fill_own_pipe();
	vmsplice(own_pipe[1], &one_byte_at, 1, 0);
}

static void call_splice(void)
{
	int other[2];

	make_own_pipe();
	if (pipe(other) == -1)
		die("pipe");
	splice(own_pipe[0], NULL, other[1], NULL, 1, 0);
}

static void call_tee(void)
{
	int other[2];

	make_own_pipe();
	if (pipe(other) == -1)
		die("pipe");
	tee(own_pipe[0], other[1], 1, 0);
}

static void call_sendfile(void)
{
	int file = open("/proc/self/exe", O_RDONLY);

	fill_own_pipe();
	sendfile(own_pipe[1], file, NULL, 1);
}

static void call_recvmmsg(void)
{
	struct mmsghdr m = { .msg_hdr = { .msg_iov = &one_byte_at,
					  .msg_iovlen = 1 } };
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fd) == -1)
		die("socketpair");
	recvmmsg(fd[0], &m, 1, 0, NULL);
}

static void call_select(void)
{
	fd_set set;

	make_own_pipe();
	FD_ZERO(&set);
	FD_SET(own_pipe[0], &set);
	select(own_pipe[0] + 1, &set, NULL, NULL, NULL);
}

static void call_epoll(void)
{
	struct epoll_event e = { .events = EPOLLIN };
	int set = epoll_create1(0);

	make_own_pipe();
	if (epoll_ctl(set, EPOLL_CTL_ADD, own_pipe[0], &e) == -1)
		die("epoll_ctl");
	epoll_wait(set, &e, 1, -1);
}

static void call_signalfd(void)
{
	struct signalfd_siginfo info;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	fd = signalfd(-1, &set, 0);
	if (fd == -1)
		die("signalfd");
	if (read(fd, &info, sizeof info) == -1)
		die("read");
}

/* A call that stage knows by its name only. */
static void call_io_getevents(void)
{
	unsigned long context = 0;
	char event[32];

	if (syscall(SYS_io_setup, 1, &context) == -1)
		die("io_setup");
	syscall(SYS_io_getevents, context, 1L, 1L, event, NULL);
}

/* They watch nothing: pause() does so where the kernel has no call for it. */
static void call_ppoll(void)
{
	ppoll(NULL, 0, NULL, NULL);
}

static void call_select_nothing(void)
{
	select(0, NULL, NULL, NULL, NULL);
}

static void call_epoll_nothing(void)
{
	struct epoll_event e;

	epoll_wait(epoll_create1(0), &e, 1, -1);
}

static const struct {
	const char *name;
	void (*fn)(void);
} calls[] = {
	{ "readv", call_readv }, { "preadv2", call_preadv2 },
	{ "writev", call_writev }, { "vmsplice", call_vmsplice },
	{ "splice", call_splice }, { "tee", call_tee },
	{ "sendfile", call_sendfile }, { "recvmmsg", call_recvmmsg },
	{ "select", call_select }, { "epoll", call_epoll },
	{ "signalfd", call_signalfd }, { "io_getevents", call_io_getevents },
	{ "ppoll", call_ppoll }, { "select0", call_select_nothing },
	{ "epoll0", call_epoll_nothing },
};

static void make_call(const char *name)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (strcmp(name, calls[i].name) == 0) {
			prctl(PR_SET_NAME, name);
			calls[i].fn();
			die(name);
		}
	quit("there is no call '%s' in hostile.c", name);
}

static int act_call(char **arg)
{
	make_call(arg[0]);
	return 1;
}

/* The holder of a mutex makes call ARG: whoever wants the mutex waits until
 * that call ends. */
static int act_held(char **arg)
{
	pthread_mutex_t *m = shared_memory(sizeof *m);
	pthread_mutexattr_t a;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(m, &a);
	if (fork_holder() == 0) {
		pthread_mutex_lock(m);
		open_gate();
		make_call(arg[0]);
	}
	pass_gate();
	return pthread_mutex_lock(m);
}

/* Its memory and its calls are nobody's business but root's. */
static int act_protected(char **arg)
{
	if (prctl(PR_SET_DUMPABLE, 0) == -1)
		die("prctl");
	return act_await(arg);
}

/* Until its child has ended, or executed another program, the parent sleeps in
 * vfork() as it would for a disk. */
static int act_vfork(char **arg)
{
	(void)arg;
	if (vfork() == 0)
		for (;;)
			pause();
	return 0;
}

static int act_pause(char **arg)
{
	(void)arg;
	forever();
}

static int act_sigwait(char **arg)
{
	sigset_t set;
	int sig;

	(void)arg;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return sigwait(&set, &sig);
}

/* ------------------------------------- two that wait, for ever or not */

static void sysv_down(int id, unsigned short n)
{
	struct sembuf op = { n, -1, SEM_UNDO };

	if (semop(id, &op, 1) == -1)
		die("semop");
}

static int act_dead_sysv(char **arg)
{
	int id = semget(key(8), 2, IPC_CREAT | 0600);
	unsigned short ones[2] = { 1, 1 };

	(void)arg;
	if (id == -1 || semctl(id, 0, SETALL, ones) == -1)
		die("semget");
	sysv_down(id, 0);
	if (fork_holder() == 0) {
		sysv_down(id, 1);
		open_gate();
		sysv_down(id, 0);
	}
	pass_gate();
	sysv_down(id, 1);
	return 0;
}

static int act_dead_posix(char **arg)
{
	sem_t *sem = shared_memory(2 * sizeof *sem);

	(void)arg;
	sem_init(&sem[0], 1, 1);
	sem_init(&sem[1], 1, 1);
	sem_wait(&sem[0]);
	if (fork_holder() == 0) {
		sem_wait(&sem[1]);
		open_gate();
		sem_wait(&sem[0]);
	}
	pass_gate();
	return sem_wait(&sem[1]);
}

static int act_timerfd(char **arg)
{
	struct itimerspec hour = { .it_value = { 3600, 0 } };
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	char buf[8];

	(void)arg;
	if (timerfd_settime(fd, 0, &hour, NULL) == -1)
		die("timerfd_settime");
	return (int)read(fd, buf, sizeof buf);
}

static int act_timedwait(char **arg)
{
	struct timespec until;
	mqd_t q;
	char text[8];
	struct mq_attr a = { .mq_maxmsg = 1, .mq_msgsize = 8 };

	(void)arg;
	q = mq_open(name("timed"), O_RDWR | O_CREAT, 0600, &a);
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 3600;
	return (int)mq_timedreceive(q, text, sizeof text, NULL, &until);
}

/* ----------------------------------------------------------- launchers */

static int act_launch(char **arg)
{
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	execv(arg[0], arg);
	die("execv");
}

static int act_deaf(char **arg)
{
	signal(SIGCHLD, SIG_IGN);
	execv(arg[0], arg);
	die("execv");
}

static int act_nohup(char **arg)
{
	signal(SIGHUP, SIG_IGN);
	execv(arg[0], arg);
	die("execv");
}

/* ---------------------------------------------------------------- table */

static const struct act {
	const char *name;
	int (*fn)(char **arg);
	int args;		/* at least so many */
} acts[] = {
	/* ends with status ARG */
	{ "exit", act_exit, 1 },
	/* reads from address 0 */
	{ "segv", act_segv, 0 },
	/* writes ARG bytes to stdout */
	{ "bytes", act_bytes, 1 },
	/* writes to stdout without end */
	{ "spam", act_spam, 0 },
	/* writes a file of 1 GiB */
	{ "bigfile", act_bigfile, 0 },
	/* forks, and all its children fork */
	{ "bomb", act_bomb, 0 },
	/* forks, sets a new session and ends, again and again: one process
	 * at a time, with a new number every moment */
	{ "comet", act_comet, 0 },
	/* stops itself */
	{ "stop", act_stop, 0 },
	/* holds its child as a debugger does */
	{ "traced", act_traced, 0 },
	/* makes calls that fail at once, without an end */
	{ "calls", act_calls, 0 },
	/* uses the CPU */
	{ "busy", act_busy, 0 },
	/* ignores the signals that ask it to end */
	{ "stubborn", act_stubborn, 0 },
	/* so do its children, one of them stopped, one in another session; a
	 * second line in the test's file when all are there */
	{ "fortress", act_fortress, 0 },
	/* says whether process ARG is asleep */
	{ "look", act_look, 1 },
	/* wants to end with a parent that it does not have */
	{ "orphan", act_orphan, 0 },
	/* sends signal ARG 2 to "all", to its "group", to its "parent", or
	 * to its parent's group ("parents") */
	{ "kill", act_kill, 1 },
	/* says how many descriptors it can have */
	{ "descriptors", act_descriptors, 0 },
	/* says ARG lines, then waits for a signal */
	{ "lines", act_lines, 1 },
	/* says that it is ready, and ends well on SIGTERM */
	{ "serve", act_serve, 0 },
	/* says that it is ready, and a last line after 0.2 s of work, which
	 * it does "itself", or a "child", a "thread" or the "clock" for it;
	 * then waits for a signal */
	{ "late", act_late, 1 },
	/* says that it is ready, and works until a signal ends it */
	{ "spin", act_spin, 0 },
	/* ends on SIGTERM; its child works for 50 ms before it ends, too;
	 * with ARG it ignores the signal */
	{ "family", act_family, 0 },
	/* waits for a byte in FIFO ARG */
	{ "await", act_await, 1 },
	/* ends at once; a child keeps its stdout open */
	{ "keepsout", act_keepsout, 0 },
	/* leaves a child in a session of its own */
	{ "daemon", act_daemon, 0 },
	/* leaves a grandchild whose parent has ended */
	{ "double", act_double, 0 },
	/* does not wait for a child that has ended */
	{ "zombie", act_zombie, 0 },
	/* leaves one object of each kind; with ARG it and a child hang then */
	{ "leak", act_leak, 0 },
	/* has one object of each kind (files in folder ARG) in use until
	 * its stdin ends, then removes them */
	{ "hold", act_hold, 1 },
	/* removes what they left */
	{ "remove", act_remove, 0 },
	/* removes only their POSIX queues */
	{ "rm-queues", act_rm_queues, 0 },
	/* succeeds if one of those queues exists */
	{ "has-queue", act_has_queue, 0 },
	/* reads a pipe whose write end it holds itself */
	{ "selfpipe", act_selfpipe, 0 },
	/* polls such a pipe */
	{ "poll", act_poll, 0 },
	/* semop() by ARG: "-1" on a semaphore at 0, "0" on one at 1 */
	{ "semop", act_semop, 1 },
	/* receives type 7 from an empty System V queue */
	{ "msgrcv", act_msgrcv, 0 },
	/* sends to a System V queue until it is full */
	{ "msgsnd", act_msgsnd, 0 },
	/* receives from an empty POSIX queue */
	{ "mqueue", act_mqueue, 0 },
	/* waits on an unnamed semaphore, a futex */
	{ "unnamed", act_unnamed, 0 },
	/* waits on a named semaphore */
	{ "named", act_named, 0 },
	/* waits for a mutex that a child holds; with ARG a robust one */
	{ "mutex", act_mutex, 0 },
	/* waits for a flock() that a child holds */
	{ "flock", act_flock, 0 },
	/* waits for a record lock that a child holds */
	{ "fcntl", act_fcntl, 0 },
	/* opens a FIFO that nobody writes */
	{ "fifo", act_fifo, 0 },
	/* reads a socket */
	{ "socket", act_socket, 0 },
	/* reads an eventfd that is 0; with ARG writes to a full one */
	{ "eventfd", act_eventfd, 0 },
	/* waits for a child that does not end */
	{ "wait", act_wait, 0 },
	/* makes system call ARG, which does not end */
	{ "call", act_call, 1 },
	/* waits for a mutex whose holder does so */
	{ "held", act_held, 1 },
	/* awaits FIFO ARG; only root may look into it */
	{ "protected", act_protected, 1 },
	/* waits for its vfork() child, in state D */
	{ "vfork", act_vfork, 0 },
	/* waits for a signal, in two ways */
	{ "pause", act_pause, 0 },
	{ "sigwait", act_sigwait, 0 },
	/* two processes take two semaphores in opposite order */
	{ "dead-sysv", act_dead_sysv, 0 },
	{ "dead-posix", act_dead_posix, 0 },
	/* wait for an hour to pass: on a timer, for a message */
	{ "timerfd", act_timerfd, 0 },
	{ "timedwait", act_timedwait, 0 },
	/* executes ARG... with SIGHUP, SIGINT and SIGTERM at their defaults,
	 * which background jobs and nohup lack; with SIGCHLD or SIGHUP
	 * ignored */
	{ "launch", act_launch, 1 },
	{ "deaf", act_deaf, 1 },
	{ "nohup", act_nohup, 1 },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (argc > 1 && strcmp(argv[1], acts[i].name) == 0 &&
		    argc - 2 >= acts[i].args) {
			prctl(PR_SET_NAME, acts[i].name);
			say_where();
			return acts[i].fn(argv + 2);
		}
	quit("hostile ACT [ARG...]; the table in hostile.c lists them");
}
