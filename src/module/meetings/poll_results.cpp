#include <fmt/format.h>

#include "module/meetings/polls.h"

namespace parvis::poll_results {
namespace {

constexpr Text poll_text{"Sondage", "Poll"}, answer_text{"Réponse", "Answer"}, votes_text{"Voix", "Votes"},
    voter_text{"Votant", "Voter"}, question_text{"Question", "Question"},
    voters_text{"Nombre de votants", "Number of voters"}, anonymous_text{"vote anonyme", "anonymous vote"},
    named_text{"vote nominatif", "named vote"},
    multiple_text{"plusieurs réponses possibles", "several answers possible"};

/// A spreadsheet must not take a text for a formula.
std::string field(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").contains(text.front())) out += '\'';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

std::string chosen(const Poll& poll, poll_store::Choice choice) {
  std::string out;
  for (size_t position = 0; position < poll.answers.size(); ++position) {
    if (!(choice >> position & 1)) continue;
    if (!out.empty()) out += ", ";
    out += poll.answers[position].text;
  }
  return out;
}

int64_t percent(int64_t part, int64_t whole) { return whole > 0 ? (part * 100 + whole / 2) / whole : 0; }

std::string voters_line(const Poll& poll, Language language) {
  bool french = language == Language::french;
  std::string out = poll.voters == 1 ? (french ? "1 votant" : "1 voter")
                                     : fmt::format("{} {}", poll.voters, french ? "votants" : "voters");
  out += ", ";
  out += (poll.anonymous ? anonymous_text : named_text).in(language);
  if (poll.multiple) {
    out += ", ";
    out += multiple_text.in(language);
  }
  return out + ".";
}

}  // namespace

std::string csv(const Poll& poll, const std::vector<poll_store::Ballot>& ballots, Language language) {
  std::string out = "\xef\xbb\xbf";  // spreadsheets take it for UTF-8
  auto line = [&](std::string_view first, std::string_view second) {
    out += field(first) + ";" + field(second) + "\r\n";
  };
  line(question_text.in(language), poll.question);
  line(voters_text.in(language), std::to_string(poll.voters));
  line(answer_text.in(language), votes_text.in(language));
  for (const auto& answer : poll.answers) line(answer.text, std::to_string(answer.votes));
  if (poll.anonymous || ballots.empty()) return out;
  line(voter_text.in(language), answer_text.in(language));
  for (const auto& ballot : ballots) line(ballot.name, chosen(poll, ballot.choice));
  return out;
}

Passage passage(const Poll& poll, Language language) {
  bool french = language == Language::french;
  Passage out{.heading = fmt::format("{}{}{}", poll_text.in(language), french ? " : " : ": ", poll.question),
              .line = voters_line(poll, language),
              .items = {}};
  for (const auto& answer : poll.answers) {
    out.items.push_back(fmt::format("{}{}{} ({}{}%)", answer.text, french ? " : " : ": ", answer.votes,
                                    percent(answer.votes, poll.voters), french ? " " : ""));
  }
  return out;
}

}  // namespace parvis::poll_results
