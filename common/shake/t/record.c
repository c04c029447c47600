/*
 * record - a record in shared memory, and a flag that says it is complete
 *
 *	record early|right	the flag before, or after, the copy; ends
 *				with 1 if the reader saw a torn record
 *	record write|pwrite	"abcdefgh" to stdout by one call, then what
 *				it returned
 *	record twice		the same by write(), twice, and no number
 *	record pipe		6000, then 60000 bytes into a pipe: how many?
 *	record sockets		8 bytes as a datagram, 8 into a stream
 *	record eventfd		8 bytes into an eventfd
 *	record close		close() twice: its errors
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct { int ready; char data[4000]; } *shared;

static void publish(int early)
{
	char data[sizeof shared->data];

	memset(data, 'x', sizeof data);
	if (early)
		__atomic_store_n(&shared->ready, 1, __ATOMIC_RELEASE);
	memcpy(shared->data, data, sizeof data);
	__atomic_store_n(&shared->ready, 1, __ATOMIC_RELEASE);
	_exit(0);
}

static int is_torn(void)
{
	while (!__atomic_load_n(&shared->ready, __ATOMIC_ACQUIRE))
		sched_yield();
	return memchr(shared->data, 0, sizeof shared->data) != NULL;
}

static int transfer(const char *call)
{
	ssize_t n = strcmp(call, "write") == 0 ? write(1, "abcdefgh", 8) :
		    pwrite(fileno(tmpfile()), "abcdefgh", 8, 0);

	printf("%zd\n", n);
	return 0;
}

static int into_pipe(void)
{
	static char data[60000];
	int fd[2];

	if (pipe(fd) == -1)
		return 2;
	printf("%zd ", write(fd[1], data, 6000));
	printf("%zd\n", write(fd[1], data, sizeof data));
	return 0;
}

static int into_sockets(void)
{
	const int type[] = { SOCK_DGRAM, SOCK_STREAM };
	int fd[2];

	for (int i = 0; i < 2; i++) {
		if (socketpair(AF_UNIX, type[i], 0, fd) == -1)
			return 2;
		printf("%zd%c", send(fd[0], "abcdefgh", 8, 0), i ? '\n' : ' ');
	}
	return 0;
}

static int into_eventfd(void)
{
	printf("%zd\n", write(eventfd(0, 0), "\1\0\0\0\0\0\0", 8));
	return 0;
}

static const char *closing(int fd)
{
	return close(fd) == 0 ? "0" : errno == EIO ? "EIO" :
	       errno == EBADF ? "EBADF" : "?";
}

static int close_twice(void)
{
	int fd = dup(0);

	printf("%s, ", closing(fd));
	printf("then %s\n", closing(fd));
	return 0;
}

int main(int argc, char **argv)
{
	int torn;

	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "twice") == 0)
		return write(1, "abcdefgh", 8) == -1 ||
		       write(1, "abcdefgh", 8) == -1;
	if (strcmp(argv[1], "pipe") == 0)
		return into_pipe();
	if (strcmp(argv[1], "sockets") == 0)
		return into_sockets();
	if (strcmp(argv[1], "eventfd") == 0)
		return into_eventfd();
	if (strcmp(argv[1], "close") == 0)
		return close_twice();
	if (strstr(argv[1], "write"))
		return transfer(argv[1]);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	if (fork() == 0)
		publish(strcmp(argv[1], "early") == 0);
	torn = is_torn();
	wait(NULL);
	return torn;
}
