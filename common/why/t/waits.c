/*
 * waits.c - programs that wait, each in one way: the tests of why run them;
 * see act.h
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "../../experiment.h"
#include "act.h"

/* ------------------------------------------------------------- helpers */

static char read_byte(int fd)
{
	char c = 0;

	if (read(fd, &c, 1) == -1)
		die("read");
	return c;
}

static void *shared_memory(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		die("mmap");
	return at;
}

static pthread_t start_thread(void *(*run)(void *), void *arg,
			      const char *name)
{
	pthread_t thread;
	int err = pthread_create(&thread, NULL, run, arg);

	if (err)
		quit("pthread_create: %s", strerror(err));
	pthread_setname_np(thread, name);
	return thread;
}

/* -------------------------------------------------------------- threads */

static int own_pipe[2];

static void *reader(void *unused)
{
	read_byte(own_pipe[0]);
	return unused;
}

static void act_join(void)
{
	pthread_t thread;

	make_pipe(own_pipe);
	thread = start_thread(reader, NULL, "reader");
	pthread_join(thread, NULL);
}

static void act_leader(void)
{
	make_pipe(own_pipe);
	start_thread(reader, NULL, "reader");
	pthread_exit(NULL);
}

static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t two = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static void *takes_two_first(void *unused)
{
	pthread_mutex_lock(&two);
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&one);
	return unused;
}

static void act_mutexes(void)
{
	pthread_barrier_init(&both, NULL, 2);
	start_thread(takes_two_first, NULL, "second");
	pthread_mutex_lock(&one);
	pthread_barrier_wait(&both);
	pthread_mutex_lock(&two);
}

static void act_twice(void)
{
	pthread_mutex_lock(&one);
	pthread_mutex_lock(&one);
}

static void *locks_and_pauses(void *unused)
{
	pthread_mutex_lock(&one);
	pthread_barrier_wait(&both);
	forever();
	return unused;
}

/* The child has one thread, and a copy of what another one had locked. */
static void act_copy(void)
{
	pthread_barrier_init(&both, NULL, 2);
	start_thread(locks_and_pauses, NULL, "library");
	pthread_barrier_wait(&both);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "child");
		pthread_mutex_lock(&one);
	}
	forever();
}

static void act_owner_died(void)
{
	pthread_mutex_t *m = shared_memory(sizeof *m);
	pthread_mutexattr_t a;
	pid_t child;

	pthread_mutexattr_init(&a);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(m, &a);
	child = fork_child();
	if (child == 0) {
		pthread_mutex_lock(m);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	pthread_mutex_lock(m);
}

static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void *waits_for_condition(void *unused)
{
	pthread_mutex_lock(&one);
	for (;;)
		pthread_cond_wait(&condition, &one);
	return unused;
}

static void act_cond(void)
{
	start_thread(waits_for_condition, NULL, "waiter");
	forever();
}

static void act_many(void)
{
	for (int i = 0; i < 12; i++)
		start_thread(waits_for_condition, NULL, "worker");
	forever();
}

/* Nobody but the others of its own can signal it, and they all wait. */
static void act_lost(void)
{
	start_thread(waits_for_condition, NULL, "waiter");
	waits_for_condition(NULL);
}

static struct room {
	pthread_mutex_t lock;
	pthread_cond_t news;
} *room;

/* A child that waits for news. It unlocks before it sleeps, so then the next
 * sleep is the one in pthread_cond_wait(). */
static pid_t child_in_room(void)
{
	int inside[2];
	pid_t child;

	make_pipe(inside);
	child = fork_child();
	if (child == 0) {
		pthread_mutex_lock(&room->lock);
		if (write(inside[1], "x", 1) == -1)
			die("write");
		for (;;)
			pthread_cond_wait(&room->news, &room->lock);
	}
	read_byte(inside[0]);
	pthread_mutex_lock(&room->lock);
	pthread_mutex_unlock(&room->lock);
	if (!wait_until_asleep(child))
		quit("who waits for news has ended");
	return child;
}

/* One that waited in it is killed, and stays counted. */
static void make_room(void)
{
	pthread_mutexattr_t lock;
	pthread_condattr_t news;
	pid_t child;

	room = shared_memory(sizeof *room);
	pthread_mutexattr_init(&lock);
	pthread_mutexattr_setpshared(&lock, PTHREAD_PROCESS_SHARED);
	pthread_condattr_init(&news);
	pthread_condattr_setpshared(&news, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&room->lock, &lock);
	pthread_cond_init(&room->news, &news);
	child = child_in_room();
	if (kill(child, SIGKILL) == -1)
		die("kill");
	waitpid(child, NULL, 0);
}

static void act_destroy(void)
{
	make_room();
	pthread_cond_destroy(&room->news);
}

/* The first one is told; who comes later may be told when that one has gone. */
static void act_signal(void)
{
	make_room();
	pthread_cond_broadcast(&room->news);
	child_in_room();
	pthread_cond_broadcast(&room->news);
}

static void act_semaphore(void)
{
	sem_t *sem = shared_memory(sizeof *sem);

	sem_init(sem, 1, 0);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "poster");
		forever();
	}
	sem_wait(sem);
}

