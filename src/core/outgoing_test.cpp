#include "core/outgoing.h"

#include <doctest/doctest.h>

#include "platform/run_task.h"

namespace parvis {
namespace {

std::unique_ptr<Outgoing> calling(Env& env, std::vector<std::string> allowed = {}) {
  return std::make_unique<Outgoing>(env, *proto::parse_networks(allowed));
}

/// Answers one connection with `reply`, and keeps what it was sent.
Task<void> answer_once(Env& env, Listener& listener, std::string reply, std::string& received) {
  auto stream = co_await listener.accept();
  if (!stream) co_return;
  while (received.find("\r\n\r\n") == std::string::npos || !received.ends_with("{}")) {
    std::array<uint8_t, 1024> chunk;
    auto got = (*stream)->try_read(chunk);
    if (!got) co_return;
    if (*got == 0) {
      (void)co_await (*stream)->readable(env.loop.now() + seconds_us(10));
      continue;
    }
    received.append(reinterpret_cast<const char*>(chunk.data()), *got);
  }
  (void)co_await (*stream)->write_all(reply, env.loop, seconds_us(10));
}

}  // namespace

TEST_CASE("only what is public, and encrypted, is called; or what the operator allows") {
  auto env = make_system_env();
  auto strict = calling(*env);
  for (const char* inside : {"https://127.0.0.1/",
                             "https://10.1.2.3/",
                             "https://192.168.0.1/",
                             "https://172.16.0.1/",
                             "https://169.254.169.254/latest",
                             "https://100.64.0.1/",
                             "https://0.0.0.0/",
                             "https://224.0.0.1/",
                             "https://255.255.255.255/",
                             "https://[::1]/",
                             "https://[::]/",
                             "https://[fe80::1]/",
                             "https://[fd00::1]/",
                             "https://[::ffff:10.0.0.1]/",
                             "https://[64:ff9b::a00:1]/",
                             "https://[2002:a00:1::1]/",
                             "https://[2001:db8::1]/",
                             "https://[ff02::1]/",
                             "http://1.1.1.1/",
                             "http://example.org/",
                             "nonsense"}) {
    CAPTURE(inside);
    auto refused = strict->check(inside);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().is(reasons::address_not_allowed));
  }
  CHECK(strict->check("https://1.1.1.1/x"));
  CHECK(strict->check("https://[2606:4700::1111]/x"));
  CHECK(strict->check("https://hooks.example.org/x"));
  auto wide = calling(*env, {"10.1.0.0/16"});
  CHECK(wide->check("http://10.1.2.3/"));
  CHECK_FALSE(wide->check("http://10.2.2.3/"));
  CHECK_FALSE(wide->check("http://1.1.1.1/"));
}

TEST_CASE("a name that leads inside is refused when it is called, before any connection") {
  auto env = make_system_env();
  auto refused = run_task(env->loop, calling(*env)->post("https://localhost/", {}, "{}"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().is(reasons::address_not_allowed));
}

TEST_CASE(
    "a call says what it was told to say, and tells the status of the reply; redirects are not followed") {
  auto env = make_system_env();
  auto calls = calling(*env, {"127.0.0.0/8"});
  for (auto [reply, status] : {std::pair{"HTTP/1.1 204 No Content\r\n\r\n", 204},
                               std::pair{"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n", 302}}) {
    auto listener = *env->net.listen({"127.0.0.1", 0});
    std::string received;
    spawn(answer_once(*env, *listener, reply, received));
    auto url = "http://127.0.0.1:" + std::to_string(listener->address().port) + "/hook?a=1";
    auto told = run_task(env->loop, calls->post(url, {{"X-Test", "one\r\ntwo: three"}}, "{}"));
    REQUIRE(told);
    CHECK(*told == status);
    CHECK(received.starts_with("POST /hook?a=1 HTTP/1.1\r\n"));
    CHECK(received.find("\r\ntwo:") == std::string::npos);
    CHECK(received.find("Content-Length: 2\r\n") != std::string::npos);
  }
}

TEST_CASE("a reply that is none, and a connection that is refused, are errors") {
  auto env = make_system_env();
  auto calls = calling(*env, {"127.0.0.0/8"});
  auto listener = *env->net.listen({"127.0.0.1", 0});
  std::string received;
  spawn(answer_once(*env, *listener, "SSH-2.0-x\r\n", received));
  auto url = "http://127.0.0.1:" + std::to_string(listener->address().port) + "/";
  auto told = run_task(env->loop, calls->post(url, {}, "{}"));
  REQUIRE_FALSE(told);
  CHECK(told.error().is(reasons::no_reply));
  listener->close();
  CHECK_FALSE(run_task(env->loop, calls->post(url, {}, "{}")));
  CHECK_FALSE(run_task(env->loop, calls->post(url, {}, std::string(Outgoing::max_body_bytes + 1, 'x'))));
}

}  // namespace parvis
