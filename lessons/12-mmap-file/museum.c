/*
 * museum - starts three gates, one after the other, and reads their counter
 *
 *   ./gate --store--> [ the counter: a page of the file ] --load--> museum
 *
 * Its partner is ./gate. You start only ./museum.
 *
 * Watch: each gate has ended before the next one starts, and meanwhile no
 * process has the file open. The counter goes on even so.
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { VISITORS = 3 };

struct counter {			// the whole file; gate.c has the same
	atomic_ulong visitors;
};

static const off_t SIZE = sizeof(struct counter);	// bytes in the file

/* Return the number that the counter in the file PATH says. */
static unsigned long read_counter(const char *path)
{
	struct counter *counter;
	struct stat about;
	unsigned long number;
	int fd;

	fd = open(path, O_RDONLY);
	if (fd == -1)
		die("open");

	// If the file were empty, mmap() would succeed even so. But when
	// we load, the kernel would end us by the signal SIGBUS. So look at the
	// size first.
	if (fstat(fd, &about) == -1)
		die("fstat");
	if (about.st_size != SIZE)
		quit("%s is not a counter: it has another size", path);

	// We only load. With PROT_READ alone a store by mistake cannot spoil
	// the number: the kernel would end us instead.
	counter = mmap(NULL, sizeof *counter, PROT_READ, MAP_SHARED, fd, 0);
	if (counter == MAP_FAILED)		// a failure is not NULL
		die("mmap");
	if (close(fd) == -1)			// the mapping stays
		die("close");

	// A gate that you have started by hand may count at this moment. So the
	// load is a single step, too.
	number = atomic_load(&counter->visitors);
	if (munmap(counter, sizeof *counter) == -1)
		die("munmap");
	return number;
}

/* Start ./gate for the file PATH, and wait until it has ended. */
static void run_gate(const char *path)
{
	pid_t museum = getpid();
	pid_t gate = fork();
	int status;

	if (gate == -1)
		die("fork");
	if (gate == 0) {
		// If the museum is killed, its gate has to end, too.
		if (!end_with_parent(museum))
			die("end_with_parent");
		execl("./gate", "gate", path, (char *)NULL);
		die("execl ./gate");	// execl() returns only if it has failed
	}

	// EINTR: a signal came first. The gate still runs, so wait again.
	while (waitpid(gate, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	// A gate that did not end well may not have counted.
	if (WIFSIGNALED(status))
		quit("the gate was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("the gate has failed");
}

static char our_path[OWN_PATH];	// global, because remove_file() needs it

static void remove_file(void)
{
	unlink(our_path);		// fails only if there is no such file
}

/* Make an empty file, and plan how it goes away. */
static void make_file(void)
{
	int fd;

	own_path(our_path, "visitors");

	// O_EXCL: if there is such a file already, open() fails with EEXIST.
	// O_RDONLY will do for a new file, too: we only want it to be there.
	//
	// If Ctrl-C ended us right after open(), nobody would remove the file.
	// So Ctrl-C has to wait until remove_at_end() knows what to remove.
	hold_signals();
	fd = open(our_path, O_RDONLY | O_CREAT | O_EXCL, 0600);
	if (fd == -1 && errno == EEXIST)
		quit("another museum is open; if it was killed, remove what it"
		     " left: rm %s", our_path);
	if (fd == -1)
		die("open");
	remove_at_end(remove_file);
	let_signals();

	// The file stays, under its name. We do not need the descriptor.
	if (close(fd) == -1)
		die("close");
}

int main(void)
{
	unsigned long number;

	make_file();
	say("the counter is a new file, and it is empty");

	for (int i = 0; i < VISITORS; i++)
		run_gate(our_path);

	number = read_counter(our_path);
	say("all %d gates have ended; the counter says %lu", VISITORS, number);
	return EXIT_SUCCESS;
}
