#include <charconv>

#include "core/civil_time.h"
#include "core/meter.h"
#include "core/notifications.h"
#include "core/people/person_json.h"
#include "core/spaces/space_json.h"
#include "module/people/routes.h"

namespace parvis {
namespace {

using http::Request;
using http::Response;

constexpr size_t page_size = 50;
constexpr http::RouteOptions notification_options{.tool = "notifications"};
constexpr http::RouteOptions meter_options{.tool = "compteur", .cost = 2};

std::optional<int64_t> number(std::string_view text) {
  int64_t out = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

void write_notification(json::Writer& out, const Context& context, const Actor& actor,
                        const Notification& item) {
  out.begin_object()
      .field("id", item.id)
      .field("kind", item.kind)
      .field("at", item.at.ms)
      .field("read", item.read)
      .field("text", item.text)
      .field("link", item.link);
  if (!item.actor.empty()) {
    out.key("actor");
    write_person_brief(out, context.people, item.actor, context.configuration.server_name);
  }
  // A space that the person may no longer see is not named again.
  auto* space = context.spaces.find(item.space);
  if (space && context.access.may(actor, Action::space_see, Object::of_space(item.space)).allowed) {
    out.key("space");
    write_space_brief(out, context, actor, *space);
  }
  out.end_object();
}

Task<Result<Response>> list_notifications(Context& context, Request& request) {
  auto actor = actor_of(request);
  int64_t before = INT64_MAX;
  if (auto after = request.query_value("after")) {
    auto parsed = number(*after);
    if (!parsed) co_return fail(reasons::malformed, "after");
    before = *parsed;
  }
  auto page = CO_TRY(co_await context.notifications.page(actor.person, before, page_size));
  std::string body;
  json::Writer out(body);
  out.begin_object().key("notifications").begin_array();
  for (auto& item : page.list) write_notification(out, context, actor, item);
  out.end_array().field("unread", page.unread);
  if (page.next > 0) out.field("next", std::to_string(page.next));
  out.end_object();
  co_return Response::json(std::move(body));
}

Task<Result<Response>> mark_read(Context& context, Request& request) {
  auto body = CO_TRY(co_await request.read_json(1024));
  auto up_to = json::integer(body, "up_to");
  if (!up_to) co_return fail(reasons::missing_field, "up_to");
  CO_TRY(co_await context.notifications.mark_read(actor_of(request).person, *up_to));
  co_return Response::empty();
}

Task<Result<Response>> meter_today(Context& context, Request& request) {
  auto sum = context.meter.today(actor_of(request).person);
  std::string body;
  json::Writer(body)
      .begin_object()
      .field("bytes_in", sum.bytes_in)
      .field("bytes_out", sum.bytes_out)
      .field("reference_bytes", Meter::reference_bytes_per_day)
      .end_object();
  co_return Response::json(std::move(body));
}

struct Period {
  int64_t from, to;
};
/// The days asked for; the last seven when nothing is said.
Result<Period> period_of(Context& context, const Request& request) {
  int64_t today = paris_hour(context.env.clock.now().ms / 3'600'000).day;
  Period period{today - 6, today};
  if (auto text = request.query_value("from")) {
    auto day = parse_day(*text);
    if (!day) return fail(reasons::malformed, "from");
    period.from = *day;
  }
  if (auto text = request.query_value("to")) {
    auto day = parse_day(*text);
    if (!day) return fail(reasons::malformed, "to");
    period.to = *day;
  }
  return period;
}

Response report_response(const Period& period, const std::vector<Meter::Line>& lines) {
  std::string body;
  json::Writer out(body);
  out.begin_object().field("from", format_day(period.from)).field("to", format_day(period.to)).key("lines");
  out.begin_array();
  for (auto& line : lines) {
    out.begin_object()
        .field("day", format_day(line.day))
        .field("hour", line.hour)
        .field("tool", line.tool)
        .field("traffic", traffic_name(line.traffic))
        .field("path", line.path)
        .field("bytes_in", line.bytes_in)
        .field("bytes_out", line.bytes_out)
        .end_object();
  }
  out.end_array().end_object();
  return Response::json(std::move(body));
}

Task<Result<Response>> meter_report(Context& context, Request& request) {
  auto period = CO_TRY(period_of(context, request));
  auto lines = CO_TRY(co_await context.meter.report(actor_of(request).person, period.from, period.to));
  co_return report_response(period, lines);
}

Task<Result<Response>> instance_report(Context& context, Request& request) {
  CO_TRY(context.access.require(actor_of(request), Action::statistics_read, Object::instance()));
  auto period = CO_TRY(period_of(context, request));
  auto lines = CO_TRY(co_await context.meter.instance_report(period.from, period.to));
  co_return report_response(period, lines);
}

}  // namespace

void add_daily_routes(Context& context) {
  auto& router = context.router;
  router.add("GET", "/api/v1/notifications", notification_options,
             [&context](Request& request) { return list_notifications(context, request); });
  router.add("POST", "/api/v1/notifications/read", notification_options,
             [&context](Request& request) { return mark_read(context, request); });
  router.add("GET", "/api/v1/meter/today", meter_options,
             [&context](Request& request) { return meter_today(context, request); });
  router.add("GET", "/api/v1/meter", meter_options,
             [&context](Request& request) { return meter_report(context, request); });
  router.add("GET", "/api/v1/meter/instance", meter_options,
             [&context](Request& request) { return instance_report(context, request); });
}

}  // namespace parvis
