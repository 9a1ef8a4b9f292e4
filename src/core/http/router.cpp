#include "core/http/router.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "proto/url.h"

namespace parvis::http {
namespace {

struct Entry {
  Route route;
  std::vector<std::string> names;  // of the parameters, in order
};

std::string_view raw_path(const Request& request) {
  return request.target.empty() ? request.path : proto::split_target(request.target).path;
}

/// Takes "segment" off "/segment/rest", leaving "/rest".
std::string_view take_segment(std::string_view& path) {
  size_t end = std::min(path.find('/', 1), path.size());
  auto segment = path.substr(1, end - 1);
  path.remove_prefix(end);
  return segment;
}

std::string decoded(std::string_view raw) {
  if (raw.find('%') == std::string_view::npos) return std::string(raw);
  return proto::percent_decode(raw).value_or(std::string(raw));
}

}  // namespace

struct Router::Node {
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> rest;  // "{name...}"
  std::vector<std::unique_ptr<Entry>> entries;

  Node& literal(std::string_view text) {
    for (auto& [key, node] : literals) {
      if (key == text) return *node;
    }
    return *literals.emplace_back(text, std::make_unique<Node>()).second;
  }
  const Node* find(std::string_view text) const {
    for (const auto& [key, node] : literals) {
      if (key == text) return node.get();
    }
    return nullptr;
  }
  const Entry* answer(std::string_view method) const {
    const Entry* fallback = nullptr;
    for (const auto& entry : entries) {
      if (entry->route.method == method) return entry.get();
      if (method == "HEAD" && entry->route.method == "GET") fallback = entry.get();
      if (!fallback && entry->route.method == "*") fallback = entry.get();
    }
    return fallback;
  }

  /// Calls `visit(node, values, count)` at each node the path leads to, best first, until it returns true.
  struct Values {
    std::array<std::string_view, max_segments> raw;
    size_t count = 0;
  };
  template <class Visit>
  bool walk(std::string_view path, Values& values, Visit& visit) const {
    if (path.empty()) return !entries.empty() && visit(*this, values);
    auto remaining = path;
    auto segment = take_segment(remaining);
    // A segment may be written with escapes it does not need ("%61pi"): literals compare decoded.
    bool escaped = segment.find('%') != std::string_view::npos;
    const Node* exact = escaped ? find(decoded(segment)) : find(segment);
    if (exact && exact->walk(remaining, values, visit)) return true;
    if (values.count == max_segments) return false;
    size_t mark = values.count;
    if (parameter && !segment.empty()) {
      values.raw[values.count++] = segment;
      if (parameter->walk(remaining, values, visit)) return true;
      values.count = mark;
    }
    if (!rest) return false;
    values.raw[values.count++] = path.substr(1);
    bool done = visit(*rest, values);
    values.count = mark;
    return done;
  }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::add(std::string_view method, std::string_view pattern, RouteOptions options, Handler handler) {
  CHECK(pattern.starts_with('/'));
  auto entry = std::make_unique<Entry>();
  entry->route = {std::string(method), std::string(pattern), options, std::move(handler)};
  Node* node = root_.get();
  auto child = [](std::unique_ptr<Node>& slot) {
    if (!slot) slot = std::make_unique<Node>();
    return slot.get();
  };
  while (!pattern.empty()) {
    auto segment = take_segment(pattern);
    if (!segment.starts_with('{')) {
      node = &node->literal(segment);
      continue;
    }
    CHECK(segment.ends_with('}'));
    auto name = segment.substr(1, segment.size() - 2);
    bool is_rest = name.ends_with("...");
    CHECK(!is_rest || pattern.empty());
    entry->names.emplace_back(is_rest ? name.substr(0, name.size() - 3) : name);
    CHECK(entry->names.size() <= max_segments);
    node = child(is_rest ? node->rest : node->parameter);
  }
  for (const auto& other : node->entries)
    CHECK(other->route.method != entry->route.method);  // declared twice
  node->entries.push_back(std::move(entry));
}

const Route* Router::match(std::string_view method, Request& request, bool& known_path) const {
  const Entry* found = nullptr;
  known_path = false;
  Node::Values values;
  auto visit = [&](const Node& node, const Node::Values& captured) {
    known_path = true;
    found = node.answer(method);
    if (!found) return false;
    request.parameters.clear();
    for (size_t i = 0; i < captured.count; ++i) {
      request.parameters.emplace_back(found->names[i], decoded(captured.raw[i]));
    }
    return true;
  };
  auto path = raw_path(request);
  if (path.starts_with('/')) root_->walk(path, values, visit);
  return found ? &found->route : nullptr;
}

std::vector<std::string> Router::methods_for(Request& request) const {
  std::vector<std::string> out;
  Node::Values values;
  auto add = [&](std::string_view method) {
    if (std::ranges::find(out, method) == out.end()) out.emplace_back(method);
  };
  auto visit = [&](const Node& node, const Node::Values&) {
    for (const auto& entry : node.entries) {
      if (entry->route.method == "*") continue;
      add(entry->route.method);
      if (entry->route.method == "GET") add("HEAD");
    }
    return false;
  };
  auto path = raw_path(request);
  if (path.starts_with('/')) root_->walk(path, values, visit);
  if (!out.empty()) add("OPTIONS");
  return out;
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> out;
  auto gather = [&](auto& self, const Node& node) -> void {
    for (const auto& entry : node.entries) out.push_back(&entry->route);
    for (const auto& [key, child] : node.literals) self(self, *child);
    if (node.parameter) self(self, *node.parameter);
    if (node.rest) self(self, *node.rest);
  };
  gather(gather, *root_);
  return out;
}

}  // namespace parvis::http
