// A real process to be killed: run.sh sends SIGKILL while it writes, and asks what is left.
//   kill_writer write DATABASE   prints the number of each row once it is acknowledged, without end
//   kill_writer check DATABASE   reads numbers from standard input; fails unless every one is stored and the
//   file is sound
#include <cstdio>
#include <cstring>

#include "platform/run_task.h"
#include "store/database.h"
#include "store/sqlite_session.h"

using namespace parvis;
using namespace parvis::store;

namespace {

constexpr int writers = 16;

const Statement create_row{
    "kill.create", "create table if not exists kill_row(number bigint primary key, content text not null)"};
const Statement highest{"kill.highest", "select coalesce(max(number), 0) from kill_row"};
const Statement insert_row{"kill.insert", "insert into kill_row(number, content) values ($1, $2)"};
const Statement has_row{"kill.has", "select 1 from kill_row where number = $1"};

Task<void> write(Database& database, int64_t& next) {
  while (true) {
    int64_t number = next++;
    auto written = co_await database.write([number](Transaction& tx) -> Result<void> {
      TRY(tx.execute(insert_row, number, std::string(static_cast<size_t>(number % 3000), 'x')));
      return {};
    });
    if (!written) continue;
    std::printf("%lld\n", static_cast<long long>(number));
    std::fflush(stdout);
  }
}

int write_until_killed(const std::string& path) {
  auto env = make_system_env();
  auto opened = open_database(*env, {.url = "sqlite:" + path, .checkpoint_pages = 200});
  if (!opened) return 1;
  Database& database = **opened;
  auto first = run_task(env->loop, database.write([](Transaction& tx) -> Result<int64_t> {
    TRY(tx.execute(create_row));
    return TRY(tx.query(highest)).integer(0, 0) + 1;
  }));
  if (!first) return 1;
  env->loop.post([&] {
    for (int i = 0; i < writers; ++i) spawn(write(database, *first));
  });
  env->loop.run();
  return 0;
}

int check(const std::string& path) {
  auto env = make_system_env();
  auto session = SqliteSession::open(env->clock, {.path = path});
  if (!session || !(*session)->check_integrity()) {
    std::printf("the database is not sound\n");
    return 1;
  }
  size_t count = 0, lost = 0;
  char line[32];
  while (std::fgets(line, sizeof line, stdin)) {
    // The kill may have cut the last line.
    if (!std::strchr(line, '\n')) continue;
    auto rows = (*session)->query(has_row, int64_t{std::atoll(line)});
    ++count;
    lost += !rows || rows->empty();
  }
  std::printf("%zu acknowledged, %zu lost\n", count, lost);
  return lost == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  if (std::strcmp(arguments[1], "write") == 0) return write_until_killed(arguments[2]);
  return check(arguments[2]);
}
