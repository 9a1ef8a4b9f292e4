// A poor line, in user space (for kernels without netem): two TUN interfaces, one here and one in a network
// namespace, and between them loss, a rate with a bounded queue, and delay, the same each way. Whatever
// crosses it, media, signalling or ICE, sees the same line.
//   bench_line <namespace> <interface here> <interface there> <seed>
// Told what to do by lines on its standard input; each is answered by one line:
//   poor <loss %> <delay ms, each way> <kbit/s> <queue ms>
//   clear
//   stats
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace {

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "bench_line: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

int open_tun(const char* name) {
  int descriptor = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) die("/dev/net/tun");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (::ioctl(descriptor, TUNSETIFF, &request) != 0) die("TUNSETIFF");
  return descriptor;
}

struct Conditions {
  bool poor = false;
  double loss = 0;  // 0…1
  int64_t delay_ns = 0, queue_ns = 0;
  double ns_per_byte = 0;
};

/// One way of the line.
class Way {
 public:
  Way(int from, int to, uint64_t seed) : from_(from), to_(to), random_(seed) {}

  void take(const Conditions& line, int64_t now) {
    std::array<uint8_t, 65'536> packet;
    for (ssize_t got; (got = ::read(from_, packet.data(), packet.size())) > 0;) {
      auto size = static_cast<size_t>(got);
      ++packets;
      bytes += size;
      int64_t leaves = now;
      if (line.poor) {
        if (std::bernoulli_distribution(line.loss)(random_)) {
          ++lost;
          continue;
        }
        leaves = std::max(free_at_, now);
        if (leaves - now > line.queue_ns) {
          ++overflowed;
          continue;
        }
        leaves += static_cast<int64_t>(static_cast<double>(size) * line.ns_per_byte);
        free_at_ = leaves;
        leaves += line.delay_ns;
      }
      // What left before a line became better is still under way: nothing overtakes it.
      if (!under_way_.empty()) leaves = std::max(leaves, under_way_.back().at_ns);
      under_way_.push_back({leaves, {packet.begin(), packet.begin() + got}});
    }
  }
  void deliver(int64_t now) {
    while (!under_way_.empty() && under_way_.front().at_ns <= now) {
      auto& packet = under_way_.front().bytes;
      if (::write(to_, packet.data(), packet.size()) < 0 && errno != EIO && errno != EAGAIN) ++refused;
      under_way_.pop_front();
    }
  }
  int64_t next_ns() const { return under_way_.empty() ? INT64_MAX : under_way_.front().at_ns; }

  uint64_t packets = 0, bytes = 0, lost = 0, overflowed = 0, refused = 0;

 private:
  struct UnderWay {
    int64_t at_ns;
    std::vector<uint8_t> bytes;
  };
  int from_, to_;
  std::mt19937_64 random_;
  int64_t free_at_ = 0;
  std::deque<UnderWay> under_way_;
};

std::string tell(const char* name, Way& way) {
  std::ostringstream out;
  out << name << "_packets " << way.packets << ' ' << name << "_bytes " << way.bytes << ' ' << name
      << "_lost " << way.lost << ' ' << name << "_overflowed " << way.overflowed;
  way.packets = way.bytes = way.lost = way.overflowed = 0;
  return out.str();
}

std::string obey(const std::string& text, Conditions& line, Way& there, Way& back) {
  std::istringstream words(text);
  std::string verb;
  words >> verb;
  if (verb == "stats") return tell("there", there) + ' ' + tell("back", back);
  if (verb == "clear") {
    line = {};
    return "clear";
  }
  double loss = 0, delay = 0, rate = 0, queue = 0;
  words >> loss >> delay >> rate >> queue;
  if (verb != "poor" || !words || rate <= 0) return "unknown command";
  line = {.poor = true,
          .loss = loss / 100,
          .delay_ns = static_cast<int64_t>(delay * 1e6),
          .queue_ns = static_cast<int64_t>(queue * 1e6),
          .ns_per_byte = 8e6 / rate};
  return "poor";
}

}  // namespace

int main(int count, char** words) {
  if (count != 5) return 2;
  int here = open_tun(words[2]);
  int space = ::open((std::string("/var/run/netns/") + words[1]).c_str(), O_RDONLY | O_CLOEXEC);
  if (space < 0 || ::setns(space, CLONE_NEWNET) != 0) die(words[1]);
  int far = open_tun(words[3]);
  uint64_t seed = std::strtoull(words[4], nullptr, 10);
  Way there(here, far, seed), back(far, here, seed + 1);
  Conditions line;
  std::printf("ready\n");
  std::fflush(stdout);
  for (std::string pending;;) {
    int64_t wait = std::clamp<int64_t>(std::min(there.next_ns(), back.next_ns()) - now_ns(), 0, 100'000'000);
    timespec limit{0, wait};
    pollfd ready[3] = {{here, POLLIN, 0}, {far, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    ::ppoll(ready, 3, &limit, nullptr);
    int64_t now = now_ns();
    there.take(line, now);
    back.take(line, now);
    there.deliver(now);
    back.deliver(now);
    if (!ready[2].revents) continue;
    char buffer[512];
    ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got <= 0) return 0;
    pending.append(buffer, static_cast<size_t>(got));
    for (size_t end; (end = pending.find('\n')) != std::string::npos; pending.erase(0, end + 1)) {
      std::printf("%s\n", obey(pending.substr(0, end), line, there, back).c_str());
      std::fflush(stdout);
    }
  }
}
