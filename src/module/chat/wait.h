#pragma once
// Who waits in /sync. A wake marks people; everybody marked resumes in the next turn of the loop, so that a
// hundred events of one commit make one response per person.
#include <coroutine>
#include <vector>

#include "core/sessions/sessions.h"
#include "module/chat/model.h"
#include "platform/env.h"

namespace parvis::chat {

class Wakeups;

/// One open /sync. Lives in the coroutine of the request.
class Waiter {
 public:
  Waiter(Wakeups& wakeups, Loop& loop, User& user, SessionId session);
  ~Waiter();
  Waiter(const Waiter&) = delete;

  struct Wait {
    Waiter& waiter;
    Monotonic until;
    bool await_ready() const { return waiter.woken_ || waiter.replaced_; }
    void await_suspend(std::coroutine_handle<> self);
    void await_resume() { waiter.woken_ = false; }
  };
  /// Resumes when woken, replaced, or at `until`.
  Wait wait(Monotonic until) { return {*this, until}; }
  /// A newer /sync of the same device has come, or the session ended: answer at once.
  bool replaced() const { return replaced_; }
  /// The session is over: the answer is M_UNKNOWN_TOKEN.
  bool ended() const { return ended_; }
  SessionId session() const { return session_; }

 private:
  friend class Wakeups;
  void resume();
  Wakeups& wakeups_;
  Loop& loop_;
  User& user_;
  SessionId session_;
  std::coroutine_handle<> waiting_;
  TimerId timer_ = 0;
  bool woken_ = false;
  bool replaced_ = false;
  bool ended_ = false;
};

class Wakeups {
 public:
  explicit Wakeups(Loop& loop) : loop_(loop) {}
  void wake(User& user);
  /// Everybody joined or invited.
  void wake(Room& room);
  /// Ends the wait of one session, with what there is; `over`: because the session ended.
  void end(User& user, SessionId session, bool over = false);
  /// Ends every wait, for a graceful stop.
  void end_all(std::deque<User>& users);
  size_t waiting() const { return waiting_; }

 private:
  friend class Waiter;
  void schedule();
  Loop& loop_;
  std::vector<Waiter*> due_;
  bool scheduled_ = false;
  size_t waiting_ = 0;
};

}  // namespace parvis::chat
