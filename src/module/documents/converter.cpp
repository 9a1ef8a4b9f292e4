#include "module/documents/converter.h"

#include <algorithm>

#include "base/utf8.h"
#include "module/documents/reasons.h"

namespace parvis {
namespace {

constexpr std::string_view pandoc_program = "/usr/bin/pandoc";
constexpr std::string_view office_program = "/usr/lib/libreoffice/program/soffice.bin";
constexpr int64_t pandoc_timeout_us = seconds_us(30);
constexpr int64_t office_timeout_us = seconds_us(60);
constexpr uint64_t max_memory_bytes = uint64_t{2} << 30;  // addresses; pandoc's heap is held tighter
constexpr int heap_exhausted = 251;                       // of the runtime pandoc is made with
constexpr int start_again = 81;                           // LibreOffice, once it has made its profile
constexpr int max_tree_depth = 12;
constexpr size_t max_tree_files = 5'000;

constexpr FileFormatFacts formats[] = {
    {FileFormat::markdown, "md", "text/markdown; charset=utf-8"},
    {FileFormat::html, "html", "text/html; charset=utf-8"},
    {FileFormat::docx, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {FileFormat::odt, "odt", "application/vnd.oasis.opendocument.text"},
    {FileFormat::pdf, "pdf", "application/pdf"},
};

// What LibreOffice starts with: it follows no link of a document, and runs no macro.
constexpr std::string_view office_settings = R"(<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
)";

/// Links go first: removing one never follows it.
void remove_tree(Fs& fs, const std::string& path, int depth, size_t& left) {
  if (left == 0) return;
  --left;
  if (fs.remove(path) || depth >= max_tree_depth) return;
  auto names = fs.list(path);
  if (!names) return;
  for (auto& name : *names) remove_tree(fs, path + "/" + name, depth + 1, left);
  (void)fs.remove(path);
}

Result<void> write_file(Fs& fs, const std::string& path, std::string_view content) {
  auto file = TRY(fs.create(path));
  return file->write_at(0, as_bytes(content));
}

Result<std::string> read_file(Fs& fs, const std::string& path, size_t max_bytes) {
  auto file = TRY(fs.open(path));
  auto size = TRY(file->size());
  if (size > max_bytes) return fail(document_reasons::conversion_too_heavy, "file of a conversion");
  std::string out(size, '\0');
  size_t filled = 0;
  while (filled < size) {
    auto count = TRY(file->read_at(filled, {reinterpret_cast<uint8_t*>(out.data()) + filled, size - filled}));
    if (count == 0) break;
    filled += count;
  }
  out.resize(filled);
  return out;
}

/// Files below `path`, named from there.
void list_tree(Fs& fs, const std::string& root, const std::string& path, int depth,
               std::vector<std::string>& out) {
  auto names = fs.list(root + "/" + path);
  if (!names || depth >= max_tree_depth) return;
  for (auto& name : *names) {
    if (out.size() >= Converter::max_pictures) return;
    auto inner = path + "/" + name;
    auto status = fs.status(root + "/" + inner);
    if (!status) continue;
    if (status->directory) {
      list_tree(fs, root, inner, depth + 1, out);
    } else {
      out.push_back(inner);
    }
  }
}

bool brings_script(std::string_view html) {
  auto folded = utf8::fold(html);
  for (std::string_view tag : {"<script", "<iframe", "<object", "<embed"})
    if (folded.contains(tag)) return true;
  return false;
}

std::vector<std::string> pandoc_arguments(std::string_view from, std::string_view to) {
  return {"+RTS", "-M600m", "-RTS", "--from", std::string(from), "--to", std::string(to), "--wrap=none"};
}

}  // namespace

const FileFormatFacts* file_format(std::string_view extension) {
  auto found = std::ranges::find(formats, extension, &FileFormatFacts::extension);
  return found == std::end(formats) ? nullptr : found;
}

Task<Result<ProcessOutcome>> Converter::run(std::string directory, ProcessOptions options,
                                            int64_t timeout_us) {
  options.environment = {"HOME=/proc/self/cwd", "TMPDIR=/proc/self/cwd", "PATH=/usr/bin", "LANG=C.UTF-8",
                         "SAL_USE_VCLPLUGIN=svp"};
  options.max_memory_bytes = max_memory_bytes;
  options.max_file_bytes = max_output_bytes;
  options.max_open_files = 256;
  options.confinement = Confinement{
      .readable = {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/fonts", "/etc/passwd",
                   "/etc/nsswitch.conf", "/etc/libreoffice", "/var/lib/libreoffice", "/var/spool/libreoffice",
                   "/var/cache/fontconfig", "/dev/urandom"},
      .writable = {directory, "/dev/null"},
      .sockets = {"/tmp"}};  // LibreOffice makes one, there and nowhere else
  options.working_directory = std::move(directory);
  auto outcome = co_await run_process(context_.env, std::move(options), context_.env.loop.now() + timeout_us);
  if (!outcome) {
    auto& error = outcome.error();
    if (error.is(reasons::timeout) || error.is(reasons::too_large))
      co_return fail(document_reasons::conversion_too_heavy, error.detail);
    if (error.is(reasons::unavailable)) co_return fail(document_reasons::conversion_missing, error.detail);
  }
  co_return outcome;
}

Task<Result<std::string>> Converter::pandoc(std::string directory, std::vector<std::string> arguments,
                                            std::string input) {
  ProcessOptions options{.program = std::string(pandoc_program), .arguments = std::move(arguments)};
  options.input = std::move(input);
  options.max_output_bytes = max_output_bytes;
  options.max_cpu_seconds = 20;
  auto outcome = CO_TRY(co_await run(std::move(directory), std::move(options), pandoc_timeout_us));
  if (outcome.signal_number != 0 || outcome.exit_code == heap_exhausted)
    co_return fail(document_reasons::conversion_too_heavy, outcome.errors.substr(0, 200));
  if (outcome.exit_code != 0)
    co_return fail(document_reasons::conversion_failed, outcome.errors.substr(0, 200));
  co_return std::move(outcome.output);
}

/// Converts `from` in the directory; the result lies in "out" there.
Task<Result<std::string>> Converter::office(std::string directory, std::string from, std::string to,
                                            std::string filter) {
  // The socket is named after the profile: two of one name would talk to each other.
  auto profile = "profile-" + directory.substr(directory.rfind('/') + 1);
  CO_TRY(co_await write(directory + "/" + profile + "/user/registrymodifications.xcu",
                        std::string(office_settings)));
  ProcessOutcome outcome;
  for (int attempt = 0; attempt < 2; ++attempt) {
    ProcessOptions options{
        .program = std::string(office_program),
        .arguments = {"--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard",
                      "--nolockcheck", "-env:UserInstallation=file:///proc/self/cwd/" + profile,
                      "--convert-to", filter, "--outdir", "out", from}};
    options.max_cpu_seconds = 40;
    outcome = CO_TRY(co_await run(directory, std::move(options), office_timeout_us));
    if (outcome.signal_number != 0 || outcome.exit_code != start_again) break;
  }
  if (outcome.signal_number != 0)
    co_return fail(document_reasons::conversion_too_heavy, outcome.errors.substr(0, 200));
  auto made = co_await read(directory + "/out/" + to, max_output_bytes);
  if (!made && made.error().is(document_reasons::conversion_too_heavy)) co_return made;
  if (!made || outcome.exit_code != 0)
    co_return fail(document_reasons::conversion_failed, outcome.errors.substr(0, 200));
  co_return made;
}

Task<Result<void>> Converter::write(std::string path, std::string content) {
  auto& fs = context_.env.fs;
  co_return co_await context_.env.disk.run_result(
      [&fs, path = std::move(path), content = std::move(content)] {
        auto made = fs.make_directories(path.substr(0, path.rfind('/')));
        return made ? write_file(fs, path, content) : made;
      });
}

Task<Result<std::string>> Converter::read(std::string path, size_t max_bytes) {
  auto& fs = context_.env.fs;
  co_return co_await context_.env.disk.run_result(
      [&fs, path = std::move(path), max_bytes] { return read_file(fs, path, max_bytes); });
}

Task<Result<std::string>> Converter::make_place() {
  auto& fs = context_.env.fs;
  auto parent = context_.configuration.data_directory + "/conversions";
  auto path = parent + "/" + context_.env.new_id<Id<struct ConversionTag>>().text();
  co_return co_await context_.env.disk.run_result([&fs, parent, path]() -> Result<std::string> {
    // What a killed server left: nobody else works now.
    if (auto old = fs.list(parent)) {
      size_t left = max_tree_files;
      for (auto& name : *old) remove_tree(fs, parent + "/" + name, 0, left);
    }
    TRY(fs.make_directories(path));
    return path;
  });
}

Task<void> Converter::clear_place(std::string directory) {
  auto& fs = context_.env.fs;
  auto cleared = co_await context_.env.disk.run([&fs, directory = std::move(directory)] {
    size_t left = max_tree_files;
    remove_tree(fs, directory, 0, left);
    return 0;
  });
  (void)cleared;  // the next conversion clears again
}

Task<Result<std::string>> Converter::from_html(std::string html, std::vector<ConversionFile> pictures,
                                               FileFormat format) {
  if (waiting_ >= max_waiting) co_return fail(reasons::unavailable, "conversions waiting", 5'000);
  ++waiting_;
  auto guard = co_await working_.lock(context_.env.loop);
  --waiting_;
  auto place = CO_TRY(co_await make_place());
  auto made = co_await convert_html(place, std::move(html), std::move(pictures), format);
  co_await clear_place(place);
  co_return made;
}

Task<Result<std::string>> Converter::convert_html(std::string directory, std::string html,
                                                  std::vector<ConversionFile> pictures, FileFormat format) {
  for (auto& picture : pictures)
    CO_TRY(co_await write(directory + "/" + picture.name, std::move(picture.content)));
  auto to = format == FileFormat::markdown ? "gfm" : format == FileFormat::docx ? "docx" : "odt";
  auto arguments = pandoc_arguments("html", to);
  if (format != FileFormat::markdown) arguments.emplace_back("--standalone");
  arguments.insert(arguments.end(), {"--output", "-"});
  auto made = CO_TRY(co_await pandoc(directory, std::move(arguments), std::move(html)));
  if (format != FileFormat::pdf) co_return made;
  CO_TRY(co_await write(directory + "/document.odt", std::move(made)));
  co_return co_await office(
      directory, "document.odt", "document.pdf",
      "pdf:writer_pdf_Export:{\"UseTaggedPDF\":{\"type\":\"boolean\",\"value\":\"true\"},"
      "\"ExportBookmarks\":{\"type\":\"boolean\",\"value\":\"true\"}}");
}

Task<Result<Converter::Tree>> Converter::to_tree(std::string content, FileFormat format) {
  if (waiting_ >= max_waiting) co_return fail(reasons::unavailable, "conversions waiting", 5'000);
  ++waiting_;
  auto guard = co_await working_.lock(context_.env.loop);
  --waiting_;
  auto place = CO_TRY(co_await make_place());
  auto made = co_await read_tree(place, std::move(content), format);
  co_await clear_place(place);
  co_return made;
}

Task<Result<Converter::Tree>> Converter::read_tree(std::string directory, std::string content,
                                                   FileFormat format) {
  std::string from = "docx";
  if (format == FileFormat::markdown) {
    // HTML inside Markdown becomes part of the text on the way through HTML.
    auto arguments = pandoc_arguments("gfm-task_lists", "html");
    arguments.insert(arguments.end(), {"--sandbox", "--no-highlight"});
    content = CO_TRY(co_await pandoc(directory, std::move(arguments), std::move(content)));
    if (brings_script(content)) co_return fail(document_reasons::conversion_script);
    from = "html";
  } else if (format == FileFormat::odt) {
    // Pandoc loses the heading rows of this format's tables.
    CO_TRY(co_await write(directory + "/document.odt", std::move(content)));
    content = CO_TRY(co_await office(directory, "document.odt", "document.docx", "docx"));
  }
  auto arguments = pandoc_arguments(from, "json");
  arguments.insert(arguments.end(), {"--sandbox", "--extract-media=media"});
  Tree tree;
  tree.json = CO_TRY(co_await pandoc(directory, std::move(arguments), std::move(content)));
  tree.pictures = co_await collect_pictures(directory);
  co_return tree;
}

Task<std::vector<ConversionFile>> Converter::collect_pictures(std::string directory) {
  auto& fs = context_.env.fs;
  auto names = co_await context_.env.disk.run([&fs, directory] {
    std::vector<std::string> found;
    list_tree(fs, directory, "media", 0, found);
    return found;
  });
  std::vector<ConversionFile> pictures;
  if (!names) co_return pictures;
  size_t bytes = 0;
  for (auto& name : *names) {
    auto content = co_await read(directory + "/" + name, max_picture_bytes);
    if (!content || bytes + content->size() > max_pictures_bytes) continue;
    bytes += content->size();
    pictures.push_back({name, std::move(*content)});
  }
  co_return pictures;
}

}  // namespace parvis
