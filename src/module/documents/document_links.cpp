#include "module/documents/document_links.h"

#include <algorithm>

namespace parvis {
namespace {

using store::Statement;

const Statement delete_links{"document_link.delete", "delete from document_link where source = $1"};
const Statement insert_link{
    "document_link.insert",
    "insert into document_link(source, target) values ($1, $2) on conflict (source, target) do nothing"};
const Statement links_to{
    "document_link.to",
    "select d.id, d.space, d.author, d.title from document_link l join document d on d.id = l.source "
    "where l.target = $1 and d.deleted_at is null order by d.title, d.id limit $2"};

std::optional<DocumentId> target_of(std::string_view address, std::string_view house) {
  if (!house.empty() && address.starts_with(house)) address.remove_prefix(house.size());
  for (std::string_view prefix : {"/d/", "/documents/"}) {
    if (!address.starts_with(prefix)) continue;
    address.remove_prefix(prefix.size());
    return DocumentId::parse(address.substr(0, address.find_first_of("/?#")));
  }
  return std::nullopt;
}

void collect(const RichNode& node, std::string_view house, std::vector<DocumentId>& out) {
  if (out.size() >= max_document_links) return;
  std::optional<DocumentId> target;
  if (node.type == "mention" && node.text_attribute("kind") == "document")
    target = DocumentId::parse(node.text_attribute("id"));
  if (node.type == "text") target = target_of(link_of(node), house);
  if (target && std::ranges::find(out, *target) == out.end()) out.push_back(*target);
  for (auto& child : node.children) collect(child, house, out);
}

}  // namespace

std::vector<DocumentId> mentioned_documents(const RichNode& root, std::string_view house) {
  std::vector<DocumentId> out;
  collect(root, house, out);
  return out;
}

namespace document_links {

Result<void> put(store::Transaction& transaction, DocumentId source, const std::vector<DocumentId>& targets) {
  TRY(transaction.execute(delete_links, source));
  for (auto& target : targets)
    if (target != source) TRY(transaction.execute(insert_link, source, target));
  return {};
}

Result<std::vector<Source>> to(store::Reader& reader, DocumentId target) {
  auto rows = TRY(reader.query(links_to, target, static_cast<int64_t>(max_document_links)));
  std::vector<Source> out;
  out.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row)
    out.push_back({rows.id<DocumentId>(row, 0), rows.id<SpaceId>(row, 1), rows.id<PersonId>(row, 2),
                   std::string(rows.text(row, 3))});
  return out;
}

}  // namespace document_links
}  // namespace parvis
