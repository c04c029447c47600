/*
 * lookup - answers from the table on stdin, and copies it to memory of its own
 *
 *   [ table, shared ] --memcpy()--> [ private memory: what size of pages? ]
 *
 * Its partner is ./builder. The private copies show transparent huge pages:
 * ordinary memory for which the kernel takes huge pages by itself, always,
 * on madvise() or never. Watch that it keeps to what its switch allows.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "../../common/lesson.h"

#define SWITCH "/sys/kernel/mm/transparent_hugepage/enabled"

// Huge pages under this process's private memory, in bytes.
static size_t anon_huge(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	char line[128];
	size_t kb = 0;

	while (f && fgets(line, sizeof line, f))
		sscanf(line, "AnonHugePages: %zu", &kb);
	if (f)
		fclose(f);
	return kb * 1024;
}

static uint64_t *copy(const void *table, size_t size, int advice)
{
	// It must begin at a multiple of its size; twice has room for that.
	char *p = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char word[64] = "[never]";	// "always [madvise] never"
	FILE *f = fopen(SWITCH, "r");
	size_t before = anon_huge();
	int yes;

	if (p == MAP_FAILED)
		die("mmap");
	p += size - (uintptr_t)p % size;
	if (f && fgets(word, sizeof word, f))
		fclose(f);
	yes = strstr(word, "[always]") || (strstr(word, "[madvise]") && advice);
	if (advice && madvise(p, size, advice) == -1 && f)
		die("madvise MADV_HUGEPAGE");
	memcpy(p, table, size);
	// Yes is a right, no duty: memory in small pieces has no huge page.
	say("%-21s AnonHugePages %s", advice ? "after MADV_HUGEPAGE:" :
	    "a copy, no advice:", !f || yes || anon_huge() == before ?
	    "as the switch allows" : "NOT as the switch allows");
	return (uint64_t *)(void *)p;
}

int main(void)
{
	off_t end = lseek(STDIN_FILENO, 0, SEEK_END);
	size_t size = end > 0 ? (size_t)end : 0;
	uint64_t *table = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED,
			       STDIN_FILENO, 0);
	uint64_t *plain, *advised;

	if (table == MAP_FAILED || size < 1 << 20 || size & (size - 1))
		quit("there is no table on stdin: start ./builder");
	plain = copy(table, size, 0);
	advised = copy(table, size, MADV_HUGEPAGE);
	// The code is the same for pages of any size; only the TLB differs.
	say("700 squared is %d, %d, %d", (int)table[700], (int)plain[700],
	    (int)advised[700]);
	table[0]++;
	return EXIT_SUCCESS;
}
