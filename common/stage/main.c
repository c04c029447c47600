/*
 * stage - run programs together, explain a hang, leave nothing behind
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../experiment.h"
#include "inside.h"

enum { OK = 0, BAD = 1, FAILED = 2 };
enum { DAY_MS = 86400 * 1000 };

static const char usage[] =
"usage: stage [options] PROGRAM [ARG...] [:: PROGRAM [ARG...]]...\n"
"       stage clean DIR...    remove what the lessons in DIR left\n"
"       stage doctor          what this system allows\n"
"\n"
"  -A          insist on the private tier (namespaces)\n"
"  -B          use the shared tier (no namespaces)\n"
"  -p          play: show the output as it comes, say the rest only if bad\n"
"  -s          the first program is a service: it starts first, and gets\n"
"              SIGTERM when the others have ended and it has no more to say\n"
"  -f          the first program starts first; when it has printed a line,\n"
"              the others run one after the other; all end by themselves. If\n"
"              it fails, or prints nothing, no further one is started\n"
"  -t SECONDS  deadline (10), such as 0.5; STAGE_TIMEOUT_MUL multiplies it\n"
"  -e          end a run early, once every process waits for ever\n"
"  -d DIR      working folder (an empty one)\n"
"  -i FILE     stdin of the first program (/dev/null)\n"
"  -k          keep what is left: report, do not remove\n"
"  -n NUMBER   file descriptors that a program may have\n"
"  -x SIG@LINE[:PROGRAM]  send SIG when LINE lines are out, to all or to one\n"
"              program, by its number or its name; PAUSE for SIG: stop it,\n"
"              and let it go on\n"
"  -X SIG@LINE[:PROGRAM]  the same, but not to the processes it has started\n"
"\n"
"Status: 0 all is well, 1 a program failed, hung or left something, 2 stage\n"
"itself failed.\n";

_Noreturn __attribute__((format(printf, 1, 2)))
static void bad_usage(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "stage: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "; 'stage -h' lists the options\n");
	exit(FAILED);
}

/* A whole number from MIN to MAX, or a clear end. */
static long number(const char *text, long min, long max, const char *what)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || n < min ||
	    n > max)
		bad_usage("%s: '%s' is not a number from %ld to %ld", what,
			  text, min, max);
	return n;
}

/* "0.3": milliseconds, from a number with up to three decimals */
static unsigned milliseconds(const char *text)
{
	const char *p = text;
	unsigned long long ms = 0;
	unsigned unit = 1000;

	for (; isdigit((unsigned char)*p) && ms <= DAY_MS; p++)
		ms = ms * 10 + 1000 * (unsigned)(*p - '0');
	if (p > text && *p == '.')
		for (p++; isdigit((unsigned char)*p) && unit > 1; p++) {
			unit /= 10;
			ms += unit * (unsigned)(*p - '0');
		}
	if (*p || ms == 0 || ms > DAY_MS)
		bad_usage("-t: '%s' is not a number of seconds from 0.001 to "
			  "%d", text, DAY_MS / 1000);
	return (unsigned)ms;
}

static int signal_number(const char *name, size_t len)
{
	if (len == 5 && strncmp(name, "PAUSE", 5) == 0)
		return STAGE_PAUSE;
	for (int sig = 1; sig < NSIG; sig++) {
		const char *s = signal_name(sig) + 3;

		if (strlen(s) == len && strncmp(s, name, len) == 0)
			return sig;
	}
	bad_usage("-x: '%.*s' is not a signal; write it like INT@2",
		  (int)len, name);
}

/* "INT@3:2", "KILL@1:client" */
static void parse_hit(struct stage_plan *plan, char *text)
{
	char *at = strchr(text, '@');
	char *colon = at ? strchr(at, ':') : NULL;

	if (!at)
		bad_usage("-x: '%s' lacks @LINE; write it like INT@2", text);
	plan->hit_signal = signal_number(text, (size_t)(at - text));
	if (colon) {
		*colon = '\0';
		if (isdigit((unsigned char)colon[1]))
			plan->hit_prog = (size_t)number(colon + 1, 1,
							STAGE_PROGS,
							"-x PROGRAM");
		else
			plan->hit_name = colon + 1;
	}
	plan->hit_line = (unsigned)number(at + 1, 0, 1000000, "-x LINE");
}

/* Cut ARGV into programs at each "::". */
static void parse_programs(struct stage_plan *plan, char **argv)
{
	while (*argv) {
		if (plan->n == STAGE_PROGS)
			bad_usage("at most %d programs", STAGE_PROGS);
		if (strcmp(*argv, "::") == 0)
			bad_usage("there is no program before a '::'");
		plan->prog[plan->n++].argv = argv;
		while (*argv && strcmp(*argv, "::") != 0)
			argv++;
		if (*argv) {
			*argv++ = NULL;
			if (!*argv)
				bad_usage("there is no program after '::'");
		}
	}
	if (plan->n == 0)
		bad_usage("name a program to run");
}

