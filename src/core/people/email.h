#pragma once
// E-mail addresses as identities: normal form, domains, and the Matrix handle made from them. Pure functions.
#include <optional>
#include <string>
#include <string_view>

namespace parvis {

/// Trimmed and lower case when `text` is one plain address (RFC 5321 dot-string, at most 254 bytes, ASCII).
std::optional<std::string> normalise_email(std::string_view text);
/// The part after '@' of a normalised address.
std::string_view email_domain(std::string_view email);
/// Lower-case host name with at least two labels ("beta.gouv.fr"); nullopt otherwise.
std::optional<std::string> normalise_domain(std::string_view text);
/// True when `domain` is `covering` or one of its sub-domains.
bool domain_covers(std::string_view covering, std::string_view domain);

/// "claire.vasseur@mte.example.fr" -> "claire.vasseur-mte.example.fr"; `attempt` > 1 appends "-2", "-3" ...
/// Only characters of the Matrix user id grammar (a-z 0-9 . _ = - /), at most 200 bytes.
std::string handle_of_email(std::string_view email, int attempt);

}  // namespace parvis
