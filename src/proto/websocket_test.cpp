#include "proto/websocket.h"

#include <doctest/doctest.h>

#include "proto/sha1.h"
#include "proto/websocket_deflate.h"

using namespace parvis;
using namespace parvis::proto;
using namespace std::string_view_literals;

namespace {

constexpr std::array<uint8_t, 4> mask = {0x12, 0x34, 0x56, 0x78};

struct Outcome {
  std::vector<WebSocketEvent> events;
  uint16_t error = 0;
};
Outcome feed(std::string_view wire, size_t step = SIZE_MAX, WebSocketDecoder::Options options = {}) {
  WebSocketDecoder decoder(options);
  Outcome out;
  while (!wire.empty()) {
    auto piece = as_bytes(wire.substr(0, step));
    wire.remove_prefix(piece.size());
    while (true) {
      auto event = decoder.next(piece);
      if (!event) return out.error = event.error(), out;
      if (event->kind == WebSocketEvent::Kind::need_more) break;
      out.events.push_back(*event);
    }
  }
  return out;
}
std::string text_frame(std::string_view text, bool final = true) {
  return masked_frame(Opcode::text, text, mask, final);
}
std::string more_frame(std::string_view text, bool final) {
  return masked_frame(Opcode::continuation, text, mask, final);
}

}  // namespace

