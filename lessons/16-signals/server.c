/*
 * server - sleeps until it is poked, and must not miss a poke
 *
 *   poker --SIGUSR1--> server       gap():  server --"checked"--> poker
 *         --SIGTERM-->                             <--"poked"----
 *
 * Between the check "was I poked?" and the sleep there is a gap, and gap()
 * lets the poker come exactly there. Watch: pause() sleeps although it was
 * poked, sigsuspend() does not. On SIGTERM it ends its work, then itself.
 * Its partner ./poker starts it; stdin is the line to it.
 */
#define _GNU_SOURCE
#include <sys/socket.h>

#include "../../common/lesson.h"

static volatile sig_atomic_t pokes, stop;
static sigset_t caught;			// static: it begins empty

// A handler may come between any two instructions: it only notes.
static void note(int sig)
{
	pokes += sig == SIGUSR1;
	stop += sig == SIGTERM;
}

static void catch(int sig)
{
	// SA_RESTART is for read() in gap(); it never restarts pause().
	struct sigaction act = { .sa_handler = note, .sa_flags = SA_RESTART };

	if (sigaction(sig, &act, NULL) == -1 || sigaddset(&caught, sig) == -1)
		die("sigaction");
}

static void gap(void)
{
	char answer;

	if (send(STDIN_FILENO, "?", 1, MSG_NOSIGNAL) == -1 ||
	    read(STDIN_FILENO, &answer, 1) != 1)
		quit("the poker has gone: start ./poker again");
}

static void serve(void)
{
	sigset_t before;

	if (sigprocmask(SIG_BLOCK, &caught, &before) == -1)
		die("sigprocmask");
	while (!stop) {
		pokes = 0;
		gap();			// what comes now is kept: blocked
		sigsuspend(&before);	// let in, sleep, block: one step
		say("sigsuspend(): %s, pokes %d, told to stop: %s",
		    errno_name(errno), (int)pokes, stop ? "yes" : "no");
	}
	say("my work is done: now I die of SIGTERM");
	if (fclose(stdout) == EOF || signal(SIGTERM, SIG_DFL) == SIG_ERR ||
	    raise(SIGTERM) || sigprocmask(SIG_SETMASK, &before, NULL) == -1)
		die("raise");		// it comes when it is let in
}

int main(int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "from-poker") != 0)
		quit("start ./poker: it starts me");
	catch(SIGUSR1);
	while (pokes == 0) {		// the mistake: check,
		gap();			// be poked,
		pause();		// and sleep all the same
	}
	say("pause() ends after poke %d: poke 1 was lost", (int)pokes);
	catch(SIGTERM);
	serve();
}
