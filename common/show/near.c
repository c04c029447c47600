/*
 * near.c - ids like one that is not there
 *
 * The distance is how many letters are more, less or other; of two ids with the
 * same distance the nearer number wins.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "show.h"

enum { FEW = 4, LONGEST = 12, FAR = 4 };

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int distance(const char *s, const char *t)
{
	int row[LONGEST + 1], n = (int)strlen(t);

	for (int j = 0; j <= n; j++)
		row[j] = j;
	for (int i = 1; s[i - 1]; i++) {
		int before = row[0];		/* of the row above, one back */

		row[0] = i;
		for (int j = 1; j <= n; j++) {
			int above = row[j];

			row[j] = least(before + (s[i - 1] != t[j - 1]),
				       least(above, row[j - 1]) + 1);
			before = above;
		}
	}
	return row[n];
}

static long number_of(const char *id)
{
	const char *dash = strchr(id, '-');

	return dash ? strtol(dash + 1, NULL, 10) : 0;
}

/* How far ID is from OTHER; less is nearer. */
static long farness(const char *id, const char *other)
{
	return distance(id, other) * 10000L +
	       labs(number_of(id) - number_of(other));
}

void near_ids(const char *id, char **ids, size_t n, char *buf, size_t size)
{
	const char *few[FEW] = { NULL };
	size_t len = 0;

	*buf = '\0';
	if (strlen(id) > LONGEST)
		return;
	for (size_t i = 0; i < n; i++) {
		const char *in = ids[i];
		size_t k = 0;

		if (strlen(in) > LONGEST || distance(id, in) >= FAR)
			continue;
		for (; k < FEW && in; k++) {
			const char *out = few[k];

			if (out && strcmp(in, out) == 0)
				break;
			if (out && farness(id, in) >= farness(id, out))
				continue;
			few[k] = in;
			in = out;
		}
	}
	for (size_t k = 0; k < FEW && few[k] && len < size; k++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s",
					k ? " " : "", few[k]);
}
