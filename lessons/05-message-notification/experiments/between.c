/*
 * between - read first or ask first? A letter comes between the two steps
 *
 *   we --mq_send()--> [ our own box ] --SIGUSR1--> we
 *
 * A real sender hits this moment once in a thousand times. So we put that
 * letter in ourselves. It is letter 2.
 *
 * Watch: in the wrong order we are told neither of letter 2 nor of letter 3. In
 * the right order we are not told of letter 2 either, but we read it.
 *
 * Try: in the right order, put in one more letter before read_all(). Is it
 * lost?
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

	own_name(name, "between");

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

/* Make a box, ask, and put letter 1 in. This letter uses up our request. */
static mqd_t box_with_letter_1(void)
{
	mqd_t box = make_box();

	ask_to_be_told(box);
	put_letter(box);
	say_if_told("letter 1");
	return box;
}

static void read_then_ask(void)
{
	mqd_t box = box_with_letter_1();
	int letters = read_all(box);

	put_letter(box);		// letter 2 comes between the two steps
	ask_to_be_told(box);
	say_if_told("wrong: first read, then ask; letter 2 comes between");
	say("wrong: letters that we have read: %d", letters);
	// Letter 2 is still in the box, so letter 3 causes no signal.
	put_letter(box);
	say_if_told("wrong: letter 3");
	if (mq_close(box) == -1)
		die("mq_close");
}

static void ask_then_read(void)
{
	mqd_t box = box_with_letter_1();
	int letters;

	// Letter 1 is still in the box. So letter 2, which comes between the
	// two steps, causes no signal, and our request still stands.
	ask_to_be_told(box);
	put_letter(box);
	letters = read_all(box);
	say_if_told("right: first ask, then read; letter 2 comes between");
	say("right: letters that we have read: %d", letters);
	// After read_all() the box is empty. So letter 3 causes a signal.
	put_letter(box);
	say_if_told("right: letter 3");
	if (mq_close(box) == -1)
		die("mq_close");
}

int main(void)
{
	block_sigusr1();
	read_then_ask();
	ask_then_read();
	return EXIT_SUCCESS;
}
