#pragma once
// What goes into the database and what comes out: registered statements, parameters, rows.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"

namespace parvis::store {

/// One SQL text with $1..$n, in the portable subset (README.md). Static storage duration; registers itself,
/// so that a test prepares every statement of the program on both engines.
class Statement {
 public:
  /// `name` is unique: "space.insert". `postgres_sql` only where the engines cannot agree.
  Statement(std::string_view name, std::string_view sql, std::string_view postgres_sql = {});
  Statement(const Statement&) = delete;
  std::string_view name, sql, postgres_sql;
  size_t index;  // dense, for per-connection caches of prepared statements
  static const std::vector<const Statement*>& all();
};

/// A parameter: integer, real, text, blob, id or null. Views must outlive the call only. Text is valid UTF-8
/// without NUL (refused as reasons::malformed). An empty id is null.
class Parameter {
 public:
  using Variant = std::variant<std::monostate, int64_t, double, std::string_view, ByteView, RawId>;
  Parameter(std::nullptr_t) {}
  Parameter(std::nullopt_t) {}
  template <class Number>
    requires std::is_integral_v<Number> || std::is_enum_v<Number>
  Parameter(Number number) : value(static_cast<int64_t>(number)) {}
  Parameter(double number) : value(number) {}
  Parameter(std::string_view text) : value(text) {}
  Parameter(const char* text) : value(std::string_view(text)) {}
  Parameter(const std::string& text) : value(std::string_view(text)) {}
  Parameter(ByteView bytes) : value(bytes) {}
  Parameter(const Bytes& bytes) : value(ByteView(bytes)) {}
  Parameter(Instant instant) : value(instant.ms) {}
  Parameter(const RawId& id) {
    if (!id.empty()) value = id;
  }
  template <class T>
  Parameter(const std::optional<T>& maybe) {
    if (maybe) value = Parameter(*maybe).value;
  }
  Variant value;
};

/// The result of a query, copied out of the engine: cells live as long as the Rows. Reading a cell as another
/// type than it has is a bug and aborts; booleans are integers.
class Rows {
 public:
  size_t size() const { return columns_ ? cells_.size() / columns_ : 0; }
  bool empty() const { return size() == 0; }
  bool is_null(size_t row, size_t column) const { return cell(row, column).type == Type::null; }
  int64_t integer(size_t row, size_t column) const;  // 0 for null
  bool boolean(size_t row, size_t column) const { return integer(row, column) != 0; }
  double real(size_t row, size_t column) const;            // 0 for null; takes integers too
  std::string_view text(size_t row, size_t column) const;  // "" for null
  ByteView blob(size_t row, size_t column) const;          // empty for null
  Instant instant(size_t row, size_t column) const { return {integer(row, column)}; }
  /// An id stored as its 26 characters; empty for null.
  template <class IdType>
  IdType id(size_t row, size_t column) const {
    return IdType(raw_id(row, column));
  }

  /// Beyond this the query fails with reasons::too_large: page it.
  static constexpr size_t max_bytes = 64 << 20;

  enum class Type : uint8_t { null, integer, real, text, blob };
  // For engines: rows are appended cell by cell.
  void set_columns(size_t columns) { columns_ = columns; }
  size_t bytes() const { return bytes_.size() + cells_.size() * sizeof(Cell); }
  void append_null();
  void append_integer(int64_t value);
  void append_real(double value);
  void append_bytes(Type type, ByteView bytes);

 private:
  struct Cell {
    Type type;
    uint32_t size;
    union {
      int64_t integer;
      double real;
      uint64_t offset;
    };
  };
  const Cell& cell(size_t row, size_t column) const;
  RawId raw_id(size_t row, size_t column) const;
  size_t columns_ = 0;
  std::vector<Cell> cells_;
  std::string bytes_;
};

}  // namespace parvis::store
