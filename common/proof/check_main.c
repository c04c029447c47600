/*
 * check_main.c - runs the checks of one exercise and says what to do next
 *
 *	check [-A|-B] [-1] [-l] [-t] [-o FILE] [-s SEED] [ID...]
 *
 *	-A -B     insist on the private, on the shared tier of stage
 *	-1        end at the first check that does not pass
 *	-l        list "id<TAB>points<TAB>sentence", then what may fail
 *	-t        TAP
 *	-o FILE   write "verdict<TAB>id<TAB>points<TAB>message" lines as well,
 *	          with "<TAB>hang" behind it if the check did not end
 *	-s SEED   for all that is random; it is drawn by chance otherwise
 *
 * Status: 0 all passed, 1 a check failed, 2 the checker itself failed.
 */
#define _GNU_SOURCE
#include "check.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/wait.h>
#include <time.h>

#include "check_inside.h"
#include "evidence.h"
#include "../stage/stage.h"

enum {
	DEADLINE_MS = 3000,	/* of one check, on an idle machine */
	PROCESSES = 40,
	CPU_S = 60,		/* of one process; stage is quicker */
	HANGS = 3,		/* after so many the rest is not tried */
	ROOM = 17,		/* lines for the checks, if one fails. With
				   what common/course/course says, and a line
				   for the prompt, that fills 24 */
	WIDTH = 79,
	INDENT = 15,		/* of what a failure says */
};

enum verdict { NOT_YET, PASS, FAIL, SKIPPED, ERROR };

static const char *const words[] = {
	[NOT_YET] = "unchecked", [PASS] = "pass", [FAIL] = "fail",
	[SKIPPED] = "skip", [ERROR] = "error",
};

static struct check *first;

struct course {
	const char *name;	/* "close-the-ends": for the commands */
	char log[PATH_MAX];
	char shown[PATH_MAX];	/* the same, from where the student stands */
	char top[PATH_MAX];	/* the course, which no program may change */
	unsigned seed;
	enum stage_tier tier;
	enum stage_tier active;	/* what stage chose */
	int tap, n, hangs;
	int first_only;
	int points, of;
	int count[5];		/* by verdict */
	FILE *record;
	int live;		/* somebody watches, on a terminal */
};

/* What there is to tell of a check; a text is "" if there is none. */
struct told {
	char run[TOLD], input[TOLD];	/* of the guilty run: evidence.h */
	char said[TOLD];		/* its last words on stderr */
	char expected[TOLD], got[TOLD], differs[TOLD];
	char place[TOLD];		/* in check.c */
	char message[STAGE_WHY + TOLD];	/* what is wrong: a sentence */
	const char *need;		/* not checked yet: after that check */
	int hung;			/* it did not end */
};

/* In the order of the file: constructors run in an order of their own, and
 * gcc -flto turns it round. */
void check_add(struct check *c)
{
	struct check **at = &first;

	while (*at && (*at)->line <= c->line)
		at = &(*at)->next;
	c->next = *at;
	*at = c;
}

static struct check *find(const char *id, size_t len)
{
	for (struct check *c = first; c; c = c->next)
		if (strlen(c->id) == len && strncmp(c->id, id, len) == 0)
			return c;
	return NULL;
}

/* -------------------------------------------- a check of its own: memory
 *
 * When all others have passed they are made once more, with the program that
 * AddressSanitizer and UndefinedBehaviorSanitizer watch (common/course/build).
 * What they find counts there, and nothing else: that program is slower, and
 * uses memory in another way.
 */
enum { MEMORY_POINTS = 1 };

static struct check memory = {
	.points = MEMORY_POINTS, .id = "memory", .needs = "",
	.sentence = "it stays within its memory, and does nothing undefined",
	.file = "", .line = INT_MAX,
};
static char memory_why[PATH_MAX];	/* why that program is not there */

