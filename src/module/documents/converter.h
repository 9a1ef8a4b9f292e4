#pragma once
// Pandoc and LibreOffice at work on documents: each run is a child without network, in a new directory of its
// own, bounded in time, memory and output; one at a time. Loop thread only; real environment only.
#include <string>
#include <vector>

#include "core/context.h"
#include "platform/async_mutex.h"
#include "platform/process.h"

namespace parvis {

enum class FileFormat : uint8_t { markdown, html, docx, odt, pdf };
struct FileFormatFacts {
  FileFormat format;
  std::string_view extension, type;  // "odt", MIME
};
/// By "odt", "docx", "pdf", "md", "html"; null when there is none.
const FileFormatFacts* file_format(std::string_view extension);

struct ConversionFile {
  std::string name;  // beside the document: "3.png"; when it comes out, "media/media/image1.png"
  std::string content;
};

class Converter {
 public:
  explicit Converter(Context& context) : context_(context) {}

  /// A page of HTML, with its pictures beside it, as a file of another format.
  /// conversion_missing, conversion_failed, conversion_too_heavy, reasons::unavailable when many wait.
  Task<Result<std::string>> from_html(std::string html, std::vector<ConversionFile> pictures,
                                      FileFormat format);

  /// A file as pandoc's tree (JSON), and the pictures that it names.
  struct Tree {
    std::string json;
    std::vector<ConversionFile> pictures;
  };
  /// Besides the above: conversion_script when a Markdown file brings scripts.
  Task<Result<Tree>> to_tree(std::string content, FileFormat format);

  static constexpr size_t max_waiting = 10;
  static constexpr size_t max_output_bytes = 64 << 20;
  static constexpr size_t max_picture_bytes = 20 << 20;
  static constexpr size_t max_pictures = 200;
  static constexpr size_t max_pictures_bytes = 40 << 20;

 private:
  Task<Result<std::string>> pandoc(std::string directory, std::vector<std::string> arguments,
                                   std::string input);
  Task<Result<std::string>> office(std::string directory, std::string from, std::string to,
                                   std::string filter);
  Task<Result<ProcessOutcome>> run(std::string directory, ProcessOptions options, int64_t timeout_us);
  Task<Result<std::string>> make_place();
  Task<void> clear_place(std::string directory);
  Task<Result<std::string>> convert_html(std::string directory, std::string html,
                                         std::vector<ConversionFile> pictures, FileFormat format);
  Task<Result<Tree>> read_tree(std::string directory, std::string content, FileFormat format);
  Task<Result<void>> write(std::string path, std::string content);
  Task<Result<std::string>> read(std::string path, size_t max_bytes);
  Task<std::vector<ConversionFile>> collect_pictures(std::string directory);

  Context& context_;
  AsyncMutex working_;
  size_t waiting_ = 0;
};

}  // namespace parvis
