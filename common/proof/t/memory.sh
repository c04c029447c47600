#!/bin/sh
# memory.sh - what the check `memory' sees, what it says, and what it lets pass
cd "$(dirname "$0")/../../.." || exit 1
. common/proof/t/setup
MEMORY=

cat > "solutions/$ex/play.c" <<'END'
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include "../../../common/lesson.h"

static volatile int n = 8;
static void *volatile kept, *volatile nothing;

/* Only here, where a call has failed, it goes wrong. */
static void give_up(const char *what)
{
	char text[8];

	for (int i = 0; i <= n; i++)
		text[i] = what[i % 3];		/* line 15 */
	fprintf(stderr, "lseek %.3s\n", text);
	exit(1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char *heap = malloc(8), local[8] = "", *odd = local + 1;

	if (!heap)
		die("malloc");
	kept = heap;
	if (strcmp(what, "heap") == 0)
		heap[n] = 'x';			/* line 29 */
	if (strcmp(what, "stack") == 0)
		local[n] = 'x';			/* line 31 */
	if (strcmp(what, "freed") == 0) {
		free(heap);
		return *(volatile char *)kept == 'x';	/* line 34 */
	}
	if (strcmp(what, "sum") == 0)
		return INT_MAX - 3 + n == 7;	/* line 37 */
	if (strcmp(what, "shift") == 0)
		return (1 << (n + 24)) == 7;	/* line 39 */
	if (strcmp(what, "string") == 0)
		memset(heap, 'x', (size_t)n + 1);	/* line 41 */
	if (strcmp(what, "failing") == 0 && lseek(0, 0, SEEK_SET) == -1)
		give_up("no");
	if (strncmp(what, "map", 3) == 0) {
		char *at = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED |
				MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			die("mmap");
		at[7] = 'x';
		if (strcmp(what, "map") == 0)
			at[n] = 'x';		/* line 52 */
		if (munmap(at, 8) == -1)
			die("munmap");
		at = mmap(at, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			  MAP_ANONYMOUS, -1, 0);
		if (at == MAP_FAILED)
			die("mmap");
		at[4095] = 'x';
	}
	/* These are nobody's mistake. */
	if (strcmp(what, "odd") == 0)
		return *(volatile uint32_t *)(void *)odd != 0;
	if (strcmp(what, "signal") == 0)
		raise(SIGSEGV);
	if (strcmp(what, "none") == 0)
		memcpy(heap, nothing, (size_t)(n - 8));
	return 0;
}
END
cat > "exercises/$ex/check.c" <<'END'
#include "../../../common/proof/check.h"

MAY_FAIL("");
#define DOES(name) \
	CHECK(1, #name, #name) \
	{ \
		struct prog p = start("play", #name, NULL); \
		end_of(&p); \
	}
#ifdef HEAP
DOES(heap)
#elif defined STACK
DOES(stack)
#elif defined FREED
DOES(freed)
#elif defined SUM
DOES(sum)
#elif defined SHIFT
DOES(shift)
#elif defined STRING
DOES(string)
#elif defined MAPPING
DOES(map)
#elif defined FAILING
static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("x");
	return start_how(&how, "play", "failing", NULL);
}
CHECK(1, "failing", "what it does when a call fails")
{
	MUST_NOTICE(scene);
}
#else
DOES(odd)
DOES(signal)
DOES(none)
DOES(leak)
DOES(mapped)
#endif
END
made
tier=${tiers%% *}

# The program is the same; the check that looks at it is another.
memory() # WHICH: verdict and message of the check `memory'
{
	rm -f "$out/check"
	sed "1i #define $1" "exercises/$ex/check.c" > "$tmp/check.c"
	${CC:-cc} -std=gnu11 -I "$top/exercises/$ex" -include "$tmp/check.c" \
		-o "$out/check" -x c /dev/null -x none build/libcheck.a \
		-pthread -lrt || return
	"$out/check" "-$tier" -o "$tmp/verdict" > "$tmp/said" 2>&1
	awk -F '\t' '$2 == "memory" { print $1 " " $4 }' "$tmp/verdict"
}
sed -i "s,\.\./\.\./\.\./common,$top/common," "exercises/$ex/check.c"

if [ -s "$out/memory.why" ]; then
	skip "what the check of the memory sees" "$(cat "$out/memory.why")"
	finish
	exit
fi
is "what is no mistake passes" "$(memory RIGHT)" "pass "
like "beyond the heap" "$(memory HEAP)" \
	'^fail play.c, line 29: heap-buffer-overflow, a WRITE of size 1$'
like "beyond the stack" "$(memory STACK)" \
	'^fail play.c, line 31: index 8 out of bounds'
like "what was freed" "$(memory FREED)" \
	'^fail play.c, line 34: heap-use-after-free, a READ of size 1$'
like "a sum that does not fit" "$(memory SUM)" \
	'^fail play.c, line 37: signed integer overflow: '
like "a shift too far" "$(memory SHIFT)" '^fail play.c, line 39: '
like "by a function of the C library" "$(memory STRING)" \
	'^fail play.c, line 41: heap-buffer-overflow, a WRITE of size 9'
like "beyond a mapping, in its last page" "$(memory MAPPING)" \
	'^fail play.c, line 52: beyond what mmap\(\) was asked for, a WRITE of size 1$'
like "only when a call fails" "$(memory FAILING)" \
	'^fail we made its lseek\(\) number 1 fail with EIO \(play.c, line [0-9]+\), and then play.c, line 15: index 8'

MEMORY=no common/course/build $ex "exercises/$ex/play.c" "$out"
like "where it is not to be had, the reason is told" "$(memory RIGHT)" \
	'^skip left out, as MEMORY=no'
finish
