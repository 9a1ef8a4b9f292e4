#pragma once
// Child processes for work on hostile formats and for system tools: given everything, bounded in everything,
// gone at the deadline. Loop thread only; real environment only.
#include <optional>
#include <string>
#include <vector>

#include "platform/env.h"
#include "platform/process_confine.h"

namespace parvis {

struct ProcessOptions {
  std::string program;  // absolute path
  std::vector<std::string> arguments;
  std::vector<std::string> environment;  // "NAME=value"; nothing is inherited
  std::string working_directory = "/";
  std::string input;                       // bytes of its standard input, which then ends
  size_t max_output_bytes = 1 << 20;       // of standard output and of standard error, each
  uint64_t max_memory_bytes = 1ULL << 30;  // address space
  uint64_t max_file_bytes = 256ULL << 20;  // of any file it writes
  uint64_t max_cpu_seconds = 30;
  uint64_t max_open_files = 64;
  std::optional<Confinement> confinement;  // set: no network, and these files only
};

struct ProcessOutcome {
  int exit_code = 0;      // when it ended by itself
  int signal_number = 0;  // when a signal ended it (a limit, a crash); 0 otherwise
  std::string output;
  std::string errors;
};

/// Runs it in a process group of its own, which is killed whole at the deadline (reasons::timeout) and when
/// an output passes its bound (reasons::too_large). A program that cannot be started is reasons::unavailable.
/// The child cannot gain privileges and dies with us.
Task<Result<ProcessOutcome>> run_process(Env& env, ProcessOptions options, Monotonic deadline);

}  // namespace parvis
