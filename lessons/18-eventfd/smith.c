/*
 * smith - sleeps in one call until a bell, a timer or a signal has something
 *
 *   pupil --write()--> [ bell: a number     ] --+
 *                      [ timer              ] --+--> epoll_wait() --> smith
 *                      [ signals            ] --+
 *   pupil <--read()--- [ orders: a number   ] <------- write() ------ smith
 *
 * The bell and the orders are eventfds. Start this program: it starts its
 * partner ./pupil.
 *
 * Watch: the smith does not know which event comes next, and need not know.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

// Four descriptors. An epoll is a list in the kernel that has a descriptor. On
// the list are the descriptors that we wait for: here the other three.
static int epoll;
static int bell;		// an eventfd: the pupil adds 1 for each nail
static int timer;		// a timerfd: it expires when the fire is hot
static int signals;		// a signalfd: we read our signals from it

static int pupil_is_here = 1;	// 0 when the pupil has ended

static void take_nails(void);
static void ask_for_nails(void);
static void take_signal(void);

/* Sleep until something has happened, and react, again and again, until the
 * pupil has ended. */
static void wait_and_react(void)
{
	struct epoll_event event;	// what has happened

	while (pupil_is_here) {
		// 1: give us one event at a time. If more have happened, the
		// next calls tell us. -1: no time limit.
		int count = epoll_wait(epoll, &event, 1, -1);

		// EINTR: somebody has stopped us by Ctrl-Z and continued us by
		// fg. No event is lost, so wait again.
		if (count == -1 && errno == EINTR)
			continue;
		if (count == -1)
			die("epoll_wait");

		if (event.data.fd == bell)
			take_nails();
		else if (event.data.fd == timer)
			ask_for_nails();
		else
			take_signal();
	}
}

enum { NAILS = 3 };		// how many nails we want

static uint64_t made;		// how many are made, as far as we know

/* Read the bell: how often has it rung since the last read()? */
static void take_nails(void)
{
	uint64_t rings;		// read() of an eventfd gives these 8 bytes

	if (read(bell, &rings, sizeof rings) == -1) {
		// EAGAIN: the bell has not rung since the last read(). That is
		// no mistake: look_after_pupil() calls us only to make sure.
		if (errno == EAGAIN)
			return;
		die("read, bell");
	}

	// Add rings, and not 1. If the pupil has rung twice since the last
	// read(), epoll_wait() tells us once, and we read 2.
	made += rings;
	if (made == NAILS)
		say("bell: %d nails are made", NAILS);
}

static int orders;		// an eventfd: the pupil reads it

/* The timer has expired. Tell the pupil how many nails we want. */
static void ask_for_nails(void)
{
	uint64_t times;		// how often the timer has expired. Here: once
	uint64_t nails = NAILS;	// 8 bytes. With an int, write() would fail

	// If we did not read the timer, it would stay ready. Then epoll_wait()
	// would return at once, again and again.
	if (read(timer, &times, sizeof times) == -1) {
		// EAGAIN: it has not expired. epoll_wait() has just said that
		// it has, so we do not expect that. This is only to be safe.
		if (errno == EAGAIN)
			return;
		die("read, timer");
	}
	say("timer: the fire is hot, and I ask for %d nails", NAILS);

	// Add 3 to the number of the eventfd. This wakes the pupil.
	if (write(orders, &nails, sizeof nails) == -1)
		die("write, orders");
}

static pid_t pupil;		// its process id

/* SIGCHLD has come. Look whether the pupil has ended, and how. */
static void look_after_pupil(void)
{
	int status;
	pid_t ended;

	// SIGCHLD also comes when a child is only stopped or continued. Then
	// waitpid() returns 0. Without WNOHANG it would wait here until the
	// pupil ends, and no other event could reach us.
	ended = waitpid(pupil, &status, WNOHANG);
	if (ended == -1)
		die("waitpid");
	if (ended == 0)
		return;

	// The pupil may have rung right before it ended, and we may be told of
	// SIGCHLD before the bell. So read the bell once more.
	take_nails();

	if (WIFSIGNALED(status))
		quit("my pupil was killed by signal %d; nails made: %d",
		     WTERMSIG(status), (int)made);
	if (WEXITSTATUS(status) != 0)
		quit("my pupil has failed: status %d", WEXITSTATUS(status));
	if (made < NAILS)
		quit("my pupil has gone too early; nails made: %d", (int)made);
	say("signal: my pupil has gone home");
	pupil_is_here = 0;
}

/* SIGTERM or SIGINT has come: somebody wants us to end. First end the pupil,
 * then ourselves. */
