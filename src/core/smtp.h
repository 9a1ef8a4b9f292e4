#pragma once
// Hands one message to a relay (RFC 5321): plain connection, no login, for a relay on the house's own
// network.
#include <string>

#include "platform/env.h"

namespace parvis {

namespace reasons {
inline constexpr Reason smtp_refused{Code::unavailable, "smtp_refused",
                                     "Le relais de messagerie a refusé ce message.",
                                     "The mail relay refused this message."};
}  // namespace reasons

struct SmtpMessage {
  std::string from, to;
  std::string content;  // RFC 5322 with CRLF; no line may begin with a dot
};
Task<Result<void>> send_smtp(Env& env, Address relay, SmtpMessage message);

}  // namespace parvis
