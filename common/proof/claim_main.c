/*
 * claim_main.c - runs the claims of one lesson: TAP into a pipe, prose on a
 * terminal
 *
 *	claims [-A|-B] [-l] [-n LINE] [ID...]
 *	claims -b LINE
 *
 * -l lists "ids<TAB>sentence"; an id chooses the claims that name it, -n the
 * one that begins in this line of its file. -b is for common/show, which traces
 * it: the proof in that line runs without stage; the exit status is the verdict
 * (see claim.h).
 */
#define _GNU_SOURCE
#include "claim.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../stage/stage.h"

static struct claim *first;

/* In the order of the file: constructors run in an order of their own, and
 * gcc -flto turns it round. */
void claim_add(struct claim *c)
{
	struct claim **at = &first;

	while (*at && (*at)->line <= c->line)
		at = &(*at)->next;
	c->next = *at;
	*at = c;
}

static void (*need)(void);

void claim_needs(void (*fn)(void))
{
	need = fn;
}

static void call_proof(void *arg)
{
	const struct claim *c = arg;

	if (need)
		need();
	c->proof();
	fflush(NULL);
	_exit(CLAIM_HELD);
}

/* Is C in line LINE (0: any), and does one of the words of C->ids stand in
 * WANTED? No wanted: all do. */
static int is_wanted(const struct claim *c, int line, char **wanted)
{
	if (line && c->line != line)
		return 0;
	if (!*wanted)
		return 1;
	for (; *wanted; wanted++) {
		size_t len = strlen(*wanted);
		const char *at = c->ids;

		while ((at = strstr(at, *wanted))) {
			if ((at == c->ids || at[-1] == ' ') &&
			    (at[len] == ' ' || at[len] == '\0'))
				return 1;
			at += len;
		}
	}
	return 0;
}

/* The last words behind the mark, or what else there is to say. */
static void explain(const struct stage_result *res, char *buf, size_t size)
{
	const char *err = res->prog[0].err.data;
	const char *mark = NULL;

	for (const char *at = err; (at = strstr(at, CLAIM_MARK)); at++)
		mark = at + strlen(CLAIM_MARK);
	if (mark) {
		snprintf(buf, size, "%s", mark);
		buf[strcspn(buf, "\n")] = '\0';
		return;
	}
	stage_sentence(res, -1, buf, size);
	if (*res->why)
		snprintf(buf + strlen(buf), size - strlen(buf), ": %.600s",
			 res->why);
	buf[strcspn(buf, "\n")] = '\0';
}

struct count {
	int n, failed, skipped;
	int prose;
};

static void print_verdict(struct count *count, const struct claim *c,
			  const struct stage_result *res)
{
	int code = res->end == STAGE_EXITED ? res->prog[0].code : -1;
	char text[1024];

	if (res->end == STAGE_EXITED && res->code != 0)
		code = res->code;
	count->n++;
	explain(res, text, sizeof text);
	if (code == CLAIM_SKIPPED) {
		count->skipped++;
		if (count->prose)
			printf("  skipped  %s (%s)\n           %s\n",
			       c->sentence, c->ids, text);
		else
			printf("ok %d - %s: %s # SKIP %s\n", count->n, c->ids,
			       c->sentence, text);
	} else if (code == CLAIM_HELD) {
		if (count->prose)
			printf("  holds    %s (%s)\n", c->sentence, c->ids);
		else
			printf("ok %d - %s: %s\n", count->n, c->ids,
			       c->sentence);
	} else {
		count->failed++;
		if (count->prose)
			printf("  BROKEN   %s (%s)\n           %s\n",
			       c->sentence, c->ids, text);
		else
			printf("not ok %d - %s: %s\n# %s:%d\n# %s\n",
			       count->n, c->ids, c->sentence, c->file,
			       c->line, text);
	}
	fflush(stdout);
}

/* Returns 0, or -1 if stage itself cannot go on. */
static int run_claim(struct count *count, struct claim *c,
		     enum stage_tier tier)
{
	struct stage_plan plan = {
		.n = 1, .tier = tier, .deadline_ms = stage_patience(10000),
	};
	struct stage_result *res;
	int stop;

