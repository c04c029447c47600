/*
 * chime - what an eventfd keeps, and what read() takes out of it
 *
 * Predict what it prints before you run it. answers.txt asks for each line.
 */
#include <poll.h>
#include <sys/eventfd.h>

#include "../../../common/lesson.h"

/* A bell that nobody has rung. read() does not wait at it. */
static int new_bell(int kind)
{
	int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | kind);

	if (bell == -1)
		die("eventfd");
	return bell;
}

/* Ring TIMES times, by one write(). */
static void ring(int bell, uint64_t times)
{
	ssize_t n = write(bell, &times, sizeof times);

	if (n != sizeof times)
		die("write");
}

/* Say what one read() of SIZE bytes brings: a number, or an error. */
static void take(const char *label, int bell, size_t size)
{
	uint64_t value = 0;
	ssize_t n = read(bell, &value, size);

	if (n == -1)
		printf("%s: %s\n", label, errno_name(errno));
	else
		printf("%s: %llu\n", label, (unsigned long long)value);
}

/* How many read() find something, until one finds nothing? */
static int takes(int bell)
{
	uint64_t value;
	int n = 0;

	while (read(bell, &value, sizeof value) == sizeof value)
		n = n + 1;
	if (errno != EAGAIN)
		die("read");
	return n;
}

int main(void)
{
	int bell = new_bell(0);
	int semaphore = new_bell(EFD_SEMAPHORE);
	struct pollfd look = { .fd = bell, .events = POLLIN };
	int ready;
	int more;

	/* 1: three guests ring, 1, 2 and 4 times. Then one read(). */
	ring(bell, 1);
	ring(bell, 2);
	ring(bell, 4);
	take("value", bell, sizeof(uint64_t));

	/* 2: is there something to read now? 0 says: do not wait. */
	ready = poll(&look, 1, 0);
	if (ready == -1)
		die("poll");
	printf("ready: %d\n", ready);

	/* 3: read() again. */
	take("empty", bell, sizeof(uint64_t));

	/* 4: it rings once more, and read() has room for 4 bytes. */
	ring(bell, 1);
	take("room for 4", bell, sizeof(uint32_t));

	/* 5: the other kind of bell. It rings 3 times, by one write(). */
	ring(semaphore, 3);
	take("semaphore", semaphore, sizeof(uint64_t));

	/* 6: and until nothing is left. */
	more = takes(semaphore);
	printf("more: %d\n", more);
	return EXIT_SUCCESS;
}
