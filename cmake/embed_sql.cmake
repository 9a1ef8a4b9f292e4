cmake_policy(VERSION 3.25)
# cmake -DSQL_DIR=... -DOUTPUT=... -P embed_sql.cmake: writes sql/*.sql as the C++ function embedded_migrations().
file(GLOB paths RELATIVE ${SQL_DIR} ${SQL_DIR}/*.sql)
list(SORT paths)
set(names "")
foreach(path ${paths})
  if(NOT path MATCHES "^([0-9][0-9][0-9]_[a-z0-9_]+)(\\.sqlite|\\.pg)?\\.sql$")
    message(FATAL_ERROR "sql/${path}: names are NNN_name.sql, NNN_name.sqlite.sql or NNN_name.pg.sql")
  endif()
  list(APPEND names ${CMAKE_MATCH_1})
endforeach()
list(REMOVE_DUPLICATES names)
set(numbers "")
set(entries "")
foreach(name ${names})
  string(SUBSTRING ${name} 0 3 digits)
  if(digits IN_LIST numbers)
    message(FATAL_ERROR "sql/: two migrations have the number ${digits}")
  endif()
  list(APPEND numbers ${digits})
  math(EXPR number "1${digits} - 1000")
  string(APPEND entries "    {${number}, \"${name}\"")
  foreach(suffix "" .sqlite .pg)
    set(text "")
    if(EXISTS ${SQL_DIR}/${name}${suffix}.sql)
      file(READ ${SQL_DIR}/${name}${suffix}.sql text)
      string(REPLACE "\r\n" "\n" text "${text}")
    endif()
    string(APPEND entries ",\n     R\"sql(${text})sql\"")
  endforeach()
  string(APPEND entries "},\n")
endforeach()
set(code "// Generated from sql/.
#include \"store/migrations.h\"

namespace parvis::store {

std::span<const Migration> embedded_migrations() {
  static constexpr Migration migrations[] = {
${entries}  };
  return migrations;
}

}  // namespace parvis::store
")
file(WRITE ${OUTPUT} "${code}")
