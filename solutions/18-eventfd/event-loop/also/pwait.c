/*
 * desk - the reception: letters, rings and the order to close, in one loop
 *
 *   letters --lines----> stdin        \
 *   guests ---write()--> descriptor 3  > epoll_wait() --> desk --> stdout
 *   manager --SIGTERM--> signalfd     /
 *
 *   Descriptor 3 is an eventfd. By hand:  cd lessons/18-eventfd, make, then
 *   ./experiments/exec ../../exercises/18-eventfd/event-loop/desk
 *
 *   prints:  letter TEXT	for each line
 *            rings 2		for rings that came since the last look
 *            closed		on SIGTERM, and ends
 */
#include <sys/epoll.h>

#include "../../../common/lesson.h"

enum { BELL = 3 };

__attribute__((format(printf, 1, 2)))
static void tell(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (vprintf(fmt, ap) < 0 || fflush(stdout) == EOF)
		die("printf");
	va_end(ap);
}

static void watch(int loop, int fd)
{
	struct epoll_event when = { .events = EPOLLIN, .data.fd = fd };

	if (loop == -1 || fd == -1 ||
	    epoll_ctl(loop, EPOLL_CTL_ADD, fd, &when) == -1)
		die("make or watch a descriptor");
}

/* A letter may come in parts, and several at once: what is no whole line yet
 * is kept. 0 when no more letters will come. */
static int on_letters(void)
{
	static char text[4096];
	static size_t len;
	char *line = text, *end;
	ssize_t n = read(STDIN_FILENO, text + len, sizeof text - len);

	if (n == -1)
		die("read");
	len += (size_t)n;
	while ((end = memchr(line, '\n', (size_t)(text + len - line)))) {
		tell("letter %.*s\n", (int)(end - line), line);
		line = end + 1;
	}
	len = (size_t)(text + len - line);
	if (len == sizeof text)
		quit("a letter is too long");
	memmove(text, line, len);
	return n > 0;
}

static void on_bell(void)
{
	uint64_t rings;

	if (read(BELL, &rings, sizeof rings) != sizeof rings)
		die("read the bell");
	tell("rings %llu\n", (unsigned long long)rings);
}

static volatile sig_atomic_t closing;

static void note(int sig)
{
	(void)sig;
	closing = 1;
}

/* SIGTERM is let in by epoll_pwait() alone, with the mask OPEN. */
static void catch_order(sigset_t *open)
{
	struct sigaction act = { .sa_handler = note };
	sigset_t set;

	sigemptyset(&act.sa_mask);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (sigaction(SIGTERM, &act, NULL) == -1 ||
	    sigprocmask(SIG_BLOCK, &set, open) == -1)
		die("sigaction");
}

int main(void)
{
	int loop = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event event;
	sigset_t open;

	watch(loop, STDIN_FILENO);
	watch(loop, BELL);
	catch_order(&open);
	while (!closing) {
		if (epoll_pwait(loop, &event, 1, -1, &open) == -1) {
			if (errno == EINTR)
				continue;
			die("epoll_wait");
		}
		if (event.data.fd == BELL)
			on_bell();
		else if (!on_letters() && epoll_ctl(loop, EPOLL_CTL_DEL,
						    STDIN_FILENO, NULL) == -1)
			die("epoll_ctl");
	}
	tell("closed\n");
	return EXIT_SUCCESS;
}
