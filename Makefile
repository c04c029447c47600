# IPC Lessons: the front door. `make' alone says what you can do here.

MAKEFLAGS += --no-print-directory
CC        ?= cc
export CC	# the flags come by themselves; exported unset they would be empty

# A lesson is a folder with notes.
LESSONS := $(patsubst %/README.md,%,$(sort $(wildcard lessons/[0-9][0-9]-*/README.md)))
# lessons/01-pipe -> 01
number   = $(firstword $(subst -, ,$(notdir $(1))))
folder   = $(filter lessons/$(1)-%,$(LESSONS))
NUMBERS := $(foreach l,$(LESSONS),$(call number,$(l)))
CLAIMS  := $(LESSONS:%=%/claims)
EXERCISES := $(sort $(wildcard exercises/*/*/check.c))
# The longest first, so that nothing waits for it at the end.
LONG    := common/t/cleanup.sh common/t/flags.sh common/t/red.sh common/bench/t/bench.sh \
	common/t/front.sh common/t/parallel.sh lessons/25-comparing/claims
SCRIPTS := $(sort $(wildcard common/t/*.sh common/*/t/*.sh))
TESTS   := $(LONG) $(filter-out $(LONG),$(SCRIPTS) $(CLAIMS))
DIRS    := $(LESSONS)
# Lessons whose proofs use the benchmark: theirs wait until it stands.
WITH_BENCH := $(filter $(CLAIMS),$(shell grep -ls common/bench \
	lessons/*/Makefile | sed 's,Makefile$$,claims,'))

# TEXT as one word for the shell, whatever stands in it
quoted = '$(subst ','\'',$(1))'
# A part is built with this, so that it does not build stage as well: two makes
# would write one file at once.
PART = STAGE_STANDS=1

status:
	@common/tools/front status

# The student's commands: EX=name ONLY='id id' SEED=n PLAIN=1 FORCE=1 YES=1
export EX HERE ONLY SEED PLAIN FORCE YES TAP POLL ARGS N
check watch: course
	@common/course/course $@ || exit
run compile: need-cc
	@common/course/course $@
here hint next list reset solution:
	@common/course/course $@

course: stage shake
	@$(MAKE) -C common/course $(PART)

shake: need-cc
	@$(MAKE) -C common/shake

# Are the checkers right? Every answer of every exercise gets its verdict.
dev-check: course cheats
	@common/tools/front need prove 'apt-get install perl, or: make deps'
	@PART=$${PART:-all} prove -j2 -e common/course/dev-check $(EXERCISES)
	@prove -e '' common/course/dev-red

cheats: need-cc
	@$(MAKE) -C common/course cheats $(PART)

# A wrong answer as a patch: EX=name MISTAKE=name, FROM=also/x.c, WHOLE=1
wrong: course
	@common/course/wrong

# The starters, cut anew from the solutions
starters:
	@common/course/course starters

help:
	@common/tools/front help

# Any two digits that no lesson has, and any other word: one clear line.
.DEFAULT:
	@common/tools/front unknown $(call quoted,$@)
# It would catch this file too, when make -B makes everything anew.
Makefile: ;

# A file or a folder of that name is there, so make would call it up to date.
BUILT  := build/stage build/bench $(CLAIMS) Makefile
THERE  := $(filter-out $(BUILT),$(wildcard $(MAKECMDGOALS)))
ifneq ($(THERE),)
.PHONY: $(THERE)
$(THERE):
	@common/tools/front there $(call quoted,$@)
endif