TEST_CASE("SHA-1 and the handshake's example of RFC 6455") {
  CHECK(to_hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(to_hex(sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  CHECK(valid_websocket_key("dGhlIHNhbXBsZSBub25jZQ=="));
  CHECK(!valid_websocket_key("dGhlIHNhbXBsZQ=="));
}

TEST_CASE("messages of each length form, whole and in pieces") {
  for (size_t size : {0, 1, 125, 126, 127, 65535, 65536, 100'000}) {
    std::string payload(size, 'x');
    for (size_t i = 0; i < size; ++i) payload[i] = static_cast<char>('a' + i % 26);
    for (size_t step : {size_t{1}, size_t{7}, SIZE_MAX}) {
      auto out = feed(text_frame(payload), step);
      REQUIRE(out.events.size() == 1);
      CHECK(out.events[0].kind == WebSocketEvent::Kind::text);
      CHECK(out.events[0].data == payload);
    }
  }
}

TEST_CASE("fragments, with control frames between them") {
  auto wire = text_frame("bon", false) + masked_frame(Opcode::ping, "p", mask) + more_frame("jo", false) +
              masked_frame(Opcode::pong, "", mask) + more_frame("ur", true);
  for (size_t step = 1; step < wire.size(); ++step) {
    auto out = feed(wire, step);
    REQUIRE(out.events.size() == 3);
    CHECK(out.events[0].kind == WebSocketEvent::Kind::ping);
    CHECK(out.events[0].data == "p");
    CHECK(out.events[2].data == "bonjour");
  }
}

TEST_CASE("a character may be cut between fragments, but must be whole at the end") {
  CHECK(feed(text_frame("\xc3", false) + more_frame("\xa9", true)).events[0].data == "\xc3\xa9");
  CHECK(feed(text_frame("\xc3", false) + more_frame("a", true)).error == close_code::invalid_data);
  CHECK(feed(text_frame("\xed\xa0\x80")).error == close_code::invalid_data);
  CHECK(feed(masked_frame(Opcode::binary, "\xff", mask)).events[0].kind == WebSocketEvent::Kind::binary);
}

TEST_CASE("frames that break the protocol") {
  CHECK(feed("\x81\x01"
             "a")
            .error == close_code::protocol_error);                         // unmasked
  CHECK(feed(more_frame("a", true)).error == close_code::protocol_error);  // nothing to continue
  CHECK(feed(text_frame("a", false) + text_frame("b")).error == close_code::protocol_error);
  CHECK(feed(masked_frame(Opcode::ping, "a", mask, false)).error == close_code::protocol_error);
  CHECK(feed(masked_frame(Opcode::ping, std::string(126, 'a'), mask)).error == close_code::protocol_error);
  CHECK(feed(masked_frame(Opcode::text, "a", mask, true, true)).error == close_code::protocol_error);  // RSV1
  CHECK(feed(masked_frame(static_cast<Opcode>(3), "a", mask)).error == close_code::protocol_error);
  CHECK(feed(masked_frame(static_cast<Opcode>(11), "a", mask)).error == close_code::protocol_error);
  CHECK(feed(std::string("\x81\xfe\x00\x05", 4) + "....").error ==
        close_code::protocol_error);  // not the shortest length
  CHECK(feed(std::string("\x81\xff\x80\0\0\0\0\0\0\0mask", 14)).error == close_code::protocol_error);
}

TEST_CASE("a message past the limit is refused at its head") {
  WebSocketDecoder::Options options{.max_message_bytes = 10};
  CHECK(feed(text_frame(std::string(11, 'a')), SIZE_MAX, options).error == close_code::too_big);
  CHECK(feed(text_frame("123456", false) + more_frame("78901", true), SIZE_MAX, options).error ==
        close_code::too_big);
  CHECK(feed(text_frame("1234567890"), SIZE_MAX, options).error == 0);
}

TEST_CASE("close frames") {
  auto closed = feed(masked_frame(Opcode::close, close_payload(1000, "à bientôt"), mask)).events;
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].close_code == 1000);
  CHECK(closed[0].data == "à bientôt");
  CHECK(feed(masked_frame(Opcode::close, "", mask)).events[0].close_code == close_code::no_status);
  CHECK(feed(masked_frame(Opcode::close, "a", mask)).error == close_code::protocol_error);
  for (uint16_t code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000}) {
    CHECK(feed(masked_frame(Opcode::close, close_payload(code, ""), mask)).error ==
          close_code::protocol_error);
  }
  CHECK(feed(masked_frame(Opcode::close, std::string("\x03\xe8\xff"), mask)).error ==
        close_code::invalid_data);
  CHECK(close_payload(1000, std::string(122, 'a') + "é").size() == 124);  // cut before the character
}

TEST_CASE("nothing is held between messages") {
  WebSocketDecoder decoder({});
  auto wire = text_frame(std::string(1000, 'a'));
  auto in = as_bytes(wire);
  CHECK(decoder.next(in).has_value());
  CHECK(decoder.idle());
}

TEST_CASE("negotiation of permessage-deflate") {
  std::string base = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  CHECK(negotiate_deflate("permessage-deflate") == base);
  CHECK(negotiate_deflate("permessage-deflate; client_max_window_bits") == base);
  CHECK(negotiate_deflate("permessage-deflate; server_max_window_bits=10, permessage-deflate") == base);
  CHECK(negotiate_deflate("permessage-deflate; server_max_window_bits=\"15\"") ==
        base + "; server_max_window_bits=15");
  for (auto offer : {"", "x-webkit-deflate-frame", "permessage-deflate; server_max_window_bits=10",
                     "permessage-deflate; unknown", "permessage-deflate; client_max_window_bits=16",
                     "permessage-deflate; client_max_window_bits=08",
                     "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
                     "permessage-deflate; server_no_context_takeover=1"}) {
    CAPTURE(std::string(offer));
    CHECK(!negotiate_deflate(offer));
  }
}

TEST_CASE("compression there and back") {
  MessageDeflate deflate;
  for (std::string message :
       {std::string(), std::string("a"), std::string("Hello"), std::string(100'000, 'z')}) {
    auto packed = deflate.compress(message);
    auto back = deflate.inflate(packed, 1 << 20);
    REQUIRE(back);
    CHECK(*back == message);
  }
  // The examples of RFC 7692 sections 7.2.3.1 and 7.2.3.4.
  CHECK(*deflate.inflate("\xf2\x48\xcd\xc9\xc9\x07\x00"sv, 100) == "Hello");
  CHECK(*deflate.inflate("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv, 100) == "Hello");
}

TEST_CASE("a bomb is stopped, by size and by ratio; a broken stream is refused") {
  MessageDeflate deflate;
  auto bomb = deflate.compress(std::string(4 << 20, '\0'));
  CHECK(deflate.inflate(bomb, 1 << 20).error() == close_code::too_big);
  CHECK(deflate.inflate(bomb, 1 << 30).error() == close_code::too_big);
  CHECK(deflate.inflate("\xff\xff\xff", 100).error() == close_code::invalid_data);
  CHECK(*deflate.inflate(deflate.compress("after"), 100) == "after");
}
