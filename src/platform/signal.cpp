#include "platform/signal.h"

namespace parvis {

Signal::~Signal() {
  CHECK(!first_ || SpawnGroup::tearing_down());
  while (first_) first_->unlink();
}

void Signal::notify_all() {
  while (Wait* wait = first_) {
    wait->unlink();
    wait->notified_ = true;
    if (wait->timer_) wait->loop_.cancel(std::exchange(wait->timer_, 0));
    wait->loop_.post([self = wait->self_] { self.resume(); });
  }
}

void Signal::Wait::await_suspend(std::coroutine_handle<> self) {
  self_ = self;
  // Newest last, so that waiters resume in the order they came.
  Wait** end = &signal_->first_;
  if (*end) {
    previous_ = (*end)->previous_;  // the first waiter's previous_ is the last waiter
    previous_->next_ = this;
    (*end)->previous_ = this;
  } else {
    *end = this;
    previous_ = this;
  }
  linked_ = true;
  if (deadline_.us != INT64_MAX) {
    timer_ = loop_.call_at(deadline_, [this] {
      timer_ = 0;
      unlink();
      self_.resume();
    });
  }
}

void Signal::Wait::unlink() {
  if (!linked_) return;
  Wait*& first = signal_->first_;
  if (this == first) {
    first = next_;
    if (next_) next_->previous_ = previous_;
  } else {
    previous_->next_ = next_;
    (next_ ? next_ : first)->previous_ = previous_;
  }
  next_ = previous_ = nullptr;
  linked_ = false;
}

Signal::Wait::~Wait() {
  // Only a frame destroyed while it waits gets here linked.
  unlink();
  if (timer_) loop_.cancel(timer_);
}

}  // namespace parvis
