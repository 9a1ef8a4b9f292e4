#pragma once
// JSON: Boost.JSON reads (bounded), Writer writes. This header is the one owner of <boost/json.hpp>.
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parvis::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

struct Limits {
  size_t max_bytes = 1 << 20;
  size_t max_depth = 32;
};

/// Refuses duplicate-free violations as Boost.JSON does (last one wins), invalid UTF-8, depth, size:
/// reasons::malformed or reasons::too_large. `detail` says where.
Result<Value> parse(std::string_view text, Limits limits = {});

/// Typed looks into an object; nullptr / nullopt when absent or of another type.
const Value* find(const Value& object, std::string_view key);
std::optional<std::string_view> text(const Value& object, std::string_view key);
std::optional<int64_t> integer(const Value& object, std::string_view key);
std::optional<bool> boolean(const Value& object, std::string_view key);
const Object* object(const Value& object, std::string_view key);
const Array* array(const Value& object, std::string_view key);

/// Appends JSON to a string without building a tree.
///   Writer w(out); w.begin_object().field("name",
///   name).key("tags").begin_array()...end_array().end_object();
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  Writer& begin_object() { return open('{'); }
  Writer& end_object() { return close('}'); }
  Writer& begin_array() { return open('['); }
  Writer& end_array() { return close(']'); }
  Writer& key(std::string_view name);
  Writer& value(std::string_view text);
  Writer& value(const char* text) { return value(std::string_view(text)); }
  Writer& value(const std::string& text) { return value(std::string_view(text)); }
  Writer& value(bool flag);
  Writer& value(int64_t number);
  Writer& value(int number) { return value(static_cast<int64_t>(number)); }
  Writer& value(size_t number) { return value(static_cast<int64_t>(number)); }
  Writer& value(double number);
  Writer& value(const Value& tree);
  Writer& null();
  /// `text` is already JSON.
  Writer& raw(std::string_view text);
  template <class T>
  Writer& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }

 private:
  Writer& open(char bracket);
  Writer& close(char bracket);
  void separate();
  std::string& out_;
  bool first_ = true;  // nothing written yet in the current object or array
  bool after_key_ = false;
};

/// Appends `text` quoted and escaped; invalid UTF-8 is replaced by U+FFFD.
void append_quoted(std::string& out, std::string_view text);

}  // namespace parvis::json
