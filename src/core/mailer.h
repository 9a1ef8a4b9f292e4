#pragma once
// Outgoing mail: queued in the transaction that causes it, then handed to an SMTP relay when one is
// configured, otherwise kept in data_directory/outbox/*.eml. Text only, no image.
#include <memory>
#include <string>

#include "store/database.h"
#include "store/jobs.h"

namespace parvis {

struct Mail {
  std::string to, subject, text;
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  virtual Result<void> queue(store::Transaction& transaction, const Mail& mail) = 0;
};

struct MailerOptions {
  std::string from = "parvis@localhost";  // the sender's address
  std::string instance_name = "Parvis";
  /// A relay on a trusted network (RFC 5321, no TLS, no login): numeric host and port; empty host: write
  /// files.
  Address relay;
  std::string directory;  // of the .eml files
};
/// Registers its kind of job: before jobs.start(). The arguments must outlive the result.
std::unique_ptr<Mailer> make_mailer(Env& env, store::Jobs& jobs, MailerOptions options);

/// RFC 5322 message with CRLF line ends, MIME text in quoted-printable. `id` makes the Message-ID.
std::string format_mail(const Mail& mail, const MailerOptions& options, std::string_view id, Instant now);

}  // namespace parvis
