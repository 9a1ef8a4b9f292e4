#include "core/people/login_throttle.h"

#include <algorithm>

#include "core/people/reasons.h"

namespace parvis {

std::string network_prefix(std::string_view address) {
  if (address.starts_with("::ffff:") && address.find('.') != std::string_view::npos) address.remove_prefix(7);
  if (address.find(':') == std::string_view::npos) {
    size_t dot = address.rfind('.');
    if (dot == std::string_view::npos) return std::string(address);
    return std::string(address.substr(0, dot)) + ".0/24";
  }
  // First three groups; a "::" before them means they are zero.
  std::string out;
  size_t groups = 0;
  size_t at = 0;
  while (groups < 3 && at < address.size()) {
    size_t colon = std::min(address.find(':', at), address.size());
    if (colon == at) break;
    out.append(address.substr(at, colon - at)) += ':';
    ++groups;
    at = colon + 1;
  }
  return out + (groups == 0 ? "::/48" : ":/48");
}

LoginThrottle::Entry* LoginThrottle::Table::find(const std::string& key, Monotonic now) {
  auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  Entry& entry = *found->second;
  if (now - entry.last > millis_us(forget_after_ms)) {
    entry.failures = 0;
    entry.not_before = {};
  }
  return &entry;
}

int64_t LoginThrottle::Table::wait_ms(const std::string& key, Monotonic now) {
  Entry* entry = find(key, now);
  if (!entry || entry->failures < policy_.free_attempts || entry->not_before <= now) return 0;
  return (entry->not_before - now + 999) / 1000;
}

void LoginThrottle::Table::attempt(const std::string& key, Monotonic now) {
  Entry* entry = find(key, now);
  if (!entry) {
    if (entries_.size() >= max_entries) {
      by_key_.erase(entries_.back().key);
      entries_.pop_back();
    }
    entries_.push_front({key, 0, now, {}});
    by_key_.emplace(entries_.front().key, entries_.begin());
    entry = &entries_.front();
  } else {
    entries_.splice(entries_.begin(), entries_, by_key_.find(key)->second);
  }
  entry->failures++;
  entry->last = now;
  int over = std::min(entry->failures - policy_.free_attempts, 20);
  if (over >= 0) {
    int64_t delay_ms = std::min(policy_.first_delay_ms << over, policy_.max_delay_ms);
    entry->not_before = now + millis_us(delay_ms);
  }
}

void LoginThrottle::Table::forgive(const std::string& key, bool all) {
  auto found = by_key_.find(key);
  if (found == by_key_.end()) return;
  Entry& entry = *found->second;
  entry.failures = all ? 0 : std::max(0, entry.failures - 1);
  if (all) entry.not_before = {};
}

Result<void> LoginThrottle::begin(const std::string& account, const std::string& network, Monotonic now) {
  std::string pair = account + " " + network;
  int64_t wait =
      std::max({pairs_.wait_ms(pair, now), accounts_.wait_ms(account, now), networks_.wait_ms(network, now)});
  if (wait > 0) return fail(reasons::login_throttled, "login throttled", wait);
  pairs_.attempt(pair, now);
  accounts_.attempt(account, now);
  networks_.attempt(network, now);
  return {};
}

void LoginThrottle::succeeded(const std::string& account, const std::string& network) {
  pairs_.forgive(account + " " + network, true);
  // Only this attempt: one valid account must not wipe a network's record of guesses.
  accounts_.forgive(account, false);
  networks_.forgive(network, false);
}

}  // namespace parvis
