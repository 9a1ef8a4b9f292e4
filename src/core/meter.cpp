#include "core/meter.h"

#include <unordered_map>

#include "core/civil_time.h"
#include "core/periodic.h"
#include "platform/log.h"

namespace parvis {
namespace reasons {
inline constexpr Reason period_malformed{Code::invalid, "period_malformed",
                                         "Choisissez une période d’un mois au plus.",
                                         "Choose a period of at most one month."};
}  // namespace reasons

namespace {

using store::Statement;

constexpr int64_t hour_ms = 3'600'000;
constexpr size_t max_counters = 200'000;  // then a flush is made early

const Statement add{
    "meter.add",
    "insert into meter(hour, person, tool, traffic, path, bytes_in, bytes_out) "
    "values ($1, $2, $3, $4, $5, $6, $7) on conflict (person, hour, tool, traffic, path) do update set "
    "bytes_in = meter.bytes_in + excluded.bytes_in, bytes_out = meter.bytes_out + excluded.bytes_out"};
const Statement forget{"meter.forget", "delete from meter where hour < $1"};
const Statement sums_since{"meter.sums_since",
                           "select person, cast(sum(bytes_in) as bigint), cast(sum(bytes_out) as bigint) "
                           "from meter where hour >= $1 group by person"};
const Statement of_person{
    "meter.of_person",
    "select hour, tool, traffic, path, bytes_in, bytes_out from meter "
    "where person = $1 and hour >= $2 and hour < $3 order by hour, tool, traffic, path"};
const Statement of_everybody{
    "meter.of_everybody",
    "select tool, traffic, cast(sum(bytes_in) as bigint), cast(sum(bytes_out) as bigint) from meter "
    "where person <> '' and hour >= $1 and hour < $2 "
    "group by tool, traffic having count(distinct person) >= $3 order by tool, traffic"};

struct Key {
  int64_t hour = 0;
  PersonId person;
  std::string tool;
  http::TrafficClass traffic{};
  std::string path;
  bool operator==(const Key&) const = default;
};
struct KeyHash {
  size_t operator()(const Key& key) const {
    size_t hash = std::hash<std::string>()(key.tool) * 31 + std::hash<std::string>()(key.path);
    hash = hash * 31 + static_cast<size_t>(key.hour) * 5 + static_cast<size_t>(key.traffic);
    return hash ^ IdHash()(key.person);
  }
};
using Counters = std::unordered_map<Key, Meter::Sum, KeyHash>;

std::string optional_text(PersonId person) { return person.empty() ? std::string() : person.text(); }

Result<void> check_period(int64_t from_day, int64_t to_day) {
  if (from_day > to_day || to_day - from_day >= Meter::max_report_days)
    return fail(reasons::period_malformed);
  return {};
}

class StoredMeter final : public Meter {
 public:
  StoredMeter(Env& env, store::Database& database)
      : env_(env), database_(database), flushing_(env.loop, seconds_us(60), [this] { spawn(flush()); }) {}

  Task<Result<void>> load();
  void count(PersonId person, std::string_view tool, http::TrafficClass traffic, std::string_view path,
             uint64_t bytes_in, uint64_t bytes_out) override;
  Sum today(PersonId person) override;
  Task<Result<std::vector<Line>>> report(PersonId person, int64_t from_day, int64_t to_day) override;
  Task<Result<std::vector<Line>>> instance_report(int64_t from_day, int64_t to_day) override;
  Task<void> flush() override;

 private:
  int64_t hour_now() { return env_.clock.now().ms / hour_ms; }
  void turn_day(int64_t hour);

