#include "module/chat/wait.h"

#include <algorithm>
#include <utility>

namespace parvis::chat {

Waiter::Waiter(Wakeups& wakeups, Loop& loop, User& user, SessionId session)
    : wakeups_(wakeups), loop_(loop), user_(user), session_(session) {
  wakeups_.end(user, session);
  user_.waiting.push_back(this);
  ++wakeups_.waiting_;
}

Waiter::~Waiter() {
  std::erase(user_.waiting, this);
  std::erase(wakeups_.due_, this);
  --wakeups_.waiting_;
  if (timer_) loop_.cancel(timer_);
}

void Waiter::Wait::await_suspend(std::coroutine_handle<> self) {
  waiter.waiting_ = self;
  waiter.timer_ = waiter.loop_.call_at(until, [this] {
    waiter.timer_ = 0;
    waiter.resume();
  });
}

void Waiter::resume() {
  if (timer_) loop_.cancel(std::exchange(timer_, 0));
  if (auto handle = std::exchange(waiting_, {})) handle.resume();
}

void Wakeups::wake(User& user) {
  for (Waiter* waiter : user.waiting) {
    if (waiter->woken_) continue;
    waiter->woken_ = true;
    due_.push_back(waiter);
  }
  schedule();
}

void Wakeups::wake(Room& room) {
  if (waiting_ == 0) return;
  for (auto& [number, member] : room.members)
    if (!member.user->waiting.empty() && member.membership != Membership::none) wake(*member.user);
}

void Wakeups::end(User& user, SessionId session, bool over) {
  for (Waiter* waiter : user.waiting) {
    if (waiter->session_ != session) continue;
    waiter->replaced_ = true;
    waiter->ended_ = over;
    if (std::find(due_.begin(), due_.end(), waiter) == due_.end()) due_.push_back(waiter);
  }
  schedule();
}

void Wakeups::end_all(std::deque<User>& users) {
  for (User& user : users) {
    for (Waiter* waiter : user.waiting) {
      waiter->replaced_ = true;
      due_.push_back(waiter);
    }
  }
  schedule();
}

void Wakeups::schedule() {
  if (scheduled_ || due_.empty()) return;
  scheduled_ = true;
  loop_.post([this] {
    scheduled_ = false;
    // A resumed request may end others' waits: take them one by one.
    while (!due_.empty()) {
      Waiter* next = due_.back();
      due_.pop_back();
      next->resume();
    }
  });
}

}  // namespace parvis::chat
