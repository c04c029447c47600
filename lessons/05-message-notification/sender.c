/*
 * sender - puts letters into the box of the clerk, one from each name
 *
 *   ./sender Ann Bob
 *
 * Its partner is ./clerk. The diagram is there.
 *
 * Watch: the sender sends no signal, and it does not know the clerk. It only
 * puts letters into the box. The kernel wakes the clerk.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>

#include "../../common/lesson.h"

/* Opens the box of the clerk. */
static mqd_t find_box(void);

static void put(mqd_t box, const char *letter)
{
	// strlen() does not count the '\0' after the text. So the '\0' is not
	// sent: the clerk gets the number of the characters from mq_receive().
	// 0 is the priority: all our letters have the same one.
	if (mq_send(box, letter, strlen(letter), 0) == -1) {
		if (errno == EAGAIN)
			quit("the box is full: does no clerk read?");
		if (errno == EMSGSIZE)
			quit("a letter is too long for the box");
		die("mq_send");
	}
}

int main(int argc, char **argv)
{
	mqd_t box;

	if (argc < 2)
		quit("from whom? For example: ./sender Ann Bob");
	box = find_box();

	// Say it before the first mq_send(), which wakes the clerk: the clerk's
	// lines must come after ours.
	say("letters that I put into the box: %d", argc - 1);
	for (int i = 1; i < argc; i++)
		put(box, argv[i]);

	if (mq_close(box) == -1)
		die("mq_close");
	return EXIT_SUCCESS;
}

static mqd_t find_box(void)
{
	char name[OWN_NAME];
	mqd_t box;

	own_name(name, "box");
	// No O_CREAT: we want the box that the clerk has made. O_NONBLOCK: if
	// the box is full, mq_send() must not wait.
	// A failure is (mqd_t)-1: -1, in the type of a queue's descriptor.
	box = mq_open(name, O_WRONLY | O_NONBLOCK);
	if (box == (mqd_t)-1 && errno == ENOENT)
		quit("there is no box: start ./clerk first");
	if (box == (mqd_t)-1)
		die("mq_open");
	return box;
}
