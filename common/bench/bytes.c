/* bytes.c - what facilities share: whole messages, payload, reasons */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../lesson.h"
#include "inside.h"

void fail(struct bench *b, const char *fmt, ...)
{
	int err = errno;
	char text[192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	/* The first reason counts: the other side fails because of it. */
	if (!b->shared->out.why[0])
		snprintf(b->shared->out.why, sizeof b->shared->out.why,
			 err ? "%s: %s (%s)" : "%s", text, errno_name(err),
			 strerror(err));
	kill(b->shared->pid[0], SIGKILL);
	_exit(1);
}

const char *refuse(const char *call)
{
	static char text[192];

	snprintf(text, sizeof text, "%s: %s (%s)", call, errno_name(errno),
		 strerror(errno));
	return text;
}

void own_nothing(struct keep *k)
{
	for (size_t i = 0; i < sizeof k->id / sizeof *k->id; i++)
		k->id[i] = -1;
}

int no_wait(const struct bench *b, int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags == -1 || !b->spin ? flags :
					 fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void write_all(struct bench *b, int fd, const void *msg, size_t len)
{
	const char *from = msg;
	ssize_t n;

	while (len) {
		n = write(fd, from, len);
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			fail(b, "write");
		if (n > 0) {
			from += n;
			len -= (size_t)n;
		}
	}
}

void read_all(struct bench *b, int fd, void *msg, size_t len)
{
	char *to = msg;
	ssize_t n;

	while (len) {
		n = read(fd, to, len);
		if (n == 0)
			fail(b, "read: the other side has closed");
		if (n == -1 && errno != EAGAIN && errno != EINTR)
			fail(b, "read");
		if (n > 0) {
			to += n;
			len -= (size_t)n;
		}
	}
}

/* Every byte depends on its place and on the number of the message. */
void payload_whole(unsigned char *msg, size_t len, uint64_t seq)
{
	uint64_t x = seq * 0x9e3779b97f4a7c15u | 1;

	for (size_t i = 0; i < len; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		msg[i] = (unsigned char)(x >> 32);
	}
}

int payload_is(const unsigned char *got, size_t len, uint64_t seq)
{
	static unsigned char want[LARGEST];

	payload_whole(want, len, seq);
	return memcmp(got, want, len) == 0;
}

void payload_bad(struct bench *b, const unsigned char *got)
{
	uint64_t head = 0;

	memcpy(&head, got, b->size < 8 ? b->size : 8);
	errno = 0;
	if (!b->whole && b->size >= 8 && head != b->seq)
		fail(b, "the payload is not what was sent: message %llu came "
		     "in place of %llu", (unsigned long long)head,
		     (unsigned long long)b->seq);
	fail(b, "the payload is not what was sent: message %llu is damaged",
	     (unsigned long long)b->seq);
}
