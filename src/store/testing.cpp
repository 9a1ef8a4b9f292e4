#include "store/testing.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/check.h"
#include "store/postgres_session.h"
#include "store/sqlite_session.h"

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

namespace {

// A database of its own on the tests' server, dropped at the end.
class TestPostgres {
 public:
  TestPostgres(Env& env, std::string server)
      : server_(std::move(server)), session_(*PostgresSession::open(env.clock, server_)) {
    name_ = "parvis_test_" + env.new_id<Id<struct TestTag>>().text();
    CHECK(session_->run_script("create database " + name_ +
                               " template template0 encoding 'UTF8' locale 'C.UTF-8'"));
  }
  ~TestPostgres() { CHECK(session_->run_script("drop database " + name_ + " with (force)")); }
  TestPostgres(const TestPostgres&) = delete;

  // "postgresql:///postgres?host=/run/x" names the server; its path is the database.
  std::string url() const {
    size_t host = server_.find("//") + 2, path = server_.find('/', host), query = server_.find('?', path);
    CHECK(path != std::string::npos);
    return server_.substr(0, path + 1) + name_ + (query == std::string::npos ? "" : server_.substr(query));
  }

 private:
  std::string server_;
  std::unique_ptr<PostgresSession> session_;
  std::string name_;
};

Result<std::unique_ptr<Session>> open_session(TestDatabase& at) {
  std::string_view url = at.url();
  if (url.starts_with("sqlite:"))
    return SqliteSession::open(at.env().clock, {.path = std::string(url.substr(7))});
  return PostgresSession::open(at.env().clock, at.url());
}

}  // namespace

size_t prepare_all(TestDatabase& at, const std::vector<std::string>& except) {
  auto session = open_session(at);
  CHECK(session);
  size_t refused = 0;
  for (const Statement* statement : Statement::all()) {
    auto excepted = [&](const std::string& prefix) { return statement->name.starts_with(prefix); };
    if (std::any_of(except.begin(), except.end(), excepted)) continue;
    auto prepared = (*session)->prepare(*statement);
    if (prepared) continue;
    ++refused;
    std::fprintf(stderr, "%s: %s\n", std::string((*session)->engine()).c_str(),
                 prepared.error().detail.c_str());
  }
  return refused;
}

void for_each_engine(const std::function<void(TestDatabase&)>& test) {
  {
    TestDatabase sqlite;
    test(sqlite);
  }
  const char* server = std::getenv("PARVIS_TEST_POSTGRES");
  if (!server || !*server) return;
  auto env = make_system_env();
  TestPostgres postgres(*env, server);
  TestDatabase database({.url = postgres.url()});
  test(database);
}

}  // namespace parvis::store
