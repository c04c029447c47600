/*
 * check - what is-anybody-there asks of ring
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "../../../common/proof/check.h"

static const char *fifo = "bell";

/* We are the reader, and wait for nobody. */
static int listen_there(void)
{
	int fd;

	HOLDS(mkfifo(fifo, 0600) == 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	HOLDS(fd != -1);
	return fd;
}

static struct prog ring(int in)
{
	struct how how = { .in = in };

	return start_how(&how, "ring", fifo, NULL);
}

/* It has ended with status 2 and a word about it. */
static void must_find_nobody(struct prog *p)
{
	MUST_EXIT(p, 2);
	MUST(*err_text(), "it ends with status 2, and does not say on stderr "
	     "that nobody reads");
}

CHECK(1, "rings", "whoever reads gets the message")
{
	char word[100], got[200] = "";
	int fd = listen_there();
	struct prog p;
	ssize_t n;

	random_word(word, sizeof word);
	p = ring(input_text(word));
	MUST_EXIT(&p, 0);
	n = read(fd, got, sizeof got);
	MUST_BYTES("what the reader gets", got, n < 0 ? 0 : (size_t)n, word,
		   strlen(word));
}

CHECK(3, "nobody", "if nobody reads, it says so at once: status 2")
{
	struct prog p;

	HOLDS(mkfifo(fifo, 0600) == 0);
	p = ring(input_text("a parcel\n"));
	must_find_nobody(&p);
}

/* A pipe never holds 200000 bytes, as long as nobody makes it larger. */
CHECK_AFTER(3, "waits", "rings", "it waits while the FIFO is full")
{
	static char data[200000], got[sizeof data + 1];
	int fd = listen_there();
	size_t have = 0;
	struct prog p;
	ssize_t n;

	random_bytes(data, sizeof data);
	p = ring(input(data, sizeof data));
	MUST(await_blocked(&p), "the FIFO is full, and it does not wait for "
	     "its reader");
	HOLDS(fcntl(fd, F_SETFL, 0) == 0);
	while ((n = read(fd, got + have, sizeof got - have)) > 0)
		have += (size_t)n;
	MUST_EXIT(&p, 0);
	MUST_BYTES("what the reader gets", got, have, data, sizeof data);
}

CHECK_AFTER(1, "leaves", "rings", "if the reader leaves, it says so: status 2")
{
	static char data[200000];
	int fd = listen_there();
	struct prog p = ring(input(data, sizeof data));

	await_blocked(&p);
	HOLDS(close(fd) == 0);
	must_find_nobody(&p);
}

CHECK(1, "missing", "if there is no FIFO, status 1, and it makes no file")
{
	struct prog p = ring(input_text("a parcel\n"));

	MUST_EXIT(&p, 1);
	MUST(strstr(err_text(), fifo), "there is no FIFO, and stderr does not "
	     "name the one that is missing");
	MUST(access(fifo, F_OK) == -1, "it has made a file where the FIFO was "
	     "missing (O_CREAT)");
}

/* The FIFO is emptied by being removed: each scene has a new one. */
static struct prog scene(const struct how *base)
{
	static int fd = -1;
	struct how how = *base;

	if (fd != -1)
		HOLDS(close(fd) == 0 && unlink(fifo) == 0);
	fd = listen_there();
	how.in = input_text("a parcel\n");
	return start_how(&how, "ring", fifo, NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "rings", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}
