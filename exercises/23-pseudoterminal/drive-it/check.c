/*
 * check - what drive-it asks of drive
 *
 * The program that drive has to drive is this file as well: "check --ask WHAT
 * N" insists on a terminal and asks.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "../../../common/proof/asleep.h"
#include "../../../common/proof/check.h"

/* ------------------------------------------------ the program that asks */

static const char *ask_for(const char *question)
{
	static char line[256];
	ssize_t n;

	printf("%s? ", question);
	fflush(stdout);
	n = read(0, line, sizeof line - 1);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* What kind of terminal is it? A sentence if it is not good enough. */
static const char *terminal(void)
{
	if (!isatty(0) || !isatty(1) || !isatty(2))
		return "stdin, stdout and stderr are not a terminal, all three";
	if (open("/dev/tty", O_RDWR | O_CLOEXEC) == -1)
		return "no controlling terminal: /dev/tty cannot be opened";
	if (tcgetsid(0) != getpid() || tcgetpgrp(0) != getpgrp())
		return "the terminal belongs to another session or group";
	return "a terminal of its own";
}

/* How many descriptors were handed to us, but for 0, 1 and 2? */
static int strangers(void)
{
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;
	int n = 0;

	while (d && (e = readdir(d)))
		n += atoi(e->d_name) > 2 && atoi(e->d_name) != dirfd(d);
	return n;
}

/* Wait until the check says that it has seen what was printed; by hand there
 * is no check, and no FIFO. */
static void pause_here(void)
{
	int fd;

	fflush(stdout);
	fd = open("go", O_RDONLY);
	if (fd != -1)
		close(fd);
}

/* As programs do that ask for a password: no echo, and what was typed before
 * the question is forgotten. */
static const char *ask_unseen(void)
{
	struct termios now;

	tcgetattr(0, &now);
	now.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(0, TCSAFLUSH, &now);
	return ask_for("password");
}

static void ask_late(void)
{
	int typed = 0;

	printf("one moment\n");
	pause_here();
	ioctl(0, FIONREAD, &typed);
	if (typed > 0)
		printf("%d bytes were typed before the question\n", typed);
	else
		printf("\ngood: %s\n", ask_unseen());
}

static void ask_in_pieces(void)
{
	printf("how are you?");
	pause_here();
	printf(" ");
	fflush(stdout);
	printf("%s\n", read(0, (char[9]){ 0 }, 8) == 5 ? "heard" : "what");
}

/* Between the two drive can do all that it would do before the second. */
static void ask_twice(void)
{
	printf("hello %s\n", ask_for("name"));
	pause_here();
	printf("\ngood: %s\n", ask_unseen());
}

static int ask(const char *what, int n)
{
	if (strcmp(what, "tty") == 0) {
		printf("%s\n", terminal());
		return 0;
	}
	if (strcmp(what, "fds") == 0)
		printf("%d more\n", strangers());
	else if (strcmp(what, "ends") == 0)
		return n;
	else if (strcmp(what, "signal") == 0)
		return raise(n);
	else if (strcmp(what, "hello") == 0)
		printf("hello %s\n", ask_for("name"));
	else if (strcmp(what, "two") == 0)
		ask_twice();
	else if (strcmp(what, "late") == 0)
		ask_late();
	else if (strcmp(what, "pieces") == 0)
		ask_in_pieces();
	else if (strcmp(what, "much") == 0)
		for (int i = 0; i < n; i++)
			printf("line %d of many\n", i);
	return 0;
}

/* Before main(), which knows nothing of this. With "--ask-and-wait" it ends
 * when its last word was seen: once in some thousand times the kernel tells
 * the master of the end, EIO, a moment before that word. */
__attribute__((constructor)) static void be_the_program(int argc, char **argv)
{
	int status;

	if (argc < 4 || strncmp(argv[1], "--ask", 5) != 0)
		return;
	status = ask(argv[2], atoi(argv[3]));
	if (strcmp(argv[1], "--ask-and-wait") == 0)
		pause_here();
	fflush(NULL);
	_exit(status);
}

/* ---------------------------------------------------------- the checks */

static struct prog start_drive(const struct how *base, const char *answers,
			       const char *how_to, const char *what,
			       const char *n)
{
	static char self[PATH_MAX];
	struct how how = { 0 };
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	if (fd == -1)
		SKIP("no terminals here (%s): mount -t devpts none /dev/pts",
		     errno_name(errno));
	close(fd);
	HOLDS(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
	if (base)
		how = *base;
	how.in = input_text(answers);
	return start_how(&how, "drive", self, how_to, what, n, NULL);
}

/* Have drive drive "--ask WHAT N" with ANSWERS. */
static struct prog drive(const struct how *base, const char *answers,
			 const char *what, const char *n)
{
	return start_drive(base, answers, "--ask", what, n);
}

/* The same, but the program does not end before let_go(). */
static struct prog drive_until_seen(const struct how *base,
				    const char *answers, const char *what,
				    const char *n)
{
	HOLDS(mkfifo("go", 0600) == 0);
	return start_drive(base, answers, "--ask-and-wait", what, n);
}

/* What is on P's stdout, if that has grown beyond *SEEN bytes; else NULL. */
static const char *more_of(const struct prog *p, off_t *seen)
{
	struct stat st;

	HOLDS(fstat(p->out, &st) == 0);
	if (st.st_size == *seen)
		return NULL;
	*seen = st.st_size;
	return out_text(p, NULL);
}

/* Do P and the program that it drives sleep? */
static int both_sleep(const struct prog *p)
{
	pid_t child = first_child(p->pid);

	return is_blocked(p->pid) == 1 &&
	       (child == -1 || is_blocked(child) == 1);
}

/* Let the program end once LAST is on P's stdout; or when nothing happens any
 * more without it: then the check says what is missing. */
static void let_go(const struct prog *p, const char *last)
{
	const char *text = NULL;
	off_t seen = 0;

	for (int quiet = 0; quiet < 100 && !has_ended(p); sched_yield()) {
		const char *more = more_of(p, &seen);

		text = more ? more : text;
		if (text && strstr(text, last))
			break;
		quiet = !more && both_sleep(p) ? quiet + 1 : 0;
	}
	HOLDS(open("go", O_RDWR | O_CLOEXEC) != -1);	/* waits for nobody */
}

CHECK(3, "tty", "the program has a terminal, and it is its own")
{
	struct prog p = drive_until_seen(NULL, "", "tty", "0");

	let_go(&p, "\n");
	MUST_EXIT(&p, 0);
	MUST(*out_text(&p, NULL), "nothing of what the program says arrives "
	     "at drive's stdout");
	MUST(strcmp(out_text(&p, NULL), "a terminal of its own\r\n") == 0,
	     "the program looks for a terminal and says: %.200s",
	     out_text(&p, NULL));
}

CHECK_AFTER(3, "answers", "tty", "a question gets the next line of stdin")
{
	char name[12], line[16], want[64];
	struct prog p;

	random_word(name, sizeof name);
	snprintf(line, sizeof line, "%s\n", name);
	snprintf(want, sizeof want, "name? %s\r\nhello %s\r\n", name, name);
	p = drive_until_seen(NULL, line, "hello", "0");
	let_go(&p, want);
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

/* Let the program go on where it pauses, once TEXT is on drive's stdout. */
static void go_on_after(const struct prog *p, const char *text)
{
	for (;;) {
		int ended = has_ended(p);	/* before the look */

		if (strstr(out_text(p, NULL), text))
			break;
		MUST(!ended, "drive ends, and its stdout has not \"%s\"", text);
		sched_yield();
	}
	MUST_SLEEP(p, "drive ends before the program does");
	close(open("go", O_WRONLY));
}

CHECK_AFTER(2, "two", "answers",
	    "a second question, for a password, gets the second line")
{
	struct prog p = drive_until_seen(NULL, "Ada\nlovelace\nmore\n", "two",
					 "0");

	go_on_after(&p, "hello Ada\r\n");
	let_go(&p, "good: lovelace\r\n");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "name? Ada\r\nhello Ada\r\npassword? \r\n"
		     "good: lovelace\r\n");
}

CHECK_AFTER(2, "patient", "answers", "it types nothing before it is asked")
{
	struct prog p;

	p = drive_until_seen(NULL, "lovelace\n", "late", "0");
	go_on_after(&p, "one moment\r\n");
	let_go(&p, "good: lovelace\r\n");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "one moment\r\npassword? \r\ngood: lovelace\r\n");
}

CHECK_AFTER(2, "pieces", "answers",
	    "a question that comes in two pieces is one")
{
	struct prog p;

	p = drive_until_seen(NULL, "fine\n", "pieces", "0");
	go_on_after(&p, "how are you?");
	let_go(&p, "heard\r\n");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "how are you? fine\r\nheard\r\n");
}

