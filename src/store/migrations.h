#pragma once
// The schema: numbered scripts in sql/, embedded in the binary, applied in order, each in one transaction
// with its entry in the table `migration`. A file `NNN_name.sql` is for both engines; `NNN_name.sqlite.sql`
// and `NNN_name.pg.sql` follow it on their engine only. Files never change once released: their checksums are
// kept.
#include <span>
#include <string>
#include <string_view>

#include "store/session.h"

namespace parvis::store {

inline constexpr Reason schema_newer{Code::unavailable, "schema_newer",
                                     "La base de données vient d’une version plus récente de Parvis.",
                                     "The database comes from a newer version of Parvis."};
inline constexpr Reason schema_changed{Code::corrupt, "schema_changed",
                                       "La base de données ne correspond pas à cette version de Parvis.",
                                       "The database does not match this version of Parvis."};

struct Migration {
  int64_t number;
  std::string_view name;    // "010_people"
  std::string_view common;  // portable subset; empty when there is none
  std::string_view sqlite;
  std::string_view postgres;
};

/// Those of the source tree's sql/, by number.
std::span<const Migration> embedded_migrations();

/// Applies what is missing. Refuses a database that has a migration unknown here (schema_newer) or whose
/// script has changed since (schema_changed).
Result<void> migrate(Session& session, Clock& clock, std::span<const Migration> migrations);

/// The portable types as SQLite writes them, tables made strict: a wrong type fails on SQLite as it does on
/// PostgreSQL.
std::string portable_to_sqlite(std::string_view script);

}  // namespace parvis::store
