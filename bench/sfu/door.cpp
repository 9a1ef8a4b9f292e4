#include "door.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/livekit/messages.h"
#include "wire.h"

namespace bench {
namespace {

using namespace parvis;
using namespace parvis::sfu;
namespace messages = parvis::livekit::wire;

sdp::Section section_of(const Errand& errand, bool video) {
  sdp::Section out;
  out.media = video ? sdp::Media::video : sdp::Media::audio;
  out.mid = video ? "1" : "0";
  out.direction = errand.publishes ? sdp::Direction::sendonly : sdp::Direction::recvonly;
  if (video) {
    out.payload_types = {
        {.id = 96, .name = "VP8", .clock_rate = 90'000, .parameters = {}, .feedback = {"nack", "nack pli"}},
        {.id = 97, .name = "rtx", .clock_rate = 90'000, .parameters = "apt=96", .feedback = {}}};
  } else {
    out.payload_types = {
        {.id = 111, .name = "opus", .clock_rate = 48'000, .channels = 2, .parameters = {}, .feedback = {}}};
  }
  out.extensions = {{4, "urn:ietf:params:rtp-hdrext:sdes:mid"}};
  if (errand.publishes) {
    out.stream_id = "stream";
    out.track_id = video ? "camera" : "voice";
  }
  out.ice_ufrag = errand.ufrag;
  out.ice_pwd = errand.pwd;
  out.fingerprint = errand.fingerprint;
  out.setup = "actpass";
  return out;
}

std::string request_of(const Errand& errand) {
  sdp::Description offer;
  offer.sections = {section_of(errand, false), section_of(errand, true)};
  offer.bundle = {"0", "1"};
  messages::JoinRequest join;
  join.mutable_connection_settings()->set_auto_subscribe(true);
  join.mutable_publisher_offer()->set_type("offer");
  join.mutable_publisher_offer()->set_sdp(sdp::write(offer));
  join.mutable_publisher_offer()->set_id(1);
  if (errand.publishes) {
    for (bool video : {false, true}) {
      auto* track = join.add_add_track_requests();
      track->set_cid(video ? "camera" : "voice");
      track->set_type(video ? messages::VIDEO : messages::AUDIO);
      track->set_source(video ? messages::CAMERA : messages::MICROPHONE);
    }
  }
  messages::WrappedJoinRequest wrapped;
  wrapped.set_join_request(join.SerializeAsString());
  return "GET /rtc/v1?access_token=" + errand.token +
         "&join_request=" + to_base64(as_bytes(wrapped.SerializeAsString()), Base64::url_unpadded) +
         " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

}  // namespace

Door::Door(const sockaddr_in& server, uint32_t local, const Errand& errand) : out_(request_of(errand)) {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) die("socket");
  int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in mine{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(local)}, .sin_zero = {}};
  if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&mine), sizeof mine) != 0) die("bind");
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0 &&
      errno != EINPROGRESS)
    fail(std::strerror(errno));
}

Door::~Door() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Door::fail(std::string why) {
  state_ = State::failed;
  trouble_ = std::move(why);
}

short Door::events() const {
  if (state_ == State::failed) return 0;
  return static_cast<short>(out_.empty() ? POLLIN : POLLIN | POLLOUT);
}

void Door::write() {
  while (!out_.empty()) {
    ssize_t sent = ::send(descriptor_, out_.data(), out_.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN)) return;
    if (sent < 0) return fail(std::strerror(errno));
    if (state_ == State::connecting) {
      state_ = State::asking;
      asked_ns_ = now_ns();
    }
    out_.erase(0, static_cast<size_t>(sent));
  }
}

void Door::read() {
  char buffer[16'384];
  for (;;) {
    ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (got < 0) return errno == EAGAIN ? void() : fail(std::strerror(errno));
    if (got == 0) return fail("closed: " + in_.substr(0, 300));
    in_.append(buffer, static_cast<size_t>(got));
  }
}

std::optional<sdp::Description> Door::serve() {
  if (state_ == State::failed) return std::nullopt;
  write();
  if (state_ == State::asking || state_ == State::open) read();
  if (state_ == State::asking) {
    size_t end = in_.find("\r\n\r\n");
    if (end == std::string::npos) return std::nullopt;
    if (!in_.starts_with("HTTP/1.1 101")) {
      fail("refused: " + in_.substr(0, 300));
      return std::nullopt;
    }
    in_.erase(0, end + 4);
    state_ = State::open;
  }
  return state_ == State::open ? frames() : std::nullopt;
}

std::optional<sdp::Description> Door::frames() {
  std::optional<sdp::Description> answer;
  // RFC 6455 section 5.2: a server's frames are not masked.
  for (size_t at = 0;;) {
    auto byte = [&](size_t i) { return static_cast<uint8_t>(in_[at + i]); };
    size_t left = in_.size() - at, header = 2, length = 0;
    if (left >= 2) length = byte(1) & 0x7f;
    if (length == 126) header = 4;
    if (length == 127) header = 10;
    if (left >= header && header > 2) {
      length = 0;
      for (size_t i = 2; i < header; ++i) length = length << 8 | byte(i);
    }
    if (left < 2 || left < header || left - header < length) {
      in_.erase(0, at);
      return answer;
    }
    messages::SignalResponse message;
    bool whole =
        (byte(0) & 0x0f) == 2 && message.ParseFromArray(in_.data() + at + header, static_cast<int>(length));
    if (whole && message.has_answer()) {
      auto parsed = sdp::parse(message.answer().sdp());
      if (parsed) answer = std::move(*parsed);
    }
    if (whole && message.has_leave()) fail("sent away");
    at += header + length;
  }
}

}  // namespace bench
