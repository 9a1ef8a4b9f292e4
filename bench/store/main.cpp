// Durable transactions per second, alone and with 64 producers, each waiting for its acknowledgement before
// it goes on. A transaction inserts one event of 300 bytes into a table with one index. Beside it: SQLite
// called directly with one commit per transaction and synchronous=NORMAL (fast, but a power cut loses
// acknowledged rows), and PostgreSQL.
//   bench_store [directory on the disk to measure] [seconds per line]
// PostgreSQL is measured when PARVIS_BENCH_POSTGRES names a fresh database:
//   PARVIS_POSTGRES_FSYNC=on tests/tools/postgres.sh start
// CPU is this process's; the PostgreSQL server's own comes on top.
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "store/sqlite_session.h"
#include "store/testing.h"

using namespace parvis;
using namespace parvis::store;

namespace {

const Statement create_event{
    "bench.create",
    "create table if not exists bench_event(id bigint primary key, room bigint not null, "
    "body text not null)"};
const Statement index_event{"bench.index", "create index if not exists bench_room on bench_event(room, id)"};
const Statement insert_event{
    "bench.insert", "insert into bench_event(id, room, body) values ($1, $2, $3) on conflict do nothing"};

struct Figures {
  double per_second = 0, cpu_us = 0;
};

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Load {
  Database& database;
  Loop& loop;
  Monotonic end;
  int64_t next_id = 1;
  size_t producing = 0;
};

Task<void> produce(Load& load) {
  const std::string body(300, 'e');
  while (load.loop.now() < load.end) {
    int64_t id = load.next_id++;
    auto written = co_await load.database.write(
        [id, &body](Transaction& tx) { return tx.execute(insert_event, id, id % 50, body); });
    if (!written) std::fprintf(stderr, "%s\n", written.error().detail.c_str());
  }
  if (--load.producing == 0) load.loop.stop();
}

Figures measure(TestDatabase& at, size_t producers, int64_t seconds) {
  static int64_t first_id = 1;
  auto created = at.run(at.database().write([](Transaction& tx) -> Result<void> {
    TRY(tx.execute(create_event));
    TRY(tx.execute(index_event));
    return {};
  }));
  if (!created) return {};
  Loop& loop = at.env().loop;
  Load load{at.database(), loop, loop.now() + seconds_us(seconds), first_id, producers};
  Monotonic start = loop.now();
  double cpu = cpu_seconds();
  loop.post([&] {
    for (size_t i = 0; i < producers; ++i) spawn(produce(load));
  });
  loop.run();
  auto count = static_cast<double>(load.next_id - first_id);
  first_id = load.next_id;
  return {.per_second = count * 1e6 / static_cast<double>(loop.now() - start),
          .cpu_us = (cpu_seconds() - cpu) * 1e6 / count};
}

// SQLite without queues, threads or a loop: the floor.
Figures measure_raw(Env& env, const std::string& path, bool durable, int64_t seconds) {
  auto session = SqliteSession::open(env.clock, {.path = path, .durable = durable});
  if (!session || !(*session)->run_script("create table bench_event(id integer primary key, room integer not "
                                          "null, body text not null) strict; "
                                          "create index bench_room on bench_event(room, id)")) {
    return {};
  }
  const std::string body(300, 'e');
  int64_t start = env.clock.now().ms, id = 0;
  double cpu = cpu_seconds();
  while (env.clock.now().ms - start < seconds * 1000) {
    ++id;
    if (!(*session)->begin() || !(*session)->execute(insert_event, id, id % 50, body) ||
        !(*session)->commit())
      return {};
  }
  auto count = static_cast<double>(id);
  return {.per_second = count * 1e3 / static_cast<double>(env.clock.now().ms - start),
          .cpu_us = (cpu_seconds() - cpu) * 1e6 / count};
}

void print(const char* name, size_t producers, const Figures& figures, const Figures& reference) {
  std::printf("%-34s %9zu %12.0f %10.1f %9.2f\n", name, producers, figures.per_second, figures.cpu_us,
              reference.per_second > 0 ? figures.per_second / reference.per_second : 1.0);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) ::setenv("TMPDIR", arguments[1], 1);
  int64_t seconds = count > 2 ? std::atoll(arguments[2]) : 5;
  std::printf("%-34s %9s %12s %10s %9s\n", "", "producers", "tx/s", "CPU us/tx", "ratio");
  TestDirectory directory;
  auto env = make_system_env();
  Figures raw = measure_raw(*env, directory.path() + "/normal.db", false, seconds);
  print("raw SQLite, NORMAL, not durable", 1, raw, raw);
  print("raw SQLite, FULL", 1, measure_raw(*env, directory.path() + "/full.db", true, seconds), raw);
  for (size_t producers : {size_t{1}, size_t{64}}) {
    TestDatabase at;
    print("Parvis on SQLite, durable", producers, measure(at, producers, seconds), raw);
  }
  const char* server = std::getenv("PARVIS_BENCH_POSTGRES");
  for (size_t producers : {size_t{1}, size_t{64}}) {
    if (!server || !*server) break;
    TestDatabase at({.url = server});
    print("Parvis on PostgreSQL, durable", producers, measure(at, producers, seconds), raw);
  }
  return 0;
}
