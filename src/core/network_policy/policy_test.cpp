#include <doctest/doctest.h>

#include <set>

#include "core/civil_time.h"
#include "core/network_policy/evaluate.h"
#include "core/network_policy/holidays.h"
#include "core/network_policy/zones.h"

namespace parvis {
namespace {

constexpr int64_t hour_ms = 3'600'000;

Instant utc(int year, int month, int day, int hour, int minute = 0, int second = 0) {
  return {days_from_civil(year, month, day) * 24 * hour_ms + hour * hour_ms + minute * 60'000 +
          second * 1000};
}

std::string window(const std::string& more) {
  return R"({"name":"Midi","days":["mon","tue","wed","thu","fri"],"start":"10:30","end":"15:30",
             "meetings":{"entry":"audio_slides","ceiling":"low_video"})" +
         more + "}";
}

ParsedPolicy parse(const std::string& text) { return parse_policy(*json::parse(text), french_zone); }
Policy policy(const std::string& windows, const std::string& more = "") {
  auto parsed = parse(R"({"windows":[)" + windows + "]" + more + "}");
  for (const auto& error : parsed.errors) CAPTURE(error.field);
  CHECK(parsed.errors.empty());
  return std::move(parsed.policy);
}
bool limited(const Policy& given, Instant now, std::string_view network = "rie") {
  return evaluate(given, now, network, false).limited();
}
std::set<std::string> mistakes(const std::string& text) {
  std::set<std::string> out;
  for (const auto& error : parse(text).errors) out.insert(error.field + ": " + std::string(error.reason->id));
  return out;
}

}  // namespace

TEST_CASE("a window begins and ends on the second, in summer and in winter") {
  auto given = policy(window(""));
  // Wednesday 8 July 2026, Paris is two hours ahead; Wednesday 2 December 2026, one.
  for (auto [month, day, ahead] : {std::tuple(7, 8, 2), std::tuple(12, 2, 1)}) {
    CAPTURE(month);
    CHECK_FALSE(limited(given, utc(2026, month, day, 10 - ahead, 29, 59)));
    CHECK(limited(given, utc(2026, month, day, 10 - ahead, 30)));
    CHECK(limited(given, utc(2026, month, day, 15 - ahead, 29, 59)));
    CHECK_FALSE(limited(given, utc(2026, month, day, 15 - ahead, 30)));
    auto applied = evaluate(given, utc(2026, month, day, 12 - ahead), "rie", false);
    CHECK(applied.until == utc(2026, month, day, 15 - ahead, 30));
    CHECK(applied.meetings.entry == MeetingMode::audio_slides);
    CHECK(applied.meetings.ceiling == MeetingMode::low_video);
  }
}

TEST_CASE("on the days when clocks change, hours are those that clocks show") {
  auto given = policy(R"({"name":"Dimanche","days":["sun"],"start":"01:00","end":"12:00"})");
  CHECK_FALSE(limited(given, utc(2026, 3, 28, 23, 59, 59)));
  CHECK(limited(given, utc(2026, 3, 29, 0)));
  CHECK(limited(given, utc(2026, 3, 29, 9, 59, 59)));
  CHECK_FALSE(limited(given, utc(2026, 3, 29, 10)));
  CHECK(limited(given, utc(2026, 10, 24, 23)));
  CHECK(limited(given, utc(2026, 10, 25, 10, 59, 59)));
  CHECK_FALSE(limited(given, utc(2026, 10, 25, 11)));
  auto skipped = policy(R"({"name":"Nuit","days":["sun"],"start":"02:00","end":"03:00"})");
  CHECK_FALSE(limited(skipped, utc(2026, 3, 29, 1)));  // the hour that does not exist
}

TEST_CASE("days off: Saturdays, public holidays, and those of the house") {
  auto given = policy(window(""), R"(,"days_off":["2026-12-24"])");
  CHECK_FALSE(limited(given, utc(2026, 7, 11, 10)));   // Saturday
  CHECK_FALSE(limited(given, utc(2026, 7, 14, 10)));   // Tuesday, a holiday
  CHECK_FALSE(limited(given, utc(2026, 12, 24, 11)));  // Thursday, the house is closed
  CHECK(limited(given, utc(2026, 12, 23, 11)));
  auto always = policy(window(R"(,"holidays":true)"));
  CHECK(limited(always, utc(2026, 7, 14, 10)));
  auto without = policy(window(""), R"(,"holidays":"none")");
  CHECK(limited(without, utc(2026, 7, 14, 10)));
}

TEST_CASE("the public holidays of some years") {
  auto day = [](int year, int month, int number) { return days_from_civil(year, month, number); };
  CHECK(easter(2024) == day(2024, 3, 31));
  CHECK(easter(2025) == day(2025, 4, 20));
  CHECK(easter(2026) == day(2026, 4, 5));
  CHECK(easter(2038) == day(2038, 4, 25));
  for (int64_t date : {day(2026, 4, 6), day(2026, 5, 14), day(2026, 5, 25), day(2026, 11, 11)})
    CHECK(is_french_holiday(date));
  int count = 0;
  for (int64_t date = day(2026, 1, 1); date < day(2027, 1, 1); ++date) count += is_french_holiday(date);
  CHECK(count == 11);
}

