#pragma once
// What a policy says now to somebody. Pure: the same arguments give the same answer.
#include "core/network_policy/policy.h"

namespace parvis {

struct Applied {
  MeetingRule meetings;
  std::string window;  // the name of what decided; "" = nothing limits
  std::string network;
  bool exempt = false;                           // a person's own setting stands above every rule
  std::vector<http::TrafficClass> wait;          // what should wait until then
  std::optional<Instant> until;                  // when the window that decided ends
  std::shared_ptr<const proto::TimeZone> clock;  // of that window
  std::optional<Instant> next;  // when the next one begins, within two weeks; nothing decides now

  bool limited() const { return !window.empty() && !exempt; }
};

/// Of windows that overlap, the lightest meetings count.
Applied evaluate(const Policy& policy, Instant now, std::string_view network, bool exempt);

/// Mondays to Fridays that are no days off …: a window on one local day.
bool occurs(const Policy& policy, const PolicyWindow& window, int64_t day);

/// One sentence for people: which rule, on which network, until when.
std::string applied_sentence(const Applied& applied, Language language);

/// What applies, as the API tells it (schema.ts: NetworkNow): fields of an object that the caller has begun.
void write_applied_fields(json::Writer& out, const Applied& applied, Language language);

}  // namespace parvis
