#include "platform/log.h"

#include <time.h>
#include <unistd.h>

#include <atomic>
#include <mutex>

namespace parvis {

namespace {

std::atomic<Level> minimum_level = Level::info;
std::atomic<LogFormat> log_format = LogFormat::text;
std::atomic<LogSink> log_sink = write_log_to_stderr;
std::mutex write_mutex;  // lines never mix

constexpr std::string_view level_names[] = {"debug", "info", "warning", "error"};

void append_time(std::string& line) {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc;
  gmtime_r(&now.tv_sec, &utc);
  char text[40];
  size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  size += static_cast<size_t>(
      std::snprintf(text + size, sizeof text - size, ".%03dZ", static_cast<int>(now.tv_nsec / 1'000'000)));
  line.append(text, size);
}

/// JSON string syntax; also what a quoted text value looks like. Control bytes cannot forge a second line.
void append_quoted(std::string& line, std::string_view value) {
  static constexpr char digits[] = "0123456789abcdef";
  line += '"';
  for (char c : value) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      line += "\\u00";
      line += digits[byte >> 4];
      line += digits[byte & 15];
    } else {
      line += c;
    }
  }
  line += '"';
}

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (char c : value) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
  }
  return false;
}

void append_value(std::string& line, const LogField& field, bool json) {
  if (auto* number = std::get_if<int64_t>(&field.value)) {
    line += std::to_string(*number);
  } else {
    auto text = std::get<std::string_view>(field.value);
    if (json || needs_quotes(text)) {
      append_quoted(line, text);
    } else {
      line += text;
    }
  }
}

std::string format_text(Level level, std::string_view name, std::initializer_list<LogField> fields) {
  std::string line;
  append_time(line);
  line.append(" ").append(level_names[static_cast<size_t>(level)]).append(" ").append(name);
  for (const LogField& field : fields) {
    line.append(" ").append(field.key).append("=");
    append_value(line, field, false);
  }
  line += '\n';
  return line;
}

std::string format_json(Level level, std::string_view name, std::initializer_list<LogField> fields) {
  std::string line = "{\"time\":\"";
  append_time(line);
  line.append("\",\"level\":\"").append(level_names[static_cast<size_t>(level)]).append("\",\"event\":");
  append_quoted(line, name);
  for (const LogField& field : fields) {
    line += ',';
    append_quoted(line, field.key);
    line += ':';
    append_value(line, field, true);
  }
  line += "}\n";
  return line;
}

}  // namespace

void set_log(Level minimum, LogFormat format) {
  minimum_level = minimum;
  log_format = format;
}

void set_log_sink(LogSink sink) { log_sink = sink; }

void write_log_to_stderr(std::string_view line) {
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

void log_event(Level level, std::string_view name, std::initializer_list<LogField> fields) {
  LogSink sink = log_sink;
  if (level < minimum_level || !sink) return;
  std::string line =
      log_format == LogFormat::json ? format_json(level, name, fields) : format_text(level, name, fields);
  std::lock_guard lock(write_mutex);
  sink(line);
}

}  // namespace parvis