# These play, ask or take away: one after the other, also under make -j.
ALONE  := check hint watch run compile next reset solution clean clean-ipc tour
ALONE  += bench bench-repeat compare test soak $(NUMBERS)
ifneq ($(filter $(ALONE),$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# What the number of a lesson means, by itself and in other words
define RULES_OF
$(call number,$(1)): $(1)/pair
	@$$(MAKE) -C $(1) play $$(PART)
claims-$(call number,$(1)): $(1)/claims
	@$(1)/claims
trace-$(call number,$(1)): $(1)/pair
	@common/trace/trace $(1)
endef
$(foreach l,$(LESSONS),$(eval $(call RULES_OF,$(l))))

# A recipe that calls make through a script has a +, so that the make there is
# one of the jobs of this one.
tour: need-cc
	+@common/tools/front tour

build/stage: stage
stage: need-cc
	@$(MAKE) -C common/stage

need-cc:
	@common/tools/need-cc . build

# Everything that is built: pairs, proofs, stage.
pairs: $(LESSONS:%=%/pair)
$(LESSONS:%=%/pair): build/stage
	@$(MAKE) -C $(@D) $(PART)

$(CLAIMS): build/stage
	@$(MAKE) -s -C $(@D) claims $(PART)
$(WITH_BENCH): build/bench

all-claims: $(CLAIMS)
.PHONY: all-claims $(CLAIMS)

claims: $(CLAIMS)
	@common/tools/front claims $(CLAIMS)
	@common/t/ledger.sh --count

# prove is the runner; everything speaks TAP. -e '' runs each file itself. Of
# the exercises only starters and references: make dev-check does all answers.
test: need-cc
	@common/tools/front need prove 'apt-get install perl, or: make deps'
	@$(MAKE) pairs course cheats $(CLAIMS)
	@prove -j4 -e '' $(TESTS)
	@PART=quick RUNS=1 prove -j4 -e common/course/dev-check $(EXERCISES)

memcheck: pairs $(CLAIMS)
	@common/tools/front need valgrind 'apt-get install valgrind, or: make deps'
	@common/tools/memcheck $(LESSONS)

# What takes longer. Can each proof fail, does each checker see each mistake?
faults: pairs shake
	+@common/tools/faults $(LESSONS)

mutants: pairs $(CLAIMS)
	@common/tools/mutants $(LESSONS)
	@PART=mutants $(MAKE) dev-check

# The whole suite N times; the first failure ends it.
soak: need-cc
	+@common/tools/soak $${N:-50}

lint:
	@common/tools/lint

variants:
	@common/tools/variants

# README's two commands on another system: SYSTEM=trixie, RECORD=1, ...
on-system:
	@common/tools/on-system

# QUICK=1 for a first look, ONLY=pipe,fifo for some, taskset for other CPUs.
BENCH = $(if $(QUICK),-q) $(if $(ONLY),-f $(call quoted,$(ONLY)))
bench-repeat: build/bench
	@common/bench/repeat "$${N:-10}"

bench: build/bench
	@build/bench $(BENCH) -o build/bench-results

compare: build/bench
	@build/bench -c

build/bench: build/stage FORCE
	@$(MAKE) -C common/bench $(PART)

# It says itself what /proc lacks.
doctor: export NEED_PROC = no
doctor: build/stage
	@build/stage doctor

deps:
	@common/tools/deps

clean:
	@for d in $(LESSONS); do $(MAKE) -s -C $$d clean || exit; done
	@for f in exercises/*/*/*.c; do rm -f "$${f%.c}" || exit; done
	rm -rf build

clean-ipc: build/stage
	@build/stage clean $(DIRS) build $(wildcard build/exercises/*/*/)

ifdef PID
why: build/stage
	@build/stage why $(PID)
else
why:
	@common/tools/front why
endif

.PHONY: wrong
.PHONY: check hint watch next list reset solution course dev-check cheats
.PHONY: starters faults mutants soak $(NUMBERS:%=trace-%)
.PHONY: run compile here shake
.PHONY: status help tour stage need-cc pairs claims test memcheck lint doctor
.PHONY: bench-repeat
.PHONY: on-system
.PHONY: bench compare FORCE variants deps clean clean-ipc why $(NUMBERS) $(NUMBERS:%=claims-%)
.PHONY: $(LESSONS:%=%/pair)
