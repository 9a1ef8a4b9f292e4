#include "core/mailer.h"

#include "core/periodic.h"
#include "core/smtp.h"
#include "platform/log.h"

namespace parvis {
namespace {

using store::Statement;

constexpr size_t max_subject_bytes = 300;
constexpr size_t max_text_bytes = 100'000;
constexpr int64_t batch = 20;
constexpr int64_t max_attempts = 12;  // doubling from a minute: some three days
constexpr int64_t first_retry_ms = 60'000;
constexpr int64_t max_retry_ms = int64_t{12} * 3600 * 1000;

const Statement insert{
    "mail.insert",
    "insert into mail(id, recipient, subject, body, attempts, due_at) values ($1, $2, $3, $4, 0, $5)"};
const Statement due{
    "mail.due",
    "select id, recipient, subject, body, attempts from mail where due_at <= $1 order by due_at limit $2"};
const Statement remove{"mail.remove", "delete from mail where id = $1"};
const Statement postpone{"mail.postpone", "update mail set attempts = $2, due_at = $3 where id = $1"};

struct Queued {
  std::string id;
  Mail mail;
  int64_t attempts;
};

class StoredMailer final : public Mailer {
 public:
  StoredMailer(Env& env, store::Database& database, MailerOptions options)
      : env_(env),
        database_(database),
        options_(std::move(options)),
        retrying_(env.loop, seconds_us(60), [this] { spawn(send_due()); }) {}
  ~StoredMailer() override { env_.loop.cancel(timer_); }

  Result<void> queue(store::Transaction& transaction, const Mail& mail) override {
    if (mail.subject.size() > max_subject_bytes || mail.text.size() > max_text_bytes) {
      return fail(parvis::reasons::too_large, "mail");
    }
    for (char c : mail.to) {
      if (static_cast<uint8_t>(c) <= 0x20 || c == '<' || c == '>')
        return fail(parvis::reasons::malformed, "recipient");
    }
    // On the writer's thread: ids and clock are thread-safe; the wake is a hint, the minute's turn finds what
    // it misses.
    std::string id = env_.new_id<Id<struct MailTag>>().text();
    TRY(transaction.execute(insert, id, mail.to, mail.subject, mail.text, env_.clock.now()));
    env_.loop.post_from_any_thread([this] { wake(); });
    return {};
  }

  Task<void> send_due() override;

 private:
  void wake() {
    constexpr int64_t after_commit_us = millis_us(200);
    if (timer_ != 0) return;
    timer_ = env_.loop.call_at(env_.loop.now() + after_commit_us, [this] {
      timer_ = 0;
      spawn(send_due());
    });
  }
  Task<Result<void>> deliver(const Queued& queued);

  Env& env_;
  store::Database& database_;
  MailerOptions options_;
  TimerId timer_ = 0;
  bool sending_ = false;
  Periodic retrying_;
};

Task<Result<void>> StoredMailer::deliver(const Queued& queued) {
  std::string content = format_mail(queued.mail, options_, queued.id, env_.clock.now());
  if (!options_.relay.host.empty()) {
    co_return co_await send_smtp(env_, options_.relay, {options_.from, queued.mail.to, std::move(content)});
  }
  std::string path = options_.directory + "/" + queued.id + ".eml";
  auto* fs = &env_.fs;
  co_return co_await env_.disk.run_result(
      [fs, path, directory = options_.directory, content = std::move(content)]() -> Result<void> {
        TRY(fs->make_directories(directory));
        auto file = TRY(fs->create(path));
        return file->write_at(0, as_bytes(content));
      });
}

Task<void> StoredMailer::send_due() {
  if (sending_) co_return;
  sending_ = true;
  while (true) {
    auto list = co_await database_.read(
        [now = env_.clock.now()](store::Reader& reader) -> Result<std::vector<Queued>> {
          auto rows = TRY(reader.query(due, now, batch));
          std::vector<Queued> out;
          for (size_t i = 0; i < rows.size(); ++i) {
            out.push_back(
                {std::string(rows.text(i, 0)),
                 {std::string(rows.text(i, 1)), std::string(rows.text(i, 2)), std::string(rows.text(i, 3))},
                 rows.integer(i, 4)});
          }
          return out;
        });
    if (!list || list->empty()) break;
    for (auto& queued : *list) {
      auto delivered = co_await deliver(queued);
      int64_t attempts = queued.attempts + 1;
      if (!delivered) {
        log_event(Level::warning, "mail.failed",
                  {{"id", queued.id}, {"attempts", attempts}, {"detail", delivered.error().detail}});
      }
      bool finished = delivered || attempts >= max_attempts;
      int64_t delay = std::min(first_retry_ms << std::min<int64_t>(attempts - 1, 20), max_retry_ms);
      auto written =
          co_await database_.write([id = queued.id, finished, attempts, again = env_.clock.now() + delay](
                                       store::Transaction& transaction) -> Result<int64_t> {
            if (finished) return transaction.execute(remove, id);
            return transaction.execute(postpone, id, attempts, again);
          });
      if (!written) {
        sending_ = false;
        co_return;
      }
    }
  }
  sending_ = false;
}

}  // namespace

std::unique_ptr<Mailer> make_mailer(Env& env, store::Database& database, MailerOptions options) {
  return std::make_unique<StoredMailer>(env, database, std::move(options));
}

}  // namespace parvis
