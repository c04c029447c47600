// EXPECT: fail=held,errors msg="gets the lock"
/*
 * till - adds an amount to a ledger that other tills use as well
 *
 *   till --lock, read--> [ ledger: 100 ] <--lock, read-- another till
 *        <-- amount --   (stdin; a person may take her time)
 *        --write, unlock-->
 *
 *   echo 100 > ledger; ./till ledger	then type an amount
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/lesson.h"

enum { WIDTH = 12 };		/* bytes of the balance in the ledger */

/* Wait until no other till is at work, and keep it so until we end. */
static void lock(int fd)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	// An OFD lock belongs to this open(), not to the process: what else
	// is opened and closed does not matter.
	if (fcntl(fd, F_OFD_SETLKW, &all) == -1)
		die("fcntl");
}

static long balance(const char *path)
{
	FILE *f = fopen(path, "r");
	long sum;

	if (!f)
		die(path);
	if (fscanf(f, "%ld", &sum) != 1)
		quit("%s has no number", path);
	fclose(f);
	return sum;
}

static void write_balance(int fd, long sum)
{
	char text[WIDTH + 1];

	snprintf(text, sizeof text, "%*ld\n", WIDTH - 1, sum);
	if (pwrite(fd, text, WIDTH, 0) != WIDTH)
		die("pwrite");
}

int main(int argc, char **argv)
{
	char line[32];
	long sum;
	int fd;

	if (argc != 2)
		quit("usage: ./till LEDGER");
	fd = open(argv[1], O_RDWR);
	if (fd == -1)
		die(argv[1]);
	lock(open("ledger.lock", O_RDWR | O_CREAT, 0600));
	sum = balance(argv[1]);
	printf("balance %ld\n", sum);
	fflush(stdout);
	if (!fgets(line, sizeof line, stdin))
		return EXIT_SUCCESS;		// no customer
	sum += atol(line);
	write_balance(fd, sum);
	printf("now %ld\n", sum);
	return EXIT_SUCCESS;			// the lock goes with us
}
