#include "store/testing.h"

#include <cstdlib>
#include <filesystem>

#include "base/check.h"

namespace parvis::store {

TestDirectory::TestDirectory() {
  std::string pattern = std::filesystem::temp_directory_path() / "parvis-test-XXXXXX";
  CHECK(::mkdtemp(pattern.data()));
  path_ = pattern;
}

TestDirectory::~TestDirectory() { std::filesystem::remove_all(path_); }

TestDatabase::TestDatabase(DatabaseOptions options) : options_(std::move(options)), env_(make_system_env()) {
  if (options_.url.empty()) options_.url = "sqlite:" + directory_.path() + "/test.db";
  reopen();
}

TestDatabase::~TestDatabase() { close(); }

void TestDatabase::close() {
  if (!database_) return;
  run_task(env_->loop, database_->close());
  database_.reset();
}

void TestDatabase::reopen() {
  close();
  auto opened = open_database(*env_, options_);
  if (!opened) std::fprintf(stderr, "%s\n", opened.error().detail.c_str());
  CHECK(opened);
  database_ = std::move(*opened);
}

void for_each_engine(const std::function<void(TestDatabase&)>& test) {
  TestDatabase sqlite;
  test(sqlite);
}

}  // namespace parvis::store
