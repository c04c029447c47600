/*
 * farmer - has three pickers pick six rows of apple trees, and sells the apples
 *
 *   farmer --fork()--> picker, three times: the same program
 *                      board: memory that all four processes share
 *   farmer --fork(), execl()--> buyer: another program
 *                      bill: memory that a descriptor leads to, sealed
 *
 * The board and the bill have no names. So there is nothing to remove: each of
 * them goes away with the last process that has it. Start only ./farmer: it
 * starts all the others.
 *
 * Watch: nobody tells a picker which rows to pick. Each picker takes the number
 * of the next row from the board, picks that row, and writes on the board how
 * many apples it gave. Yet no row is picked twice.
 */
#define _GNU_SOURCE			// for memfd_create()
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../common/lesson.h"

enum { PICKERS = 3 };		// child processes
enum { ROWS = 6 };		// rows of trees, with the numbers 0 to 5

struct board {
	_Atomic int next_row;	// the first row that nobody has taken yet
	int apples[ROWS];	// what each row gave, written by its picker
};

static int apples_in(int row);

/* In a picker: pick one row after the other, until none is left. */
static void pick(struct board *board)
{
	for (;;) {
		// Load next_row and add 1 to it, in one step. If these were two
		// steps, two pickers could load the same number, and both would
		// pick that row.
		int row = atomic_fetch_add(&board->next_row, 1);

		if (row >= ROWS)	// all rows are taken
			return;

		// Only this picker stores here, so a plain store is enough.
		board->apples[row] = apples_in(row);
	}
}

// ATOMIC_INT_LOCK_FREE is 2 if the processor always loads an int and adds to it
// in one step. If it is not 2, the compiler stops here: C would use a lock.
// Each process would have a lock of its own, and that does not help.
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "int must be lock-free");

/* How many apples hang in this row? The formula stands for real work. */
static int apples_in(int row)
{
	return 20 + 10 * row;
}

struct bill {			// the same as in buyer.c
	int apples[ROWS];	// how many apples each row gave
};

static pid_t start_picker(struct board *board);
static void wait_for(pid_t child, const char *who);

/* Have the pickers pick all rows, and write down in BILL what they found. */
static void harvest(struct bill *bill)
{
	struct board *board;
	pid_t picker[PICKERS];	// process ids

	// MAP_SHARED: what one process stores, the others load. MAP_ANONYMOUS:
	// no file is behind the memory, so there is no descriptor (-1) and no
	// place in a file (0). New memory is all zeros, so next_row is 0.
	board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED)
		die("mmap, board");

	// The board is there before the pickers are: a child shares only what
	// its parent had mapped when it called fork().
	for (int i = 0; i < PICKERS; i++)
		picker[i] = start_picker(board);

	// After a picker has ended, we see all that it has stored. Before that
	// we would have to find out whether it has stored a number yet.
	for (int i = 0; i < PICKERS; i++)
		wait_for(picker[i], "a picker");

	memcpy(bill->apples, board->apples, sizeof bill->apples);
	if (munmap(board, sizeof *board) == -1)
		die("munmap");
}

static pid_t start_picker(struct board *board)
{
	pid_t farmer = getpid();
	pid_t picker = fork();

	if (picker == -1)
		die("fork");
	if (picker == 0) {
		// If the farmer is killed, nobody wants the apples.
		if (!end_with_parent(farmer))
			die("end_with_parent");
		pick(board);
		// exit() would also do what the farmer has planned for its own
		// end, and print what the farmer has left in its buffers.
		_exit(EXIT_SUCCESS);
	}
	return picker;
}

/* Wait until CHILD has ended. Go on only if it has ended well. WHO is its name
 * in a message. */
static void wait_for(pid_t child, const char *who)
{
	int status;

	// EINTR: a signal has ended the wait. The child still runs: wait again.
	while (waitpid(child, &status, 0) == -1) {
		if (errno != EINTR)
			die("waitpid");
	}
	// A picker that is killed may have taken a row, and not picked it. We
	// cannot see that on the board, only in the status of the child.
	if (WIFSIGNALED(status))
		quit("%s was killed by signal %d", who, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		quit("%s failed: status %d", who, WEXITSTATUS(status));
}

/* Write all of BILL into the memory that FD leads to. */
static void write_bill(int fd, const struct bill *bill)
{
	const char *from = (const char *)bill;
	size_t left = sizeof *bill;

	while (left > 0) {
		ssize_t n = write(fd, from, left);

		// EINTR: a signal came before the first byte. Write again.
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			die("write");
		from += n;		// write() may take less than all
		left -= (size_t)n;
	}
}

/* Return a descriptor of a memory that holds BILL, and that nobody can change
 * any more. */
static int seal(const struct bill *bill)
{
	int fd;

	// A memfd: a file that is only memory, and has no name. "bill" is a
	// label for people who look into /proc.
	fd = memfd_create("bill", MFD_ALLOW_SEALING);
	if (fd == -1)
		die("memfd_create");
	write_bill(fd, bill);

	// After this call nobody can make the bill shorter or longer, or write
	// into it. F_SEAL_SEAL: nobody can add another seal.
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE |
		  F_SEAL_SEAL) == -1)
		die("fcntl F_ADD_SEALS");
	return fd;
}

/* In the child: become ./buyer, which gets the number of FD as its argument. */
_Noreturn static void become_buyer(int fd, pid_t farmer)
{
	char number[16];

	// If the farmer is killed, nobody waits for the money.
	if (!end_with_parent(farmer))
		die("end_with_parent");
	// All mappings of this process go away in execl(). The descriptor stays
	// open: that is why the bill is a memfd.
	snprintf(number, sizeof number, "%d", fd);
	execl("./buyer", "buyer", number, (char *)NULL);
	die("execl ./buyer");	// execl() returns only if it has failed
}

static void sell(int fd)
{
	pid_t farmer = getpid();
	pid_t buyer = fork();

	if (buyer == -1)
		die("fork");
	if (buyer == 0)
		become_buyer(fd, farmer);	// does not return
	wait_for(buyer, "the buyer");
}

int main(void)
{
	struct bill bill;
	int fd;

	say("%d rows of trees, and %d pickers: each takes the next row", ROWS,
	    PICKERS);
	harvest(&bill);
	for (int row = 0; row < ROWS; row++)
		say("row %d gave %d apples", row, bill.apples[row]);

	// Print before the buyer is started: the buyer's lines must come after
	// this one.
	say("I seal the bill, and give it to the buyer");
	fd = seal(&bill);
	sell(fd);
	say("the buyer has paid");
	return EXIT_SUCCESS;
}
