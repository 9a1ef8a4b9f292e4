#include "module/documents/mentions.h"

#include <algorithm>
#include <optional>

#include "core/people/people.h"

namespace parvis {
namespace {

struct Mention {
  size_t begin, end;  // in the text, from "@[" to ")"
  std::string_view name;
  PersonId person;
};

/// The first mention that begins at `from` or later.
std::optional<Mention> next_mention(std::string_view text, size_t from) {
  for (size_t at = text.find("@[", from); at != std::string_view::npos; at = text.find("@[", at + 2)) {
    size_t middle = text.find("](", at);
    if (middle == std::string_view::npos) return std::nullopt;
    size_t end = text.find(')', middle);
    if (end == std::string_view::npos) return std::nullopt;
    auto person = PersonId::parse(text.substr(middle + 2, end - middle - 2));
    auto name = text.substr(at + 2, middle - at - 2);
    if (person && !name.contains('\n')) return Mention{at, end + 1, name, *person};
  }
  return std::nullopt;
}

template <class Write>
std::string rewritten(std::string_view text, Write write) {
  std::string out;
  size_t from = 0;
  while (auto mention = next_mention(text, from)) {
    out += text.substr(from, mention->begin - from);
    out += write(*mention);
    from = mention->end;
  }
  return out += text.substr(from);
}

}  // namespace

std::vector<PersonId> mentioned_people(std::string_view comment) {
  std::vector<PersonId> out;
  size_t from = 0;
  while (auto mention = next_mention(comment, from)) {
    if (std::ranges::find(out, mention->person) == out.end()) out.push_back(mention->person);
    from = mention->end;
  }
  return out;
}

std::string plain_comment(std::string_view comment) {
  return rewritten(comment, [](const Mention& mention) { return "@" + std::string(mention.name); });
}

std::string with_known_names(std::string_view comment, const People& people) {
  return rewritten(comment, [&](const Mention& mention) {
    const Person* person = people.find(mention.person);
    if (!person) return "@" + std::string(mention.name);
    std::string name = person->display_name;
    std::erase_if(name, [](char c) { return c == '[' || c == ']' || c == '\n'; });
    return "@[" + name + "](" + person->id.text() + ")";
  });
}

}  // namespace parvis
