#include "main/options.h"

#include <doctest/doctest.h>

namespace parvis {
namespace {

Result<Options> parse(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {},
                      std::string file = "") {
  static constexpr std::string_view own[] = {"email", "administrator"};
  auto read = [file](const std::string&) -> Result<std::string> { return file; };
  return parse_options({arguments, std::move(environment), read, own});
}

}  // namespace

TEST_CASE("file, environment, command line: the later wins") {
  std::string file = "# mine\nlisten = \"127.0.0.1:1\"\ndata = \"/a\"\n\ndemo = true\n";
  auto options =
      parse({"--config", "f", "--listen", "127.0.0.1:3", "--email=x@y.fr", "word"},
            {{"PARVIS_LISTEN", "127.0.0.1:2"}, {"PARVIS_LOG_FORMAT", "json"}, {"PARVIS_TEST_X", "?"}}, file);
  REQUIRE(options);
  CHECK(options->listen == "127.0.0.1:3");
  CHECK(options->data == "/a");
  CHECK(options->demo);
  CHECK(options->log_format == "json");
  CHECK(options->command.at("email") == "x@y.fr");
  CHECK(options->words == std::vector<std::string>{"word"});
  CHECK(options->database == "sqlite:/a/parvis.db");
  CHECK(options->public_url == "http://127.0.0.1:3");
  CHECK(options->server_name == "localhost");
}

TEST_CASE("what is not understood is refused, with its place") {
  for (auto arguments : std::vector<std::vector<std::string>>{{"--colour", "red"},
                                                              {"--listen"},
                                                              {"--listen", "8080"},
                                                              {"--listen", "127.0.0.1:99999"},
                                                              {"--log-format", "xml"},
                                                              {"--tls-cert", "a.pem"},
                                                              {"--public-url", "parvis.example"},
                                                              {"--demo=perhaps"},
                                                              {"--media-tcp", "on"},
                                                              {"--media-tcp", "0"},
                                                              {"--media-tcp", "65536"}}) {
    CAPTURE(arguments.front());
    CHECK_FALSE(parse(arguments));
  }
  auto wrong = parse({"--config", "f"}, {}, "listen = \"127.0.0.1:1\"\nnonsense\n");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().detail.find("f:2") == 0);
  CHECK_FALSE(parse({"--config", "f"}, {}, "listen = 127.0.0.1:1\n"));
}

TEST_CASE("plain HTTP beyond this machine has to be asked for") {
  CHECK_FALSE(parse({"--public-url", "http://parvis.example"}));
  CHECK(parse({"--public-url", "http://parvis.example", "--allow-plain-http"}));
  auto secure = parse({"--public-url", "https://parvis.example/"});
  REQUIRE(secure);
  CHECK(secure->public_url == "https://parvis.example");
  CHECK(secure->server_name == "parvis.example");
  CHECK(secure->mail_from == "parvis@parvis.example");
}

TEST_CASE("hosts and ports are numeric, also for IPv6") {
  auto six = parse_host_port("[::1]:8080");
  REQUIRE(six);
  CHECK(six->host == "::1");
  CHECK(six->port == 8080);
  CHECK_FALSE(parse_host_port(":8080"));
  CHECK_FALSE(parse_host_port("127.0.0.1:"));
}

}  // namespace parvis
