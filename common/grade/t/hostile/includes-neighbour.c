/* EXPECT: does-not-compile - the file of a neighbour, of the system, of ours */
#include "/etc/passwd"
#include "../../../../../../../../etc/shadow"
#include "/NEIGHBOUR"
#include "../../../solutions/00-start/first-check/greet.c"