/* Is there such a program in FOLDER, or a word why not? Then it is checked. */
static void add_memory(const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	int is_there = 0;
	FILE *f;

	while (d && (e = readdir(d))) {
		const char *dot = strrchr(e->d_name, '.');

		is_there |= dot && strcmp(dot, ".memory") == 0;
		if (strcmp(e->d_name, "memory.why") != 0)
			continue;
		is_there = 1;
		f = fdopen(openat(dirfd(d), e->d_name, O_RDONLY | O_CLOEXEC),
			   "r");
		if (!f || !fgets(memory_why, sizeof memory_why, f))
			snprintf(memory_why, sizeof memory_why, "not built");
		if (f)
			fclose(f);
		memory_why[strcspn(memory_why, "\n")] = '\0';
	}
	if (d)
		closedir(d);
	if (is_there)
		check_add(&memory);
}

/* ------------------------------------------------------ the verdict */

/* The last line "\001LABEL: text" of ERR, into BUF (TOLD bytes). */
static int last_told(const char *err, const char *label, char *buf)
{
	char mark[32];
	const char *at = err, *found = NULL;

	snprintf(mark, sizeof mark, "\001%s: ", label);
	while ((at = strstr(at, mark))) {
		at += strlen(mark);
		found = at;
	}
	if (found) {
		snprintf(buf, TOLD, "%s", found);
		buf[strcspn(buf, "\n")] = '\0';
	}
	return found != NULL;
}

/* Who waits for what, without the checker's own processes, unless nobody else
 * is there. */
static void who_waits(const struct stage_result *res, char *buf, size_t size)
{
	char why[STAGE_WHY], *line, *rest = why;
	size_t len = 0;
	int own = 0;

	snprintf(why, sizeof why, "%s", res->why);
again:
	while ((line = strsep(&rest, "\n"))) {
		if (!*line || (!own && strncmp(line, "check (", 7) == 0) ||
		    strncmp(line, "Each of the", 11) == 0 ||
		    len + strlen(line) + 2 > size)
			continue;
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
					len ? " " : "", line);
	}
	if (len == 0 && !own++) {
		snprintf(why, sizeof why, "%s", res->why);
		rest = why;
		goto again;
	}
}

/* The student knows no program of that name. */
static void drop_shaken(char *text)
{
	const size_t len = strlen(".shaken");

	for (char *at = text; (at = strstr(at, ".shaken")); )
		memmove(at, at + len, strlen(at + len) + 1);
}

static void explain_end(struct course *c, const struct stage_result *res,
			struct told *t)
{
	char *m = t->message;
	size_t size = sizeof t->message, len;
	const char *known = evidence_of_hang();
	struct evidence_run *run = evidence_guilty();

	switch (res->end) {
	case STAGE_DEADLINE:
		c->hangs++;
		t->hung = 1;
		len = (size_t)snprintf(m, size, "%s: ", *known ? known :
				       run && run->fault[0] ?
				       "it does not end" : "this does not end");
		who_waits(res, m + len, size - len);
		drop_shaken(m);
		if (!m[len])
			m[len - 2] = '\0';
		break;
	case STAGE_OUTPUT:
		snprintf(m, size, "it writes without end");
		break;
	case STAGE_PROCESSES:
		snprintf(m, size, "it starts more than %d processes: does a "
			 "child go on where only its parent should?",
			 PROCESSES);
		break;
	default:
		snprintf(m, size, "the checker was killed: the program sends "
			 "signals to processes that are not its own");
	}
}

/* What was left, in words: returns how many things. OBJECTS: no processes. */
static size_t explain_left(const struct stage_result *res, int objects,
			   struct told *t)
{
	size_t n = 0, len = 0, size = sizeof t->message;

	for (size_t i = 0; i < res->left_n && i < STAGE_LEFT; i++) {
		enum stage_kind kind = res->left[i].kind;

		if (objects && (kind == STAGE_PROCESS ||
				kind == STAGE_UNWAITED))
			continue;
		if (n++ < 4 && len < size - 2)
			len += (size_t)snprintf(t->message + len, size - len,
						"%s%.600s", len ? "; " :
						"this is left behind: ",
						res->left[i].text);
	}
	return n;
}

/* Killed by what another process sends, not by a fault of its own? */
static int was_killed(const struct stage_result *res)
{
	return res->end == STAGE_SIGNALED && res->code != SIGSEGV &&
	       res->code != SIGABRT && res->code != SIGBUS &&
	       res->code != SIGFPE && res->code != SIGILL;
}

