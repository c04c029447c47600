/*
 * nofork - fork() copies everything, also a key that no child is to have
 *
 *   [ page with "secret" ] --fork()--> the child: its copy, zeros, or nothing
 *
 * Watch: the advice is given before the secret is stored. So there is no moment
 * at which a fork() would copy the secret.
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

/* Make a page with the secret. WHAT is the name of ADVICE. */
static char *make_key(const char *what, int advice)
{
	char *key = mmap(NULL, page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (key == MAP_FAILED)
		die("mmap");
	if (madvise(key, page, advice) == -1)
		quit("madvise, %s: %s", what, errno_name(errno));
	strcpy(key, "secret");
	return key;
}

/* In the child: print what it finds. If it has no such page, a load from there
 * would be SIGSEGV. So it calls mincore() first, which fails then. */
static void look(const char *what, char *key)
{
	unsigned char byte;		// for mincore(): not needed

	if (mincore(key, page, &byte) == 0)
		say("%s: the child reads \"%s\"", what, key);
	else
		say("%s: the child has no such page: %s", what,
		    errno_name(errno));
}

static void try(const char *what, int advice)
{
	char *key = make_key(what, advice);
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
	page = size_of_page();

	try("wrong: NORMAL", MADV_NORMAL);
	try("right: WIPEONFORK", MADV_WIPEONFORK);
	try("right: DONTFORK", MADV_DONTFORK);
	say("the parent has had its key all the time");
	return EXIT_SUCCESS;
}
