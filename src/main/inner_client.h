#pragma once
// Requests made inside the process, through the same door as everybody's: the demonstration speaks the public
// API.
#include <string>

#include "core/application.h"

namespace parvis {

class InnerClient {
 public:
  InnerClient(HouseApplication& application, std::string token)
      : application_(application), token_(std::move(token)) {}

  /// The answer's JSON (null when it has none); an answer of 400 or more is reasons::inner_refusal with its
  /// text.
  Task<Result<json::Value>> request(std::string method, std::string target, std::string body,
                                    std::string content_type = "application/json");

 private:
  HouseApplication& application_;
  std::string token_;
};

namespace reasons {
inline constexpr Reason inner_refusal{Code::internal, "inner_refusal", "La demande interne a été refusée.",
                                      "The inner request was refused."};
}  // namespace reasons

}  // namespace parvis