/* The check's process has ended by itself with status CODE: what did it find?
 * Words of its own belong to each verdict: without them the status is some
 * program's, and says nothing. */
static enum verdict judge_status(const struct stage_result *res, int code,
				 struct told *t)
{
	const char *err = res->prog[0].err.data;

	switch (code) {
	case CLAIM_HELD:
		return PASS;
	case CHECK_IF_CLEAN:
		return explain_left(res, 0, t) ? FAIL : PASS;
	case CHECK_IF_NO_OBJECT:
		return explain_left(res, 1, t) ? FAIL : PASS;
	case CHECK_WRONG:
		return last_told(err, "wrong", t->message) ? FAIL : ERROR;
	case CLAIM_SKIPPED:
		return last_told(err, "claim", t->message) ? SKIPPED : ERROR;
	default:
		return ERROR;
	}
}

/* The check's process was ended. Is that the student's program's doing? */
static int is_fault_of_program(const struct stage_result *res)
{
	return res->end == STAGE_DEADLINE || res->end == STAGE_OUTPUT ||
	       res->end == STAGE_PROCESSES || was_killed(res);
}

/* Nobody's zero: what the checker itself could not do. */
static void explain_error(const struct stage_result *res, struct told *t)
{
	if (res->end == STAGE_ERROR)
		snprintf(t->message, sizeof t->message, "%s", res->error);
	else if (!last_told(res->prog[0].err.data, "claim", t->message))
		stage_sentence(res, -1, t->message, sizeof t->message);
}

/* The line in which the call of RUN stands. Returns 0, or -1: it is unknown. */
static int find_line(const struct evidence_run *run, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	if (n <= 0 || run->place == 0)
		return -1;
	path[n] = '\0';
	n = strrchr(path, '/') + 1 - path;
	snprintf(path + n, sizeof path - (size_t)n, "%s", run->program);
	return place_of_code(path, run->place, buf, size);
}

/* What we did comes first, then what came of it. The text of a check may begin
 * with what we did, too. */
static void tell_fault(const struct evidence_run *run, struct told *t)
{
	char what[sizeof t->message], line[100] = "";

	if (!run->fault[0] || strncmp(t->message, "we ", 3) == 0)
		return;
	snprintf(what, sizeof what, "%s", t->message);
	if (find_line(run, line, sizeof line) == -1)
		line[0] = '\0';
	snprintf(t->message, sizeof t->message, "%s%s%s%s, and then %.8000s",
		 run->fault, *line ? " (" : "", line, *line ? ")" : "", what);
}

/* The last three lines that RUN wrote to stderr, which stage has kept. */
static void quote_said(const struct evidence_run *run,
		       const struct stage_text *err, char *buf)
{
	size_t to = run->said_to && run->said_to < err->len ? run->said_to :
		    err->len;
	size_t from, lines = 0;

	while (to > run->said_from && err->data[to - 1] == '\n')
		to--;
	for (from = to; from > run->said_from; from--)
		if (err->data[from - 1] == '\n' && ++lines == 3)
			break;
	if (from < to)
		snprintf(buf, TOLD, "%.*s", (int)(to - from),
			 err->data + from);
	for (char *c = buf; *c; c++)
		if (iscntrl((unsigned char)*c) && *c != '\n')
			*c = '?';
	drop_shaken(buf);
}

/* What was done and said in the guilty run. */
static void tell_run(const struct stage_result *res, struct told *t)
{
	const struct evidence_run *run = evidence_guilty();

	if (!run)
		return;
	snprintf(t->run, sizeof t->run, "%s", run->command);
	snprintf(t->input, sizeof t->input, "%s", run->input);
	quote_said(run, &res->prog[0].out, t->said);
	tell_fault(run, t);
}

static enum verdict judge(struct course *c, const struct stage_result *res,
			  struct told *t)
{
	const char *err = res->prog[0].err.data;
	enum verdict v = ERROR;

