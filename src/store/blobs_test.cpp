#include "store/blobs.h"

#include <filesystem>

#include "store/testing.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::store;

namespace {

struct ManualClock : Clock {
  Instant at{1'700'000'000'000};
  Instant now() override { return at; }
};

// The environment of a test, with a clock that stands still until told.
struct Fixture {
  explicit Fixture(TestDatabase& test)
      : at(test),
        env{.loop = test.env().loop,
            .clock = clock,
            .random = test.env().random,
            .net = test.env().net,
            .fs = test.env().fs,
            .disk = test.env().disk,
            .cpu = test.env().cpu},
        blobs(make_blobs(env, test.database(), test.directory() + "/blobs")) {}
  size_t files() const {
    size_t count = 0;
    std::filesystem::path root = at.directory() + "/blobs";
    if (!std::filesystem::exists(root)) return 0;
    for (auto& entry : std::filesystem::recursive_directory_iterator(root)) count += entry.is_regular_file();
    return count;
  }
  Blobs::Stored put(std::string_view text) {
    auto stored = at.run(blobs->put(Bytes(text.begin(), text.end())));
    REQUIRE(stored);
    return *stored;
  }
  Result<std::string> read(const std::string& hash) {
    auto file = TRY(at.run(blobs->open(hash)));
    std::string text(TRY(file->size()), 0);
    TRY(file->read_at(0, {reinterpret_cast<uint8_t*>(text.data()), text.size()}));
    return text;
  }
  Result<void> retain(const Blobs::Stored& stored) {
    return at.run(at.database().write([&](Transaction& tx) { return blobs->retain(tx, stored); }));
  }
  Result<void> release(const Blobs::Stored& stored) {
    return at.run(at.database().write([&](Transaction& tx) { return blobs->release(tx, stored.hash); }));
  }
  size_t collect() { return at.run(blobs->collect()).value(); }
  void wait_days(int64_t days) { clock.at = clock.at + days * 24 * 3'600'000; }

  TestDatabase& at;
  ManualClock clock;
  Env env;
  std::unique_ptr<Blobs> blobs;
};

}  // namespace

TEST_CASE("content is kept by its BLAKE2b-256 hash, once") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    auto first = at.put("abc");
    CHECK(first.hash == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    CHECK(first.size == 3);
    CHECK(at.put("abc").hash == first.hash);
    CHECK(at.files() == 1);
    CHECK(at.read(first.hash).value() == "abc");
  });
}

TEST_CASE("an upload in chunks equals the whole, and a forgotten one leaves nothing") {
  TestDatabase test;
  Fixture at(test);
  auto task = [](Blobs& blobs) -> Task<Result<Blobs::Stored>> {
    auto upload = CO_TRY(co_await blobs.begin());
    CO_TRY(co_await upload->write({'a'}));
    CO_TRY(co_await upload->write({'b', 'c'}));
    co_return co_await upload->finish();
  };
  auto stored = test.run(task(*at.blobs));
  REQUIRE(stored);
  CHECK(stored->hash == at.put("abc").hash);
  auto forgotten = [](Blobs& blobs) -> Task<Result<void>> {
    auto upload = CO_TRY(co_await blobs.begin());
    co_return co_await upload->write({'x'});
  };
  CHECK(test.run(forgotten(*at.blobs)));
  // The removal was queued before this hop.
  CHECK(test.run(test.env().disk.run([] { return true; })));
  CHECK(test.run(test.env().disk.run([] { return true; })));
  CHECK(at.files() == 1);
}

TEST_CASE("unreferenced content goes after the grace period, referenced content never") {
  for_each_engine([](TestDatabase& test) {
    Fixture at(test);
    auto kept = at.put("kept"), dropped = at.put("dropped"), never = at.put("never referenced");
    CHECK(at.retain(kept));
    CHECK(at.retain(kept));
    CHECK(at.release(kept));
    CHECK(at.retain(dropped));
    CHECK(at.release(dropped));
    at.wait_days(13);
    CHECK(at.collect() == 0);
    at.wait_days(2);
    CHECK(at.collect() == 2);
    CHECK(at.read(kept.hash).value() == "kept");
    CHECK(at.read(dropped.hash).error().is(reasons::not_found));
    CHECK(at.retain(dropped).error().is(reasons::not_found));
    CHECK(at.files() == 1);
  });
}

TEST_CASE("content stored again before its end starts a new grace period") {
  TestDatabase test;
  Fixture at(test);
  auto stored = at.put("again");
  at.wait_days(13);
  at.put("again");
  at.wait_days(2);
  CHECK(at.collect() == 0);
  CHECK(at.retain(stored));
}

TEST_CASE("a name that is not a hash finds nothing") {
  TestDatabase test;
  Fixture at(test);
  CHECK(at.read("../../etc/passwd").error().is(reasons::not_found));
  CHECK(at.read(std::string(64, 'g')).error().is(reasons::not_found));
}
