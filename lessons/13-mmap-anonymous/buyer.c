/*
 * buyer - reads a bill that nobody can change any more, and pays
 *
 * Its partner ./farmer starts it, with the number of a descriptor as its
 * argument: ./buyer 3. The diagram is in farmer.c.
 *
 * Watch: the buyer does not trust the farmer. It asks the kernel whether the
 * bill can still change, before it looks at the bill.
 */
#define _GNU_SOURCE			// for F_GET_SEALS
#include <fcntl.h>
#include <sys/mman.h>

#include "../../common/lesson.h"

enum { ROWS = 6 };		// as in farmer.c

struct bill {			// the same as in farmer.c
	int apples[ROWS];	// how many apples each row gave
};

/* The seals that the buyer wants. Without F_SEAL_SHRINK somebody could make the
 * bill shorter, and then a load would end us by SIGBUS. Without F_SEAL_WRITE
 * somebody could change a number after we have looked at it. */
enum { NEEDED = F_SEAL_SHRINK | F_SEAL_WRITE };

/* Map the bill that FD leads to, after a look at its seals and its size. */
static const struct bill *map_bill(int fd)
{
	const struct bill *bill;
	struct stat about;	// what fstat() tells about the bill
	int seals;

	seals = fcntl(fd, F_GET_SEALS);
	// EBADF: nothing is open there. EINVAL: it is not a memfd.
	if (seals == -1 && (errno == EBADF || errno == EINVAL))
		quit("descriptor %d is no bill: start ./farmer", fd);
	if (seals == -1)
		die("fcntl F_GET_SEALS");
	if ((seals & NEEDED) != NEEDED)
		quit("the bill is not sealed: I do not read it");
	say("the bill is sealed: it cannot change while I read it");

	// Look at the size after the seals: only now it cannot get smaller.
	if (fstat(fd, &about) == -1)
		die("fstat");
	if (about.st_size != sizeof *bill)
		quit("the bill has the wrong size: I do not read it");

	// MAP_PRIVATE, although we only read: before Linux 6.7 a memfd with
	// F_SEAL_WRITE could not be mapped MAP_SHARED at all.
	bill = mmap(NULL, sizeof *bill, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bill == MAP_FAILED)
		die("mmap, bill");
	return bill;
}

int main(int argc, char **argv)
{
	const struct bill *bill;
	long long total = 0;	// the sum may be too large for an int
	int fd;

	if (argc != 2)
		quit("start ./farmer: it makes the bill, and then starts me");
	fd = atoi(argv[1]);
	bill = map_bill(fd);

	// A seal keeps the numbers as they are. It does not make them true.
	for (int row = 0; row < ROWS; row++) {
		if (bill->apples[row] < 0)
			quit("row %d cannot give %d apples", row,
			     bill->apples[row]);
		total += bill->apples[row];
	}
	say("I pay for %lld apples", total);
	return EXIT_SUCCESS;
}