	last_told(err, "expected", t->expected);
	last_told(err, "got", t->got);
	last_told(err, "differs", t->differs);
	last_told(err, "place", t->place);
	if (res->end == STAGE_EXITED) {
		v = judge_status(res, res->prog[0].code, t);
	} else if (is_fault_of_program(res)) {
		explain_end(c, res, t);
		v = FAIL;
	}
	if (v == ERROR)
		explain_error(res, t);
	else if (v == FAIL)
		tell_run(res, t);
	return v;
}

/* A student's program may have had its hand in TEXT, by the name of a file,
 * say: no byte of it ends a line or a field. */
static void make_one_field(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = *text == '\n' ? ' ' : '?';
}

/* The message with the program's last line on stderr, for one line. */
static void whole_message(const struct told *t, char *buf, size_t size)
{
	const char *last = strrchr(t->said, '\n');

	last = last ? last + 1 : t->said;
	snprintf(buf, size, "%s%s%.300s", t->message,
		 *last ? "; it says: " : "", last);
}

/* ------------------------------------------------------- the report
 *
 * It is written when all is known, so that a failure fits a terminal: the more
 * there is to say, the less is said of what did not fail first.
 */

enum detail {
	RICH,			/* a line for each check, and what is wrong */
	PASSES_SHARE,		/* one line for all that pass */
	SHORT,			/* one line for each further failure */
	SHARED,			/* one for all of these; texts are cut */
	TERSE,			/* the texts are cut shorter */
};

static const int most_lines[] = { 99, 99, 99, 6, 3 };	/* of one text */

/* TEXT, indented by IN columns, folded before column 79. Of more than MOST
 * lines the rest is left out. */
static void fold(FILE *to, const char *text, int in, int most)
{
	int column = in, lines = 1;

	while (*text) {
		size_t word = strcspn(text, " \n");
		int width = (int)word;

		if (column > in && (text[-1] == '\n' ||
		    column + 1 + width > WIDTH - (lines == most ? 4 : 0))) {
			if (lines++ == most) {
				fprintf(to, " ...");
				break;
			}
			fprintf(to, "\n%*s", in, "");
			column = in;
		} else if (column > in) {
			fputc(' ', to);
			column++;
		}
		fprintf(to, "%.*s", width, text);
		column += width;
		text += word;
		while (*text == ' ' || *text == '\n')
			text++;
	}
	fputc('\n', to);
}

static void say_part(FILE *to, const char *label, const char *text, int most)
{
	if (*text) {
		fprintf(to, "      %-8s ", label);
		fold(to, text, INDENT, most);
	}
}

static void say_failure(FILE *to, const struct course *c,
			const struct check *k, enum detail d)
{
	const struct told *t = k->told;
	const char *make = getenv("COURSE_MAKE");
	const char *hints = getenv("COURSE_HINTS");	/* "": there are none */
	const int most = most_lines[d];

	make = make ? make : "make";
	say_part(to, "because", t->message, most);
	say_part(to, "run", t->run, d < SHARED ? most : 1);
	say_part(to, "input", t->input, d < SHARED ? most : 1);
	say_part(to, "expected", t->expected, 1);
	say_part(to, "got", t->got, 1);
	if (*t->differs)
		fprintf(to, "%*s^\n", INDENT + atoi(t->differs), "");
	say_part(to, "it said", t->said, d < SHARED ? 6 : 1);
	fprintf(to, "      %-8s %s check EX=%s ONLY=%s SEED=%u\n", "again",
		make, c->name, k->id, c->seed);
	if (!hints || *hints)
		fprintf(to, "      %-8s %s hint EX=%s\n", "hint", make,
			c->name);
	fprintf(to, "      %-8s %s\n", "log", c->shown);
}

static void say_check(FILE *to, const struct check *k, enum detail d)
{
	static const char *const label[] = { "  -  ", "pass ", "FAIL ",
					     "skip ", "ERROR" };

	fprintf(to, "  %s %2d  %-10s ", label[k->verdict], k->points, k->id);
	fold(to, k->sentence, 22, d < SHORT ? 99 : 1);
}

