#include "module/documents/content_tree.h"

#include <algorithm>

#include "engine/crdt/any.h"

namespace parvis {
namespace {

// What is numbered is written with lengths, so that no two contents are written alike.
void put_number(std::string& out, uint64_t number) {
  out += std::to_string(number);
  out += ';';
}
void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}
void put_value(std::string& out, const crdt::Any& value) {
  Bytes bytes;
  crdt::encode_any(value, bytes);
  put_text(out, as_text(bytes));
}

class ContentReader {
 public:
  ContentReader(const crdt::Doc& doc, Numbering& numbering) : doc_(doc), numbering_(numbering) {}

  Result<ContentTree> read(crdt::Node node, int depth) {
    if (depth > max_content_depth) return fail(reasons::too_large, "depth of a document");
    ContentTree out{.node = node,
                    .kind = crdt::kind_of(doc_, node),
                    .name = crdt::name_of(doc_, node),
                    .entries = {},
                    .children = {},
                    .runs = {}};
    std::string content = shape_of(out);
    for (auto& [key, value] : crdt::read_map(doc_, node)) {
      out.entries.push_back({key, TRY(part(value, depth))});
      content += 'e';
      put_text(content, key);
      put_number(content, out.entries.back().part.number);
    }
    if (out.is_text()) {
      bool opaque = false;
      out.runs = read_runs(doc_, node, opaque);
      if (opaque) content += 'o';
      for (auto& run : out.runs) put_run(content, run);
    } else {
      for (auto& child : crdt::read_array(doc_, node)) {
        out.children.push_back(TRY(part(child, depth)));
        content += 'c';
        put_number(content, out.children.back().number);
      }
    }
    out.number = numbering_.number(content);
    return out;
  }

 private:
  static std::string shape_of(const ContentTree& tree) {
    std::string out = "t";
    put_number(out, static_cast<uint64_t>(tree.kind));
    put_text(out, tree.name);
    return out;
  }

  static void put_run(std::string& content, const ContentRun& run) {
    content += run.embedded ? 'v' : 'r';
    if (run.embedded) {
      put_value(content, *run.embedded);
    } else {
      put_text(content, run.text);
    }
    put_number(content, run.attributes.size());
    for (auto& [key, value] : run.attributes) {
      put_text(content, key);
      put_value(content, value);
    }
  }

  Result<ContentPart> part(const crdt::Content& content, int depth) {
    if (++parts_ > max_content_parts) return fail(reasons::too_large, "parts of a document");
    ContentPart out;
    std::string text;
    if (auto* node = std::get_if<crdt::Node>(&content)) {
      out.tree = std::make_shared<const ContentTree>(TRY(read(*node, depth + 1)));
      out.number = out.tree->number;
      out.shape = numbering_.number(shape_of(*out.tree));
      return out;
    }
    if (auto* value = std::get_if<crdt::Any>(&content)) {
      text = "a";
      put_value(text, *value);
      out.value = *value;
    } else {
      auto& inner = std::get<crdt::Subdocument>(content);
      text = "d";
      put_text(text, inner.guid);
      put_value(text, inner.options);
      out.opaque = true;
    }
    out.number = out.shape = numbering_.number(text);
    return out;
  }

  const crdt::Doc& doc_;
  Numbering& numbering_;
  size_t parts_ = 0;
};

}  // namespace

uint32_t Numbering::number(std::string_view content) {
  auto found = numbers_.find(content);
  if (found == numbers_.end())
    found = numbers_.emplace(content, static_cast<uint32_t>(numbers_.size())).first;
  return found->second;
}

uint64_t ContentRun::units() const {
  if (embedded) return 1;
  uint64_t count = 0;
  for (char c : text) {
    auto byte = static_cast<uint8_t>(c);
    if ((byte & 0xc0) != 0x80) count += byte >= 0xf0 ? 2 : 1;
  }
  return count;
}

void sort_attributes(crdt::Attributes& attributes) {
  std::ranges::sort(attributes, {}, &std::pair<std::string, crdt::Any>::first);
}

std::vector<ContentRun> read_runs(const crdt::Doc& doc, crdt::Node node, bool& opaque) {
  std::vector<ContentRun> out;
  for (auto& op : crdt::read_delta(doc, node)) {
    ContentRun run{.text = {}, .embedded = {}, .attributes = std::move(op.attributes)};
    sort_attributes(run.attributes);
    if (auto* text = std::get_if<std::string>(&op.insert)) {
      if (!out.empty() && !out.back().embedded && out.back().attributes == run.attributes) {
        out.back().text += *text;
        continue;
      }
      run.text = std::move(*text);
    } else if (auto* value = std::get_if<crdt::Any>(&op.insert)) {
      run.embedded = std::move(*value);
    } else {
      opaque = true;
      run.embedded = crdt::Any(crdt::Null{});
    }
    out.push_back(std::move(run));
  }
  return out;
}

Result<ContentTree> read_content(const crdt::Doc& doc, crdt::Node node, Numbering& numbering) {
  return ContentReader(doc, numbering).read(node, 0);
}

}  // namespace parvis
