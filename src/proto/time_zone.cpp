#include "proto/time_zone.h"

#include <algorithm>

#include "proto/civil_days.h"

namespace parvis::proto {
namespace {

constexpr int64_t day_s = 86'400;
constexpr int64_t max_offset_s = 26 * 3600;
constexpr int64_t max_change_s = 167 * 3600;  // RFC 8536 section 3.3.1

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
bool leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

/// Reads a rule from left to right; the first mistake stops it for good.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}
  bool failed() const { return failed_; }
  bool done() const { return rest_.empty(); }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(char wanted) { failed_ |= !take(wanted); }
  int64_t number(int64_t low, int64_t high) {
    int64_t out = 0;
    size_t digits = 0;
    while (digits < rest_.size() && digits < 4 && rest_[digits] >= '0' && rest_[digits] <= '9')
      out = out * 10 + (rest_[digits++] - '0');
    rest_.remove_prefix(digits);
    failed_ |= digits == 0 || out < low || out > high;
    return failed_ ? low : out;
  }
  void name() {
    bool quoted = take('<');
    size_t length = 0;
    auto letter = [&](char c) {
      bool alphabetic = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      return alphabetic || (quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'));
    };
    while (length < rest_.size() && letter(rest_[length])) ++length;
    failed_ |= length < 3;
    rest_.remove_prefix(length);
    if (quoted) expect('>');
  }
  /// "-3", "+05:30", "2:00:00", in seconds.
  int64_t time(int64_t hours) {
    bool negative = take('-');
    if (!negative) take('+');
    int64_t out = number(0, hours) * 3600;
    if (take(':')) out += number(0, 59) * 60;
    if (take(':')) out += number(0, 59);
    return negative ? -out : out;
  }
  ZoneRule::Change change() {
    using Form = ZoneRule::Change::Form;
    ZoneRule::Change out;
    if (take('M')) {
      out.month = static_cast<int>(number(1, 12));
      expect('.');
      out.week = static_cast<int>(number(1, 5));
      expect('.');
      out.day = static_cast<int>(number(0, 6));
    } else {
      out.form = take('J') ? Form::julian : Form::zero_based;
      out.day = static_cast<int>(out.form == Form::julian ? number(1, 365) : number(0, 365));
    }
    if (take('/')) out.seconds = time(max_change_s / 3600);
    return out;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

int64_t day_of(const ZoneRule::Change& change, int year) {
  using Form = ZoneRule::Change::Form;
  int64_t first = days_from_civil(year, 1, 1);
  if (change.form == Form::zero_based) return first + change.day;
  if (change.form == Form::julian) return first + change.day - 1 + (leap(year) && change.day >= 60 ? 1 : 0);
  int64_t month = days_from_civil(year, change.month, 1);
  int64_t weekday = ((month + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  int64_t day = month + (change.day - weekday + 7) % 7 + (change.week - 1) * int64_t{7};
  int64_t next =
      change.month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, change.month + 1, 1);
  return day < next ? day : day - 7;
}

/// Big-endian numbers of a zone file, within its bounds.
class FileReader {
 public:
  explicit FileReader(ByteView bytes) : bytes_(bytes) {}
  bool has(size_t count) const { return bytes_.size() - at_ >= count; }
  void skip(size_t count) { at_ += count; }
  uint8_t byte() { return bytes_[at_++]; }
  uint32_t number() {
    uint32_t out = 0;
    for (int i = 0; i < 4; ++i) out = out << 8 | byte();
    return out;
  }
  int64_t long_number() {
    uint64_t high = number();
    return static_cast<int64_t>(high << 32 | number());
  }
  std::string_view rest() const {
    return {reinterpret_cast<const char*>(bytes_.data()) + at_, bytes_.size() - at_};
  }

 private:
  ByteView bytes_;
  size_t at_ = 0;
};

struct Header {
  uint8_t version = 0;
  size_t ut_marks = 0, standard_marks = 0, leaps = 0, times = 0, types = 0, letters = 0;
  size_t block_bytes(size_t time_bytes) const {
    return times * (time_bytes + 1) + types * 6 + letters + leaps * (time_bytes + 4) + standard_marks +
           ut_marks;
  }
};

std::optional<Header> read_header(FileReader& in) {
  if (!in.has(44) || in.number() != 0x545a'6966) return std::nullopt;  // "TZif"
  Header out;
  out.version = in.byte();
  in.skip(15);
  for (size_t* count : {&out.ut_marks, &out.standard_marks, &out.leaps, &out.times, &out.types, &out.letters})
    *count = in.number();
  if (out.times > max_zone_transitions || out.types == 0 || out.types > 256 || out.letters > 4096 ||
      out.leaps > 4096 || out.ut_marks > out.types || out.standard_marks > out.types)
    return std::nullopt;
  return out;
}

}  // namespace

std::optional<ZoneRule> parse_zone_rule(std::string_view text) {
  if (text.size() > max_zone_rule_bytes) return std::nullopt;
  RuleReader in(text);
  ZoneRule out;
  in.name();
  out.offset_s = -in.time(24);
  if (in.done()) return in.failed() ? std::nullopt : std::optional(out);
  out.summer = true;
  in.name();
  out.summer_offset_s = out.offset_s + 3600;
  if (!in.take(',')) {
    out.summer_offset_s = -in.time(24);
    in.expect(',');
  }
  out.begins = in.change();
  in.expect(',');
  out.ends = in.change();
  if (in.failed() || !in.done()) return std::nullopt;
  return out;
}

int64_t ZoneRule::offset_at(int64_t at_s) const {
  if (!summer) return offset_s;
  int year = civil_from_days(floor_divide(at_s + offset_s, day_s)).year;
  // Clocks show one time before each change and the other after it.
  auto begin = [&](int y) { return day_of(begins, y) * day_s + begins.seconds - offset_s; };
  auto end = [&](int y) { return day_of(ends, y) * day_s + ends.seconds - summer_offset_s; };
  int64_t begun = begin(year), ended = end(year);
  bool now = begun < ended ? at_s >= begun && at_s < ended : at_s >= begun || at_s < ended;
  return now ? summer_offset_s : offset_s;
}

std::optional<TimeZone> TimeZone::parse(ByteView file) {
  if (file.size() > max_zone_file_bytes) return std::nullopt;
  FileReader in(file);
  auto old = read_header(in);
  if (!old || old->version < '2' || !in.has(old->block_bytes(4))) return std::nullopt;
  in.skip(old->block_bytes(4));
  auto header = read_header(in);
  if (!header || !in.has(header->block_bytes(8))) return std::nullopt;
  TimeZone out{ZoneRule{}};
  for (size_t i = 0; i < header->times; ++i) out.transitions_.push_back({in.long_number(), 0});
  std::vector<uint8_t> types;
  for (size_t i = 0; i < header->times; ++i) types.push_back(in.byte());
  std::vector<int64_t> offsets;
  for (size_t i = 0; i < header->types; ++i) {
    auto offset = static_cast<int32_t>(in.number());
    in.skip(2);
    if (offset < -max_offset_s || offset > max_offset_s) return std::nullopt;
    offsets.push_back(offset);
  }
  in.skip(header->letters + header->leaps * 12 + header->standard_marks + header->ut_marks);
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] >= offsets.size()) return std::nullopt;
    out.transitions_[i].offset_s = offsets[types[i]];
    if (i > 0 && out.transitions_[i].at_s <= out.transitions_[i - 1].at_s) return std::nullopt;
  }
  out.first_offset_s_ = offsets[0];
  std::string_view footer = in.rest();
  if (footer.size() < 2 || footer.front() != '\n') return std::nullopt;
  footer.remove_prefix(1);
  auto end = footer.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  out.rule_ = end == 0 ? std::nullopt : parse_zone_rule(footer.substr(0, end));
  if (end > 0 && !out.rule_) return std::nullopt;
  return out;
}

int64_t TimeZone::offset_s(Instant at) const {
  int64_t at_s = floor_divide(at.ms, 1000);
  auto after = std::ranges::upper_bound(transitions_, at_s, {}, &Transition::at_s);
  if (after == transitions_.end() && rule_) return rule_->offset_at(at_s);
  return after == transitions_.begin() ? first_offset_s_ : std::prev(after)->offset_s;
}

TimeZone::Local TimeZone::local(Instant at) const {
  int64_t shown = at.ms + offset_s(at) * 1000;
  int64_t day = floor_divide(shown, day_s * 1000);
  return {day, shown - day * day_s * 1000};
}

Instant TimeZone::instant(int64_t day, int64_t ms_of_day) const {
  int64_t shown = day * day_s * 1000 + ms_of_day;
  // A day before and after, whatever changes between is one of these two.
  int64_t early = offset_s({shown - day_s * 1000}), late = offset_s({shown + day_s * 1000});
  for (int64_t offset : {early, late}) {
    if (offset_s({shown - offset * 1000}) == offset) return {shown - offset * 1000};
  }
  return {shown - early * 1000};
}

}  // namespace parvis::proto