/* The checks with verdict V behind FROM in one line, as far as it goes. */
static void say_shared(FILE *to, const char *label, enum verdict v,
		       const struct check *from)
{
	char text[TOLD] = "";
	size_t len = 0;
	int points = 0;

	for (const struct check *k = from; k; k = k->next)
		if (k->told && k->verdict == (int)v && len < sizeof text - 32) {
			points += k->points;
			len += (size_t)snprintf(text + len, sizeof text - len,
						"%s%s", len ? ", " : "", k->id);
		}
	if (len > 0) {
		fprintf(to, "  %-5s %2d  ", label, points);
		fold(to, text, 11, 2);
	}
}

/* Why the checks that were not made were not, and which they are. */
static void say_not_yet(FILE *to)
{
	const char *said[8] = { NULL };
	char text[TOLD] = "";
	size_t len = 0, n = 0, i;

	for (const struct check *k = first; k; k = k->next) {
		if (!k->told || k->verdict != NOT_YET)
			continue;
		for (i = 0; i < n && strcmp(said[i], k->told->need) != 0; i++)
			;
		if (i < n || n == 8)
			continue;	/* told with the first of them */
		said[n++] = k->told->need;
		len += (size_t)snprintf(text + len, sizeof text - len,
					"%s%s%s: ", len ? "; " : "",
					*k->told->need ? "after " :
					"not tried, too much does not end",
					k->told->need);
		for (const struct check *o = k; o; o = o->next)
			if (o->told && o->verdict == NOT_YET &&
			    strcmp(o->told->need, k->told->need) == 0 &&
			    len < sizeof text - 100)
				len += (size_t)snprintf(text + len,
					sizeof text - len, "%s%s",
					o == k ? "" : ", ", o->id);
	}
	if (len > 0) {
		fprintf(to, "  later     ");
		fold(to, text, 12, 2);
	}
}

static void say_checks(FILE *to, const struct course *c, enum detail d)
{
	char message[sizeof first->told->message + TOLD];
	const struct check *whole = NULL;
	int others = 0;

	if (d >= PASSES_SHARE)
		say_shared(to, "pass", PASS, first);
	for (const struct check *k = first; k; k = k->next) {
		if (!k->told || k->verdict == NOT_YET ||
		    (k->verdict == PASS && d >= PASSES_SHARE) ||
		    (k->verdict == FAIL && whole && d >= SHARED)) {
			others += k->told && k->verdict == FAIL;
			continue;
		}
		say_check(to, k, d);
		if (k->verdict == FAIL && !whole) {
			whole = k;
			say_failure(to, c, k, d);
		} else if (k->verdict != PASS &&
			   (d < SHORT || k->verdict == ERROR)) {
			whole_message(k->told, message, sizeof message);
			fprintf(to, "%22s", "");
			fold(to, message, 22, d < SHARED ? 99 : 3);
		}
	}
	if (others > 0)
		say_shared(to, "FAIL", FAIL, whole->next);
	say_not_yet(to);
}

static size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Of all ways to say it, the richest that fits. */
static void say_report(const struct course *c)
{
	const int fails = c->count[FAIL] + c->count[ERROR] > 0;
	char *text = NULL;
	size_t size;
	FILE *to;

	for (enum detail d = RICH; d <= TERSE; d++) {
		free(text);
		text = NULL;
		to = open_memstream(&text, &size);
		if (!to)
			return;
		say_checks(to, c, d);
		if (fclose(to) == EOF || !fails || lines_of(text) <= ROOM)
			break;
	}
	if (text)
		fputs(text, stdout);
	free(text);
}

/* A line of its own, which the next one, or the report, wipes away. */
static void say_live(const struct course *c, const char *doing, const char *id)
{
	if (c->live)
		printf("\r%-40.40s\r%s%s", "", doing, id);
	fflush(stdout);
}

static void say_tap(const struct course *c, const struct check *k)
{
	const struct told *t = k->told;
	const enum verdict v = (enum verdict)k->verdict;
	char message[sizeof t->message + TOLD];

	whole_message(t, message, sizeof message);
	make_one_field(message);
	printf("%sok %d - %s: %s%s%s\n", v == FAIL || v == ERROR ||
	       v == NOT_YET ? "not " : "", c->n, k->id, k->sentence,
	       v == SKIPPED ? " # SKIP " : "", v == SKIPPED ? message : "");
	if (v != PASS && v != SKIPPED)
		printf("# %s\n", message);
}

