#pragma once
// Every byte attributed: person × tool × class × network path × hour × direction. Counters in memory, flushed
// each minute and at stop (a crash loses at most that minute). A person's counters are private to them;
// administrators see sums over at least ten people. Loop thread only.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.h"
#include "core/http/router.h"
#include "store/database.h"

namespace parvis {

class Meter {
 public:
  virtual ~Meter() = default;
  /// `person` may be empty: nobody signed in. `tool` is one of a few names written in the routes.
  virtual void count(PersonId person, std::string_view tool, http::TrafficClass traffic,
                     std::string_view path, uint64_t bytes_in, uint64_t bytes_out) = 0;

  struct Sum {
    uint64_t bytes_in = 0, bytes_out = 0;
  };
  /// Since midnight in Paris; from memory.
  virtual Sum today(PersonId person) = 0;

  struct Line {
    int64_t day = 0;  // since 1970-01-01, Paris
    int hour = 0;
    std::string tool;
    http::TrafficClass traffic = http::TrafficClass::interactive;
    std::string path;
    uint64_t bytes_in = 0, bytes_out = 0;
  };
  /// Days inclusive, at most max_report_days. reasons::period_malformed.
  virtual Task<Result<std::vector<Line>>> report(PersonId person, int64_t from_day, int64_t to_day) = 0;
  /// Sums over everybody by day and tool; what fewer than min_people share is left out. `path` is "", `hour`
  /// 0.
  virtual Task<Result<std::vector<Line>>> instance_report(int64_t from_day, int64_t to_day) = 0;

  virtual Task<void> flush() = 0;

  static constexpr int64_t min_people = 10;
  static constexpr int64_t max_report_days = 31;
  static constexpr int64_t keep_days = 180;
  /// What the header compares a day with: two hours of audio, a hundred messages, and a dozen documents
  /// opened.
  static constexpr uint64_t reference_bytes_per_day = 200'000'000;
};

std::string_view traffic_name(http::TrafficClass traffic);

/// The arguments must outlive the result. Loads today's sums.
Task<Result<std::unique_ptr<Meter>>> load_meter(Env& env, store::Database& database);

}  // namespace parvis
