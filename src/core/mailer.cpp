#include "core/mailer.h"

#include "base/json.h"
#include "core/smtp.h"

namespace parvis {
namespace {

constexpr std::string_view job_kind = "mail.send";
constexpr size_t max_subject_bytes = 300;
constexpr size_t max_text_bytes = 100'000;
constexpr int max_attempts = 80;  // an hour apart at the end: some three days

class QueuedMailer final : public Mailer {
 public:
  QueuedMailer(Env& env, store::Jobs& jobs, MailerOptions options)
      : env_(env), jobs_(jobs), options_(std::move(options)) {
    jobs_.handle({.name = std::string(job_kind),
                  .run = [this](store::Job job) { return deliver(std::move(job)); },
                  .concurrency = 2,
                  .deadline_ms = 180'000,
                  .max_attempts = max_attempts});
  }

  Result<void> queue(store::Transaction& transaction, const Mail& mail) override {
    if (mail.subject.size() > max_subject_bytes || mail.text.size() > max_text_bytes) {
      return fail(parvis::reasons::too_large, "mail");
    }
    for (char c : mail.to) {
      if (static_cast<uint8_t>(c) <= 0x20 || c == '<' || c == '>')
        return fail(parvis::reasons::malformed, "recipient");
    }
    std::string payload;
    json::Writer(payload)
        .begin_object()
        .field("to", mail.to)
        .field("subject", mail.subject)
        .field("text", mail.text)
        .end_object();
    TRY(jobs_.enqueue(transaction, job_kind, payload));
    return {};
  }

 private:
  Task<Result<void>> deliver(store::Job job);

  Env& env_;
  store::Jobs& jobs_;
  MailerOptions options_;
};

Task<Result<void>> QueuedMailer::deliver(store::Job job) {
  auto payload = CO_TRY(json::parse(job.payload));
  Mail mail{std::string(json::text(payload, "to").value_or("")),
            std::string(json::text(payload, "subject").value_or("")),
            std::string(json::text(payload, "text").value_or(""))};
  std::string content = format_mail(mail, options_, job.id, env_.clock.now());
  if (!options_.relay.host.empty()) {
    co_return co_await send_smtp(env_, options_.relay, {options_.from, mail.to, std::move(content)});
  }
  std::string path = options_.directory + "/" + job.id + ".eml";
  auto* fs = &env_.fs;
  co_return co_await env_.disk.run_result(
      [fs, path, directory = options_.directory, content = std::move(content)]() -> Result<void> {
        TRY(fs->make_directories(directory));
        auto file = TRY(fs->create(path));
        return file->write_at(0, as_bytes(content));
      });
}

}  // namespace

std::unique_ptr<Mailer> make_mailer(Env& env, store::Jobs& jobs, MailerOptions options) {
  return std::make_unique<QueuedMailer>(env, jobs, std::move(options));
}

}  // namespace parvis
