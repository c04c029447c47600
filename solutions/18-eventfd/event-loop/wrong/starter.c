// EXPECT: fail=letters,bell,close msg="only SIGTERM ends it"
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

/* A letter may come in parts, and several at once. At most 200 bytes. */
static void on_letters(void)
{
}

static void on_bell(void)
{
}

int main(void)
{
	on_letters();
	on_bell();
	tell("closed\n");
	return EXIT_SUCCESS;
}
