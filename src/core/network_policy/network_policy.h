#pragma once
// The network policy that is in force, its history, who is exempt, and what was done beyond it. In memory,
// changed by commands that commit first. Loop thread only.
#include <memory>
#include <string>
#include <vector>

#include "core/events.h"
#include "core/network_policy/evaluate.h"
#include "platform/env.h"
#include "store/database.h"

namespace parvis {

class NetworkPolicy {
 public:
  static constexpr size_t max_note_bytes = 500;
  static constexpr size_t max_reason_bytes = 300;
  static constexpr int64_t kept_versions = 1'000;
  static constexpr int64_t history_page = 50;
  static constexpr int64_t count_overrides_for_ms = 30LL * 24 * 3'600'000;

  virtual ~NetworkPolicy() = default;

  /// The policy, or who is exempt from it, is another now.
  struct Changed {};
  Topic<Changed> changed;

  struct Version {
    int64_t version = 0;
    std::string document;  // JSON
    PersonId author;       // empty: the house itself
    std::string note;
    Instant created_at;
  };
  virtual const Policy& current() const = 0;
  virtual const Version& version() const = 0;
  /// Of a network address; the view lives as long as this object.
  virtual std::string_view network(std::string_view address) const = 0;
  virtual Applied applied(std::string_view network, bool exempt) const = 0;

  /// Puts a document in force. `errors` says what is wrong with it when the answer is
  /// policy_reasons::invalid; policy_reasons::outdated when `expected` is not the version in force.
  virtual Task<Result<void>> change(json::Value document, int64_t expected, std::string note, PersonId actor,
                                    std::string rule, std::vector<PolicyError>* errors) = 0;
  /// Newest first, without their documents.
  virtual Task<Result<std::vector<Version>>> history() = 0;
  virtual Task<Result<Version>> version_at(int64_t version) = 0;  // reasons::not_found

  virtual bool exempt(PersonId person) const = 0;
  virtual Task<Result<void>> set_exempt(PersonId person, bool exempt) = 0;

  /// What somebody does beyond the policy, and where: in a meeting, say.
  struct Override {
    PersonId person;
    SpaceId space;
    std::string subject, reason;
    Instant until;
  };
  /// Writes it down; it holds after a restart too. policy_reasons::reason_needed.
  virtual Task<Result<void>> go_beyond(Override act) = 0;
  /// The beginning of time when they don't.
  virtual Instant beyond_until(PersonId person, const std::string& subject) const = 0;
  virtual Task<Result<int64_t>> recent_overrides() = 0;
};

/// `seed` are the networks of a house that has no policy yet. The arguments must outlive the result.
Task<Result<std::unique_ptr<NetworkPolicy>>> load_network_policy(Env& env, store::Database& database,
                                                                 std::vector<NetworkRange> seed);

}  // namespace parvis