static void log_check(const struct course *c, const struct check *k,
		      const struct told *t, const struct stage_result *res)
{
	FILE *f = fopen(c->log, "ae");

	if (!f)
		return;
	fprintf(f, "== %s (%d): %s: %s\n", k->id, k->points,
		words[k->verdict], k->sentence);
	fprintf(f, "%s run, seed %u\n", c->active == STAGE_PRIVATE ? "private" :
		"shared", c->seed);
	fprintf(f, "run: %s\ninput: %s\nexpected: %s\ngot: %s\n", t->run,
		t->input, t->expected, t->got);
	fprintf(f, "message: %s\nchecked at: %s\n", t->message, t->place);
	if (res)
		fprintf(f, "stderr of the program:\n%s\n%s\n",
			res->prog[0].out.data, res->why);
	fclose(f);
}

/* ------------------------------------------------------- one check */

static void call_body(void *arg)
{
	const struct check *k = arg;

	k->body();
	fflush(NULL);
	_exit(CLAIM_HELD);
}

/* The id of a check that K needs and that has not passed, or NULL. */
static const char *missing(const struct check *k)
{
	const char *at = k->needs;

	while (*(at += strspn(at, " "))) {
		size_t len = strcspn(at, " ");
		struct check *need = find(at, len);

		if (need && need->verdict != PASS &&
		    need->verdict != SKIPPED)
			return need->id;
		at += len;
	}
	return NULL;
}

/* The first check that has not passed, or NULL. That of the memory is last. */
static const char *not_passed(void)
{
	for (struct check *k = first; k; k = k->next)
		if (k != &memory && k->verdict != PASS && k->verdict != SKIPPED)
			return k->id;
	return NULL;
}

static struct stage_result *run_body(struct course *c, struct check *k)
{
	struct stage_plan plan = {
		.n = 1, .tier = c->tier, .early = 1, .patient = 1,
		.guarded = *c->top ? c->top : NULL,
		.deadline_ms = stage_patience(DEADLINE_MS),
		.limits = { .processes = PROCESSES, .cpu_s = CPU_S },
	};

	evidence_clear();
	say_live(c, "  checking ", k->id);
	plan.prog[0].fn = call_body;
	plan.prog[0].arg = k;
	return stage_run(&plan);
}

/* Make all checks once more, with the program that is watched. Returns 0, or
 * -1 if the whole has to end here. */
static int check_memory(struct course *c, struct told *t)
{
	int stop = 0;

	memory.verdict = PASS;
	if (*memory_why) {
		memory.verdict = SKIPPED;
		snprintf(t->message, sizeof t->message, "%s", memory_why);
		return 0;
	}
	setenv(MEMORY_ENV, "1", 1);
	for (struct check *k = first; k && memory.verdict == PASS && !stop;
	     k = k->next) {
		struct stage_result *res;

		if (k == &memory || k->verdict == SKIPPED)
			continue;
		res = run_body(c, k);
		if (!res)
			memory.verdict = ERROR;
		else if (res->end == STAGE_INTERRUPTED)
			stop = -1;
		else if (memory_report(res->prog[0].out.data, t->message,
				       sizeof t->message))
			memory.verdict = FAIL;
		if (memory.verdict == FAIL) {
			tell_run(res, t);
			t->said[0] = '\0';	/* the sanitizer's page */
		}
		if (res) {
			c->active = res->tier;
			stage_free(res);
		}
	}
	unsetenv(MEMORY_ENV);
	return stop;
}

/* Without namespaces an object that another program of this user has made at
 * the same time looks like one that was left. What the student's program
 * leaves, it leaves each time: so look once more. */
static struct stage_result *run_sure(struct course *c, struct check *k)
{
	struct stage_result *res = run_body(c, k);
	int code;

	if (!res || res->tier != STAGE_SHARED || res->end != STAGE_EXITED ||
	    res->left_n == 0)
		return res;
	code = res->prog[0].code;
	if (code != CHECK_IF_CLEAN && code != CHECK_IF_NO_OBJECT)
		return res;
	stage_free(res);
	return run_body(c, k);
}

