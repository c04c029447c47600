// EXPECT: does-not-compile - nor has this file
#include "/dev/zero"
