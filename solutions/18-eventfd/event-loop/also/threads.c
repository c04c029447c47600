/*
 * desk - the reception: letters, rings and the order to close, a thread each
 *
 *   letters --lines----> stdin         a thread
 *   guests ---write()--> descriptor 3  a thread     > one lock > stdout
 *   manager --SIGTERM--> sigwait()     the first one
 *
 *   Descriptor 3 is an eventfd. By hand:  cd lessons/18-eventfd, make, then
 *   ./experiments/exec ../../exercises/18-eventfd/event-loop/desk
 *
 *   prints:  letter TEXT	for each line
 *            rings 2		for rings that came since the last look
 *            closed		on SIGTERM, and ends
 */
#include <pthread.h>

#include "../../../common/lesson.h"

enum { BELL = 3 };

static pthread_mutex_t output = PTHREAD_MUTEX_INITIALIZER;

/* A line stays in one piece, whoever prints it. */
__attribute__((format(printf, 1, 2)))
static void tell(const char *fmt, ...)
{
	va_list ap;

	errno = pthread_mutex_lock(&output);
	if (errno != 0)
		die("pthread_mutex_lock");
	va_start(ap, fmt);
	if (vprintf(fmt, ap) < 0 || fflush(stdout) == EOF)
		die("printf");
	va_end(ap);
	errno = pthread_mutex_unlock(&output);
	if (errno != 0)
		die("pthread_mutex_unlock");
}

/* A byte a call, so no letter is cut, and the thread ends with its input. */
static void *read_letters(void *unused)
{
	char line[256];
	size_t len = 0;
	ssize_t n;

	(void)unused;
	while ((n = read(STDIN_FILENO, line + len, 1)) == 1) {
		if (line[len] == '\n') {
			tell("letter %.*s\n", (int)len, line);
			len = 0;
		} else if (++len == sizeof line) {
			quit("a letter is too long");
		}
	}
	if (n == -1)
		die("read");
	return NULL;
}

static void *hear_bell(void *unused)
{
	uint64_t rings;

	(void)unused;
	for (;;) {
		if (read(BELL, &rings, sizeof rings) != sizeof rings)
			die("read the bell");
		tell("rings %llu\n", (unsigned long long)rings);
	}
}

static void begin(void *(*work)(void *))
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, work, NULL);
	if (errno != 0)
		die("pthread_create");
}

int main(void)
{
	sigset_t order;
	int sig;

	/* Blocked before there are threads, so in all of them. */
	sigemptyset(&order);
	sigaddset(&order, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &order, NULL) == -1)
		die("sigprocmask");
	begin(read_letters);
	begin(hear_bell);
	errno = sigwait(&order, &sig);
	if (errno != 0)
		die("sigwait");
	tell("closed\n");
	return EXIT_SUCCESS;
}