/* Into the files that ask for it, and as TAP: at once. */
static void record(struct course *c, struct check *k,
		   const struct stage_result *res)
{
	char message[sizeof k->told->message + TOLD];

	c->n++;
	c->count[k->verdict]++;
	c->of += k->points;
	c->points += k->verdict == PASS ? k->points : 0;
	log_check(c, k, k->told, res);
	whole_message(k->told, message, sizeof message);
	make_one_field(message);
	if (c->record)
		fprintf(c->record, "%s\t%s\t%d\t%s%s\n", words[k->verdict],
			k->id, k->points, message,
			k->told->hung ? "\thang" : "");
	if (c->tap)
		say_tap(c, k);
	fflush(NULL);
}

/* Returns 0, or -1 if the whole has to end here. */
static int run_check(struct course *c, struct check *k, int chosen)
{
	struct told *t = calloc(1, sizeof *t);
	struct stage_result *res = NULL;
	int stop = 0;

	if (!t)
		return -1;
	t->need = chosen ? NULL : k == &memory ? not_passed() : missing(k);
	if (t->need) {
		snprintf(t->message, sizeof t->message,
			 "not checked yet: first comes '%s'", t->need);
	} else if (c->hangs >= HANGS) {
		t->need = "";
		snprintf(t->message, sizeof t->message, "not checked yet: "
			 "%d checks did not end", HANGS);
	} else if (k == &memory) {
		stop = check_memory(c, t);
	} else if (!(res = run_sure(c, k))) {
		k->verdict = ERROR;
		snprintf(t->message, sizeof t->message, "no memory");
	} else if (res->end == STAGE_INTERRUPTED) {
		stop = -1;
	} else {
		k->verdict = (int)judge(c, res, t);
		c->active = res->tier;
	}
	if (stop) {
		free(t);
	} else {
		free(k->told);		/* it was named twice */
		k->told = t;
		record(c, k, res);
	}
	if (res)
		stage_free(res);
	return stop;
}

/* -------------------------------------------------------- the whole */

static void say_end(const struct course *c)
{
	if (c->tap)
		return;
	say_live(c, "", "");
	say_report(c);
	printf("\n  %d of %d points", c->points, c->of);
	if (c->count[SKIPPED])
		printf(", %d skipped", c->count[SKIPPED]);
	if (c->count[ERROR])
		printf("; %d checks could not be made: that is the checker's "
		       "fault, not yours", c->count[ERROR]);
	putchar('\n');
	if (c->active == STAGE_SHARED)
		printf("  (This system lets no program run apart: others of "
		       "yours may disturb a check.\n  make doctor says why.)\n");
}

static int list(void)
{
	char text[TOLD];

	for (struct check *k = first; k; k = k->next)
		printf("%s\t%d\t%s\n", k->id, k->points, k->sentence);
	if (how_noticed(text, sizeof text))
		printf("%s\n", text);
	return 0;
}

/* The folder of this program: its name is the exercise's, and the log goes
 * there. COURSE_UP leads from where the student stands to this folder, which
 * is the course's. */
static void learn_names(struct course *c)
{
	static char dir[PATH_MAX], cwd[PATH_MAX];
	const char *up = getenv("COURSE_UP");
	char *built;
	ssize_t n = readlink("/proc/self/exe", dir, sizeof dir - 1);

	if (n <= 0)
		n = snprintf(dir, sizeof dir, "./check");
	dir[n] = '\0';
	*strrchr(dir, '/') = '\0';
	snprintf(c->log, sizeof c->log, "%.4000s/log", dir);
	snprintf(c->shown, sizeof c->shown, "%s", c->log);
	if (getcwd(cwd, sizeof cwd) && (n = (ssize_t)strlen(cwd)) > 1 &&
	    strncmp(c->log, cwd, (size_t)n) == 0 && c->log[n] == '/')
		snprintf(c->shown, sizeof c->shown, "%.2000s%.2000s",
			 up ? up : "", c->log + n + 1);
	c->name = strrchr(dir, '/') ? strrchr(dir, '/') + 1 : dir;
	snprintf(c->top, sizeof c->top, "%s", dir);
	if ((built = strstr(c->top, "/build/exercises/")))
		*built = '\0';
	else
		c->top[0] = '\0';
	add_memory(dir);
}