_Noreturn static void close_smithy(void)
{
	say("signal: told to end, so I send my pupil home");

	// We have not waited for the pupil yet. So no other process can have
	// its process id, even if the pupil has just ended. The signal cannot
	// hit a stranger.
	if (kill(pupil, SIGTERM) == -1)
		die("kill SIGTERM");
	// If the pupil is stopped, as by Ctrl-Z, SIGTERM waits until the pupil
	// is continued. SIGCONT continues it.
	if (kill(pupil, SIGCONT) == -1)
		die("kill SIGCONT");

	// NULL: we do not ask how the pupil has ended.
	while (waitpid(pupil, NULL, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	exit(EXIT_SUCCESS);
}

/* A signal has come. Read it from the signalfd, and react. No handler runs. */
static void take_signal(void)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof info) == -1) {
		// EAGAIN: no signal has come. As with the timer, this is only
		// to be safe.
		if (errno == EAGAIN)
			return;
		die("read, signals");
	}
	if (info.ssi_signo == SIGCHLD)
		look_after_pupil();
	else
		close_smithy();
}

static sigset_t ours;		// the signals that we read from the signalfd

static void make_signals(void)
{
	// The program that has started us may have ignored SIGCHLD. Then
	// SIGCHLD would be ignored here, too, and never come.
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		die("signal");

	sigemptyset(&ours);
	sigaddset(&ours, SIGCHLD);	// the pupil has ended
	sigaddset(&ours, SIGTERM);	// somebody wants us to end
	sigaddset(&ours, SIGINT);	// somebody has pressed Ctrl-C

	// If SIGTERM were not blocked, it would kill us. A blocked signal waits
	// until we read it from the signalfd.
	if (sigprocmask(SIG_BLOCK, &ours, NULL) == -1)
		die("sigprocmask, block");
	// -1: make a new signalfd, and do not change one that we have.
	signals = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals == -1)
		die("signalfd");
}

/* Put FD on the list: epoll_wait() is to wait for FD, too. */
static void watch(int fd)
{
	// EPOLLIN: tell us when there is something to read. data is for us: the
	// kernel gives it back with each event. So we know which descriptor the
	// event is about.
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == -1)
		die("epoll_ctl");
}

/* Make all descriptors. CLOEXEC: execl() closes them, so the programs that we
 * start do not have them. NONBLOCK: where read() would wait, it fails with
 * EAGAIN. If we waited in read() for one thing, nothing else could reach us. */
static void make_descriptors(void)
{
	// 0: the number of this eventfd at first.
	bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (bell == -1)
		die("eventfd, bell");

	// The pupil is to wait in read(), so this one has no EFD_NONBLOCK.
	orders = eventfd(0, EFD_CLOEXEC);
	if (orders == -1)
		die("eventfd, orders");

	// CLOCK_MONOTONIC goes on, also when somebody sets the time of day.
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer == -1)
		die("timerfd_create");

	make_signals();

	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll == -1)
		die("epoll_create1");
	watch(bell);
	watch(timer);
	watch(signals);
}

/* In the child: execl() is not to close FD. This clears the flag of the child's
 * own descriptor. That of the smith keeps it. */
static void keep_open(int fd)
{
	if (fcntl(fd, F_SETFD, 0) == -1)	// 0: CLOEXEC no longer
		die("fcntl F_SETFD");
}

/* In the child: become ./pupil. Its arguments are the numbers of its two
 * descriptors. */
_Noreturn static void become_pupil(pid_t smith)
{
	char orders_number[16];		// the number of the descriptor, as text
	char bell_number[16];

	// If the smith is killed, nobody gives orders any more. Then the pupil
	// is to end, too.
	if (!end_with_parent(smith))
		die("end_with_parent");

	// ./pupil inherits which signals are blocked and ignored. SIGTERM has
	// to reach the pupil. Ctrl-C sends SIGINT to both of us. The pupil
	// ignores SIGINT, because the smith will send SIGTERM.
	if (signal(SIGTERM, SIG_DFL) == SIG_ERR)
		die("signal");
	if (signal(SIGINT, SIG_IGN) == SIG_ERR)
		die("signal");
	if (sigprocmask(SIG_UNBLOCK, &ours, NULL) == -1)
		die("sigprocmask, unblock");

	// The descriptors have the same numbers in ./pupil. We only have to
	// tell it these numbers.
	keep_open(orders);
	keep_open(bell);
	snprintf(orders_number, sizeof orders_number, "%d", orders);
	snprintf(bell_number, sizeof bell_number, "%d", bell);
	execl("./pupil", "pupil", orders_number, bell_number, (char *)NULL);
	die("execl ./pupil");
}

static void start_pupil(void)
{
	pid_t smith = getpid();

	pupil = fork();
	if (pupil == -1)
		die("fork");
	if (pupil == 0)
		become_pupil(smith);	// does not return
}

/* Let the timer expire once, a tenth of a second from now. */
static void start_timer(void)
{
	// it_interval is not named, so it is 0: the timer does not repeat.
	struct itimerspec once = { .it_value.tv_nsec = 100 * 1000 * 1000 };

	// 0: it_value is how long it takes from now. NULL: we do not ask what
	// was set before.
	if (timerfd_settime(timer, 0, &once, NULL) == -1)
		die("timerfd_settime");
}

int main(void)
{
	make_descriptors();
	say("the fire burns: it is hot in a tenth of a second");
	start_pupil();
	start_timer();
	wait_and_react();
	return EXIT_SUCCESS;
}
