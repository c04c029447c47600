/*
 * once - a request serves once, and only for a letter into an empty box
 *
 *   we --mq_send()--> [ our own box ] --SIGUSR1--> we
 *
 * SIGUSR1 is blocked. After each letter we look whether it has come.
 *
 * Watch: of five letters only the first and the last cause a signal.
 *
 * Try: move the call of ask_to_be_told() that stands before letter 3 to a place
 * before letter 2. Which letters are we told of now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <time.h>

#include "../../../common/lesson.h"

enum { ROOM = 10 };		// how many letters fit into the box
enum { LONGEST = 8 };		// bytes of the longest letter

static sigset_t set;		// SIGUSR1 alone: block_sigusr1() fills it

/* Make a box that nobody else finds. It goes away when we end. */
static mqd_t make_box(void)
{
	struct mq_attr size = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t box;

	own_name(name, "once");

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

/* SIGUSR1 would kill us. If it is blocked, it waits until we take it. */
static void block_sigusr1(void)
{
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	// NULL: we need not know what was blocked before.
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");
}

static void ask_to_be_told(mqd_t box)
{
	struct sigevent how = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGUSR1,
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

/* Read until the box is empty. Return how many letters there were. */
static int read_all(mqd_t box)
{
	char letter[LONGEST];
	int letters = 0;

	// NULL: we do not need the priority.
	while (mq_receive(box, letter, sizeof letter, NULL) != -1)
		letters++;
	if (errno != EAGAIN)		// EAGAIN: the box is empty
		die("mq_receive");
	return letters;
}

/* Say whether we have been told of the letter. WHEN is the beginning of the
 * line. mq_send() sends the signal before it returns. So we look once, and do
 * not wait: the time limit is 0. */
static void say_if_told(const char *when)
{
	struct timespec no_time = { .tv_sec = 0, .tv_nsec = 0 };

	// NULL: we need to know no more about the signal.
	if (sigtimedwait(&set, NULL, &no_time) == SIGUSR1) {
		say("%s: told", when);
		return;
	}
	if (errno != EAGAIN)		// EAGAIN: no signal is there
		die("sigtimedwait");
	say("%s: not told", when);
}

int main(void)
{
	mqd_t box = make_box();
	int letters;

	block_sigusr1();

	ask_to_be_told(box);
	put_letter(box);
	say_if_told("letter 1, into the empty box");

	letters = read_all(box);
	say("we read all %d, and do not ask again", letters);
	put_letter(box);
	say_if_told("letter 2, into the empty box");

	ask_to_be_told(box);
	say("now we ask again, but we do not read");
	put_letter(box);
	say_if_told("letter 3, the box is not empty");
	put_letter(box);
	say_if_told("letter 4, the box is not empty");

	letters = read_all(box);
	say("we read all %d, and our request still stands", letters);
	put_letter(box);
	say_if_told("letter 5, into the empty box");
	return EXIT_SUCCESS;
}
