#include "base/json.h"

#include <fmt/format.h>

#include "base/utf8.h"

namespace parvis::json {

Result<Value> parse(std::string_view text, Limits limits) {
  if (text.size() > limits.max_bytes) return fail(reasons::too_large, "JSON text too long");
  boost::json::parse_options options;
  options.max_depth = limits.max_depth;
  boost::system::error_code error;
  boost::json::stream_parser parser({}, options);
  size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error) parser.finish(error);
  if (error) return fail(reasons::malformed, fmt::format("JSON, byte {}: {}", used, error.message()));
  if (text.find_first_not_of(" \t\r\n", used) != std::string_view::npos)
    return fail(reasons::malformed, fmt::format("JSON, byte {}: text after the value", used));
  return parser.release();
}

const Value* find(const Value& value, std::string_view key) {
  auto* members = value.if_object();
  return members ? members->if_contains(key) : nullptr;
}
std::optional<std::string_view> text(const Value& value, std::string_view key) {
  auto* member = find(value, key);
  if (!member || !member->is_string()) return std::nullopt;
  return std::string_view(member->get_string());
}
std::optional<int64_t> integer(const Value& value, std::string_view key) {
  auto* member = find(value, key);
  if (!member) return std::nullopt;
  if (auto* number = member->if_int64()) return *number;
  return std::nullopt;
}
std::optional<bool> boolean(const Value& value, std::string_view key) {
  auto* member = find(value, key);
  if (!member || !member->is_bool()) return std::nullopt;
  return member->get_bool();
}
const Object* object(const Value& value, std::string_view key) {
  auto* member = find(value, key);
  return member ? member->if_object() : nullptr;
}
const Array* array(const Value& value, std::string_view key) {
  auto* member = find(value, key);
  return member ? member->if_array() : nullptr;
}

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  size_t start = 0;
  auto flush = [&](size_t end) { out.append(text, start, end - start); };
  for (size_t i = 0; i < text.size();) {
    auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      size_t length = utf8::sequence_length(text.substr(i));
      if (length) {
        i += length;
        continue;
      }
      flush(i);
      out.append("\xEF\xBF\xBD");
      start = ++i;
      continue;
    }
    if (c >= 0x20 && c != '"' && c != '\\') {
      ++i;
      continue;
    }
    flush(i);
    switch (c) {
      case '"':
        out.append("\\\"");
        break;
      case '\\':
        out.append("\\\\");
        break;
      case '\n':
        out.append("\\n");
        break;
      case '\r':
        out.append("\\r");
        break;
      case '\t':
        out.append("\\t");
        break;
      case '\b':
        out.append("\\b");
        break;
      case '\f':
        out.append("\\f");
        break;
      default:
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    }
    start = ++i;
  }
  flush(text.size());
  out.push_back('"');
}

void Writer::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_.push_back(',');
  first_ = false;
}
Writer& Writer::open(char bracket) {
  separate();
  out_.push_back(bracket);
  first_ = true;
  return *this;
}
Writer& Writer::close(char bracket) {
  out_.push_back(bracket);
  first_ = false;
  return *this;
}
Writer& Writer::key(std::string_view name) {
  separate();
  append_quoted(out_, name);
  out_.push_back(':');
  after_key_ = true;
  return *this;
}
Writer& Writer::value(std::string_view text) {
  separate();
  append_quoted(out_, text);
  return *this;
}
Writer& Writer::value(bool flag) { return raw(flag ? "true" : "false"); }
Writer& Writer::value(int64_t number) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
  return *this;
}
Writer& Writer::value(double number) {
  separate();
  fmt::format_to(std::back_inserter(out_), "{}", number);
  return *this;
}
Writer& Writer::value(const Value& tree) { return raw(boost::json::serialize(tree)); }
Writer& Writer::null() { return raw("null"); }
Writer& Writer::raw(std::string_view text) {
  separate();
  out_.append(text);
  return *this;
}

}  // namespace parvis::json
