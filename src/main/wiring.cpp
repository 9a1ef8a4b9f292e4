#include "main/house.h"
#include "main/web_app.h"
#include "module/admin/module.h"
#include "module/chat/module.h"
#include "module/documents/module.h"
#include "module/files/module.h"
#include "module/meetings/module.h"
#include "module/network/module.h"
#include "module/people/module.h"
#include "module/search/module.h"
#include "module/spaces/module.h"
#include "platform/log.h"
#include "platform/own_addresses.h"
#include "proto/forwarded.h"

namespace parvis {
namespace {

constexpr Reason server_name_changed{
    Code::conflict, "server_name_changed",
    "Le nom de serveur Matrix ne peut plus changer : les identifiants des personnes et des salons le "
    "contiennent.",
    "The Matrix server name can no longer change: the identifiers of people and rooms contain it."};

constexpr Reason data_in_use{Code::conflict, "data_in_use",
                             "Parvis sert déjà ces données ; arrêtez-le d’abord.",
                             "Parvis is already serving this data; stop it first."};

const store::Statement get_setting{"setting.get", "select value from setting where name = $1"};
const store::Statement add_setting{
    "setting.add", "insert into setting(name, value) values ($1, $2) on conflict (name) do nothing"};

bool is_loopback(std::string_view host) {
  auto address = proto::parse_ip(host);
  if (!address) return true;  // a local socket
  static const auto four = proto::parse_network("127.0.0.0/8"), six = proto::parse_network("::1");
  return four->contains(*address) || six->contains(*address);
}

/// How media over TCP comes in. One port cannot be bound twice: where the web has it, it hands over.
std::pair<MeetingsOptions::Tcp, uint16_t> media_tcp(const Options& options, const HostPort& media) {
  using Tcp = MeetingsOptions::Tcp;
  if (options.media_tcp == "off") return {Tcp::off, uint16_t{0}};
  auto port = static_cast<uint16_t>(options.media_tcp.empty() ? media.port : std::stoi(options.media_tcp));
  auto web = parse_host_port(options.listen).value_or(HostPort{});
  auto any = [](const std::string& host) { return host == "0.0.0.0" || host == "::"; };
  if (port == 0 || port != web.port) return {Tcp::own_port, port};
  if (web.host == media.host || any(web.host)) return {Tcp::web_port, port};
  if (!any(media.host)) return {Tcp::own_port, port};
  log_event(Level::warning, "media.no_tcp",
            {{"why", "the web listens at " + options.listen + " only: give --media-tcp another port"}});
  return {Tcp::off, uint16_t{0}};
}

}  // namespace

House::House(Env& env, Options options) : env_(env), options_(std::move(options)) {
  configuration_ = {.server_name = options_.server_name,
                    .public_url = options_.public_url,
                    .instance_name = options_.instance_name,
                    .data_directory = options_.data,
                    .web_directory = options_.web};
}

House::~House() = default;

Task<Result<std::unique_ptr<House>>> House::open(Env& env, Options options) {
  std::unique_ptr<House> house(new House(env, std::move(options)));
  CO_TRY(co_await house->open_parts());
  house->make_modules();
  CO_TRY(house->make_application());
  for (auto& module : house->modules_) CO_TRY(co_await module->start());
  house->jobs_->start();
  house->outbox_->start();
  co_return house;
}

Task<Result<void>> House::open_parts() {
  CO_TRY(env_.fs.make_directories(options_.data));
  auto lock = lock_file(options_.data + "/lock");
  if (!lock)
    co_return fail(lock.error().is(reasons::conflict) ? data_in_use : *lock.error().reason,
                   lock.error().detail);
  lock_ = std::move(*lock);
  database_ = CO_TRY(store::open_database(env_, {.url = options_.database}));
  CO_TRY(co_await keep_server_name());
  blobs_ = store::make_blobs(env_, *database_, options_.data + "/blobs");
  search_ = store::make_search_index(*database_);
  jobs_ = store::make_jobs(env_, *database_);
  outbox_ = store::make_outbox(env_, *database_);
  people_ = CO_TRY(co_await load_people(env_, *database_, events_));
  notifications_ = make_notifications(env_, *database_, events_);
  MailerOptions mail{.from = options_.mail_from,
                     .instance_name = options_.instance_name,
                     .relay = {},
                     .directory = options_.data + "/outbox"};
  if (!options_.smtp.empty()) {
    auto relay = CO_TRY(parse_host_port(options_.smtp));
    mail.relay = {relay.host, relay.port};
  }
  mailer_ = make_mailer(env_, *jobs_, std::move(mail));
  spaces_ = CO_TRY(co_await load_spaces({env_, *database_, events_, *people_, *notifications_, *mailer_}));
  sessions_ = CO_TRY(co_await load_sessions(env_, *database_, events_, *people_));
  access_ = std::make_unique<Access>(*people_, *spaces_);
  meter_ = CO_TRY(co_await load_meter(env_, *database_));
  audit_ = make_audit(*database_, *outbox_);
  network_policy_ = CO_TRY(
      co_await load_network_policy(env_, *database_, CO_TRY(parse_network_ranges(options_.network_paths))));
  context_ = std::make_unique<Context>(Context{env_, configuration_, *database_, *blobs_, *search_, *jobs_,
                                               *outbox_, events_, *people_, *spaces_, *sessions_, *access_,
                                               *meter_, *notifications_, *mailer_, router_, *audit_});
  co_return Result<void>();
}

Task<Result<void>> House::keep_server_name() {
  auto kept = CO_TRY(co_await database_->write(
      [name = configuration_.server_name](store::Transaction& transaction) -> Result<std::string> {
        TRY(transaction.execute(add_setting, "server_name", name));
        return std::string(TRY(transaction.query(get_setting, "server_name")).text(0, 0));
      }));
  if (kept != configuration_.server_name) {
    co_return fail(server_name_changed, "it is \"" + kept + "\"; start with --server-name " + kept);
  }
  co_return Result<void>();
}

void House::make_modules() {
  auto& context = *context_;
  modules_.push_back(make_people_module(context));
  modules_.push_back(make_spaces_module(context));
  auto files = make_files_module(context);
  auto& shared_files = files->files();
  modules_.push_back(std::move(files));
  auto chat = make_chat_module(context, shared_files);
  auto& conversations = chat->conversations();
  modules_.push_back(std::move(chat));
  auto documents = make_documents_module(context);
  documents->use_files(shared_files);
  auto& pages = documents->documents();
  modules_.push_back(std::move(documents));
  auto media = parse_host_port(options_.media_listen).value_or(HostPort{"127.0.0.1", 0});
  auto media_hosts = options_.media_hosts;
  bool everywhere = media.host == "0.0.0.0" || media.host == "::";
  if (media_hosts.empty() && everywhere) media_hosts = own_addresses();
  if (media.host == "0.0.0.0")
    std::erase_if(media_hosts, [](const auto& host) { return host.contains(':'); });
  auto [tcp, tcp_port] = media_tcp(options_, media);
  auto webhook_networks = proto::parse_networks(options_.webhook_networks);
  auto meetings =
      make_meetings_module(context, *network_policy_,
                           {.bind_host = media.host,
                            .media_port = media.port,
                            .tcp = tcp,
                            .tcp_port = tcp_port,
                            .media_hosts = media_hosts,
                            .webhook_networks = webhook_networks.value_or(std::vector<proto::IpNetwork>())});
  meetings->use_documents(pages);
  meetings->use_conversations(conversations);
  meetings_ = meetings.get();
  modules_.push_back(std::move(meetings));
  modules_.push_back(make_search_module(context, conversations));
  modules_.push_back(make_network_module(context, *network_policy_));
  modules_.push_back(make_admin_module(context));
}

Result<void> House::make_application() {
  add_health_route();
  ApplicationOptions options;
  options.network_policy = network_policy_.get();
  options.rates.person_per_second = std::stod(options_.request_rate);
  options.rates.person_burst = options.rates.person_per_second * 10;
  if (!options_.web.empty()) {
    web_ = TRY(http::StaticFiles::load(env_.fs, options_.web));
    options.fallback = serve_web_app(*web_, env_.clock);
  }
  application_ = std::make_unique<HouseApplication>(*context_, std::move(options));
  return {};
}

/// For supervisors on this machine; strangers learn nothing.
void House::add_health_route() {
  router_.add("GET", "/healthz", {.access = http::Access::anonymous, .cost = 0},
              [](http::Request& request) -> Task<Result<http::Response>> {
                if (!is_loopback(request.peer.host)) co_return fail(reasons::not_found);
                co_return http::Response::text("ok\n");
              });
}

std::optional<Diversion> House::media_diversion() { return meetings_->diversion(); }

void House::release_waiting() {
  for (auto& module : modules_) module->release_waiting();
}

Task<void> House::close(Monotonic deadline) {
  for (auto module = modules_.rbegin(); module != modules_.rend(); ++module)
    co_await (*module)->drain(deadline);
  co_await sessions_->flush();
  co_await meter_->flush();
  co_await jobs_->drain(deadline);
  co_await outbox_->drain(deadline);
  co_await database_->close();
}

}  // namespace parvis
