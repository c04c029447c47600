/*
 * closed - close any descriptor of the box, and your request is gone
 *
 *   we --mq_send()--> [ our own box ] --SIGUSR1--> we
 *
 * A function that wants to know how many letters there are opens the box,
 * looks, and closes what it has opened. That looks harmless.
 *
 * Watch: no call fails, and the box is still open. But we are not told.
 *
 * Try: in the right part of main(), write mq_close(dup(box)); before
 * put_letter(box). dup() makes one more descriptor of the same open box. Are we
 * told now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <time.h>

#include "../../../common/lesson.h"

enum { ROOM = 10 };		// how many letters fit into the box
enum { LONGEST = 8 };		// bytes of the longest letter

static sigset_t set;		// SIGUSR1 alone: block_sigusr1() fills it

static char name[OWN_NAME];	// global, because remove_box() needs it

static void remove_box(void)
{
	mq_unlink(name);	// fails only if it has gone already
}

static mqd_t make_box(void)
{
	struct mq_attr size = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	mqd_t box;

	own_name(name, "closed");
	hold_signals();
	mq_unlink(name);	// if a run was killed, its name is left
	box = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600,
		      &size);
	if (box == (mqd_t)-1)	// -1, in the type of a queue's descriptor
		die("mq_open");
	remove_at_end(remove_box);
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

static void read_all(mqd_t box)
{
	char letter[LONGEST];
	ssize_t n;

	do {
		// NULL: we do not need the priority.
		n = mq_receive(box, letter, sizeof letter, NULL);
	} while (n != -1);
	if (errno != EAGAIN)		// EAGAIN: the box is empty
		die("mq_receive");
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

static long letters_in(mqd_t box)
{
	struct mq_attr attr;

	if (mq_getattr(box, &attr) == -1)
		die("mq_getattr");
	return attr.mq_curmsgs;
}

/* WRONG: mq_close(again) takes our request back, although we have made the
 * request with the descriptor box. */
static long look_by_name(void)
{
	mqd_t again = mq_open(name, O_RDONLY);
	long letters;

	if (again == (mqd_t)-1)
		die("mq_open, again");
	letters = letters_in(again);
	if (mq_close(again) == -1)
		die("mq_close, again");
	return letters;
}

int main(void)
{
	mqd_t box = make_box();
	long letters;

	block_sigusr1();

	ask_to_be_told(box);
	letters = look_by_name();
	say("wrong: open the box again, look (%ld letters), close", letters);
	put_letter(box);
	say_if_told("wrong: a letter comes into the empty box");

	read_all(box);
	ask_to_be_told(box);
	letters = letters_in(box);
	say("right: look (%ld letters) by the descriptor that we have",
	    letters);
	put_letter(box);
	say_if_told("right: a letter comes into the empty box");
	return EXIT_SUCCESS;
}