	plan.prog[0].fn = call_proof;
	plan.prog[0].arg = c;
	res = stage_run(&plan);
	if (!res) {
		printf("Bail out! no memory for a result\n");
		return -1;
	}
	stop = res->end == STAGE_INTERRUPTED || res->end == STAGE_ERROR;
	if (stop)
		printf("Bail out! %s\n", res->end == STAGE_ERROR ?
		       res->error : "interrupted");
	else
		print_verdict(count, c, res);
	stage_free(res);
	return stop ? -1 : 0;
}

static int line_of(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < 1 || n > 1000000) {
		fprintf(stderr, "claims: '%s' is not the number of a line\n",
			text);
		exit(2);
	}
	return (int)n;
}

_Noreturn static void bare_proof(const struct claim *c)
{
	claim_aside("");
	setpgid(0, 0);
	if (need)
		need();
	claim_back();
	c->proof();
	claim_aside("");
	exit(CLAIM_HELD);
}

/* End the children of this process: 1 if there was one. */
static int end_children(void)
{
	char path[64];
	FILE *f;
	int pid, some = 0;

	snprintf(path, sizeof path, "/proc/self/task/%d/children",
		 (int)getpid());
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &pid) == 1 && pid > 0) {
		kill(pid, SIGKILL);
		some = 1;
	}
	if (f)
		fclose(f);
	return some;
}

/* What a proof has left ends with it, as under stage: strace waits for all. An
 * orphan of those that are ended is a child of ours next. */
static void end_the_rest(pid_t group)
{
	int status;

	kill(-group, SIGKILL);
	while (end_children())
		while (waitpid(-1, &status, 0) > 0)
			;
}

/* The proof in line LINE, in a child; a trace shows that one alone. */
static int run_bare(int line)
{
	struct claim *c = first;
	pid_t pid;
	int status;

	while (c && c->line != line)
		c = c->next;
	if (!c) {
		fprintf(stderr, "claims: no claim begins in line %d\n", line);
		return 2;
	}
	setenv("LC_ALL", "C", 1);	/* a tool loads nothing for it */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	claim_traced();
	pid = fork();
	if (pid == 0)
		bare_proof(c);
	if (pid == -1 || waitpid(pid, &status, 0) != pid) {
		perror("claims: fork");
		return 2;
	}
	claim_over();
	end_the_rest(pid);
	if (!WIFEXITED(status))
		return 128 + WTERMSIG(status);
	status = WEXITSTATUS(status);
	return status == CLAIM_HELD ? 0 : status;
}

static int list(void)
{
	for (struct claim *c = first; c; c = c->next)
		printf("%s\t%s\n", c->ids, c->sentence);
	return 0;
}

static int command(int argc, char **argv)
{
	struct count count = { .prose = isatty(STDOUT_FILENO) };
	enum stage_tier tier = STAGE_AUTO;
	int opt, plan = 0, line = 0;

	/* Proofs read what tools print: those say it in one language. */
	setenv("LC_ALL", "C.UTF-8", 1);
	while ((opt = getopt(argc, argv, "ABln:b:")) != -1)
		switch (opt) {
		case 'A': tier = STAGE_PRIVATE; break;
		case 'B': tier = STAGE_SHARED; break;
		case 'l': return list();
		case 'n': line = line_of(optarg); break;
		case 'b': return run_bare(line_of(optarg));
		default:
			fprintf(stderr, "usage: claims [-A|-B] [-l] [-n LINE] "
				"[ID...]\n");
			return 2;
		}
	for (struct claim *c = first; c; c = c->next)
		plan += is_wanted(c, line, argv + optind);
	if (plan == 0) {
		fprintf(stderr, "claims: no claim has that %s; claims -l "
			"lists them\n", line ? "line" : "id");
		return 2;
	}
	if (!count.prose)
		printf("TAP version 13\n1..%d\n", plan);
	for (struct claim *c = first; c; c = c->next)
		if (is_wanted(c, line, argv + optind) &&
		    (run_claim(&count, c, tier) == -1 || ferror(stdout)))
			return 2;
	if (count.prose)
		printf("%d claims: %d hold, %d broken, %d skipped\n", count.n,
		       count.n - count.failed - count.skipped, count.failed,
		       count.skipped);
	return count.failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	return output_end(command(argc, argv));
}
