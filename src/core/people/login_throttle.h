#pragma once
// Slows guessing of passwords: per account and network together, per account, per network. Every attempt
// counts as a failure when it begins (so parallel guesses do not slip through) and is forgiven when it
// succeeds. Loop thread only.
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/time.h"

namespace parvis {

/// "203.0.113.7" -> "203.0.113.0/24", "2001:db8:1:2:3::4" -> "2001:db8:1::/48"; other text is returned as it
/// is.
std::string network_prefix(std::string_view address);

class LoginThrottle {
 public:
  struct Policy {
    int free_attempts;       // before any delay
    int64_t first_delay_ms;  // then doubling
    int64_t max_delay_ms;
  };
  // An account alone is slowed gently, so that a stranger cannot lock its owner out.
  static constexpr Policy pair_policy{5, 2'000, 15 * 60'000};
  static constexpr Policy account_policy{50, 1'000, 30'000};
  static constexpr Policy network_policy{100, 1'000, 5 * 60'000};
  static constexpr int64_t forget_after_ms = 60 * 60'000;  // without attempt
  static constexpr size_t max_entries = 50'000;            // per table; the least recently tried goes first

  /// Registers one attempt, or reasons::login_throttled with retry_after_ms.
  Result<void> begin(const std::string& account, const std::string& network, Monotonic now);
  void succeeded(const std::string& account, const std::string& network);

 private:
  struct Entry {
    std::string key;
    int failures = 0;
    Monotonic last{};
    Monotonic not_before{};
  };
  class Table {
   public:
    explicit Table(Policy policy) : policy_(policy) {}
    int64_t wait_ms(const std::string& key, Monotonic now);
    void attempt(const std::string& key, Monotonic now);
    void forgive(const std::string& key, bool all);

   private:
    Entry* find(const std::string& key, Monotonic now);
    Policy policy_;
    std::list<Entry> entries_;  // most recent first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
  };
  Table pairs_{pair_policy}, accounts_{account_policy}, networks_{network_policy};
};

}  // namespace parvis
