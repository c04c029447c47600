/*
 * check - what size-it asks of board
 *
 * The checker is the other end: it reads what board puts, and puts what board
 * is to show.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "../../../common/proof/check.h"

enum { SIZE = 4096, CALLS = 24 };

static char name[OWN_NAME];

static void new_name(void)
{
	static int n;
	char what[8];

	snprintf(what, sizeof what, "b%d", n++);
	check_name(name, what);
}

/* The object as it is now: its size; the bytes, if AT is given. */
static off_t object(char **at)
{
	int fd = shm_open(name, O_RDONLY, 0);
	struct stat st;

	MUST(fd != -1, "there is no object %s", name);
	HOLDS(fstat(fd, &st) == 0);
	if (at) {
		*at = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, fd, 0);
		HOLDS(*at != MAP_FAILED);
	}
	HOLDS(close(fd) == 0);
	return st.st_size;
}

static int has_name(void)
{
	int fd = shm_open(name, O_RDONLY, 0);

	if (fd == -1)
		return 0;
	HOLDS(close(fd) == 0);
	return 1;
}

/* One of SIZE bytes that begins with TEXT. */
static void make(off_t size, const char *text, size_t len)
{
	int fd;

	new_name();
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	HOLDS(fd != -1);
	HOLDS(write(fd, text, len) == (ssize_t)len);
	HOLDS(ftruncate(fd, size) == 0);
	HOLDS(close(fd) == 0);
}

static void put(const char *text)
{
	struct prog p = start("board", name, "put", text, NULL);
	int status = end_of(&p);

	MUST(status != 128 + SIGBUS, "'put' was killed by SIGBUS (signal %d): "
	     "it stores into a page behind the end of the object, which has "
	     "%ld bytes", SIGBUS, (long)object(NULL));
	MUST(status == 0, "'put' ended with status %d", status);
}

CHECK(3, "put", "what is put is there for others, in 4096 bytes")
{
	char word[12], *at;

	new_name();
	random_word(word, sizeof word);
	put(word);
	MUST(object(&at) == SIZE, "the object has %ld bytes, not %d",
	     (long)object(NULL), SIZE);
	MUST_BYTES("the object", at, strlen(at), word, strlen(word));
	HOLDS(shm_unlink(name) == 0);
}

CHECK(2, "show", "what another process has put is shown")
{
	static char full[SIZE], want[SIZE + 2];
	struct prog p;

	random_word(full, 100);
	snprintf(want, sizeof want, "%s\n", full);
	make(SIZE, full, 100);
	p = start("board", name, "show", NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
	HOLDS(shm_unlink(name) == 0);
}

CHECK(3, "early", "who comes before there is a size is told so")
{
	struct prog p;
	int status;

	make(0, "", 0);
	p = start("board", name, "show", NULL);
	status = end_of(&p);
	MUST(status != 128 + SIGBUS, "'show' was killed by SIGBUS (signal "
	     "%d): it was there between shm_open() and ftruncate() of another "
	     "process, where the object has 0 bytes", SIGBUS);
	MUST(status != 0, "'show' ended with status 0, and the object has no "
	     "bytes at all");
	MUST(*err_text(), "'show' does not say on stderr why it fails");
	MUST(object(NULL) == 0, "'show' has changed the object");
	HOLDS(shm_unlink(name) == 0);
}

CHECK_AFTER(1, "again", "put", "what is put again replaces what was there")
{
	char *at;

	new_name();
	put("a long text");
	put("short");
	MUST(object(&at) == SIZE, "the object has %ld bytes, not %d",
	     (long)object(NULL), SIZE);
	MUST_BYTES("the object", at, strlen(at), "short", 5);
	put("");
	HOLDS(object(&at) == SIZE);
	MUST(*at == '\0', "an empty text was put, and the old one is there "
	     "still");
	HOLDS(shm_unlink(name) == 0);
	make(0, "", 0);
	put("into an empty one");
	HOLDS(object(&at) == SIZE);
	MUST_BYTES("the object", at, strlen(at), "into an empty one", 17);
	HOLDS(shm_unlink(name) == 0);
}

/* We show the board: we have it mapped while `put' replaces the text. It is
 * stopped before each of its calls, and each time we look. */
CHECK_AFTER(2, "mapped", "again", "who has it mapped sees the new text, and "
	    "all of it stays there meanwhile")
{
	char *at;

	new_name();
	put("before");
	HOLDS(object(&at) == SIZE);
	for (unsigned n = 1; n <= CALLS; n++) {
		char fault[32];
		struct how how = { .fault = fault };
		struct prog p;

		snprintf(fault, sizeof fault, "any:%u:stop", n);
		p = start_how(&how, "board", name, "put", "after", NULL);
		if (!await_stop(&p)) {
			end_of(&p);
			break;
		}
		MUST(has_name(), "while it replaces the text, there is no "
		     "object of that name: who has the old one mapped will "
		     "never see the new text");
		MUST(object(NULL) == SIZE, "while it replaces the text, the "
		     "object has %ld bytes. Whoever has it mapped, and reads "
		     "just then, is killed by SIGBUS. What did shm_open() or "
		     "ftruncate() cut off?", (long)object(NULL));
		go_on(&p);
		MUST_EXIT(&p, 0);
	}
	MUST(strcmp(at, "after") == 0, "we had it mapped all the time, and do "
	     "not see the new text: it is in another object of that name");
	HOLDS(munmap(at, SIZE) == 0);
	HOLDS(shm_unlink(name) == 0);
}

CHECK_AFTER(1, "full", "put show", "4095 bytes find room, one more is refused")
{
	static char text[SIZE + 1], want[SIZE + 2];
	struct prog p;
	char *at;

	memset(text, 'x', SIZE);
	new_name();
	p = start("board", name, "put", text, NULL);
	MUST_FAIL(&p);
	shm_unlink(name);
	text[SIZE - 1] = '\0';
	put(text);
	HOLDS(object(&at) == SIZE);
	MUST_BYTES("the object", at, SIZE, text, SIZE);
	HOLDS(shm_unlink(name) == 0);
	/* From somebody who has left no room for a NUL. */
	memset(text, 'x', SIZE);
	snprintf(want, sizeof want, "%.*s\n", SIZE, text);
	make(SIZE, text, SIZE);
	p = start("board", name, "show", NULL);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
	HOLDS(shm_unlink(name) == 0);
}

static struct prog scene_put(const struct how *how)
{
	shm_unlink(name);
	new_name();
	return start_how(how, "board", name, "put", "text", NULL);
}

static struct prog scene_show(const struct how *how)
{
	return start_how(how, "board", name, "show", NULL);
}

MAY_FAIL("close munmap");

CHECK_AFTER(1, "errors", "put show", "a call that fails is noticed and named")
{
	struct prog p;

	new_name();
	MUST_NOTICE(scene_put);
	shm_unlink(name);
	make(SIZE, "text", 5);
	MUST_NOTICE(scene_show);
	HOLDS(shm_unlink(name) == 0);
	p = start("board", name, "show", NULL);
	MUST_FAIL(&p);
	p = start("board", name, NULL);
	MUST_FAIL(&p);
	no_object_left();
}
