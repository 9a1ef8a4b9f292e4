#pragma once
// Structured logs: one line of key=value (or JSON) per event. Never message content, never secrets.
// Thread-safe.
//   log_event(Level::warning, "login.throttled", {{"network", prefix}, {"retry_ms", 3000}});
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace parvis {

enum class Level : uint8_t { debug, info, warning, error };

struct LogField {
  std::string_view key;
  std::variant<std::string_view, int64_t> value;
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  template <class Number>
    requires std::is_integral_v<Number>
  LogField(std::string_view k, Number v) : key(k), value(static_cast<int64_t>(v)) {}
};

enum class LogFormat : uint8_t { text, json };

void set_log(Level minimum, LogFormat format);
/// Where finished lines go (with their newline); stderr by default, null for none. For tests and the
/// simulator.
using LogSink = void (*)(std::string_view line);
void set_log_sink(LogSink sink);
void write_log_to_stderr(std::string_view line);
void log_event(Level level, std::string_view name, std::initializer_list<LogField> fields = {});

}  // namespace parvis
