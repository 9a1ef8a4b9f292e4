#pragma once
// The subcommands of `parvis`; each returns the process's exit status.
#include "main/options.h"

namespace parvis {

struct Command {
  std::string_view name, summary;
  std::span<const std::string_view> options;  // of its own
  int (*run)(const Options& options);
};

int run_serve(const Options& options);
int run_migrate(const Options& options);
int run_admin(const Options& options);
int run_doctor(const Options& options);
int run_backup(const Options& options);
int run_restore(const Options& options);

/// Prints why a command stops, in English for those who run it; returns 1.
int refuse(const Error& error);

}  // namespace parvis
