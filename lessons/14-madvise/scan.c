/*
 * scan - looks through a long record once, and tells the kernel what it will do
 *
 *   disk --(the kernel reads the record)--> memory --(mmap)--> scan
 *
 * Its partner ./station starts scan, with the record as standard input. You can
 * also start scan by hand, with any file:
 *
 *   ./scan < FILE
 *
 * Watch: in its last line scan reads a byte once more. The byte is in a part of
 * the record that scan has given back to the kernel.
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../common/lesson.h"

// Bytes of a part: we look through the record part by part. Advice is for whole
// pages, so this is a multiple of every page size that Linux has, from 4 to 256
// KiB.
enum { PART = 256 * 1024 };

// These stand below.
static size_t part_from(size_t start, size_t size);
static void go_on_without(const char *advice);
static size_t find_strongest(const unsigned char *record, size_t from,
			     size_t to);

/* Look through the SIZE bytes of RECORD. Return when the strongest shock was:
 * how many seconds after the beginning. That is also its place in the record.
 */
static size_t scan(unsigned char *record, size_t size)
{
	size_t strongest_at = 0;	// when the strongest shock so far was
	int strongest = 0;		// and how strong it was
	size_t start = 0;		// where this part begins

	// "I will read from the front to the back." Without this line the
	// result is the same. But the kernel would not know that it may read
	// far ahead, and may drop what we have passed.
	if (madvise(record, size, MADV_SEQUENTIAL) == -1)
		go_on_without("SEQUENTIAL");

	while (start < size) {
		size_t len = part_from(start, size);	// bytes of this part
		size_t end = start + len;	// where the next part begins
		size_t next_len = part_from(end, size);	// bytes of that part
		size_t found_at;	// when its strongest shock was

		// "I need the next part soon." The kernel begins to read that
		// part from the disk, and the call does not wait for the disk.
		// Without this we would wait when we come to the part.
		if (next_len > 0) {
			if (madvise(record + end, next_len,
				    MADV_WILLNEED) == -1)
				go_on_without("WILLNEED");
		}

		found_at = find_strongest(record, start, end);
		say("seconds %zu to %zu: the strongest shock is %d", start,
		    end - 1, record[found_at]);
		if (record[found_at] > strongest) {
			strongest_at = found_at;
			strongest = record[found_at];
		}

		// "I do not need this part now." The pages leave our page
		// table, the list of the memory that this process uses. Without
		// this line a record of 10 GiB could count as 10 GiB of our
		// memory. Give this advice only for memory that you cannot
		// store into: see main().
		if (madvise(record + start, len, MADV_DONTNEED) == -1)
			go_on_without("DONTNEED");

		start = end;
	}
	return strongest_at;
}

/* How many bytes has the part that begins at START? The last part may be
 * shorter than the others. After it there is no part: 0. */
static size_t part_from(size_t start, size_t size)
{
	size_t left = size - start;

	if (left < PART)
		return left;
	return PART;
}

/* Where is the greatest of the bytes FROM to TO - 1 of the record? */
static size_t find_strongest(const unsigned char *record, size_t from,
			     size_t to)
{
	size_t strongest_at = from;

	for (size_t at = from; at < to; at++) {
		if (record[at] > record[strongest_at])
			strongest_at = at;
	}
	return strongest_at;
}

/* Without the advice the program may be slower or take more memory, but its
 * result is the same. So print the error, and go on. Print only the first one:
 * in a long record the advice would fail for each part. */
static void go_on_without(const char *advice)
{
	static int is_said;

	if (!is_said)
		fprintf(stderr, "scan: madvise %s: %s; I go on without it\n",
			advice, errno_name(errno));
	is_said = 1;
}

int main(void)
{
	struct stat about;	// what the kernel knows of the file
	unsigned char *record;
	size_t size;
	size_t strongest_at;

	if (fstat(STDIN_FILENO, &about) == -1)
		die("fstat");
	// Only a file can be mapped. A pipe, for example, cannot.
	if (!S_ISREG(about.st_mode))
		quit("standard input is not a file: ./scan < FILE");
	if (about.st_size == 0)		// mmap() cannot map 0 bytes
		quit("the record is empty");
	size = (size_t)about.st_size;
	// On a machine of 32 bits a file may be longer than any mapping. Then
	// size has lost the upper bits of st_size, and is another number.
	if ((off_t)size != about.st_size)
		quit("the record is too long to be mapped as a whole");

	// PROT_READ: we cannot store into the record. So all that DONTNEED
	// takes from us is in the file, and comes back when we load from there
	// again. If somebody makes the file shorter meanwhile, SIGBUS kills us.
	// If others may change the file, use read() instead.
	record = mmap(NULL, size, PROT_READ, MAP_SHARED, STDIN_FILENO, 0);
	if (record == MAP_FAILED)
		die("mmap");

	say("I tell the kernel: I will read from the front to the back");
	strongest_at = scan(record, size);
	say("back to second %zu: I read %d again", strongest_at,
	    record[strongest_at]);
	return EXIT_SUCCESS;	// the mapping ends with the program
}
