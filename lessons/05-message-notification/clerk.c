/*
 * clerk - opens a box for letters, and sleeps until a letter wakes it
 *
 *   sender --mq_send()--> [ box: a queue ] --mq_receive()--> clerk
 *                            |                                 ^
 *                            +---- SIGUSR1: a letter is in ----+
 *
 * Start it first. Then start its partner: ./sender Ann Bob. Ctrl-C ends it.
 *
 * Watch: the clerk does not wait in mq_receive(). It sleeps in sigwaitinfo().
 * This call returns when a letter comes, and also when somebody tells the clerk
 * to end.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <sys/file.h>

#include "../../common/lesson.h"

enum { ROOM = 10 };		// how many letters fit into the box
enum { LONGEST = 64 };		// bytes of the longest letter

/* open_box() makes the box, or takes over a box that a killed clerk has left.
 * block_signals() blocks the signals that we wait for, and puts them into SET.
 */
static mqd_t open_box(void);
static void block_signals(sigset_t *set);

/* Ask for SIGUSR1 when the next letter comes into the empty box. The kernel
 * tells us once: for one more letter we must ask again. */
static void ask_to_be_told(mqd_t box)
{
	struct sigevent how = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGUSR1,
	};

	// If SIGUSR1 came from the command `kill', the kernel still has our
	// last request, and a second one would fail with EBUSY. So take the
	// last one back first: NULL does that. If there is none, the call does
	// nothing.
	if (mq_notify(box, NULL) == -1)
		die("mq_notify, take back");
	if (mq_notify(box, &how) == -1) {
		if (errno == EBUSY)
			quit("another process is told of the letters");
		die("mq_notify");
	}
}

/* Take the letters out of the box until it is empty. As long as letters come
 * faster than we print them, this does not return. SIGTERM and Ctrl-C are
 * blocked meanwhile: we look for them only when the box is empty. */
static void read_all(mqd_t box)
{
	char letter[LONGEST];

	for (;;) {
		// NULL: we do not need the priority of the letter.
		ssize_t n = mq_receive(box, letter, sizeof letter, NULL);

		if (n == -1 && errno == EAGAIN)		// the box is empty
			return;
		if (n == -1)
			die("mq_receive");
		// No '\0' comes with a letter. So "%.*s" prints n characters,
		// and no more.
		say("a letter from %.*s", (int)n, letter);
	}
}

/* Sleep until a signal of SET comes. Return its number. */
static int sleep_until_signal(const sigset_t *set)
{
	for (;;) {
		// NULL: the number of the signal is all that we need.
		int sig = sigwaitinfo(set, NULL);

		if (sig != -1)
			return sig;
		// EINTR: something else has ended the sleep, Ctrl-Z and then fg
		// for example. No signal of SET has come, so sleep again.
		if (errno != EINTR)
			die("sigwaitinfo");
	}
}

int main(void)
{
	mqd_t box = open_box();
	sigset_t set;
	int sig;

	block_signals(&set);
	say("the box is open; a letter will wake me");

	do {
		// First ask, then read. The other way round, a letter that
		// comes between the two would wake nobody.
		ask_to_be_told(box);
		read_all(box);
		sig = sleep_until_signal(&set);
	} while (sig == SIGUSR1);

	// A letter may have come together with the signal that ends us.
	read_all(box);
	say("told to end: I close the box");

	// There is no mq_close() here. open_box() below locks the box, so that
	// there is only one clerk. mq_close() would give this lock back while
	// the box still has its name. Then a new clerk could take over the box,
	// and after that we would remove its name. So remove_box() removes the
	// name first. When we have ended, the kernel closes the box and gives
	// the lock back.
	return EXIT_SUCCESS;
}

static char name[OWN_NAME];	// global, because remove_box() needs it

static void remove_box(void)
{
	mq_unlink(name);	// fails only if the name has gone already
}

/* A killed clerk may have left letters in its box. So we take over a box that
 * is there. */
static mqd_t open_box(void)
{
	struct mq_attr size = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	struct stat now;
	mqd_t box;

	own_name(name, "box");

	// If Ctrl-C ended us right after mq_open(), nobody would remove the
	// box. So Ctrl-C has to wait until remove_at_end() has been called.
	hold_signals();

	// O_NONBLOCK: if no letter is there, mq_receive() must not wait.
	box = mq_open(name, O_RDONLY | O_CREAT | O_NONBLOCK, 0600, &size);
	if (box == (mqd_t)-1)	// -1, in the type of a queue's descriptor
		die("mq_open");

	// On Linux a queue's descriptor is a file descriptor, so flock() and
	// fstat() take it. Only one clerk can have this lock. LOCK_NB: if
	// another clerk has it, do not wait. When a clerk ends, also when it is
	// killed, the kernel takes the lock back.
	if (flock(box, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EWOULDBLOCK)
			quit("another clerk has opened the box");
		die("flock");
	}

	// Another clerk may have ended just after our mq_open(). Then it has
	// removed the name of this box, and no sender would find the box.
	// st_nlink says how many names it has.
	if (fstat(box, &now) == -1)
		die("fstat");
	if (now.st_nlink == 0)
		quit("another clerk has just closed the box: start me again");

	// From here on the box is ours.
	remove_at_end(remove_box);
	let_signals();
	return box;
}

static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGUSR1);	// a letter has come
	sigaddset(set, SIGTERM);	// somebody tells us to end
	sigaddset(set, SIGINT);		// and so does Ctrl-C

	// A blocked signal waits until sigwaitinfo() takes it. A signal that is
	// not blocked would kill us. NULL: we need not know what was blocked
	// before.
	if (sigprocmask(SIG_BLOCK, set, NULL) == -1)
		die("sigprocmask");
}