  Env& env_;
  store::Database& database_;
  Counters counters_;
  std::unordered_map<PersonId, Sum> today_;
  int64_t today_from_ = 0, today_until_ = 0;  // UTC hours
  Periodic flushing_;
};

Task<Result<void>> StoredMeter::load() {
  turn_day(hour_now());
  auto rows =
      CO_TRY(co_await database_.read([from = today_from_](store::Reader& reader) -> Result<store::Rows> {
        return reader.query(sums_since, from);
      }));
  for (size_t i = 0; i < rows.size(); ++i) {
    auto person = PersonId::parse(rows.text(i, 0));
    if (!person) continue;
    today_[*person] = {static_cast<uint64_t>(rows.integer(i, 1)), static_cast<uint64_t>(rows.integer(i, 2))};
  }
  co_return Result<void>();
}

void StoredMeter::turn_day(int64_t hour) {
  if (hour >= today_from_ && hour < today_until_) return;
  int64_t day = paris_hour(hour).day;
  today_from_ = first_hour_of_paris_day(day);
  today_until_ = first_hour_of_paris_day(day + 1);
  today_.clear();
}

void StoredMeter::count(PersonId person, std::string_view tool, http::TrafficClass traffic,
                        std::string_view path, uint64_t bytes_in, uint64_t bytes_out) {
  if (bytes_in == 0 && bytes_out == 0) return;
  int64_t hour = hour_now();
  auto& sum = counters_[{hour, person, std::string(tool), traffic, std::string(path)}];
  sum.bytes_in += bytes_in;
  sum.bytes_out += bytes_out;
  if (!person.empty()) {
    turn_day(hour);
    auto& today = today_[person];
    today.bytes_in += bytes_in;
    today.bytes_out += bytes_out;
  }
  if (counters_.size() >= max_counters) spawn(flush());
}

Meter::Sum StoredMeter::today(PersonId person) {
  turn_day(hour_now());
  auto found = today_.find(person);
  return found == today_.end() ? Sum{} : found->second;
}

Task<void> StoredMeter::flush() {
  if (counters_.empty()) co_return;
  Counters batch = std::exchange(counters_, {});
  int64_t oldest = hour_now() - keep_days * 24;
  auto written = co_await database_.write([batch, oldest](store::Transaction& transaction) -> Result<void> {
    for (auto& [key, sum] : batch) {
      TRY(transaction.execute(add, key.hour, optional_text(key.person), key.tool, key.traffic, key.path,
                              sum.bytes_in, sum.bytes_out));
    }
    TRY(transaction.execute(forget, oldest));
    return {};
  });
  if (written) co_return;
  log_event(Level::warning, "meter.flush_failed", {{"error", written.error().reason->id}});
  if (counters_.size() + batch.size() > 2 * max_counters) co_return;  // bounded while the disk is full
  for (auto& [key, sum] : batch) {
    auto& kept = counters_[key];
    kept.bytes_in += sum.bytes_in;
    kept.bytes_out += sum.bytes_out;
  }
}

Task<Result<std::vector<Meter::Line>>> StoredMeter::report(PersonId person, int64_t from_day,
                                                           int64_t to_day) {
  CO_TRY(check_period(from_day, to_day));
  co_await flush();
  int64_t from = first_hour_of_paris_day(from_day), until = first_hour_of_paris_day(to_day + 1);
  auto rows = CO_TRY(co_await database_.read([who = person.text(), from, until](store::Reader& reader) {
    return reader.query(of_person, who, from, until);
  }));
  std::vector<Line> lines;
  for (size_t i = 0; i < rows.size(); ++i) {
    auto local = paris_hour(rows.integer(i, 0));
    lines.push_back({local.day, local.hour, std::string(rows.text(i, 1)),
                     static_cast<http::TrafficClass>(rows.integer(i, 2)), std::string(rows.text(i, 3)),
                     static_cast<uint64_t>(rows.integer(i, 4)), static_cast<uint64_t>(rows.integer(i, 5))});
  }
  co_return lines;
}

Task<Result<std::vector<Meter::Line>>> StoredMeter::instance_report(int64_t from_day, int64_t to_day) {
  CO_TRY(check_period(from_day, to_day));
  co_await flush();
  co_return co_await database_.read([from_day, to_day](store::Reader& reader) -> Result<std::vector<Line>> {
    std::vector<Line> lines;
    for (int64_t day = from_day; day <= to_day; ++day) {
      auto rows = TRY(reader.query(of_everybody, first_hour_of_paris_day(day),
                                   first_hour_of_paris_day(day + 1), min_people));
      for (size_t i = 0; i < rows.size(); ++i) {
        lines.push_back(
            {day, 0, std::string(rows.text(i, 0)), static_cast<http::TrafficClass>(rows.integer(i, 1)), "",
             static_cast<uint64_t>(rows.integer(i, 2)), static_cast<uint64_t>(rows.integer(i, 3))});
      }
    }
    return lines;
  });
}

}  // namespace

std::string_view traffic_name(http::TrafficClass traffic) {
  switch (traffic) {
    case http::TrafficClass::interactive:
      return "interactive";
    case http::TrafficClass::media:
      return "media";
    case http::TrafficClass::bulk:
      return "bulk";
    case http::TrafficClass::background:
      return "background";
  }
  return "interactive";
}

Task<Result<std::unique_ptr<Meter>>> load_meter(Env& env, store::Database& database) {
  auto meter = std::make_unique<StoredMeter>(env, database);
  CO_TRY(co_await meter->load());
  co_return std::unique_ptr<Meter>(std::move(meter));
}

}  // namespace parvis
