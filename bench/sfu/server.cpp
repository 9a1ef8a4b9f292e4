// The engine alone in a process, told what to do by lines on its standard input (by run.py); each line is
// answered by one line. One media thread; the main thread is the owner.
//   transport <group> <ufrag> <pwd> <fingerprint>      id, ufrag, pwd, port, fingerprint
//   publish <transport> audio|video <mid> <type> <mid id> <rid id> <rid,rid or ->      track
//   subscribe <transport> <track> audio|video <mid> <type>                             ssrc
//   close <transport>
//   stats                                              counters
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <sstream>

#include "engine/sfu/sfu.h"

namespace {

using namespace parvis;
using namespace parvis::sfu;

/// What media threads post to the owner; run by the main thread between two lines.
class Mailbox {
 public:
  void post(Callback callback) {
    {
      std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(callback));
    }
    filled_.notify_one();
  }
  void run(bool wait) {
    std::unique_lock lock(mutex_);
    if (wait) filled_.wait(lock, [&] { return !waiting_.empty(); });
    auto now = std::exchange(waiting_, {});
    lock.unlock();
    for (auto& callback : now) callback();
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  std::vector<Callback> waiting_;
};

struct Counts final : Events {
  int connected = 0;
  void on_state(TransportId, State state, CloseReason) override {
    if (state == State::connected) ++connected;
    if (state == State::failed || state == State::closed) --connected;
  }
};

CodecOptions codec_of(Kind kind, unsigned type) {
  CodecOptions out{.codec = Codec::opus, .clock_rate = 48'000, .parameters = {}};
  if (kind == Kind::video) {
    out = {.codec = Codec::vp8,
           .rtx_payload_type = static_cast<uint8_t>(type + 1),
           .clock_rate = 90'000,
           .parameters = {}};
  }
  out.payload_type = static_cast<uint8_t>(type);
  return out;
}

class Server {
 public:
  Server() : environment_(make_system_env()) {
    Configuration configuration;
    configuration.bind_host = "127.0.0.1";
    auto engine = Engine::start(
        configuration, environment_->random,
        [this](Callback callback) { mailbox_.post(std::move(callback)); }, counts_);
    if (!engine) {
      std::fprintf(stderr, "bench_sfu_server: %s\n", engine.error().detail.c_str());
      std::exit(1);
    }
    engine_ = std::move(*engine);
  }

  std::string obey(const std::string& line) {
    mailbox_.run(false);
    std::istringstream words(line);
    std::string verb;
    words >> verb;
    if (verb == "transport") return transport(words);
    if (verb == "publish") return publish(words);
    if (verb == "subscribe") return subscribe(words);
    if (verb == "stats") return stats();
    if (verb == "close") {
      uint64_t id = 0;
      words >> id;
      engine_->close_transport(TransportId{id});
      return "closed";
    }
    return "unknown command";
  }

 private:
  std::string transport(std::istringstream& words) {
    TransportOptions options;
    RemoteTransport remote;
    words >> options.group >> remote.ice_ufrag >> remote.ice_pwd >> remote.fingerprint;
    remote.fingerprint = "sha-256 " + remote.fingerprint;
    auto local = engine_->create_transport(options);
    if (!local) return local.error().detail;
    if (auto set = engine_->set_remote(local->id, remote); !set) return set.error().detail;
    std::ostringstream out;
    out << static_cast<uint64_t>(local->id) << ' ' << local->ice_ufrag << ' ' << local->ice_pwd << ' '
        << local->candidates.front().port << ' ' << local->fingerprint.substr(8);
    return out.str();
  }
  std::string publish(std::istringstream& words) {
    uint64_t transport;
    std::string kind, rids;
    unsigned type, mid_id, rid_id;
    ReceiverOptions options;
    words >> transport >> kind >> options.mid >> type >> mid_id >> rid_id >> rids;
    options.kind = kind == "video" ? Kind::video : Kind::audio;
    options.codecs = {codec_of(options.kind, type)};
    options.extensions.mid = static_cast<uint8_t>(mid_id);
    options.extensions.rid = static_cast<uint8_t>(rid_id);
    std::istringstream list(rids == "-" ? "" : rids);
    for (std::string rid; std::getline(list, rid, ',');) options.layers.push_back({.rid = rid});
    auto track = engine_->add_receiver(TransportId{transport}, options);
    return track ? std::to_string(static_cast<uint64_t>(*track)) : track.error().detail;
  }
  std::string subscribe(std::istringstream& words) {
    uint64_t transport, track;
    std::string kind;
    unsigned type;
    SenderOptions options;
    words >> transport >> track >> kind >> options.mid >> type;
    options.codecs = {codec_of(kind == "video" ? Kind::video : Kind::audio, type)};
    options.extensions.mid = 4;
    auto sender = engine_->add_sender(TransportId{transport}, TrackId{track}, options);
    return sender ? std::to_string(sender->ssrc) : sender.error().detail;
  }
  std::string stats() {
    std::optional<EngineStats> answer;
    engine_->engine_stats([&](EngineStats all) { answer = all; });
    while (!answer) mailbox_.run(true);
    std::ostringstream out;
    out << "cpu_us " << answer->cpu_us << " forwarded " << answer->packets_forwarded << " received "
        << answer->packets_received << " sent " << answer->packets_sent << " retransmitted "
        << answer->retransmitted << " connected " << counts_.connected << " dropped "
        << answer->dropped_unknown_peer + answer->dropped_stun + answer->dropped_dtls + answer->dropped_srtp +
               answer->dropped_rtp;
    return out.str();
  }

  std::unique_ptr<Env, void (*)(Env*)> environment_;  // its loop never runs: only its randomness serves
  Mailbox mailbox_;
  Counts counts_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace

int main() {
  Server server;
  char line[4'096];
  while (std::fgets(line, sizeof line, stdin)) {
    std::printf("%s\n", server.obey(line).c_str());
    std::fflush(stdout);
  }
  return 0;
}
