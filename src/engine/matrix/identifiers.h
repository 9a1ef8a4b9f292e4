#pragma once
// Identifier grammar (appendices, "Identifier Grammar"). Views point into the given text.
#include <optional>
#include <string>
#include <string_view>

namespace parvis::matrix {

inline constexpr size_t max_identifier_bytes = 255;
inline constexpr size_t max_server_name_bytes = 255;

struct Identifier {
  std::string_view localpart;
  std::string_view server;  // empty for identifiers without a domain (event ids, v12 room ids)
};

/// Any user id that a room may hold, historical ones included.
std::optional<Identifier> parse_user_id(std::string_view text);
/// What a new account may be called: 1*[a-z0-9._=/+-] and, with the server, at most 255 bytes.
bool valid_new_localpart(std::string_view localpart, std::string_view server);
/// "!opaque:server" or, without a domain, "!" + 43 characters of URL-safe base64 (v12).
std::optional<Identifier> parse_room_id(std::string_view text);
/// "#localpart:server"
std::optional<Identifier> parse_alias(std::string_view text);
/// "$" + 43 characters of URL-safe base64 (room versions 4 and later).
bool valid_event_id(std::string_view text);
bool valid_server_name(std::string_view text);
/// mxc://server/media-id
std::optional<Identifier> parse_mxc(std::string_view text);

/// The part after the first ':' of a user id or alias; empty when there is none.
std::string_view server_of(std::string_view identifier);
std::string_view localpart_of(std::string_view identifier);

std::string make_user_id(std::string_view localpart, std::string_view server);
/// Maps any text onto the user localpart alphabet (appendices, "Mapping from other character sets").
std::string map_to_localpart(std::string_view text);
/// v12: "!" in place of the create event id's "$".
std::string room_id_of_create(std::string_view create_event_id);
/// Common namespaced identifier: [a-z][a-z0-9._-]*, 1–255 bytes.
bool valid_namespaced(std::string_view text);

}  // namespace parvis::matrix
