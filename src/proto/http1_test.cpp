#include <doctest/doctest.h>

#include <string>

#include "proto/http1_chunked.h"
#include "proto/http1_request.h"
#include "proto/http1_response.h"

using namespace parvis;
using namespace parvis::proto;
using namespace std::string_view_literals;

namespace {

Result<RequestHead> parse(std::string_view bytes, HeadLimits limits = {}) {
  size_t scanned = 0;
  size_t end = TRY(find_head_end(bytes, scanned, limits));
  if (end == 0) return fail(reasons::timeout, "incomplete");
  RequestHead head;
  TRY(parse_request_head(bytes.substr(0, end), limits, head));
  return head;
}
std::string outcome(std::string_view bytes) {
  auto head = parse(bytes);
  return head ? "ok" : std::string(head.error().reason->id);
}
std::string with(std::string_view header) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(header) + "\r\n\r\n";
}

}  // namespace

TEST_CASE("a plain request head") {
  std::string bytes = "GET /a?b=c HTTP/1.1\r\nHost: exemple.fr:8080\r\nAccept:\t*/* \r\nX:\r\n\r\nrest";
  auto head = parse(bytes);
  REQUIRE(head);
  CHECK(head->method == "GET");
  CHECK(head->target == "/a?b=c");
  CHECK(head->host == "exemple.fr:8080");
  CHECK(head->keep_alive);
  CHECK(find_header(head->headers, "accept") == "*/*");
  CHECK(head->headers.size() == 3);
  CHECK(!head->has_body());
}

TEST_CASE("any verb, absolute and asterisk targets") {
  CHECK(outcome("MKCALENDAR /dav/x HTTP/1.1\r\nHost: a\r\n\r\n") == "ok");
  CHECK(outcome("VERSION-CONTROL /x HTTP/1.1\r\nHost: a\r\n\r\n") == "ok");
  CHECK(outcome("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n") == "ok");
  CHECK(outcome("GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n") == "ok");
  CHECK(outcome("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n") == "ok");
  CHECK(outcome("GET * HTTP/1.1\r\nHost: a\r\n\r\n") == "malformed_head");
  CHECK(outcome("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n") == "not_implemented");
}

TEST_CASE("heads that two readers could understand differently are refused") {
  for (auto bytes : {
           "GET / HTTP/1.1\nHost: a\n\n",                            // bare LF
           "GET / HTTP/1.1\r\nHost: a\r\nX: b\n\r\n",                //
           "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n",           // CR inside a value
           "GET / HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n",        // obsolete folding
           "GET / HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n",             // space before the colon
           "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",               //
           "GET / HTTP/1.1\r\nHost: a\r\nnocolon\r\n\r\n",           //
           "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",                     // two spaces
           "GET / /x HTTP/1.1\r\nHost: a\r\n\r\n",                   //
           "GET /\tx HTTP/1.1\r\nHost: a\r\n\r\n",                   //
           "GET x HTTP/1.1\r\nHost: a\r\n\r\n",                      //
           "GET /#f HTTP/1.1\r\nHost: a\r\n\r\n",                    //
           "GET / HTTP/1.1\r\n\r\n",                                 // no Host
           "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",           //
           "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",                    //
           "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",                    //
           "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",                    //
           "GET /\r\n\r\n",                                          // HTTP/0.9
           "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",                     //
           "GET / http/1.1\r\nHost: a\r\n\r\n",                      //
           "G(T / HTTP/1.1\r\nHost: a\r\n\r\n",                      //
           "\x16\x03\x01\x02",                                       // a TLS hello
           "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",  //
       }) {
    CAPTURE(std::string(bytes));
    CHECK(outcome(bytes) == "malformed_head");
  }
  CHECK(outcome("GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n"sv) == "malformed_head");
}

TEST_CASE("message framing headers") {
  CHECK(parse(with("Content-Length: 12"))->content_length == 12);
  CHECK(parse(with("Transfer-Encoding: Chunked"))->chunked);
  CHECK(parse(with("Expect: 100-Continue"))->expect_continue);
  for (auto header :
       {"Content-Length: 1\r\nContent-Length: 1", "Content-Length: 1, 1", "Content-Length: +1",
        "Content-Length: -1", "Content-Length: 0x1", "Content-Length:", "Content-Length: 1 1",
        "Content-Length: 9999999999999999999", "Content-Length: 1\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"}) {
    CAPTURE(std::string(header));
    CHECK(outcome(with(header)) == "malformed_head");
  }
  for (auto header :
       {"Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: \"chunked\""}) {
    CAPTURE(std::string(header));
    CHECK(outcome(with(header)) == "not_implemented");
  }
  CHECK(outcome(with("Expect: something")) == "expectation_failed");
}

