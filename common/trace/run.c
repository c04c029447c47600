/*
 * run.c - the programs run under strace, and strace under stage
 *
 * The scratch folder lies in build/, and goes away however trace ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../stage/stage.h"
#include "trace.h"

enum { WORDS = 1024, MIB = 1024 * 1024, DAY_S = 86400, PROCESSES = 4000 };

/* A signal's handler looks at these. */
static char scratch[PATH_MAX];
static char files[SOURCES][PATH_MAX + 8];
static volatile sig_atomic_t n_files;
static char steps[PATH_MAX + 8];	/* order.c writes it */

/* unlink() and rmdir() may be called by a handler. */
void run_clean(void)
{
	if (!*scratch)
		return;
	for (int i = 0; i < n_files; i++)
		unlink(files[i]);
	unlink(steps);
	rmdir(scratch);
	*scratch = '\0';
}

static void clean_and_die(int sig)
{
	run_clean();
	signal(sig, SIG_DFL);
	raise(sig);
}

static int make_scratch(const char *build)
{
	static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction act = { .sa_handler = clean_and_die };
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/tmp.XXXXXX", build);
	if (!mkdtemp(path)) {
		fprintf(stderr, "No scratch folder can be made in %s: %s\n",
			build, strerror(errno));
		return -1;
	}
	snprintf(steps, sizeof steps, "%s/steps", path);
	snprintf(scratch, sizeof scratch, "%s", path);
	atexit(run_clean);
	sigemptyset(&act.sa_mask);
	for (int i = 0; i < 3; i++)
		sigaction(stops[i], &act, NULL);
	return 0;
}

/* Is there a strace in PATH? */
static int have_strace(void)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];

	while (path && *path) {
		size_t len = strcspn(path, ":");

		snprintf(file, sizeof file, "%.*s/strace", (int)len, path);
		if (access(file, X_OK) == 0)
			return 1;
		path += len + (path[len] == ':');
	}
	return 0;
}

/* The words up to a "::", as one. */
static char *joined(char *const *w)
{
	char text[256] = "";
	size_t len = 0;

	for (; *w && strcmp(*w, "::") != 0 && len < sizeof text; w++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s",
					len ? " " : "", *w);
	return copy_of(text, strlen(text));
}

/* Before each program stands strace with its options. LIST lives as long as
 * the plan. */
static int put_words(struct run *r, const struct play *play, char *held,
		     char **words, struct stage_plan *plan)
{
	static char list[4096], self[PATH_MAX], number[SOURCES][4];
	size_t n = 0;
	char **w = play->words;

	call_list(list, sizeof list);
	if (play->is_ordered && readlink("/proc/self/exe", self,
				    sizeof self - 1) == -1) {
		perror("trace: /proc/self/exe");
		return -1;
	}
	while (*w) {
		if (r->n == SOURCES) {
			fprintf(stderr, "trace: at most %d programs\n",
				SOURCES);
			return -1;
		}

		/* What is held is not seen by --seccomp-bpf. */
		char *const before[] = {
			"strace", "-f", "-q", "-ttt", "-T", "-yy", "-s",
			play->is_ordered ? "200" : "70",
			play->is_ordered ? "-q" : "--seccomp-bpf", "-e", list,
			"-o", files[r->n], "--", self, ORDER_WORD, held, number[r->n],
		};
		size_t n_before = sizeof before / sizeof *before -
				  (play->is_ordered ? 0 : 4);

		snprintf(number[r->n], sizeof *number, "%zu", r->n);
		snprintf(files[r->n], sizeof *files, "%s/t.%zu", scratch,
			 r->n);
		plan->prog[r->n].argv = words + n;
		r->name[r->n++] = joined(w);
		n_files = (sig_atomic_t)r->n;
		for (size_t i = 0; i < n_before; i++)
			words[n++] = before[i];
		for (; *w && strcmp(*w, "::") != 0 && n < WORDS - 40; w++)
			words[n++] = *w;
		words[n++] = NULL;
		if (*w && strcmp(*w, "::") != 0) {
			fprintf(stderr, "trace: too many words\n");
			return -1;
		}
		w += *w != NULL;
	}
	plan->n = r->n;
	return 0;
}

/* A line of TEXT that strace itself has said, or NULL. */
static char *complaint(const struct stage_text *text)
{
	static char line[200];
	const char *s = strstr(text->data, "strace: ");

	if (!s || (s > text->data && s[-1] != '\n'))
		return NULL;
	s += 8;
	snprintf(line, sizeof line, "%.*s", (int)strcspn(s, "\n"), s);
	return line;
}

