/*
 * early - write() returns, and nobody has read a byte yet
 *
 *   we --(4000 bytes)--> [ pipe ] --> reader --(1 byte: I have all)--> we
 *
 * The reader is slow: it begins only when we tell it to. In any program a
 * reader can be as slow as that by chance. Here we force it.
 *
 * Watch: how many bytes still lie in the pipe when the clock is stopped.
 *
 * Try: in be_slow_reader(), send the answer before you read the data. What may
 * the second line show now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#include "../../../common/experiment.h"

enum { SIZE = 4000 };		// bytes: a pipe has room for them at once

static long long now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) == -1)
		die("clock_gettime");
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* How many bytes are in the pipe whose end to read is FD? */
static int bytes_in(int fd)
{
	int bytes;

	if (ioctl(fd, FIONREAD, &bytes) == -1)
		die("ioctl FIONREAD");
	return bytes;
}

static void write_all(int fd, const char *bytes, size_t size)
{
	size_t gone = 0;

	while (gone < size) {
		ssize_t n = write(fd, bytes + gone, size - gone);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("write");
		gone += (size_t)n;
	}
}

static void read_all(int fd, char *bytes, size_t size)
{
	size_t have = 0;

	while (have < size) {
		ssize_t n = read(fd, bytes + have, size - have);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("read");
		if (n == 0)
			quit("the other side has gone");
		have += (size_t)n;
	}
}

/* In the child: wait for the byte that means "go", read all the data, and
 * answer with a byte. */
static void be_slow_reader(int data, int go, int answer)
{
	char bytes[SIZE];
	char byte;

	read_all(go, &byte, 1);
	read_all(data, bytes, SIZE);
	write_all(answer, &byte, 1);
}

int main(void)
{
	static const char bytes[SIZE];
	char byte = 'x';
	long long start;
	long long written;
	long long answered;
	pid_t parent = getpid();
	pid_t reader;
	int data[2];		// of each pipe [0] is the end to read
	int go[2];
	int answer[2];
	int unread_then;	// bytes in the pipe when write() has returned
	int unread_now;		// and when the answer has come
	int status;

	if (pipe(data) == -1)
		die("pipe");
	if (pipe(go) == -1)
		die("pipe");
	if (pipe(answer) == -1)
		die("pipe");
	reader = fork();
	if (reader == -1)
		die("fork");
	if (reader == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// If it kept our ends to write, it would never see end-of-file
		// when we die.
		if (close(data[1]) == -1)
			die("close");
		if (close(go[1]) == -1)
			die("close");
		if (close(answer[0]) == -1)
			die("close");
		be_slow_reader(data[0], go[0], answer[1]);
		exit(EXIT_SUCCESS);
	}
	// We keep data[0], to look into the pipe. But if we kept answer[1], we
	// would never see end-of-file, even if the reader had died.
	if (close(answer[1]) == -1)
		die("close");

	start = now_ns();
	write_all(data[1], bytes, SIZE);
	written = now_ns() - start;
	unread_then = bytes_in(data[0]);

	write_all(go[1], &byte, 1);
	read_all(answer[0], &byte, 1);
	answered = now_ns() - start;
	unread_now = bytes_in(data[0]);

	// We print only now, because printing takes time as well.
	say("wrong: write() returned after %lld ns; not read yet: %d bytes",
	    written, unread_then);
	say("right: the answer came after %lld ns; not read yet: %d bytes",
	    answered, unread_now);

	while (waitpid(reader, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (status != 0)
		quit("the reader has failed");
	return EXIT_SUCCESS;
}
