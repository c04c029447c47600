/*
 * twobox - two boxes and one signal: SIGUSR1 comes once for both
 *
 *   [ box 1 ] --signal, value 1--> we <--signal, value 2-- [ box 2 ]
 *
 * The signal is blocked while a letter comes into each box. Then we take what
 * is there. We do it with SIGUSR1, and with SIGRTMIN, a realtime signal.
 *
 * Watch: SIGUSR1 is there or not, like a flag. Realtime signals form a queue.
 *
 * Try: put a letter into box 2 first. Of which box are we told with SIGUSR1?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <time.h>

#include "../../../common/lesson.h"

enum { ROOM = 10 };		// how many letters fit into the box
enum { LONGEST = 8 };		// bytes of the longest letter

/* Make a box that nobody else finds. It goes away with its descriptor. */
static mqd_t make_box(void)
{
	struct mq_attr size = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t box;

	own_name(name, "twobox");

	// If Ctrl-C ended us between mq_open() and mq_unlink(), the name would
	// stay. So Ctrl-C has to wait.
	hold_signals();
	mq_unlink(name);	// if a run was killed there, its name is left
	box = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600,
		      &size);
	if (box == (mqd_t)-1)	// -1, in the type of a queue's descriptor
		die("mq_open");
	mq_unlink(name);	// the box stays as long as we have it open
	let_signals();
	return box;
}

static void ask_to_be_told(mqd_t box, int sig, int value)
{
	struct sigevent how = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = sig,
		.sigev_value.sival_int = value,
	};

	if (mq_notify(box, &how) == -1)
		die("mq_notify");
}

static void put_letter(mqd_t box)
{
	// 6 is the number of bytes, and 0 is the priority.
	if (mq_send(box, "letter", 6, 0) == -1)
		die("mq_send");
}

/* Take all signals SIG that are there, and say of which box they tell. WHAT is
 * the beginning of each line. */
static void say_of_which(const char *what, int sig)
{
	// A time limit of 0: if no signal is there, do not wait for one.
	struct timespec no_time = { .tv_sec = 0, .tv_nsec = 0 };
	siginfo_t info;
	sigset_t set;
	int signals = 0;

	sigemptyset(&set);
	sigaddset(&set, sig);
	while (sigtimedwait(&set, &info, &no_time) == sig) {
		say("%s: told of box %d", what, info.si_value.sival_int);
		signals++;
	}
	if (errno != EAGAIN)		// EAGAIN: no signal is there
		die("sigtimedwait");
	say("%s: letters: 2, signals: %d", what, signals);
}

static void two_boxes(const char *what, int sig)
{
	// make_box() uses the same name twice. That is possible, because the
	// first box has no name any more.
	mqd_t box_1 = make_box();
	mqd_t box_2 = make_box();
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	// NULL: we need not know what was blocked before.
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");

	ask_to_be_told(box_1, sig, 1);
	ask_to_be_told(box_2, sig, 2);
	put_letter(box_1);
	put_letter(box_2);
	say_of_which(what, sig);

	if (mq_close(box_1) == -1)
		die("mq_close");
	if (mq_close(box_2) == -1)
		die("mq_close");
}

int main(void)
{
	two_boxes("wrong, SIGUSR1", SIGUSR1);
	two_boxes("right, SIGRTMIN", SIGRTMIN);
	return EXIT_SUCCESS;
}
