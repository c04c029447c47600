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
//> solution
#include <sys/epoll.h>
#include <sys/signalfd.h>

//> end
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

//> starter
//|/* A letter may come in parts, and several at once. At most 200 bytes. */
//|static void on_letters(void)
//|{
//|	// TODO: read() what is there; tell("letter %s\n", ...) for each line.
//|}
//|
//|static void on_bell(void)
//|{
//|	// TODO: tell("rings %llu\n", ...)
//|}
//|
//|int main(void)
//|{
//|	// TODO: watch all three, and sleep until one of them has something.
//|	// When stdin has ended, go on with the others.
//|	on_letters();
//|	on_bell();
//|	tell("closed\n");
//|	return EXIT_SUCCESS;
//|}
//> solution
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

/* A descriptor that tells of SIGTERM. The signal must be blocked, or it
 * kills first. */
static int order_to_close(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) == -1)
		die("sigprocmask");
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(void)
{
	int loop = epoll_create1(EPOLL_CLOEXEC), closing = order_to_close();
	struct epoll_event event;

	watch(loop, STDIN_FILENO);
	watch(loop, BELL);
	watch(loop, closing);
	for (;;) {
		// Stopped and continued, as by Ctrl-Z and fg, it is EINTR.
		if (epoll_wait(loop, &event, 1, -1) == -1) {
			if (errno == EINTR)
				continue;
			die("epoll_wait");
		}
		if (event.data.fd == closing)
			break;
		if (event.data.fd == BELL)
			on_bell();
		else if (!on_letters() && epoll_ctl(loop, EPOLL_CTL_DEL,
						    STDIN_FILENO, NULL) == -1)
			die("epoll_ctl");
	}
	tell("closed\n");
	return EXIT_SUCCESS;
}
//> end
