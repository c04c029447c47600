# front.mk - how the front door hangs together: what there is, and what is
# built before what. The commands themselves are in the Makefile above.

MAKEFLAGS += --no-print-directory
CC        ?= cc
export CC	# the flags come by themselves; exported unset they would be empty
export EX HERE WHAT ONLY SEED PLAIN FORCE YES TAP POLL ARGS N CMD ID STUDENT
#> course
# For handout, before LESSONS gets its own meaning below
LESSONS_TO := $(value LESSONS)
export LESSONS_TO OUT DUE HINTS GIT TAR WORKFLOW PROOFS SOLUTIONS
#> end
# The folder in which she has typed it, also with make -C
STANDS ?= $(value PWD)
export STANDS
include common/quiet.mk

.SECONDEXPANSION:
# `make' alone
status:

# -------------------------------------------------------------- what there is

# A lesson is a folder with notes.
LESSONS := $(patsubst %/README.md,%,$(sort $(wildcard lessons/[0-9][0-9]-*/README.md)))
# lessons/01-pipe -> 01; 01-capacity -> 01 and capacity; 01 -> lessons/01-pipe
number   = $(firstword $(subst -, ,$(notdir $(1))))
rest     = $(1:$(call number,$(1))-%=%)
folder   = $(filter lessons/$(1)-%,$(LESSONS))
NUMBERS := $(foreach l,$(LESSONS),$(call number,$(l)))
CLAIMS  := $(LESSONS:%=%/claims)
# lessons/01-pipe/experiments/capacity.c -> 01-capacity
EXPERIMENTS := $(foreach f,$(wildcard lessons/[0-9][0-9]-*/experiments/*.c),\
	$(call number,$(f:%/experiments/$(notdir $(f))=%))-$(basename $(notdir $(f))))
EXERCISES := $(sort $(wildcard exercises/*/*/check.c))
# Where names and keys of programs of this course come from
FOLDERS  = $(LESSONS) $(wildcard lessons/*/experiments/) build \
	$(wildcard build/exercises/*/*/)

# Those that last longest first, so that nothing waits for them at the end; the
# exercises, which are short, at the end.
LONG    := $(patsubst %,common/t/%.sh,cleanup red sweep transcripts places parallel) \
	common/course/t/course.sh common/stage/t/verdict.sh common/stage/t/why.sh \
	common/t/claim.sh common/bench/t/bench.sh common/t/front.sh common/t/flags.sh \
	lessons/25-comparing/claims
SCRIPTS := $(filter-out %/tap.sh,$(sort $(wildcard common/t/*.sh common/*/t/*.sh)))
TESTS   := $(LONG) $(filter-out $(LONG),$(SCRIPTS) $(CLAIMS)) $(EXERCISES)

# Those that have a part for each lesson
OF_A_LESSON := $(patsubst %,common/t/%.sh,contract listings transcripts timelines sweep cleanup)

# TEXT as one word for the shell, whatever stands in it
quoted = '$(subst ','\'',$(1))'
BENCH  = $(if $(QUICK),-q) $(if $(ONLY),-f $(call quoted,$(ONLY)))

# ---------------------------------------------------------------- what is built

# A part is built with this, so that it does not build stage as well: two makes
# would write one file at once.
PART = STAGE_STANDS=1

NEED_CC = common/tools/need-cc . build
need-cc:
	@$(NEED_CC)

#> course
need-prove:
	@common/tools/front need prove 'apt-get install perl, or: make deps'

cheats: need-cc
	@$(MAKE) -C common/course cheats $(PART)
#> end

build/stage: stage
stage: need-cc
	@$(MAKE) -C common/stage

build/why: build/stage FORCE
	@$(MAKE) -C common/why

build/inject: build/stage FORCE
	@$(MAKE) -C common/faults $(PART)

build/bench: build/stage FORCE
	@$(MAKE) -C common/bench $(PART)

build/trace: build/stage FORCE
	@common/tools/may-write . build
	@$(MAKE) -C common/trace $(PART)

build/show: build/stage FORCE
	@common/tools/may-write . build
	@$(MAKE) -C common/show $(PART)

build/quiz: build/show FORCE
	@$(MAKE) -C common/quiz $(PART)

shake: need-cc
	@$(MAKE) -C common/shake

course: stage shake
	@$(MAKE) -C common/course $(PART)

#> course
course: build/course
build/course: common/grade/command
	@$(NEED_CC)
	@mkdir -p build
	@cp $< $@
#> end

# In "make demo 01" the lesson is the word of another command, and does not play.
DEMO_PLAYS := $(if $(filter demo,$(firstword $(MAKECMDGOALS))),$(if \
	$(filter-out demo,$(MAKECMDGOALS)),:))

# The pairs and the experiments, by the lesson's folder or its number
pairs: $(LESSONS:%=%/pair)
$(LESSONS:%=%/pair): build/stage
	@$(MAKE) -C $(@D) $(PART)
$(NUMBERS:%=pair-of-%): pair-of-%: $$(call folder,$$*)/pair

all-claims: $(CLAIMS)
$(CLAIMS): build/stage
	@$(MAKE) -s -C $(@D) claims $(PART)
$(NUMBERS:%=claims-of-%): claims-of-%: $$(call folder,$$*)/claims

# Lessons whose proofs use the benchmark: theirs wait until it stands.
WITH_BENCH := $(filter $(CLAIMS),$(shell grep -ls common/bench \
	lessons/*/Makefile | sed 's,Makefile$$,claims,'))
$(WITH_BENCH): build/bench

# ------------------------------------------------------ what else may be typed

# Any two digits that no lesson has, and any other word: one clear line.
.DEFAULT:
	@common/tools/front unknown $(call quoted,$@)
# It would catch these too, when make -B makes everything anew.
Makefile common/front.mk common/quiet.mk: ;

# A file or a folder of that name is there, so make would call it up to date.
BUILT  := build/stage build/course build/why build/inject build/bench build/trace build/show build/quiz $(CLAIMS) Makefile
THERE  := $(filter-out $(BUILT),$(wildcard $(MAKECMDGOALS)))
ifneq ($(THERE),)
.PHONY: $(THERE)
$(THERE):
	@common/tools/front there $(call quoted,$@)
endif

# These play, ask or take away: one after the other, also under make -j.
ALONE  := check submit hint watch run compile next reset solution clean clean-ipc tour
ALONE  += $(TEACH) bench bench-repeat compare test soak grade-soak $(NUMBERS) $(EXPERIMENTS)
ALONE  += show $(NUMBERS:%=quiz-%) $(NUMBERS:%=demo-%)
ALONE  += timelines trace $(NUMBERS:%=trace-%) $(EXPERIMENTS:%=trace-%)
ifneq ($(filter $(ALONE),$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

.PHONY: $(QUIET) $(QUIET:%=begin-%)
.PHONY: status help help-class help-dev tour check submit watch run compile here hint next list
.PHONY: reset solution why doctor clean clean-ipc claims bench bench-repeat
.PHONY: compare need-cc stage shake course
#> course
.PHONY: handout book book-pdf test-book test dev-check wrong starters timelines lint memcheck mutants
.PHONY: faults kills soak grade-soak variants on-system deps need-prove cheats
#> end
.PHONY: pairs all-claims FORCE $(NUMBERS) $(EXPERIMENTS) $(CLAIMS)
.PHONY: show quiz-export demo $(NUMBERS:%=quiz-%) $(NUMBERS:%=demo-%)
.PHONY: trace $(NUMBERS:%=trace-%) $(EXPERIMENTS:%=trace-%) $(NUMBERS:%=claims-%) $(LESSONS:%=%/pair)
