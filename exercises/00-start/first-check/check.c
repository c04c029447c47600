/*
 * check - what first-check asks of greet
 */
#include <fcntl.h>

#include "../../../common/proof/check.h"

enum { LONG_NAME = 10000 };	/* bytes, with the NUL */

static void greets(const char *name)
{
	static char want[LONG_NAME + 16];
	struct prog p;

	snprintf(want, sizeof want, "hello, %s\n", name);
	p = start("greet", name, NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

CHECK(2, "hello", "it greets whoever is named")
{
	char name[12];

	random_word(name, sizeof name);
	greets(name);
}

CHECK_AFTER(1, "names", "hello", "a name may be long, and have blanks or a % "
	    "in it")
{
	static char name[LONG_NAME];

	greets("Ada King, Countess of Lovelace");
	greets("100% Ada %s %d");
	random_word(name, sizeof name);
	greets(name);
}

CHECK(1, "usage", "without a name it says how to use it, and fails")
{
	struct prog p = start("greet", NULL);

	MUST_FAIL(&p);
	MUST_SAY(&p, "");
}

CHECK_AFTER(1, "full", "hello", "it notices that its words cannot be written")
{
	struct how how = { .out = open("/dev/full", O_WRONLY | O_CLOEXEC) };
	struct prog p;

	HOLDS(how.out != -1);
	p = start_how(&how, "greet", "Ada", NULL);
	MUST_FAIL(&p);
}
