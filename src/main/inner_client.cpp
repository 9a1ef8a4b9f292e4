#include "main/inner_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "proto/url.h"

namespace parvis {
namespace {

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

Task<Result<json::Value>> InnerClient::request(std::string method, std::string target, std::string body,
                                               std::string content_type) {
  auto parts = proto::split_target(target);
  auto path = proto::normalise_path(parts.path);
  if (!path) co_return fail(parvis::reasons::malformed, target);
  std::string authorization = "Bearer " + token_;
  const http::Header headers[] = {{"Authorization", authorization}, {"Content-Type", content_type}};
  TextBody reader(body);
  http::Request request;
  request.method = method;
  request.target = target;
  request.path = *path;
  request.query = parts.query;
  request.headers = headers;
  request.peer = {"127.0.0.1", 0};
  request.secure = true;
  request.body = &reader;
  auto response = co_await application_.handle(request);
  std::string text = std::move(response.body);
  for (auto& piece : response.pieces) text += *piece;
  constexpr int first_error = 400;
  if (response.status >= first_error) {
    co_return fail(reasons::inner_refusal,
                   fmt::format("{} {}: {} {}", method, target, response.status, text));
  }
  if (text.empty()) co_return json::Value();
  co_return json::parse(text);
}

}  // namespace parvis
