#pragma once
// Documents to and from files: ODT, DOCX, PDF, Markdown, HTML. Loop thread only.
#include "module/documents/converter.h"
#include "module/documents/reading_page.h"
#include "module/documents/service.h"
#include "module/documents/versions.h"
#include "module/files/api.h"

namespace parvis {

class Exchange {
 public:
  Exchange(Context& context, DocumentsService& service)
      : context_(context), service_(service), converter_(context) {}
  /// Where pictures are; without it they are left out.
  void use_files(Files& files) { files_ = &files; }

  /// The document as a file of that format; `page` has everything but the content.
  Task<Result<std::string>> to_file(Actor actor, RichText text, ReadingPage page, FileFormat format);

  struct Import {
    SpaceId space;
    DocumentId parent;
    std::string name;  // of the file: its end says the format, its beginning may be the title
    std::string content;
  };
  /// A new document with what the file says, when the actor may write there. Pictures become files of the
  /// space.
  Task<Result<DocumentRecord>> from_file(Actor actor, Import wanted);

  static constexpr size_t max_import_bytes = 20 << 20;
  static constexpr size_t max_markdown_bytes = 1 << 20;
  static constexpr size_t max_export_pictures = 200;
  static constexpr uint64_t max_export_picture_bytes = uint64_t{10} << 20;
  static constexpr uint64_t max_export_pictures_bytes = uint64_t{30} << 20;

 private:
  struct Picture {
    std::string file, name, type, content;
  };
  Task<std::vector<Picture>> pictures_of(Actor actor, std::vector<std::string> files);
  Task<Result<std::string>> content_of(FileRecord file);
  Task<Result<void>> keep_pictures(Actor actor, RichNode& root, std::vector<ConversionFile> pictures,
                                   std::vector<FileId>& kept);

  Context& context_;
  DocumentsService& service_;
  Converter converter_;
  Files* files_ = nullptr;
};

/// GET /api/v1/documents/{document}/export (?version= takes a kept one, with its stamp),
/// POST /api/v1/spaces/{space}/documents/import
void add_exchange_routes(Context& context, DocumentsService& service, Relay& relay, Versions& versions,
                         Exchange& exchange);

}  // namespace parvis
