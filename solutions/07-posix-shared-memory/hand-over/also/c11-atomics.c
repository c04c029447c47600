/*
 * publish - hands stdin over in shared memory, to whoever waits for it
 *
 *                       /dev/shm/NAME
 *   stdin --> publish --> [ ready | size | taken | bytes ... ] --> a reader
 *             waits until the reader has posted `taken', and unlinks NAME
 *
 *   echo hello | ./publish /news &
 *   ./publish /news take		prints: hello
 */
#include <fcntl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

enum { MOST = 1024 * 1024 };	// bytes of one record

/* This is how the object looks; whoever takes it relies on it. */
struct record {
	_Atomic uint32_t ready;	// 1: all that follows is complete
	uint32_t size;		// how many bytes there are
	sem_t taken;		// posted by the reader when it is done
	char bytes[];
};

/* All of stdin into BUF: how many bytes. */
static size_t read_all(char *buf)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf + len, MOST + 1 - len)) > 0)
		len += (size_t)n;
	if (n == -1)
		die("read");
	if (len > MOST)
		quit("the record is too long: %d bytes at most", MOST);
	return len;
}

static struct record *map(int fd, size_t size)
{
	struct record *r = mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_SHARED, fd, 0);

	if (r == MAP_FAILED)
		die("mmap");
	return r;
}

static const char *name;

static void unlink_name(void)
{
	if (name)
		shm_unlink(name);
}

/* No signal may end us between shm_open() and the store behind it: what is not
 * known to be ours would stay. */
static int create(const char *as)
{
	int fd;

	hold_signals();
	fd = shm_open(as, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd != -1)
		name = as;		// ours from now on
	let_signals();
	if (fd == -1)
		die("shm_open");
	return fd;
}

/* The order is all: nobody may see ready == 1 and an older rest. RELEASE
 * keeps compiler and processor from moving a store behind it. */
static void publish(const char *as, const char *bytes, size_t len)
{
	size_t size = offsetof(struct record, bytes) + len;
	struct record *r;
	int fd;

	remove_at_end(unlink_name);
	fd = create(as);
	if (ftruncate(fd, (off_t)size) == -1)
		die("ftruncate");
	r = map(fd, size);
	if (sem_init(&r->taken, 1, 0) == -1)	// 1: between processes
		die("sem_init");
	memcpy(r->bytes, bytes, len);
	r->size = (uint32_t)len;
	atomic_store_explicit(&r->ready, 1, memory_order_release);
	if (sem_wait(&r->taken) == -1)
		die("sem_wait");
}

/* The other side, to try it by hand. */
static void take(const char *from)
{
	int fd = shm_open(from, O_RDWR, 0);
	struct stat st;
	struct record *r;

	if (fd == -1 || fstat(fd, &st) == -1)
		die("shm_open, fstat");
	if (st.st_size < (off_t)sizeof *r)
		quit("%s has no size yet: try again", from);
	r = map(fd, (size_t)st.st_size);
	while (atomic_load(&r->ready) == 0)
		sched_yield();
	fwrite(r->bytes, 1, r->size, stdout);
	if (sem_post(&r->taken) == -1)
		die("sem_post");
}

int main(int argc, char **argv)
{
	static char bytes[MOST + 1];

	if (argc == 2)
		publish(argv[1], bytes, read_all(bytes));
	else if (argc == 3 && strcmp(argv[2], "take") == 0)
		take(argv[1]);
	else
		quit("usage: ./publish NAME, or: ./publish NAME take");
	return EXIT_SUCCESS;
}
