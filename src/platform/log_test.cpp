#include "platform/log.h"

#include <doctest/doctest.h>

#include <string>

namespace parvis {
namespace {

std::string captured;

struct Fixture {
  Fixture() {
    captured.clear();
    set_log_sink([](std::string_view line) { captured += line; });
  }
  ~Fixture() {
    set_log(Level::info, LogFormat::text);
    set_log_sink(write_log_to_stderr);
  }
  static std::string without_time() { return captured.substr(captured.find(' ') + 1); }
};

TEST_CASE_FIXTURE(Fixture, "one line of key=value per event; values cannot forge keys or lines") {
  log_event(Level::warning, "login.throttled",
            {{"network", "192.0.2.0/24"}, {"retry_ms", 3000}, {"agent", "a b=\"c\"\nforged"}, {"empty", ""}});
  CHECK_EQ(without_time(),
           "warning login.throttled network=192.0.2.0/24 retry_ms=3000 agent=\"a b=\\\"c\\\"\\u000aforged\" "
           "empty=\"\"\n");
}

TEST_CASE_FIXTURE(Fixture, "JSON lines") {
  set_log(Level::debug, LogFormat::json);
  log_event(Level::debug, "started", {{"port", 8080}, {"name", std::string("é\\")}});
  CHECK(captured.starts_with("{\"time\":\"2"));
  CHECK(captured.ends_with(
      "Z\",\"level\":\"debug\",\"event\":\"started\",\"port\":8080,\"name\":\"é\\\\\"}\n"));
}

TEST_CASE_FIXTURE(Fixture, "events below the minimum are not written") {
  log_event(Level::debug, "quiet");
  CHECK_EQ(captured, "");
  set_log(Level::error, LogFormat::text);
  log_event(Level::warning, "quiet");
  CHECK_EQ(captured, "");
}

}  // namespace
}  // namespace parvis