CHECK_AFTER(2, "no-more", "answers",
	    "without an answer left it types Ctrl-D, the end")
{
	struct prog p = drive_until_seen(NULL, "", "hello", "0");

	let_go(&p, "hello \r\n");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "name? hello \r\n");
}

CHECK_AFTER(2, "status", "tty",
	    "it ends with the program's status, or 128 + the signal")
{
	char n[16];
	int code = 1 + (int)random_below(100);
	struct prog p;

	snprintf(n, sizeof n, "%d", code);
	p = drive(NULL, "", "ends", n);
	MUST_EXIT(&p, code);
	snprintf(n, sizeof n, "%d", SIGTERM);
	p = drive(NULL, "", "signal", n);
	MUST_EXIT(&p, 128 + SIGTERM);
	p = start("drive", "true", NULL);
	MUST_EXIT(&p, 0);
}

CHECK_AFTER(2, "much", "tty", "170000 bytes on the screen all arrive")
{
	static char want[200000];
	size_t len = 0;
	struct prog p = drive_until_seen(NULL, "", "much", "8000");

	for (int i = 0; i < 8000; i++)
		len += (size_t)sprintf(want + len, "line %d of many\r\n", i);
	let_go(&p, "line 7999 of many\r\n");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, want);
}

CHECK_AFTER(2, "fds", "tty",
	    "the program gets descriptors 0, 1 and 2, and no other")
{
	struct prog p = drive_until_seen(NULL, "", "fds", "0");

	let_go(&p, "more\r\n");
	MUST_EXIT(&p, 0);
	MUST(strcmp(out_text(&p, NULL), "0 more\r\n") == 0, "the program finds "
	     "open descriptors: %.40s; with a copy of the master it would not "
	     "be told when drive leaves", out_text(&p, NULL));
}

