#pragma once
// What a handler receives and returns. Loop thread only.
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/json.h"
#include "base/result.h"
#include "platform/fs.h"
#include "platform/net.h"
#include "proto/http1_request.h"

namespace parvis::http {

/// The body of a request, pulled: nothing is read from the peer until asked (backpressure). Ends with 0.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// At most `into.size()` bytes; 0 at the end; reasons::too_large past the route's limit, reasons::timeout
  /// when slow.
  virtual Task<Result<size_t>> read(std::span<uint8_t> into) = 0;
  virtual std::optional<uint64_t> content_length() const = 0;
};

using Header = proto::HeaderField;  // name as sent: compare with same_header()
bool same_header(std::string_view a, std::string_view b);

class Request {
 public:
  std::string_view method;  // any token
  std::string_view target;  // as sent
  std::string_view path;    // decoded, begins with '/', no dot segments; an encoded slash stays "%2F"
  std::string_view query;   // raw, without '?'
  std::span<const Header> headers;
  Address peer;         // the client, after trusted forwarding headers
  bool secure = false;  // TLS here or at a trusted proxy
  std::string host;     // authority the client used
  Monotonic deadline;
  uint64_t trace_id = 0;
  BodyReader* body = nullptr;

  /// First value, or "".
  std::string_view header(std::string_view name) const;
  std::string_view cookie(std::string_view name) const;
  /// Path parameters in the order of the pattern: "/api/v1/spaces/{space}" -> parameter("space"). Decoded.
  std::string_view parameter(std::string_view name) const;
  /// The same as an identifier: parameter_id<SpaceId>("space"); nullopt when it is not one (answer 404).
  template <class IdType>
  std::optional<IdType> parameter_id(std::string_view name) const {
    return IdType::parse(parameter(name));
  }
  /// Query parameters, decoded.
  std::optional<std::string> query_value(std::string_view name) const;
  std::vector<std::string> query_values(std::string_view name) const;
  /// Reads the whole body as text / JSON, within `max_bytes`.
  Task<Result<std::string>> read_text(size_t max_bytes);
  Task<Result<json::Value>> read_json(size_t max_bytes = 1 << 16);

  std::vector<std::pair<std::string_view, std::string>> parameters;  // filled by the router
  /// Where handlers and middleware of upper floors keep the session; the http floor does not look inside.
  std::shared_ptr<void> session;
  /// Bytes both ways are attributed through this once the person is known; see core/meter.
  void* meter = nullptr;
};

/// Streams a response body: called until it yields an empty chunk.
using BodyGenerator = std::move_only_function<Task<Result<std::string>>()>;

/// One shared, immutable piece of a response: cached bytes are spliced, never copied.
using SharedBytes = std::shared_ptr<const std::string>;

struct FileBody {
  std::shared_ptr<File> file;
  uint64_t offset = 0;
  uint64_t size = 0;  // bytes to send
};

class WebSocket;
/// Runs for as long as the WebSocket lives, after the Request is gone: captures what it needs, never the
/// Request.
using WebSocketHandler = std::move_only_function<Task<void>(std::unique_ptr<WebSocket>)>;

class Response {
 public:
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                 // small, owned; sent first
  std::vector<SharedBytes> pieces;  // then these (writev); Content-Length is the sum
  std::optional<FileBody> file;     // then a file (sendfile)
  BodyGenerator generator;          // or a stream: chunked, unless the headers state a Content-Length
  WebSocketHandler upgrade;         // or a WebSocket (status 101 is set by the server)

  Response& set(std::string_view name, std::string_view value);  // replaces
  Response& add(std::string_view name, std::string_view value);  // for Set-Cookie, Vary, Link
  std::string_view header(std::string_view name) const;          // first value, or ""
  static Response json(std::string body, int status = 200);
  static Response text(std::string body, int status = 200);
  static Response empty(int status = 204);
  static Response redirect(std::string location, int status = 303);
};

/// One WebSocket connection (RFC 6455, permessage-deflate RFC 7692), server side. Loop thread only.
class WebSocket {
 public:
  struct Message {
    bool binary = false;
    std::string data;
  };
  virtual ~WebSocket() = default;
  /// The next message; pings are answered inside. Fails with Stream::closed at a close frame,
  /// reasons::too_large past max_message_bytes, reasons::malformed for frames or text that break the
  /// protocol, reasons::timeout when the peer stops answering pings (sent while receive() waits: a handler
  /// keeps one receive() pending).
  virtual Task<Result<Message>> receive() = 0;
  /// Queues a message; never waits. False when more than max_queued_bytes wait for a slow reader (the socket
  /// is then closed with 1013). Bytes are shared, not copied, when given as SharedBytes.
  virtual bool send(std::string_view data, bool binary) = 0;
  virtual bool send(SharedBytes data, bool binary) = 0;
  /// Between cork() and uncork(), in one turn of the loop, messages are kept and then go out in one write.
  virtual void cork() = 0;
  virtual void uncork() = 0;
  virtual void close(uint16_t code, std::string_view reason) = 0;
  virtual size_t queued_bytes() const = 0;
  static constexpr size_t max_queued_bytes = 4 << 20;
  static constexpr size_t max_message_bytes = 1 << 20;
};

}  // namespace parvis::http
