// The server on real sockets, with curl as a client that nobody here wrote.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "core/http/server_fixture.h"
#include "core/http/static_files.h"
#include "platform/run_task.h"

using namespace parvis;
using namespace parvis::http;

namespace {

struct Loopback {
  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  TestApplication app{*env};
  std::unique_ptr<Server> server = make_server(*env, app, {}, {});
  Address address;
  char directory[32] = "/tmp/parvis-http-XXXXXX";

  Loopback() {
    REQUIRE(mkdtemp(directory));
    auto listener = env->net.listen({"127.0.0.1", 0}).value();
    address = listener->address();
    spawn(server->serve(std::move(listener)));
  }
  ~Loopback() {
    run_task(env->loop, server->stop(env->loop.now() + seconds_us(2)));
    CHECK_EQ(std::system(("rm -r " + std::string(directory)).c_str()), 0);
  }
  std::string path(const char* name) const { return std::string(directory) + "/" + name; }
  void write(const char* name, std::string_view content) {
    auto file = env->fs.create(path(name)).value();
    REQUIRE(file->write_at(0, as_bytes(content)));
  }
  std::string read(const char* name) {
    auto file = env->fs.open(path(name)).value();
    std::string out(file->size().value(), '\0');
    if (!out.empty()) REQUIRE(file->read_at(0, {reinterpret_cast<uint8_t*>(out.data()), out.size()}));
    return out;
  }
  std::string say(std::string wire) { return run_task(env->loop, talk(*env, address, std::move(wire))); }
  /// Runs curl with these arguments; URL is the server's. Its exit status.
  int curl(std::string arguments) {
    std::string url = "http://" + address.text();
    for (size_t at; (at = arguments.find("URL")) != std::string::npos;) arguments.replace(at, 3, url);
    auto command = "curl -s --max-time 20 " + arguments;
    auto status = run_task(env->loop, env->disk.run([command] { return std::system(command.c_str()); }));
    return WEXITSTATUS(status.value());
  }
};

std::string pseudo_random(size_t size) {
  std::string out(size, '\0');
  uint64_t state = 1;
  for (auto& c : out)
    c = static_cast<char>((state = state * 6364136223846793005u + 1442695040888963407u) >> 56);
  return out;
}

}  // namespace

TEST_CASE_FIXTURE(Loopback, "curl: uploads of both framings, verbs, keep-alive over one connection") {
  if (curl("--version > /dev/null") != 0) return;
  auto content = pseudo_random(90'000);
  write("in", content);
  CHECK(curl("--data-binary @" + path("in") + " -o " + path("out") + " URL/echo") == 0);
  CHECK(read("out") == content);
  CHECK(curl("-H 'Transfer-Encoding: chunked' --data-binary @" + path("in") + " -o " + path("out") +
             " URL/echo") == 0);
  CHECK(read("out") == content);
  CHECK(curl("-H 'Expect: 100-continue' -X PROPFIND --data-binary @" + path("in") + " -o " + path("out") +
             " URL/dav/a%20b") == 0);
  CHECK(read("out") == content);
  CHECK(curl("-o " + path("a") + " -o " + path("b") + " -w '%{num_connects} ' URL/plain URL/stream > " +
             path("connects")) == 0);
  CHECK(read("connects") == "1 0 ");
  CHECK(read("b").size() == 90'006);
  CHECK(curl("-I -o " + path("out") + " URL/plain") == 0);
  CHECK(read("out").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE_FIXTURE(Loopback, "a file goes out by sendfile, to a slow reader too") {
  auto content = pseudo_random(6 << 20);
  write("big", content);
  app.file = env->fs.open(path("big")).value();
  REQUIRE(app.file->descriptor() >= 0);
  auto received = say("GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(body_of(received) == content.substr(10));
  if (curl("--version > /dev/null") != 0) return;
  CHECK(curl("--limit-rate 3M -o " + path("out") + " URL/file") == 0);
  CHECK(read("out") == content.substr(10));
}

TEST_CASE_FIXTURE(Loopback, "a file cut while it is served never passes for whole") {
  write("big", pseudo_random(8 << 20));
  app.file = env->fs.open(path("big")).value();
  app.router.add("GET", "/cut", {}, [this](Request&) -> Task<Result<Response>> {
    Response response;
    response.file = FileBody{app.file, 0, 9 << 20};  // a megabyte more than there is
    co_return response;
  });
  CHECK(statuses(say("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n")) == "200?");
}

TEST_CASE_FIXTURE(Loopback, "TLS: the same answers, large bodies included") {
  if (std::system(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
                   "/CN=localhost -keyout " +
                   path("key") + " -out " + path("cert") + " 2> /dev/null")
                      .c_str()) != 0) {
    return;
  }
  auto context = env->net.load_tls({path("cert"), path("key")}).value();
  auto listener = env->net.listen_tls({"127.0.0.1", 0}, *context).value();
  auto url = "https://" + listener->address().text();
  spawn(server->serve(std::move(listener)));
  auto content = pseudo_random(90'000);
  write("in", content);
  CHECK(curl("-k --data-binary @" + path("in") + " -o " + path("out") + " " + url + "/echo") == 0);
  CHECK(read("out") == content);
  CHECK(curl("-k -o " + path("out") + " " + url + "/pieces") == 0);
  CHECK(read("out") == "start;" + std::string(400'000, 'p'));
  CHECK(curl("-k -o " + path("out") + " " + url + "/who/x") == 0);
  CHECK(read("out").find(" secure ") != std::string::npos);
  write("big", pseudo_random(2 << 20));
  app.file = env->fs.open(path("big")).value();
  CHECK(curl("-k -o " + path("out") + " " + url + "/file") == 0);
  CHECK(read("out") == read("big").substr(10));
}
