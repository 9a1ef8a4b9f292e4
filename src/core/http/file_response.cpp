#include "core/http/file_response.h"

#include <algorithm>

#include "core/http/conditions.h"
#include "core/http/security_headers.h"
#include "proto/http_date.h"
#include "proto/mime.h"
#include "proto/url.h"

namespace parvis::http {
namespace {

constexpr std::string_view boundary = "parvis-range-b3f1c0";
constexpr size_t block_bytes = 64 << 10;

/// One stretch of a multipart/byteranges body: the part's head, then its bytes.
struct Stretch {
  std::string head;
  proto::ByteRange range;
};

/// Produces the parts block by block. Owned by the response's generator.
class RangesBody {
 public:
  RangesBody(Env& env, ServedFile served, const std::vector<proto::ByteRange>& ranges)
      : env_(env), file_(std::move(served.file)) {
    for (const auto& range : ranges) {
      std::string head = "\r\n--" + std::string(boundary) + "\r\nContent-Type: " + served.content_type +
                         "\r\nContent-Range: " + proto::content_range(range, served.size) + "\r\n\r\n";
      size_ += head.size() + range.size;
      stretches_.push_back({std::move(head), range});
    }
    size_ += end().size();
  }
  uint64_t size() const { return size_; }

  Task<Result<std::string>> next() {
    if (at_ == stretches_.size()) {
      ++at_;
      co_return end();
    }
    if (at_ > stretches_.size()) co_return std::string();
    auto& stretch = stretches_[at_];
    if (!stretch.head.empty()) co_return std::exchange(stretch.head, {});
    auto wanted = static_cast<size_t>(std::min<uint64_t>(stretch.range.size, block_bytes));
    auto block = CO_TRY(co_await env_.disk.run_result(
        [file = file_, offset = stretch.range.first, wanted]() -> Result<std::string> {
          std::string bytes(wanted, '\0');
          size_t count = TRY(file->read_at(offset, {reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()}));
          if (count == 0) return fail(reasons::corrupt, "file shorter than announced");
          bytes.resize(count);
          return bytes;
        }));
    stretch.range.first += block.size();
    stretch.range.size -= block.size();
    if (stretch.range.size == 0) ++at_;
    co_return block;
  }

 private:
  static std::string end() { return "\r\n--" + std::string(boundary) + "--\r\n"; }
  Env& env_;
  std::shared_ptr<File> file_;
  std::vector<Stretch> stretches_;
  size_t at_ = 0;
  uint64_t size_ = 0;
};

void describe(Response& response, const ServedFile& served) {
  add_user_content_security(response);
  response.set("Accept-Ranges", "bytes").set("Cache-Control", served.cache_control);
  if (!served.etag.empty()) response.set("ETag", served.etag);
  if (served.modified) response.set("Last-Modified", proto::format_http_date(*served.modified));
}

}  // namespace

std::string content_disposition(std::string_view name, bool inline_shown) {
  std::string out = inline_shown ? "inline" : "attachment";
  if (name.empty()) return out;
  out += "; filename=\"";
  for (char c : name) {
    bool plain = static_cast<uint8_t>(c) >= 0x20 && static_cast<uint8_t>(c) < 0x7f && c != '"' && c != '\\' &&
                 c != '%';
    out.push_back(plain ? c : '_');
  }
  return out + "\"; filename*=UTF-8''" + proto::percent_encode(name);
}

Response file_response(Env& env, const Request& request, ServedFile served) {
  auto conditions = conditions_of(request);
  proto::Representation current{served.etag, served.modified, true};
  auto now = env.clock.now();
  auto outcome = proto::evaluate_preconditions(conditions, current, is_safe_method(request.method), now);
  auto response = Response::empty(outcome == proto::Precondition::failed ? 412 : 304);
  describe(response, served);
  if (outcome != proto::Precondition::proceed) return response;
  proto::RangeAnswer range;
  if (request.method == "GET") range = proto::evaluate_range(conditions, current, served.size, now);
  if (range.kind == proto::RangeAnswer::Kind::unsatisfiable) {
    response.status = 416;
    response.set("Content-Range", proto::content_range_unsatisfiable(served.size));
    return response;
  }
  response.set(
      "Content-Disposition",
      content_disposition(served.name, served.inline_wanted && proto::safe_inline(served.content_type)));
  response.set("Content-Type", served.content_type);
  response.status = range.ranges.empty() ? 200 : 206;
  if (range.ranges.size() > 1) {
    response.set("Content-Type", "multipart/byteranges; boundary=" + std::string(boundary));
    auto body = std::make_unique<RangesBody>(env, std::move(served), range.ranges);
    response.set("Content-Length", std::to_string(body->size()));
    response.generator = [body = std::move(body)] { return body->next(); };
    return response;
  }
  proto::ByteRange part{0, served.size};
  if (!range.ranges.empty()) {
    part = range.ranges.front();
    response.set("Content-Range", proto::content_range(part, served.size));
  }
  response.file = FileBody{std::move(served.file), part.first, part.size};
  return response;
}

}  // namespace parvis::http
