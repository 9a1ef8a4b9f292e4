#include "core/network_policy/network_policy.h"

#include <map>
#include <set>

#include "base/utf8.h"
#include "core/network_policy/reasons.h"
#include "core/network_policy/zones.h"
#include "platform/log.h"

namespace parvis {
namespace {

using store::Statement;

const Statement newest{"network_policy.newest",
                       "select version, document, author, note, created_at from network_policy "
                       "order by version desc limit 1"};
const Statement at_version{
    "network_policy.at",
    "select version, document, author, note, created_at from network_policy where version = $1"};
const Statement history_of{"network_policy.history",
                           "select version, author, note, created_at from network_policy "
                           "order by version desc limit $1"};
const Statement insert{"network_policy.insert",
                       "insert into network_policy(version, document, author, note, created_at) "
                       "values ($1, $2, $3, $4, $5) on conflict (version) do nothing"};
const Statement forget{"network_policy.forget", "delete from network_policy where version <= $1"};
const Statement exemptions{"network_policy.exemptions", "select person from network_exemption"};
const Statement exempt_one{"network_policy.exempt",
                           "insert into network_exemption(person, since) values ($1, $2) "
                           "on conflict (person) do nothing"};
const Statement end_exemption{"network_policy.end_exemption",
                              "delete from network_exemption where person = $1"};
const Statement insert_override{
    "network_policy.override",
    "insert into network_override(id, person, subject, reason, at, ends_at) values ($1, $2, $3, $4, $5, $6)"};
const Statement standing_overrides{"network_policy.standing_overrides",
                                   "select person, subject, ends_at from network_override "
                                   "where ends_at > $1 order by ends_at"};
const Statement count_overrides{"network_policy.count_overrides",
                                "select count(*) from network_override where at >= $1"};

using OverrideId = Id<struct NetworkOverrideTag>;
using Version = NetworkPolicy::Version;

Version version_of(const store::Rows& rows, size_t row) {
  return {.version = rows.integer(row, 0),
          .document = std::string(rows.text(row, 1)),
          .author = PersonId::parse(rows.text(row, 2)).value_or(PersonId()),
          .note = std::string(rows.text(row, 3)),
          .created_at = {rows.integer(row, 4)}};
}

Result<bool> write_version(store::Transaction& transaction, const Version& version) {
  std::string author = version.author.empty() ? "" : version.author.text();
  return TRY(transaction.execute(insert, version.version, version.document, author, version.note,
                                 version.created_at.ms)) == 1;
}

class StoredPolicy final : public NetworkPolicy {
 public:
  StoredPolicy(Env& env, store::Database& database) : env_(env), database_(database) {}

  Task<Result<void>> load(std::vector<NetworkRange> seed) {
    auto found = CO_TRY(co_await database_.read([](store::Reader& reader) { return reader.query(newest); }));
    if (found.size() == 0) {
      CO_TRY(co_await write_first(std::move(seed)));
    } else {
      version_ = version_of(found, 0);
      auto document = CO_TRY(json::parse(version_.document, {.max_bytes = PolicyLimits::document_bytes}));
      auto parsed = parse_policy(document, zones());
      // What was accepted once may name a zone that this machine no longer has: that window alone is lost.
      for (const auto& error : parsed.errors)
        log_event(Level::warning, "network_policy_window_lost",
                  {{"field", error.field}, {"reason", error.reason->id}});
      std::erase_if(parsed.policy.windows, [](const auto& window) { return !window.clock; });
      policy_ = std::move(parsed.policy);
    }
    auto exempt =
        CO_TRY(co_await database_.read([](store::Reader& reader) { return reader.query(exemptions); }));
    for (size_t row = 0; row < exempt.size(); ++row) {
      if (auto person = PersonId::parse(exempt.text(row, 0))) exempt_.insert(*person);
    }
    auto beyond = CO_TRY(co_await database_.read([now = env_.clock.now()](store::Reader& reader) {
      return reader.query(standing_overrides, now.ms);
    }));
    for (size_t row = 0; row < beyond.size(); ++row) {
      if (auto person = PersonId::parse(beyond.text(row, 0)))
        beyond_[{*person, std::string(beyond.text(row, 1))}] = {beyond.integer(row, 2)};
    }
    co_return Result<void>();
  }

  const Policy& current() const override { return policy_; }
  const Version& version() const override { return version_; }
  std::string_view network(std::string_view address) const override {
    return *labels_.emplace(network_of(policy_.networks, address)).first;
  }
  Applied applied(std::string_view network, bool exempt) const override {
    return evaluate(policy_, env_.clock.now(), network, exempt);
  }