static void set_seed(struct course *c, const char *text)
{
	struct timespec now;
	char number[32];
	char *end = NULL;

	clock_gettime(CLOCK_REALTIME, &now);
	c->seed = (unsigned)(now.tv_nsec / 1000 + now.tv_sec) % 1000000;
	if (text) {
		unsigned long n = strtoul(text, &end, 10);

		if (!isdigit((unsigned char)*text) || *end || n > 999999) {
			fprintf(stderr, "check: SEED '%s' is not a number from "
				"0 to 999999\n", text);
			exit(2);
		}
		c->seed = (unsigned)n;
	}
	snprintf(number, sizeof number, "%u", c->seed);
	setenv(SEED_ENV, number, 1);
}

static int is_chosen(const struct check *k, char **ids)
{
	for (; *ids; ids++)
		if (strcmp(k->id, *ids) == 0)
			return 1;
	return 0;
}

/* How many checks are to be run? No IDS: all. */
static int count_wanted(char **ids)
{
	int n = 0;

	for (struct check *k = first; k; k = k->next)
		n += !*ids || is_chosen(k, ids);
	return n;
}

/* Is there a check for each of IDS? If not, says so. */
static int are_known(char **ids)
{
	for (; *ids; ids++)
		if (!find(*ids, strlen(*ids))) {
			fprintf(stderr, "check: there is no check '%s'; these "
				"are there:\n", *ids);
			list();
			return 0;
		}
	return 1;
}

/* Nobody reads on, or has asked for more than the first failure? */
static int is_over(const struct course *c)
{
	if (ferror(stdout) || (c->record && ferror(c->record)))
		return 1;
	return c->first_only && (c->count[FAIL] || c->count[ERROR]);
}

static int run_all(struct course *c, char **ids)
{
	if (!are_known(ids))
		return 2;
	if (c->tap)
		printf("TAP version 13\n1..%d\n", count_wanted(ids));
	for (struct check *k = first; k && !is_over(c); k = k->next) {
		const int chosen = is_chosen(k, ids);

		if ((chosen || !*ids) && run_check(c, k, chosen) == -1) {
			say_end(c);
			printf("interrupted\n");
			return 2;
		}
	}
	say_end(c);
	if (c->count[ERROR])
		return 2;
	return c->count[FAIL] || c->count[NOT_YET] ? 1 : 0;
}

static int command(int argc, char **argv)
{
	struct course c = { .tier = STAGE_AUTO };
	const char *seed = NULL, *record = NULL;
	int opt, listing = 0, status;

	while ((opt = getopt(argc, argv, "AB1lto:s:")) != -1)
		switch (opt) {
		case 'A': c.tier = STAGE_PRIVATE; break;
		case 'B': c.tier = STAGE_SHARED; break;
		case '1': c.first_only = 1; break;
		case 'l': listing = 1; break;
		case 't': c.tap = 1; break;
		case 'o': record = optarg; break;
		case 's': seed = optarg; break;
		default:
			fprintf(stderr, "usage: check [-A|-B] [-1] [-l] [-t] "
				"[-o FILE] [-s SEED] [ID...]\n");
			return 2;
		}
	learn_names(&c);
	if (listing)
		return list();
	unlink(c.log);
	set_seed(&c, seed);
	c.live = !c.tap && isatty(STDOUT_FILENO) == 1;
	if (record && !(c.record = fopen(record, "we"))) {
		fprintf(stderr, "check: %s: %s\n", record, strerror(errno));
		return 2;
	}
	status = run_all(&c, argv + optind);
	if (c.record) {
		int failed = ferror(c.record);

		if (fclose(c.record) == EOF || failed) {
			fprintf(stderr, "check: %s cannot be written\n",
				record);
			return 2;
		}
	}
	return status;
}

int main(int argc, char **argv)
{
	return output_end(command(argc, argv));
}