/* -------------------------------------------------------------- signals */

static void block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void act_kept(void)
{
	block(SIGTERM);
	raise(SIGTERM);
	forever();
}

static void act_sigwait(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigwait(&set, &sig);
}

/* Two end, and one SIGCHLD tells of both. */
static void act_merged(void)
{
	siginfo_t info;
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 2; i++) {
		pid_t child = fork_child();

		if (child == 0)
			_exit(0);
		waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
	}
	sigwait(&set, &sig);
	sigwait(&set, &sig);
}

/* ------------------------------------------------------ children, time */

static void act_children(void)
{
	child_that_pauses("first");
	child_that_pauses("second");
	wait(NULL);
}

static void act_nap(void)
{
	const struct timespec t = { .tv_sec = 5000 };

	nanosleep(&t, NULL);
}

static void act_until(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += 5000;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void act_poll_time(void)
{
	struct pollfd p = { .events = POLLIN };

	make_pipe(own_pipe);
	p.fd = own_pipe[0];
	poll(&p, 1, 5000 * 1000);
}

/* As nc(1) does: the same descriptor twice, first for errors alone. */
static void act_poll_twice(void)
{
	struct pollfd p[3] = { { .events = 0 }, { .events = POLLIN },
			       { .events = POLLIN } };

	make_pipe(own_pipe);
	for (int i = 0; i < 3; i++)
		p[i].fd = own_pipe[0];
	poll(p, 3, -1);
}

static void act_sem_time(void)
{
	sem_t *sem = shared_memory(sizeof *sem);
	struct timespec t;

	sem_init(sem, 1, 0);
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 5000;
	sem_timedwait(sem, &t);
}

/* ------------------------------------------------- several descriptors */

static void act_select(void)
{
	fd_set set;
	int last = 0;

	FD_ZERO(&set);
	for (int i = 0; i < 6; i++) {
		make_pipe(own_pipe);
		last = own_pipe[0];
		FD_SET(last, &set);
	}
	select(last + 1, &set, NULL, NULL, NULL);
}

static void act_select_write(void)
{
	fd_set set;

	make_pipe(own_pipe);
	fill(own_pipe[1]);
	FD_ZERO(&set);
	FD_SET(own_pipe[1], &set);
	select(own_pipe[1] + 1, NULL, &set, NULL, NULL);
}

/* Watch a pipe for EVENTS, with BYTES in it, until it tells nothing more. */
static void watch(unsigned events, const char *bytes, int close_it)
{
	struct epoll_event e = { .events = events };
	int set = epoll_create1(0);

	make_pipe(own_pipe);
	if (epoll_ctl(set, EPOLL_CTL_ADD, own_pipe[0], &e) == -1)
		die("epoll_ctl");
	if (close_it) {
		dup(own_pipe[0]);
		close(own_pipe[0]);
	}
	if (write(own_pipe[1], bytes, strlen(bytes)) == -1)
		die("write");
	for (;;)
		epoll_wait(set, &e, 1, -1);
}

static void act_edge(void)
{
	watch(EPOLLIN | EPOLLET, "12", 0);
}

static void act_edge_empty(void)
{
	watch(EPOLLIN | EPOLLET, "", 0);
}

static void act_oneshot(void)
{
	watch(EPOLLIN | EPOLLONESHOT, "12", 0);
}

static void act_closed(void)
{
	watch(EPOLLIN, "", 1);
}

/* Whoever starts a test may leave it descriptors, a pipe without another end,
 * for instance: `why' tells of them, too. */
static void close_inherited(void)
{
	long most = sysconf(_SC_OPEN_MAX);

	if (most > 1024)
		most = 1024;
	for (int fd = 3; fd < most; fd++)
		close(fd);
}

/* It is told of what it has closed, again and again. */
static void act_closed_busy(void)
{
	close_inherited();
	watch(EPOLLIN, "1", 1);
}

static void act_eventfd(void)
{
	uint64_t value;
	int fd = eventfd(0, 0);

	child_that_pauses("adder");
	if (read(fd, &value, sizeof value) == -1)
		die("read");
}

/* -------------------------------------------------------------- circles */

/* The parent waits for the child's end, the child for a reader. */
static void act_wait_first(void)
{
	static char much[65537];

	make_pipe(own_pipe);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "writer");
		if (write(own_pipe[1], much, sizeof much) == -1)
			die("write");
		_exit(0);
	}
	wait(NULL);
}

