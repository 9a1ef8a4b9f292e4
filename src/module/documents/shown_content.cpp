#include "module/documents/shown_content.h"

#include <fmt/format.h>

#include "module/documents/reading_page.h"

namespace parvis {
namespace {

/// « Version « Validée » figée le 24 novembre 2026 à 5 h 36 par Ada Martin. Empreinte BLAKE2b-256 : … »
std::string stamp_of(const VersionRecord& version, std::string_view author, Language language) {
  auto when = format_moment(version.at, language);
  if (language == Language::english)
    return fmt::format("Version “{}” {} on {} by {}. BLAKE2b-256 digest of its content: {}", version.name,
                       version.frozen ? "frozen" : "kept", when, author, version.hash);
  return fmt::format("Version « {} » {} le {} par {}. Empreinte BLAKE2b-256 de son contenu : {}",
                     version.name, version.frozen ? "figée" : "gardée", when, author, version.hash);
}

}  // namespace

Task<Result<ShownContent>> shown_content(Context& context, Relay& relay, Versions& versions, Actor actor,
                                         Language language, DocumentRecord document, std::string version) {
  if (version.empty()) {
    auto live = CO_TRY(co_await relay.open(std::move(document)));
    co_return ShownContent{read_rich_text(live->doc), {}};
  }
  auto kept = CO_TRY(co_await versions.content(actor, document.id.text(), std::move(version)));
  auto text = CO_TRY(co_await context.env.cpu.run_result([&kept]() -> Result<RichText> {
    crdt::Doc doc;
    TRY(doc.apply_update(kept.state, crdt::Format::v1));
    return read_rich_text(doc);
  }));
  auto* author = context.people.find(kept.record.author);
  co_return ShownContent{std::move(text),
                         stamp_of(kept.record, author ? author->display_name : "", language)};
}

}  // namespace parvis
