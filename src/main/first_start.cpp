#include "main/first_start.h"

#include "core/people/email.h"
#include "core/people/reasons.h"

namespace parvis {

std::string readable_password(Random& random) {
  constexpr std::string_view letters = "abcdefghjkmnpqrstuvwxyz23456789x";  // 32
  std::array<uint8_t, 16> bytes;
  random.fill(bytes);
  std::string out;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += letters[bytes[i] % letters.size()];
  }
  return out;
}

Task<Result<void>> cover_domain(Context& context, std::string email, std::string name) {
  auto normal = normalise_email(email);
  if (!normal) co_return fail(reasons::email_malformed);
  if (context.people.administration_of_email(*normal)) co_return Result<void>();
  std::string domain(email_domain(*normal));
  if (name.empty()) name = domain;
  Administration administration;
  administration.name = administration.short_name = std::move(name);
  administration.domains = {std::move(domain)};
  CO_TRY(co_await context.people.create_administration(std::move(administration), {}));
  co_return Result<void>();
}

Task<Result<std::optional<NewAccount>>> create_first_administrator(Context& context) {
  if (context.people.count() > 0) co_return std::optional<NewAccount>();
  NewAccount account{"admin@parvis.localhost", readable_password(context.env.random)};
  CO_TRY(co_await cover_domain(context, account.email, "Mon administration"));
  CO_TRY(co_await context.people.create({.email = account.email,
                                         .display_name = "Administratrice ou administrateur",
                                         .password = account.password,
                                         .instance_role = InstanceRole::administrator},
                                        {}));
  co_return std::optional<NewAccount>(account);
}

}  // namespace parvis
