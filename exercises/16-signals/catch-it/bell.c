/*
 * bell - counts the rings: each SIGUSR1 is one
 *
 *   visitor --SIGUSR1--> bell --> stdout
 *
 *   ./bell &		prints: the bell hangs
 *   kill -USR1 $!	prints: ring 1
 *   kill -TERM $!	ends it, as ever
 */
#include "../../../common/lesson.h"

static volatile sig_atomic_t rings;

/* The kernel is to call this for each SIGUSR1, wherever the program is. */
static void count_ring(int sig)
{
	(void)sig;
	rings = rings + 1;
}

/* From here on SIGUSR1 calls count_ring(). */
static void catch_rings(void)
{
	// TODO: tell the kernel, by sigaction(). Check what it returns.
	(void)count_ring;
}

/* One line, at once. */
static void tell(const char *line)
{
	if (puts(line) == EOF)
		die("puts");
	if (fflush(stdout) == EOF)
		die("fflush");
}

int main(void)
{
	sigset_t ring;
	sigset_t before;
	char line[32];

	/* SIGUSR1 is let in only while the program sleeps in sigsuspend(), so
	 * that no ring can come between a look and the sleep. */
	sigemptyset(&ring);
	sigaddset(&ring, SIGUSR1);
	if (sigprocmask(SIG_BLOCK, &ring, &before) == -1)
		die("sigprocmask");
	catch_rings();
	tell("the bell hangs");
	for (;;) {
		/* It sleeps until a handler has run: EINTR says so. */
		if (sigsuspend(&before) == -1 && errno != EINTR)
			die("sigsuspend");
		snprintf(line, sizeof line, "ring %d", (int)rings);
		tell(line);
	}
}
