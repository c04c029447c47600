/* stat.c - order statistics: no mean, which one disturbed value can move */
#define _GNU_SOURCE
#include <stdlib.h>

#include "inside.h"

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int ascending32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

void sort(double *v, size_t n)
{
	qsort(v, n, sizeof *v, ascending);
}

double median(const double *v, size_t n)
{
	double *s, m;

	if (n == 0)
		return 0;
	s = malloc(n * sizeof *s);
	if (!s)
		return v[0];
	memcpy(s, v, n * sizeof *s);
	sort(s, n);
	m = n % 2 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2;
	free(s);
	return m;
}

double lowest(const double *v, size_t n)
{
	double least = n ? v[0] : 0;

	for (size_t i = 1; i < n; i++)
		if (v[i] < least)
			least = v[i];
	return least;
}

double highest(const double *v, size_t n)
{
	double most = n ? v[0] : 0;

	for (size_t i = 1; i < n; i++)
		if (v[i] > most)
			most = v[i];
	return most;
}

double spread(const double *v, size_t n)
{
	double m = median(v, n);

	return m > 0 ? (highest(v, n) - lowest(v, n)) / m : 0;
}

double percentile(const uint32_t *v, size_t n, double p)
{
	uint32_t *s;
	double at, part, value;
	size_t low;

	if (n == 0)
		return 0;
	s = malloc(n * sizeof *s);
	if (!s)
		return v[0];
	memcpy(s, v, n * sizeof *s);
	qsort(s, n, sizeof *s, ascending32);
	at = p / 100 * (double)(n - 1);
	low = (size_t)at;
	part = at - (double)low;
	value = s[low];
	if (low + 1 < n)
		value += part * ((double)s[low + 1] - s[low]);
	free(s);
	return value;
}

size_t at_pace(const double *v, const double *pace, size_t n, double most,
	       double *to)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (pace[i] <= most)
			to[kept++] = v[i];
	return kept;
}

void ratios(const double *a, const double *b, double *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		r[i] = b[i] > 0 ? a[i] / b[i] : 0;
}