/* strace has written nothing: why? */
static int nothing(const struct stage_result *res, const struct run *r)
{
	char text[2 * STAGE_LINE], *said = NULL;

	for (size_t i = 0; i < r->n && !said; i++) {
		said = complaint(&res->prog[i].err);
		if (!said)
			said = complaint(&res->prog[i].out);
	}
	if (said && (strstr(said, "n't find") || strstr(said, "not find") ||
		     strstr(said, "n't stat") || strstr(said, "not stat")))
		fprintf(stderr, "trace: %s\n", said);
	else if (said)
		fprintf(stderr, "strace may not trace here (%s); in a container"
			" allow it: --cap-add=SYS_PTRACE\n", said);
	else if (res->end == STAGE_ERROR)
		fprintf(stderr, "trace: %s\n", res->error);
	else {
		stage_sentence(res, -1, text, sizeof text);
		fprintf(stderr, "trace: strace has seen nothing: the run %s\n",
			text);
	}
	return 2;
}

/* The lines of strace; r->n stays what was played. 0 if there is none. */
static int open_files(struct run *r)
{
	int some = 0;

	for (size_t i = 0; i < r->n; i++) {
		r->file[i] = fopen(files[i], "r");
		if (!r->file[i])
			r->file[i] = fopen("/dev/null", "r");
		if (!r->file[i])
			return 0;
		setvbuf(r->file[i], NULL, _IOFBF, 256 * 1024);
		some |= getc(r->file[i]) != EOF;
		rewind(r->file[i]);
	}
	return some;
}

/* Of strace itself nothing is said. */
static void drop_strace(char *why)
{
	char *s = why, *end;

	while (*s) {
		end = strchrnul(s, '\n');
		end += *end == '\n';
		if (strncmp(s, "strace (", 8) == 0)
			memmove(s, end, strlen(end) + 1);
		else
			s = end;
	}
}

static void say_how(struct run *r, const struct stage_result *res,
		    unsigned deadline_ms)
{
	static char how[160];

	switch (res->end) {
	case STAGE_INTERRUPTED:
		r->how = "was still running when you stopped it";
		break;
	case STAGE_OUTPUT:
		r->how = "had written too much, and was ended";
		break;
	case STAGE_PROCESSES:
		r->how = "had started too many processes, and was ended";
		break;
	default:
		snprintf(how, sizeof how, "was still running after %g s, and "
			 "was ended (-t SECONDS gives it longer)",
			 deadline_ms / 1000.0);
		r->how = how;
	}
}

/* How many programs are there? */
static size_t count_programs(char **w)
{
	size_t n = *w != NULL;

	for (; *w; w++)
		n += strcmp(*w, "::") == 0;
	return n;
}

int run_play(struct run *r, const struct play *play)
{
	static char *words[WORDS], held[64];
	static struct stage_plan plan;
	struct stage_result *res;
	int ended, end = -1;
	size_t n = count_programs(play->words);

	if (!have_strace()) {
		fprintf(stderr, "There is no strace here: "
			"apt-get install strace\n");
		return 1;
	}
	if (play->is_ordered && !order_is_possible()) {
		fprintf(stderr, "The calls of a program cannot be held here, "
			"as Linux 5.19 and later can: seccomp: %s\n",
			strerror(errno));
		return 1;
	}
	if (make_scratch(play->build) == -1)
		return 2;
	plan = (struct stage_plan){
		.tier = play->is_proof ? STAGE_AUTO : STAGE_SHARED,
		.dir = play->dir, .deadline_ms = play->deadline_ms,
		.look = !play->is_proof, .early = 0, .play = play->is_lesson,
		.keep = !play->is_lesson && !play->is_proof,
		.in_turn = play->in_turn,
		.limits = { .cpu_s = DAY_S, .file = SIZE_MAX,
			    .output = (size_t)64 * MIB,
			    .processes = PROCESSES },
	};
	if (put_words(r, play, held, words, &plan) == -1)
		return 2;
	plan.prog[0].service = play->is_service;
	if (play->is_ordered &&
	    order_begin(play->yields, steps, n, play->in_turn ? n :
			(size_t)play->is_service, held, sizeof held,
			&end) == -1) {
		perror("trace: the calls cannot be held");
		return 2;
	}
	res = stage_run(&plan);
	if (play->is_ordered && order_end(end) == -1) {
		fprintf(stderr, "trace: the calls could not be held to the "
			"end\n");
		if (res)
			stage_free(res);
		return 2;
	}
	if (!res) {
		perror("trace: mmap");
		return 2;
	}
	ended = res->end == STAGE_EXITED || res->end == STAGE_SIGNALED;
	r->until = ended ? FOREVER : (int64_t)res->swept_at.tv_sec * 1000000 +
		   res->swept_at.tv_nsec / 1000;
	say_how(r, res, play->deadline_ms);
	snprintf(r->why, sizeof r->why, "%s", res->why);
	drop_strace(r->why);
	if (!open_files(r)) {
		int status = nothing(res, r);

		stage_free(res);
		return status;
	}
	if (play->is_ordered && straight(steps, r->file, r->n) == -1) {
		perror("trace: straight");
		stage_free(res);
		return 2;
	}
	for (size_t i = 0; i < res->left_n && i < STAGE_LEFT &&
	     !play->is_proof; i++) {
		size_t len = strlen(r->why);

		snprintf(r->why + len, sizeof r->why - len, "left behind: "
			 "%s\n", res->left[i].text);
	}
	stage_free(res);
	return 0;
}
