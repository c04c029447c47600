# build.mk - how everything is compiled; each Makefile that compiles includes it
#
# Each sets PARENT and BUILD first, the ways to common/ and to build/. They are
# relative: make takes an absolute path apart at its blanks, and a checkout may
# lie anywhere.
CFLAGS ?= -g -O1
WARN    = -std=gnu11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
LIBS    = -pthread -lrt -lutil	# empty since glibc 2.34
export CC	# need-cc looks at it

# CFLAGS and LDFLAGS choose how lessons and proofs are built. Some options make
# objects that fit no others, or programs that do more than their source says.
# The tools, the checkers and what they check are built without these; the
# script common/course/build reads the list here.
UNFIT   = -fsanitize% -flto% -fwhole-program -pg -p -fprofile% -fcoverage% -ftest-coverage --coverage -finstrument-functions% -fsplit-stack -static% -shared -nostdlib% -nodefaultlibs -nostartfiles -std=c% -std=iso% -ansi -fsyntax-only -c -S -E -M%
TOOL_CFLAGS  = $(filter-out $(UNFIT),$(CFLAGS))
TOOL_LDFLAGS = $(filter-out $(UNFIT),$(LDFLAGS))

# What trace and inject share
$(BUILD)/hold.o: $(PARENT)/hold.c $(PARENT)/hold.h
	@$(PARENT)/tools/need-cc $(PARENT)/.. $@
	@mkdir -p $(BUILD)
	@$(CC) $(WARN) $(TOOL_CFLAGS) -c -o $@ $<

# The front door says STAGE_STANDS=1: it has built stage before whatever needs
# it. Two makes that both build it would write one file at once.
ifndef OF_STAGE
ifdef STAGE_STANDS
$(BUILD)/stage $(BUILD)/libstage.a: ;
else
$(BUILD)/stage:
	@$(MAKE) --no-print-directory -C $(PARENT)/stage
$(BUILD)/libstage.a: $(BUILD)/stage
	@test -e $@ || $(MAKE) --no-print-directory -C $(PARENT)/stage
endif
endif
