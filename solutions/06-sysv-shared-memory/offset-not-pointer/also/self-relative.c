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
	ptrdiff_t below;
	char text[TEXT];
};

/* A new segment is all zero: an empty pile. */
struct pile {
	ptrdiff_t top;
	size_t used;
	struct note note[NOTES];
};

static struct pile *pile;

/* A distance from the field itself: right wherever the whole is. 0: none. */
static void point(ptrdiff_t *field, const struct note *to)
{
	*field = to ? (const char *)to - (const char *)field : 0;
}

static struct note *follow(ptrdiff_t *field)
{
	return *field ? (struct note *)((char *)field + *field) : NULL;
}

static void attach(key_t key)
{
	int id = shmget(key, sizeof *pile, IPC_CREAT | 0600);

	if (id == -1)
		die("shmget");
	pile = shmat(id, NULL, 0);
	if (pile == (void *)-1)
		die("shmat");
}

static void put(const char *text)
{
	struct note *n;

	if (pile->used == NOTES)
		quit("the pile is full");
	n = &pile->note[pile->used++];
	snprintf(n->text, TEXT, "%s", text);
	point(&n->below, follow(&pile->top));
	point(&pile->top, n);
}

static void show(void)
{
	for (struct note *n = follow(&pile->top); n; n = follow(&n->below))
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
