#include "base/json.h"

#include <doctest/doctest.h>

using namespace parvis;

TEST_CASE("writer nests, separates and escapes") {
  std::string out;
  json::Writer w(out);
  w.begin_object().field("a", "é\"\n\x01").key("list").begin_array().value(1).value(true).null();
  w.begin_object().end_object().end_array().field("n", int64_t{-5}).end_object();
  CHECK(out == R"({"a":"é\"\n\u0001","list":[1,true,null,{}],"n":-5})");
}

TEST_CASE("writer never emits invalid UTF-8") {
  std::string out;
  json::append_quoted(out, "a\xFFz");
  CHECK(out == "\"a\xEF\xBF\xBDz\"");
}

TEST_CASE("parsing is bounded and says where it failed") {
  CHECK(json::parse(R"({"a":1} )"));
  CHECK(json::parse("{").error().is(reasons::malformed));
  CHECK(json::parse("{} x").error().is(reasons::malformed));
  CHECK(json::parse("\"\xFF\"").error().is(reasons::malformed));
  CHECK(json::parse("[[[[1]]]]", {.max_depth = 3}).error().is(reasons::malformed));
  CHECK(json::parse("[1,2,3]", {.max_bytes = 3}).error().is(reasons::too_large));
}