/* Three in a ring: each waits for a byte of the one before it. */
static void act_ring(void)
{
	int end[3][2];
	int me = 0;

	for (int i = 0; i < 3; i++)
		make_pipe(end[i]);
	for (int i = 1; i < 3; i++) {
		if (fork_child() > 0)
			continue;
		me = i;
		prctl(PR_SET_NAME, i == 1 ? "one" : "two");
		break;
	}
	for (int i = 0; i < 3; i++) {
		if (i != me)
			close(end[i][0]);
		if (i != (me + 1) % 3)
			close(end[i][1]);
	}
	read_byte(end[me][0]);
}

/* The same, but a fourth has a pipe's end, and no need to wait for anybody. */
static void act_outsider(void)
{
	int end[2][2];

	make_pipe(end[0]);
	make_pipe(end[1]);
	child_that_pauses("outsider");
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "other");
		read_byte(end[1][0]);
	}
	read_byte(end[0][0]);
}

/* Two that never wait for ever: each answers the other. */
static void act_pingpong(void)
{
	int there[2];
	int back[2];
	char c = 'x';

	make_pipe(there);
	make_pipe(back);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "pong");
		close(there[1]);
		close(back[0]);
		for (;;) {
			c = read_byte(there[0]);
			if (write(back[1], &c, 1) == -1)
				die("write");
		}
	}
	close(there[0]);
	close(back[1]);
	for (;;) {
		if (write(there[1], &c, 1) == -1)
			die("write");
		c = read_byte(back[0]);
	}
}

/* It would be stuck, but for the handler of its timer. */
static void on_alarm(int sig)
{
	(void)sig;
}

static void act_alarm(void)
{
	struct sigaction act = { .sa_handler = on_alarm,
				 .sa_flags = SA_RESTART };

	sigaction(SIGALRM, &act, NULL);
	alarm(5000);
	make_pipe(own_pipe);
	read_byte(own_pipe[0]);
}

/* Nobody has it meanwhile. */
static void act_message(void)
{
	make_pipe(own_pipe);
	send_away(own_pipe[1]);
	close(own_pipe[1]);
	read_byte(own_pipe[0]);
}

/* We have it as well. */
static void act_copied(void)
{
	make_pipe(own_pipe);
	send_away(own_pipe[1]);
	read_byte(own_pipe[0]);
}

/* A lock that is neither a mutex nor a semaphore nor a condition */
static void act_barrier(void)
{
	pthread_barrier_init(&both, NULL, 2);
	pthread_barrier_wait(&both);
}

/* Its child has three descriptors of the end that could write. */
static void act_copies(void)
{
	make_pipe(own_pipe);
	if (fork_child() == 0) {
		prctl(PR_SET_NAME, "copier");
		dup(own_pipe[1]);
		dup(own_pipe[1]);
		forever();
	}
	close(own_pipe[1]);
	read_byte(own_pipe[0]);
}

