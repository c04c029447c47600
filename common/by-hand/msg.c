/*
 * msg - puts messages into a System V queue, by hand
 *
 *	./msg KEY hello 'good night' ''		these texts
 *	./msg KEY -n 5 3000 0			as many bytes: xxxxx ...
 *
 * KEY is a number, or 0x and a hexadecimal one. Each message has type 1. The
 * queue has to be there: `./msg KEY' alone makes one. `ipcs -q' shows it, and
 * `ipcrm -Q KEY' removes it.
 */
#include <sys/msg.h>

#include "../lesson.h"

static const char usage[] = "usage: msg KEY [TEXT...], or: msg KEY -n BYTES...";

static unsigned long number(const char *word, unsigned long most)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(word, &end, 0);
	if (end == word || *end != '\0' || *word < '0' || *word > '9')
		quit("'%s' is no number: %s", word, usage);
	if (errno != 0 || n > most)
		quit("'%s': more than %lu", word, most);
	return n;
}

static void put(int queue, const char *text, size_t len)
{
	struct {
		long type;
		char text[];
	} *m;

	m = malloc(sizeof *m + len);
	if (!m)
		die("malloc");
	m->type = 1;
	memcpy(m->text, text, len);
	while (msgsnd(queue, m, len, 0) == -1)
		if (errno != EINTR)
			die("msgsnd");
	free(m);
}

static void put_bytes(int queue, size_t len)
{
	char *text = malloc(len + 1);

	if (!text)
		die("malloc");
	memset(text, 'x', len);
	put(queue, text, len);
	free(text);
}

int main(int argc, char **argv)
{
	unsigned long len;
	int sizes;
	int queue;
	key_t key;

	if (argc < 2)
		quit("%s", usage);
	key = (key_t)number(argv[1], UINT32_MAX);
	sizes = argc > 2 && strcmp(argv[2], "-n") == 0;
	queue = msgget(key, argc == 2 ? IPC_CREAT | 0600 : 0);
	if (queue == -1)
		die("msgget");
	for (int i = sizes ? 3 : 2; i < argc; i++) {
		if (sizes) {
			len = number(argv[i], 1 << 24);
			put_bytes(queue, len);
		} else {
			put(queue, argv[i], strlen(argv[i]));
		}
	}
	return EXIT_SUCCESS;
}
