/*
 * why - what does a process wait for, and who could end its wait?
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../experiment.h"
#include "inside.h"
#include "output.h"
#include "run.h"

#ifndef WHY_VERSION
#define WHY_VERSION "(unknown version)"
#endif

/* How it ends: as timeout(1) does, where it runs a command. */
enum {
	OK = 0, BAD = 1, FAILED = 2, HUNG = 124, NOT_RUN = 126, NOT_THERE = 127
};

enum { MOST_PIDS = 4194304, PROCESSES = 1024, DAY_S = 86400 };

static const char usage[] =
"usage: why [-j] PID...               what each thread of these waits for\n"
"       why [-j] [-t SECONDS] -- COMMAND [ARG...]\n"
"                                     run it; explain it if it does not end\n"
"\n"
"  -j, --json         facts as JSON, for programs\n"
"  -t, --time=SECONDS explain the command after so long; without it, when\n"
"                     nothing has happened for 5 seconds\n"
"  -h, --help         this text\n"
"  -V, --version      which version this is\n"
"\n"
"What COMMAND is told of goes to stderr, and it is ended then, with all that\n"
"it has started. Status: that of COMMAND; 124 if it did not end; 126 or 127\n"
"if it could not be run; of processes: 0, or 1 if one of them is not there; 2\n"
"if why itself fails.\n";

static const struct option options[] = {
	{ .name = "json", .val = 'j' },
	{ .name = "time", .has_arg = required_argument, .val = 't' },
	{ .name = "help", .val = 'h' },
	{ .name = "version", .val = 'V' },
	{ .name = NULL },
};

__attribute__((format(printf, 1, 2)))
_Noreturn static void bad_usage(const char *fmt, ...)
{
	va_list ap;

	fputs("why: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputs("; why --help says more\n", stderr);
	exit(FAILED);
}

static pid_t process_number(const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || errno || n < 1 ||
	    n > MOST_PIDS)
		bad_usage("'%s' is not a process id, a number from 1 to %d",
			  text, MOST_PIDS);
	return (pid_t)n;
}

static double seconds(const char *text)
{
	char *end;
	double s;

	errno = 0;
	s = strtod(text, &end);
	if (*text < '0' || *text > '9' || *end || errno || s < 0.001 ||
	    s > DAY_S)
		bad_usage("-t: '%s' is not a number of seconds from 0.001 to "
			  "%d", text, DAY_S);
	return s;
}

/* Tell of the N processes PID. Returns BAD if one of them is not there. */
static int explain(const pid_t *pid, size_t n, int json, FILE *f)
{
	char circles[4 * WHY_SENTENCE] = "";
	struct words w = { circles, 0, sizeof circles };
	struct why *why = why_follow(pid, n, NULL, 0);
	int status = OK;

	if (!why) {
		fprintf(stderr, "why: %s\n", strerror(errno));
		return FAILED;
	}
	why_circles(why, &w);
	if (json)
		why_json(f, why, circles);
	else
		why_print(f, why, circles);
	for (size_t i = 0; i < why->n; i++) {
		if (why->thread[i].waits != IS_GONE)
			continue;
		if (why->thread[i].depth > 0)
			continue;
		fprintf(stderr, "why: %s\n", why->thread[i].text);
		status = BAD;
	}
	why_free(why);
	return status;
}

/* A thread's number is taken for its process, and each process once. */
static int explain_them(char **argv, int json)
{
	static pid_t pid[PROCESSES];
	size_t n = 0;

	for (; *argv; argv++) {
		pid_t number = process_number(*argv);
		pid_t process = proc_group(number);
		int is_new = 1;

		for (size_t i = 0; i < n; i++)
			if (pid[i] == process)
				is_new = 0;
		if (n == PROCESSES)
			bad_usage("at most %d processes", PROCESSES);
		if (is_new)
			pid[n++] = process;
	}
	return explain(pid, n, json, stdout);
}

/* Of the command, and of all that it has started. */
static void explain_run(int json)
{
	pid_t *pid;
	size_t n = proc_living(getpid(), &pid);

	if (n > 0)
		explain(pid, n, json, stderr);
	else
		fputs("why: /proc shows none of its processes\n", stderr);
	free(pid);
}

static int run(char **argv, double limit_s, int json)
{
	struct run r;
	enum run_end end = run_command(&r, argv, limit_s);
	int err = errno;

	if (end == RUN_HANGS || end == RUN_STOPPED)
		explain_run(json);
	run_end(&r);
	switch (end) {
	case RUN_FAILED:
		fprintf(stderr, "why: %s cannot be run: %s\n", argv[0],
			strerror(err));
		return err == ENOENT ? NOT_THERE : NOT_RUN;
	case RUN_HANGS:
		return HUNG;
	case RUN_STOPPED:
		raise(r.signal);	/* end as the sender expects us to */
		return 128 + r.signal;
	default:
		break;
	}
	if (WIFSIGNALED(r.status))
		return 128 + WTERMSIG(r.status);
	return WEXITSTATUS(r.status);
}

int main(int argc, char **argv)
{
	const char *trouble = proc_trouble();
	double limit_s = 0;
	int is_command;
	int json = 0;
	int status;
	int opt;

	opterr = 0;		/* we say it ourselves, in one line */
	while ((opt = getopt_long(argc, argv, "+jt:hV", options, NULL)) != -1)
		switch (opt) {
		case 'j':
			json = 1;
			break;
		case 't':
			limit_s = seconds(optarg);
			break;
		case 'h':
			fputs(usage, stdout);
			return output_end(OK);
		case 'V':
			puts("why (IPC Lessons) " WHY_VERSION);
			return output_end(OK);
		default:
			bad_usage("an option is unknown or lacks its value: "
				  "%s", argv[optind - 1]);
		}
	is_command = strcmp(argv[optind - 1], "--") == 0;
	if (!argv[optind] && is_command)
		bad_usage("there is no command behind --");
	if (!argv[optind])
		bad_usage("name a process id, or a command behind --");
	if (limit_s > 0 && !is_command)
		bad_usage("-t is for a command behind --");
	if (trouble) {
		fprintf(stderr, "why: %s\n", trouble);
		return FAILED;
	}
	if (is_command)
		status = run(argv + optind, limit_s, json);
	else
		status = explain_them(argv + optind, json);
	return output_end(status);
}
