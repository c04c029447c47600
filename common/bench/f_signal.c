/* f_signal.c - a standard signal, and a realtime one with a word of payload */
#define _GNU_SOURCE
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

static sigset_t expected;
static int rt;

static const char *block(int sig)
{
	sigemptyset(&expected);
	sigaddset(&expected, sig);
	return sigprocmask(SIG_BLOCK, &expected, NULL) == -1 ?
	    refuse("sigprocmask") : NULL;
}

static const char *setup_standard(struct bench *b)
{
	(void)b;
	return block(SIGUSR1);
}

static const char *setup_rt(struct bench *b)
{
	(void)b;
	rt = SIGRTMIN;
	return block(rt);
}

static void take(struct bench *b, siginfo_t *si)
{
	static const struct timespec at_once = { 0, 0 };

	while ((b->spin ? sigtimedwait(&expected, si, &at_once) :
			  sigwaitinfo(&expected, si)) == -1)
		if (errno != EAGAIN && errno != EINTR)
			fail(b, "sigwaitinfo");
	if (b->peer && si->si_pid != b->peer)
		fail(b, "a signal from process %d, a stranger",
		     (int)si->si_pid);
}

static void send_standard(struct bench *b, const void *msg, size_t len)
{
	(void)msg, (void)len;
	if (kill(b->peer ? b->peer : getpid(), SIGUSR1) == -1)
		fail(b, "kill");
}

static void recv_standard(struct bench *b, void *msg, size_t len)
{
	siginfo_t si;

	(void)msg, (void)len;
	take(b, &si);
}

static void send_rt(struct bench *b, const void *msg, size_t len)
{
	union sigval v = { .sival_ptr = NULL };

	memcpy(&v, msg, len);
	if (sigqueue(b->peer ? b->peer : getpid(), rt, v) == -1)
		fail(b, "sigqueue");
}

static void recv_rt(struct bench *b, void *msg, size_t len)
{
	siginfo_t si;

	take(b, &si);
	memcpy(msg, &si.si_value, len);
}

const struct facility f_signal = {
	.name = "signal", .title = "standard signal", .family = "signal",
	.can = BLOCKS | POLLS | SELF | ROUND,
	.setup = setup_standard, .send = send_standard, .recv = recv_standard,
};

const struct facility f_rt_signal = {
	.name = "rt-signal", .title = "realtime signal", .family = "signal",
	.can = BLOCKS | POLLS | SELF | ROUND,
	.max = sizeof(union sigval), .copies = 2,
	.setup = setup_rt, .send = send_rt, .recv = recv_rt,
};
