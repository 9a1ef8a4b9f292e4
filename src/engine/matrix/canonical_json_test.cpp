#include "engine/matrix/canonical_json.h"

#include <doctest/doctest.h>

#include <random>

#include "engine/matrix/canonical_object.h"
#include "engine/matrix/errors.h"

using namespace parvis;
using namespace parvis::matrix;

namespace {

std::string canonical(std::string_view text) {
  auto result = Canonical::parse(text);
  REQUIRE_MESSAGE(result.has_value(), text);
  return std::string(result->text());
}

// Random JSON with keys and strings that stress escapes and order.
std::string random_json(std::mt19937& random, int depth) {
  constexpr const char* strings[] = {
      "\"\"",     "\"a\"",    "\"b\\n\"",    "\"\\u0000\"", "\"é\"",   "\"\\u00e9\"", "\"\\ud83d\\ude00\"",
      "\"\\\\\"", "\"\\\"\"", "\"\\u007f\"", "\"日本\"",    "\"\\/\"", "\"~\"",       "\"\\u001f\"",
      "\"A\""};
  auto pick = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
  auto text = [&] { return std::string(strings[pick(std::size(strings))]); };
  switch (pick(depth > 0 ? 8 : 6)) {
    case 0:
      return "null";
    case 1:
      return pick(2) ? "true" : " false ";
    case 2:
      return std::to_string(static_cast<int64_t>(pick(2000)) - 1000);
    case 3:
      return pick(2) ? "9007199254740991" : "-9007199254740991";
    case 4:
      return pick(2) ? "-0" : "1e3";
    case 5:
      return text();
    case 6: {
      std::string out = "[ ";
      for (size_t n = pick(4), i = 0; i < n; ++i) out += (i ? " , " : "") + random_json(random, depth - 1);
      return out + "]";
    }
    default: {
      std::vector<std::string> keys(std::begin(strings), std::end(strings));
      std::shuffle(keys.begin(), keys.end(), random);
      std::string out = "{\n";
      std::vector<std::string> used;
      size_t wanted = pick(6);
      for (const auto& key : keys) {
        auto decoded = std::string(json::parse(key)->get_string());
        if (used.size() == wanted || std::find(used.begin(), used.end(), decoded) != used.end()) continue;
        out += (used.empty() ? "" : "\t,") + key + " : " + random_json(random, depth - 1);
        used.push_back(decoded);
      }
      return out + "}";
    }
  }
}

}  // namespace

TEST_CASE("canonical JSON gives the specification's examples") {
  CHECK(canonical("{}") == "{}");
  CHECK(canonical("{\n \"one\": 1,\n \"two\": \"Two\"\n}") == R"({"one":1,"two":"Two"})");
  CHECK(canonical(R"({"b":"2","a":"1"})") == R"({"a":"1","b":"2"})");
  CHECK(
      canonical(
          R"({"auth":{"success":true,"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe",
    "three_pids":[{"medium":"email","address":"john.doe@example.org"},{"medium":"msisdn","address":"123456789"}]}}})") ==
      R"({"auth":{"mxid":"@john.doe:example.com","profile":{"display_name":"John Doe","three_pids":[{"address":"john.doe@example.org","medium":"email"},{"address":"123456789","medium":"msisdn"}]},"success":true}})");
  CHECK(canonical(R"({"a":"日本語"})") == R"({"a":"日本語"})");
  CHECK(canonical(R"({"本":2,"日":1})") == R"({"日":1,"本":2})");
  CHECK(canonical(R"({"a":"\u65E5"})") == R"({"a":"日"})");
  CHECK(canonical(R"({"a":null})") == R"({"a":null})");
  CHECK(canonical(R"({"a":-0,"b":1e10})") == R"({"a":0,"b":10000000000})");
}

TEST_CASE("canonical JSON sorts by code point, whatever the escapes") {
  CHECK(canonical("{\"\\\"\":1,\"\\n\":2,\"!\":3,\"A\":4}") == "{\"\\n\":2,\"!\":3,\"\\\"\":1,\"A\":4}");
  CHECK(canonical("{\"\xF0\x90\x80\x80\":1,\"\xEF\xBF\xBF\":2}") ==
        "{\"\xEF\xBF\xBF\":2,\"\xF0\x90\x80\x80\":1}");
  CHECK(canonical(R"({"\u0061b":1,"a":2})") == R"({"a":2,"ab":1})");
}

