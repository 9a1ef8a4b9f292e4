// Forms: same parts however the bytes are cut; file names carry no path; limits hold.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "base/utf8.h"
#include "proto/mime.h"
#include "proto/multipart.h"

using namespace parvis;
using namespace parvis::proto;

namespace {

std::string parts(ByteView in, size_t step) {
  auto parser = MultipartParser::create("XX", {.max_parts = 5, .max_head_bytes = 300}).value();
  std::string out;
  size_t data_bytes = 0, all = in.size();
  while (!in.empty()) {
    auto piece = in.first(std::min(step, in.size()));
    in = in.subspan(piece.size());
    while (true) {
      auto event = parser.next(piece);
      if (!event) return out + "error";
      if (event->kind == MultipartParser::Kind::need_more) break;
      if (event->kind == MultipartParser::Kind::part) {
        const auto& head = parser.head();
        CHECK(utf8::valid(head.name));
        if (head.file_name) CHECK(head.file_name->find_first_of("/\\") == std::string::npos);
        out += "[" + head.name + "|" + head.file_name.value_or("") + "|" + head.content_type + "]";
      }
      if (event->kind == MultipartParser::Kind::data) {
        CHECK(!event->data.empty());
        out += as_text(event->data);
        data_bytes += event->data.size();
      }
      if (event->kind == MultipartParser::Kind::part_end) out += ";";
      if (event->kind == MultipartParser::Kind::end) out += "END";
    }
  }
  CHECK(data_bytes <= all);
  return out + (parser.finish() ? "" : "cut");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  ByteView in(data + 1, size - 1);
  CHECK(parts(in, SIZE_MAX) == parts(in, 1 + data[0] % 16));
  auto type = parse_media_type(as_text(in));
  (void)MultipartParser::create(type.boundary);
  (void)sniff_mime_type(in);
  (void)trusted_mime_type(as_text(in), in);
  return 0;
}
