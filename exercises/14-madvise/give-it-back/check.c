/*
 * check - what give-it-back asks of tiles
 *
 * The checker writes the map, asks, and reads /proc/PID/smaps.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "../../../common/proof/check.h"

enum { TILES = 256, TILE = 4096, CACHE_KB = TILES * TILE / 1024 };

static int map_fd, line_fd;
static size_t lines;			/* answers so far */
static unsigned sum[TILES];

/* Tile N of the map gets new bytes; its new sum is another one. */
static void draw(int n)
{
	unsigned char tile[TILE];
	unsigned old = sum[n];

	random_bytes(tile, sizeof tile);
	do {
		tile[0]++;
		sum[n] = 0;
		for (int i = 0; i < TILE; i++)
			sum[n] += tile[i];
	} while (sum[n] == old);
	HOLDS(pwrite(map_fd, tile, TILE, (off_t)n * TILE) == TILE);
}

static void draw_map(void)
{
	map_fd = open("map", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	HOLDS(map_fd != -1);
	for (int n = 0; n < TILES; n++)
		draw(n);
}

static struct prog begin(void)
{
	int s[2];
	struct how how = { .in = 0 };

	draw_map();
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	how.in = s[1];
	line_fd = s[0];
	lines = 0;
	return start_how(&how, "tiles", "map", NULL);
}

/* Say TEXT to P: the last line that it answers. */
static const char *ask(const struct prog *p, const char *text)
{
	char *out;
	size_t len;

	HOLDS(send(line_fd, text, strlen(text), MSG_NOSIGNAL) ==
	      (ssize_t)strlen(text));
	MUST(await_lines(p, ++lines), "it ended where it should answer to "
	     "'%.*s'", (int)strcspn(text, "\n"), text);
	out = out_text(p, &len);
	out[len - 1] = '\0';
	return strrchr(out, '\n') ? strrchr(out, '\n') + 1 : out;
}

static unsigned asked(const struct prog *p, int n)
{
	char text[16];

	snprintf(text, sizeof text, "%d\n", n);
	return (unsigned)strtoul(ask(p, text), NULL, 10);
}

static void drop(const struct prog *p)
{
	const char *said = ask(p, "drop\n");

	MUST(strcmp(said, "dropped") == 0, "it answers '%.40s' to 'drop'",
	     said);
}

static void end(struct prog *p)
{
	HOLDS(close(line_fd) == 0);
	MUST_EXIT(p, 0);
}

/* FIELD of all mappings of P together, in KiB. */
static long kb(const struct prog *p, const char *field)
{
	char path[32], line[512];
	size_t len = strlen(field);
	long all = 0;
	int seen = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/smaps", (int)p->pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (strncmp(line, field, len) == 0 && line[len] == ':') {
			all += atol(line + len + 1);
			seen = 1;
		}
	if (f)
		fclose(f);
	if (!seen)
		SKIP("/proc/PID/smaps has no %s here "
		     "(CONFIG_PROC_PAGE_MONITOR)", field);
	return all;
}

static void ask_for_all(const struct prog *p)
{
	for (int n = 0; n < TILES; n++) {
		unsigned got = asked(p, n);

		MUST(got == sum[n], "tile %d: it says %u, and the sum is %u%s",
		     n, got, sum[n], got == 0 ? ": the page is empty" : "");
	}
}

CHECK(1, "sums", "it prints the sum of each tile")
{
	struct prog p = begin();

	ask_for_all(&p);
	end(&p);
}

CHECK_AFTER(4, "gives", "sums",
	    "after \"drop\" the memory is the kernel's again")
{
	struct prog p = begin();
	long full, lazy, less;

	ask_for_all(&p);
	full = kb(&p, "Rss");
	drop(&p);
	less = full - kb(&p, "Rss");
	lazy = kb(&p, "LazyFree");
	MUST(less >= CACHE_KB * 9 / 10 || lazy < CACHE_KB / 2, "%ld KiB are "
	     "marked LazyFree, and still in its memory: MADV_FREE lets the "
	     "kernel take them when it runs short, not now", lazy);
	MUST(less >= CACHE_KB * 9 / 10, "its Rss has fallen by %ld KiB, and "
	     "the cache has %d: the pages are not given back", less,
	     CACHE_KB);
	end(&p);
}

