#include "core/smtp.h"

#include <array>

namespace parvis {
namespace {

constexpr int64_t step_timeout_us = seconds_us(30);
constexpr size_t max_reply_bytes = 8 << 10;

class Dialogue {
 public:
  Dialogue(Env& env, std::unique_ptr<Stream> stream) : env_(env), stream_(std::move(stream)) {}

  Task<Result<void>> say(std::string text, char expected) {
    CO_TRY(co_await stream_->write_all(text, env_.loop, step_timeout_us));
    co_return co_await expect(expected);
  }

  /// Reads one reply, of one or several lines; its first digit must be `expected`.
  Task<Result<void>> expect(char expected) {
    std::string reply;
    while (!complete(reply)) {
      if (reply.size() > max_reply_bytes) co_return fail(reasons::smtp_refused, "reply too long");
      std::array<uint8_t, 1024> chunk;
      size_t got = CO_TRY(stream_->try_read(chunk));
      if (got == 0) {
        CO_TRY(co_await stream_->readable(env_.loop.now() + step_timeout_us));
        continue;
      }
      reply.append(reinterpret_cast<const char*>(chunk.data()), got);
    }
    if (reply[0] != expected) co_return fail(reasons::smtp_refused, reply.substr(0, reply.find('\r')));
    co_return Result<void>();
  }

 private:
  static bool complete(std::string_view reply) {
    if (!reply.ends_with("\r\n")) return false;
    size_t start = reply.rfind("\r\n", reply.size() - 3);
    std::string_view last = start == std::string_view::npos ? reply : reply.substr(start + 2);
    return last.size() >= 5 && last[3] != '-';
  }
  Env& env_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace

Task<Result<void>> send_smtp(Env& env, Address relay, SmtpMessage message) {
  auto stream = CO_TRY(co_await env.net.connect(relay, env.loop.now() + step_timeout_us));
  Dialogue dialogue(env, std::move(stream));
  CO_TRY(co_await dialogue.expect('2'));
  std::string domain = message.from.substr(message.from.find('@') + 1);
  CO_TRY(co_await dialogue.say("EHLO " + domain + "\r\n", '2'));
  CO_TRY(co_await dialogue.say("MAIL FROM:<" + message.from + ">\r\n", '2'));
  CO_TRY(co_await dialogue.say("RCPT TO:<" + message.to + ">\r\n", '2'));
  CO_TRY(co_await dialogue.say("DATA\r\n", '3'));
  CO_TRY(co_await dialogue.say(message.content + ".\r\n", '2'));
  (void)co_await dialogue.say("QUIT\r\n", '2');  // the message is theirs already
  co_return Result<void>();
}

}  // namespace parvis
