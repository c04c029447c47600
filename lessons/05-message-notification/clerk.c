/*
 * clerk - is told by a signal when a letter comes into an empty box
 *
 *   sender --mq_send()--> [ POSIX queue ] --SIGUSR1--> clerk
 *
 * mq_notify() serves once, and only when the queue was empty. So after each
 * signal: first register again, then empty the box. The other way round a
 * letter may slip in between, and lie there with nobody told.
 *
 * Started by ./sender, with the name of the box.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>

#include "../../common/lesson.h"

static void be_told_of_next(mqd_t box)
{
	struct sigevent how = { .sigev_notify = SIGEV_SIGNAL,
				.sigev_signo = SIGUSR1,
				.sigev_value.sival_int = 7 };

	if (mq_notify(box, &how) == -1)
		die("mq_notify");
}

static void sleep_until_told(const sigset_t *set)
{
	siginfo_t si;

	if (sigwaitinfo(set, &si) == -1)
		die("sigwaitinfo");
	say("woken by signal with value %d, from %s", si.si_value.sival_int,
	    si.si_pid == getppid() ? "my sender" : "a stranger");
}

static void empty(mqd_t box)
{
	char letter[64];

	while (mq_receive(box, letter, sizeof letter, NULL) != -1)
		say("takes '%s'", letter);
	if (errno != EAGAIN)		// O_NONBLOCK: no letter is left
		die("mq_receive");
}

int main(int argc, char **argv)
{
	sigset_t set;
	mqd_t box;

	if (argc != 2)
		quit("start ./sender: it makes the box, then starts me");
	box = mq_open(argv[1], O_RDONLY | O_NONBLOCK);
	if (box == (mqd_t)-1)
		die("mq_open");

	// A blocked signal waits for sigwaitinfo(): it never comes too early.
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");
	be_told_of_next(box);
	for (int letters = 0; letters < 2; letters++) {
		sleep_until_told(&set);
		be_told_of_next(box);	// first this,
		empty(box);		// then that
	}
	return EXIT_SUCCESS;
}