/* Four that do the same, each until another moment */
static void *waits_for_a_time(void *seconds)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += *(const int *)seconds;
	pthread_mutex_lock(&one);
	pthread_cond_timedwait(&condition, &one, &t);
	return seconds;
}

static void act_naps(void)
{
	static int seconds[] = { 5000, 6000, 7000, 8000 };

	for (int i = 0; i < 3; i++)
		start_thread(waits_for_a_time, &seconds[i], "napper");
	waits_for_a_time(&seconds[3]);
}

/* A server's title stands where its arguments were: here it is one. */
static void act_titled(void)
{
	if (strncmp(program_invocation_name, "titled:", 7) == 0)
		forever();
	execl("/proc/self/exe", "titled: waits for a row\a", "titled", NULL);
	die("execl");
}

/* malloc_stats() of glibc has the lock of malloc() while it writes, here to
 * standard error, which is full. The first sleep of its thread is that. */
static void *holds_malloc(void *tell)
{
	pid_t me = gettid();

	if (write(*(const int *)tell, &me, sizeof me) != sizeof me)
		die("write");
	malloc_stats();
	return tell;
}

static void act_malloc(void)
{
	void *volatile block;	/* else no call may be left of it */
	int tell[2];
	pid_t holder;

	make_pipe(own_pipe);
	make_pipe(tell);
	fill(own_pipe[1]);
	if (dup2(own_pipe[1], STDERR_FILENO) == -1)
		die("dup2");
	start_thread(holds_malloc, &tell[1], "statist");
	if (read(tell[0], &holder, sizeof holder) != sizeof holder)
		die("read");
	if (!wait_until_asleep(holder))
		quit("who has the lock has ended");
	block = malloc(100000);
	free(block);
}

/* Descriptor 3 is a FIFO that it has open for both. */
static void act_fifos(void)
{
	read_byte(3);
}

/* End-of-file each time, and it asks again. */
static void act_hung_up(void)
{
	close_inherited();
	make_pipe(own_pipe);
	close(own_pipe[1]);
	for (;;)
		read_byte(own_pipe[0]);
}

/* A connection of which the other end is closed, and a socket that never had
 * one: both say POLLHUP. */
static void act_hung_up_socket(void)
{
	int pair[2];

	close_inherited();
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1)
		die("socketpair");
	if (socket(AF_INET, SOCK_STREAM, 0) == -1)
		die("socket");
	close(pair[1]);
	for (;;)
		read_byte(pair[0]);
}

static const struct act acts[] = {
	{ "join", act_join }, { "leader", act_leader },
	{ "mutexes", act_mutexes }, { "twice", act_twice },
	{ "copy", act_copy }, { "owner-died", act_owner_died },
	{ "cond", act_cond }, { "many", act_many }, { "lost", act_lost },
	{ "semaphore", act_semaphore }, { "kept", act_kept },
	{ "sigwait", act_sigwait }, { "merged", act_merged },
	{ "children", act_children }, { "nap", act_nap },
	{ "until", act_until }, { "poll-time", act_poll_time },
	{ "poll-twice", act_poll_twice }, { "copies", act_copies },
	{ "naps", act_naps }, { "titled", act_titled },
	{ "malloc", act_malloc },
	{ "sem-time", act_sem_time }, { "select", act_select },
	{ "select-write", act_select_write }, { "edge", act_edge },
	{ "edge-empty", act_edge_empty },
	{ "oneshot", act_oneshot }, { "closed", act_closed },
	{ "eventfd", act_eventfd }, { "wait-first", act_wait_first },
	{ "ring", act_ring }, { "outsider", act_outsider },
	{ "pingpong", act_pingpong }, { "alarm", act_alarm },
	{ "fifos", act_fifos },
	{ "message", act_message }, { "copied", act_copied },
	{ "barrier", act_barrier }, { "hung-up", act_hung_up },
	{ "destroy", act_destroy }, { "signal", act_signal },
	{ "hung-up-socket", act_hung_up_socket },
	{ "closed-busy", act_closed_busy },
};

int main(int argc, char **argv)
{
	return play(argc, argv, acts, sizeof acts / sizeof *acts);
}
