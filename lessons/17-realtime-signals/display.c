/*
 * display - shows readings that come as payloads of signals
 *
 *   reporter --sigqueue()--> [ pending ] --sigwaitinfo()--> display
 *                                        --signalfd, read()-->
 *
 * No handler: blocked signals, taken when the display is ready; from a file
 * descriptor, too. Its partner ./reporter starts it. Watch the order.
 */
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "../../common/lesson.h"

static sigset_t readings, orders;
static pid_t reporter;

// Tell the reporter how many came, 0 when ready, and wait for its word.
static void wait_for_order(int came)
{
	union sigval value = { .sival_int = came };
	int sig;

	// Not to getppid(): once the reporter has died, that is a stranger.
	if (sigqueue(reporter, SIGRTMIN, value) == -1 && errno != ESRCH)
		die("sigqueue");
	while ((sig = sigwaitinfo(&orders, NULL)) == -1)
		;		// EINTR: we were stopped and continued
	if (sig == SIGHUP)
		quit("the reporter has gone: start it again");
}

static int show_pending(void)
{
	struct timespec at_once = { 0, 0 };
	siginfo_t si;
	int n = 0;

	for (; sigtimedwait(&readings, &si, &at_once) != -1; n++)
		say("%s%s brings %d", si.si_signo == SIGUSR1 ? "SIGUSR1" :
		    "SIGRTMIN", si.si_signo > SIGRTMIN ? "+1" : "",
		    si.si_value.sival_int);
	say("nothing else is pending: %s", errno_name(errno));
	return n;
}

static void read_pending(void)
{
	struct signalfd_siginfo si[8];
	int fd = signalfd(-1, &readings, SFD_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		die("signalfd");
	n = read(fd, si, sizeof si);	// as many as are there
	if (n == -1)
		die("read");
	for (size_t i = 0; i < (size_t)n / sizeof *si; i++)
		say("read() of signalfd, part %zu: %d", i + 1, si[i].ssi_int);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		quit("start ./reporter: it starts me");
	sigaddset(&readings, SIGUSR1);	// static, so empty at first
	sigaddset(&readings, SIGRTMIN);
	sigaddset(&readings, SIGRTMIN + 1);
	sigaddset(&orders, SIGUSR2);
	sigaddset(&orders, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &orders, NULL) == -1 ||
	    prctl(PR_SET_PDEATHSIG, SIGHUP) == -1)
		die("sigprocmask or prctl");
	reporter = getppid();
	if (reporter != atoi(argv[1]))		// it has died before that
		quit("the reporter has gone: start it again");
	wait_for_order(0);
	wait_for_order(show_pending());
	read_pending();
	return EXIT_SUCCESS;
}
