#pragma once
#include <string>

#include "base/result.h"

namespace parvis::store {

/// Copies the SQLite database at `from` to the new file `to`, whole and consistent, while others read and
/// write it. Blocking; a writer goes on meanwhile. reasons::conflict when `to` exists.
Result<void> backup_sqlite(const std::string& from, const std::string& to);

}  // namespace parvis::store
