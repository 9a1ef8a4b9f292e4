#include "proto/multipart.h"

#include <doctest/doctest.h>

using namespace parvis;
using namespace parvis::proto;

namespace {

/// "name|file|type=content;" per part, or the reason's id.
std::string parse(std::string_view body, size_t step, std::string_view boundary = "XX",
                  MultipartLimits limits = {}) {
  auto parser = MultipartParser::create(boundary, limits);
  if (!parser) return std::string(parser.error().reason->id);
  std::string out;
  while (!body.empty()) {
    auto in = as_bytes(body.substr(0, step));
    body.remove_prefix(in.size());
    while (true) {
      auto event = parser->next(in);
      if (!event) return std::string(event.error().reason->id);
      if (event->kind == MultipartParser::Kind::need_more) break;
      if (event->kind == MultipartParser::Kind::part) {
        const auto& head = parser->head();
        out += head.name + "|" + head.file_name.value_or("-") + "|" + head.content_type + "=";
      }
      if (event->kind == MultipartParser::Kind::data) out += as_text(event->data);
      if (event->kind == MultipartParser::Kind::part_end) out += ";";
      if (event->kind == MultipartParser::Kind::end) out += "END";
    }
  }
  return parser->finish() ? out : "cut";
}

std::string part(std::string_view head, std::string_view content) {
  return "--XX\r\n" + std::string(head) + "\r\n\r\n" + std::string(content) + "\r\n";
}

}  // namespace

TEST_CASE("a form with a file, in pieces of every size") {
  auto body =
      part("Content-Disposition: form-data; name=\"titre\"", "été") +
      part("Content-Type: text/plain\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"",
           "one\r\n--X\r\n\r--XX two\r\n-") +
      part("Content-Disposition: form-data; name=vide", "") + "--XX--\r\nepilogue";
  std::string expected = "titre|-|=été;f|a.txt|text/plain=one\r\n--X\r\n\r--XX two\r\n-;vide|-|=;END";
  for (size_t step = 1; step <= body.size(); ++step) CHECK(parse(body, step) == expected);
  CHECK(parse("preamble to skip\r\n" + body, 5) == expected);
}

TEST_CASE("a part may be empty without even its own line") {
  CHECK(parse("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n--XX--", 3) == "a|-|=;END");
}

TEST_CASE("file names lose their path and keep their accents") {
  auto name = [](std::string_view disposition) {
    return parse(part("Content-Disposition: form-data; name=f; " + std::string(disposition), "") + "--XX--",
                 1000);
  };
  CHECK(name("filename=\"C:\\\\docs\\\\é té.odt\"") == "f|é té.odt|=;END");
  CHECK(name("filename=\"../../etc/passwd\"") == "f|passwd|=;END");
  CHECK(name("filename=\"..\"") == "f||=;END");
  CHECK(name("filename=\"a\\\"b\"") == "f|a\"b|=;END");
  CHECK(name("filename=x; filename*=UTF-8''%c3%a9.pdf") == "f|é.pdf|=;END");
  CHECK(name("filename=\"\xff\"") == "malformed");
}

TEST_CASE("forms that are refused") {
  CHECK(parse("--XX\r\nX: y\r\n\r\nz\r\n--XX--", 100) == "malformed");  // no Content-Disposition
  CHECK(parse("--XX\r\nContent-Disposition: attachment; name=a\r\n\r\n", 100) == "malformed");
  CHECK(parse("--XXjunk\r\n", 100) == "malformed");
  CHECK(parse("--XX\r\nbad header\r\n\r\n", 100) == "malformed");
  CHECK(parse("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nabc", 100) == "cut");
  CHECK(parse("", 100) == "cut");
  CHECK(parse("--XX\r\nX: " + std::string(5000, 'a'), 100) == "too_large");
  std::string many;
  for (int i = 0; i < 5; ++i) many += part("Content-Disposition: form-data; name=a", "");
  CHECK(parse(many + "--XX--", 100, "XX", {.max_parts = 4}) == "too_large");
  CHECK(parse("", 1, "") == "malformed");
  CHECK(parse("", 1, std::string(71, 'a')) == "malformed");
}