CHECK_AFTER(1, "short", "answers", "a write() that takes less loses nothing")
{
	struct how how = { .fault = "write:1:short,write:2:short" };
	struct prog p = drive_until_seen(&how, "Ada\n", "hello", "0");

	let_go(&p, "hello Ada\r\n");
	MUST_EXIT(&p, 0);
	MUST_SAY(&p, "name? Ada\r\nhello Ada\r\n");
}

CHECK_AFTER(1, "read", "status",
	    "a read() that fails is the end only if it fails with EIO")
{
	struct how how = { .fault = "read:1:ENOMEM" };
	struct prog p = drive(&how, "", "tty", "0");
	const char *said;
	int status;

	when_it_hangs("it takes that for the end of the terminal");
	status = end_of(&p);
	said = err_text() + p.err_from;
	MUST(status != 0, "it takes that for the end of the terminal, and ends "
	     "with status 0: only EIO is the end");
	MUST(status < 128 && (strstr(said, "read") || strstr(said, "ENOMEM") ||
			      strstr(said, strerror(ENOMEM))), "it ends with "
	     "status %d, and names neither that call nor its error on stderr",
	     status);
}

static struct prog scene(const struct how *base)
{
	return drive(base, "Ada\n", "hello", "0");
}

MAY_FAIL("read poll write");

/* Not read(): there EIO is the end of the program. Not the later write()s: how
 * many there are depends on the pieces in which the screen comes. */
CHECK_AFTER(1, "errors", "answers", "a call that fails is noticed and named")
{
	struct how how = { .fault = "write:1:EIO" };
	struct prog p = scene(&how);

	MUST_FAIL(&p);
	MUST_NOTICE(scene);
}

CHECK_AFTER(1, "clean", "answers", "no process is left, all are waited for")
{
	struct prog p = drive(NULL, "Ada\n", "hello", "0");

	MUST_EXIT(&p, 0);
	nothing_left();
}
