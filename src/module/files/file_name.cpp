#include "module/files/file_name.h"

#include "base/utf8.h"

namespace parvis {
namespace {

// U+200E, U+200F, U+202A..U+202E, U+2066..U+2069 can make "exe.pdf" read as another name.
bool misleading(std::string_view sequence) {
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  auto second = static_cast<unsigned char>(sequence[1]), third = static_cast<unsigned char>(sequence[2]);
  return (second == 0x80 && (third == 0x8E || third == 0x8F || (third >= 0xAA && third <= 0xAE))) ||
         (second == 0x81 && third >= 0xA6 && third <= 0xA9);
}

std::string_view cut(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

std::string clean_file_name(std::string_view name) {
  if (auto slash = name.find_last_of("/\\"); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string out;
  for (size_t i = 0; i < name.size();) {
    size_t size = utf8::sequence_length(name.substr(i));
    auto sequence = name.substr(i, size ? size : 1);
    i += sequence.size();
    bool control =
        sequence.size() == 1 && (static_cast<unsigned char>(sequence[0]) < 0x20 || sequence[0] == 0x7F);
    if (size && !control && !misleading(sequence)) out.append(sequence);
  }
  std::string_view trimmed = utf8::trim(out);
  while (trimmed.starts_with('.')) trimmed.remove_prefix(1);
  if (trimmed.empty()) return "fichier";
  if (trimmed.size() <= max_file_name_bytes) return std::string(trimmed);
  auto dot = trimmed.rfind('.');
  std::string_view extension =
      dot != std::string_view::npos && trimmed.size() - dot <= 16 ? trimmed.substr(dot) : "";
  return std::string(cut(trimmed, max_file_name_bytes - extension.size())) + std::string(extension);
}

}  // namespace parvis
