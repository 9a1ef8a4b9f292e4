#include "platform/task.h"

namespace parvis {

namespace {

thread_local SpawnGroup* current_group = nullptr;
thread_local bool group_tearing_down = false;

SpawnGroup& default_group() {
  // Never destroyed: at exit, what detached tasks hold dies with the process.
  thread_local SpawnGroup* group = new SpawnGroup;
  return *group;
}

}  // namespace

struct SpawnedTask {
  struct promise_type {
    SpawnGroup::Link link;

    promise_type() {
      SpawnGroup& group = SpawnGroup::current();
      link.group = &group;
      link.handle = std::coroutine_handle<promise_type>::from_promise(*this);
      link.next = group.newest_;
      if (group.newest_) group.newest_->previous = &link;
      group.newest_ = &link;
      ++group.size_;
    }
    ~promise_type() {
      (link.previous ? link.previous->next : link.group->newest_) = link.next;
      if (link.next) link.next->previous = link.previous;
      --link.group->size_;
    }
    SpawnedTask get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
  };
};

namespace {

SpawnedTask run_detached(Task<void> task) { co_await std::move(task); }

}  // namespace

void spawn(Task<void> task) { run_detached(std::move(task)); }

SpawnGroup& SpawnGroup::current() { return current_group ? *current_group : default_group(); }
bool SpawnGroup::tearing_down() { return group_tearing_down; }

void SpawnGroup::destroy_tasks() {
  TearDown guard;
  while (newest_) newest_->handle.destroy();
}

SpawnGroup::TearDown::TearDown() : outer_(std::exchange(group_tearing_down, true)) {}
SpawnGroup::TearDown::~TearDown() { group_tearing_down = outer_; }

SpawnGroup::Scope::Scope(SpawnGroup& group) : previous_(std::exchange(current_group, &group)) {}
SpawnGroup::Scope::~Scope() { current_group = previous_; }

}  // namespace parvis
