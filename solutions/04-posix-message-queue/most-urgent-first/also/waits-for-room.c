/*
 * dispatch - does jobs, the most urgent first, and answers who sent them
 *
 *   client --mq_send(priority)--> [ /jobs ] --mq_receive()--> dispatch
 *      ^                                                         |
 *      +----------- [ the queue that the job names ] <-----------+
 *
 *   ./dispatch /jobs	the queue exists, others have made it. A job is the
 *			text "/client some words", without a NUL; its answer
 *			is "SOME WORDS", with the priority of the job. The
 *			text "stop" ends it
 */
#include <ctype.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>

#include "../../../common/lesson.h"

static int status = EXIT_SUCCESS;

/* An answer could not be delivered: say so, and go on with the next job. */
static void complain(const char *name, const char *call)
{
	fprintf(stderr, "dispatch: no answer to %s: %s: %s\n", name, call,
		errno_name(errno));
	status = EXIT_FAILURE;
}

/* Send WORDS to the queue NAME, and wait if there is no room. */
static void answer(const char *name, const char *words, unsigned priority)
{
	mqd_t to = mq_open(name, O_WRONLY | O_NONBLOCK);

	if (to == (mqd_t)-1) {
		complain(name, "mq_open");
		return;
	}
	while (mq_send(to, words, strlen(words), priority) == -1) {
		struct pollfd room = { .fd = to, .events = POLLOUT };

		if (errno != EAGAIN) {
			complain(name, "mq_send");
			break;
		}
		if (poll(&room, 1, -1) == -1)
			die("poll");
	}
	if (mq_close(to) == -1)
		die("mq_close");
}

static void do_job(char *job, unsigned priority)
{
	char *words = strchr(job, ' ');

	if (!words)
		quit("'%s' is no job", job);
	*words++ = '\0';
	for (char *c = words; *c; c++)
		*c = (char)toupper((unsigned char)*c);
	answer(job, words, priority);
}

/* Take the next message into JOB, which has room for SIZE bytes and a NUL. */
static unsigned take(mqd_t jobs, char *job, size_t size)
{
	unsigned priority;
	ssize_t n = mq_receive(jobs, job, size, &priority);

	if (n == -1)
		die("mq_receive");
	job[n] = '\0';
	return priority;
}

int main(int argc, char **argv)
{
	struct mq_attr attr;
	unsigned priority;
	mqd_t jobs;
	char *job;

	if (argc != 2)
		quit("usage: ./dispatch /JOBS");
	jobs = mq_open(argv[1], O_RDONLY);
	if (jobs == (mqd_t)-1 || mq_getattr(jobs, &attr) == -1)
		die("mq_open");
	job = malloc((size_t)attr.mq_msgsize + 1);
	if (!job)
		die("malloc");
	// One at a time: the next may be overtaken until we take it.
	for (;;) {
		priority = take(jobs, job, (size_t)attr.mq_msgsize);
		if (strcmp(job, "stop") == 0)
			return status;
		do_job(job, priority);
	}
}
