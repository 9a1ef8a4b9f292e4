#pragma once
// Signals of the process (SIGTERM, SIGHUP ...) as callbacks of a loop. One object per process at a time. The
// callbacks run on the loop's thread, at most once per turn for signals that came together; the previous
// dispositions come back when the object dies.
//   ProcessSignals signals(*env);
//   signals.on(SIGTERM, [&] { server->begin_stop(); });
#include <map>
#include <memory>

#include "platform/env.h"

namespace parvis {

class ProcessSignals {
 public:
  /// `env` must be the real environment.
  explicit ProcessSignals(Env& env);
  ProcessSignals(const ProcessSignals&) = delete;
  ~ProcessSignals();
  void on(int signal_number, Callback callback);

 private:
  struct Wake;
  std::unique_ptr<Wake> wake_;
};

}  // namespace parvis
