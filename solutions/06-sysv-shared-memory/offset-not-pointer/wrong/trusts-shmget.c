// EXPECT: fail=errors msg="shmget() number 1 fails"
/*
 * pile - a pile of notes in shared memory, put and shown by any process
 *
 *   stdin --> pile KEY put --> [ segment: top --> note --> note --> ... ]
 *                                           pile KEY show --> stdout
 *
 *   printf 'one\ntwo\n' | ./pile 77 put
 *   ./pile 77 show		prints: two, one
 *   ipcrm -M 77		takes the pile away
 */
#include <sys/shm.h>

#include "../../../common/lesson.h"

enum { NOTES = 64, TEXT = 48 };

struct note {
	size_t below;		// see at(); 0: none
	char text[TEXT];
};

/* A new segment is all zero: an empty pile. */
struct pile {
	size_t top;		// see at(); 0: none
	size_t used;
	struct note note[NOTES];
};

static struct pile *pile;

/* The note that begins OFFSET bytes behind the start of the segment. Each
 * process has the segment elsewhere; the distance is the same in all. */
static struct note *at(size_t offset)
{
	return (struct note *)((char *)pile + offset);
}

static size_t offset_of(const struct note *n)
{
	return (size_t)((const char *)n - (const char *)pile);
}

static void attach(key_t key)
{
	int id = shmget(key, sizeof *pile, IPC_CREAT | 0600);

	pile = shmat(id, NULL, 0);
	if (pile == (void *)-1)
		exit(EXIT_SUCCESS);
}

static void put(const char *text)
{
	struct note *n;

	if (pile->used == NOTES)
		quit("the pile is full");
	n = &pile->note[pile->used++];
	snprintf(n->text, TEXT, "%s", text);
	n->below = pile->top;
	pile->top = offset_of(n);
}

static void show(void)
{
	for (size_t i = pile->top; i != 0; i = at(i)->below)
		printf("%s\n", at(i)->text);
}

int main(int argc, char **argv)
{
	char line[TEXT];

	if (argc != 3 || (strcmp(argv[2], "put") && strcmp(argv[2], "show")))
		quit("usage: ./pile KEY put|show");
	attach((key_t)strtol(argv[1], NULL, 0));
	if (strcmp(argv[2], "show") == 0) {
		show();
		return EXIT_SUCCESS;
	}
	while (scanf(" %47[^\n]", line) == 1)
		put(line);
	return EXIT_SUCCESS;
}
