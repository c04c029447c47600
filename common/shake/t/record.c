/*
 * record - a record in shared memory, and a flag that says it is complete
 *
 *	record early|right	the flag before, or after, the copy; ends
 *				with 1 if the reader saw a torn record
 *	record write|pwrite	"abcdefgh" to stdout by one call, then what
 *				it returned
 *	record twice		the same by write(), twice, and no number
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
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

int main(int argc, char **argv)
{
	int torn;

	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "twice") == 0)
		return write(1, "abcdefgh", 8) == -1 ||
		       write(1, "abcdefgh", 8) == -1;
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