TEST_CASE("noon is where the window says") {
  auto reunion = policy(window(R"(,"zone":"Indian/Reunion")"));
  CHECK_FALSE(limited(reunion, utc(2026, 7, 8, 6, 29, 59)));
  CHECK(limited(reunion, utc(2026, 7, 8, 6, 30)));
  CHECK_FALSE(limited(reunion, utc(2026, 7, 8, 11, 30)));
  auto guadeloupe = policy(window(R"(,"zone":"America/Guadeloupe")"));
  CHECK(limited(guadeloupe, utc(2026, 7, 8, 14, 30)));
  CHECK_FALSE(limited(guadeloupe, utc(2026, 7, 8, 19, 30)));
  // Noumea's Monday morning is Sunday night in Paris.
  auto noumea = policy(window(R"(,"zone":"Pacific/Noumea")"));
  CHECK(limited(noumea, utc(2026, 7, 5, 23, 30)));
}

TEST_CASE("a window may be for some networks, and for some dates") {
  auto given = policy(window(R"(,"networks":["rie","vpn"],"from":"2026-07-01","to":"2026-07-08")"));
  CHECK(limited(given, utc(2026, 7, 8, 10), "vpn"));
  CHECK_FALSE(limited(given, utc(2026, 7, 8, 10), "internet"));
  CHECK_FALSE(limited(given, utc(2026, 7, 9, 10), "vpn"));
  CHECK_FALSE(limited(given, utc(2026, 6, 30, 10), "vpn"));
}

TEST_CASE("of windows that overlap the lightest meetings count, and urgency only where all allow it") {
  auto given = policy(window("") + R"(,{"name":"Crise","days":["wed"],"start":"11:00","end":"12:00",
      "meetings":{"entry":"audio","ceiling":"audio","urgent":false},"wait":["bulk"]})");
  auto applied = evaluate(given, utc(2026, 7, 8, 9, 30), "rie", false);
  CHECK(applied.window == "Crise");
  CHECK(applied.meetings == MeetingRule{MeetingMode::audio, MeetingMode::audio, false});
  CHECK(applied.wait == std::vector{http::TrafficClass::bulk});
  CHECK(evaluate(given, utc(2026, 7, 8, 10, 1), "rie", false).window == "Midi");
}

TEST_CASE("whoever needs images keeps them, and what will come is told") {
  auto given = policy(window(""));
  auto exempt = evaluate(given, utc(2026, 7, 8, 10), "rie", true);
  CHECK(exempt.meetings == MeetingRule{});
  CHECK_FALSE(exempt.limited());
  CHECK(applied_sentence(exempt, Language::french) ==
        "« Midi » s’applique jusqu’à 15 h 30, mais pas à vous : vous gardez les images.");
  auto applied = evaluate(given, utc(2026, 7, 8, 10), "rie", false);
  CHECK(applied_sentence(applied, Language::french) ==
        "« Midi », jusqu’à 15 h 30 : les visios commencent avec les sons et les écrans partagés.");
  auto evening = evaluate(given, utc(2026, 7, 10, 16), "rie", false);
  CHECK(evening.next == utc(2026, 7, 13, 8, 30));  // Monday
  CHECK(applied_sentence(evening, Language::english) == "No rule limits the network now.");
}

TEST_CASE("what is written is read again as it was") {
  auto given =
      policy(window(R"(,"networks":["rie"],"from":"2026-07-01","zone":"Indian/Reunion","wait":["bulk"])"),
             R"(,"networks":[{"label":"rie","range":"10.0.0.0/8"}],"days_off":["2026-12-24"])");
  auto text = write_policy(given);
  auto again = parse(text);
  CHECK(again.errors.empty());
  CHECK(write_policy(again.policy) == text);
  CHECK(parse(write_policy(first_policy({}, french_zone))).errors.empty());
}

TEST_CASE("each mistake is told where it is") {
  CHECK(mistakes("[]") == std::set<std::string>{": wrong_type"});
  CHECK(
      mistakes(
          R"({"window":[],"holidays":"de","days_off":["2026-02-30"],"networks":[{"label":"RIE","range":"x"}]})") ==
      std::set<std::string>{"window: unknown_field", "holidays: calendar", "days_off[0]: date",
                            "networks[0].label: label", "networks[0].range: range"});
  CHECK(mistakes(R"({"windows":[{"name":" ","days":["lundi"],"start":"25:00","end":"15h30","zone":"Mars/Base",
      "from":"2026-07-02","to":"2026-07-01","networks":["RIE"],"wait":["interactive"],
      "meetings":{"entry":"full","ceiling":"audio"}}]})") ==
        std::set<std::string>{"windows[0].name: name", "windows[0].days: days", "windows[0].days[0]: days",
                              "windows[0].start: time", "windows[0].end: time", "windows[0].zone: zone",
                              "windows[0].to: order", "windows[0].networks[0]: label",
                              "windows[0].wait[0]: wait", "windows[0].meetings.entry: above_ceiling"});
  CHECK(mistakes(R"({"windows":[{"name":"x","days":["mon"],"start":"15:30","end":"10:30"}]})") ==
        std::set<std::string>{"windows[0].end: order"});
}

TEST_CASE("lists are bounded") {
  std::string many = R"({"days_off":[)";
  for (size_t i = 0; i <= PolicyLimits::days_off; ++i) many += std::string(i ? "," : "") + "\"2026-01-01\"";
  CHECK(mistakes(many + "]}") == std::set<std::string>{"days_off: too_many"});
  std::string wrong = R"({"windows":[)";
  for (size_t i = 0; i < PolicyLimits::windows; ++i) wrong += std::string(i ? "," : "") + "{}";
  CHECK(parse(wrong + "]}").errors.size() == PolicyLimits::errors);
}

}  // namespace parvis
