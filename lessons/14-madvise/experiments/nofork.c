/*
 * nofork - fork() copies everything, also a key that no child is to have
 *
 *   [ page with "secret" ] --fork()--> the child: its copy, zeros, or nothing
 *
 * Watch: the advice stands before the secret is stored. So there is no moment
 * at which a fork() would copy it.
 *
 * Try: put this line first in look():
 *	say("it begins with %c", key[0]);
 * What happens after DONTFORK?
 */
#define _GNU_SOURCE			// for madvise()
#include <sys/mman.h>
#include <sys/wait.h>

#include "../../../common/experiment.h"

static size_t page;		// bytes of a page: 4096 on most machines

/* A page of our own. ADVICE is given before anything is stored in it. */
static char *make_key(int advice)
{
	char *key = mmap(NULL, page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (key == MAP_FAILED)
		die("mmap");
	if (madvise(key, page, advice) == -1)
		die("madvise");
	strcpy(key, "secret");
	return key;
}

/* What the child finds. A load from a page that it does not have would kill
 * it by SIGSEGV. So it asks the kernel first: mincore() fails then. */
static void look(const char *what, char *key)
{
	unsigned char in_memory;

	if (mincore(key, page, &in_memory) == 0)
		say("%s: the child reads \"%s\"", what, key);
	else
		say("%s: the child has no such page: %s", what,
		    errno_name(errno));
}

static void try(const char *what, int advice)
{
	char *key = make_key(advice);
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child == -1)
		die("fork");
	if (child == 0) {
		// If the parent is killed, nobody waits for what we say.
		if (!end_with_parent(parent))
			die("end_with_parent");
		look(what, key);
		exit(EXIT_SUCCESS);
	}
	if (waitpid(child, &status, 0) == -1)
		die("waitpid");
	if (status != 0)
		quit("the child has failed");
	if (strcmp(key, "secret") != 0)
		quit("the parent has lost its key");
}

int main(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);

	try("wrong: NORMAL", MADV_NORMAL);
	try("right: WIPEONFORK", MADV_WIPEONFORK);
	try("right: DONTFORK", MADV_DONTFORK);
	say("the parent has had its key all the time");
	return EXIT_SUCCESS;
}
