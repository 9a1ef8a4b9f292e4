// Power cuts: the simulated disk keeps what was synced and any mixture of the rest. Whatever the moment,
// nothing acknowledged is lost, nothing is half there, and the file is sound.
#include <cstdlib>
#include <set>

#include "platform/simulated/disk.h"
#include "platform/simulated/simulation.h"
#include "store/sqlite_session.h"
#include "store/sqlite_vfs.h"
#include "store/testing.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::store;

namespace {

const Statement create_row{
    "test.crash_create",
    "create table if not exists crash_row(writer bigint, number bigint, part bigint, content bytea, "
    "primary key (writer, number, part))"};
const Statement insert_row{"test.crash_insert",
                           "insert into crash_row(writer, number, part, content) values ($1, $2, $3, $4)"};
const Statement select_rows{"test.crash_select",
                            "select writer, number, count(*) from crash_row group by writer, number"};
const Statement count_events{"test.crash_events", "select count(*), coalesce(max(position), 0) from outbox"};

constexpr int writers = 4;
constexpr int parts = 3;  // rows of one transaction

struct Tally {
  size_t cuts = 0, acknowledged = 0, lost = 0, torn = 0, corrupt = 0;
};

// One machine that writes, loses power, starts again and compares, over and over.
class CrashRun {
 public:
  CrashRun(uint64_t seed, bool durable)
      : simulation_(seed), machine_(simulation_.add_machine("10.0.0.1")), durable_(durable) {}

  void run(int cuts, Tally& tally) {
    for (int i = 0; i < cuts; ++i) {
      machine_.disk().cut_power_after(simulation_.dice().skewed(500));
      machine_.run([&](Env& env) { boot(env); });
      simulation_.run_until([&] { return machine_.disk().power_cut(); }, seconds_us(20));
      machine_.crash();
      ++tally.cuts;
      if (!check(tally)) return;
    }
    tally.acknowledged += acknowledged_.size();
  }

 private:
  using Key = std::pair<int64_t, int64_t>;

  DatabaseOptions options() const {
    return {.url = "sqlite:/data/house.db", .through_fs = true, .durable = durable_, .checkpoint_pages = 30};
  }

  void boot(Env& env) {
    if (!env.fs.make_directories("/data")) return;
    auto opened = open_database(env, options());
    if (!opened) return;
    Database& database = machine_.keep(std::move(*opened));
    spawn(prepare(database));
    for (int writer = 0; writer < writers; ++writer) spawn(write(database, writer));
  }

  Task<void> prepare(Database& database) {
    (void)co_await database.write([](Transaction& tx) { return tx.execute(create_row); });
  }

  Task<void> write(Database& database, int writer) {
    while (!machine_.disk().power_cut()) {
      int64_t number = ++next_[writer];
      size_t size = simulation_.dice().skewed(3000);
      auto written = co_await database.write([writer, number, size](Transaction& tx) -> Result<void> {
        Bytes content(size, static_cast<uint8_t>(number));
        for (int part = 0; part < parts; ++part) TRY(tx.execute(insert_row, writer, number, part, content));
        TRY(tx.publish({.kind = "row"}));
        return {};
      });
      if (written) acknowledged_.insert({writer, number});
    }
  }

  // On the machine as it comes up again, before anything else writes.
  bool check(Tally& tally) {
    bool sound = false;
    machine_.run([&](Env& env) {
      if (!env.fs.make_directories("/data")) return;
      FsVfs vfs(env);
      auto session = SqliteSession::open(env.clock, {.path = "/data/house.db", .vfs = vfs.name()});
      if (!session) return;
      Result<void> integrity = (*session)->check_integrity();
      if (!integrity) return;
      sound = true;
      compare(**session, tally);
    });
    tally.corrupt += !sound;
    return sound;
  }

