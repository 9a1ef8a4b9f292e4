// The load generator: many WebRTC clients on one thread, told what to do by lines on its standard input (by
// run.py); each line is answered by one line.
//   hello                                                     fingerprint and port of all clients
//   client <index> <host> <port> <ufrag> <pwd> <fingerprint>  connects; its address is 127.1.0.0 + index
//   wait <count> <seconds>                                    until so many clients are connected
//   stream <client> <ssrc> <type> <clock> <mid id> <mid> <rid id> <rid> <bytes> <burst> <bursts/s>   "-":
//   none run <seconds>                                             sends all streams, tells what was received
//   bare <receivers> <bytes> <calls>                         what the kernel takes for a packet, by itself
//   join <index> <host> <port> <token> publish|listen         the same through the server's own door, with a
//   voice (mid 0)
//                                                             and a camera (mid 1), published or received
//   joined <count> <seconds>                                  until so many receive; from the request for the
//   socket start | stop                                              sends all streams meanwhile forget all
//   clients are gone
#include <arpa/inet.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <sstream>

#include "bare.h"
#include "client.h"
#include "door.h"

namespace bench {
namespace {

constexpr uint32_t first_address = 0x7f01'0000;
constexpr int64_t tick_every_ns = 20'000'000;
constexpr size_t decrypting_share = 16, decrypting_from = 5;  // neither the first nor the last of a burst

uint32_t percentile(std::vector<uint32_t>& values, double share) {
  if (values.empty()) return 0;
  auto at = values.begin() + static_cast<ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

class Load {
 public:
  /// `host` not 0: all clients have this address, and are told apart by the port of the server that they talk
  /// to.
  explicit Load(uint32_t host) : host_(host) {}

  /// Serves the network until `until`, or for a line of commands to come.
  bool turn(int64_t until, bool commands) {
    int64_t now = now_ns(), next = std::min(until, next_tick_ns_);
    for (auto [client, stream] : sending_) next = std::min(next, stream->next_ns());
    pollfd ready[3] = {{wire_.descriptor(), POLLIN, 0}, {doors_ready_, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    timespec wait{0, std::clamp<int64_t>(next - now, 0, tick_every_ns)};
    ::ppoll(ready, commands ? 3 : 2, &wait, nullptr);
    now = now_ns();
    if (ready[0].revents) {
      wire_.receive([&](uint32_t local, const sockaddr_in& from, std::span<uint8_t> bytes, int64_t arrived) {
        size_t index = host_ ? by_port_[ntohs(from.sin_port)] : local - first_address;
        if (index < clients_.size() && clients_[index])
          clients_[index]->receive(from, bytes, arrived, tally_);
      });
    }
    for (auto [client, stream] : sending_) {
      while (stream->next_ns() <= now) client->send_burst(*stream, now);
    }
    if (now >= next_tick_ns_) {
      next_tick_ns_ = now + tick_every_ns;
      for (auto& client : clients_) {
        if (client) client->tick(now);
      }
    }
    if (ready[1].revents) serve_doors();
    wire_.flush();
    return commands && ready[2].revents;
  }

  std::string obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "hello") return certificate_->fingerprint() + " " + std::to_string(wire_.port());
    if (verb == "client") return add_client(words);
    if (verb == "wait") return wait(words);
    if (verb == "stream") return add_stream(words);
    if (verb == "run") return run(words);
    if (verb == "bare") return bare(words);
    if (verb == "join") return join(words);
    if (verb == "joined") return joined(words);
    if (verb == "start") return start(), "sending";
    if (verb == "stop") return std::to_string(stop());
    if (verb == "forget") {
      sending_.clear();
      doors_.clear();
      clients_.clear();
      return "forgotten";
    }
    return "unknown command";
  }

 private:
  std::string add_client(std::istringstream& words) {
    size_t index;
    std::string host, fingerprint;
    uint16_t port;
    Remote remote;
    words >> index >> host >> port >> remote.ufrag >> remote.pwd >> fingerprint;
    remote.fingerprint = "sha-256 " + fingerprint;
    remote.address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
    unsigned a, b, c, d;
    if (std::sscanf(host.c_str(), "%u.%u.%u.%u", &a, &b, &c, &d) != 4) return "not an IPv4 address";
    remote.address.sin_addr.s_addr = htonl(a << 24 | b << 16 | c << 8 | d);
    connect(index, std::move(remote));
    return "connecting";
  }
  void connect(size_t index, Remote remote) {
    if (clients_.size() <= index) clients_.resize(index + 1);
    by_port_[ntohs(remote.address.sin_port)] = index;
    uint32_t local = host_ ? host_ : first_address + static_cast<uint32_t>(index);
    clients_[index] = std::make_unique<Client>(wire_, certificate_, index, local, std::move(remote),
                                               index % decrypting_share == decrypting_from);
    wire_.flush();
  }
  std::string join(std::istringstream& words) {
    size_t index;
    std::string host, part;
    uint16_t port;
    Errand errand{
        .token = {}, .ufrag = {}, .pwd = Client::password, .fingerprint = certificate_->fingerprint()};
    words >> index >> host >> port >> errand.token >> part;
    errand.publishes = part == "publish";
    errand.ufrag = Client::ufrag_of(index);
    sockaddr_in server{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
    if (!words || ::inet_pton(AF_INET, host.c_str(), &server.sin_addr) != 1) return "bad join";
    if (doors_.size() <= index) doors_.resize(index + 1);
    doors_[index] = std::make_unique<Door>(server, first_address + static_cast<uint32_t>(index), errand);
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.u64 = index}};
    ::epoll_ctl(doors_ready_, EPOLL_CTL_ADD, doors_[index]->descriptor(), &event);
    return "joining";
  }
  void serve_doors() {
    epoll_event events[64];
    int count = ::epoll_wait(doors_ready_, events, 64, 0);
    for (int i = 0; i < count; ++i) {
      size_t index = events[i].data.u64;
      auto answer = doors_[index] ? doors_[index]->serve() : std::nullopt;
      auto remote = answer ? remote_of(*answer) : std::nullopt;
      bool known = index < clients_.size() && clients_[index];
      if (remote && !known) connect(index, std::move(*remote));
    }
  }
  /// The server's half of the transport, by its first candidate on loopback.
  static std::optional<Remote> remote_of(const parvis::sfu::sdp::Description& answer) {
    auto transport = parvis::sfu::sdp::remote_transport(answer);
    if (!transport) return std::nullopt;
    Remote out{.address = {},
               .ufrag = transport->ice_ufrag,
               .pwd = transport->ice_pwd,
               .fingerprint = transport->fingerprint};
    for (const auto& section : answer.sections) {
      for (const auto& candidate : section.candidates) {
        std::istringstream fields(candidate);
        std::string foundation, component, protocol, priority, host;
        uint16_t port = 0;
        fields >> foundation >> component >> protocol >> priority >> host >> port;
        if (protocol != "udp" || !host.starts_with("127.")) continue;
        out.address.sin_family = AF_INET;
        out.address.sin_port = htons(port);
        if (::inet_pton(AF_INET, host.c_str(), &out.address.sin_addr) == 1) return out;
      }
    }
    return std::nullopt;
  }
  std::string joined(std::istringstream& words) {
    size_t count = 0;
    double seconds = 0;
    words >> count >> seconds;
    int64_t until = now_ns() + static_cast<int64_t>(seconds * 1e9);
    auto measure = [&] {
      std::vector<uint32_t> heard;
      for (size_t i = 0; i < doors_.size() && i < clients_.size(); ++i) {
        if (!doors_[i] || !clients_[i] || !clients_[i]->first_media_ns()) continue;
        heard.push_back(
            static_cast<uint32_t>((clients_[i]->first_media_ns() - doors_[i]->asked_ns()) / 1'000));
      }
      return heard;
    };
    std::vector<uint32_t> heard = measure();
    while (heard.size() < count && now_ns() < until) {
      turn(std::min(until, now_ns() + 20'000'000), false);
      heard = measure();
    }
    std::string trouble;
    for (auto& door : doors_) {
      if (door && door->state() == Door::State::failed) trouble = door->trouble();
    }
    if (!trouble.empty()) std::fprintf(stderr, "bench_sfu_load: %s\n", trouble.c_str());
    std::ostringstream out;
    out << "joined " << heard.size() << " p50_us " << percentile(heard, 0.5) << " p99_us "
        << percentile(heard, 0.99);
    return out.str();
  }
  std::string bare(std::istringstream& words) {
    size_t receivers = 0, bytes = 0, calls = 0;
    words >> receivers >> bytes >> calls;
    if (!words || receivers == 0 || receivers > 1'024) return "bad bare";
    int64_t cost =
        bare_cost_ns(first_address, wire_.port(), receivers, bytes, calls, [&] { turn(now_ns(), false); });
    return "cost_ns " + std::to_string(cost);
  }
  std::string wait(std::istringstream& words) {
    size_t count = 0, connected = 0;
    double seconds = 0;
    words >> count >> seconds;
    int64_t until = now_ns() + static_cast<int64_t>(seconds * 1e9);
    std::vector<uint32_t> took_us;
    do {
      turn(until, false);
      connected = static_cast<size_t>(
          std::ranges::count_if(clients_, [](auto& client) { return client && client->connected(); }));
    } while (connected < count && now_ns() < until);
    for (auto& client : clients_) {
      if (client && client->connected())
        took_us.push_back(static_cast<uint32_t>(client->connected_after_ns() / 1'000));
    }
    std::ostringstream out;
    out << "connected " << connected << " p50_us " << percentile(took_us, 0.5) << " p99_us "
        << percentile(took_us, 0.99);
    return out.str();
  }
  std::string add_stream(std::istringstream& words) {
    size_t index;
    unsigned type, mid_id, rid_id;
    Stream stream;
    words >> index >> stream.ssrc >> type >> stream.clock_rate >> mid_id >> stream.mid >> rid_id >>
        stream.rid >> stream.packet_bytes >> stream.burst >> stream.bursts_per_second;
    if (!words || index >= clients_.size() || !clients_[index]) return "bad stream";
    stream.payload_type = static_cast<uint8_t>(type);
    stream.mid_extension = static_cast<uint8_t>(mid_id);
    stream.rid_extension = static_cast<uint8_t>(rid_id);
    if (stream.rid == "-") stream.rid.clear();
    clients_[index]->add(std::move(stream));
    return "ready";
  }
  int64_t start() {
    int64_t start = now_ns(), number = 0;
    sending_.clear();
    for (auto& client : clients_) {
      if (!client) continue;
      for (Stream& stream : client->streams()) {
        // Cameras are not in step with each other.
        auto interval = static_cast<int64_t>(1e9 / stream.bursts_per_second);
        stream.first_ns = start + number++ * 618'033'989 % interval;
        stream.bursts_sent = stream.packets_sent = 0;
        sending_.emplace_back(client.get(), &stream);
      }
    }
    return start;
  }
  uint64_t stop() {
    uint64_t sent = 0;
    for (auto [client, stream] : sending_) sent += stream->packets_sent;
    sending_.clear();
    return sent;
  }
  std::string run(std::istringstream& words) {
    double seconds = 1;
    words >> seconds;
    tally_ = {};
    uint64_t unsent = wire_.unsent();
    int64_t until = start() + static_cast<int64_t>(seconds * 1e9);
    while (now_ns() < until) turn(until, false);
    uint64_t sent = stop();
    int64_t drained = now_ns() + 200'000'000;
    while (now_ns() < drained) turn(drained, false);
    std::ostringstream out;
    out << "sent " << sent << " unsent " << wire_.unsent() - unsent << " received " << tally_.rtp << " bytes "
        << tally_.bytes << " rtcp " << tally_.rtcp << " opened " << tally_.opened << " refused "
        << tally_.refused << " lost " << tally_.lost << " late " << tally_.late << " asked "
        << tally_.key_frames_asked << " p50_us " << percentile(tally_.delay_us, 0.5) << " p99_us "
        << percentile(tally_.delay_us, 0.99);
    return out.str();
  }

  uint32_t host_;
  std::vector<size_t> by_port_ = std::vector<size_t>(65'536);
  Wire wire_;
  std::shared_ptr<parvis::sfu::Certificate> certificate_ = *parvis::sfu::Certificate::make();
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<std::unique_ptr<Door>> doors_;
  int doors_ready_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<std::pair<Client*, Stream*>> sending_;
  Tally tally_;
  int64_t next_tick_ns_ = 0;
};

}  // namespace
}  // namespace bench

int main(int count, char** words) {
  in_addr host{};
  if (count > 1 && ::inet_pton(AF_INET, words[1], &host) != 1) return 2;
  bench::Load load(ntohl(host.s_addr));
  std::string pending;
  char buffer[4'096];
  for (;;) {
    if (!load.turn(INT64_MAX, true)) continue;
    ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got <= 0) return 0;
    pending.append(buffer, static_cast<size_t>(got));
    for (size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1)) {
      std::printf("%s\n", load.obey(pending.substr(0, end)).c_str());
      std::fflush(stdout);
    }
  }
}