static void parse(struct stage_plan *plan, int argc, char **argv)
{
	int opt;

	opterr = 0;		/* we say it ourselves, in one line */
	while ((opt = getopt(argc, argv, "+ABpsft:ed:i:kn:x:X:h")) != -1)
		switch (opt) {
		case 'A': plan->tier = STAGE_PRIVATE; break;
		case 'B': plan->tier = STAGE_SHARED; break;
		case 'p': plan->play = 1; break;
		case 's': plan->prog[0].service = 1; break;
		case 'f': plan->in_turn = 1; break;
		case 't':
			plan->deadline_ms = milliseconds(optarg);
			break;
		case 'e': plan->early = 1; break;
		case 'd': plan->dir = optarg; break;
		case 'i': plan->prog[0].input = optarg; break;
		case 'k': plan->keep = 1; break;
		case 'n':
			plan->limits.descriptors =
				(unsigned)number(optarg, 3, 1048576, "-n");
			break;
		case 'X': plan->hit_alone = 1; /* fall through */
		case 'x': parse_hit(plan, optarg); break;
		case 'h': fputs(usage, stdout); exit(output_end(OK));
		default: bad_usage("an option is unknown or lacks its value");
		}
	if (plan->in_turn && plan->prog[0].service)
		bad_usage("-f and -s exclude each other: with -f the first "
			  "program ends by itself, with -s it is told to");
	parse_programs(plan, argv + optind);
	if (plan->hit_prog > plan->n)
		bad_usage("-x: there is no program %zu", plan->hit_prog);
}

static void print_text(const struct stage_text *t, FILE *to)
{
	fwrite(t->data, 1, t->len, to);
	if (t->total > t->len)
		fprintf(to, "[%zu bytes more]\n", t->total - t->len);
}

static void print_output(const struct stage_plan *plan,
			 const struct stage_result *res)
{
	for (size_t i = 0; i < plan->n && !plan->play; i++) {
		print_text(&res->prog[i].out, stdout);
		fflush(stdout);
		print_text(&res->prog[i].err, stderr);
	}
}

/* How the run ended, and each program in it. */
static void report_ends(const struct stage_plan *plan,
			const struct stage_result *res)
{
	char text[2 * STAGE_LINE];

	if (res->end == STAGE_ERROR) {
		fprintf(stderr, "stage: failed: %s\n", res->error);
		return;
	}
	stage_sentence(res, -1, text, sizeof text);
	fprintf(stderr, "stage: the run %s\n", text);
	if (res->end == STAGE_NOT_STARTED)	/* that names the program */
		return;
	for (size_t i = 0; i < plan->n; i++) {
		stage_sentence(res, (int)i, text, sizeof text);
		fprintf(stderr, "stage: %s %s\n", plan->prog[i].argv[0], text);
	}
}

static void report_left(const struct stage_plan *plan,
			const struct stage_result *res)
{
	const char *removed = plan->keep ? "" : " (now removed)";

	for (size_t i = 0; i < res->left_n && i < STAGE_LEFT; i++)
		fprintf(stderr, "stage: left behind%s: %s\n", removed,
			res->left[i].text);
	if (res->left_n > STAGE_LEFT)
		fprintf(stderr, "stage: and %zu more\n",
			res->left_n - STAGE_LEFT);
}

/* What a person wants to know: how each program ended, why, what is left. Who
 * plays a lesson is told nothing of a run that went well, and nothing of
 * tiers. */
static void report(const struct stage_plan *plan,
		   const struct stage_result *res, int is_bad)
{
	if (plan->play && !is_bad)
		return;
	report_ends(plan, res);
	fputs(res->why, stderr);
	report_left(plan, res);
	if (!plan->play && res->end != STAGE_ERROR)
		fprintf(stderr, "stage: isolation: %s%s%s\n",
			res->tier == STAGE_PRIVATE ? "private" : "shared",
			*res->tier_why ? "; " : "", res->tier_why);
}

static int run(int argc, char **argv)
{
	struct stage_plan plan = { 0 };
	struct stage_result *res;
	int is_bad, status;

	parse(&plan, argc, argv);
	res = stage_run(&plan);
	if (!res) {
		perror("stage: mmap");
		return FAILED;
	}
	if (res->unwritten) {
		status = output_failed(res->unwritten);
		if (res->unwritten == EPIPE)
			raise(SIGPIPE);	/* as it ends every program */
		stage_free(res);
		return status;
	}
	is_bad = res->end != STAGE_EXITED || res->code != 0 || res->left_n;
	print_output(&plan, res);
	report(&plan, res, is_bad);
	status = res->end == STAGE_ERROR ? FAILED : is_bad ? BAD : OK;
	if (res->end == STAGE_INTERRUPTED) {
		int sig = res->code;

		stage_free(res);
		raise(sig);	/* end as the sender expects us to */
		return BAD;
	}
	stage_free(res);
	return status;
}

static int clean(char **argv)
{
	int n = 0;

	if (!*argv)
		bad_usage("clean: name a lesson's folder");
	for (; *argv; argv++) {
		int removed = stage_clean(*argv);

		if (removed == -1)
			return FAILED;
		n += removed;
	}
	printf("%d object%s of this course removed\n", n, n == 1 ? "" : "s");
	return OK;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "clean") == 0)
		return output_end(clean(argv + 2));
	if (argc > 1 && strcmp(argv[1], "doctor") == 0)
		return output_end(stage_doctor());
	return output_end(run(argc, argv));
}