  Task<Result<void>> change(json::Value document, int64_t expected, std::string note, PersonId actor,
                            std::string rule, std::vector<PolicyError>* errors) override {
    if (note.size() > max_note_bytes || !utf8::valid(note)) co_return fail(reasons::malformed, "note");
    // Zones are read from files.
    auto parsed = CO_TRY(co_await env_.disk.run(
        [document = std::move(document), source = zones()] { return parse_policy(document, source); }));
    if (!parsed.errors.empty()) {
      *errors = std::move(parsed.errors);
      co_return fail(policy_reasons::invalid);
    }
    if (expected != version_.version) co_return fail(policy_reasons::outdated);
    Version next{.version = expected + 1,
                 .document = write_policy(parsed.policy),
                 .author = actor,
                 .note = std::move(note),
                 .created_at = env_.clock.now()};
    CO_TRY(co_await database_.write([next, rule](store::Transaction& transaction) -> Result<void> {
      if (!TRY(write_version(transaction, next))) return fail(policy_reasons::outdated);
      TRY(transaction.execute(forget, next.version - kept_versions));
      TRY(transaction.publish({.kind = "network_policy.changed",
                               .actor = next.author.text(),
                               .space = "",
                               .subject = std::to_string(next.version),
                               .payload = "",
                               .rule = rule}));
      return {};
    }));
    version_ = std::move(next);
    policy_ = std::move(parsed.policy);
    changed.tell({});
    co_return Result<void>();
  }

  Task<Result<std::vector<Version>>> history() override {
    auto rows = CO_TRY(co_await database_.read(
        [](store::Reader& reader) { return reader.query(history_of, history_page); }));
    std::vector<Version> out;
    for (size_t row = 0; row < rows.size(); ++row) {
      out.push_back({.version = rows.integer(row, 0),
                     .document = {},
                     .author = PersonId::parse(rows.text(row, 1)).value_or(PersonId()),
                     .note = std::string(rows.text(row, 2)),
                     .created_at = {rows.integer(row, 3)}});
    }
    co_return out;
  }

  Task<Result<Version>> version_at(int64_t version) override {
    auto rows = CO_TRY(co_await database_.read(
        [version](store::Reader& reader) { return reader.query(at_version, version); }));
    if (rows.size() == 0) co_return fail(reasons::not_found, "version");
    co_return version_of(rows, 0);
  }

  bool exempt(PersonId person) const override { return exempt_.contains(person); }
  Task<Result<void>> set_exempt(PersonId person, bool exempt) override {
    // Nothing is published: that somebody needs images is nobody else's business.
    CO_TRY(co_await database_.write(
        [person, exempt, now = env_.clock.now()](store::Transaction& transaction) -> Result<void> {
          if (exempt) TRY(transaction.execute(exempt_one, person.text(), now.ms));
          if (!exempt) TRY(transaction.execute(end_exemption, person.text()));
          return {};
        }));
    if (exempt) exempt_.insert(person);
    if (!exempt) exempt_.erase(person);
    changed.tell({});
    co_return Result<void>();
  }

  Task<Result<void>> go_beyond(Override act) override {
    act.reason = std::string(utf8::trim(act.reason));
    if (act.reason.empty() || act.reason.size() > max_reason_bytes || !utf8::valid(act.reason))
      co_return fail(policy_reasons::reason_needed);
    std::string payload;
    json::Writer(payload).begin_object().field("reason", act.reason).end_object();
    Instant now = env_.clock.now();
    CO_TRY(co_await database_.write(
        [id = env_.new_id<OverrideId>(), act, payload, now](store::Transaction& transaction) -> Result<void> {
          TRY(transaction.execute(insert_override, id.text(), act.person.text(), act.subject, act.reason,
                                  now.ms, act.until.ms));
          TRY(transaction.publish({.kind = "network_policy.overridden",
                                   .actor = act.person.text(),
                                   .space = act.space.text(),
                                   .subject = act.subject,
                                   .payload = payload,
                                   .rule = "urgent"}));
          return {};
        }));
    std::erase_if(beyond_, [&](const auto& one) { return one.second <= now; });
    beyond_[{act.person, act.subject}] = act.until;
    co_return Result<void>();
  }
  Instant beyond_until(PersonId person, const std::string& subject) const override {
    auto found = beyond_.find({person, subject});
    return found == beyond_.end() ? Instant{} : found->second;
  }
  Task<Result<int64_t>> recent_overrides() override {
    auto rows = CO_TRY(
        co_await database_.read([since = env_.clock.now().ms - count_overrides_for_ms](
                                    store::Reader& reader) { return reader.query(count_overrides, since); }));
    co_return rows.integer(0, 0);
  }

 private:
  ZoneSource zones() const {
    return [&fs = env_.fs](std::string_view name) { return find_zone(fs, name); };
  }

  Task<Result<void>> write_first(std::vector<NetworkRange> seed) {
    policy_ = first_policy(std::move(seed), zones());
    version_ = {.version = 1,
                .document = write_policy(policy_),
                .author = {},
                .note = "",
                .created_at = env_.clock.now()};
    co_return co_await database_.write([first = version_](store::Transaction& transaction) -> Result<void> {
      TRY(write_version(transaction, first));
      return {};
    });
  }

  Env& env_;
  store::Database& database_;
  Policy policy_;
  Version version_;
  std::set<PersonId> exempt_;
  std::map<std::pair<PersonId, std::string>, Instant> beyond_;
  mutable std::set<std::string, std::less<>> labels_;  // views of them outlive a policy
};

}  // namespace

Task<Result<std::unique_ptr<NetworkPolicy>>> load_network_policy(Env& env, store::Database& database,
                                                                 std::vector<NetworkRange> seed) {
  auto out = std::make_unique<StoredPolicy>(env, database);
  CO_TRY(co_await out->load(std::move(seed)));
  co_return out;
}

}  // namespace parvis
