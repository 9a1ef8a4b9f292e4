#pragma once
// Media types: by file name, by content, and what each may be trusted with.
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace parvis::proto {

/// By extension, "application/octet-stream" when unknown. Text types carry "; charset=utf-8".
std::string_view mime_type_of(std::string_view file_name);

/// By the first bytes of a file (64 are enough, except tar); "" when nothing is recognised. Never answers an
/// active type: HTML, SVG and scripts are told apart by name only, and served as attachments.
std::string_view sniff_mime_type(ByteView start);

/// What a file of this type and name should be stored as: the content's word against the name's. A name that
/// claims an image the bytes deny becomes application/octet-stream.
std::string_view trusted_mime_type(std::string_view file_name, ByteView start);

/// May be shown inline to other people on our own origin: raster images, audio, video, plain text, PDF.
bool safe_inline(std::string_view mime_type);

/// Worth compressing.
bool compressible(std::string_view mime_type);

struct MediaType {
  std::string essence;   // "text/html", lower case; "" when malformed
  std::string charset;   // lower case
  std::string boundary;  // as given
};
MediaType parse_media_type(std::string_view header);

}  // namespace parvis::proto