  void compare(SqliteSession& session, Tally& tally) {
    auto rows = session.query(select_rows);
    std::set<Key> found;
    for (size_t i = 0; rows && i < rows->size(); ++i) {
      found.insert({rows->integer(i, 0), rows->integer(i, 1)});
      if (rows->integer(i, 2) != parts) ++tally.torn;
    }
    size_t before = acknowledged_.size();
    std::erase_if(acknowledged_, [&](const Key& key) { return !found.contains(key); });
    tally.lost += before - acknowledged_.size();
    auto events = session.begin_read() ? session.query(count_events) : Result<Rows>(fail(reasons::internal));
    if (events && (events->integer(0, 0) != events->integer(0, 1))) ++tally.torn;
    session.end_read();
  }

  simulated::Simulation simulation_;
  simulated::Machine& machine_;
  bool durable_;
  int64_t next_[writers] = {};
  std::set<Key> acknowledged_;
};

Tally crash(uint64_t first_seed, int seeds, bool durable) {
  Tally tally;
  for (int i = 0; i < seeds; ++i) CrashRun(first_seed + static_cast<uint64_t>(i), durable).run(20, tally);
  return tally;
}

}  // namespace

TEST_CASE("thousands of power cuts lose nothing that was acknowledged, and never harm the file") {
  Tally tally = crash(1000, 100, true);
  MESSAGE("power cuts: ", tally.cuts, ", acknowledged: ", tally.acknowledged);
  CHECK(tally.cuts == 2000);
  CHECK(tally.acknowledged > 2000);
  CHECK(tally.lost == 0);
  CHECK(tally.torn == 0);
  CHECK(tally.corrupt == 0);
}

TEST_CASE("the test sees lost writes: without full durability some are") {
  Tally tally = crash(1, 10, false);
  CHECK(tally.lost > 0);
  CHECK(tally.torn == 0);
}

TEST_CASE("a full disk fails writes cleanly, reads go on, and writes do too once there is room") {
  simulated::Simulation simulation(7, simulated::Faults::calm());
  simulated::Machine& machine = simulation.add_machine("10.0.0.1");
  Database* database = nullptr;
  machine.run([&](Env& env) {
    REQUIRE(env.fs.make_directories("/data"));
    auto opened = open_database(env, {.url = "sqlite:/data/house.db", .through_fs = true});
    REQUIRE(opened);
    database = &machine.keep(std::move(*opened));
  });
  auto write = [&](int64_t number) {
    std::optional<Result<void>> out;
    machine.run([&](Env&) {
      database->submit_write(
          [number](Transaction& tx) -> Result<void> {
            TRY(tx.execute(create_row));
            TRY(tx.execute(insert_row, 1, number, 1, Bytes(10'000, 1)));
            return {};
          },
          [&](Result<void> outcome) { out = std::move(outcome); });
    });
    REQUIRE(simulation.run_until([&] { return out.has_value(); }, seconds_us(60)));
    return *out;
  };
  auto count = [&] {
    std::optional<size_t> out;
    machine.run([&](Env&) {
      database->submit_read(
          [&](Reader& reader) -> Result<void> {
            out = TRY(reader.query(select_rows)).size();
            return {};
          },
          [](Result<void>) {});
    });
    REQUIRE(simulation.run_until([&] { return out.has_value(); }, seconds_us(60)));
    return *out;
  };
  for (int64_t i = 0; i < 10; ++i) REQUIRE(write(i));
  machine.disk().set_capacity(machine.disk().used() + 50'000);
  size_t kept = 10;
  Result<void> refused;
  for (int64_t i = 10; i < 30 && refused; ++i) {
    refused = write(i);
    kept += refused.has_value();
  }
  REQUIRE(!refused);
  CHECK(refused.error().is(reasons::storage_full));
  CHECK(write(100).error().is(reasons::storage_full));
  CHECK(count() == kept);
  machine.disk().set_capacity(UINT64_MAX);
  CHECK(write(101));
  CHECK(count() == kept + 1);
}
