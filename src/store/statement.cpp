#include "store/statement.h"

#include <mutex>

#include "base/check.h"

namespace parvis::store {
namespace {

// Function-local, so that it exists before any static Statement of any other file.
std::vector<const Statement*>& registry() {
  static std::vector<const Statement*> statements;
  return statements;
}

std::mutex& registry_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

Statement::Statement(std::string_view statement_name, std::string_view text, std::string_view postgres_text)
    : name(statement_name), sql(text), postgres_sql(postgres_text.empty() ? text : postgres_text) {
  std::lock_guard lock(registry_mutex());
  for (const Statement* other : registry()) CHECK(other->name != name);
  index = registry().size();
  registry().push_back(this);
}

const std::vector<const Statement*>& Statement::all() { return registry(); }

const Rows::Cell& Rows::cell(size_t row, size_t column) const {
  CHECK(column < columns_);
  return cells_[row * columns_ + column];
}

int64_t Rows::integer(size_t row, size_t column) const {
  const Cell& found = cell(row, column);
  if (found.type == Type::null) return 0;
  CHECK(found.type == Type::integer);
  return found.integer;
}

double Rows::real(size_t row, size_t column) const {
  const Cell& found = cell(row, column);
  if (found.type == Type::null) return 0;
  if (found.type == Type::integer) return static_cast<double>(found.integer);
  CHECK(found.type == Type::real);
  return found.real;
}

ByteView Rows::blob(size_t row, size_t column) const {
  const Cell& found = cell(row, column);
  if (found.type == Type::null) return {};
  CHECK(found.type == Type::text || found.type == Type::blob);
  return as_bytes(bytes_).subspan(found.offset, found.size);
}

std::string_view Rows::text(size_t row, size_t column) const { return as_text(blob(row, column)); }

RawId Rows::raw_id(size_t row, size_t column) const {
  if (is_null(row, column)) return {};
  auto id = parse_id(text(row, column));
  CHECK(id);
  return *id;
}

void Rows::append_null() { cells_.push_back({.type = Type::null, .size = 0, .integer = 0}); }
void Rows::append_integer(int64_t value) {
  cells_.push_back({.type = Type::integer, .size = 0, .integer = value});
}
void Rows::append_real(double value) { cells_.push_back({.type = Type::real, .size = 0, .real = value}); }
void Rows::append_bytes(Type type, ByteView bytes) {
  cells_.push_back({.type = type, .size = static_cast<uint32_t>(bytes.size()), .offset = bytes_.size()});
  bytes_.append(as_text(bytes));
}

}  // namespace parvis::store
