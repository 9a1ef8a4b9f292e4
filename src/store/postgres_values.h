#pragma once
// PostgreSQL's binary forms of the types that the portable subset knows.
#include <libpq-fe.h>

#include <deque>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/statement.h"

namespace parvis::store {

/// The arrays that PQexecPrepared takes. Views stay with the caller; what had to be encoded is kept here.
class PostgresParameters {
 public:
  Result<void> add(const Parameter& parameter, Oid type);
  int count() const { return static_cast<int>(values_.size()); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  void add_view(std::string_view bytes, bool binary);
  void add_own(std::string bytes, bool binary);
  Result<void> add_integer(int64_t number, Oid type);

  std::vector<const char*> values_;
  std::vector<int> lengths_, formats_;
  std::deque<std::string> own_;
};

/// Appends one cell of a result in binary form.
Result<void> append_postgres_cell(Rows& rows, const PGresult* result, int row, int column);

}  // namespace parvis::store
