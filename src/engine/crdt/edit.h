#pragma once
// Changing a document from this side: import, restore, API. An Editor is one transaction in the name of one
// client number, which nobody else may write with. Operations take effect at once; commit() gives the update
// to send.
//   Editor editor(doc, client);
//   TRY(editor.insert_text(node, 0, "Bonjour"));
//   Bytes update = editor.commit(Format::v1);
// Positions count UTF-16 units of text, elements of arrays, children of XML nodes. Finding one walks the
// list.
#include <optional>
#include <string_view>

#include "engine/crdt/read.h"

namespace parvis::crdt {

class Transaction;
struct TextPosition;

class Editor {
 public:
  /// Keeps references; one editor per document at a time, and no updates applied until it is committed or
  /// gone.
  Editor(Doc& doc, uint64_t client);
  /// Commits, if commit() was not called.
  ~Editor();
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  /// The root of that name, made if nobody mentioned it yet.
  Node root(std::string_view name);

  // Text. Without attributes inserted text takes those in force; a null value ends a format.
  // reasons::out_of_range, reasons::no_such_type, reasons::malformed for text that is not UTF-8.
  Result<> insert_text(Node node, uint64_t index, std::string_view text,
                       const Attributes* attributes = nullptr);
  Result<> insert_embed(Node node, uint64_t index, const Any& value, const Attributes& attributes = {});
  Result<> format_text(Node node, uint64_t index, uint64_t length, const Attributes& attributes);
  Result<> delete_text(Node node, uint64_t index, uint64_t length);

  // Arrays, and children of elements and fragments. `name` is for elements and hooks.
  Result<> insert_values(Node node, uint64_t index, const AnyArray& values);
  Result<Node> insert_node(Node node, uint64_t index, NodeKind kind, std::string_view name = {});
  /// Behind a sibling made before: its place is known, nothing is walked.
  Result<Node> insert_node_after(Node sibling, NodeKind kind, std::string_view name = {});
  Result<> remove(Node node, uint64_t index, uint64_t length);

  // Maps, and attributes of elements and texts.
  Result<> set(Node node, std::string_view key, const Any& value);
  Result<Node> set_node(Node node, std::string_view key, NodeKind kind, std::string_view name = {});
  Result<> erase(Node node, std::string_view key);

  /// What this transaction changed, as an update; ends it. An empty update when nothing changed.
  Bytes commit(Format format);

 private:
  Result<uint32_t> list_of(Node node);
  uint32_t new_item(Kind kind, uint64_t length);
  uint32_t place(uint32_t item, uint32_t list, uint32_t left);
  uint32_t place_format(uint32_t list, uint32_t left, std::string_view key, const Any& value);
  uint32_t place_value(uint32_t list, uint32_t left, const Any& value);
  uint32_t place_node(uint32_t list, uint32_t left, NodeKind kind, std::string_view name, Node& out);
  /// The item after which element `index` starts; none for the front.
  Result<uint32_t> left_of(uint32_t list, uint64_t index);

  Result<TextPosition> find_text(uint32_t list, uint64_t index);
  void forward(TextPosition& at);
  void skip_matching(TextPosition& at, const Attributes& attributes);
  Attributes open_formats(uint32_t list, TextPosition& at, const Attributes& attributes);
  void close_formats(uint32_t list, TextPosition& at, Attributes negated);
  void clean_gap(uint32_t start, uint32_t current, const Attributes& before, Attributes& now);
  Result<> insert_into_text(Node node, uint64_t index, const Attributes* attributes, uint32_t content_item);

  Doc& doc_;
  Store& store_;
  uint64_t client_;
  StateVector before_;
  std::unique_ptr<Transaction> transaction_;
};

}  // namespace parvis::crdt
