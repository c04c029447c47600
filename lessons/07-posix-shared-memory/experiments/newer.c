/*
 * newer - a newer table: do not change the old one, make another
 *
 *   wrong	[ old old ] -> [ new old ] -> [ new new ]	one object
 *
 *   right	[ old old ]	first the name leads here
 *		[ new new ]	after rename() the name leads here
 *
 * Watch: in both ways a viewer comes in the middle. What does it find?
 *
 * Try: in build_another(), move the line `next->evening = 18;' to the end of
 * the function. What does the last viewer find?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

struct table {
	int32_t morning;		// degrees
	int32_t evening;
};

// Bytes of a path: "/dev/shm", then a name with its '\0'. (sizeof counts the
// '\0' of "/dev/shm" as well: one byte is spare.)
enum { OBJECT_PATH = sizeof "/dev/shm" + OWN_NAME };

static char name[OWN_NAME];		// what viewers look for
static char next_name[OWN_NAME];	// while the next table is built

static void remove_both(void)
{
	shm_unlink(name);
	shm_unlink(next_name);
}

static struct table *make_table(const char *at)
{
	struct table *table;
	int fd = shm_open(at, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd == -1)
		die("shm_open");
	if (ftruncate(fd, sizeof *table) == -1)
		die("ftruncate");
	table = mmap(NULL, sizeof *table, PROT_READ | PROT_WRITE, MAP_SHARED,
		     fd, 0);
	if (table == MAP_FAILED)
		die("mmap");
	if (close(fd) == -1)
		die("close");
	return table;
}

/* A viewer finds the table by its name, as ./viewer does. */
static struct table *find_table(void)
{
	struct table *table;
	int fd = shm_open(name, O_RDONLY, 0);

	if (fd == -1)
		die("shm_open");
	table = mmap(NULL, sizeof *table, PROT_READ, MAP_SHARED, fd, 0);
	if (table == MAP_FAILED)
		die("mmap");
	if (close(fd) == -1)
		die("close");
	return table;
}

/* Start a viewer that says WHEN it came, and wait until it has ended. */
static void run_viewer(const char *when)
{
	pid_t station = getpid();
	pid_t viewer = fork();
	int status;

	if (viewer == -1)
		die("fork");
	if (viewer == 0) {
		struct table *table;

		if (!end_with_parent(station))
			die("end_with_parent");
		table = find_table();
		say("%s: morning %d, evening %d", when, (int)table->morning,
		    (int)table->evening);
		exit(EXIT_SUCCESS);
	}
	if (waitpid(viewer, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("a viewer has failed");
}

/* WRONG: viewers see how the table changes. */
static void change_in_place(struct table *table)
{
	table->morning = 12;
	run_viewer("wrong: in the middle of the change");
	table->evening = 18;
	run_viewer("wrong: after it");
}

/* RIGHT: complete the next table first. Then move the name to it. */
static void build_another(void)
{
	char from[OBJECT_PATH];
	char to[OBJECT_PATH];
	struct table *next = make_table(next_name);

	next->morning = 12;
	run_viewer("right: in the middle of the work");
	next->evening = 18;

	// POSIX has no call that gives an object another name. On Linux an
	// object is a file in /dev/shm. There rename() takes the name from the
	// old object and gives it to the new one, in one step.
	snprintf(from, sizeof from, "/dev/shm%s", next_name);
	snprintf(to, sizeof to, "/dev/shm%s", name);
	if (rename(from, to) == -1)
		die("rename");
	run_viewer("right: after rename()");
}

static void set_old_values(struct table *table)
{
	table->morning = 5;
	table->evening = 9;
}

int main(void)
{
	struct table *table;

	own_name(name, "newer");
	own_name(next_name, "newer.next");
	remove_both();		// a run that was killed may have left them
	hold_signals();
	remove_at_end(remove_both);
	table = make_table(name);
	let_signals();

	set_old_values(table);
	change_in_place(table);

	set_old_values(table);
	build_another();
	// A mapping stays with its object, whatever becomes of the name. So
	// table is still the old object.
	say("right: mapped before rename(): morning %d, evening %d",
	    (int)table->morning, (int)table->evening);
	return EXIT_SUCCESS;
}
