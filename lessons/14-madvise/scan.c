/*
 * scan - looks through a long record once, and tells the kernel what it will do
 *
 *   disk --(the kernel reads the record)--> memory --(mmap)--> scan
 *
 * Its partner ./station starts it, with the record as standard input. You can
 * start it by hand with any file:
 *
 *   ./scan < FILE
 *
 * Watch: at the end it reads a byte once more, from a part of the record that
 * it has given back to the kernel.
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>

#include "../../common/lesson.h"

// Bytes that are looked through in one go. Advice is for whole pages, so this
// is a multiple of every page size that Linux has, from 4 to 256 KiB.
enum { PART = 256 * 1024 };

// These two stand below.
static void go_on_without(const char *advice);
static size_t strongest_of(const unsigned char *record, size_t from, size_t to);

/* Look through the SIZE bytes of RECORD. Return the second, counted from 0, of
 * the strongest shock. */
static size_t scan(unsigned char *record, size_t size)
{
	size_t strongest = 0;	// the second of the strongest shock so far
	int shock = 0;		// and how strong it was
	size_t end;		// where the part ends that we look through

	// "I will read from the front to the back." Without this line the
	// result is the same. But the kernel would not know that it may read
	// far ahead, and may drop what we have passed.
	if (madvise(record, size, MADV_SEQUENTIAL) == -1)
		go_on_without("SEQUENTIAL");

	for (size_t start = 0; start < size; start = end) {
		size_t len = size - start < PART ? size - start : PART;
		size_t found;	// the second of the strongest shock in it

		end = start + len;

		// "I need the next part soon." The kernel begins to read it
		// from the disk, and the call does not wait for that. Without
		// this we would wait for the disk when we come to that part.
		if (end < size) {
			size_t next = size - end < PART ? size - end : PART;

			if (madvise(record + end, next, MADV_WILLNEED) == -1)
				go_on_without("WILLNEED");
		}

		found = strongest_of(record, start, end);
		say("seconds %zu to %zu: the strongest shock is %d", start,
		    end - 1, record[found]);
		if (record[found] > shock) {
			strongest = found;
			shock = record[found];
		}

		// "I do not need this part now." The pages leave our page
		// table, the list of the memory that this process uses. Without
		// this line a record of 10 GiB could count as 10 GiB of our
		// memory. Say it only if you cannot change it: see main().
		if (madvise(record + start, len, MADV_DONTNEED) == -1)
			go_on_without("DONTNEED");
	}
	return strongest;
}

/* Where is the greatest of the bytes FROM to TO - 1 of the record? */
static size_t strongest_of(const unsigned char *record, size_t from, size_t to)
{
	size_t strongest = from;

	for (size_t second = from; second < to; second++) {
		if (record[second] > record[strongest])
			strongest = second;
	}
	return strongest;
}

/* Advice that fails costs time or memory, and no result. So say it, and go on.
 * Once is enough: in a long record it would fail for each part. */
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
	size_t strongest;

	if (fstat(STDIN_FILENO, &about) == -1)
		die("fstat");
	if (!S_ISREG(about.st_mode))	// a pipe, say: it cannot be mapped
		quit("standard input is not a file: ./scan < FILE");
	if (about.st_size == 0)		// mmap() cannot map 0 bytes
		quit("the record is empty");
	size = (size_t)about.st_size;
	// On a machine of 32 bits a file may be longer than any mapping.
	if ((off_t)size != about.st_size)
		quit("the record is too long to be mapped as a whole");

	// PROT_READ: we cannot change the record. So what DONTNEED takes from
	// us is in the file, and it comes back when we read it again. If
	// somebody makes the file shorter meanwhile, SIGBUS kills us: take only
	// files that nobody changes, or read().
	record = mmap(NULL, size, PROT_READ, MAP_SHARED, STDIN_FILENO, 0);
	if (record == MAP_FAILED)
		die("mmap");

	say("I tell the kernel: I will read from the front to the back");
	strongest = scan(record, size);
	say("back to second %zu: I read %d again", strongest,
	    record[strongest]);
	return EXIT_SUCCESS;	// the mapping ends with the program
}