/* Its stdout is full: it stands still where it says `dropped', and we look. */
CHECK_AFTER(1, "then", "gives", "it says \"dropped\" when that is done")
{
	static char some[4096];
	struct how how = { .in = 0 };
	struct prog p;
	int in[2], out[2];
	long full, less;
	int unread;
	ssize_t n;
	char c;

	draw_map();
	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) == 0);
	HOLDS(pipe2(out, O_CLOEXEC) == 0);
	how.in = in[1];
	how.out = fcntl(out[1], F_DUPFD_CLOEXEC, 5);
	HOLDS(how.out != -1);
	p = start_how(&how, "tiles", "map", NULL);
	HOLDS(close(how.out) == 0);
	for (int i = 0; i < TILES; i++) {
		char text[16];

		snprintf(text, sizeof text, "%d\n", i);
		n = send(in[0], text, strlen(text), MSG_NOSIGNAL);
		HOLDS(n == (ssize_t)strlen(text));
		do
			HOLDS(read(out[0], &c, 1) == 1);
		while (c != '\n');
	}
	MUST(await_blocked(&p), "it ended before its input did");
	full = kb(&p, "Rss");
	HOLDS(fcntl(out[1], F_SETFL, O_NONBLOCK) == 0);
	while (write(out[1], some, sizeof some) > 0)
		;
	HOLDS(fcntl(out[1], F_SETFL, 0) == 0);
	HOLDS(send(in[0], "drop\n", 5, MSG_NOSIGNAL) == 5);
	do
		HOLDS(ioctl(in[0], SIOCOUTQ, &unread) == 0);
	while (unread > 0 && !has_ended(&p));
	MUST(await_blocked(&p), "it ended where it should say 'dropped'");
	less = full - kb(&p, "Rss");
	MUST(less >= CACHE_KB * 9 / 10, "when it says 'dropped', its Rss has "
	     "fallen by %ld KiB, and the cache has %d: say it when it is done, "
	     "not before", less, CACHE_KB);
	HOLDS(close(in[0]) == 0);
	HOLDS(close(out[1]) == 0);
	while (read(out[0], some, sizeof some) > 0)
		;
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(3, "again", "sums",
	    "after \"drop\" a tile is right, and read anew")
{
	struct prog p = begin();
	unsigned got;
	int n = (int)random_below(TILES - 1);

	ask_for_all(&p);
	drop(&p);
	got = asked(&p, n + 1);
	MUST(got != 0, "tile %d sums up to 0 after the drop: its page is "
	     "empty now, and the program still takes it for loaded", n + 1);
	MUST(got == sum[n + 1], "tile %d sums up to %u after the drop, not to "
	     "%u", n + 1, got, sum[n + 1]);
	drop(&p);
	got = sum[n];
	draw(n);				/* the file has changed */
	MUST(asked(&p, n) != got, "after the drop it still knows tile %d as "
	     "it was: it has not given it back, or read it too early", n);
	ask_for_all(&p);
	end(&p);
}

CHECK_AFTER(1, "cached", "sums",
	    "a tile is read once, and then taken from the cache")
{
	static const char sea[TILE];
	struct prog p = begin();
	unsigned first;

	drop(&p);
	first = asked(&p, 7);
	MUST(first == sum[7], "tile 7 sums up to %u, not to %u", first,
	     sum[7]);
	draw(7);
	MUST(asked(&p, 7) == first, "without a drop it read tile 7 again");
	HOLDS(pwrite(map_fd, sea, TILE, (off_t)9 * TILE) == TILE);
	MUST(asked(&p, 9) == 0, "a tile of zeros should sum up to 0");
	draw(9);
	MUST(asked(&p, 9) == 0, "without a drop it read tile 9 again, which "
	     "holds nothing but zeros: it takes an empty page for one that is "
	     "not loaded");
	end(&p);
}

CHECK_AFTER(1, "rounds", "gives again",
	    "a hundred rounds take no more memory than one")
{
	struct prog p = begin();
	long size = 0;

	for (int round = 0; round < 100; round++) {
		unsigned got = asked(&p, round);

		MUST(got == sum[round], "tile %d is wrong in round %d", round,
		     round);
		drop(&p);
		if (round == 0)
			size = kb(&p, "Size");
	}
	MUST(kb(&p, "Size") < size + CACHE_KB, "its mappings have grown by "
	     "%ld KiB", kb(&p, "Size") - size);
	end(&p);
}

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	draw_map();
	how.in = input_text("1\n2\n1\ndrop\n1\n");
	return start_how(&how, "tiles", "map", NULL);
}

MAY_FAIL("");

CHECK_AFTER(1, "errors", "gives", "a call that fails is noticed, and named")
{
	struct how how = { .fault = "mmap:1:ENOMEM" };
	struct prog p = scene(&how);

	MUST_FAIL_WITH(&p, ENOMEM);
	p = start("tiles", "not-there", NULL);
	MUST_FAIL_WITH(&p, ENOENT);
	MUST_NOTICE(scene);
}