TEST_CASE("versions and persistence") {
  CHECK(outcome("GET / HTTP/2.0\r\nHost: a\r\n\r\n") == "version_not_supported");
  CHECK(outcome("PRI * HTTP/2.0\r\n\r\n") == "version_not_supported");
  CHECK(outcome("GET / HTTP/1.2\r\nHost: a\r\n\r\n") == "version_not_supported");
  CHECK(!parse("GET / HTTP/1.0\r\n\r\n")->keep_alive);
  CHECK(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive);
  CHECK(!parse("GET / HTTP/1.0\r\nConnection: close, keep-alive\r\n\r\n")->keep_alive);
  CHECK(!parse(with("Connection: Close"))->keep_alive);
  CHECK(parse(with("Connection: keep-alive, Upgrade"))->upgrade);
}

TEST_CASE("limits of a head") {
  HeadLimits limits{.max_bytes = 200, .max_headers = 3, .max_target_bytes = 20};
  auto reason = [&](const std::string& bytes) {
    return std::string(parse(bytes, limits).error().reason->id);
  };
  CHECK(reason("GET /" + std::string(30, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n") == "target_too_long");
  CHECK(reason("GET /" + std::string(300, 'a')) == "target_too_long");
  CHECK(reason("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'a')) == "head_too_large");
  CHECK(reason("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(300, 'a') + "\r\n\r\n") == "head_too_large");
  CHECK(reason("GET / HTTP/1.1\r\nHost: a\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n") == "head_too_large");
  CHECK(reason(std::string(40, 'A')) == "malformed_head");
}

TEST_CASE("a head may arrive byte by byte") {
  std::string bytes = "\r\nGET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n";
  size_t scanned = 0;
  for (size_t size = 1; size < bytes.size(); ++size) {
    auto end = find_head_end(std::string_view(bytes).substr(0, size), scanned, {});
    REQUIRE(end);
    CHECK(*end == 0);
  }
  CHECK(find_head_end(bytes, scanned, {}).value() == bytes.size());
}

namespace {

/// Feeds `wire` in pieces of `step` bytes; the decoded body, or the reason's id, then what was left unread.
std::pair<std::string, std::string> decode(std::string_view wire, size_t step) {
  ChunkedDecoder decoder;
  std::string out;
  while (!wire.empty()) {
    std::string piece(wire.substr(0, step));
    std::span<uint8_t> memory(reinterpret_cast<uint8_t*>(piece.data()), piece.size());
    auto progress = decoder.decode(memory, memory);  // in place
    if (!progress) return {std::string(progress.error().reason->id), ""};
    out.append(piece, 0, progress->produced);
    wire.remove_prefix(progress->consumed);
    if (progress->done) return {out, std::string(wire)};
  }
  return {"incomplete", ""};
}

}  // namespace

TEST_CASE("chunked bodies, whatever the pieces they arrive in") {
  std::string wire = "5;name=\"v\"\r\nhello\r\n00b \r\n, everybody\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\nNEXT";
  for (size_t step = 1; step <= wire.size(); ++step) {
    auto [body, rest] = decode(wire, step);
    CHECK(body == "hello, everybody");
    CHECK(wire.ends_with(rest));
  }
  CHECK(decode(wire, 1000).second == "NEXT");
}

TEST_CASE("chunked bodies that are refused") {
  for (std::string wire : {"\r\n", "g\r\n", "-1\r\n", "0x1\r\na\r\n", "1\na", "1\r\nab\r\n", "1\r\na\n",
                           "1\r\na\rb", "1111111111111111\r\n", "0\r\nno colon\r\n\r\n", "0\r\n: x\r\n\r\n",
                           "0\r\nX: \x01\r\n\r\n", "1;\x01\r\na\r\n", " 1\r\na\r\n", "0\r\n\rX"}) {
    CAPTURE(wire);
    CHECK(decode(wire, 3).first == "malformed_head");
  }
  CHECK(decode("1;" + std::string(5000, 'x') + "\r\na\r\n", 100).first == "head_too_large");
  CHECK(decode("0\r\nX: " + std::string(5000, 'x') + "\r\n\r\n", 100).first == "head_too_large");
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "1;abc\r\na\r\n";
  CHECK(decode(many, 100).first == "head_too_large");
}

TEST_CASE("a decoder stops when the output is full") {
  ChunkedDecoder decoder;
  std::array<uint8_t, 3> out;
  auto progress = decoder.decode(as_bytes("5\r\nhello\r\n0\r\n\r\n"), out);
  REQUIRE(progress);
  CHECK(progress->consumed == 6);
  CHECK(progress->produced == 3);
}

TEST_CASE("response heads cannot be split by a header's value") {
  std::string out;
  append_status_line(out, 404);
  append_header(out, "X-Name", "a\r\nSet-Cookie: b");
  append_header(out, "Bad\r\nName", "v");
  append_header(out, "Content-Length", uint64_t{18446744073709551615u});
  CHECK(out ==
        "HTTP/1.1 404 Not Found\r\nX-Name: a  Set-Cookie: b\r\nBad__Name: v\r\nContent-Length: "
        "18446744073709551615\r\n");
  CHECK(!status_has_body(304));
  CHECK(status_has_body(200));
  std::string chunk;
  append_chunk_head(chunk, 0xabc);
  CHECK(chunk == "abc\r\n");
}
