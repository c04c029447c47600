/*
 * busy - only one process can be told of a box's letters
 *
 *   a child --mq_notify()--> [ our box ] <--mq_notify()-- we: EBUSY
 *
 * Watch: the second process does not wait for its turn. Its call fails at once.
 *
 * Try: in main(), move the line kill_child(child) to a place before the first
 * ask(). Which lines change, and whose request is it each time?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <mqueue.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

enum { ROOM = 10 };		// how many letters fit into the box
enum { LONGEST = 8 };		// bytes of the longest letter

/* Make a box that nobody else finds. It goes away when we end. */
static mqd_t make_box(void)
{
	struct mq_attr size = { .mq_maxmsg = ROOM, .mq_msgsize = LONGEST };
	char name[OWN_NAME];
	mqd_t box;

	own_name(name, "busy");

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

/* Ask to be told, and say what mq_notify() returns. WHEN is the beginning of
 * the line. SIGEV_NONE means that we want no signal: this is a request, too. */
static void ask(mqd_t box, const char *when)
{
	struct sigevent how = { .sigev_notify = SIGEV_NONE };

	if (mq_notify(box, &how) == -1)
		say("%s: we ask: -1, %s", when, errno_name(errno));
	else
		say("%s: we ask: 0", when);
}

/* Take back our request, if we have one. */
static void take_back(mqd_t box)
{
	if (mq_notify(box, NULL) == -1)
		die("mq_notify, take back");
}

/* The id of the process that has asked to be told; 0 if there is none. On Linux
 * read() of a queue returns a line about the queue, which is like
 * "QSIZE:0 ... NOTIFY_PID:1234". */
static long who_is_told(mqd_t box)
{
	static const char label[] = "NOTIFY_PID:";
	char line[200];
	const char *number;
	// pread() from position 0: a second call reads the same line again.
	ssize_t n = pread(box, line, sizeof line - 1, 0);

	if (n == -1)
		die("pread");
	line[n] = '\0';
	number = strstr(line, label);
	if (!number)
		quit("the kernel does not say who is told");
	// 10: a decimal number. NULL: we need not know where it ends.
	return strtol(number + strlen(label), NULL, 10);
}

static pid_t start_child(mqd_t box)
{
	pid_t parent = getpid();
	pid_t child = fork();

	if (child == -1)
		die("fork");
	if (child == 0) {
		struct sigevent how = { .sigev_notify = SIGEV_NONE };

		// If the parent is killed, nobody is left to end the child.
		if (!end_with_parent(parent))
			die("end_with_parent");
		if (mq_notify(box, &how) == -1)
			die("mq_notify, in the child");
		for (;;)
			pause();	// sleeps until a signal kills us
	}
	return child;
}

static void kill_child(pid_t child)
{
	int status;

	if (kill(child, SIGKILL) == -1)
		die("kill");
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (!WIFSIGNALED(status))
		quit("the child did not die of the signal");
}

int main(void)
{
	mqd_t box = make_box();
	pid_t child = start_child(box);

	// The child sleeps in pause() only. So if it sleeps, it has asked.
	if (!wait_until_asleep(child))
		quit("the child has failed");
	if (who_is_told(box) != child)
		quit("the child has not asked");
	say("a child has asked: NOTIFY_PID is its process id");
	ask(box, "the child's request stands");
	take_back(box);
	ask(box, "NULL takes back only a request of our own");

	kill_child(child);
	// The child's request has gone with the child. So this call works, and
	// from here on we have a request.
	ask(box, "the child was killed");
	ask(box, "our own request stands");
	take_back(box);
	ask(box, "NULL has taken it back");
	return EXIT_SUCCESS;
}
