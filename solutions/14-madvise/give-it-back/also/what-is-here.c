/*
 * tiles - keeps the tiles of a map in memory, and gives them back when told
 *
 *   stdin: "5", "drop" --> tiles --> stdout: a tile's sum, "dropped"
 *                            |
 *       FILE --pread()--> [ cache: a page for each tile ]
 *
 *   ./tiles MAP < questions	MAP has 256 tiles of 4096 bytes
 */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>

#include "../../../common/lesson.h"

enum { TILES = 256, TILE = 4096 };

static unsigned char *cache;		/* TILES pages */
static bool is_here[TILES];		/* is tile N in the cache? */

static void load(int fd, int n)
{
	if (pread(fd, cache + n * TILE, TILE, (off_t)n * TILE) != TILE)
		quit("the map has no tile %d (errno: %s)", n,
		     errno_name(errno));
	is_here[n] = true;
}

static unsigned sum_of(int fd, int n)
{
	unsigned sum = 0;

	if (!is_here[n])
		load(fd, n);
	for (int i = 0; i < TILE; i++)
		sum += cache[n * TILE + i];
	return sum;
}

/* Memory is short elsewhere: the kernel gets all pages of the cache. */
static void drop(void)
{
	// Now, not some time: MADV_FREE would leave them until need arises.
	for (int n = 0; n < TILES; n++)
		if (is_here[n] && madvise(cache + n * TILE, TILE,
					  MADV_DONTNEED) == -1)
			die("madvise");
	// The pages read as 0 from here on, so no tile is here any more.
	memset(is_here, false, sizeof is_here);
}

int main(int argc, char **argv)
{
	char line[32];
	int fd;

	if (argc != 2)
		quit("usage: ./tiles MAP");
	fd = open(argv[1], O_RDONLY);
	if (fd == -1)
		die(argv[1]);
	cache = mmap(NULL, TILES * TILE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (cache == MAP_FAILED)
		die("mmap");
	while (fgets(line, sizeof line, stdin)) {
		if (strcmp(line, "drop\n") == 0) {
			drop();
			puts("dropped");
		} else {
			printf("%u\n", sum_of(fd, atoi(line) % TILES));
		}
		fflush(stdout);
	}
	return EXIT_SUCCESS;
}
