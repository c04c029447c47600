#!/bin/sh
# release.sh - which stores of the word that publishes are told, and which not
cd "$(dirname "$0")/../../.." || exit 1
. common/proof/t/setup

cat > "solutions/$ex/play.c" <<'END'
#define _GNU_SOURCE
#include <sys/mman.h>
#include "../../../common/lesson.h"

struct record { uint32_t ready, size; char bytes[56]; };

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	struct record *r = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct record whole = { 1, 5, "hello" };

	if (r == MAP_FAILED)
		die("mmap");
	r->ready = 0;			/* nobody minds */
	memset(r, 0, sizeof *r);
	r->size = 5;
	if (strcmp(how, "plain") == 0)
		r->ready = 1;		/* line 20 */
	if (strcmp(how, "volatile") == 0)
		*(volatile uint32_t *)&r->ready = 1;
	if (strcmp(how, "relaxed") == 0)
		__atomic_store_n(&r->ready, 1, __ATOMIC_RELAXED);
	if (strcmp(how, "adds") == 0)
		__atomic_fetch_add(&r->ready, 1, __ATOMIC_RELAXED);
	if (strcmp(how, "acquires") == 0) {
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		r->ready = 1;
	}
	if (strcmp(how, "copies") == 0)
		memcpy(r, &whole, sizeof whole);
	if (strcmp(how, "between") == 0) {
		__atomic_thread_fence(__ATOMIC_RELEASE);
		r->size = 6;
		r->ready = 1;
	}
	if (strcmp(how, "release") == 0)
		__atomic_store_n(&r->ready, 1, __ATOMIC_RELEASE);
	if (strcmp(how, "strong") == 0)
		__atomic_store_n(&r->ready, 1, __ATOMIC_SEQ_CST);
	if (strcmp(how, "swaps") == 0)
		__sync_bool_compare_and_swap(&r->ready, 0, 1);
	if (strcmp(how, "fence") == 0) {
		__atomic_thread_fence(__ATOMIC_RELEASE);
		*(volatile uint32_t *)&r->ready = 1;
	}
	return 0;			/* "other": only other words */
}
END
{
	cat <<'END'
#include "../../../common/proof/check.h"

static void run(const char *how)
{
	struct prog p = start_how(&(struct how){ .word = "0:4" }, "play", how,
				  NULL);

	MUST_EXIT(&p, 0);
	MUST_RELEASE("ready");
}
END
	for id in plain volatile relaxed adds acquires copies between \
		release strong swaps fence other; do
		echo "CHECK(1, \"$id\", \"$id\") { run(\"$id\"); }"
	done
} > "exercises/$ex/check.c"
made
tier=${tiers%% *}
is "each its verdict" "$(verdicts "$tier")" \
	"plain:fail volatile:fail relaxed:fail adds:fail acquires:fail copies:fail between:fail release:pass strong:pass swaps:pass fence:pass other:pass"
if command -v addr2line > /dev/null; then
	like "with the place" "$(message plain)" \
		"^it stores 'ready' by a plain store, .* \(play.c, line 20\)"
else
	skip "with the place" "no addr2line; apt-get install binutils"
fi
finish
