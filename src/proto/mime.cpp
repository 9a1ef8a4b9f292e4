#include "proto/mime.h"

#include <algorithm>
#include <array>

#include "proto/ascii.h"
#include "proto/multipart.h"

namespace parvis::proto {
namespace {

constexpr std::string_view unknown = "application/octet-stream";

struct Extension {
  std::string_view extension, type;
};
constexpr std::array extensions = std::to_array<Extension>({
    {"7z", "application/x-7z-compressed"},
    {"aac", "audio/aac"},
    {"avif", "image/avif"},
    {"bmp", "image/bmp"},
    {"css", "text/css; charset=utf-8"},
    {"csv", "text/csv; charset=utf-8"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"eml", "message/rfc822"},
    {"epub", "application/epub+zip"},
    {"flac", "audio/flac"},
    {"geojson", "application/geo+json"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html; charset=utf-8"},
    {"html", "text/html; charset=utf-8"},
    {"ico", "image/x-icon"},
    {"ics", "text/calendar; charset=utf-8"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript; charset=utf-8"},
    {"json", "application/json"},
    {"m4a", "audio/mp4"},
    {"map", "application/json"},
    {"md", "text/markdown; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"odg", "application/vnd.oasis.opendocument.graphics"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ogg", "audio/ogg"},
    {"opus", "audio/ogg"},
    {"otf", "font/otf"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"rtf", "application/rtf"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"ttf", "font/ttf"},
    {"txt", "text/plain; charset=utf-8"},
    {"vcf", "text/vcard; charset=utf-8"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webmanifest", "application/manifest+json"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "application/xml"},
    {"zip", "application/zip"},
});
static_assert(std::ranges::is_sorted(extensions, {}, &Extension::extension));

struct Magic {
  size_t offset;
  std::string_view bytes;
  std::string_view type;
};
using namespace std::string_view_literals;
constexpr std::array magics = std::to_array<Magic>({
    {0, "\x89PNG\r\n\x1a\n"sv, "image/png"},
    {0, "\xff\xd8\xff"sv, "image/jpeg"},
    {0, "GIF87a"sv, "image/gif"},
    {0, "GIF89a"sv, "image/gif"},
    {8, "WEBPVP"sv, "image/webp"},
    {4, "ftypavif"sv, "image/avif"},
    {4, "ftypqt  "sv, "video/quicktime"},
    {4, "ftypM4A "sv, "audio/mp4"},
    {4, "ftyp"sv, "video/mp4"},
    {0, "\x1a\x45\xdf\xa3"sv, "video/webm"},
    {0, "OggS\0"sv, "audio/ogg"},
    {0, "fLaC"sv, "audio/flac"},
    {0, "ID3"sv, "audio/mpeg"},
    {8, "WAVE"sv, "audio/wav"},
    {0, "%PDF-"sv, "application/pdf"},
    {0, "PK\x03\x04"sv, "application/zip"},
    {0, "PK\x05\x06"sv, "application/zip"},
    {0, "\x1f\x8b\x08"sv, "application/gzip"},
    {0, "7z\xbc\xaf\x27\x1c"sv, "application/x-7z-compressed"},
    {0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "application/msword"},
    {0, "{\\rtf"sv, "application/rtf"},
    {0, "II*\0"sv, "image/tiff"},
    {0, "MM\0*"sv, "image/tiff"},
    {0, "wOFF"sv, "font/woff"},
    {0, "wOF2"sv, "font/woff2"},
    {0, "\0asm"sv, "application/wasm"},
    {0, "BM"sv, "image/bmp"},
    {257, "ustar"sv, "application/x-tar"},
});

std::string_view essence_of(std::string_view type) { return ascii::trim(type.substr(0, type.find(';'))); }

/// Types whose true bytes look like those of their container.
bool contained_in(std::string_view named, std::string_view sniffed) {
  if (sniffed == "application/zip") {
    return named.starts_with("application/vnd.openxmlformats") ||
           named.starts_with("application/vnd.oasis") || named == "application/epub+zip";
  }
  if (sniffed == "application/msword") return named.starts_with("application/vnd.ms-");
  if (sniffed == "video/mp4") return named == "audio/mp4" || named == "video/quicktime";
  if (sniffed == "audio/ogg") return named == "video/ogg";
  return false;
}

bool has_signature(std::string_view named) {
  return std::ranges::any_of(magics, [&](const Magic& magic) { return magic.type == named; });
}

}  // namespace

std::string_view mime_type_of(std::string_view file_name) {
  size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos || file_name.size() - dot > 12) return unknown;
  std::string extension;
  for (char c : file_name.substr(dot + 1)) extension.push_back(ascii::lower(c));
  auto found = std::ranges::lower_bound(extensions, std::string_view(extension), {}, &Extension::extension);
  return found != extensions.end() && found->extension == extension ? found->type : unknown;
}

std::string_view sniff_mime_type(ByteView start) {
  auto text = as_text(start);
  for (const auto& magic : magics) {
    if (text.size() >= magic.offset && text.substr(magic.offset).starts_with(magic.bytes)) return magic.type;
  }
  return {};
}

std::string_view trusted_mime_type(std::string_view file_name, ByteView start) {
  auto named = mime_type_of(file_name);
  auto essence = essence_of(named);
  auto sniffed = sniff_mime_type(start);
  if (sniffed.empty()) return has_signature(essence) ? unknown : named;
  // Text that happens to begin like a signature ("BM...") keeps its name's type.
  if (sniffed == essence || contained_in(essence, sniffed) || essence.starts_with("text/")) return named;
  return sniffed;
}

bool safe_inline(std::string_view mime_type) {
  auto essence = essence_of(mime_type);
  if (essence.starts_with("audio/") || essence.starts_with("video/")) return true;
  constexpr std::array safe = {"image/png"sv,  "image/jpeg"sv, "image/gif"sv,  "image/webp"sv,
                               "image/avif"sv, "image/bmp"sv,  "text/plain"sv, "application/pdf"sv};
  return std::ranges::find(safe, essence) != safe.end();
}

bool compressible(std::string_view mime_type) {
  auto essence = essence_of(mime_type);
  if (essence.starts_with("text/") || essence.ends_with("+json") || essence.ends_with("+xml")) return true;
  constexpr std::array others = {"application/json"sv, "application/xml"sv, "application/wasm"sv,
                                 "image/bmp"sv,        "font/ttf"sv,        "font/otf"sv};
  return std::ranges::find(others, essence) != others.end();
}

MediaType parse_media_type(std::string_view header) {
  MediaType out;
  bool first = true;
  for (auto& [name, value] : parse_parameters(header)) {
    if (std::exchange(first, false)) {
      size_t slash = name.find('/');
      bool valid = slash != std::string::npos && slash > 0 && slash + 1 < name.size() &&
                   ascii::all(std::string_view(name).substr(0, slash), ascii::token) &&
                   ascii::all(std::string_view(name).substr(slash + 1), ascii::token);
      if (!valid) return out;
      for (char c : name) out.essence.push_back(ascii::lower(c));
    } else if (name == "charset") {
      for (char c : value) out.charset.push_back(ascii::lower(c));
    } else if (name == "boundary") {
      out.boundary = value;
    }
  }
  return out;
}

}  // namespace parvis::proto
