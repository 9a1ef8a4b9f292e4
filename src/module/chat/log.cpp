#include "module/chat/log.h"

namespace parvis::chat {

bool Log::add(store::WriteFunction write, Done done) {
  if (pending_.size() >= max_pending) return false;
  pending_.push_back({std::move(write), std::move(done)});
  schedule();
  return true;
}

void Log::schedule() {
  if (in_flight_ || scheduled_ || pending_.empty()) return;
  scheduled_ = true;
  // At the end of the turn: requests that arrived together share the commit.
  loop_.post([this] {
    scheduled_ = false;
    flush();
  });
}

void Log::flush() {
  if (in_flight_ || pending_.empty()) return;
  in_flight_ = true;
  auto batch = std::make_shared<std::vector<Item>>(std::move(pending_));
  pending_.clear();
  database_.submit_write(
      [batch](store::Transaction& transaction) -> Result<void> {
        for (auto& item : *batch)
          if (item.write) TRY(item.write(transaction));
        return {};
      },
      [this, batch](Result<void> outcome) {
        in_flight_ = false;
        finish(*batch, outcome);
      });
}

void Log::finish(std::vector<Item>& batch, const Result<void>& outcome) {
  for (auto& item : batch)
    if (item.done) item.done(outcome);
  if (!outcome) {
    auto orphans = std::move(pending_);
    pending_.clear();
    for (auto& item : orphans)
      if (item.done) item.done(outcome);
  }
  if (after_batch_) after_batch_();
  schedule();
}

void Log::Commit::await_suspend(std::coroutine_handle<> self) {
  // A marker without a write: it shares the fate of what was added before it. Beyond the bound it still goes
  // in, because its requests were counted already.
  log.pending_.push_back({{}, [this, self](const Result<void>& fate) {
                            outcome = fate;
                            self.resume();
                          }});
  log.schedule();
}

}  // namespace parvis::chat
