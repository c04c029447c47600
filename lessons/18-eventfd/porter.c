/*
 * porter - waits for four kinds of event in one place; ./bell starts it
 *
 *   bell     eventfd    how often did it ring?   --+
 *   timer    timerfd    how often did it expire? --+--> epoll_wait()
 *   SIGTERM  signalfd   no handler               --+
 *   stdin    a pipe: end-of-file if ./bell dies  --+
 */
#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "../../common/lesson.h"

static int loop, bell, trolleys, timer, signals;

static void watch(int fd)
{
	struct epoll_event when = { .events = EPOLLIN, .data.fd = fd };

	if (fd == -1 || epoll_ctl(loop, EPOLL_CTL_ADD, fd, &when) == -1)
		die("make or watch a descriptor");
}

// A time that has passed expires at once, and each interval since counts.
static void start_timer(void)
{
	struct itimerspec hourly = { .it_interval.tv_sec = 3600 };

	hourly.it_value.tv_sec = time(NULL) - 5400;	// 1 1/2 hours ago
	if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &hourly, NULL) == -1)
		die("timerfd_settime");
}

static void serve(int fd)
{
	static uint64_t rings, times;	// eventfd and timerfd: 8 bytes

	if (fd == bell && read(bell, &rings, 8) == 8) {
		say("bell: %d rings, one read()", (int)rings);
		start_timer();
	} else if (fd == timer && read(timer, &times, 8) == 8) {
		say("timer: expired %d times, one read()", (int)times);
		if (write(trolleys, &rings, 8) == -1)
			die("write");
	} else if (fd == signals) {
		say("SIGTERM, a descriptor like the rest: I go home");
		exit(EXIT_SUCCESS);
	} else			// only a pipe has an end-of-file
		quit("./bell has gone: start it again");
}

int main(int argc, char **argv)
{
	struct epoll_event ready;
	sigset_t term;

	if (argc != 3)
		quit("start ./bell: it makes the bell, then starts me");
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);	// blocked: it waits to be read
	if (sigprocmask(SIG_BLOCK, &term, NULL) == -1)
		die("sigprocmask");
	loop = epoll_create1(EPOLL_CLOEXEC);
	watch(bell = atoi(argv[1]));	// made by ./bell, open across exec()
	trolleys = atoi(argv[2]);
	watch(timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC));
	watch(signals = signalfd(-1, &term, SFD_CLOEXEC));
	watch(STDIN_FILENO);
	for (;;)			// Ctrl-Z and fg end a wait: EINTR
		if (epoll_wait(loop, &ready, 1, -1) == 1)
			serve(ready.data.fd);
		else if (errno != EINTR)
			die("epoll_wait");
}
