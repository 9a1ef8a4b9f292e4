#pragma once
// Outgoing mail: queued as a job in the transaction that causes it, sent by SMTP when configured, otherwise
// kept in data_directory/outbox/*.eml. Text only, no image.
#include <string>

#include "store/database.h"

namespace parvis {

struct Mail {
  std::string to, subject, text;
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  virtual Result<void> queue(store::Transaction& transaction, const Mail& mail) = 0;
};

}  // namespace parvis
