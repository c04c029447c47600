/*
 * check - what more-than-it-holds asks of through
 *
 * The filters are the system's own programs. The sizes of `big' go beyond
 * what the largest pipe of an ordinary user holds (1 MiB, twice): no other
 * pipe size mends the program.
 */
#include "../../../common/proof/check.h"

enum { HUGE = 3 << 20, MOST = 8 << 20 };

static char text[HUGE], want[8 << 20];

/* What the program has to print after the answer, LEN bytes in `want'. */
static void must_answer(struct prog *p, size_t sent, size_t len)
{
	size_t n;
	char *got;

	MUST_EXIT(p, 0);
	got = out_text(p, &n);
	MUST_BYTES("the output of through", got, n, want, len +
		   (size_t)snprintf(want + len, sizeof want - len,
				    "%zu bytes there, %zu bytes back\n",
				    sent, len));
}

/* Send the first LEN bytes of `text' through cat. */
static void comes_back(size_t len)
{
	struct how how = { .in = input(text, len) };
	struct prog p = start_how(&how, "through", "cat", NULL);

	memcpy(want, text, len);
	must_answer(&p, len, len);
}

CHECK(1, "small", "a small text comes back as the filter made it")
{
	struct how how = { .in = 0 };
	struct prog p;

	random_word(text, 13);
	for (size_t i = 0; i < 12; i++)
		want[i] = (char)(text[i] - 'a' + 'A');
	how.in = input(text, 12);
	p = start_how(&how, "through", "tr", "a-z", "A-Z", NULL);
	must_answer(&p, 12, 12);
}

CHECK_AFTER(3, "big", "small", "so does a text that no pipe can hold")
{
	random_bytes(text, sizeof text);
	for (size_t i = 0; i < SIZES; i++)
		comes_back(sizes[i]);
	comes_back(HUGE);
}

/* Lines that are in order already: sort answers with the same text, but not
 * before it has seen the last of them. */
CHECK_AFTER(2, "late", "small", "a filter may answer only at the end")
{
	struct how how = { .in = 0 };
	struct prog p;
	size_t len = 0;

	for (int i = 0; i < 30000; i++)
		len += (size_t)snprintf(text + len, sizeof text - len,
					"%05d\n", i);
	memcpy(want, text, len);
	how.in = input(text, len);
	p = start_how(&how, "through", "sort", NULL);
	must_answer(&p, len, len);
}

CHECK_AFTER(1, "more", "small", "a filter may answer with more than it gets")
{
	struct how how = { .in = 0 };
	struct prog p;
	size_t lines = 80000;

	for (size_t i = 0; i < lines; i++) {
		memcpy(text + 2 * i, "x\n", 2);
		memcpy(want + 9 * i, "x, x, x!\n", 9);
	}
	how.in = input(text, 2 * lines);
	p = start_how(&how, "through", "sed", "s/x/x, x, x!/", NULL);
	must_answer(&p, 2 * lines, 9 * lines);
}

CHECK_AFTER(1, "status", "small", "it ends with the filter's status")
{
	struct how how = { .in = input_text("x") };
	struct prog p = start_how(&how, "through", "sh", "-c",
				  "cat; exit 7", NULL);

	int status;

	MUST_EXIT(&p, 7);
	MUST_SAY(&p, "x1 bytes there, 1 bytes back\n");
	how.in = input_text("x");
	p = start_how(&how, "through", "sh", "-c", "cat; kill -KILL $$", NULL);
	status = end_of(&p);
	MUST(status != 0, "a signal killed the filter, and it ends with status "
	     "0. WEXITSTATUS() says something only if WIFEXITED() does");
}

/* tail reads all, and answers with the end of it. */
CHECK_AFTER(1, "most", "big", "a text may have 8 MiB")
{
	static char whole[MOST], line[128];
	struct how how = { .in = 0 };
	struct prog p;
	size_t n, have;
	char *got;

	random_bytes(whole, sizeof whole);
	how.in = input(whole, sizeof whole);
	p = start_how(&how, "through", "tail", "-c", "40", NULL);
	MUST_EXIT(&p, 0);
	memcpy(line, whole + sizeof whole - 40, 40);
	n = 40 + (size_t)snprintf(line + 40, sizeof line - 40,
				  "%d bytes there, 40 bytes back\n", MOST);
	got = out_text(&p, &have);
	MUST_BYTES("the output of through", got, have, line, n);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("one\ntwo\n");
	return start_how(&how, "through", "cat", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "small", "a call that fails is noticed and named")
{
	MUST_NOTICE(scene);
}

CHECK_AFTER(1, "clean", "small", "no process is left, all are waited for")
{
	struct how how = { .in = input_text("one\n") };
	struct prog p = start_how(&how, "through", "cat", NULL);

	MUST_EXIT(&p, 0);
	nothing_left();
}
