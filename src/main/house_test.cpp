#include "main/house.h"

#include <doctest/doctest.h>

#include "main/commands.h"
#include "main/demo.h"
#include "main/demo_data.h"
#include "main/first_start.h"
#include "main/inner_client.h"
#include "platform/run_task.h"
#include "store/testing.h"

namespace parvis {
namespace {

struct At {
  store::TestDirectory directory;
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  Options options;
  std::unique_ptr<House> house;
  explicit At() {
    options.data = directory.path() + "/data";
    options.database = "sqlite:" + options.data + "/parvis.db";
    options.server_name = "parvis.example";
    options.public_url = "https://parvis.example";
    options.mail_from = "parvis@parvis.example";
    options.media_listen = "127.0.0.1:0";
  }
  ~At() { close(); }
  Result<void> open() {
    auto opened = run_task(env->loop, House::open(*env, options));
    if (!opened) return std::unexpected(opened.error());
    house = std::move(*opened);
    return {};
  }
  void close() {
    if (!house) return;
    run_task(env->loop, house->close(env->loop.now() + seconds_us(5)));
    house.reset();
  }
};

}  // namespace

TEST_CASE("an empty instance gets one administrator, once") {
  At at;
  REQUIRE(at.open());
  auto account = run_task(at.env->loop, create_first_administrator(at.house->context()));
  REQUIRE(account);
  REQUIRE(*account);
  CHECK(run_task(at.env->loop, at.house->context().people.check_password((*account)->email,
                                                                         (*account)->password, "127.0.0.1")));
  CHECK(at.house->context().people.by_email((*account)->email)->kind == PersonKind::agent);
  CHECK_FALSE(*run_task(at.env->loop, create_first_administrator(at.house->context())));
}

TEST_CASE("the data is served by one process, under one Matrix name") {
  At at;
  REQUIRE(at.open());
  auto second = run_task(at.env->loop, House::open(*at.env, at.options));
  REQUIRE_FALSE(second);
  CHECK(second.error().reason->id == "data_in_use");
  at.close();
  at.options.server_name = "other.example";
  auto renamed = at.open();
  REQUIRE_FALSE(renamed);
  CHECK(renamed.error().reason->id == "server_name_changed");
}

TEST_CASE("the demonstration is a living ministry, saved and restored whole") {
  At at;
  REQUIRE(at.open());
  auto demo = run_task(at.env->loop, fill_demo(*at.house));
  if (!demo) MESSAGE(demo.error().detail);
  REQUIRE(demo);
  auto& context = at.house->context();
  CHECK(context.people.count() == std::size(demo::people));
  CHECK(context.people.by_email(demo->external)->kind == PersonKind::external);
  CHECK(context.people.by_email(demo->administrator)->instance_role == InstanceRole::administrator);
  CHECK(context.spaces.all().size() == std::size(demo::spaces) + 1);
  PersonId karim = context.people.by_email(demo->agent)->id;
  CHECK(context.sessions.of(karim).empty());
  auto opened =
      run_task(at.env->loop, context.sessions.open(karim, SessionKind::application, "", "", "127.0.0.1"));
  REQUIRE(opened);
  InnerClient client(at.house->application(), opened->token);
  auto space = context.spaces.by_slug("simplification-des-demarches");
  REQUIRE(space);
  auto files =
      run_task(at.env->loop, client.request("GET", "/api/v1/spaces/" + space->id.text() + "/files", ""));
  REQUIRE(files);
  CHECK(json::array(*files, "files")->size() == 3);
  auto documents =
      run_task(at.env->loop, client.request("GET", "/api/v1/spaces/" + space->id.text() + "/documents", ""));
  REQUIRE(documents);
  CHECK(json::array(*documents, "documents")->size() == 2);
  auto sync = run_task(at.env->loop, client.request("GET", "/_matrix/client/v3/sync?timeout=0", ""));
  REQUIRE(sync);
  CHECK(sync->at("rooms").at("join").as_object().size() >= 8);

  at.options.words = {at.directory.path() + "/backup"};
  CHECK(run_backup(at.options) == 0);
  at.close();
  At other;
  other.options.words = at.options.words;
  CHECK(run_restore(other.options) == 0);
  CHECK(run_restore(other.options) == 1);
  REQUIRE(other.open());
  CHECK(other.house->context().people.count() == std::size(demo::people));
}

}  // namespace parvis
