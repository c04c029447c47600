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
#include <stddef.h>
#include <sys/shm.h>

#include "../../../common/lesson.h"

enum { NOTES = 64, TEXT = 48 };

struct note {
	struct note *below;	// the next one down; NULL: none
	char text[TEXT];
};

/* A new segment is all zero: an empty pile. */
struct pile {
	char *base;		// where the last one had it
	struct note *top;	// NULL: none
	size_t used;
	struct note note[NOTES];
};

static struct pile *pile;

/* All addresses inside move with the segment. */
static void relocate(ptrdiff_t by)
{
	if (pile->top)
		pile->top = (struct note *)((char *)pile->top + by);
	for (size_t i = 0; i < pile->used; i++) {
		struct note **below = &pile->note[i].below;

		if (*below)
			*below = (struct note *)((char *)*below + by);
	}
	pile->base = (char *)pile;
}

static void attach(key_t key)
{
	int id = shmget(key, sizeof *pile, IPC_CREAT | 0600);

	if (id == -1)
		die("shmget");
	pile = shmat(id, NULL, 0);
	if (pile == (void *)-1)
		die("shmat");
	relocate((char *)pile - pile->base);
}

static void put(const char *text)
{
	struct note *n;

	if (pile->used == NOTES)
		quit("the pile is full");
	n = &pile->note[pile->used++];
	snprintf(n->text, TEXT, "%s", text);
	n->below = pile->top;
	pile->top = n;
}

static void show(void)
{
	for (struct note *n = pile->top; n != NULL; n = n->below)
		printf("%s\n", n->text);
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
