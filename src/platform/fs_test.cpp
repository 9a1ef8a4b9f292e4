#include "platform/fs.h"

#include <doctest/doctest.h>

#include "platform/system_fs.h"

namespace parvis {
namespace {

const std::string root = "fs_test.tmp";

struct Fixture {
  SystemFs fs;
  Fixture() {
    clean();
    REQUIRE(fs.make_directories(root + "/a/b").has_value());
  }
  ~Fixture() { clean(); }
  void clean() {
    for (const char* name : {"/a/b/file", "/a/b/renamed", "/a/b", "/a", ""}) (void)fs.remove(root + name);
  }
};

TEST_CASE_FIXTURE(Fixture, "what is written is read back, at any offset, after a rename") {
  auto file = fs.create(root + "/a/b/file").value();
  CHECK(file->write_at(4, as_bytes("late")).has_value());
  CHECK(file->write_at(0, as_bytes("soon")).has_value());
  CHECK(file->sync().has_value());
  CHECK(fs.rename(root + "/a/b/file", root + "/a/b/renamed").has_value());
  auto again = fs.open(root + "/a/b/renamed").value();
  uint8_t buffer[16];
  CHECK_EQ(again->size().value(), 8);
  CHECK_EQ(again->read_at(2, buffer).value(), 6);
  CHECK_EQ(as_text({buffer, 6}), "onlate");
  CHECK_EQ(again->read_at(8, buffer).value(), 0);
  CHECK_GE(again->descriptor(), 0);
  CHECK_EQ(fs.status(root + "/a/b/renamed")->size, 8);
  CHECK(fs.status(root)->directory);
  CHECK_GT(fs.free_bytes(root).value(), 0);
  CHECK_EQ(fs.list(root + "/a").value(), std::vector<std::string>{"b"});
}

TEST_CASE_FIXTURE(Fixture, "failures carry a reason that a door can show") {
  CHECK(fs.open(root + "/absent").error().is(reasons::not_found));
  CHECK(fs.status(root + "/absent").error().is(reasons::not_found));
  CHECK(fs.list(root + "/absent").error().is(reasons::not_found));
  CHECK(fs.rename(root + "/absent", root + "/x").error().is(reasons::not_found));
  CHECK(fs.remove(root + "/a").error().is(reasons::conflict));
  REQUIRE(fs.create(root + "/a/b/file").has_value());
  CHECK(fs.make_directories(root + "/a/b/file").error().is(reasons::conflict));
  CHECK(fs.make_directories(root + "/a/b").has_value());
  auto full = fs.create("/dev/full");
  if (full) CHECK((*full)->write_at(0, as_bytes("x")).error().is(reasons::storage_full));
}

}  // namespace
}  // namespace parvis
