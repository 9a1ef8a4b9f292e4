#include "core/testing.h"

#include <algorithm>

#include "core/session_door.h"
#include "proto/url.h"

namespace parvis {
namespace {

constexpr PasswordCost cheap{.memory_kib = 64, .passes = 1};

class TextBody final : public http::BodyReader {
 public:
  explicit TextBody(std::string_view text) : rest_(text), size_(text.size()) {}
  Task<Result<size_t>> read(std::span<uint8_t> into) override {
    size_t count = std::min(into.size(), rest_.size());
    std::copy_n(rest_.begin(), count, into.begin());
    rest_.remove_prefix(count);
    co_return count;
  }
  std::optional<uint64_t> content_length() const override { return size_; }

 private:
  std::string_view rest_;
  uint64_t size_;
};

}  // namespace

TestHouse::TestHouse(store::TestDatabase& database) : at(database) {
  configuration.server_name = "parvis.example";
  configuration.public_url = "https://parvis.example";
  configuration.data_directory = at.directory();
  reload();
  for (std::string name : {"mte", "mef"})
    (void)run(people->create_administration(
        {.id = {}, .name = "Ministère " + name, .short_name = name, .domains = {name + ".example.fr"}}, {}));
}

TestHouse::~TestHouse() {
  Monotonic deadline = at.env().loop.now() + seconds_us(5);
  for (auto& module : modules_) run(module->drain(deadline));
  run(jobs->drain(deadline));
  run(outbox->drain(deadline));
}

void TestHouse::reload() {
  auto& env = at.env();
  auto& database = at.database();
  modules_.clear();
  application.reset();
  context.reset();
  events = Events();
  router = std::make_unique<http::Router>();
  blobs = store::make_blobs(env, database, at.directory() + "/blobs");
  search = store::make_search_index(database);
  if (jobs) run(jobs->drain(env.loop.now() + seconds_us(5)));
  if (outbox) run(outbox->drain(env.loop.now() + seconds_us(5)));
  audit.reset();
  mailer.reset();
  jobs = store::make_jobs(env, database);
  outbox = store::make_outbox(env, database);
  people = std::move(*run(load_people(env, database, events, cheap)));
  notifications = make_notifications(env, database, events);
  mailer = make_mailer(env, *jobs, {.directory = at.directory() + "/outbox"});
  spaces = std::move(*run(load_spaces({env, database, events, *people, *notifications, *mailer})));
  sessions = std::move(*run(load_sessions(env, database, events, *people)));
  access = std::make_unique<Access>(*people, *spaces);
  meter = std::move(*run(load_meter(env, database)));
  audit = make_audit(database, *outbox);
  context = std::make_unique<Context>(Context{env, configuration, database, *blobs, *search, *jobs, *outbox,
                                              events, *people, *spaces, *sessions, *access, *meter,
                                              *notifications, *mailer, *router, *audit});
  application = std::make_unique<HouseApplication>(*context, ApplicationOptions{});
}

Module& TestHouse::start(std::unique_ptr<Module> module) {
  CHECK(run(module->start()));
  modules_.push_back(std::move(module));
  return *modules_.back();
}

void TestHouse::start_background() {
  jobs->start();
  outbox->start();
}

bool TestHouse::wait_until(const std::function<bool()>& done) {
  constexpr int turns = 1000;
  for (int i = 0; i < turns && !done(); ++i) {
    run([](Loop& loop) -> Task<int> {
      co_await loop.sleep_for_us(millis_us(10));
      co_return 0;
    }(at.env().loop));
  }
  return done();
}

Actor TestHouse::add_person(const std::string& name, const std::string& domain, InstanceRole role) {
  auto id = run(people->create({.email = name + "@" + domain,
                                .display_name = name,
                                .given_name = name,
                                .family_name = "Essai",
                                .instance_role = role,
                                .state = PersonState::active},
                               {}));
  CHECK(id);
  return {*id};
}

Actor TestHouse::agent(const std::string& name) {
  return add_person(name, "mte.example.fr", InstanceRole::none);
}
Actor TestHouse::external(const std::string& name) {
  return add_person(name, "association.example", InstanceRole::none);
}
Actor TestHouse::administrator(const std::string& name) {
  return add_person(name, "mte.example.fr", InstanceRole::administrator);
}

SpaceId TestHouse::space(Actor animator, SpaceKind kind, Visibility visibility, Joining joining) {
  auto id = run(spaces->create(Actor::system(), {.kind = kind,
                                                 .name = "Espace d’essai",
                                                 .description = "",
                                                 .purpose_template = "projet",
                                                 .visibility = visibility,
                                                 .joining = joining}));
  CHECK(id);
  CHECK(run(spaces->set_member(Actor::system(), *id, animator.person, Role::animator)));
  return *id;
}

TestHouse::SignedIn TestHouse::sign_in(Actor actor, SessionKind kind) {
  auto opened = run(sessions->open(actor.person, kind, "", "essai", "192.0.2.7"));
  CHECK(opened);
  return {opened->token, opened->session->csrf, opened->session->id};
}

TestHouse::Answer TestHouse::call(Call call) {
  std::vector<std::pair<std::string, std::string>> fields = call.headers;
  bool safe = call.method == "GET" || call.method == "HEAD";
  if (call.as && !call.as->csrf.empty()) {
    fields.emplace_back("Cookie", std::string(session_cookie_name(configuration)) + "=" + call.as->token);
    if (!safe && call.csrf) fields.emplace_back("X-Parvis-CSRF", call.as->csrf);
  } else if (call.as) {
    fields.emplace_back("Authorization", "Bearer " + call.as->token);
  }
  std::vector<http::Header> headers;
  for (auto& [name, value] : fields) headers.push_back({name, value});
  auto target = proto::split_target(call.target);
  std::string path = proto::normalise_path(target.path).value_or("/");
  TextBody body(call.body);
  http::Request request;
  request.method = call.method;
  request.target = call.target;
  request.path = path;
  request.query = target.query;
  request.headers = headers;
  request.peer = {call.peer, 40'000};
  request.secure = true;
  request.host = "parvis.example";
  request.trace_id = 1;
  request.body = &body;
  Answer answer{run(application->handle(request)), 0, {}, {}};
  answer.status = answer.response.status;
  answer.text = answer.response.body;
  for (auto& piece : answer.response.pieces) answer.text += *piece;
  if (auto parsed = json::parse(answer.text)) answer.json = std::move(*parsed);
  application->account(request, {call.body.size(), answer.text.size()});
  return answer;
}

}  // namespace parvis
