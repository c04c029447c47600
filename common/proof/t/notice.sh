#!/bin/sh
# notice.sh - whom does MUST_NOTICE blame, and whom not?
cd "$(dirname "$0")/../../.." || exit 1
. common/proof/t/setup

cat > "solutions/$ex/play.c" <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include "../../../common/lesson.h"

/* The second run makes fewer calls than the first: a race has such runs. */
static int fewer(void)
{
	int fd = open("seen", O_CREAT | O_EXCL | O_RDWR, 0600);

	if (fd == -1 && errno == EEXIST)
		return 0;
	if (fd == -1)
		die("open");
	return lseek(fd, 0, SEEK_SET) == -1;
}

/* Its stderr is a terminal by then, of which it prints all that comes. */
static int terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int slave, null = open("/dev/null", O_RDWR);
	char line[256];
	ssize_t n;

	if (null == -1)
		die("open");
	if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1)
		die("terminal");
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave == -1 || dup2(slave, 2) == -1)
		die("slave");
	if (lseek(null, 0, SEEK_SET) == 0)
		return 0;
	fprintf(stderr, "lseek: %s\n", strerror(errno));
	n = read(master, line, sizeof line);
	fwrite(line, 1, n > 0 ? (size_t)n : 0, stdout);
	return 1;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int in = fcntl(0, F_GETFD);

	if (in == -1)
		die("F_GETFD");
	if (strcmp(what, "fewer") == 0)
		return fewer();
	if (strcmp(what, "terminal") == 0)
		return terminal();
	if (strcmp(what, "wishes") == 0) {
		fcntl(0, F_SETPIPE_SZ, 65536);
		madvise(NULL, 0, MADV_WILLNEED);
		fsync(0);
		return 0;
	}
	if (strcmp(what, "forgets") == 0) {
		madvise(NULL, 0, MADV_DONTNEED);
		return 0;
	}
	if (lseek(0, 0, SEEK_SET) != -1)
		return 0;
	if (strcmp(what, "call") == 0)
		fprintf(stderr, "lseek() failed\n");
	if (strcmp(what, "error") == 0)
		fprintf(stderr, "%s\n", strerror(errno));
	if (strcmp(what, "other") == 0)
		fprintf(stderr, "lseek64_x or llseek failed\n");
	if (strcmp(what, "sees") == 0)
		for (char **e = environ; *e; e++)
			if (strncmp(*e, "SHAKE", 5) == 0)
				die("lseek");
	if (strcmp(what, "stderr") == 0) {
		FILE *f = fopen("/dev/stderr", "w");

		if (!f || fprintf(f, "about lseek\n") < 0 || fclose(f))
			return 9;
		f = fopen("/dev/stderr", "w");
		if (!f || fprintf(f, "and more\n") < 0 || fclose(f))
			return 9;
	}
	return strcmp(what, "unchecked") != 0;
}
END
cat > "exercises/$ex/check.c" <<'END'
#include "../../../common/proof/check.h"

static const char *what;

static struct prog scene(const struct how *base)
{
	struct how how = *base;

	how.in = input_text("x");
	return start_how(&how, "play", what, NULL);
}

MAY_FAIL("fsync");

#define NOTICES(name) \
	CHECK(1, #name, #name) { what = #name; MUST_NOTICE(scene); }
NOTICES(call)
NOTICES(error)
NOTICES(fewer)
NOTICES(terminal)
NOTICES(stderr)
NOTICES(wishes)
NOTICES(forgets)
NOTICES(unchecked)
NOTICES(silent)
NOTICES(other)
NOTICES(sees)
END
made
for tier in $tiers; do
	is "tier $tier: each its verdict" "$(verdicts "$tier")" \
		"call:pass error:pass fewer:pass terminal:pass stderr:pass wishes:pass forgets:fail unchecked:fail silent:fail other:fail sees:fail"
	like "what is not looked at" "$(message unchecked)" \
		'^we made its lseek\(\) number 1 fail with EIO .*, and then it ends with status 0'
	like "what is not told" "$(message silent)" 'nothing on stderr'
	like "what is told, but not named" "$(message other)" \
		'neither that call nor its error, EIO .*lseek64_x'
	like "whoever looks for our variables finds none" "$(message sees)" \
		'nothing on stderr'
done
# shellcheck disable=SC2016 # those are not the shell's
like "check -l says what may fail" "$("$out/check" -l | tail -n 1)" \
	'^`errors`: .* Only these may fail unnoticed: `fsync\(\)`\.'
finish
