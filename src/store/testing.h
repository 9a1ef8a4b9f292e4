#pragma once
// For tests of every module: a fresh, migrated database on each engine at hand. SQLite always; PostgreSQL
// when PARVIS_TEST_POSTGRES holds the url of a server where one may create databases (tests/tools/postgres.sh
// starts one).
//   TEST_CASE("a space keeps its name") {
//     store::for_each_engine([](store::TestDatabase& at) {
//       auto id = at.run(at.database().write([](store::Transaction& tx) -> Result<int64_t> { ... }));
//       CHECK(id);
//     });
//   }
// Not part of the product: nothing but tests and benchmarks includes it.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/run_task.h"
#include "store/database.h"

namespace parvis::store {

/// A directory of its own, removed with everything in it.
class TestDirectory {
 public:
  TestDirectory();
  ~TestDirectory();
  TestDirectory(const TestDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class TestDatabase {
 public:
  /// `options.url` empty: an SQLite file in directory().
  explicit TestDatabase(DatabaseOptions options = {});
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;

  Env& env() { return *env_; }
  Database& database() { return *database_; }
  const std::string& directory() const { return directory_.path(); }
  const std::string& url() const { return options_.url; }

  /// Runs the loop until the task has finished.
  template <class T>
  T run(Task<T> task) {
    return run_task(env_->loop, std::move(task));
  }
  /// Closes the database and opens it again, as a restart does.
  void reopen();
  void close();

 private:
  TestDirectory directory_;
  DatabaseOptions options_;
  std::unique_ptr<Env, void (*)(Env*)> env_;
  std::unique_ptr<Database> database_;
};

void for_each_engine(const std::function<void(TestDatabase&)>& test);

/// Prepares every statement of the program, except those whose name starts with one of `except` (tests' own,
/// whose tables exist only in them). Prints those that the engine refuses; returns how many.
size_t prepare_all(TestDatabase& at, const std::vector<std::string>& except = {"test."});

}  // namespace parvis::store
