#include "module/documents/exchange.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "engine/crdt/edit.h"
#include "module/documents/document_html.h"
#include "module/documents/document_links.h"
#include "module/documents/document_text.h"
#include "module/documents/pandoc_tree.h"
#include "module/documents/reasons.h"

namespace parvis {
namespace {

/// What every format can hold, by its first bytes: names lie. Empty for anything else.
std::string_view picture_type(std::string_view content) {
  if (content.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (content.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (content.starts_with("GIF87a") || content.starts_with("GIF89a")) return "image/gif";
  if (content.starts_with("RIFF") && content.substr(0, 16).substr(8).starts_with("WEBP")) return "image/webp";
  return {};
}

std::string_view extension_of(std::string_view type) {
  return type == "image/jpeg" ? "jpg" : type.substr(type.find('/') + 1);
}

void collect_files(const RichNode& node, std::vector<std::string>& out) {
  if (out.size() >= Exchange::max_export_pictures) return;
  if (node.type == "image")
    if (auto file = picture_file(node); !file.empty() && std::ranges::find(out, file) == out.end())
      out.push_back(std::move(file));
  for (auto& child : node.children) collect_files(child, out);
}

/// The input of a converter: title and language where it looks for them.
std::string converter_page(const ReadingPage& page, FileFormat format) {
  std::string title = format == FileFormat::markdown ? "<h1>" + escaped(page.document.title) + "</h1>" : "";
  std::string stamp = page.stamp.empty() ? "" : "<hr><p><em>" + escaped(page.stamp) + "</em></p>";
  return fmt::format(
      "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head><body>{}{}{}"
      "</body></html>\n",
      language_name(page.language), escaped(page.document.title), title, page.content, stamp);
}

/// A file that lies in memory, as a body that is read.
class MemoryBody final : public http::BodyReader {
 public:
  explicit MemoryBody(std::string content) : content_(std::move(content)) {}
  Task<Result<size_t>> read(std::span<uint8_t> into) override {
    size_t count = std::min(into.size(), content_.size() - read_);
    std::copy_n(content_.begin() + static_cast<ptrdiff_t>(read_), count, into.begin());
    read_ += count;
    co_return count;
  }
  std::optional<uint64_t> content_length() const override { return content_.size(); }

 private:
  std::string content_;
  size_t read_ = 0;
};

std::string stem_of(std::string_view name) {
  name = name.substr(name.find_last_of("/\\") + 1);
  return std::string(name.substr(0, name.rfind('.')));
}

std::string title_from(std::string title, std::string_view file_name) {
  std::ranges::replace_if(title, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  title = utf8::trim(title);
  if (title.empty()) title = stem_of(file_name);
  while (title.size() > Documents::max_title_bytes || !utf8::valid(title)) title.pop_back();
  return title;
}

/// Fills the place of each picture: the file it became, or its description.
void place_pictures(std::vector<RichNode>& nodes, const std::vector<std::pair<std::string, FileId>>& files) {
  for (auto& node : nodes) {
    if (node.type != "image") {
      place_pictures(node.children, files);
      continue;
    }
    std::string source(node.text_attribute("source")), description(node.text_attribute("alt"));
    auto found = std::ranges::find(files, source, [](auto& one) { return one.first; });
    if (found != files.end()) {
      auto id = found->second.text();
      node.attributes = {{"src", "/api/v1/files/" + id + "/content"}, {"alt", description}, {"fileId", id}};
      continue;
    }
    RichNode run{.type = "text", .text = description, .attributes = {}, .children = {}};
    if (run.text.empty()) run.text = "[image]";
    if (is_safe_link(source) && source.contains("://"))
      run.attributes.emplace_back("link", crdt::AnyObject{{"href", source}});
    node = {.type = "paragraph", .text = {}, .attributes = {}, .children = {std::move(run)}};
  }
}

}  // namespace

Task<Result<std::string>> Exchange::content_of(FileRecord file) {
  auto blob = CO_TRY(co_await context_.blobs.open(file.blob));
  co_return co_await context_.env.disk.run_result([blob, size = file.size]() -> Result<std::string> {
    std::string out(size, '\0');
    size_t filled = 0;
    while (filled < size) {
      auto count =
          TRY(blob->read_at(filled, {reinterpret_cast<uint8_t*>(out.data()) + filled, size - filled}));
      if (count == 0) return fail(reasons::corrupt, "blob shorter than its record");
      filled += count;
    }
    return out;
  });
}

/// Those that the actor may read and that every format can hold; the others leave their description.
Task<std::vector<Exchange::Picture>> Exchange::pictures_of(Actor actor, std::vector<std::string> files) {
  std::vector<Picture> out;
  uint64_t bytes = 0;
  for (auto& text : files) {
    auto id = FileId::parse(text);
    if (!files_ || !id) continue;
    auto file = co_await files_->find(*id);
    if (!file || file->deleted_at || !files_->may_read(actor, *file)) continue;
    if (file->size > max_export_picture_bytes || bytes + file->size > max_export_pictures_bytes) continue;
    auto content = co_await content_of(*file);
    if (!content) continue;
    auto type = picture_type(*content);
    if (type.empty()) continue;
    bytes += content->size();
    auto name = fmt::format("picture-{}.{}", out.size() + 1, extension_of(type));
    out.push_back({text, std::move(name), std::string(type), std::move(*content)});
  }
  co_return out;
}

Task<Result<std::string>> Exchange::to_file(Actor actor, RichText text, ReadingPage page, FileFormat format) {
  HtmlOptions options{
      .use = format == FileFormat::html ? HtmlOptions::Use::file : HtmlOptions::Use::converter,
      .language = page.language,
      .house = context_.configuration.public_url,
      .picture = {}};
  std::vector<Picture> pictures;
  if (format != FileFormat::markdown) {
    std::vector<std::string> files;
    collect_files(text.root, files);
    pictures = co_await pictures_of(actor, std::move(files));
    options.picture = [&pictures, format](std::string_view file) -> std::string {
      auto found = std::ranges::find(pictures, file, &Picture::file);
      if (found == pictures.end()) return {};
      if (format != FileFormat::html) return found->name;
      return "data:" + found->type + ";base64," +
             to_base64(as_bytes(found->content), Base64::standard_padded);
    };
  }
  page.content = document_html(text, options);
  if (format == FileFormat::html) co_return render_html_file(page);
  std::vector<ConversionFile> beside;
  for (auto& picture : pictures) beside.push_back({picture.name, std::move(picture.content)});
  co_return co_await converter_.from_html(converter_page(page, format), std::move(beside), format);
}

Task<Result<void>> Exchange::keep_pictures(Actor actor, RichNode& root, std::vector<ConversionFile> pictures,
                                           std::vector<FileId>& kept) {
  std::vector<std::pair<std::string, FileId>> placed;
  for (auto& picture : pictures) {
    auto type = picture_type(picture.content);
    if (type.empty() || !files_) continue;
    MemoryBody body(std::move(picture.content));
    auto name = fmt::format("image-{}.{}", placed.size() + 1, extension_of(type));
    auto file = CO_TRY(co_await files_->receive(actor, body, std::move(name), std::string(type)));
    placed.emplace_back(picture.name, file.id);
    kept.push_back(file.id);
  }
  place_pictures(root.children, placed);
  co_return Result<void>();
}

Task<Result<DocumentRecord>> Exchange::from_file(Actor actor, Import wanted) {
  CO_TRY(context_.access.require(actor, Action::document_write, Object::of_space(wanted.space)));
  auto extension = utf8::fold(wanted.name.substr(wanted.name.rfind('.') + 1));
  auto* facts = file_format(extension == "markdown" ? "md" : extension);
  if (!facts || facts->format == FileFormat::pdf || facts->format == FileFormat::html)
    co_return fail(document_reasons::format_unknown, extension);
  bool markdown = facts->format == FileFormat::markdown;
  if (wanted.content.size() > (markdown ? max_markdown_bytes : max_import_bytes))
    co_return fail(document_reasons::import_too_large);
  if (markdown ? !utf8::valid(wanted.content) : !wanted.content.starts_with("PK"))
    co_return fail(document_reasons::conversion_failed, "not what its name says");
  auto tree = CO_TRY(co_await converter_.to_tree(std::move(wanted.content), facts->format));
  // Off the loop: a large file has a large tree.
  auto& cpu = context_.env.cpu;
  auto house = context_.configuration.public_url;
  auto text = co_await cpu.run_result([&tree, &house] { return read_pandoc_tree(tree.json, house); });
  if (!text && text.error().is(reasons::unavailable)) co_return std::unexpected(text.error());
  if (!text) co_return fail(document_reasons::conversion_too_heavy, text.error().detail);
  std::vector<FileId> files;
  CO_TRY(co_await keep_pictures(actor, text->root, std::move(tree.pictures), files));
  auto start = CO_TRY(co_await cpu.run_result([&text, &house, client = service_.new_client()] {
    return DocumentsService::starting_content(text->root, client, house);
  }));
  start.also = [this, actor, files, space = wanted.space](store::Transaction& transaction) -> Result<void> {
    for (auto& file : files) TRY(files_->attach(transaction, file, actor.person, space, ""));
    return {};
  };
  co_return co_await service_.create_with(actor,
                                          {.space = wanted.space,
                                           .parent = wanted.parent,
                                           .title = title_from(std::move(text->title), wanted.name),
                                           .template_id = {}},
                                          std::move(start));
}

}  // namespace parvis
