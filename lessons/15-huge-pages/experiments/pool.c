/*
 * pool - three ways to ask for a huge page when the pool has none
 *
 *   The pool is the store of huge pages that an administrator has set up.
 *
 * Watch: a program that reserves a page, or takes it, is told at once that
 * there is none. A program that only maps it dies at its first store.
 *
 * Try: in without_reservation(), write 0 instead of MAP_NORESERVE. Which call
 * notices it now?
 */
#define _GNU_SOURCE			// for memfd_create() and MAP_HUGETLB
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

// We reserve at most so many huge pages. A larger pool belongs to somebody who
// uses it.
enum { SMALL_POOL = 16 };

enum { GOT_SIGBUS = 2 };	// the child's exit status after SIGBUS

/* The size of a huge page of the pool, in bytes. A memfd of huge pages tells
 * it. */
static size_t size_in_pool(void)
{
	struct stat st;
	int fd;

	skip_without("/sys/kernel/mm/hugepages",
		     "it needs a kernel with CONFIG_HUGETLBFS, and a /sys");
	fd = memfd_create("huge", MFD_HUGETLB);
	if (fd == -1)
		die("memfd_create");
	if (fstat(fd, &st) == -1)
		die("fstat");
	if (close(fd) == -1)
		die("close");
	return (size_t)st.st_blksize;
}

/* Map one huge page. Nobody stores into it yet. */
static char *map_page(size_t size, int more_flags)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | more_flags,
		    -1, 0);
}

/* Reserve all pages of the pool, so that it has none for the rest of this run.
 * When we end, the kernel takes the reservations back. */
static void reserve_all(size_t size)
{
	for (int i = 0; i < SMALL_POOL; i++) {
		if (map_page(size, 0) == MAP_FAILED)
			return;		// the pool is empty now
	}
	say("skipped: the pool has more than %d pages: somebody uses it",
	    SMALL_POOL);
	exit(EXIT_SUCCESS);
}

static void bus_error(int sig)
{
	(void)sig;		// not needed: there is only one signal
	// If the handler returned, the store would be tried again, and fail
	// again, without end.
	_exit(GOT_SIGBUS);
}

/* Let a child store into PAGE. Return the status with which it has ended. */
static int store_in_child(char *page)
{
	struct sigaction act = { .sa_handler = bus_error };
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		if (!end_with_parent(parent))
			die("end_with_parent");
		// Without a handler SIGBUS kills, and may leave a core file.
		sigemptyset(&act.sa_mask);
		if (sigaction(SIGBUS, &act, NULL) == -1)
			die("sigaction");
		*page = 'x';
		exit(EXIT_SUCCESS);
	}
	// EINTR: a signal came first. The child still runs: wait again.
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	if (WIFSIGNALED(status))
		quit("the child was killed by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

static void with_reservation(size_t size)
{
	char *page;

	// It must fail: we have reserved all pages.
	page = map_page(size, 0);
	if (page != MAP_FAILED)
		quit("a page has come into the pool just now: start again");
	say("mmap() with MAP_HUGETLB: %s, at once", errno_name(errno));
}

static void without_reservation(size_t size)
{
	char *page;

	page = map_page(size, MAP_NORESERVE);	// wrong: nothing is reserved
	if (page == MAP_FAILED)
		die("mmap");
	if (store_in_child(page) != GOT_SIGBUS)
		quit("the child has stored, or failed: start again");
	say("wrong: MAP_NORESERVE: mmap() succeeds, the first store is SIGBUS");
}

static void by_fallocate(size_t size)
{
	int fd;
	int result;

	fd = memfd_create("huge", MFD_HUGETLB);
	if (fd == -1)
		die("memfd_create");
	// EINTR: a signal came first. Ask again.
	do {
		result = fallocate(fd, 0, 0, (off_t)size);
	} while (result == -1 && errno == EINTR);
	// This must fail, too.
	if (result == 0)
		quit("a page has come into the pool just now: start again");
	say("right: fallocate() of a huge memfd: %s, before any store",
	    errno_name(errno));
	if (close(fd) == -1)
		die("close");
}

int main(void)
{
	size_t size = size_in_pool();

	reserve_all(size);
	with_reservation(size);
	without_reservation(size);
	by_fallocate(size);
	return EXIT_SUCCESS;
}