TEST_CASE("canonical JSON refuses what room versions 6 and later refuse") {
  auto refused = [](std::string_view text, const Reason& reason) {
    auto result = Canonical::parse(text);
    REQUIRE_MESSAGE(!result.has_value(), text);
    CHECK_MESSAGE(result.error().is(reason), text, ": ", result.error().detail);
  };
  for (auto text :
       {"1.5", "9007199254740992", "-9007199254740992", "1e16", "1e400", "123456789012345678901234567890",
        R"({"a":1,"a":2})", R"({"a":1,"\u0061":2})", R"("\ud800")", R"("\ud800\u0041")", R"("\udc00")"})
    refused(text, errors::bad_json);
  for (auto text : {"",          "{",        "[1,]",     "{\"a\":}", "{a:1}",
                    "01",        "+1",       "-",        "1.",       ".5",
                    "nul",       "NaN",      "Infinity", "\"",       "\"\x01\"",
                    "\"\\x\"",   "{} {}",    "[1 2]",    "\"\xC3\"", "\"\xED\xA0\x80\"",
                    "{\"a\" 1}", "\"\\u12\""})
    refused(text, errors::not_json);
  refused(std::string(40, '[') + std::string(40, ']'), errors::bad_json);
  CHECK(Canonical::parse(std::string(70'000, ' ')).error().is(errors::event_too_large));
  CHECK(Canonical::of(json::Value(1.5)).error().is(errors::bad_json));
  CHECK(Canonical::of(json::Value(uint64_t{1} << 60)).error().is(errors::bad_json));
  CHECK(Canonical::of(json::Value("\xff")).error().is(errors::bad_json));
}

TEST_CASE("canonical JSON is idempotent, and text and tree agree") {
  std::mt19937 random(20261123);
  for (int i = 0; i < 3000; ++i) {
    auto text = random_json(random, 4);
    auto once = Canonical::parse(text);
    REQUIRE_MESSAGE(once.has_value(), text, once.error().detail);
    CHECK(canonical(once->text()) == once->text());
    auto tree = json::parse(text);
    REQUIRE(tree.has_value());
    auto of_tree = Canonical::of(*tree);
    REQUIRE(of_tree.has_value());
    CHECK_MESSAGE(of_tree->text() == once->text(), text);
  }
}

TEST_CASE("canonical objects are read and edited as text") {
  std::string text = R"({"a":{"x":"},{\"","y":[1,{"z":2}]},"b":-12,"c":"\n\u0001é\\","d":true})";
  CHECK(canonical(text) == text);
  CHECK(member_of(text, "a") == R"({"x":"},{\"","y":[1,{"z":2}]})");
  CHECK(member_of(text, "b") == "-12");
  CHECK(decode_integer(member_of(text, "b")) == -12);
  CHECK(*decode_string(member_of(text, "c")) == "\n\x01é\\");
  CHECK(member_of(text, "d") == "true");
  CHECK(member_of(text, "e").empty());
  CHECK(member_of("[]", "a").empty());
  CHECK(member_of("{}", "a").empty());
  constexpr std::string_view removed[] = {"a", "c"};
  CHECK(without_members(text, removed) == R"({"b":-12,"d":true})");
  CHECK(with_member("{}", "k", "1") == R"({"k":1})");
  CHECK(with_member(R"({"a":1,"c":3})", "b", "2") == R"({"a":1,"b":2,"c":3})");
  CHECK(with_member(R"({"a":1,"c":3})", "c", "4") == R"({"a":1,"c":4})");
  CHECK(with_member(R"({"a":1,"c":3})", "d", "4") == R"({"a":1,"c":3,"d":4})");
}

TEST_CASE("a body that is not an object is told apart from a body that is not JSON") {
  CHECK(parse_object("{\"a\":1}").has_value());
  CHECK(parse_object("[]").error().is(errors::bad_json));
  CHECK(parse_object("{").error().is(errors::not_json));
}
