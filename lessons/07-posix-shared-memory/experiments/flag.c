/*
 * flag - a plain flag may be stored before the data that it speaks of
 *
 *   what you write		what others may see
 *   row = 215;			ready = 1;
 *   ready = 1;			row = 215;
 *
 * The compiler and the processor may change the order of two plain stores. They
 * do so rarely, and then nobody can explain the fault. Here the stores are
 * written in the changed order, so you see the fault each time.
 *
 * Watch: a viewer comes between the two stores. What does it see?
 *
 * Try: in publish_right(), move the atomic_store() above the first
 * run_viewer(). May the compiler or the processor do that, too?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct table {
	uint32_t plain_ready;		// wrong
	_Atomic uint32_t ready;		// right
	int32_t row;			// the table: one temperature, in tenths
};

static struct table *table;		// the viewers inherit the mapping
static char name[OWN_NAME];

static void remove_object(void)
{
	shm_unlink(name);
}

static void make_table(void)
{
	int fd;

	own_name(name, "flag");
	shm_unlink(name);	// a run that was killed may have left it
	hold_signals();
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		die("shm_open");
	remove_at_end(remove_object);
	let_signals();

	if (ftruncate(fd, sizeof *table) == -1)
		die("ftruncate");
	table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	if (table == MAP_FAILED)
		die("mmap");
}

static void view_by_plain_flag(void)
{
	if (table->plain_ready == 1)
		say("wrong: a viewer sees ready, and %.1f degrees",
		    table->row / 10.0);
	else
		say("wrong: a viewer sees not ready, so it reads nothing");
}

static void view_by_atomic_flag(void)
{
	if (atomic_load(&table->ready) == 1)
		say("right: a viewer sees ready, and %.1f degrees",
		    table->row / 10.0);
	else
		say("right: a viewer sees not ready, so it reads nothing");
}

/* Start a viewer, and wait until it has ended. */
static void run_viewer(void (*view)(void))
{
	pid_t station = getpid();
	pid_t viewer = fork();
	int status;

	if (viewer == -1)
		die("fork");
	if (viewer == 0) {
		if (!end_with_parent(station))
			die("end_with_parent");
		view();
		exit(EXIT_SUCCESS);
	}
	if (waitpid(viewer, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a viewer has failed");
}

/* WRONG: a program that stores row first and plain_ready second may run like
 * this: the compiler or the processor may change the order. */
static void publish_wrong(void)
{
	table->plain_ready = 1;
	run_viewer(view_by_plain_flag);
	table->row = 215;
}

/* RIGHT: an atomic store is made after all stores that stand above it. No
 * compiler and no processor may change that. */
static void publish_right(void)
{
	table->row = 215;
	run_viewer(view_by_atomic_flag);
	atomic_store(&table->ready, 1);
	run_viewer(view_by_atomic_flag);
}

int main(void)
{
	make_table();
	publish_wrong();
	table->row = 0;			// as it was at the beginning
	publish_right();
	return EXIT_SUCCESS;
}
