#include "module/documents/templates.h"

#include <algorithm>

namespace parvis {
namespace {

constexpr std::string_view names[] = {"", "note", "minutes", "letter"};
constexpr Text purpose{"Objet", "Purpose"}, background{"Contexte", "Context"},
    analysis{"Analyse", "Analysis"}, proposal{"Proposition", "Proposal"}, present{"Présents", "Present"},
    excused{"Excusés", "Apologies"}, agenda{"Ordre du jour", "Agenda"}, decisions{"Décisions", "Decisions"},
    actions{"Actions à mener", "Actions"},
    action{"Action, responsable, échéance", "Action, person in charge, date"}, sender{"Expéditeur", "Sender"},
    recipient{"Destinataire", "Recipient"}, greeting{"Madame, Monsieur,", "Dear Sir or Madam,"},
    closing{"Je vous prie d’agréer, Madame, Monsieur, l’expression de ma considération distinguée.",
            "Yours faithfully,"};

class TemplateBuilder {
 public:
  explicit TemplateBuilder(Language language) : language_(language) {}

  TemplateBuilder& heading(const Text& text) {
    return add({.type = "heading", .text = {}, .attributes = {{"level", 2}}, .children = {run(text)}});
  }
  TemplateBuilder& line() { return add(paragraph({})); }
  TemplateBuilder& line(const Text& text) { return add(paragraph({run(text)})); }
  TemplateBuilder& list(std::string type, std::string item, std::vector<RichNode> words = {}) {
    RichNode one{
        .type = std::move(item), .text = {}, .attributes = {}, .children = {paragraph(std::move(words))}};
    if (one.type == "taskItem") one.attributes.emplace_back("checked", false);
    return add({.type = std::move(type), .text = {}, .attributes = {}, .children = {std::move(one)}});
  }
  RichNode run(const Text& text) const {
    return {.type = "text", .text = std::string(text.in(language_)), .attributes = {}, .children = {}};
  }
  RichNode take() { return std::move(root_); }

 private:
  static RichNode paragraph(std::vector<RichNode> words) {
    return {.type = "paragraph", .text = {}, .attributes = {}, .children = std::move(words)};
  }
  TemplateBuilder& add(RichNode node) {
    root_.children.push_back(std::move(node));
    return *this;
  }
  Language language_;
  RichNode root_{.type = "doc", .text = {}, .attributes = {}, .children = {}};
};

}  // namespace

bool is_document_template(std::string_view name) { return std::ranges::find(names, name) != std::end(names); }

RichNode document_template(std::string_view name, Language language) {
  TemplateBuilder builder(language);
  if (name == "note") {
    for (auto* title : {&purpose, &background, &analysis, &proposal}) builder.heading(*title).line();
  } else if (name == "minutes") {
    builder.heading(present).list("bulletList", "listItem").heading(excused).list("bulletList", "listItem");
    builder.heading(agenda).list("orderedList", "listItem").heading(decisions).line();
    builder.heading(actions).list("taskList", "taskItem", {builder.run(action)});
  } else if (name == "letter") {
    for (auto* title : {&sender, &recipient, &purpose}) builder.heading(*title).line();
    builder.line(greeting).line().line(closing);
  }
  return builder.take();
}

}  // namespace parvis
