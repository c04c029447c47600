#include <math.h>
/*
 * rate - how long does it take until a consumer has so many bytes?
 *
 *   rate --- 4096 bytes, to warm up ----> [ PATH, AF_UNIX stream ] consumer
 *        <-- 1 byte: "I have them" ------
 *        --- BYTES bytes, end-of-file -->
 *        <-- 1 byte: "I have them" ------
 *
 *   ./rate PATH BYTES	prints: 1000000 bytes in 1.234 ms
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "../../../common/lesson.h"

enum { WARM_UP = 4096 };

static double now_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) == -1)
		die("clock_gettime");
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int connect_to(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1)
		die("socket");
	if (strlen(path) >= sizeof at.sun_path)
		quit("PATH is too long");
	strcpy(at.sun_path, path);
	if (connect(fd, (struct sockaddr *)&at, sizeof at) == -1)
		die("connect");
	return fd;
}

static void send_bytes(int fd, size_t n)
{
	static const char block[65536];

	while (n > 0) {
		ssize_t done = send(fd, block, n < sizeof block ? n :
				    sizeof block, MSG_NOSIGNAL);

		if (done == -1)
			die("send");
		n -= (size_t)done;
	}
}

/* The consumer says that it has all of it. */
static void await_consumer(int fd)
{
	char byte;
	ssize_t n = read(fd, &byte, 1);

	if (n == -1)
		die("read");
	if (n == 0)
		quit("the consumer has left");
}

/* How many milliseconds do BYTES bytes take? */
static double measure(int fd, size_t bytes)
{
	double begin;

	send_bytes(fd, WARM_UP);
	await_consumer(fd);
	begin = now_ms();
	send_bytes(fd, bytes);
	if (shutdown(fd, SHUT_WR) == -1)
		die("shutdown");
	await_consumer(fd);
	return round((now_ms() - begin) * 1000) / 1000;
}

int main(int argc, char **argv)
{
	size_t bytes;
	double ms;
	int fd;

	if (argc != 3)
		quit("usage: ./rate PATH BYTES");
	bytes = strtoul(argv[2], NULL, 10);
	fd = connect_to(argv[1]);
	ms = measure(fd, bytes);
	printf("%zu bytes in %.3f ms\n", bytes, ms);
	return EXIT_SUCCESS;
}
