/*
 * unlink - shm_unlink() takes the name away; the memory stays while it is used
 *
 *   before	NAME --> [ 215 ] <-- mapped
 *   after		 [ 215 ] <-- mapped
 *   later	NAME --> [ 0 ]		another object, of the same name
 *
 * Watch: after the last step there are two tables, and no call has failed.
 *
 * Try: leave out the call of shm_unlink() in the middle. Which call fails now?
 */
#define _GNU_SOURCE			// for lesson.h
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/experiment.h"

static char name[OWN_NAME];

static void remove_object(void)
{
	shm_unlink(name);
}

/* Make an object of one row, and map it. */
static int32_t *make_table(void)
{
	int32_t *row;
	int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);

	if (fd == -1)
		die("shm_open");
	if (ftruncate(fd, sizeof *row) == -1)
		die("ftruncate");
	row = mmap(NULL, sizeof *row, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		   0);
	if (row == MAP_FAILED)
		die("mmap");
	if (close(fd) == -1)
		die("close");
	return row;
}

static void look_for_name(void)
{
	int fd = shm_open(name, O_RDONLY, 0);

	if (fd == -1) {
		say("by the name: %s", errno_name(errno));
		return;
	}
	say("by the name: an object");
	if (close(fd) == -1)
		die("close");
}

int main(void)
{
	int32_t *first;
	int32_t *second;

	own_name(name, "unlink");
	shm_unlink(name);	// a run that was killed may have left it
	hold_signals();
	remove_at_end(remove_object);
	first = make_table();
	let_signals();
	*first = 215;
	look_for_name();

	if (shm_unlink(name) == -1)
		die("shm_unlink");
	say("shm_unlink() has removed the name");
	look_for_name();
	say("mapped before: it still has %d", (int)*first);

	// The name is free. So this makes a second object, of zeros.
	second = make_table();
	say("a new object of the same name: it has %d", (int)*second);
	*second = 180;
	say("the first one still has %d, the second one %d", (int)*first,
	    (int)*second);
	return EXIT_SUCCESS;
}
