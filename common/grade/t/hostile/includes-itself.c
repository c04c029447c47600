// EXPECT: does-not-compile - it has no end
#include __FILE__
#include __FILE__
